//! Reads a rule file; every fault points into it.

use crate::catalogue::model::{Class, Fixes, Logic, Rule, Sensitivity, Severity};
use crate::catalogue::predicate::{Comparison, Predicate, Test};
use crate::facts::subject::SubjectKind;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::yaml;
use crate::source::{SourceId, Span};

/// A fault in a rule file.
#[derive(Clone, Debug)]
pub struct LoadError {
    /// Where in the rule file.
    pub span: Span,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// One example of a rule file: a small repository and what the rule says of it.
#[derive(Clone, Debug)]
pub struct Example {
    /// Files as path and text.
    pub files: Vec<(String, String)>,
    /// Exact texts of the primary spans expected, in order; `None` for a pass example.
    pub flags: Option<Vec<String>>,
    /// Severities of the findings, in their order, where the example says them.
    pub severities: Option<Vec<String>>,
    /// What the example shows.
    pub note: Option<String>,
    /// Where it stands in the rule file.
    pub span: Span,
}

/// A rule with its examples.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// The rule.
    pub rule: Rule,
    /// Its examples.
    pub examples: Vec<Example>,
}

/// Every key of a rule file.
pub const KEYS: &[&str] = &[
    "code",
    "title",
    "class",
    "severity",
    "since",
    "requirements",
    "controls",
    "subject",
    "check",
    "require",
    "at",
    "message",
    "why",
    "fix",
    "fixes",
    "default",
    "preview",
    "absence",
    "sensitive",
    "languages",
    "cause",
    "examples",
];

/// Reads the rule file `text`; `name` is the file's name without its ending.
///
/// The rule's texts live as long as the program: rule files are few and read once.
///
/// # Errors
/// All faults found, with their spans.
pub fn load(name: &str, text: &str) -> Result<RuleFile, Vec<LoadError>> {
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let mut loader = Loader { errors: Vec::new() };
    loader.text_faults(&tree);
    let file = match tree.documents().next() {
        Some(root) if root.is_mapping() => Some(loader.rule_file(name, text, root)),
        Some(root) => {
            loader.error(root.span(), "a rule file is one mapping");
            None
        }
        None => {
            loader.error(Span::new(SourceId(0), 0, 0), "the rule file is empty or does not parse");
            None
        }
    };
    match file {
        Some(file) if loader.errors.is_empty() => Ok(file),
        _ => Err(loader.errors),
    }
}

struct Loader {
    errors: Vec<LoadError>,
}

impl Loader {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(LoadError { span, message: message.into() });
    }

    fn text_faults(&mut self, tree: &Tree) {
        for issue in tree.roots.iter().flat_map(|root| &root.issues) {
            self.error(issue.span, issue.message.clone());
        }
    }

    fn rule_file(&mut self, name: &str, text: &str, root: NodeRef<'_>) -> RuleFile {
        for (key, _) in root.pairs() {
            if !KEYS.contains(&key.scalar().unwrap_or_default()) {
                let message = format!("unknown key; a rule file has {}", KEYS.join(", "));
                self.error(key.span(), message);
            }
        }
        let subject = self.subject(root);
        let logic = self.logic(root, subject);
        let (severity, severities) = self.severity(root, subject);
        let at = self.list(root, "at");
        for field in at {
            self.check_field(subject, field, root.get("at").map_or(root.span(), NodeRef::span));
        }
        let message = self.required(root, "message");
        self.check_message(root, subject, message, &logic);
        let rule = Rule {
            code: self.required(root, "code"),
            name: leak(name),
            title: self.required(root, "title"),
            class: self.word(root, "class", Class::named, "validity, semantic or compliance"),
            severity,
            severities,
            since: self.required(root, "since"),
            requirements: self.list(root, "requirements"),
            controls: self.list(root, "controls"),
            subject,
            logic,
            at,
            message,
            why: self.required(root, "why"),
            fix: self.required(root, "fix"),
            fixes: self.fixes(root),
            default_off: root.get("default").and_then(NodeRef::scalar) == Some("off"),
            preview: self.flag(root, "preview"),
            absence: self.flag(root, "absence"),
            sensitive: self.sensitivity(root),
            cause: self.list(root, "cause"),
            text: leak(text),
        };
        RuleFile { rule, examples: self.examples(root) }
    }

    fn required(&mut self, root: NodeRef<'_>, key: &str) -> &'static str {
        match root.get(key).and_then(NodeRef::scalar) {
            Some(text) if !text.trim().is_empty() => leak(text.trim()),
            _ => {
                let span = root.entry(key).map_or(root.span().at_start(), |(key, _)| key.span());
                self.error(span, format!("`{key}` is missing"));
                ""
            }
        }
    }

    fn word<T>(
        &mut self,
        root: NodeRef<'_>,
        key: &str,
        named: fn(&str) -> Option<T>,
        choices: &str,
    ) -> T
    where
        T: Copy + Fallback,
    {
        let text = self.required(root, key);
        named(text).unwrap_or_else(|| {
            let span = root.get(key).map_or(root.span().at_start(), NodeRef::span);
            self.error(span, format!("`{key}` is {choices}"));
            T::FALLBACK
        })
    }

    fn flag(&mut self, root: NodeRef<'_>, key: &str) -> bool {
        match root.get(key).and_then(NodeRef::scalar) {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                let span = root.get(key).map_or(root.span(), NodeRef::span);
                self.error(span, format!("`{key}` is true or false"));
                false
            }
        }
    }

    fn fixes(&mut self, root: NodeRef<'_>) -> Fixes {
        match root.get("fixes").and_then(NodeRef::scalar) {
            None => Fixes::None,
            Some("safe") => Fixes::Safe,
            Some("unsafe") => Fixes::Unsafe,
            Some(_) => {
                let span = root.get("fixes").map_or(root.span(), NodeRef::span);
                self.error(span, "`fixes` is safe or unsafe");
                Fixes::None
            }
        }
    }

    fn sensitivity(&mut self, root: NodeRef<'_>) -> Sensitivity {
        match root.get("sensitive").and_then(NodeRef::scalar) {
            None => Sensitivity::None,
            Some("security") => Sensitivity::Security,
            Some("retention") => Sensitivity::Retention,
            Some(_) => {
                let span = root.get("sensitive").map_or(root.span(), NodeRef::span);
                self.error(span, "`sensitive` is security (sampling too) or retention");
                Sensitivity::None
            }
        }
    }

    fn list(&mut self, root: NodeRef<'_>, key: &str) -> &'static [&'static str] {
        let Some(node) = root.get(key) else { return &[] };
        if !node.is_sequence() {
            self.error(node.span(), format!("`{key}` is a list"));
        }
        leak_slice(node.items().filter_map(NodeRef::scalar).map(leak).collect())
    }

    fn subject(&mut self, root: NodeRef<'_>) -> SubjectKind {
        let name = self.required(root, "subject");
        SubjectKind::named(name).unwrap_or_else(|| {
            let span = root.get("subject").map_or(root.span().at_start(), NodeRef::span);
            self.error(span, format!("no fact kind is called `{name}`"));
            SubjectKind::Repository
        })
    }

    fn logic(&mut self, root: NodeRef<'_>, subject: SubjectKind) -> Logic {
        match (root.get("require"), root.get("check").and_then(NodeRef::scalar)) {
            (Some(node), None) => Logic::Require(leak_one(self.predicate(node, subject, 0))),
            (None, Some("builtin")) => Logic::Builtin,
            _ => {
                let span = root.span().at_start();
                self.error(span, "a rule has either `require:` or `check: builtin`");
                Logic::Builtin
            }
        }
    }

    fn severity(
        &mut self,
        root: NodeRef<'_>,
        subject: SubjectKind,
    ) -> (Severity, &'static [(Severity, Predicate)]) {
        let Some(node) = root.get("severity").filter(|node| node.is_mapping()) else {
            return (self.word(root, "severity", Severity::named, "error, warning or info"), &[]);
        };
        let mut severities = Vec::new();
        for (key, value) in node.pairs().filter(|(key, _)| key.scalar() != Some("default")) {
            match Severity::named(key.scalar().unwrap_or_default()) {
                Some(severity) => severities.push((severity, self.predicate(value, subject, 0))),
                None => self.error(key.span(), "a severity is error, warning or info"),
            }
        }
        let default = self.word(node, "default", Severity::named, "error, warning or info");
        (default, leak_slice(severities))
    }

    fn check_field(&mut self, subject: SubjectKind, field: &str, span: Span) {
        if !subject.has_field(field) {
            self.error(span, format!("`{}` has no field `{field}`", subject.name()));
        }
    }

    fn check_message(
        &mut self,
        root: NodeRef<'_>,
        subject: SubjectKind,
        message: &'static str,
        logic: &Logic,
    ) {
        let span = root.get("message").map_or(root.span().at_start(), NodeRef::span);
        if message.ends_with('.') {
            self.error(span, "a message ends without a full stop");
        }
        // A built-in fills captures of its own; the tests see that none stays empty.
        if matches!(logic, Logic::Require(_)) {
            for capture in captures(message) {
                self.check_field(subject, capture, span);
            }
        }
    }

    fn predicate(&mut self, node: NodeRef<'_>, subject: SubjectKind, depth: usize) -> Predicate {
        let mut parts = Vec::new();
        if depth > 16 || !node.is_mapping() {
            self.error(
                node.span(),
                "a condition is a mapping: `{ field: test }`, `all`, `any`, `not`",
            );
        }
        for (key, value) in node.pairs() {
            parts.push(match key.scalar().unwrap_or_default() {
                "all" => Predicate::All(self.predicates(value, subject, depth)),
                "any" => Predicate::Any(self.predicates(value, subject, depth)),
                "not" => Predicate::Not(leak_one(self.predicate(value, subject, depth + 1))),
                field => {
                    self.check_field(subject, field, key.span());
                    Predicate::Field(leak(field), self.test(value))
                }
            });
        }
        match parts.len() {
            1 => parts[0],
            _ => Predicate::All(leak_slice(parts)),
        }
    }

    fn predicates(
        &mut self,
        node: NodeRef<'_>,
        subject: SubjectKind,
        depth: usize,
    ) -> &'static [Predicate] {
        if !node.is_sequence() || node.items().len() == 0 {
            self.error(node.span(), "`all` and `any` take a list of conditions");
        }
        leak_slice(node.items().map(|item| self.predicate(item, subject, depth + 1)).collect())
    }

    fn test(&mut self, node: NodeRef<'_>) -> Test {
        if node.scalar() == Some("exists") {
            return Test::Exists;
        }
        let pair = node.pairs().next().filter(|_| node.pairs().len() == 1);
        let Some((key, value)) = pair else {
            self.error(
                node.span(),
                "a test is `exists` or one of `{ equals: … }`, `{ one_of: […] }`, …",
            );
            return Test::Exists;
        };
        let text = || leak(value.scalar().unwrap_or_default());
        match key.scalar().unwrap_or_default() {
            "equals" => Test::Equals(text()),
            "one_of" => Test::OneOf(leak_slice(
                value.items().filter_map(NodeRef::scalar).map(leak).collect(),
            )),
            "matches" => {
                if let Err(error) = regex::Regex::new(text()) {
                    self.error(value.span(), format!("not a regular expression: {error}"));
                }
                Test::Matches(text())
            }
            "contains" => Test::Contains(text()),
            "at_least" => Test::Compare(Comparison::AtLeast, text()),
            "at_most" => Test::Compare(Comparison::AtMost, text()),
            "more_than" => Test::Compare(Comparison::MoreThan, text()),
            "less_than" => Test::Compare(Comparison::LessThan, text()),
            other => {
                self.error(key.span(), format!("there is no test `{other}`"));
                Test::Exists
            }
        }
    }

    fn examples(&mut self, root: NodeRef<'_>) -> Vec<Example> {
        let Some(list) = root.get("examples").filter(|node| node.is_sequence()) else {
            self.error(root.span().at_start(), "`examples` is missing");
            return Vec::new();
        };
        let mut examples = Vec::new();
        for item in list.items() {
            let (files, failing) = match (item.get("pass"), item.get("fail")) {
                (Some(files), None) => (files, false),
                (None, Some(files)) => (files, true),
                _ => {
                    self.error(item.span(), "an example has either `pass:` or `fail:`");
                    continue;
                }
            };
            let texts: Vec<(String, String)> = files
                .pairs()
                .filter_map(|(path, text)| {
                    Some((path.scalar()?.to_owned(), text.scalar()?.to_owned()))
                })
                .collect();
            let words = |key: &str| {
                item.get(key).map(|list| {
                    list.items().filter_map(NodeRef::scalar).map(str::to_owned).collect::<Vec<_>>()
                })
            };
            let (flags, severities) = (words("flags"), words("severities"));
            let counts = |list: &Option<Vec<String>>| list.as_ref().map(Vec::len);
            if severities.is_some() && counts(&severities) != counts(&flags) {
                self.error(item.span(), "`severities` has one word for each of `flags`");
            }
            if failing != flags.is_some() {
                self.error(item.span(), "a `fail` example has `flags`, a `pass` example has none");
            }
            examples.push(Example {
                files: texts,
                flags,
                severities,
                note: item.get("note").and_then(NodeRef::scalar).map(str::to_owned),
                span: item.span(),
            });
        }
        examples
    }
}

/// What stands for a word that could not be read; the file is refused anyway.
trait Fallback {
    const FALLBACK: Self;
}
impl Fallback for Severity {
    const FALLBACK: Self = Severity::Error;
}
impl Fallback for Class {
    const FALLBACK: Self = Class::Semantic;
}

/// The names in braces of a message.
pub fn captures(message: &str) -> impl Iterator<Item = &str> {
    message.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn leak_one<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_slice<T>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}
