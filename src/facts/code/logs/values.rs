//! Values that go into a record, and what is certain of them.

use super::shape::{
    LOOK_UPS, SAME, configuration, is_in, is_login, is_map, is_part, is_text_of, is_truth,
    leaf_name, lets_in, request,
};
use super::{Logged, Shape, Way, objects};
use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::lang::sensitive;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, Part, StmtKind};
use crate::source::Span;

/// Most values of one record.
const MAX_VALUES: usize = 64;
/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 12;

/// Calls that make a text of what they are given.
const WRITERS: &str = "\
    str repr format Sprintf Sprint Sprintln valueOf toString dumps stringify String ToString \
    formatted concat join dict inspect pformat Format Join Concat Serialize to_string \
    writeValueAsString Marshal string";

/// Those of them that are followed from the name that keeps the text.
const HELD: &str = "\
    Sprintf format Format dumps stringify Serialize writeValueAsString";

/// Those of them that write maps as JSON.
const ENCODERS: &str = "\
    dumps stringify Serialize writeValueAsString Marshal";

/// The values of one record.
pub(super) struct Values<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    pub(super) found: Vec<Logged>,
    depth: usize,
    /// Inside a call that encodes maps, or that was told of already.
    encoded: bool,
    /// Inside what writes line breaks as text.
    quoted: bool,
}

impl<'f, 'u, 'a> Values<'f, 'u, 'a> {
    pub(super) fn new(file: &'f File<'u, 'a>) -> Self {
        Values { file, found: Vec::new(), depth: 0, encoded: false, quoted: false }
    }

    /// Values of the message itself.
    pub(super) fn message(&mut self, id: ExprId) {
        self.collect(id, Way::Message, None, None);
    }

    /// Values of an expression that stands for one value of the record.
    pub(super) fn value(&mut self, id: ExprId, way: Way, key: Option<Scalar>) {
        match key {
            Some(key) => self.keyed(key, id, way),
            None => self.collect(id, way, None, None),
        }
    }

    /// Values that are written as literals of a language are, line breaks escaped.
    pub(super) fn quoted(&mut self, id: ExprId, way: Way) {
        let outer = std::mem::replace(&mut self.quoted, true);
        self.value(id, way, None);
        self.quoted = outer;
    }

    /// A value whose name alone is known: a place in a Rust message.
    pub(super) fn named(&mut self, name: &str, span: Span) {
        self.push(Logged {
            key: None,
            named_by: None,
            stands_for: None,
            name: Some(name.to_owned()),
            span,
            way: Way::Argument,
            shape: Shape::Open,
            request: None,
            whole: false,
            constant: None,
            configuration: false,
            quoted: self.quoted,
        });
    }

    /// Entries of a map as fields.
    pub(super) fn fields(&mut self, id: ExprId) {
        let of = self.file.names.resolved(id);
        let ExprKind::Map { entries, .. } = self.file.unit.expr(of) else {
            return self.value(id, Way::Field, None);
        };
        for (key, value) in entries {
            match key {
                Some(key) => self.field(*key, *value),
                None => self.value(*value, Way::Field, None),
            }
        }
    }

    /// A value with a key.
    pub(super) fn field(&mut self, key: ExprId, value: ExprId) {
        match self.file.scalar(key) {
            Some(key) => self.keyed(key, value, Way::Field),
            None => {
                let before = self.found.len();
                self.collect(value, Way::Field, None, None);
                let constant = self.file.constant(key);
                for found in self.found[before..].iter_mut().filter(|one| one.key.is_none()) {
                    found.named_by = constant.clone();
                }
            }
        }
    }

    /// Go: whether a value is the name of an entry, which another package has fixed:
    /// `v1.SecretTokenKey`.
    fn names_key(&self, value: ExprId) -> bool {
        let unit = self.file.unit;
        let ExprKind::Member { of, name } = unit.expr(value) else { return false };
        let ExprKind::Name(package) = unit.expr(*of) else { return false };
        unit.language == Language::Go
            && name.ends_with("Key")
            && name.starts_with(|c: char| c.is_uppercase())
            && unit.imports.iter().any(|import| import.local == *package)
    }

    fn keyed(&mut self, key: Scalar, value: ExprId, way: Way) {
        let before = self.found.len();
        if !self.names_key(value) {
            self.collect(value, way, Some(key.clone()), None);
        }
        // A constant has a key still.
        if self.found.len() == before {
            let constant = self.file.names.text(value).map(str::to_owned);
            let span = self.file.expr_span(value);
            self.push(Logged {
                key: Some(Scalar { known: constant.is_some(), ..key }),
                named_by: None,
                stands_for: None,
                name: None,
                span,
                way: Way::Field,
                shape: Shape::Open,
                request: None,
                whole: false,
                configuration: false,
                quoted: self.quoted,
                constant,
            });
        }
    }

    fn push(&mut self, value: Logged) {
        // What a name stands for may hold one value at several places.
        let known = |one: &Logged| {
            one.span == value.span && one.name == value.name && one.shape == value.shape
        };
        if self.found.len() < MAX_VALUES && !self.found.iter().any(known) {
            self.found.push(value);
        }
    }

    fn collect(&mut self, id: ExprId, way: Way, key: Option<Scalar>, at: Option<Span>) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        self.inner(id, way, key, at);
        self.depth -= 1;
    }

    fn inner(&mut self, id: ExprId, way: Way, key: Option<Scalar>, at: Option<Span>) {
        let file = self.file;
        let unit = file.unit;
        let inside = if way == Way::Message { Way::Text } else { way };
        match unit.expr(id) {
            ExprKind::Template(parts) => {
                for part in parts {
                    if let Part::Value(value, how) = part {
                        let outer = self.quoted;
                        self.quoted |= how.starts_with("!r");
                        self.collect(*value, inside, key.clone(), at);
                        self.quoted = outer;
                    }
                }
            }
            ExprKind::Binary { op, left, right } => match *op {
                "+" | "||" | "or" | "??" | "and" => {
                    let inside = if *op == "+" { inside } else { way };
                    self.collect(*left, inside, key.clone(), at);
                    self.collect(*right, inside, key, at);
                }
                // `"%s" % a`
                "%" if is_text_of(file, *left) => self.spread(*right, inside, at),
                _ => {}
            },
            ExprKind::Choice { yes, no, .. } => {
                self.collect(*yes, way, key.clone(), at);
                self.collect(*no, way, key, at);
            }
            ExprKind::Unary { op, of } if matches!(*op, "&" | "*" | ".()") => {
                self.collect(*of, way, key, at);
            }
            ExprKind::Await(of) | ExprKind::Propagate(of) => self.collect(*of, way, key, at),
            ExprKind::List(items) => {
                for item in items {
                    self.collect(*item, inside, key.clone(), at);
                }
            }
            ExprKind::Map { entries, .. } => self.map(id, entries, way, at),
            ExprKind::Lambda(function) => {
                let body = &unit.function(*function).body;
                if let [only] = body.as_slice()
                    && let StmtKind::Return(Some(value)) | StmtKind::Expr(value) = unit.stmt(*only)
                {
                    self.collect(*value, way, key, at);
                }
            }
            ExprKind::Call { .. } => self.call(id, way, key, at),
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => {
                self.leaf(id, way, key, at);
            }
            _ => {}
        }
    }

    /// Items of a tuple or values of a map, as `%` and `format` take them.
    fn spread(&mut self, id: ExprId, way: Way, at: Option<Span>) {
        match self.file.unit.expr(id) {
            ExprKind::List(items) => {
                for item in items {
                    self.collect(*item, way, None, at);
                }
            }
            _ => self.collect(id, way, None, at),
        }
    }

    /// A map that is a value itself; its entries are seen too.
    fn map(
        &mut self,
        id: ExprId,
        entries: &[(Option<ExprId>, ExprId)],
        way: Way,
        at: Option<Span>,
    ) {
        let span = at.unwrap_or_else(|| self.file.expr_span(id));
        if is_map(self.file, id) {
            self.push(Logged {
                key: None,
                named_by: None,
                stands_for: None,
                name: None,
                span,
                way,
                shape: Shape::Map,
                request: None,
                whole: false,
                constant: None,
                configuration: false,
                quoted: self.quoted,
            });
        }
        self.entries(entries, way, at);
    }

    fn entries(&mut self, entries: &[(Option<ExprId>, ExprId)], way: Way, at: Option<Span>) {
        for (key, value) in entries {
            // A function in a map is not shown.
            if matches!(self.file.unit.expr(*value), ExprKind::Lambda(_)) {
                continue;
            }
            let key = key.and_then(|key| self.file.scalar(key));
            self.collect(*value, way, key, at);
        }
    }

    /// Entries that a map with a name is given later: `data["privateKey"] = key`.
    fn added(&mut self, id: ExprId, way: Way, at: Span) {
        let ExprKind::Name(name) = self.file.unit.expr(id) else { return };
        let function = self.file.unit.function_of(id);
        for (key, value) in self.file.entries_of(function, name) {
            let key = self.file.scalar(*key);
            self.collect(*value, way, key, Some(at));
        }
    }

    fn call(&mut self, id: ExprId, way: Way, key: Option<Scalar>, at: Option<Span>) {
        let file = self.file;
        let unit = file.unit;
        let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return };
        if let Some(api) = file.call(id).and_then(|call| call.role(Role::LogField)) {
            let argument = |word| file.call(id).and_then(|call| file.argument(call, api, word));
            if let Some(map) = argument("map") {
                self.fields(map);
            }
            if let Some(value) = argument("value") {
                match argument("key") {
                    Some(key) => self.field(key, value),
                    None => self.collect(value, Way::Field, None, at),
                }
            }
            return;
        }
        let (owner, name) = match unit.expr(*callee) {
            ExprKind::Member { of, name } => (Some(*of), *name),
            ExprKind::Name(name) => (None, *name),
            _ => return,
        };
        let path = file.names.path(*callee);
        if sensitive::protects(path.as_deref().unwrap_or(name)) || sensitive::protects(name) {
            return;
        }
        let writes = is_in(name, WRITERS);
        let mut told = false;
        if writes
            && !self.encoded
            && let Some(of) = self.map_made_text(owner, name, id)
        {
            told = true;
            let span = at.unwrap_or_else(|| file.expr_span(of));
            self.push(Logged {
                key: key.clone(),
                named_by: None,
                stands_for: None,
                name: None,
                span,
                way,
                shape: Shape::MapText,
                request: None,
                whole: false,
                constant: None,
                configuration: false,
                quoted: self.quoted,
            });
        }
        if args.is_empty() {
            match owner {
                Some(of) if is_in(name, SAME) => self.collect(of, way, key, at),
                _ => self.leaf(id, way, key, at),
            }
        } else if is_in(name, LOOK_UPS) && is_key(file, args[0].value) {
            self.leaf(id, way, key, at);
        } else if writes {
            let inside = if way == Way::Message { Way::Text } else { way };
            if let Some(of) = owner.filter(|of| is_text_of(file, *of)) {
                self.collect(of, inside, None, at);
            }
            let outer = (self.encoded, self.quoted);
            self.encoded |= told || is_in(name, ENCODERS);
            self.quoted |= is_in(name, ENCODERS) || matches!(name, "repr" | "inspect");
            // `"{a}".format(**values)` names what it takes of a map.
            let named = |arg: &&Arg<'_>| arg.spread && is_map(file, arg.value);
            for arg in args.iter().filter(|arg| !named(arg)) {
                self.collect(arg.value, inside, None, at);
            }
            (self.encoded, self.quoted) = outer;
        }
    }

    /// The map that a call makes a text as the language prints it.
    fn map_made_text(&self, owner: Option<ExprId>, name: &str, id: ExprId) -> Option<ExprId> {
        let args = self.file.unit.args(id);
        let of = match (name, self.file.unit.language) {
            ("str" | "repr", Language::Python) | ("String", _) | ("valueOf", _) => {
                args.first()?.value
            }
            ("toString" | "ToString", _) if args.is_empty() => owner?,
            ("Sprint" | "Sprintln", Language::Go) => args.first()?.value,
            ("Sprintf", Language::Go) => {
                args.iter().skip(1).map(|arg| arg.value).find(|value| is_map(self.file, *value))?
            }
            _ => return None,
        };
        is_map(self.file, of).then_some(of)
    }

    /// What a map is where it is written into a text.
    fn printed(&self) -> Shape {
        // Rust writes only what is asked to be shown.
        let shown = self.file.unit.language != Language::Rust;
        if shown && !self.encoded { Shape::MapText } else { Shape::Open }
    }

    fn leaf(&mut self, id: ExprId, way: Way, key: Option<Scalar>, at: Option<Span>) {
        let file = self.file;
        let span = at.unwrap_or_else(|| file.expr_span(id));
        if is_part(file, id) || objects::is_name(file, id, key.as_ref()) {
            return;
        }
        if let Some(value) = file.names.value(id) {
            match file.unit.expr(value) {
                _ if is_truth(file, value) => return,
                // Constants, comparisons and what hides its argument.
                ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => {
                    return;
                }
                ExprKind::Call { callee, .. }
                    if file.names.path(*callee).is_some_and(|path| sensitive::protects(&path)) =>
                {
                    return;
                }
                // The name of the header says more than what it is kept as.
                ExprKind::Call { args, .. } if file.called(value) == Some("getHeader") => {
                    let header = args.first().and_then(|arg| file.unit.literal(arg.value));
                    if header.is_some_and(|header| !lets_in(header)) {
                        return;
                    }
                }
                // What made a text of them, and was kept.
                ExprKind::Call { .. }
                    if file.called(value).is_some_and(|name| is_in(name, HELD)) =>
                {
                    self.collect(value, way, key.clone(), Some(span));
                }
                ExprKind::Template(_)
                | ExprKind::Binary { .. }
                | ExprKind::Choice { .. }
                | ExprKind::Map { .. }
                | ExprKind::List(_) => {
                    let before = self.found.len();
                    let inside = if way == Way::Message { Way::Text } else { way };
                    if is_map(file, value) {
                        let shape = match way {
                            Way::Text => self.printed(),
                            _ => Shape::Map,
                        };
                        self.push(Logged {
                            key: key.clone(),
                            named_by: None,
                            stands_for: None,
                            name: leaf_name(file, id),
                            span,
                            way,
                            shape,
                            request: None,
                            whole: false,
                            constant: None,
                            configuration: false,
                            quoted: self.quoted,
                        });
                        if let ExprKind::Map { entries, .. } = file.unit.expr(value) {
                            self.entries(entries, inside, Some(span));
                            self.added(id, inside, span);
                        }
                        return;
                    }
                    self.collect(value, way, key.clone(), Some(span));
                    let constant = self.found.len() == before;
                    if constant && !matches!(file.unit.expr(value), ExprKind::Binary { .. }) {
                        return;
                    }
                }
                _ => {}
            }
        }
        let shape = match (is_map(file, id), way) {
            (true, Way::Text) => self.printed(),
            (true, _) => Shape::Map,
            _ => Shape::Open,
        };
        let (request, whole) = request(file, id);
        let configuration = configuration(file, id);
        // `"Basic " + encoded` lets in whoever reads it, whatever it is called.
        let login = file.names.value(id).is_some_and(|value| is_login(file, value));
        let name = if login { Some("authorization".to_owned()) } else { leaf_name(file, id) };
        let secret = name.as_deref().and_then(sensitive::of_name).is_some();
        let fixed = secret
            && matches!(
                file.unit.language,
                Language::Csharp | Language::Go | Language::Java | Language::Rust
            );
        let stands_for = fixed.then(|| file.constant(id)).flatten();
        self.push(Logged {
            key,
            named_by: None,
            stands_for,
            name,
            span,
            way,
            shape,
            request,
            whole,
            configuration,
            quoted: self.quoted,
            constant: None,
        });
    }
}

/// Whether something is looked up by this: a text, or the name of a constant.
fn is_key(file: &File<'_, '_>, id: ExprId) -> bool {
    let constant = |name: &str| name.len() > 1 && !name.contains(char::is_lowercase);
    file.unit.literal(id).is_some()
        || matches!(file.unit.expr(id), ExprKind::Name(name) if constant(name))
}
