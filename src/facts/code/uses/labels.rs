//! The labels that a use of a metric is given: values in turn, names with values, maps, attributes.

use super::{LabelValue, Reader, paths};
use crate::facts::code::file::File;
use crate::facts::code::values::ValueOrigin;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, StmtKind};

impl Reader<'_, '_, '_> {
    /// The labels of a use, and whether this call gives them.
    pub(super) fn labels(&self, id: ExprId, api: &'static Api) -> (Option<Vec<LabelValue>>, bool) {
        let unit = self.file.unit;
        match api.get("labels") {
            Some("all") => (self.all(unit.args(id)), true),
            Some("attributes") => (self.attributes(unit.args(id)), true),
            Some(said) => {
                let (position, name) = said.split_once(' ').unwrap_or((said, ""));
                let Ok(position) = position.parse() else { return (None, true) };
                let Some(value) = unit.arg(id, position, name) else {
                    let open = unit.args(id).iter().any(|arg| arg.spread);
                    return (if open { None } else { Some(Vec::new()) }, true);
                };
                // A value may stand where labels could: `inc(2)`.
                if unit.args(id).len() == 1 && self.file.number(value).is_some() {
                    return (Some(Vec::new()), true);
                }
                if name == "attributes"
                    || unit.args(id).len() > position + 1 && api.get("does") != Some("labels")
                {
                    let rest: Vec<Arg<'_>> = unit.args(id).iter().skip(position).copied().collect();
                    let named = unit.args(id).iter().any(|arg| arg.name == Some(name));
                    if name == "attributes" && !named {
                        return (self.attributes(&rest), true);
                    }
                }
                (self.given(value, 6), true)
            }
            None => (self.chosen(id), false),
        }
    }

    /// The labels that the call before chose.
    fn chosen(&self, id: ExprId) -> Option<Vec<LabelValue>> {
        let ExprKind::Call { callee, .. } = self.file.unit.expr(id) else { return None };
        let ExprKind::Member { of, .. } = self.file.unit.expr(*callee) else { return None };
        let before = self.file.names.held(*of).unwrap_or(*of);
        let known = self.file.role(before, Role::MetricUse);
        match known.or_else(|| self.file.open_role(before, Role::MetricUse)) {
            Some(api) if api.get("does") == Some("labels") => self.labels(before, api).0,
            _ => Some(Vec::new()),
        }
    }

    /// Values in turn, names with values, or one map or list of them.
    fn all(&self, args: &[Arg<'_>]) -> Option<Vec<LabelValue>> {
        if let [arg] = args
            && arg.name.is_none()
        {
            let value = self.file.names.resolved(arg.value);
            match self.file.unit.expr(value) {
                ExprKind::Map { .. } | ExprKind::List(_) => return self.given(value, 6),
                _ => {}
            }
        }
        let mut found = Vec::new();
        for arg in args {
            match (arg.name, arg.spread) {
                (Some(name), false) => {
                    let key = self.file.named(name, arg.value);
                    found.push(self.value(Some(key), arg.value));
                }
                (None, false) => found.push(self.value(None, arg.value)),
                // `**labels` of a map that is written down.
                (_, true) => found.extend(self.given(arg.value, 6)?),
            }
        }
        Some(found)
    }

    /// The entries of a map or a list, through names and what is spread in.
    fn given(&self, id: ExprId, deep: usize) -> Option<Vec<LabelValue>> {
        let deep = deep.checked_sub(1)?;
        let file = self.file;
        if self.grows(id) {
            return None;
        }
        let id = file.names.resolved(id);
        match file.unit.expr(id) {
            ExprKind::Map { entries, .. } => {
                let mut found = Vec::new();
                for (key, value) in entries {
                    match key {
                        Some(key) => found.push(self.value(Some(self.key(*key)?), *value)),
                        None => found.extend(self.given(*value, deep)?),
                    }
                }
                Some(found)
            }
            ExprKind::List(items) => {
                let pair = |id: &ExprId| self.pair(*id);
                if !items.is_empty() && items.iter().all(|item| pair(item).is_some()) {
                    return items.iter().map(pair).collect();
                }
                Some(items.iter().map(|item| self.value(None, *item)).collect())
            }
            ExprKind::Unary { of, .. } => self.given(*of, deep),
            ExprKind::Null => Some(Vec::new()),
            _ => None,
        }
    }

    /// Whether entries are put into a map after it was made: `labels["status"] = hit`.
    fn grows(&self, id: ExprId) -> bool {
        let unit = self.file.unit;
        let ExprKind::Name(name) = unit.expr(id) else { return false };
        let into = |target: &ExprId| match unit.expr(*target) {
            ExprKind::Index { of, .. } | ExprKind::Member { of, .. } => {
                matches!(unit.expr(*of), ExprKind::Name(one) if one == name)
            }
            _ => false,
        };
        unit.statements(unit.function_of(id)).into_iter().any(|stmt| match unit.stmt(stmt) {
            StmtKind::Let { targets, .. } => targets.iter().any(into),
            StmtKind::Expr(of) => match unit.expr(*of) {
                ExprKind::Assign { target, .. } => into(target),
                _ => false,
            },
            _ => false,
        })
    }

    pub(super) fn key(&self, id: ExprId) -> Option<Scalar> {
        let file = self.file;
        // A name is a key by itself but where keys are any values: `{METHOD: "get"}`.
        let valued = matches!(
            file.unit.language,
            Language::Go
                | Language::Python
                | Language::Javascript
                | Language::Typescript
                | Language::Tsx
        );
        let scalar = file.scalar(id).or_else(|| match file.unit.expr(id) {
            ExprKind::Name(_) if self.made_key(id).is_some() => self.made_key(id),
            ExprKind::Name(name) if !valued => Some(Scalar {
                text: (*name).to_owned(),
                span: file.expr_span(id),
                known: true,
                plain: true,
            }),
            _ => file.constant(id),
        });
        scalar.or_else(|| {
            // `AttributeKey.stringKey("a")`, a constant of the conventions.
            let args = file.unit.args(id);
            match args {
                [arg] => file.named_text(arg.value),
                _ => None,
            }
        })
    }

    /// The text of a key that a name holds: `USER = AttributeKey.stringKey("user_id")`.
    fn made_key(&self, id: ExprId) -> Option<Scalar> {
        let file = self.file;
        let held = file.names.resolved(id);
        let row = file.role(held, Role::SpanAttribute).filter(|row| row.get("value").is_none())?;
        file.named_text(file.argument(file.call(held)?, row, "key")?)
    }

    /// Go's `attribute.Key("k").String(v)`, and the pair as it is written out.
    fn go_pair(&self, id: ExprId) -> Option<LabelValue> {
        let file = self.file;
        if file.unit.language != Language::Go {
            return None;
        }
        match file.unit.expr(id) {
            ExprKind::Call { callee, args, .. } => {
                let ExprKind::Member { of, .. } = file.unit.expr(*callee) else { return None };
                let [value] = args.as_slice() else { return None };
                let of = file.names.resolved(*of);
                let made = file.call(of)?.path == "go.opentelemetry.io/otel/attribute.Key";
                let key = file.named_text(file.unit.args(of).first()?.value).filter(|_| made)?;
                Some(self.value(Some(key), value.value))
            }
            _ => None,
        }
    }

    /// A call that makes an attribute of a key and a value.
    fn pair(&self, id: ExprId) -> Option<LabelValue> {
        let file = self.file;
        match file.unit.expr(id) {
            ExprKind::List(items) => match items.as_slice() {
                [key, value] if file.unit.language == Language::Csharp => {
                    Some(self.value(Some(self.key(*key)?), *value))
                }
                _ => None,
            },
            ExprKind::Call { callee, args, .. } => {
                let row =
                    file.role(id, Role::SpanAttribute).filter(|row| row.get("value").is_some());
                let made =
                    matches!(file.unit.expr(*callee), ExprKind::Name("KeyValuePair" | "new"));
                match args.as_slice() {
                    [key, value] if row.is_some() || made => {
                        Some(self.value(Some(self.key(key.value)?), value.value))
                    }
                    _ => self.go_pair(id),
                }
            }
            _ => None,
        }
    }

    /// Attributes of OpenTelemetry: pairs, maps, sets of them, builders.
    fn attributes(&self, args: &[Arg<'_>]) -> Option<Vec<LabelValue>> {
        let file = self.file;
        let mut found = Vec::new();
        for arg in args {
            let id = file.names.resolved(arg.value);
            if let Some(pair) = self.pair(id) {
                found.push(pair);
                continue;
            }
            match file.unit.expr(id) {
                ExprKind::Map { .. }
                | ExprKind::List(_)
                | ExprKind::Unary { .. }
                | ExprKind::Null => {
                    found.extend(self.given(id, 6)?);
                }
                ExprKind::Call { .. } => found.extend(self.made(id)?),
                _ if file.unit.language == Language::Go && !arg.spread => {
                    // The context, the amount.
                    let text = file.unit.slice(&file.unit.place(id));
                    let options =
                        text.to_ascii_lowercase().contains("attr") || text.contains("opt");
                    if options {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        Some(found)
    }

    /// What `WithAttributes(…)`, `Attributes.of(…)`, `new TagList { … }` or a builder's chain holds.
    fn made(&self, id: ExprId) -> Option<Vec<LabelValue>> {
        let file = self.file;
        let (_, name) = file.unit_callee(id)?;
        let args = file.unit.args(id);
        match name {
            "WithAttributes" | "TagList" | "NewSet" | "WithAttributeSet" => self.attributes(args),
            "of" => self.pairs(args),
            "build" | "put" => self.built(id),
            "empty" | "builder" => Some(Vec::new()),
            // Contexts and amounts of Go.
            _ if file.unit.language == Language::Go => {
                let options = file.call(id).is_some_and(|call| call.path.contains("otel/metric"));
                (!options).then(Vec::new)
            }
            _ => None,
        }
    }

    /// Keys and values in turn.
    fn pairs(&self, args: &[Arg<'_>]) -> Option<Vec<LabelValue>> {
        let pairs = args.chunks(2).map(|pair| match pair {
            [key, value] => Some(self.value(Some(self.key(key.value)?), value.value)),
            _ => None,
        });
        pairs.collect()
    }

    /// `Attributes.builder().put("a", b).put("c", d).build()`.
    fn built(&self, id: ExprId) -> Option<Vec<LabelValue>> {
        let file = self.file;
        let mut found = Vec::new();
        let mut at = id;
        for _ in 0..64 {
            let (of, name) = file.unit_callee(at)?;
            match name {
                "put" => found.extend(self.pairs(file.unit.args(at))?),
                "build" => {}
                "builder" => return Some(found),
                _ => return None,
            }
            at = file.names.resolved(of?);
        }
        None
    }

    pub(super) fn value(&self, key: Option<Scalar>, value: ExprId) -> LabelValue {
        let file = self.file;
        let traced = file.traced(value);
        let few = traced.origin == ValueOrigin::Path
            && (paths::are_few(file, value) || follows_login(file, value, SIGNALS));
        // Whoever fails to log in has typed any name.
        let typed = matches!(&traced.origin, ValueOrigin::Named(name) if name == "username")
            && follows_login(file, value, &SIGNALS[2..]);
        LabelValue {
            key,
            value: file.expr_span(value),
            origin: match (few, typed) {
                (true, _) => ValueOrigin::Plain,
                (_, true) => ValueOrigin::Unique,
                _ => traced.origin,
            },
            said: traced.at,
            text: file.text_of(value),
        }
    }
}

impl<'a> File<'_, 'a> {
    /// What a call is made on, and by which name.
    fn unit_callee(&self, id: ExprId) -> Option<(Option<ExprId>, &'a str)> {
        let ExprKind::Call { callee, .. } = self.unit.expr(id) else { return None };
        match self.unit.expr(*callee) {
            ExprKind::Name(name) => Some((None, name)),
            ExprKind::Member { of, name } => Some((Some(*of), name)),
            _ => None,
        }
    }
}

/// What Django calls when somebody logs in or out, or fails to.
const SIGNALS: &[&str] =
    &["user_logged_in", "user_logged_out", "user_login_failed", "user_locked_out"];

/// Whether a value is made in what Django calls when somebody logs in or out: that has a page or two.
fn follows_login(file: &File<'_, '_>, value: ExprId, signals: &[&str]) -> bool {
    let unit = file.unit;
    let function = unit.function(unit.function_of(value));
    function.decorators.iter().any(|mark| {
        let text = unit.slice(&unit.place(*mark));
        text.contains("receiver") && signals.iter().any(|signal| text.contains(signal))
    })
}
