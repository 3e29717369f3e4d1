//! What the words of code say: names it uses, and its short texts.

use super::Says;
use crate::facts::code::file::File;
use crate::facts::code::routines::Routine;
use crate::lang::duties::{squeezed, words};
use crate::libraries::Role;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};
use aho_corasick::AhoCorasick;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Words without which a file does not speak of incidents.
const ABOUT: &[&str] = &[
    "incident",
    "remediat",
    "escalat",
    "oncall",
    "on_call",
    "on-call",
    "alertname",
    "commonlabels",
    "grouplabels",
    "notifier",
    "pagerduty",
    "opsgenie",
    "statuspage",
    "alertmanager",
    "restart",
    "rollback",
    "failover",
    "reboot",
    "scale_up",
    "scaleup",
    "notify",
    "sendalert",
    "send_alert",
    "sendmessage",
];

/// Whether a text speaks of incidents.
pub(super) fn is_about_incidents(text: &str) -> bool {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER
        .get_or_init(|| AhoCorasick::builder().ascii_case_insensitive(true).build(ABOUT).ok());
    finder.as_ref().is_none_or(|finder| finder.is_match(text))
}

/// Whether a file may read the message of an alert: it names the list of alerts.
pub(super) fn may_take_alerts(text: &str) -> bool {
    ["alerts", "Alerts"].iter().any(|word| text.contains(word))
}

/// Longest text that is a name and no message.
const SHORT: usize = 60;

/// Parts of squeezed words, and what they say.
const PARTS: &[(Says, &[&str])] = &[
    (
        Says::Bounds,
        &[
            "cooldown",
            "ratelimit",
            "limiter",
            "throttl",
            "dryrun",
            "approv",
            "maxattempt",
            "maxrestart",
            "maxretr",
            "maxaction",
            "maxremediation",
            "maxreplica",
            "attempts",
            "backoff",
            "semaphore",
            "debounce",
            "lastrun",
            "lastrestart",
            "lastaction",
            "lastremediation",
            "lastexecut",
            "lastscal",
            "quota",
            "actionlimit",
            "restartlimit",
            "limitexceeded",
            "isallowed",
            "minreplica",
            "confirmation",
        ],
    ),
    (
        Says::Checks,
        &[
            "authoriz",
            "authentic",
            "signature",
            "hmac",
            "bearer",
            "apikey",
            "secret",
            "token",
            "password",
            "loginrequired",
            "jwt",
            "credential",
            "clientcert",
            "basicauth",
            "permission",
            "allowlist",
            "whitelist",
            "verifyrequest",
            "comparedigest",
            "unauthorized",
            "forbidden",
            "checkauth",
            "requireauth",
        ],
    ),
    (Says::Resolves, &["resolved", "endsat", "isfiring", "autoclose", "alertresolved"]),
    (
        Says::LooksUp,
        &[
            "existingincident",
            "existingissue",
            "existingticket",
            "findincident",
            "findissue",
            "findticket",
            "findopen",
            "findbyfingerprint",
            "findexisting",
            "getincident",
            "getbyfingerprint",
            "openincidents",
            "activeincidents",
            "listopen",
            "searchissue",
            "searchincident",
            "alreadyopen",
            "alreadyexists",
            "incidentexists",
            "lookupincident",
            "isduplicate",
            "dedup",
            "existing",
            "getopen",
            "findone",
            "findactive",
            "knownalerts",
            "alertcache",
            "queryincident",
        ],
    ),
    (Says::Dedups, &["dedupkey", "deduplicationkey", "idempotency", "fingerprint", "groupkey"]),
    (
        Says::Queues,
        &[
            "applyasync",
            "enqueue",
            "allsettled",
            "returnexceptions",
            "sendtask",
            "addtask",
            "celery",
            "sqs",
            "kafka",
            "rabbit",
        ],
    ),
    (
        Says::Persists,
        &[
            "session",
            "repository",
            "database",
            "dbconn",
            "redis",
            "sqlite",
            "postgres",
            "mongo",
            "dynamo",
            "insertinto",
            "savechanges",
            "dbcontext",
            "firestore",
            "entitymanager",
            "jdbctemplate",
            "writefile",
            "prisma",
            "sequelize",
        ],
    ),
    (Says::Alerts, &["alert"]),
];

/// Whole words, and what they say.
const WORDS: &[(Says, &[&str])] = &[
    (Says::Bounds, &["budget", "limit", "confirm"]),
    (Says::Checks, &["auth", "verify", "mtls"]),
    (Says::Queues, &["delay", "queue"]),
    (Says::Persists, &["db", "save", "commit", "persist", "cursor"]),
    (Says::Logs, &["audit", "auditor", "audited"]),
];

/// Words of what lets one in at a time. A mutex around a table has them too, and limits nothing.
const LOCKS: &[&str] = &["lock", "locked", "gate", "guard"];

/// Hosts and packages of products that keep incidents.
const PRODUCTS: &[&str] = &[
    "events.pagerduty.com",
    "api.pagerduty.com",
    "api.opsgenie.com",
    "api.firehydrant.io",
    "api.incident.io",
    "alert.victorops.com",
    "service-now.com",
    "pdpyras",
    "go-pagerduty",
    "opsgenie-go-sdk",
    "opsgenie_sdk",
    "@pagerduty/pdjs",
    "atlassian.net",
];

/// What the code of a routine says, and of what it is decorated with.
pub(super) fn says(file: &File<'_, '_>, routine: &Routine) -> BTreeSet<Says> {
    let unit = file.unit;
    let function = unit.function(routine.id);
    let marks = function.decorators.iter().flat_map(|mark| unit.all_in(*mark));
    let exprs: Vec<ExprId> = routine.exprs.iter().copied().chain(marks).collect();
    let mut said = BTreeSet::new();
    for param in &function.params {
        say(param.name, &mut said);
    }
    for &id in &exprs {
        match unit.expr(id) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => say(name, &mut said),
            ExprKind::Text(text) if text.len() <= SHORT => say(text, &mut said),
            ExprKind::Call { args, .. } => {
                let logs = file.call(id).is_some_and(|call| {
                    call.role(Role::Log).is_some() || call.role(Role::Print).is_some()
                });
                if logs || is_record(file, id) {
                    said.insert(Says::Logs);
                }
                for name in args.iter().filter_map(|arg| arg.name) {
                    say(name, &mut said);
                }
            }
            _ => {}
        }
    }
    say(&routine.name.text, &mut said);
    if lets_in(file, routine, &exprs) {
        said.insert(Says::Bounds);
    }
    let product = |text: &str| PRODUCTS.iter().any(|known| text.contains(known));
    let text = |id: &ExprId| match unit.expr(*id) {
        ExprKind::Text(text) => product(text),
        _ => file.call(*id).is_some_and(|call| product(&call.path)),
    };
    if exprs.iter().any(text) {
        said.insert(Says::Product);
    }
    said
}

fn is_lock(name: &str) -> bool {
    words(name).iter().any(|word| LOCKS.contains(&word.as_str()))
}

/// Whether a lock decides if something is done, or is held under a name or for a time:
/// `if locked(service)`, `acquire_lock(service, ttl)`; a mutex that is taken decides nothing.
fn lets_in(file: &File<'_, '_>, routine: &Routine, exprs: &[ExprId]) -> bool {
    let unit = file.unit;
    let function = unit.function(routine.id);
    if is_lock(&routine.name.text) || function.params.iter().any(|param| is_lock(param.name)) {
        return true;
    }
    // `gate.allow(service)`, `lock.acquire(timeout=1)`; what a guard of a mutex holds has any method.
    const ASKS: &[&str] = &["acquire", "admit", "allow", "check", "enter", "obtain", "try"];
    let given = exprs.iter().any(|id| {
        let ExprKind::Call { callee, args, .. } = unit.expr(*id) else { return false };
        match unit.expr(*callee) {
            ExprKind::Name(name) => !args.is_empty() && is_lock(name),
            ExprKind::Member { of, name } => {
                let verbs = words(name);
                let held = match unit.expr(*of) {
                    ExprKind::Name(of) | ExprKind::Member { name: of, .. } => is_lock(of),
                    _ => false,
                };
                let asks = verbs.first().is_some_and(|verb| ASKS.contains(&verb.as_str()));
                is_lock(name) && (!args.is_empty() || verbs.len() > 1)
                    || held && asks && !args.is_empty()
            }
            _ => false,
        }
    });
    let asked = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            is_lock(name) && !name.eq_ignore_ascii_case("lock")
        }
        _ => false,
    };
    given
        || routine.statements(unit).into_iter().any(|stmt| match unit.stmt(stmt) {
            StmtKind::If { test, .. } => unit.all_in(*test).into_iter().any(asked),
            _ => false,
        })
}

/// `self.log.info(…)`, `audit_log.record(…)`, `recordEvent(…)`: a record by its words.
fn is_record(file: &File<'_, '_>, call: ExprId) -> bool {
    const LEVELS: &[&str] = &[
        "debug",
        "info",
        "warn",
        "warning",
        "error",
        "exception",
        "critical",
        "fatal",
        "trace",
        "log",
    ];
    let ExprKind::Call { callee, .. } = file.unit.expr(call) else { return false };
    let text = file.unit.slice(&file.unit.place(*callee));
    let all = words(text);
    let logger =
        all.iter().any(|word| matches!(word.as_str(), "log" | "logger" | "logging" | "console"));
    let level = all.last().is_some_and(|word| {
        LEVELS.iter().any(|level| {
            word.strip_prefix(level)
                .is_some_and(|rest| rest.is_empty() || rest == "f" || rest == "w")
        }) || LEVELS.iter().any(|level| word.starts_with("log") && word.ends_with(level))
    });
    (logger && (level || all.len() > 1)) || all.iter().any(|word| word.starts_with("audit"))
}

fn say(name: &str, said: &mut BTreeSet<Says>) {
    let whole = squeezed(name);
    for (says, parts) in PARTS {
        if parts.iter().any(|part| whole.contains(part)) {
            said.insert(*says);
        }
    }
    let all = words(name);
    for (says, wanted) in WORDS {
        if all.iter().any(|word| wanted.contains(&word.as_str())) {
            said.insert(*says);
        }
    }
}

/// Whether code outside of functions says that callers are checked: `app.use(auth)`.
pub(super) fn checks(file: &File<'_, '_>, exprs: &[ExprId]) -> bool {
    let mut said = BTreeSet::new();
    for id in exprs {
        if let ExprKind::Name(name) | ExprKind::Member { name, .. } = file.unit.expr(*id) {
            say(name, &mut said);
        }
    }
    said.contains(&Says::Checks)
}
