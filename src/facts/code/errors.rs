//! Errors that a program makes itself, and what their texts can hold.
//!
//! One file makes an error, another shows it: `repo/settled/errors.rs` joins them. What is fixed in
//! the program shows nothing of what is behind it.

mod enums;
mod functions;
pub(super) mod kinds;

use super::CodeText;
use super::file::File;
use super::handlers::sites::{self, Site};
use crate::facts::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::code::Language;
use crate::parse::unit::{CallForm, ExprId, ExprKind, Part, StmtKind, Unit};
use std::collections::BTreeSet;

/// A class of errors that a file defines.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OwnError {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// Some code here gives it the text of another error, which may come from anywhere.
    pub carries: bool,
}

/// A function that gives only errors whose texts the program has fixed.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct PlainFunction {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The class it is a method of.
    pub class: Option<String>,
    /// The package or namespace of its file.
    pub package: Option<String>,
}

/// Where an error comes from, as a file names it.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Origin {
    /// Anywhere.
    Any,
    /// It is of one of these types.
    Types(Vec<String>),
    /// A call gives it.
    Call {
        /// What is called.
        called: String,
        /// It is a function of the file itself.
        own: bool,
    },
}

/// Whether a name is one of a class of errors.
fn is_error(name: &str) -> bool {
    name.ends_with("Exception") || name.ends_with("Error")
}

/// Names of the classes of errors that a file defines: of every file, also of those that are not
/// parsed, for most such files hold nothing else.
pub(super) fn scan(code: CodeText<'_>, facts: &mut FileFacts) {
    let found = match code.kind {
        Kind::Python | Kind::Csharp => classes(code.text),
        Kind::Rust => enums::fixed(code.text),
        _ => return,
    };
    facts.own_errors.extend(found.into_iter().map(|name| OwnError {
        document: code.document,
        name: name.to_owned(),
        carries: false,
    }));
}

fn classes(text: &str) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (at, _) in text.match_indices("class ") {
        let line = text[at..].lines().next().unwrap_or_default();
        let rest = &line["class ".len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, bases) = rest.split_at(end);
        let mut bases = bases.split(|c: char| !c.is_alphanumeric() && c != '_');
        if !name.is_empty() && (is_error(name) || bases.any(is_error)) {
            found.insert(name);
        }
    }
    found
}

/// Reads what a file says of the errors it makes.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    match file.unit.language {
        Language::Go => functions::read(file, facts),
        Language::Python | Language::Csharp | Language::Java => carried(file, facts),
        _ => {}
    }
}

/// Classes of errors that are given the text of another error: `raise ShopError(str(e))`.
fn carried(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let sites = sites::all(file);
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for call in unit.calls() {
        let Some(name) = file.called(call).filter(|name| is_error(name)) else { continue };
        let at = unit.place(call);
        let mut around =
            sites.iter().filter(|site| site.whole.start <= at.start && at.end <= site.whole.end);
        let taken =
            around.any(|site| site.error.is_some_and(|error| takes_text(unit, call, error)));
        if taken || unit.args(call).iter().any(|arg| is_answer(file, arg.value)) {
            found.insert(name);
        }
    }
    facts.own_errors.extend(found.into_iter().map(|name| OwnError {
        document: file.document,
        name: name.to_owned(),
        carries: true,
    }));
}

/// Most names that are followed to what another service said.
const MAX_HOPS: usize = 3;

/// Whether a text holds what another service has answered.
fn is_answer(file: &File<'_, '_>, id: ExprId) -> bool {
    const READS: &[&str] = &["ReadAsString", "ReadAsStringAsync", "ReadToEndAsync"];
    let unit = file.unit;
    let mut open = vec![id];
    for _ in 0..MAX_HOPS {
        let all: Vec<ExprId> = open.iter().flat_map(|id| unit.all_in(*id)).collect();
        let reads = |id: &ExprId| match unit.expr(*id) {
            ExprKind::Call { .. } => file.called(*id).is_some_and(|name| READS.contains(&name)),
            ExprKind::Member { of, name: "text" | "content" } => {
                matches!(unit.expr(*of), ExprKind::Name("r" | "res" | "resp" | "response"))
            }
            _ => false,
        };
        if all.iter().any(reads) {
            return true;
        }
        open = all.into_iter().filter_map(|id| file.names.value(id)).collect();
    }
    false
}

/// Whether a call is given the text of an error, not only the error as its cause.
fn takes_text(unit: &Unit<'_>, call: ExprId, error: &str) -> bool {
    let named = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    let args = unit.args(call);
    args.iter().any(|arg| {
        let whole = named(arg.value);
        let inside = || unit.all_in(arg.value).into_iter().any(named);
        match unit.language {
            // `new ShopException("…", e)` keeps it as the cause; `new ShopException(e)` has its text.
            Language::Java if args.len() == 1 => inside(),
            Language::Csharp | Language::Java => !whole && inside(),
            _ => inside(),
        }
    })
}

/// Where the error that a site handles comes from.
pub(super) fn origin(file: &File<'_, '_>, site: &Site<'_>) -> Origin {
    let unit = file.unit;
    match unit.language {
        Language::Go => called(file, site).unwrap_or(Origin::Any),
        Language::Rust => declared(file, site).unwrap_or(Origin::Any),
        Language::Python | Language::Csharp | Language::Java
            if !site.broad && !site.types.is_empty() =>
        {
            Origin::Types(site.types.iter().map(|ty| file.type_path(ty)).collect())
        }
        _ => Origin::Any,
    }
}

/// The call that gives what a site asks for: the outer one.
fn outer(unit: &Unit<'_>, site: &Site<'_>) -> Option<ExprId> {
    let size = |id: &ExprId| {
        let at = unit.place(*id);
        at.end - at.start
    };
    let calls = site.tried.iter().copied();
    calls.filter(|id| matches!(unit.expr(*id), ExprKind::Call { .. })).max_by_key(size)
}

/// The type of errors that a function of the file says it gives: `Result<T, ShopError>`.
fn declared(file: &File<'_, '_>, site: &Site<'_>) -> Option<Origin> {
    let function = file.own_function(outer(file.unit, site)?)?;
    let result = file.unit.function(function).returns?.trim();
    let (_, error) = result.strip_suffix('>')?.rsplit_once(',')?;
    let error = error.trim().rsplit("::").next().unwrap_or(error);
    is_error(error).then(|| Origin::Types(vec![error.to_owned()]))
}

/// The call whose error a site of Go asks for.
fn called(file: &File<'_, '_>, site: &Site<'_>) -> Option<Origin> {
    let unit = file.unit;
    let call = outer(unit, site)?;
    let ExprKind::Call { callee, form: CallForm::Call, .. } = unit.expr(call) else { return None };
    // `s.check()` of the object itself is a method of its type.
    if let ExprKind::Member { of, name } = unit.expr(*callee)
        && let ExprKind::Name(object) = unit.expr(*of)
        && let Some(method) = unit
            .outward(unit.function_of(call))
            .find(|id| unit.function(*id).receiver == Some(*object))
    {
        let class = functions::receiver(unit, method)?;
        return Some(Origin::Call { called: format!("{class}.{name}"), own: false });
    }
    if let Some(own) = file.own_function(call) {
        let called = unit.function(own).name.to_owned();
        return Some(Origin::Call { called, own: true });
    }
    let called = file.call(call)?.path.clone();
    Some(Origin::Call { called, own: false })
}
