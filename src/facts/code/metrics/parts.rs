//! The parts of a declaration that a call is given, in options or by the calls of its chain.

use super::declared::{Chains, STEPS, below, last_name};
use crate::facts::code::file::File;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, CallForm, ExprId, ExprKind};
use crate::source::Span;

/// What a part is given.
pub(super) enum Given {
    One(ExprId),
    All(Vec<ExprId>),
    Unknown,
}

/// The parts of one declaration.
pub(super) struct Parts<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    pub(super) name: Option<ExprId>,
    pub(super) labels: Option<Given>,
    pub(super) namespace: Option<Given>,
    pub(super) subsystem: Option<Given>,
    pub(super) unit: Option<Given>,
    pub(super) registry: Option<Given>,
    pub(super) buckets: Option<Given>,
    pub(super) percentiles: Option<Span>,
    /// Keys and values in turn.
    pub(super) pairs: Vec<ExprId>,
    pub(super) native: bool,
    /// Labels are given that nobody can follow.
    pub(super) open: bool,
}

/// Deepest lists of tags that are taken apart.
const MOST_TAGS: usize = 4;

/// Keys and values in turn, also of Micrometer's objects: `List.of(Tag.of("a", b))`.
fn tags(file: &File<'_, '_>, args: &[ExprId], deep: usize) -> Vec<ExprId> {
    let class = |id: ExprId| {
        let path = file.names.callee(id)?;
        let class = path.strip_suffix(".of").or(path.strip_suffix(".asList"))?;
        let class = class.rsplit('.').next()?;
        ["Arrays", "List", "Set", "Tag", "Tags"].into_iter().find(|known| *known == class)
    };
    let one = |id: &ExprId| {
        let resolved = file.names.resolved(*id);
        let Some(holds) = class(resolved).filter(|_| deep > 0) else { return vec![*id] };
        let inner: Vec<ExprId> = file.unit.args(resolved).iter().map(|arg| arg.value).collect();
        let objects = inner.iter().all(|id| class(file.names.resolved(*id)).is_some());
        // What a list holds else is not known to be a key.
        if objects || matches!(holds, "Tag" | "Tags") && inner.len().is_multiple_of(2) {
            tags(file, &inner, deep - 1)
        } else {
            vec![*id]
        }
    };
    args.iter().flat_map(one).collect()
}

impl Parts<'_, '_, '_> {
    fn take(&mut self, part: &str, given: Given) {
        let one = |given: &Given| match given {
            Given::One(id) => Some(*id),
            _ => None,
        };
        match part {
            "name" => self.name = self.name.or(one(&given)),
            "name-help" => {
                if let Given::All(args) = &given {
                    self.name = self.name.or(args.first().copied());
                }
            }
            "labels" => self.labels = Some(given),
            "namespace" => self.namespace = Some(given),
            "subsystem" => self.subsystem = Some(given),
            "unit" => self.unit = Some(given),
            "registry" => self.registry = Some(given),
            "buckets" => self.buckets = Some(given),
            "percentiles" => {
                let id = match &given {
                    Given::All(args) => args.first().copied(),
                    other => one(other),
                };
                self.percentiles = id.map(|id| self.file.expr_span(id));
            }
            "pairs" => match given {
                Given::All(args) => self.pairs.extend(tags(self.file, &args, MOST_TAGS)),
                Given::One(id) => self.pairs.extend(tags(self.file, &[id], MOST_TAGS)),
                Given::Unknown => self.open = true,
            },
            "native" => self.native = true,
            _ => {}
        }
    }

    /// Takes what a call with a row for a part is given.
    fn take_call(&mut self, id: ExprId) {
        let Some(api) = self.file.role(id, Role::MetricPart) else { return };
        let Some(part) = api.get("part") else { return };
        let args = self.file.unit.args(id);
        if part == "registry" && args.is_empty() {
            return self.take(part, Given::All(Vec::new()));
        }
        let given = match api.get("value").map(str::parse::<usize>) {
            Some(Ok(position)) => self.file.unit.arg(id, position, "").map(Given::One),
            Some(Err(_)) if api.get("value") == Some("unknown") => Some(Given::Unknown),
            _ if args.iter().any(|arg| arg.spread) => Some(Given::Unknown),
            _ => Some(Given::All(args.iter().map(|arg| arg.value).collect())),
        };
        self.take(part, given.unwrap_or(Given::Unknown));
    }

    /// Takes what an option or a named argument says.
    fn take_key(&mut self, key: &str, value: ExprId) {
        if !self.take_row(key, value) {
            self.take_options(value, key);
        }
    }

    /// Takes an entry whose key a table knows.
    fn take_row(&mut self, key: &str, value: ExprId) -> bool {
        let rows = self.file.table.look_up(key);
        let row = rows.into_iter().find(|api| api.role == Role::MetricPart);
        let part = row.and_then(|api| api.get("part"));
        part.map(|part| self.take(part, Given::One(value))).is_some()
    }

    /// Takes the entries of a map of options, or the chain that makes it.
    fn take_options(&mut self, id: ExprId, prefix: &str) {
        let unit = self.file.unit;
        let mut id = self.file.names.resolved(id);
        // Options may be made of themselves.
        for _ in 0..STEPS {
            match unit.expr(id) {
                ExprKind::Unary { of, .. } | ExprKind::Propagate(of) => {
                    id = self.file.names.resolved(*of);
                }
                _ => break,
            }
        }
        match unit.expr(id) {
            // No library nests them deeper.
            ExprKind::Map { .. } if prefix.matches('.').count() > 2 => {}
            ExprKind::Map { entries, .. } => {
                for (key, value) in entries.clone() {
                    let key = key.and_then(|key| last_name(self.file, key));
                    let dotted = |key: String| match prefix {
                        "" => key,
                        prefix => format!("{prefix}.{key}"),
                    };
                    if let Some(key) = key.map(dotted).filter(|key| key.len() < 80) {
                        self.take_key(&key, value);
                    }
                }
            }
            ExprKind::Call { form: CallForm::New, args, .. }
                if args.iter().any(|arg| arg.name.is_some()) =>
            {
                // What is made of itself would never end.
                let inner = !prefix.is_empty();
                for arg in args.clone() {
                    match arg.name {
                        Some(name) if inner => {
                            self.take_row(name, arg.value);
                        }
                        Some(name) => self.take_key(name, arg.value),
                        None => {}
                    }
                }
            }
            ExprKind::Call { .. } => self.take_chain(id),
            _ => {}
        }
    }

    /// Options that come from elsewhere may hold labels: `new Counter(options)`.
    fn take_open(&mut self, args: &[Arg<'_>]) {
        if let [only] = args
            && matches!(
                self.file.unit.expr(self.file.names.resolved(only.value)),
                ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }
            )
        {
            self.open = true;
        }
    }

    /// Takes the calls of a chain, from its end to its beginning.
    fn take_chain(&mut self, id: ExprId) {
        let mut id = id;
        for _ in 0..STEPS {
            self.take_call(id);
            match below(self.file, id) {
                Some(next) => id = next,
                None => return,
            }
        }
    }
}

/// The parts that a declaration is given.
pub(super) fn parts<'f, 'u, 'a>(
    file: &'f File<'u, 'a>,
    call: ExprId,
    api: &'static Api,
    chains: &Chains,
) -> Parts<'f, 'u, 'a> {
    let mut parts = Parts {
        file,
        name: None,
        labels: None,
        namespace: None,
        subsystem: None,
        unit: None,
        registry: None,
        buckets: None,
        percentiles: None,
        pairs: Vec::new(),
        native: false,
        open: false,
    };
    let unit = file.unit;
    let spread = unit.args(call).iter().any(|arg| arg.spread);
    const PLACED: &[&str] =
        &["name", "labels", "namespace", "subsystem", "unit", "registry", "buckets"];
    // `register_counter_vec!(options, &["route"])`
    let short = unit.language == Language::Rust
        && api.get("labels") == Some("2")
        && unit.args(call).len() == 2;
    for part in PLACED {
        let position = match *part {
            "labels" if short => Some(1),
            _ if short => None,
            part => api.position(part),
        };
        if let Some(position) = position
            && let Some(id) = unit.arg(call, position, "")
        {
            parts.take(part, Given::One(id));
        }
    }
    // prom-client took them one by one before its eleventh release.
    let first = unit.arg(call, 0, "").filter(|id| unit.literal(*id).is_some());
    if api.library == "prom-client"
        && let Some(name) = first
    {
        parts.take("name", Given::One(name));
        if let Some(labels) = unit.arg(call, 2, "") {
            parts.take("labels", Given::One(labels));
        }
    }
    if api.get("labels") == Some("pairs") {
        let rest = unit.args(call).iter().skip(1).map(|arg| arg.value).collect();
        parts.take("pairs", if spread { Given::Unknown } else { Given::All(rest) });
    }
    for arg in unit.args(call) {
        match arg.name {
            Some(key) => parts.take_key(key, arg.value),
            None => parts.take_options(arg.value, ""),
        }
    }
    parts.open |= spread;
    if api.get("name").is_none() {
        parts.take_open(unit.args(call));
    }
    let mut at = call;
    for _ in 0..STEPS {
        match chains.get(&at) {
            Some(next) => at = *next,
            None => break,
        }
        parts.take_call(at);
        if file.role(at, Role::MetricUse).is_some() {
            break;
        }
    }
    parts
}
