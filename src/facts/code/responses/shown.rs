//! What of an error an answer shows.

use super::developers::{is_asked, is_for_developers, takes_out};
use super::maps::put_in;
use super::operators::parts_for_all;
use super::texts::{self, is_fixed, shows};
use super::{Shows, Status};
use crate::facts::code::errors::kinds::{tells_given, tells_inside};
use crate::facts::code::errors::{self, Origin};
use crate::facts::code::file::File;
use crate::facts::code::handlers::sites::Site;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// The errors that a file's code has names for, and where.
pub(super) struct Errors<'u> {
    sites: Vec<Site<'u>>,
    /// Functions that are handed every error, and what they call it.
    registered: BTreeMap<FunctionId, &'u str>,
    /// Closures of Rust that are given errors of what is done in memory alone.
    of_memory: BTreeSet<FunctionId>,
}

/// What is shown, and where.
pub(super) struct Found {
    pub(super) at: ExprId,
    pub(super) shows: Shows,
    pub(super) broad: bool,
    /// The error is of a kind that the program has made itself.
    pub(super) own: bool,
    /// It is of a kind that is expected, and tells nothing of what is behind the program.
    pub(super) expected: bool,
    pub(super) origin: Origin,
}

/// A name of an error.
struct Named<'n> {
    name: &'n str,
    broad: bool,
    own: bool,
    expected: bool,
    /// The object itself says something where it is answered with as it is.
    whole: bool,
    origin: Origin,
}

impl<'u> Errors<'u> {
    pub(super) fn of(
        unit: &Unit<'_>,
        sites: Vec<Site<'u>>,
        registered: BTreeMap<FunctionId, &'u str>,
    ) -> Errors<'u> {
        Errors { sites, registered, of_memory: of_memory(unit) }
    }

    /// The errors that an expression could name.
    fn around<'s>(&'s self, file: &File<'s, '_>, id: ExprId) -> Vec<Named<'s>>
    where
        'u: 's,
    {
        let unit = file.unit;
        let at = unit.place(id);
        // Of handlers in each other the inner one gives a name its error.
        let around = self.sites.iter().rev();
        let around = around.filter(|site| site.whole.start <= at.start && at.end <= site.whole.end);
        let mut found: Vec<Named<'s>> = around
            .filter_map(|site| {
                let plain = || !site.types.is_empty() && site.types.iter().all(|ty| is_plain(ty));
                let own = !site.broad && (is_own(file, unit.slice(&site.at)) || plain());
                let origin = errors::origin(file, site);
                let given =
                    matches!(&origin, Origin::Call { called, own: false } if tells_given(called));
                let expected = given
                    || !site.broad
                        && !site.types.is_empty()
                        && !site.types.iter().any(|ty| tells_inside(&file.type_path(ty)));
                let whole = texts::has_fields(file, site);
                Some(Named { name: site.error?, broad: site.broad, own, expected, whole, origin })
            })
            .collect();
        for at in unit.outward(unit.function_of(id)) {
            let function = unit.function(at);
            if super::registered::is_never(unit, at) {
                break;
            }
            if self.of_memory.contains(&at) {
                continue;
            }
            // `(err, req, res, next)` takes every error.
            let first = function.params.first().map(|param| param.name);
            let first = first.filter(|name| {
                function.params.len() == 4 && matches!(*name, "err" | "error" | "e")
            });
            let all = self.registered.get(&at).copied().or(first);
            found.extend(all.map(|name| Named {
                name,
                broad: true,
                own: false,
                expected: false,
                whole: false,
                origin: Origin::Any,
            }));
            for param in &function.params {
                let ty = param.ty.unwrap_or_default().trim_start_matches('&');
                let is_error = match unit.language {
                    Language::Java | Language::Csharp => {
                        ty.ends_with("Exception") || ty == "Throwable"
                    }
                    Language::Go => ty == "error",
                    Language::Rust => matches!(param.name, "e" | "err" | "error"),
                    _ => false,
                };
                let broad = !matches!(unit.language, Language::Java | Language::Csharp)
                    || matches!(ty, "Exception" | "Throwable");
                if is_error {
                    let own = !broad && (is_own(file, ty) || is_plain(ty));
                    let origin = match unit.language {
                        Language::Csharp | Language::Java if !broad => {
                            Origin::Types(vec![file.type_path(ty)])
                        }
                        Language::Rust if !ty.is_empty() => Origin::Types(vec![ty.to_owned()]),
                        _ => Origin::Any,
                    };
                    let expected = !broad && !tells_inside(&file.type_path(ty));
                    let whole = false;
                    found.push(Named { name: param.name, broad, own, expected, whole, origin });
                }
            }
        }
        found
    }

    /// What an answer shows of them.
    pub(super) fn shown_in(&self, file: &File<'_, '_>, whole: ExprId) -> Option<Found> {
        let unit = file.unit;
        if is_for_developers(file, whole) {
            return None;
        }
        let inside = parts_for_all(unit, whole);
        let given: Vec<ExprId> = inside.iter().flat_map(|id| put_in(file, *id, whole)).collect();
        let inside: Vec<ExprId> = inside.into_iter().chain(given).collect();
        if let Some(at) = inside.iter().copied().find(|id| is_trace(file, *id)) {
            return Some(Found {
                at,
                shows: Shows::Stack,
                broad: true,
                own: false,
                expected: false,
                origin: Origin::Any,
            });
        }
        let errors = self.around(file, whole);
        let prints = texts::prints_objects(unit, whole);
        // A text says more than the object that stands beside it.
        let texts = self.named_in(file, whole, &inside, &errors, |_| prints);
        texts.or_else(|| self.named_in(file, whole, &inside, &errors, |error| error.whole))
    }

    /// What the parts of an answer show of the errors that they name; of some the object as it is.
    fn named_in(
        &self,
        file: &File<'_, '_>,
        whole: ExprId,
        inside: &[ExprId],
        errors: &[Named<'_>],
        objects: impl Fn(&Named<'_>) -> bool,
    ) -> Option<Found> {
        let unit = file.unit;
        // `e.getMessage()` is called, not only named.
        let called = |id: ExprId| {
            let call = inside.iter().copied().find(
                |call| matches!(unit.expr(*call), ExprKind::Call { callee, .. } if *callee == id),
            );
            call.unwrap_or(id)
        };
        for id in inside.iter().copied() {
            // A text that was made of the error before.
            let made = file.names.value(id).filter(|made| *made != id);
            // Where it was made for developers only, it is nothing for others.
            let mut parts = match made {
                Some(made) if is_asked(file, made) => continue,
                Some(made) => parts_for_all(unit, made),
                None => vec![id],
            };
            // Where it failed says more than the text.
            parts.sort_by_key(|part| !is_trace(file, *part));
            for part in parts {
                let member = |id: ExprId| match unit.expr(id) {
                    ExprKind::Member { name, .. } => Some(*name),
                    _ => None,
                };
                if let (ExprKind::Name(held), Some(field)) = (unit.expr(id), member(part))
                    && is_trace(file, part)
                    && takes_out(file, held, field, whole)
                {
                    continue;
                }
                let found = errors.iter().find_map(|error| {
                    let (at, shows) = shows(unit, part, error.name, objects(error))?;
                    let shows = if is_trace(file, part) { Shows::Stack } else { shows };
                    let found = Found {
                        // Of what was made before, its name stands in the answer.
                        at: if part == id && at != id { at } else { called(id) },
                        shows,
                        broad: error.broad,
                        own: error.own,
                        expected: error.expected || is_of_variants(unit, error.name),
                        origin: error.origin.clone(),
                    };
                    Some((error.name, found))
                });
                if let Some((name, found)) = found
                    && !self.is_sorted(unit, whole)
                    && !is_in_arm(unit, whole, name)
                    && !is_fixed(unit, whole, name)
                    && !is_of_own_class(unit, whole, name)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Whether what failed was to read what the client sent or to fill the page that answers, or
    /// whoever asks was refused.
    pub(super) fn is_of_request(&self, unit: &Unit<'_>, whole: ExprId) -> bool {
        let at = unit.place(whole);
        let around = self.sites.iter();
        let mut around =
            around.filter(|site| site.whole.start <= at.start && at.end <= site.whole.end);
        around.any(|site| site.reads_request(unit) || site.refuses(unit) || site.fills_page(unit))
    }

    /// Whether errors of one kind are told from others before the answer.
    fn is_sorted(&self, unit: &Unit<'_>, whole: ExprId) -> bool {
        let at = unit.place(whole);
        let around = self
            .sites
            .iter()
            .filter(|site| site.whole.start <= at.start && at.end <= site.whole.end);
        let sorts = ["instanceof", "isinstance", "errors.As", "errors.Is", " is "];
        around.into_iter().any(|site| {
            let before = unit.slice(&(site.whole.start..at.start));
            sorts.iter().any(|word| before.contains(word))
        })
    }
}

/// Whether an answer stands in an arm that is taken for one error of several: `switch err { case
/// ErrSoldOut: … }`.
fn is_in_arm(unit: &Unit<'_>, whole: ExprId, error: &str) -> bool {
    let at = unit.place(whole);
    let is_error = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    // `_`, `e`: all that is left.
    let chooses = |id: ExprId| unit.slice(&unit.place(id)).contains(|c: char| c.is_uppercase());
    unit.stmts_around(&at).any(|stmt| {
        let StmtKind::Switch { on: Some(on), arms } = unit.stmt(stmt) else { return false };
        is_error(*on)
            && arms.iter().any(|arm| {
                let first = arm.body.first().map(|id| unit.stmts[id.0 as usize].at.start);
                let last = arm.body.last().map(|id| unit.stmts[id.0 as usize].at.end);
                let holds = first.is_some_and(|first| first <= at.start)
                    && last.is_some_and(|last| at.end <= last);
                holds && !arm.tests.is_empty() && arm.tests.iter().all(|test| chooses(*test))
            })
    })
}

/// JavaScript: whether an answer is for errors of a class of the program's own alone:
/// `if (err instanceof HttpError) { … }`.
fn is_of_own_class(unit: &Unit<'_>, whole: ExprId, error: &str) -> bool {
    let own = |class: &str| {
        unit.classes.iter().any(|it| it.name == class)
            || unit.imports.iter().any(|it| {
                let here = it.path.starts_with(['.', '~', '#']) || it.path.starts_with("@/");
                it.local == class && here
            })
    };
    let at = unit.place(whole);
    unit.stmts_around(&at).any(|stmt| {
        let StmtKind::If { test, then, .. } = unit.stmt(stmt) else { return false };
        let ExprKind::Binary { op: "instanceof", left, right } = unit.expr(*test) else {
            return false;
        };
        let holds = then.iter().any(|it| {
            let place = &unit.stmts[it.0 as usize].at;
            place.start <= at.start && at.end <= place.end
        });
        let (ExprKind::Name(left), ExprKind::Name(class)) = (unit.expr(*left), unit.expr(*right))
        else {
            return false;
        };
        holds && *left == error && own(class)
    })
}

/// Rust: whether what may fail only puts figures into memory, or makes a text of bytes: what it says
/// then tells nothing of what is behind the program.
fn is_of_memory(unit: &Unit<'_>, call: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    let written = unit.slice(&unit.place(*callee));
    let name = written.rsplit(['.', ':']).next().unwrap_or(written);
    match name {
        "from_utf8" => true,
        "encode" | "encode_utf8" => unit.text.contains("TextEncoder"),
        _ => false,
    }
}

/// The closures of Rust that are given such errors: `encode(…).map_err(|e| …)`.
fn of_memory(unit: &Unit<'_>) -> BTreeSet<FunctionId> {
    if unit.language != Language::Rust || !unit.text.contains("map_err") {
        return BTreeSet::new();
    }
    let mapped = unit.calls().filter_map(|id| {
        let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return None };
        let ExprKind::Member { of, name: "map_err" } = unit.expr(*callee) else { return None };
        is_of_memory(unit, *of).then_some(args)
    });
    mapped
        .flatten()
        .filter_map(|arg| match unit.expr(arg.value) {
            ExprKind::Lambda(closure) => Some(*closure),
            _ => None,
        })
        .collect()
}

/// Rust: whether an error is told apart by the variants of a type, which is none of what is behind the
/// program: `match err { SfuError::Full => …, _ => … }`.
fn is_of_variants(unit: &Unit<'_>, error: &str) -> bool {
    if unit.language != Language::Rust {
        return false;
    }
    let is_error = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    let own = |test: &ExprId| {
        let text = unit.slice(&unit.place(*test));
        let path = text.split(['(', '{', ' ']).next().unwrap_or(text);
        let ty = path.rsplit_once("::").map(|(ty, _)| ty);
        ty.is_some_and(|ty| !tells_inside(ty) && !ty.contains("Kind"))
    };
    unit.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Switch { on: Some(on), arms } => {
            is_error(*on) && arms.iter().flat_map(|arm| &arm.tests).any(own)
        }
        _ => false,
    })
}

/// Whether an error of a type only says what could not be read, and where, or which key was missing:
/// its text holds nothing of what is behind the program.
fn is_plain(ty: &str) -> bool {
    const WHOLE: &[&str] =
        &["IndexError", "InterruptedException", "KeyError", "KeyNotFoundException"];
    const READS: &[&str] =
        &["decode", "document", "format", "json", "parse", "parser", "syntax", "xml", "yaml"];
    let ty = ty.rsplit(['.', ':']).next().unwrap_or(ty);
    WHOLE.contains(&ty) || words(ty).iter().any(|word| READS.contains(&word.as_str()))
}

/// Java: whether a type of errors is one that the program has made itself, for something that it
/// expects: it is imported from beside the file's own package, and is no base of others.
fn is_own(file: &File<'_, '_>, ty: &str) -> bool {
    const ANY: &[&str] =
        &["any", "base", "generic", "internal", "runtime", "unexpected", "unknown"];
    /// Exceptions of `java.lang`.
    const LANGUAGE: &[&str] = &[
        "ArithmeticException",
        "ClassCastException",
        "Exception",
        "IllegalArgumentException",
        "IllegalStateException",
        "IndexOutOfBoundsException",
        "InterruptedException",
        "NullPointerException",
        "NumberFormatException",
        "RuntimeException",
        "SecurityException",
        "Throwable",
        "UnsupportedOperationException",
    ];
    let unit = file.unit;
    let Some(package) = unit.package.filter(|_| unit.language == Language::Java) else {
        return false;
    };
    let whole = file.type_path(ty);
    let shared = whole.split('.').zip(package.split('.')).take_while(|(one, other)| one == other);
    // `io.acme.shop`, or `shop.cart` where no domain stands before it.
    let domain = package.split('.').next().is_some_and(|first| first.len() <= 3);
    let imported = whole.contains('.') && shared.count() >= if domain { 3 } else { 2 };
    // Without an import it is of the same package, or of the language. `import static a.B.*` brings
    // no types in.
    let packages = |path: &str| {
        let last = path.rsplit('.').next().unwrap_or(path);
        last.starts_with(|c: char| c.is_lowercase())
    };
    let same = whole.starts_with(|c: char| c.is_uppercase())
        && !LANGUAGE.contains(&ty)
        && !unit.imports.iter().any(|import| import.all && packages(&import.path));
    let beside = imported || same;
    let any = words(ty).iter().any(|word| ANY.contains(&word.as_str()));
    beside && !any
}

/// Calls and fields that give where an error came from.
fn is_trace(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    match unit.expr(id) {
        ExprKind::Call { .. } => {
            file.call(id).is_some_and(|call| call.role(Role::StackText).is_some())
        }
        ExprKind::Member { of, name } => match unit.expr(*of) {
            ExprKind::Name(of) => {
                matches!(*name, "stack" | "StackTrace")
                    && matches!(
                        of.to_ascii_lowercase().as_str(),
                        "e" | "err" | "error" | "ex" | "exception"
                    )
            }
            _ => false,
        },
        _ => false,
    }
}

/// Names of statuses: of a request that is wrong, of a program that fails.
const CLIENT: &[&str] = &[
    "badrequest",
    "notfound",
    "unauthorized",
    "forbidden",
    "conflict",
    "unprocessable",
    "gone",
    "invalidargument",
    "alreadyexists",
    "permissiondenied",
    "unauthenticated",
    "failedprecondition",
    "preconditionfailed",
    "toomanyrequests",
    "validation",
    "outofrange",
    "canceled",
    "notacceptable",
    "methodnotallowed",
    "deadlineexceeded",
];
const SERVER: &[&str] = &[
    "internalserver",
    "badgateway",
    "serviceunavailable",
    "gatewaytimeout",
    "codes.internal",
    "codes.unknown",
    "codes.unavailable",
    "notimplemented",
    // `HttpResponseServerError(…)`, `Response.serverError()`
    "servererror",
    // `respond500WithTextPlain(…)`
    "respond500",
];

/// What the status in an answer says.
pub(in crate::facts::code) fn status(text: &str) -> Status {
    let folded: String = text.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect();
    let digits = |first: char| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        text.match_indices(first).any(|(at, _)| {
            let rest = &text[at..];
            let number = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()) == 3;
            number
                && !text[..at].chars().next_back().is_some_and(part)
                && !rest[3..].chars().next().is_some_and(part)
        })
    };
    if digits('5') || SERVER.iter().any(|word| folded.contains(word)) {
        Status::Server
    } else if digits('4') || CLIENT.iter().any(|word| folded.contains(word)) {
        Status::Client
    } else if folded.contains("problem(") {
        // `Results.Problem(…)` is a 500 where it says no other.
        Status::Server
    } else {
        Status::Unsaid
    }
}
