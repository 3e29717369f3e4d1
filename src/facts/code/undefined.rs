//! Names that nothing defines: methods called on the object itself, modules nobody imports.
//!
//! Only what is certain in one file counts: a name that stands anywhere else in it, in whatever
//! form, may be how it comes to be.

use super::file::File;
use super::routines::class_of;
use crate::facts::scalar::Scalar;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::code::Language;
use crate::parse::unit::{Class, ExprId, ExprKind, FunctionId, Unit};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What a file asks of names that it has to define itself.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OwnNames {
    /// The file.
    pub document: DocumentId,
    /// The first of them.
    pub anchor: Span,
    /// Methods that are called and not there.
    pub members: Vec<Missing>,
    /// Modules that are used and not imported.
    pub modules: Vec<Scalar>,
}

impl OwnNames {
    /// Whether anything is missing.
    pub fn is_wanting(&self) -> bool {
        !(self.members.is_empty() && self.modules.is_empty())
    }
}

/// A method that is not there.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Missing {
    /// Its name, at the first call.
    pub name: Scalar,
    /// The class that has no such method.
    pub class: String,
}

impl Subject for OwnNames {
    fn kind(&self) -> SubjectKind {
        SubjectKind::OwnNames
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "names of a file".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

/// Names of the classes that a file extends: of every file, also of those that are not parsed.
pub(super) fn bases(language: Language, text: &str, facts: &mut FileFacts) {
    let (before, after) = match language {
        Language::Python => ("class ", '('),
        Language::Javascript | Language::Typescript | Language::Tsx => (" extends ", ' '),
        _ => return,
    };
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (at, _) in text.match_indices(before) {
        let rest = text[at..].lines().next().unwrap_or_default();
        let Some((_, list)) = rest.trim_start().split_once(after) else { continue };
        for base in list.split([',', ')', '{']) {
            let base = base.split(['[', '<', '(', ':']).next().unwrap_or(base).trim();
            found.insert(base.rsplit(['.', ' ']).next().unwrap_or(base));
        }
    }
    let named = found.into_iter().filter(|base| !base.is_empty());
    facts.extended_classes.extend(named.map(str::to_owned));
}

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    if !matches!(
        unit.language,
        Language::Python | Language::Javascript | Language::Typescript | Language::Tsx
    ) {
        return;
    }
    let calls = own_calls(file);
    let modules = if unit.language == Language::Python { modules(file) } else { BTreeMap::new() };
    let first =
        calls.iter().map(|call| call.1).chain(modules.values().map(|uses| uses.first)).min();
    let Some(first) = first else { return };
    facts.own_names.push(OwnNames {
        document: file.document,
        anchor: file.expr_span(first),
        members: members(file, &calls),
        modules: modules
            .into_iter()
            .filter(|(_, uses)| !uses.bound)
            .map(|(name, uses)| Scalar {
                text: name.to_owned(),
                span: file.expr_span(uses.first),
                known: true,
                plain: false,
            })
            .collect(),
    });
}

/// Calls on the object itself: the method's name, the call's callee, the class.
fn own_calls<'a>(file: &File<'_, 'a>) -> Vec<(&'a str, ExprId, usize)> {
    let unit = file.unit;
    let mut found = Vec::new();
    for call in unit.calls().filter(|call| !file.is_faulty(*call)) {
        let ExprKind::Call { callee, .. } = unit.expr(call) else { continue };
        let ExprKind::Member { of, name } = unit.expr(*callee) else { continue };
        let ExprKind::Name(object) = unit.expr(*of) else { continue };
        let function = unit.function_of(call);
        let keeps = unit.outward(function).take_while(|id| unit.function(*id).class.is_none());
        // `this` of an inner function is somebody else's.
        let lost = *object == "this"
            && keeps.into_iter().any(|id| {
                let text = unit.slice(&unit.function(id).at);
                text.trim_start_matches("async ").starts_with("function")
            });
        let method = unit.outward(function).find(|id| unit.function(*id).class.is_some());
        // Called with another object by whoever has it: `$.fn.cart = Cart._start`.
        let loose = *object == "this"
            && method.is_some_and(|id| {
                let name = unit.function(id).name;
                let text = unit.slice(&unit.function(id).at);
                text.starts_with("static ") && is_held(unit, name)
            });
        let lost = lost || loose;
        let owner = method.filter(|id| unit.function(*id).receiver == Some(*object) && !lost);
        if let Some(class) = owner.and_then(|id: FunctionId| class_of(unit, id)) {
            found.push((*name, *callee, class.0 as usize));
        }
    }
    found
}

/// Whether a file names a method without calling it: `.start;`, `.start.call(…)`.
fn is_held(unit: &Unit<'_>, name: &str) -> bool {
    unit.text.match_indices(name).any(|(at, _)| {
        let after = unit.text[at + name.len()..].chars().next();
        unit.text[..at].ends_with('.')
            && after.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '('))
    })
}

fn members(file: &File<'_, '_>, calls: &[(&str, ExprId, usize)]) -> Vec<Missing> {
    let unit = file.unit;
    let mut found: Vec<Missing> = Vec::new();
    let mut asked: BTreeSet<(&str, usize)> = BTreeSet::new();
    let defined: BTreeSet<&str> = unit.functions.iter().map(|function| function.name).collect();
    for (name, callee, class) in calls {
        let owner = &unit.classes[*class];
        // `__class__` and its like are there from the beginning.
        let given = name.starts_with("__") && name.ends_with("__");
        if given
            || !asked.insert((name, *class))
            || defined.contains(name)
            || !is_closed(file, owner)
            || is_elsewhere(file, name)
        {
            continue;
        }
        let mut at = unit.place(*callee);
        at.start = at.end - u32::try_from(name.len()).unwrap_or_default();
        if unit.is_faulty(&owner.at) {
            continue;
        }
        let name =
            Scalar { text: (*name).to_owned(), span: file.span(&at), known: true, plain: false };
        found.push(Missing { name, class: owner.name.to_owned() });
    }
    found
}

/// Whether all members of a class stand in this file.
fn is_closed(file: &File<'_, '_>, class: &Class<'_>) -> bool {
    /// Of Python: a class of that name in another language is somebody's own.
    const PLAIN: &[&str] = &["object", "ABC", "Protocol", "Generic"];
    const HARMLESS: &[&str] = &["dataclass", "final", "runtime_checkable", "total_ordering"];
    let unit = file.unit;
    let text = unit.slice(&class.at);
    let mut open = vec![class];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(class) = open.pop() {
        if !seen.insert(class.name) {
            continue;
        }
        for base in &class.bases {
            let bare = base.split(['[', '(', '<']).next().unwrap_or(base);
            let of_others = bare.contains('.');
            let bare = bare.rsplit('.').next().unwrap_or(bare).trim();
            if unit.language == Language::Python && PLAIN.contains(&bare) {
                continue;
            }
            // `httpx.Client` is none of the classes here, whatever they are called.
            if of_others {
                return false;
            }
            match unit.classes.iter().find(|known| known.name == bare) {
                Some(known) => open.push(known),
                None => return false,
            }
        }
        let marked = class.decorators.iter().any(|mark| {
            let text = unit.slice(&unit.place(*mark));
            !HARMLESS.iter().any(|known| text.contains(known))
        });
        if marked {
            return false;
        }
    }
    let dynamic = [
        "__getattr__",
        "__getattribute__",
        "setattr(",
        "__dict__",
        "new Proxy",
        "Object.assign(this",
        "__slots__",
        // What another makes of the object: `EventAware.call(this)`.
        ".call(this)",
        ".apply(this",
    ];
    // Methods that come from elsewhere: `Object.assign(Cart.prototype, …)`, `addMethods(Cart)`, an
    // interface of the same name that TypeScript joins with the class.
    let joined = unit.language != Language::Python
        && ["{}.prototype", "interface {}", "s({})", "s({},"]
            .iter()
            .any(|form| unit.text.contains(&form.replace("{}", class.name)));
    let name = class.name.to_ascii_lowercase();
    // `module.exports = new Cart()`: what is done with the one object, binding its methods to
    // another among it, is done elsewhere.
    let made = format!("new {}", class.name);
    let only = unit.language != Language::Python
        && unit.text.lines().any(|line| line.contains("export") && line.contains(&made));
    !only
        && !joined
        && !takes_up(text)
        && !dynamic.iter().any(|word| text.contains(word))
        && !name.contains("mixin")
        && !class.name.is_empty()
}

/// Whether a class asks another that stands behind it for a method: `super().search(…)`.
fn takes_up(text: &str) -> bool {
    text.match_indices("super(").any(|(at, _)| {
        let rest = text[at..].split_once(").").map_or("", |(_, rest)| rest);
        !rest.is_empty() && !rest.starts_with("__")
    })
}

/// Whether a name stands in the file in any other form than a call on the object itself.
fn is_elsewhere(file: &File<'_, '_>, name: &str) -> bool {
    let text = file.unit.text;
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        if before.ends_with(part) || after.starts_with(part) {
            return false;
        }
        let called = after.trim_start().starts_with('(') || after.starts_with("?.(");
        let own =
            ["self.", "this.", "cls.", "this?."].iter().any(|object| before.ends_with(object));
        let comment = file
            .unit
            .comments
            .iter()
            .any(|comment| (comment.start as usize) <= at && at < comment.end as usize);
        !(comment || own && called)
    })
}

/// How a module's name is used.
struct Uses {
    first: ExprId,
    /// Something may bind it.
    bound: bool,
}

/// Names of modules of the standard library that the file uses: `json.dumps`.
fn modules<'a>(file: &File<'_, 'a>) -> BTreeMap<&'a str, Uses> {
    let unit = file.unit;
    let mut uses: BTreeMap<&'a str, Uses> = BTreeMap::new();
    let held: BTreeSet<ExprId> = unit
        .exprs
        .iter()
        .filter_map(|expr| match expr.kind {
            ExprKind::Member { of, .. } => Some(of),
            _ => None,
        })
        .collect();
    let mut libraries = file.table.libraries.iter();
    let library = libraries.find(|library| library.name == "standard-library");
    let names: BTreeSet<&str> =
        library.into_iter().flat_map(|library| library.imports).copied().collect();
    let standard = |name: &str| names.contains(name);
    for (number, expr) in unit.exprs.iter().enumerate() {
        let ExprKind::Name(name) = expr.kind else { continue };
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        if standard(name) {
            let entry = uses.entry(name).or_insert(Uses { first: id, bound: false });
            entry.bound |= !held.contains(&id) || file.is_faulty(id);
            if unit.place(id).start < unit.place(entry.first).start {
                entry.first = id;
            }
        }
    }
    let opaque = unit.imports.iter().any(|import| import.all)
        || !unit.faults.is_empty()
        || ["exec(", "globals()", "__import__"].iter().any(|word| unit.text.contains(word));
    let params = unit
        .functions
        .iter()
        .flat_map(|function| function.params.iter().map(|param| param.name).chain([function.name]));
    let classes = unit.classes.iter().map(|class| class.name);
    let imports =
        unit.imports.iter().map(|import| import.local.split('.').next().unwrap_or(import.local));
    let whole =
        unit.imports.iter().map(|import| import.path.split('.').next().unwrap_or(&import.path));
    let bound: BTreeSet<&str> = params.chain(classes).chain(imports).chain(whole).collect();
    for (name, uses) in &mut uses {
        let caught = [format!("as {name}"), format!("import {name}"), format!("global {name}")];
        uses.bound |= opaque
            || bound.contains(name)
            || caught.iter().any(|form| unit.text.contains(form.as_str()));
    }
    uses
}
