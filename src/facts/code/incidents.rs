//! Code that answers incidents: what each of its functions is for, what it calls, and what it
//! leaves out.
//!
//! Only files that speak of incidents are read; which of their functions an alert leads to is
//! asked of the repo model.

mod bodies;
mod chains;
mod commands;
mod ids;
mod severities;
mod stores;
mod words;

use super::alerts;
use super::file::File;
use super::payload::{self, Read};
use super::routines::{Routine, Routines};
use crate::facts::named::named_subject;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::duties::{self, Duty};
use crate::lang::sensitive::words as words_of;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};
use std::collections::BTreeSet;

/// What the code of a function says.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Says {
    /// It writes a log record or an audit record.
    Logs,
    /// It has a limit: a cool-down, a number of attempts, an approval, a dry run.
    Bounds,
    /// It asks who calls: a token, a signature, a login.
    Checks,
    /// It speaks of alerts that are over.
    Resolves,
    /// It looks for what is there already.
    LooksUp,
    /// It names a key by which repetitions are known.
    Dedups,
    /// It hands work to a queue.
    Queues,
    /// It writes to a store that outlives the process.
    Persists,
    /// It changes what is kept of an incident.
    Mutates,
    /// It reads the message of an alert.
    Receives,
    /// A request leads to it.
    Routed,
    /// That request is about alerts: by its path, the names of what answers it, or what it reads.
    Asked,
    /// It speaks of alerts.
    Alerts,
    /// It gives work to a product that keeps incidents.
    Product,
    /// It reads the list of alerts of a message.
    Lists,
    /// It calls what reaches people.
    Tells,
    /// It chooses by how bad an alert is.
    Grades,
}

/// A function that another calls or names.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// The class it is looked up on, where that is known.
    pub class: Option<String>,
    /// It is looked up on the object itself.
    pub own: bool,
}

/// A read of a part of one alert from the message as a whole.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Misread {
    /// The key.
    pub key: Scalar,
    /// It is certainly the body of a request; else a parameter.
    pub certain: bool,
}

/// Calls that reach people, one after the other.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Chain {
    /// The first: where it fails, the others are not made.
    pub first: Scalar,
    /// The next on another way.
    pub next: Scalar,
}

/// A function of code that answers incidents.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IncidentAction {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Its class; empty where it has none.
    pub class: String,
    /// What it is for.
    pub duties: Vec<Duty>,
    /// What it calls and names.
    pub steps: BTreeSet<Step>,
    /// What its code says.
    pub says: BTreeSet<Says>,
    /// Why it does nothing: `has an empty body`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub stub: Option<&'static str>,
    /// Parts of an alert that it reads in the wrong place.
    pub misreads: Vec<Misread>,
    /// Identifiers that two incidents can share, with what they are made of.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub weak_ids: Vec<(Scalar, &'static str)>,
    /// What it builds and drops.
    pub dropped: Vec<Scalar>,
    /// The condition without which it does nothing and says nothing.
    pub silent: Option<Scalar>,
    /// Calls that stop each other.
    pub chain: Option<Chain>,
    /// It can be called from anywhere.
    pub exported: bool,
    /// Its number among all of the repository.
    pub number: usize,
}

impl IncidentAction {
    /// Whether it has a duty.
    pub fn has(&self, duty: Duty) -> bool {
        self.duties.contains(&duty)
    }

    /// Whether it does anything.
    pub fn has_body(&self) -> bool {
        self.stub.is_none()
    }

    /// Whether its code says so.
    pub fn says(&self, says: Says) -> bool {
        self.says.contains(&says)
    }
}

/// Incidents that a process keeps in its memory.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IncidentStore {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// The file also writes to a store that outlives the process.
    pub backed: bool,
}

/// A kind of severities that code names.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SeverityScale {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Its members.
    pub members: Vec<Scalar>,
}

/// A table from severities of alerts to those of incidents.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SeverityMap {
    /// The file.
    pub document: DocumentId,
    /// What it is called, or its first key.
    pub name: Scalar,
    /// The scale that its values belong to.
    pub scale: String,
    /// The severities it has an answer to, in small letters; `None` where there may be more.
    pub severities: Option<Vec<String>>,
    /// What else comes has an answer too.
    pub defaults: bool,
}

/// A member of a scale that code produces; `*` where any may come.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SeverityValue {
    /// The file.
    pub document: DocumentId,
    /// The scale.
    pub scale: String,
    /// The member.
    pub member: String,
}

named_subject!(IncidentAction, IncidentAction, "incident action");
named_subject!(IncidentStore, IncidentStore, "incidents in");
named_subject!(SeverityMap, SeverityMap, "severity map");

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    // Pages in a browser show incidents; they answer none.
    if file.path.ends_with(".tsx") || file.path.ends_with(".jsx") {
        return;
    }
    let text = file.unit.text;
    let about = words::is_about_incidents(text);
    if !about && !words::may_take_alerts(text) {
        return;
    }
    let reads = payload::reads(file);
    let told = alerts::tells(file, &reads);
    if !about && !told {
        return;
    }
    let routines = Routines::of(file);
    let own: BTreeSet<&str> = routines.all.iter().map(|it| it.name.text.as_str()).collect();
    for routine in &routines.all {
        let mut action = action(file, routine, &own, &reads, told);
        if is_of_transaction(routine, &routines) {
            action.duties.retain(|duty| *duty != Duty::Remediate);
        }
        facts.incident_actions.push(action);
    }
    stores::read(file, &routines, facts);
    severities::read(file, facts);
}

/// `Rollback` beside `Commit`, `rollbackPatch`: it takes back writes, and changes no running system.
fn is_of_transaction(routine: &Routine, routines: &Routines) -> bool {
    const WRITES: &[&str] = &["patch", "migration", "transaction", "savepoint", "batch", "tx"];
    let parts = words_of(&routine.name.text);
    let has = |word: &str| parts.iter().any(|part| part == word);
    if (has("rollback") || has("roll")) && WRITES.iter().any(|word| has(word)) {
        return true;
    }
    let called = |one: &Routine| duties::squeezed(&one.name.text);
    let alike = |one: &&Routine| one.class == routine.class;
    called(routine) == "rollback"
        && !routine.class.is_empty()
        && routines.all.iter().filter(alike).any(|one| called(one) == "commit")
}

fn action(
    file: &File<'_, '_>,
    routine: &Routine,
    own: &BTreeSet<&str>,
    reads: &[Read],
    told: bool,
) -> IncidentAction {
    let unit = file.unit;
    let function = unit.function(routine.id);
    let mut duties = duties::of(&routine.name.text, &routine.class);
    if !duties.contains(&Duty::Remediate) && commands::acts(file, routine) {
        duties.push(Duty::Remediate);
    }
    let inside: BTreeSet<ExprId> = routine.exprs.iter().copied().collect();
    let reads: Vec<&Read> = reads.iter().filter(|read| inside.contains(&read.expr)).collect();
    let mut says = words::says(file, routine);
    // What asks Alertmanager for its alerts is not told of them.
    let polls = || POLLS.iter().any(|path| unit.text.contains(path));
    if told
        && reads.iter().any(|read| is_message(read))
        && (!polls() || reads.iter().any(|read| alerts::is_sent(file, read)))
    {
        says.insert(Says::Receives);
    }
    if reads.iter().any(|read| read.key == "alerts") {
        says.insert(Says::Lists);
    }
    if routine.exprs.iter().any(|call| chains::channels(file, *call).is_some()) {
        says.insert(Says::Tells);
    }
    if routine.route.is_some() {
        says.insert(Says::Routed);
        if speaks_of_alerts(file, routine) || says.contains(&Says::Lists) {
            says.insert(Says::Asked);
        }
    }
    if grades(file, routine) {
        says.insert(Says::Grades);
    }
    if stores::changes(file, routine) {
        says.insert(Says::Mutates);
    }
    IncidentAction {
        document: file.document,
        name: routine.name.clone(),
        class: routine.class.clone(),
        steps: steps(file, routine, own),
        stub: bodies::stub(file, routine, &duties),
        misreads: misreads(file, routine, &duties, &reads),
        weak_ids: ids::weak(file, routine, &duties),
        dropped: bodies::dropped(file, routine),
        silent: bodies::silent(file, routine, &duties),
        chain: chains::find(file, routine),
        exported: function.exported || function.name.is_empty(),
        number: 0,
        duties,
        says,
    }
}

/// Paths by which programs ask Alertmanager for its alerts.
const POLLS: &[&str] = &["/api/v1/alerts", "/api/v2/alerts"];

/// Whether the request that leads to a function is about alerts.
fn speaks_of_alerts(file: &File<'_, '_>, routine: &Routine) -> bool {
    let unit = file.unit;
    let speaks = |text: &str| text.to_ascii_lowercase().contains("alert");
    let function = unit.function(routine.id);
    let route = routine.route.map_or("", |route| unit.slice(&unit.place(route)));
    let route = route.split("=>").next().unwrap_or(route);
    let route = route.split('{').next().unwrap_or(route);
    speaks(&routine.name.text)
        || speaks(&routine.class)
        || speaks(route)
        || function.params.iter().any(|param| speaks(param.name))
}

/// Whether a function parts ways by a severity: `match severity { … }`, `if severity == "page"`.
fn grades(file: &File<'_, '_>, routine: &Routine) -> bool {
    let unit = file.unit;
    let graded = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            words_of(name).iter().any(|word| matches!(word.as_str(), "severity" | "priority"))
        }
        _ => false,
    };
    let function = unit.function(routine.id);
    unit.under(&function.body).into_iter().any(|stmt| match unit.stmt(stmt) {
        StmtKind::Switch { on: Some(on), .. } => unit.all_in(*on).into_iter().any(graded),
        StmtKind::If { test, .. } => unit.all_in(*test).into_iter().any(|id| match unit.expr(id) {
            ExprKind::Binary { op: "==" | "===", left, right } => graded(*left) || graded(*right),
            _ => false,
        }),
        _ => false,
    })
}

fn is_message(read: &Read) -> bool {
    const PARTS: &[&str] = &[
        "alerts",
        "labels",
        "annotations",
        "commonLabels",
        "groupLabels",
        "commonAnnotations",
        "alertname",
    ];
    PARTS.contains(&read.key.as_str())
}

/// What a routine calls, and functions of the file that it names.
fn steps(file: &File<'_, '_>, routine: &Routine, own: &BTreeSet<&str>) -> BTreeSet<Step> {
    let unit = file.unit;
    let mut steps = BTreeSet::new();
    for &expr in &routine.exprs {
        let (callee, called) = match unit.expr(expr) {
            ExprKind::Call { callee, .. } => (*callee, true),
            _ => (expr, false),
        };
        let step = match unit.expr(callee) {
            ExprKind::Name(name) if called || own.contains(name) => {
                Step { name: (*name).to_owned(), class: None, own: false }
            }
            ExprKind::Member { of, name } if called || own.contains(name) => {
                let itself = is_itself(file, *of);
                let class = (!itself).then(|| class_of(file, *of)).flatten();
                Step { name: (*name).to_owned(), class, own: itself }
            }
            _ => continue,
        };
        steps.insert(step);
    }
    steps
}

/// Whether an expression is the object whose method the code is.
pub(in crate::facts::code) fn is_itself(file: &File<'_, '_>, expr: ExprId) -> bool {
    let ExprKind::Name(name) = file.unit.expr(expr) else { return false };
    let function = file.unit.function_of(expr);
    matches!(*name, "self" | "this" | "cls")
        || file.unit.outward(function).any(|id| file.unit.function(id).receiver == Some(*name))
}

/// The class that an expression is an object of: `app.Store()`, `<Store>`.
fn class_of(file: &File<'_, '_>, expr: ExprId) -> Option<String> {
    let path = file.names.path(expr)?;
    let bare = match path.strip_prefix('<') {
        Some(rest) => rest.strip_suffix('>')?,
        None => path.strip_suffix("()")?,
    };
    let name = bare.rsplit(['.', '/']).next()?;
    let name = name
        .strip_prefix("New")
        .filter(|rest| rest.starts_with(char::is_uppercase))
        .unwrap_or(name);
    name.starts_with(char::is_uppercase).then(|| name.to_owned())
}

/// Parts of an alert that are read where only the message as a whole is.
fn misreads(
    file: &File<'_, '_>,
    routine: &Routine,
    duties: &[Duty],
    reads: &[&Read],
) -> Vec<Misread> {
    let unit = file.unit;
    let text = |expr: ExprId| unit.slice(&unit.place(expr));
    let mut found: Vec<Misread> = Vec::new();
    for read in reads.iter().filter(|read| matches!(read.key.as_str(), "labels" | "annotations")) {
        let holder = text(read.holder);
        let listed = |other: &&&Read| {
            matches!(other.key.as_str(), "alerts" | "commonLabels") && text(other.holder) == holder
        };
        // One alert of the list, or a message that may be either: something chooses.
        let either = |other: &Read| {
            !payload::is_body(file, read.holder) || payload::chooses(file, routine, other)
        };
        if reads.iter().any(|other| listed(&other) && either(other))
            || found.iter().any(|one| one.key.text == read.key)
        {
            continue;
        }
        let filled = payload::is_filled_by_request(file, read.holder);
        let certain =
            payload::is_body(file, read.holder) || (filled && may_lack_alerts(file, read.holder));
        let given = || {
            read.by_key
                && duties.contains(&Duty::Create)
                && unit.function(routine.id).params.iter().any(|param| param.name == holder)
        };
        if (certain && is_alert(file, routine, reads)) || given() {
            let key = Scalar {
                text: read.key.clone(),
                span: file.span(&read.at),
                known: true,
                plain: false,
            };
            found.push(Misread { key, certain });
        }
    }
    found
}

/// Whether the type of what is read has no list of alerts, or is none that the file declares.
fn may_lack_alerts(file: &File<'_, '_>, holder: ExprId) -> bool {
    let unit = file.unit;
    let Some(path) = file.names.path(holder) else { return true };
    let path = payload::inside_json(file, holder).map_or(path, str::to_owned);
    let name = path.trim_matches(['<', '>']).rsplit(['.', ':']).next().unwrap_or(&path).to_owned();
    let declared = unit.classes.iter().find(|class| class.name == name);
    let has = |wanted: &str| {
        declared.is_some_and(|class| {
            class.fields.iter().any(|field| duties::squeezed(field.name) == wanted)
        })
    };
    match declared {
        Some(_) => !has("alerts") && !has("commonlabels"),
        None => [
            "Any",
            "Dict",
            "dict",
            "Map",
            "HashMap",
            "Dictionary",
            "JsonElement",
            "JsonNode",
            "JsonObject",
            "object",
            "Value",
            "dynamic",
        ]
        .iter()
        .any(|known| name.starts_with(known)),
    }
}

/// Whether a request is about an alert: by the route, the names or what else is read.
fn is_alert(file: &File<'_, '_>, routine: &Routine, reads: &[&Read]) -> bool {
    let has = |key: &str| reads.iter().any(|read| read.key == key);
    speaks_of_alerts(file, routine)
        || has("alertname")
        || (has("labels") && has("annotations"))
        || has("startsAt")
        || has("generatorURL")
}
