//! Field tables to static data. What is wrong in a table stops the build at its line.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId, Span};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `SCHEMAS`.
pub fn generate(root: &Path) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(root)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let patterns = RefCell::new(Vec::new());
    let mut out = String::from("static SCHEMAS: &[Schema] = &[\n");
    for path in paths {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        let table = Table::new(&path, &text, &patterns);
        out.push_str(&table.render(&text));
    }
    out.push_str("];\n");
    for (index, pattern) in patterns.borrow().iter().enumerate() {
        let _ = writeln!(out, "static PATTERN_{index}: Pattern = Pattern::new({pattern:?});");
    }
    out
}

const SIMPLE: &[(&str, &str)] = &[
    ("string", "String"),
    ("int", "Int"),
    ("uint", "Uint"),
    ("float", "Float"),
    ("bool", "Bool"),
    ("duration", "Duration"),
    ("go-duration", "GoDuration"),
    ("size", "Size"),
    ("url", "Url"),
    ("regex", "Regex"),
    ("secret", "Secret"),
    ("secret-url", "SecretUrl"),
    ("label-name", "LabelName"),
    ("metric-name", "MetricName"),
    ("label-value", "LabelValue"),
    ("address", "Address"),
    ("template", "Template"),
    ("matcher", "Matcher"),
    ("any", "Any"),
    ("null", "Null"),
    ("int-or-string", "IntOrString"),
    ("component-id", "ComponentId"),
];

struct Table<'p> {
    path: String,
    source: Source,
    /// Patterns of all tables, each compiled once at run time.
    patterns: &'p RefCell<Vec<String>>,
}

/// A field as read: its own flags, and what the checks of its type add.
#[derive(Clone)]
struct Field {
    ty: String,
    origin: String,
    required: bool,
    nonnull: bool,
    fold: bool,
    empty_ok: bool,
    numbers: Option<(f64, f64)>,
    words: BTreeMap<String, String>,
}

#[derive(Default, Clone)]
struct Type {
    fields: BTreeMap<String, Field>,
    checks: Vec<String>,
    scalar: Option<String>,
    lines: Option<String>,
    open: Option<String>,
    items: Option<String>,
    past_open: bool,
}

impl<'p> Table<'p> {
    fn new(path: &Path, text: &str, patterns: &'p RefCell<Vec<String>>) -> Self {
        Table {
            path: path.display().to_string(),
            source: Source::new("", text.to_owned(), Encoding::Utf8),
            patterns,
        }
    }

    fn stop(&self, span: Span, message: &str) -> ! {
        fail(&format!("{}:{}: {message}", self.path, self.source.line_of(span.start)))
    }

    fn render(&self, text: &str) -> String {
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
        for root in &tree.roots {
            if let Some(issue) = root.issues.first() {
                self.stop(issue.span, &issue.message);
            }
        }
        let Some(top) = tree.documents().next() else {
            fail(&format!("{}: an empty table", self.path))
        };
        let types = self.node(top, "types");
        let names: Vec<&str> = types.pairs().filter_map(|(key, _)| key.scalar()).collect();
        let mut flat = BTreeMap::new();
        for (key, node) in types.pairs() {
            let name = key.scalar().unwrap_or_default();
            self.flatten(name, node, types, &names, &mut flat, 0);
        }
        let mut out = String::from("Schema {");
        let reader = self.text(top, "reader");
        let _ = write!(
            out,
            " name: {:?}, program: {:?}, oldest: {:?}, newest: {:?}, known_since_oldest: &{:?}, reader: {},",
            self.text(top, "schema"),
            self.text(top, "program"),
            self.text(self.node(top, "versions"), "oldest"),
            self.text(self.node(top, "versions"), "newest"),
            top.get("known-since-oldest")
                .into_iter()
                .flat_map(|node| node.items())
                .filter_map(|item| item.scalar())
                .collect::<Vec<_>>(),
            self.reader(top, &reader),
        );
        out.push_str(" readers: &[");
        for (key, value) in top.get("readers").into_iter().flat_map(|node| node.entries()) {
            let reader = self.reader(value, value.scalar().unwrap_or_default());
            let _ = write!(out, "({:?}, {reader}), ", key.scalar().unwrap_or_default());
        }
        out.push_str("], roots: &[");
        for (key, value) in self.node(top, "roots").pairs() {
            let field = self.field(value, "", &names);
            let name = key.scalar().unwrap_or_default();
            let _ = write!(out, "{}, ", literal(name, &field));
        }
        out.push_str("], types: &[\n");
        for name in &names {
            let ty = &flat[*name];
            let _ = write!(out, "  TypeTable {{ name: {name:?}, fields: &[");
            for (field, spec) in &ty.fields {
                let _ = write!(out, "{}, ", literal(field, spec));
            }
            let option = |ty: &Option<String>| match ty {
                Some(ty) => format!("Some({ty})"),
                None => "None".to_owned(),
            };
            let _ = writeln!(
                out,
                "], checks: &[{}], scalar: {}, lines: {}, open: {}, items: {}, past_open: {} }},",
                ty.checks.join(", "),
                option(&ty.scalar),
                option(&ty.lines),
                option(&ty.open),
                option(&ty.items),
                ty.past_open,
            );
        }
        out.push_str("] },\n");
        out
    }

    fn node<'t>(&self, node: NodeRef<'t>, key: &str) -> NodeRef<'t> {
        node.get(key).unwrap_or_else(|| self.stop(node.span(), &format!("no `{key}`")))
    }

    fn text(&self, node: NodeRef<'_>, key: &str) -> String {
        self.node(node, key).scalar().unwrap_or_default().to_owned()
    }

    fn reader(&self, at: NodeRef<'_>, name: &str) -> &'static str {
        match name {
            "go-yaml-v2" => "Reader::GoYamlV2",
            "go-yaml-v3" => "Reader::GoYamlV3",
            "kubernetes" => "Reader::Kubernetes",
            "mapstructure" => "Reader::Mapstructure",
            _ => self.stop(at.span(), &format!("unknown reader `{name}`")),
        }
    }

    fn flatten(
        &self,
        name: &str,
        node: NodeRef<'_>,
        types: NodeRef<'_>,
        names: &[&str],
        done: &mut BTreeMap<String, Type>,
        depth: usize,
    ) -> Type {
        if let Some(known) = done.get(name) {
            return known.clone();
        }
        if depth > 16 {
            self.stop(node.span(), &format!("`{name}` is inlined into itself"));
        }
        for (key, _) in node.pairs() {
            let word = key.scalar().unwrap_or_default();
            let known = [
                "source", "inline", "fields", "checks", "refuses", "notes", "scalar", "lines",
                "open", "items", "past",
            ];
            if !known.contains(&word) {
                self.stop(key.span(), &format!("a type has no `{word}`"));
            }
        }
        let mut ty = Type::default();
        for other in node.get("inline").into_iter().flat_map(|node| node.items()) {
            let inlined = other.scalar().unwrap_or_default();
            let Some(target) = types.get(inlined) else {
                self.stop(other.span(), &format!("no type `{inlined}`"))
            };
            let part = self.flatten(inlined, target, types, names, done, depth + 1);
            ty.fields.extend(part.fields);
            ty.checks.extend(part.checks);
            ty.past_open |= part.past_open;
        }
        for (key, value) in node.get("fields").into_iter().flat_map(|node| node.pairs()) {
            let field = self.field(value, name, names);
            ty.fields.insert(key.scalar().unwrap_or_default().to_owned(), field);
        }
        for check in node.get("checks").into_iter().flat_map(|node| node.items()) {
            self.check(name, check, &mut ty);
        }
        for (key, slot) in [
            ("scalar", &mut ty.scalar),
            ("lines", &mut ty.lines),
            ("open", &mut ty.open),
            ("items", &mut ty.items),
        ] {
            if let Some(value) = node.get(key) {
                *slot = Some(self.field(value, name, names).ty);
            }
        }
        match node.get("past").map(|node| (node, node.scalar())) {
            Some((_, Some("any"))) => ty.past_open = true,
            Some((node, _)) => self.stop(node.span(), "`past` is `any`"),
            None => {}
        }
        done.insert(name.to_owned(), ty.clone());
        ty
    }

    fn field(&self, node: NodeRef<'_>, origin: &str, names: &[&str]) -> Field {
        let Some(text) = node.scalar() else { self.stop(node.span(), "a field is `TYPE flags`") };
        let (ty, rest) = self.parse_type(text.trim(), node, names);
        let mut field = Field {
            ty,
            origin: origin.to_owned(),
            required: false,
            nonnull: false,
            fold: false,
            empty_ok: false,
            numbers: None,
            words: BTreeMap::new(),
        };
        for flag in rest.split_whitespace() {
            match flag.split_once('=') {
                None if flag == "required" => field.required = true,
                None if flag == "nonnull" => field.nonnull = true,
                Some((
                    word @ ("since" | "removed" | "deprecated" | "renamed" | "dialect"),
                    value,
                )) => {
                    field.words.insert(word.to_owned(), value.to_owned());
                }
                _ => self.stop(node.span(), &format!("unknown flag `{flag}`")),
            }
        }
        field
    }

    /// The type `text` begins with, as Rust text, and what follows it.
    fn parse_type<'a>(&self, text: &'a str, at: NodeRef<'_>, names: &[&str]) -> (String, &'a str) {
        let end = text.find(|c: char| !(c.is_alphanumeric() || "-_".contains(c)));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        let inner = |rest: &'a str| -> (&'a str, &'a str) {
            let mut depth = 0usize;
            for (index, c) in rest.char_indices() {
                depth = match c {
                    '(' => depth + 1,
                    ')' if depth == 1 => return (&rest[1..index], &rest[index + 1..]),
                    ')' => depth - 1,
                    _ => depth,
                };
            }
            self.stop(at.span(), "a bracket is not closed")
        };
        match word {
            "list" if rest.starts_with('(') => {
                let (item, rest) = inner(rest);
                (format!("Type::List(&{})", self.parse_type(item, at, names).0), rest)
            }
            "map" if rest.starts_with('(') => {
                let (item, rest) = inner(rest);
                let (key, value) = match item.split_once(':') {
                    Some((key, value)) if !key.contains('(') => (key.trim(), value.trim()),
                    _ => ("string", item),
                };
                let key = self.parse_type(key, at, names).0;
                let value = self.parse_type(value, at, names).0;
                (format!("Type::Map(&{key}, &{value})"), rest)
            }
            "enum" if rest.starts_with('(') => {
                let (members, rest) = inner(rest);
                let members: Vec<&str> =
                    members.split(',').map(|word| word.trim().trim_matches('"')).collect();
                (format!("Type::Enum(&{members:?})"), rest)
            }
            _ => match SIMPLE.iter().find(|(name, _)| *name == word) {
                Some((_, variant)) => (format!("Type::{variant}"), rest),
                None => match names.iter().position(|name| *name == word) {
                    Some(index) => (format!("Type::Named({index})"), rest),
                    None => self.stop(at.span(), &format!("no type `{word}`")),
                },
            },
        }
    }

    fn check(&self, origin: &str, node: NodeRef<'_>, ty: &mut Type) {
        let bad = |what: &str| -> ! {
            let text = node.scalar().unwrap_or_default();
            self.stop(node.span(), &format!("check `{text}`: {what}"))
        };
        let text = node.scalar().unwrap_or_else(|| bad("not a text")).trim();
        let (word, rest) = text.split_once('(').unwrap_or_else(|| bad("no brackets"));
        let (rest, ended) = without_version(rest);
        let body = rest.strip_suffix(')').unwrap_or_else(|| bad("the bracket is not closed"));
        // The newest release is what a document is held against.
        if ended || matches!(word, "value-since") {
            return;
        }
        let split = |text: &str| -> Vec<String> {
            text.split(',').map(|word| word.trim().to_owned()).collect()
        };
        let (head, tail) = match body.split_once(':') {
            Some((head, tail)) => (head.trim(), split(tail)),
            None => ("", Vec::new()),
        };
        let args = split(body);
        let (first, second) = match body.split_once(',') {
            Some((first, second)) => (first.trim(), second.trim()),
            None => (body, ""),
        };
        let known = |name: &str| {
            let bare = name.trim_end_matches("[]").trim_end_matches("{}");
            let bare = bare.split('.').next().unwrap_or(bare);
            if !ty.fields.contains_key(bare) {
                bad(&format!("no field `{bare}`"));
            }
        };
        let regex = |pattern: &str| -> String {
            let pattern = pattern.replace("\\w", "[0-9A-Za-z_]");
            let pattern = pattern.replace("[[0-9A-Za-z_]", "[0-9A-Za-z_");
            if let Err(error) = regex::Regex::new(&pattern) {
                bad(&error.to_string());
            }
            let mut patterns = self.patterns.borrow_mut();
            let index = patterns.iter().position(|known| *known == pattern).unwrap_or_else(|| {
                patterns.push(pattern);
                patterns.len() - 1
            });
            format!("&PATTERN_{index}")
        };
        let literal = match word {
            "at-most-one" | "exclusive" | "exactly-one" | "at-least-one" | "any-key" => {
                args.iter().for_each(|name| known(name));
                let variant = match word {
                    "exactly-one" => "ExactlyOne",
                    "at-least-one" => "AtLeastOne",
                    "any-key" => "AnyKey",
                    _ => "AtMostOne",
                };
                format!("Test::{variant}(&{args:?})")
            }
            "requires" => {
                args.iter().for_each(|name| known(name));
                format!("Test::Requires({first:?}, &{:?})", &args[1..])
            }
            "requires-any" => {
                known(head);
                tail.iter().for_each(|name| known(name));
                format!("Test::Requires({head:?}, &{tail:?})")
            }
            "required-if" | "forbidden-if" | "forbidden-unless" => {
                let (field, values) = head.split_once('=').unwrap_or_else(|| bad("no `=`"));
                known(field);
                tail.iter().for_each(|name| known(name));
                let values: Vec<&str> = values.split('|').collect();
                let variant = match word {
                    "required-if" => "RequiredIf",
                    "forbidden-if" => "ForbiddenIf",
                    _ => "ForbiddenUnless",
                };
                format!("Test::{variant}({field:?}, &{values:?}, &{tail:?})")
            }
            "positive"
            | "nonneg"
            | "nonblank"
            | "nonempty-if-present"
            | "unique-items"
            | "quantity" => {
                known(first);
                let variant = match word {
                    "positive" => "Positive",
                    "nonneg" => "NonNegative",
                    "nonblank" => "NonBlank",
                    "nonempty-if-present" => "NonEmpty",
                    "unique-items" => "UniqueItems",
                    _ => "Quantity",
                };
                format!("Test::{variant}({first:?})")
            }
            "range" | "min" | "max" | "min-length" | "min-items" | "max-length" | "max-items" => {
                known(first);
                let number = |at: usize| {
                    args.get(at)
                        .and_then(|text| text.parse::<f64>().ok())
                        .unwrap_or_else(|| bad("no number"))
                };
                match word {
                    "range" => format!("Test::Range({first:?}, {:?}, {:?})", number(1), number(2)),
                    "min" => format!("Test::Range({first:?}, {:?}, f64::MAX)", number(1)),
                    "max" => format!("Test::Range({first:?}, f64::MIN, {:?})", number(1)),
                    "min-length" | "min-items" => {
                        format!("Test::Length({first:?}, {}, usize::MAX)", number(1))
                    }
                    _ => format!("Test::Length({first:?}, 0, {})", number(1)),
                }
            }
            "not-greater" | "not-greater-if-set" => {
                args.iter().for_each(|name| known(name));
                let if_set = word == "not-greater-if-set";
                format!("Test::NotGreater({first:?}, {second:?}, {if_set})")
            }
            "starts-with" => {
                known(first);
                format!("Test::StartsWith({first:?}, {second:?})")
            }
            "matches" | "pattern" => {
                known(first);
                format!("Test::Matches({first:?}, {})", regex(second))
            }
            "unique" => {
                let lists: Vec<(String, Vec<String>)> = if !tail.is_empty() {
                    vec![(head.to_owned(), tail)]
                } else if body.contains('.') {
                    args.iter()
                        .filter_map(|path| path.split_once('.'))
                        .map(|(list, key)| (list.to_owned(), vec![key.to_owned()]))
                        .collect()
                } else {
                    known(first);
                    ty.checks.push(format!(
                        "Check {{ origin: {origin:?}, test: Test::UniqueItems({first:?}) }}"
                    ));
                    return;
                };
                lists.iter().for_each(|(list, _)| known(list));
                let lists: Vec<String> =
                    lists.iter().map(|(list, keys)| format!("({list:?}, &{keys:?})")).collect();
                format!("Test::Unique(&[{}])", lists.join(", "))
            }
            "value-removed" => {
                known(first);
                let [_, value, version] = &args[..] else { bad("takes three") };
                format!("Test::ValueRemoved({first:?}, {value:?}, {version:?})")
            }
            "case-insensitive" | "empty-ok" | "default" | "numbers" => {
                let name = match word {
                    "default" => head,
                    _ => args[0].as_str(),
                };
                known(name);
                let end = |at: usize, open: f64| match args.get(at).map(|text| text.parse()) {
                    Some(Ok(number)) => number,
                    Some(Err(_)) => bad("no number"),
                    None => open,
                };
                if let Some(field) = ty.fields.get_mut(name) {
                    match word {
                        "case-insensitive" => field.fold = true,
                        "empty-ok" => field.empty_ok = true,
                        "numbers" => field.numbers = Some((end(1, f64::MIN), end(2, f64::MAX))),
                        _ => {
                            field.words.insert("default".to_owned(), tail.join(","));
                        }
                    }
                }
                return;
            }
            _ => bad("no such check"),
        };
        ty.checks.push(format!("Check {{ origin: {origin:?}, test: {literal} }}"));
    }
}

/// A check without its version, and whether it no longer holds.
fn without_version(text: &str) -> (&str, bool) {
    let text = text.trim_end();
    for (mark, ended) in
        [(" since=", false), (" until=", true), (" (since ", false), (" (until ", true)]
    {
        if let Some(at) = text.rfind(mark) {
            let version = text[at + mark.len()..].trim_end_matches(')');
            if version.chars().all(|c| c.is_ascii_digit() || c == '.') {
                return (&text[..at], ended);
            }
        }
    }
    (text, false)
}

fn literal(name: &str, field: &Field) -> String {
    let word = |key: &str| match field.words.get(key) {
        Some(value) => format!("Some({value:?})"),
        None => "None".to_owned(),
    };
    format!(
        "Field {{ name: {name:?}, origin: {:?}, ty: {}, required: {}, nonnull: {}, fold: {}, \
         empty_ok: {}, numbers: {:?}, removed: {}, deprecated: {}, renamed: {}, dialect: {}, since: {}, \
         default: {} }}",
        field.origin,
        field.ty,
        field.required,
        field.nonnull,
        field.fold,
        field.empty_ok,
        field.numbers,
        word("removed"),
        word("deprecated"),
        word("renamed"),
        word("dialect"),
        word("since"),
        word("default"),
    )
}
