//! Handlers of logins, passwords, roles, tokens and settings, and who writes records.

use super::{Hears, Listening, Logs, SecurityHandler, Teller};
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::facts::code::routines::{Routine, Routines, class_of, is_declared_only};
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// Words of a callee that tell others of what happens.
const TELLS: &str = "\
    log logger logging logs slog tracing event events emit publish publisher dispatch dispatcher \
    track telemetry sentry notify notifier signal signals activity history audit auditor audited \
    instrument monitor journal bus mediator report reporter";

/// Words of callees behind which another program does the work.
const ELSEWHERE: &str = "client stub proxy gateway upstream mediator fetch axios remote forward";

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// How a route is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Reads,
    Changes,
    Unsaid,
}

pub(super) fn read(
    file: &File<'_, '_>,
    routines: &Routines,
    logs: &Logs<'_>,
    security: bool,
) -> (Vec<Teller>, Vec<SecurityHandler>) {
    let (mut tellers, mut handlers) = (Vec::new(), Vec::new());
    for routine in &routines.all {
        let calls = calls(file, routine);
        let logged =
            calls.iter().any(|id| logs.contains_key(&(file.callee_span(*id).start as usize)));
        let tells = logged || calls.iter().any(|id| tells(file, *id));
        let names = || -> Vec<String> {
            let names: BTreeSet<&str> = calls.iter().filter_map(|id| file.called(*id)).collect();
            names.into_iter().map(str::to_owned).collect()
        };
        if tells || security {
            tellers.push(Teller {
                document: file.document,
                name: routine.name.text.clone(),
                logs: tells,
                around: is_around(file, routine),
                calls: if security { names() } else { Vec::new() },
            });
        }
        if !security || is_declared_only(file, routine.id) {
            continue;
        }
        let Some(event) = event(file, routine) else { continue };
        let told = tells || is_marked(file, routine) || is_elsewhere(file, &calls);
        handlers.push(SecurityHandler {
            document: file.document,
            name: handler_name(file, routine),
            event,
            routed: routine.route.is_some(),
            told,
            calls: names(),
        });
    }
    (tellers, handlers)
}

fn calls(file: &File<'_, '_>, routine: &Routine) -> Vec<ExprId> {
    let exprs = routine.exprs.iter().copied();
    exprs.filter(|id| matches!(file.unit.expr(*id), ExprKind::Call { .. })).collect()
}

fn handler_name(file: &File<'_, '_>, routine: &Routine) -> crate::facts::scalar::Scalar {
    let mut name = routine.name.clone();
    // A lambda is named by its path: the quotes are no part of it.
    let text = file.unit.function(routine.id).name;
    if text.is_empty() {
        name.text = name.text.trim_matches(['"', '\'', '`']).to_owned();
    }
    name
}

/// Whether the words of a callee say that others are told.
fn tells(file: &File<'_, '_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(id) else { return false };
    let text = file.unit.slice(&file.unit.place(*callee));
    let text = text.get(..200).unwrap_or(text);
    let all = words(text);
    let login = |at: usize| {
        all[at] == "log"
            && all.get(at + 1).is_some_and(|next| matches!(next.as_str(), "in" | "out"))
    };
    all.iter().enumerate().any(|(at, word)| {
        (is_in(word, TELLS) || word.starts_with("audit") || word.starts_with("log4")) && !login(at)
    })
}

/// Whether another program does the work, which may write the record.
fn is_elsewhere(file: &File<'_, '_>, calls: &[ExprId]) -> bool {
    calls.iter().any(|id| {
        if file.call(*id).is_some_and(|call| call.role(Role::Outbound).is_some()) {
            return true;
        }
        let ExprKind::Call { callee, .. } = file.unit.expr(*id) else { return false };
        let text = file.unit.slice(&file.unit.place(*callee));
        words(text.get(..200).unwrap_or(text)).iter().any(|word| is_in(word, ELSEWHERE))
    })
}

/// Whether a mark on a handler, or on its class, may write a record.
fn is_marked(file: &File<'_, '_>, routine: &Routine) -> bool {
    let unit = file.unit;
    let class = class_of(unit, routine.id);
    let of_class = class.map(|class| unit.class(class).decorators.clone()).unwrap_or_default();
    unit.function(routine.id).decorators.iter().chain(&of_class).any(|mark| {
        let text = unit.slice(&unit.place(*mark));
        let head = text.split(['(', '"', '\'']).next().unwrap_or(text);
        words(head).iter().any(|word| {
            is_in(word, TELLS)
                || word.starts_with("audit")
                || matches!(
                    word.as_str(),
                    "loggable" | "logged" | "traced" | "trace" | "interceptors"
                )
        })
    })
}

/// Whether code stands around handlers.
fn is_around(file: &File<'_, '_>, routine: &Routine) -> bool {
    const AROUND: &str =
        "middleware middlewares interceptor filter aspect wrap wrapper decorator hook";
    let unit = file.unit;
    let function = unit.function(routine.id);
    let named = |text: &str| words(text).iter().any(|word| is_in(word, AROUND));
    let marked = function.decorators.iter().any(|mark| {
        let text = unit.slice(&unit.place(*mark));
        ["middleware", "after_request", "before_request", "Around", "AfterReturning"]
            .iter()
            .any(|word| text.contains(word))
    });
    let used = routine.route.is_some_and(|call| file.called(call) == Some("use"));
    let next = function
        .params
        .iter()
        .any(|param| matches!(param.name, "next" | "call_next" | "get_response" | "chain"));
    marked || used || next || named(&routine.name.text) || named(&routine.class)
}

/// How a handler is asked for.
fn method(file: &File<'_, '_>, call: ExprId) -> Method {
    let text = file.unit.slice(&file.unit.place(call)).get(..300).unwrap_or_default();
    let whole = file.unit.slice(&file.unit.place(call));
    let text = if text.is_empty() { whole } else { text };
    let name =
        file.called(call).map_or_else(|| text.to_owned(), str::to_owned).to_ascii_lowercase();
    let name =
        name.trim_start_matches("http").trim_start_matches("map").trim_end_matches("mapping");
    let has = |word: &str| text.contains(word);
    match name {
        "post" | "put" | "patch" | "delete" => Method::Changes,
        "get" | "head" => Method::Reads,
        _ if ["POST", "PUT", "PATCH", "DELETE", "Post", "post("].iter().any(|word| has(word)) => {
            Method::Changes
        }
        _ if has("GET") || has("get(") => Method::Reads,
        "route" if file.unit.language == Language::Python => Method::Reads,
        _ => Method::Unsaid,
    }
}

/// What a routine handles that auditors want to know of.
fn event(file: &File<'_, '_>, routine: &Routine) -> Option<&'static str> {
    let unit = file.unit;
    let Some(route) = routine.route else { return unrouted(file, routine) };
    if file.called(route) == Some("use") {
        return None;
    }
    let method = method(file, route);
    let path =
        unit.args(route).iter().find_map(|arg| file.names.text(arg.value)).unwrap_or_default();
    let named = words(&routine.name.text);
    let (name, path) = (spaced(&named), spaced(&words(path)));
    let class = spaced(&words(&routine.class));
    let says = |phrase: &str| has_phrase(&name, phrase) || ends_with(&path, phrase);
    let one = |phrases: &[&str]| phrases.iter().any(|phrase| says(phrase));
    let shows = named.iter().any(|word| {
        is_in(word, "get list show page form render view read find url callback redirect config check validate test is has")
    });
    if one(&["logout", "log out", "sign out", "signout", "logoff"]) && !shows {
        return Some("a logout");
    }
    if method == Method::Reads || shows {
        return None;
    }
    let changes = |list: &str| named.iter().any(|word| is_in(word, list));
    if one(&["login", "log in", "sign in", "signin", "authenticate"]) {
        return Some("a login");
    }
    let password = one(&["password", "passwd", "change password", "reset password"]);
    if password && !has_phrase(&name, "forgot") && !ends_with(&path, "forgot password") {
        let verb = changes("change reset update set put patch post") || method == Method::Changes;
        return verb.then_some("a change of a password");
    }
    let role = one(&["role", "roles", "permission", "permissions", "privileges", "grant", "acl"]);
    if role && (changes(CHANGES) || method == Method::Changes) {
        return Some("a change of roles or permissions");
    }
    let issued = [
        "access token",
        "api token",
        "api key",
        "api keys",
        "oauth token",
        "auth token",
        "personal access token",
        "service account token",
        "issue token",
        "create token",
        "revoke token",
    ];
    if one(&issued) {
        return Some("the issue of a token");
    }
    let named_so = changes("delete remove purge destroy");
    let admin = [&name, &path, &class].iter().any(|text| has_phrase(text, "admin"));
    let account = ["user", "users", "account", "tenant", "organization", "organisation", "member"];
    // `DELETE /users/anna/follow` takes nobody away.
    let of_account = named_so && account.iter().any(|word| has_phrase(&name, word));
    if of_account || (admin && (named_so || is_delete(file, route))) {
        return Some("a deletion by an administrator");
    }
    let settings = one(&["config", "configuration", "settings"]);
    let system = [&name, &path, &class].iter().any(|text| {
        ["admin", "system", "global", "server"].iter().any(|word| has_phrase(text, word))
    });
    (settings && system && method == Method::Changes).then_some("a change of the configuration")
}

const CHANGES: &str =
    "add assign grant revoke remove update set change delete create put patch edit";

fn is_delete(file: &File<'_, '_>, route: ExprId) -> bool {
    let text = file.unit.slice(&file.unit.place(route));
    let called = file.called(route).unwrap_or(text).to_ascii_lowercase();
    called.contains("delete") || text.contains("DELETE")
}

/// A check of a password that no route leads to from here.
fn unrouted(file: &File<'_, '_>, routine: &Routine) -> Option<&'static str> {
    let named = words(&routine.name.text);
    let name = spaced(&named);
    let logs_in = ["authenticate", "authenticate user", "login", "log in", "sign in", "signin"];
    if !logs_in.iter().any(|phrase| name == format!(" {phrase} ")) {
        return None;
    }
    let unit = file.unit;
    let given = unit.function(routine.id).params.iter().any(|param| {
        words(param.name).iter().any(|word| matches!(word.as_str(), "password" | "passwd" | "pwd"))
    });
    let compares = routine.exprs.iter().any(|id| {
        let Some(called) = file.called(*id) else { return false };
        let all = words(called);
        all.iter().any(|word| is_in(word, "verify check compare matches checkpw bcrypt validate"))
    });
    (given && compares).then_some("a login")
}

fn spaced(all: &[String]) -> String {
    format!(" {} ", all.join(" "))
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    text.contains(&format!(" {phrase} "))
}

fn ends_with(text: &str, phrase: &str) -> bool {
    text.ends_with(&format!(" {phrase} "))
}

/// What hears of all requests, or of logins, without the handlers' help.
pub(super) fn listeners(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut add = |hears: Hears, at: Span| {
        facts.listenings.push(Listening { document: file.document, hears, at });
    };
    for (call, _) in file.of_role(Role::RequestLog) {
        add(Hears::Requests, file.expr_span(call.id));
    }
    for import in &file.unit.imports {
        let role = |role: Role| file.table.role(&import.path, role).is_some();
        if role(Role::RequestLog) {
            add(Hears::Requests, file.span(&import.at));
        }
        if role(Role::AuditListener) {
            add(Hears::Framework, file.span(&import.at));
        }
    }
}
