//! What others count on: what is certainly missed where it fails and nobody hears of it.

use super::acts::{self, called};
use super::schema;
use super::sites::Site;
use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Unit};

/// First words of names of what changes something outside, or tells somebody of something.
const DEEDS: &str = "\
    announce approve archive attach backup broadcast charge checkpoint commit credit debit deliver deploy \
    dispatch download emit enqueue execute export forward handle import ingest initialize \
    invalidate invite mark migrate move notify patch pay perform persist post process promote \
    provision publish pump queue rebuild reconcile refund reindex rename replay replicate reply reserve \
    respond response restore resume revoke rollover rotate run save schedule seed send store submit \
    suspend symlink sync synchronize touch transfer trigger truncate unlock upload upsert withdraw \
    write";

/// Words that are a deed where more is said (`update_order`), or where it is waited for: by
/// themselves they may be of any list, map or text.
const SMALL: &str = "copy index insert merge put update";

/// Words that are a deed only where it is waited for.
const WAITED: &str = "add append apply create exec push record";

/// First words of names of what only reads: without it, whoever wanted it has none.
const READS: &str = "fetch get head list metadata open read";

/// Words before the one that counts.
const BEFORE: &str = "async do internal";

/// Whole names that begin like a deed and are none.
const NONE: &[&str] = &[
    "import_module",
    "importlib",
    "processname",
    "runtime",
    "createelement",
    "createobjecturl",
    "createhash",
    "writeline",
    "update_wrapper",
];

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether something is certainly missed if what is tried here fails.
pub(super) fn is_missed(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    // `catch (Exception ignored)`: somebody thought of it.
    let ignored = site.error.is_some_and(|it| it.to_ascii_lowercase().contains("ignore"));
    if ignored || schema::is_step(file, site) {
        return false;
    }
    // What is found there by its library alone fails for what is outside; and nobody writes an
    // empty condition for nothing.
    if unit.language == Language::Go {
        return true;
    }
    site.tried.iter().any(|id| is_deed(file, site, *id))
}

fn is_deed(file: &File<'_, '_>, site: &Site<'_>, id: ExprId) -> bool {
    let unit = file.unit;
    let tried = &site.tried;
    // Of `f().catch(…)` the call is a promise.
    let promised = unit.text.get(..site.at.start as usize).is_some_and(|it| it.ends_with('.'));
    if !matches!(unit.expr(id), ExprKind::Call { .. }) {
        return false;
    }
    if let Some(call) = file.call(id) {
        if let Some(api) = call.role(Role::Fallible) {
            let first = words(call.name()).into_iter().next().unwrap_or_default();
            return api.get("kind") != Some("cleanup") && !is_in(&first, READS);
        }
        if call.role(Role::Outbound).is_some() {
            return true;
        }
        let aside = [Role::Log, Role::Print, Role::Quiet, Role::MetricUse];
        // A program that is not there is done without.
        if aside.iter().any(|role| call.role(*role).is_some())
            || call.path.starts_with("subprocess.")
        {
            return false;
        }
    }
    let name = called(unit, id);
    let all = words(name);
    let mut rest = all.iter().skip_while(|word| is_in(word, BEFORE));
    let Some(first) = rest.next() else { return false };
    let more = rest.any(|word| word != "async");
    let waited = || {
        name.ends_with("Async")
            || promised
            || tried.iter().any(|it| matches!(unit.expr(*it), ExprKind::Await(of) if *of == id))
    };
    let small = || {
        // A mapper's `insert(row)`, which is waited for without a word.
        let rows = unit.language == Language::Java && matches!(&**first, "insert" | "update");
        let stored = || is_of_store(unit, id);
        (is_in(first, SMALL) && (more || rows || stored() || waited()))
            || (is_in(first, WAITED) && waited())
    };
    let deed =
        !NONE.contains(&name.to_ascii_lowercase().as_str()) && (is_in(first, DEEDS) || small());
    deed && !is_of_copies(unit, id) && !is_to_person(unit, id)
}

/// Whether a call is one of what keeps rows, by its name: `_ledgerRepository.Insert(entry)`.
fn is_of_store(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let (ExprKind::Name(of) | ExprKind::Member { name: of, .. }) = unit.expr(*of) else {
        return false;
    };
    words(of).last().is_some_and(|word| is_in(word, "dao repo repository"))
}

/// Whether something is sent to somebody who may refuse it, or be gone, as users of chats do with what is
/// said to them alone: `author.send(…)`.
fn is_to_person(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let ExprKind::Member { of, name } = unit.expr(*callee) else { return false };
    // Whoever shuts others out gets no message: the way to them is not there.
    if matches!(*name, "CreateDmAsync" | "CreateDMChannelAsync" | "createDM" | "create_dm") {
        return true;
    }
    let (ExprKind::Name(of) | ExprKind::Member { name: of, .. }) = unit.expr(*of) else {
        return false;
    };
    // What was asked in a chat lapses after seconds: `interaction.reply(…)`.
    let to = match *name {
        "send" | "SendMessageAsync" => "author dm mem member recipient user",
        "reply" | "respond" | "followUp" | "followup" | "editReply" => "interaction message msg",
        _ => return false,
    };
    words(of).last().is_some_and(|word| is_in(word, to))
}

/// Words of names of what only holds copies, or how far something is: it is made anew.
const COPIES: &str =
    "cache cached caches hash hasher heartbeat prefetch preview progress thumbnail thumbnails";

/// Whether a call is only about copies by its name, or by what it is called on.
fn is_of_copies(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let says = |name: &str| words(name).iter().any(|word| is_in(word, COPIES));
    match unit.expr(*callee) {
        ExprKind::Member { of, name } => {
            says(name)
                || matches!(unit.expr(*of), ExprKind::Name(of) | ExprKind::Member { name: of, .. } if says(of))
        }
        ExprKind::Name(name) => says(name),
        _ => false,
    }
}

/// First words of names of what keeps something for later, or moves money.
const KEEPS: &str = "charge commit credit debit insert pay persist refund save store upload upsert";

/// Whether what may fail keeps something that is wanted later: it is missed wherever it stands.
pub(super) fn keeps(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    let is = |id: &ExprId| {
        let name = called(unit, *id);
        let first = words(name).into_iter().find(|word| !is_in(word, BEFORE));
        first.is_some_and(|first| is_in(&first, KEEPS)) && !is_of_copies(unit, *id)
    };
    site.tried.iter().filter(|id| matches!(unit.expr(**id), ExprKind::Call { .. })).any(is)
        && !schema::is_step(file, site)
}

/// First words of names of what asks whether something is there.
const ASKS: &[&str] = &[
    "access",
    "can",
    "exist",
    "exists",
    "find_executable",
    "fstat",
    "has",
    "head",
    "is",
    "lookpath",
    "lstat",
    "ping",
    "probe",
    "readlink",
    "realpath",
    "resolve",
    "stat",
    "supports",
    "where",
    "which",
];

/// Whole names of the same.
const ASKED: &[&str] =
    &["accesssync", "existssync", "isdir", "isfile", "lstatsync", "lookpath", "statsync"];

/// Names of what puts the path together that is asked for.
const PATHS: &[&str] = &[
    "abspath",
    "as_ref",
    "combine",
    "cwd",
    "dir",
    "dirname",
    "fspath",
    "get",
    "join",
    "normalize",
    "path",
    "promise",
    "str",
    "then",
    "tostring",
    "unwrap",
];

/// Whether all that may fail is asking whether something is there.
pub(super) fn only_asks(unit: &Unit<'_>, calls: &[ExprId]) -> bool {
    // `fetch(url, { method: "HEAD" })`
    let heads = |id: ExprId| {
        let mut parts = unit.args(id).iter().flat_map(|arg| unit.all_in(arg.value));
        parts.any(|part| unit.literal(part) == Some("HEAD"))
    };
    let asks = |id: &ExprId| {
        if heads(*id) {
            return true;
        }
        let name = called(unit, *id).trim_start_matches('_');
        // `safeStat(path)`
        let mut said = words(name).into_iter().skip_while(|word| word == "safe");
        let first = said.next().unwrap_or_default();
        ASKS.contains(&first.as_str()) || ASKED.contains(&name.to_ascii_lowercase().as_str())
    };
    let beside = |id: &ExprId| PATHS.contains(&called(unit, *id).to_ascii_lowercase().as_str());
    calls.iter().any(asks) && calls.iter().all(|id| asks(id) || beside(id))
}

/// Whether what may fail is one way of a tunnel, whose other way is beside it: it ends where one of the
/// two has gone.
pub(super) fn is_of_tunnel(unit: &Unit<'_>, site: &Site<'_>, calls: &[ExprId]) -> bool {
    let ends = |id: ExprId| {
        let copies = matches!(called(unit, id), "Copy" | "CopyBuffer" | "copy");
        let (Some(to), Some(from)) = (unit.arg(id, 0, ""), unit.arg(id, 1, "")) else {
            return None;
        };
        let text = |id: ExprId| unit.slice(&unit.place(id));
        copies.then(|| (text(to), text(from)))
    };
    let way = calls.iter().find_map(|id| Some((*id, ends(*id)?)));
    let Some((one, (to, from))) = way else {
        return calls.iter().any(|id| called(unit, *id) == "copy_bidirectional");
    };
    // The function around that has both.
    let whole = unit.outward(site.function).filter(|id| id.0 != 0).last();
    let Some(whole) = whole.map(|id| unit.function(id).at.clone()) else { return false };
    unit.calls().any(|id| {
        let at = unit.place(id);
        id != one && whole.start <= at.start && at.end <= whole.end && ends(id) == Some((from, to))
    })
}

/// Whether what may fail only tells those who wrote the program how it is used: a function that is
/// named so, or a client.
pub(super) fn is_usage(unit: &Unit<'_>, site: &Site<'_>, calls: &[ExprId]) -> bool {
    let says = |name: &str, list: &str| words(name).iter().any(|word| is_in(word, list));
    let named = acts::lambdas(unit);
    let function = unit.outward(site.function).any(|id| {
        let name = named.get(&id).copied().unwrap_or(unit.function(id).name);
        says(name, "telemetry")
    });
    function
        || calls.iter().any(|id| {
            let ExprKind::Call { callee, .. } = unit.expr(*id) else { return false };
            let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
            match unit.expr(*of) {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    says(name, "telemetry analytics")
                }
                _ => false,
            }
        })
}
