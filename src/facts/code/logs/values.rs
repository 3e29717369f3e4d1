//! Values that go into a record, and what is certain of them.

use super::{Level, Logged, Shape, Way};
use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::lang::sensitive;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, Part, StmtKind};
use crate::source::Span;

/// Most values of one record.
const MAX_VALUES: usize = 64;
/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 12;

/// Calls that make a text of what they are given.
const WRITERS: &[&str] = &[
    "str",
    "repr",
    "format",
    "Sprintf",
    "Sprint",
    "Sprintln",
    "valueOf",
    "toString",
    "dumps",
    "stringify",
    "String",
    "ToString",
    "formatted",
    "concat",
    "join",
    "dict",
    "inspect",
    "pformat",
    "Format",
    "Join",
    "Concat",
    "Serialize",
    "to_string",
    "writeValueAsString",
    "Marshal",
    "string",
];

/// Those of them that write maps as JSON.
const ENCODERS: &[&str] = &["dumps", "stringify", "Serialize", "writeValueAsString", "Marshal"];

/// Methods that give what they are called on, in another form.
const SAME: &[&str] = &[
    "clone",
    "to_string",
    "as_str",
    "unwrap",
    "expect",
    "to_owned",
    "into",
    "trim",
    "strip",
    "toString",
    "ToString",
    "as_deref",
    "as_ref",
    "borrow",
    "unwrap_or_default",
    "lower",
    "upper",
    "toLowerCase",
    "toUpperCase",
    "decode",
    "encode",
    "String",
    "Trim",
    "display",
    "copy",
    "items",
];

/// Methods that look a value up by the name they are given.
const LOOK_UPS: &[&str] = &[
    "get",
    "Get",
    "getenv",
    "Getenv",
    "env",
    "var",
    "getHeader",
    "get_header",
    "header",
    "Header",
    "getParameter",
    "FormValue",
    "PostFormValue",
    "Query",
    "Param",
    "Cookie",
    "cookie",
    "GetString",
    "getProperty",
    "getString",
    "LookupEnv",
    "getItem",
    "GetHeader",
    "GetValue",
    "pop",
    "param",
    "PathValue",
    "DefaultQuery",
    "PostForm",
    "getOrDefault",
    "getAttribute",
];

/// Marks of parameters that a framework fills from a request.
const FILLED: &[(&str, &str)] = &[
    ("@RequestParam", "query"),
    ("@PathVariable", "path"),
    ("@RequestBody", "body"),
    ("@RequestHeader", "headers"),
    ("@QueryParam", "query"),
    ("@PathParam", "path"),
    ("@HeaderParam", "headers"),
    ("@Query(", "query"),
    ("@Param(", "path"),
    ("@Body(", "body"),
    ("@Headers(", "headers"),
    ("[FromQuery", "query"),
    ("[FromRoute", "path"),
    ("[FromBody", "body"),
    ("[FromHeader", "headers"),
];

/// The values of one record.
pub(super) struct Values<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    pub(super) found: Vec<Logged>,
    depth: usize,
    /// Inside a call that encodes maps, or that was told of already.
    encoded: bool,
}

impl<'f, 'u, 'a> Values<'f, 'u, 'a> {
    pub(super) fn new(file: &'f File<'u, 'a>) -> Self {
        Values { file, found: Vec::new(), depth: 0, encoded: false }
    }

    /// Values of the message itself.
    pub(super) fn message(&mut self, id: ExprId) {
        self.collect(id, Way::Message, None, None);
    }

    /// Values of an expression that stands for one value of the record.
    pub(super) fn value(&mut self, id: ExprId, way: Way, key: Option<Scalar>) {
        self.collect(id, way, key, None);
    }

    /// A value whose name alone is known: a place in a Rust message.
    pub(super) fn named(&mut self, name: &str, span: Span) {
        self.push(Logged {
            key: None,
            name: Some(name.to_owned()),
            span,
            way: Way::Argument,
            shape: Shape::Open,
            request: None,
            whole: false,
            configuration: false,
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
        let key = self.file.scalar(key);
        let before = self.found.len();
        self.collect(value, Way::Field, key.clone(), None);
        // A constant has a key still.
        if let Some(key) = key.filter(|_| self.found.len() == before) {
            let span = self.file.expr_span(value);
            self.push(Logged {
                name: None,
                span,
                way: Way::Field,
                shape: Shape::Open,
                request: None,
                whole: false,
                configuration: false,
                key: Some(Scalar { known: false, ..key }),
            });
        }
    }

    fn push(&mut self, value: Logged) {
        if self.found.len() < MAX_VALUES {
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
                    if let Part::Value(value, _) = part {
                        self.collect(*value, inside, key.clone(), at);
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
                    && let StmtKind::Return(Some(value)) = unit.stmt(*only)
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
                name: None,
                span,
                way,
                shape: Shape::Map,
                request: None,
                whole: false,
                configuration: false,
            });
        }
        for (key, value) in entries {
            let key = key.and_then(|key| self.file.scalar(key));
            self.collect(*value, way, key, at);
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
        let writes = WRITERS.contains(&name);
        let mut told = false;
        if writes
            && !self.encoded
            && let Some(of) = self.map_made_text(owner, name, id)
        {
            told = true;
            let span = at.unwrap_or_else(|| file.expr_span(of));
            self.push(Logged {
                key: key.clone(),
                name: None,
                span,
                way,
                shape: Shape::MapText,
                request: None,
                whole: false,
                configuration: false,
            });
        }
        if args.is_empty() {
            match owner {
                Some(of) if SAME.contains(&name) => self.collect(of, way, key, at),
                _ => self.leaf(id, way, key, at),
            }
        } else if LOOK_UPS.contains(&name) && unit.literal(args[0].value).is_some() {
            self.leaf(id, way, key, at);
        } else if writes {
            let inside = if way == Way::Message { Way::Text } else { way };
            if let Some(of) = owner.filter(|of| is_text_of(file, *of)) {
                self.collect(of, inside, None, at);
            }
            let outer = self.encoded;
            self.encoded |= told || ENCODERS.contains(&name);
            for arg in args {
                self.collect(arg.value, inside, None, at);
            }
            self.encoded = outer;
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
        if let Some(value) = file.names.value(id) {
            match file.unit.expr(value) {
                // Constants, comparisons and what hides its argument.
                ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => {
                    return;
                }
                ExprKind::Call { callee, .. }
                    if file.names.path(*callee).is_some_and(|path| sensitive::protects(&path)) =>
                {
                    return;
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
                            name: leaf_name(file, id),
                            span,
                            way,
                            shape,
                            request: None,
                            whole: false,
                            configuration: false,
                        });
                        if let ExprKind::Map { entries, .. } = file.unit.expr(value) {
                            for (key, value) in entries {
                                let key = key.and_then(|key| file.scalar(key));
                                self.collect(*value, inside, key, Some(span));
                            }
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
        let name = leaf_name(file, id);
        self.push(Logged { key, name, span, way, shape, request, whole, configuration });
    }
}

fn is_text_of(file: &File<'_, '_>, id: ExprId) -> bool {
    matches!(
        file.unit.expr(file.names.resolved(id)),
        ExprKind::Text(_) | ExprKind::Template(_) | ExprKind::Binary { op: "+", .. }
    )
}

/// Whether an expression is certainly a map.
pub(super) fn is_map(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let of = file.names.resolved(id);
    match unit.expr(of) {
        ExprKind::Map { of: None, .. } => true,
        ExprKind::Map { of: Some(of), .. } => unit.slice(&unit.place(*of)).starts_with("map["),
        ExprKind::Call { callee, .. } => {
            let made = unit.slice(&unit.place(*callee));
            let made = made.split('<').next().unwrap_or(made).trim_start_matches("new ");
            matches!(
                made,
                "dict"
                    | "asdict"
                    | "dataclasses.asdict"
                    | "HashMap"
                    | "LinkedHashMap"
                    | "TreeMap"
                    | "ConcurrentHashMap"
                    | "Map.of"
                    | "Map.ofEntries"
                    | "Dictionary"
                    | "HashMap::new"
                    | "HashMap::from"
                    | "BTreeMap::new"
                    | "BTreeMap::from"
            )
        }
        ExprKind::Name(_) | ExprKind::Member { .. } => {
            file.names.declared(of).is_some_and(|ty| is_map_type(ty))
        }
        _ => false,
    }
}

fn is_map_type(ty: &str) -> bool {
    let ty = ty.trim_start_matches([':', '&', '*', ' ']).trim();
    let bare = ty.split(['<', '[', ' ']).next().unwrap_or(ty);
    let bare = bare.rsplit(['.', ':']).next().unwrap_or(bare);
    ty.starts_with("map[")
        || matches!(
            bare,
            "dict"
                | "Dict"
                | "Mapping"
                | "MutableMapping"
                | "Map"
                | "HashMap"
                | "LinkedHashMap"
                | "TreeMap"
                | "ConcurrentHashMap"
                | "BTreeMap"
                | "Record"
                | "Dictionary"
                | "IDictionary"
                | "IReadOnlyDictionary"
        )
}

/// The name that says what a value is.
pub(super) fn leaf_name(file: &File<'_, '_>, id: ExprId) -> Option<String> {
    let unit = file.unit;
    match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((*name).to_owned()),
        ExprKind::Index { of, key } => match key.and_then(|key| unit.literal(key)) {
            Some(key) => Some(key.to_owned()),
            None => leaf_name(file, *of),
        },
        ExprKind::Unary { of, .. } | ExprKind::Await(of) | ExprKind::Propagate(of) => {
            leaf_name(file, *of)
        }
        ExprKind::Call { callee, args, .. } => {
            let ExprKind::Member { of, name } = unit.expr(*callee) else { return None };
            match args.first().map(|arg| arg.value) {
                Some(key) if LOOK_UPS.contains(name) => unit.literal(key).map(str::to_owned),
                Some(_) => None,
                None if SAME.contains(name) => leaf_name(file, *of),
                None => {
                    let bare = name.strip_prefix("get").or_else(|| name.strip_prefix("Get"));
                    let bare = bare.map(|rest| rest.trim_start_matches('_'));
                    Some(bare.filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned())
                }
            }
        }
        _ => None,
    }
}

/// Which part of a request, or the environment, a value is read from, and whether it is all of it.
fn request(file: &File<'_, '_>, id: ExprId) -> (Option<&'static str>, bool) {
    if let Some(part) = filled(file, file.names.resolved(id)) {
        return (Some(part), false);
    }
    let unit = file.unit;
    // A parameter without a type stands for nothing: then what is written counts.
    let written = || unit.slice(&unit.place(id)).to_owned();
    let path = file.names.path(id).unwrap_or_else(written);
    let given = matches!(unit.expr(id), ExprKind::Call { args, .. } if !args.is_empty());
    let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[' | '(')).map(|(at, _)| at);
    let ends: Vec<usize> = ends.chain([path.len()]).collect();
    for end in ends {
        let found = file.table.role(&path[..end], Role::Request);
        if let Some(part) = found.and_then(|api| api.get("part")) {
            let rest = path[end..].trim_start_matches("()");
            return (Some(part), rest.is_empty() && !given && part != "value");
        }
    }
    (None, false)
}

/// Whether a value is a configuration that was loaded as a whole.
fn configuration(file: &File<'_, '_>, id: ExprId) -> bool {
    let ExprKind::Name(name) = file.unit.expr(id) else { return false };
    if !matches!(*name, "config" | "cfg" | "conf" | "settings" | "configuration") {
        return false;
    }
    let Some(value) = file.names.value(id) else { return false };
    let ExprKind::Call { callee, .. } = file.unit.expr(value) else { return false };
    let called = file.unit.slice(&file.unit.place(*callee)).to_ascii_lowercase();
    let name = called.rsplit(['.', ':']).next().unwrap_or(&called);
    ["load", "parse", "read", "from_env", "dotenv_values"].iter().any(|word| name.contains(word))
}

/// The part of a request that a framework fills a parameter with.
fn filled(file: &File<'_, '_>, id: ExprId) -> Option<&'static str> {
    let ExprKind::Name(name) = file.unit.expr(id) else { return None };
    let unit = file.unit;
    let function = unit
        .outward(unit.function_of(id))
        .map(|id| unit.function(id))
        .find(|function| function.params.iter().any(|param| param.name == *name))?;
    let param = function.params.iter().find(|param| param.name == *name)?;
    let text = param.ty.is_none_or(|ty| {
        matches!(
            ty.trim_start_matches([':', ' ']),
            "str" | "String" | "string" | "Optional[str]" | "string?"
        )
    });
    if !text {
        return None;
    }
    let from =
        function.params.iter().map(|other| other.at.end).filter(|end| *end <= param.at.start).max();
    let before = unit.slice(&(from.unwrap_or(function.name_at.end)..param.at.start));
    let marked = FILLED.iter().find(|(mark, _)| before.contains(mark)).map(|(_, part)| *part);
    marked.or_else(|| routed(file, function, name).then_some("path"))
}

/// Whether the path of a route names a parameter: `"/users/<name>"`, `"/users/{name}"`.
fn routed(file: &File<'_, '_>, function: &Function<'_>, name: &str) -> bool {
    function.decorators.iter().any(|decorator| {
        let routes = file.call(*decorator).is_some_and(|call| call.role(Role::Route).is_some());
        let path = file.unit.args(*decorator).first().and_then(|arg| file.unit.literal(arg.value));
        routes
            && path.is_some_and(|path| {
                ["<", "<string:", "<path:", "{"].iter().any(|open| {
                    let close = if *open == "{" { "}" } else { ">" };
                    path.contains(&format!("{open}{name}{close}"))
                })
            })
    })
}

/// The level that an argument names: `logging.INFO`, `Level.WARN`.
pub(super) fn level_of(file: &File<'_, '_>, id: ExprId) -> Option<Level> {
    match file.unit.expr(id) {
        ExprKind::Text(text) => Level::named(text),
        ExprKind::Member { name, .. } | ExprKind::Name(name) => {
            Level::named(name.strip_prefix("Level").unwrap_or(name))
        }
        _ => None,
    }
}
