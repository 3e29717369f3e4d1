//! Secrets in log records. Rule: rules/logs/secret-in-log.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::logs::{LogCall, Logged, Way};
use crate::lang::sensitive::{self, Kind};
use crate::repo::cleansing::Masked;
use crate::repo::services::ServiceKind;

/// Words of messages that speak of the tokens of a language.
const LANGUAGES: &[&str] = &["unexpected", "parse", "syntax", "lexer", "expected", "keyword"];

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    // What a command answers to whoever typed it, or a page keeps to itself.
    let read = |case: &Case<'_>| is_by_hand(call, case) || is_of_developers(call, case);
    // Go's own `log` writes to standard error, as a command does that tells what it made.
    let told = call.library == "log" && call.function.text == "main" && is_command(call, case);
    if told || call.printed && (call.aside || read(case) || is_output(call, case)) {
        return;
    }
    // `def debug(request): print(request.headers)` is called by who looks for a fault.
    let tries = call.printed && call.function.text.to_ascii_lowercase().starts_with("debug");
    // A developer's own machine, or a switch that is named for it, shows what is asked for.
    let weight = |certain: bool| match call.developing {
        true => Severity::Info,
        false => weight(certain),
    };
    let mut told = Vec::new();
    let path = &case.repo.source(call.document.source).path.clone();
    // Of what may stand in one place, what certainly lets somebody in is told.
    let (headers, others): (Vec<&Logged>, Vec<&Logged>) = call
        .values
        .iter()
        .partition(|it| it.whole && matches!(it.request, Some("headers" | "cookies")));
    for value in headers.into_iter().chain(others) {
        if told.contains(&value.span) || is_message(case.repo.text(value.span)) {
            continue;
        }
        if let Some(part) = value.request.filter(|part| value.whole && *part != "path") {
            let what = match part {
                "environment" => "all of the environment".to_owned(),
                "body" => "the whole body of a request".to_owned(),
                "query" => continue,
                part => format!("all {part} of a request"),
            };
            // Most bodies hold no secret.
            let certain = part != "body" || is_of_secrets(call);
            case.flag(value.span).with("what", what).severity(weight(certain && !tries));
            told.push(value.span);
        } else if let Some((what, certain)) = secret(call, value, path) {
            if what == "token" && is_of_another_kind(call, case) {
                continue;
            }
            // What a logger masks by its key does not leave the program.
            let field = value.key.as_ref().filter(|key| key.known && value.way == Way::Field);
            let masked = field.map_or(Masked::Not, |key| case.repo.is_masked(call, &key.text));
            if masked == Masked::Always {
                continue;
            }
            let masked = masked != Masked::Not || case.repo.masks_texts(call);
            let named = what == "secret key" && is_named(call);
            let certain = certain && !tries && !masked && !named;
            let article = if what.starts_with(['a', 'o']) { "an" } else { "a" };
            let what = format!("{article} {what}");
            case.flag(value.span).with("what", what).severity(weight(certain));
            told.push(value.span);
        } else if value.configuration {
            let what = "a whole configuration, with what it holds of secrets,";
            case.flag(value.span).with("what", what).severity(Severity::Warning);
        }
    }
}

/// Whether a value is a text that the program keeps among its messages: `Messages.BAD_TOKEN`.
fn is_message(text: &str) -> bool {
    let Some((of, name)) = text.rsplit_once('.') else { return false };
    let capital = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    !name.is_empty() && name.chars().all(capital) && of.ends_with("Messages")
}

/// Whether what a record says, or the function it stands in, speaks of a request that pays or lets
/// somebody in: its body holds what nobody else may know.
fn is_of_secrets(call: &LogCall) -> bool {
    const ACTS: &[&str] = &[
        "card",
        "charge",
        "checkout",
        "credential",
        "credentials",
        "login",
        "password",
        "payment",
        "register",
        "registration",
        "signin",
        "signup",
    ];
    let message = [&call.message, &call.template].into_iter().flatten().next();
    let message = message.map_or("", |text| text.text.as_str());
    let mut words = sensitive::words(message);
    words.extend(sensitive::words(&call.function.text));
    words.iter().any(|word| ACTS.contains(&word.as_str()))
}

/// Whether a record says which secret it speaks of: its key is then a name, too.
fn is_named(call: &LogCall) -> bool {
    const NAMES: &[&str] = &["name", "namespace", "version", "versionid", "versionstage"];
    let mut names = call.values.iter().filter_map(|value| value.name.as_deref());
    names.any(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()))
}

/// Whether a bare token is one that lets its holder in: the file, or the record, speaks of that, and not
/// of one that was found to be none.
fn admits(call: &LogCall, path: &str, message: &str) -> bool {
    const SPEAK: &[&str] = &[
        "access",
        "auth",
        "authentication",
        "authorized",
        "authorization",
        "bearer",
        "jwt",
        "login",
        "oauth",
        "password",
        "reset",
        "session",
        "signin",
        "verification",
    ];
    const REFUSED: &[&str] = &[
        "bad",
        "cannot",
        "couldn",
        "denied",
        "disabled",
        "expired",
        "failed",
        "invalid",
        "malformed",
        "missing",
        "no",
        "not",
        "refused",
        "rejected",
        "revoked",
        "unable",
        "unauthorized",
        "unknown",
        "wrong",
    ];
    let said = sensitive::words(message);
    let has = |words: &[String], list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
    let mut words = sensitive::words(path);
    let function = sensitive::words(&call.function.text);
    // What took it has just turned it away.
    let refused = call.caught || has(&said, REFUSED) || has(&function, REFUSED);
    words.extend(function);
    (has(&words, SPEAK) || has(&said, SPEAK)) && !refused && !is_another(message)
}

/// Whether a message says of a token that it is one of something else: `clearing reservation token %s`.
fn is_another(message: &str) -> bool {
    const SMALL: &str = "\
        a an and by for from got her his is its my new of old or our that the their these this \
        those to user users using was with your id";
    let ends = |at: &usize| {
        !message[at + "token".len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    let at = message.match_indices(" token").map(|(at, _)| at + 1).filter(ends).last();
    let Some(before) = at.map(|at| message[..at].trim_end_matches(' ')) else { return false };
    let before = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let small = SMALL.split_ascii_whitespace().any(|word| word == before);
    // What is done with it: `validate token`, `using token`, `decoded token`.
    let act = ["ate", "ed", "ify", "ing", "ode"].iter().any(|end| before.ends_with(end));
    let done = ["check", "create", "get", "parse", "process", "read", "return", "store"];
    !before.is_empty()
        && !small
        && !act
        && !done.contains(&before)
        && !is_certain(&format!("{before}_token"), "token")
}

/// Whether a name is no longer than what it holds and one word more, or the record itself says what it
/// holds: what a longer name alone tells may be about something else.
fn is_spoken(name: &str, message: &str) -> bool {
    let said = sensitive::words(name);
    let text = message.to_lowercase();
    let abroad = ["密码", "密钥", "令牌", "口令", "パスワード", "passwort", "contraseña", "senha"];
    said.len() < 4
        || text.chars().all(|c| !c.is_alphabetic())
        || abroad.iter().any(|word| text.contains(word))
        || sensitive::words(&text).windows(2).any(|pair| {
            let one = |text: &str| {
                sensitive::of_name(text).is_some_and(|found| found.kind == Kind::Secret)
            };
            pair.iter().any(|word| one(word)) || one(&pair.join("_"))
        })
        || sensitive::of_name(&text).is_some_and(|found| found.kind == Kind::Secret)
}

/// Whether a file's tokens are no credentials, by its path: of a language, or of a proof that is
/// given to everybody.
fn is_of_another_kind(call: &LogCall, case: &Case<'_>) -> bool {
    const KINDS: &[&str] =
        &["acme", "erc20", "grammar", "lexer", "parser", "pgen2", "tokenize", "tokenizer"];
    /// What stands beside the token of a page: `list(project, limit, token)`.
    const PAGES: &[&str] = &["limit", "maxresults", "pagesize", "perpage"];
    let pages = call.values.iter().filter_map(|value| value.name.as_deref()).any(|name| {
        let bare = name.replace('_', "").to_ascii_lowercase();
        PAGES.contains(&bare.rsplit('.').next().unwrap_or(&bare))
    });
    let path = &case.repo.source(call.document.source).path;
    pages || call.ledger || sensitive::words(path).iter().any(|word| KINDS.contains(&word.as_str()))
}

/// Whether what is printed is what a script makes for the program that starts next: the settings of
/// `docker-entrypoint.js`, as JSON.
fn is_output(call: &LogCall, case: &Case<'_>) -> bool {
    let path = &case.repo.source(call.document.source).path;
    let name = path.rsplit('/').next().unwrap_or(path);
    call.encoded && name.contains("entrypoint")
}

/// Whether a file is a tool of who works on the program, by its name: `bin/dev-token.py`.
fn is_of_developers(call: &LogCall, case: &Case<'_>) -> bool {
    let path = &case.repo.source(call.document.source).path;
    let name = path.rsplit('/').next().unwrap_or(path);
    let (first, rest) = name.split_once(['-', '_']).unwrap_or((name, ""));
    matches!(first, "dev" | "local") && !rest.is_empty()
}

/// Whether a file is run by whoever types the name of a command.
fn is_by_hand(call: &LogCall, case: &Case<'_>) -> bool {
    case.repo.is_errand(call.document) || is_command(call, case)
}

/// Whether a file is code of commands alone.
fn is_command(call: &LogCall, case: &Case<'_>) -> bool {
    let services = case.repo.services_with(call.document);
    let typed = |number: &usize| case.repo.services()[*number].kind == ServiceKind::Cli;
    !services.is_empty() && services.iter().all(typed)
}

fn weight(certain: bool) -> Severity {
    if certain { Severity::Error } else { Severity::Warning }
}

/// Whether a name certainly means what lets its holder in. A token may be one of many things, and
/// a secret may be an object that holds one.
fn is_certain(name: &str, what: &str) -> bool {
    const ADMITS: &[&str] = &[
        "access",
        "api",
        "auth",
        "authentication",
        "authorisation",
        "authorization",
        "bearer",
        "jwt",
        "oauth",
        "personal",
        "recovery",
        "refresh",
        "reset",
        "session",
        "verification",
    ];
    const SHARED: &[&str] = &[
        "api", "app", "client", "consumer", "jwt", "oauth", "session", "shared", "signing",
        "webhook",
    ];
    let words = sensitive::words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // `othersWithSameHostAndApiKey`
    if has(&["same"]) {
        return false;
    }
    // `passwordText` may be what asks for one.
    let last = words.last().map(String::as_str);
    match what {
        _ if matches!(
            last,
            Some("arg" | "confirm" | "confirmation" | "param" | "text" | "var")
        ) =>
        {
            false
        }
        "token" => has(ADMITS),
        "secret" => has(SHARED),
        "cookie" => has(&["auth", "session"]),
        // `pwd` is where one stands, too.
        "password" => name != "pwd",
        // A payment is authorized, too.
        "authorization header" => words.len() == 1 || has(&["header"]),
        "access key" | "credential" | "credentials" | "address with a token" => false,
        _ => true,
    }
}

/// Whether a name is one of what is permitted, not of what a request carries: `workerpoolAuthorization`.
fn is_permit(name: &str) -> bool {
    const CARRIED: &[&str] =
        &["basic", "bearer", "header", "headers", "http", "proxy", "raw", "req", "request", "x"];
    let words = sensitive::words(name.rsplit('.').next().unwrap_or(name));
    words.len() > 1
        && words.last().is_some_and(|word| word == "authorization")
        && !words.iter().any(|word| CARRIED.contains(&word.as_str()))
}

/// The secret that a value is, by its own name or by its key, and whether that is certain.
fn secret(call: &LogCall, value: &Logged, path: &str) -> Option<(&'static str, bool)> {
    let of = |name: &str| sensitive::of_name(name).filter(|found| found.kind == Kind::Secret);
    let name = value.name.as_deref();
    let key = value.key.as_ref().filter(|key| key.known && value.constant.is_none());
    // What the source shows to everybody is no secret.
    let open = value.constant.is_some();
    if let Some((name, found)) = name.filter(|_| !open).and_then(|name| Some((name, of(name)?))) {
        if found.what == "authorization header" && is_permit(name) {
            return None;
        }
        let message = [&call.message, &call.template].into_iter().flatten().next();
        let message = message.map(|text| text.text.to_lowercase()).unwrap_or_default();
        let speaks = LANGUAGES.iter().any(|word| message.contains(word));
        let by_key = key.is_some_and(|key| {
            of(&key.text).is_some_and(|it| it.what == found.what && is_certain(&key.text, it.what))
        });
        // `catch (JwtException e) { log.error("bad: " + jwt); }`
        let bare = call.caught && matches!(name, "bearer" | "jwt");
        let certain = is_certain(name, found.what) && is_spoken(name, &message) && !bare
            || by_key
            // Who asks proves by it who they are.
            || value.request == Some("headers") && found.what == "token"
            || name == "token" && admits(call, path, &message);
        return (name != "token" || !speaks).then_some((found.what, certain));
    }
    let key = key?;
    let found = of(&key.text)?;
    // `{"token": token_type}`: its own name says that it is something else.
    let other = name.is_some_and(|name| {
        let own = sensitive::words(name);
        // `kv(OTP_SYSTEM, SYSTEM_UI)`: a constant of the program, which its source shows.
        let constant = !name.chars().any(char::is_lowercase) && name.contains('_');
        if constant && !sensitive::words(&key.text).iter().any(|word| own.contains(word)) {
            return true;
        }
        // `{"apiKey": publicKey}`
        if sensitive::is_harmless(name) {
            return true;
        }
        // `{"credentials": credential_ids}`
        if own.last().is_some_and(|it| matches!(it.as_str(), "id" | "ids" | "name" | "names")) {
            return true;
        }
        let said = sensitive::words(&key.text);
        // `{"privateKey": settings.SP_KEY}` is one still.
        said.iter().any(|word| own.contains(word))
            && own.last().is_some_and(|it| !said.contains(it))
    });
    (!other).then(|| (found.what, is_certain(&key.text, found.what)))
}
