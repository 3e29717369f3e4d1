//! Whom an alert wakes.

use super::matching::Answer;
use super::{Reached, Routing};
use crate::config::World;
use crate::facts::DocumentId;
use crate::facts::alertmanager::{Receiver, Route};
use crate::repo::Repo;
use crate::repo::alerts::{Alert, Value};
use crate::repo::model::Model;
use std::collections::BTreeMap;

/// By route where they arrive: alerts by number.
pub type Unpaged = BTreeMap<(DocumentId, u32), Vec<usize>>;

/// By document and name of a receiver: the first alert by number, and the route that sends it.
pub type Unheard<'r> = BTreeMap<(DocumentId, &'r str), (usize, &'r Route)>;

/// What a receiver does with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// It has no integration.
    Silent,
    /// The route to it is quiet at every time.
    Muted,
    /// It writes to chat, mail or a ticket.
    Writes,
    /// What it does is not shown here: a webhook, a receiver that is filled in elsewhere.
    Unknown,
    /// It pages.
    Pages,
}

impl Repo {
    /// What a receiver does.
    pub fn loudness(&self, receiver: &Receiver) -> Loudness {
        let sorts = self.integrations_of(receiver).map(|one| {
            if one.pages() {
                Loudness::Pages
            } else if one.reaches_people() || one.kind == "jira" {
                Loudness::Writes
            } else {
                Loudness::Unknown
            }
        });
        let open = if receiver.open { Loudness::Unknown } else { Loudness::Silent };
        sorts.max().unwrap_or(open).max(open)
    }

    /// Whether an alert must wake somebody, by its severity.
    pub fn is_critical(&self, alert: &Alert<'_>) -> bool {
        let critical = |value: &&str| matches!(*value, "critical" | "page");
        match alert.labels.get(&self.settings_of(alert.rule.document).severity_label) {
            Value::Is(value) => critical(&value),
            Value::OneOf(values) => values.iter().all(critical),
            _ => false,
        }
    }
}

/// Whether a name speaks of an alert that fires all the time to show that the pipe works.
pub fn is_heartbeat(name: &str) -> bool {
    let lower: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    ["watchdog", "deadman", "heartbeat", "healthcheck", "snitch", "alwaysfiring", "keepalive"]
        .iter()
        .any(|word| lower.contains(word))
}

impl<'r> Routing<'r> {
    /// The loudest an alert can become, and where it may arrive; `None` if it arrives nowhere.
    pub fn loudest(&self, repo: &'r Repo, alert: usize) -> Option<Loudness> {
        self.reached(alert).map(|reached| reached.loudness(repo)).max()
    }

    /// Where an alert surely arrives at a receiver with integrations, else where it may.
    fn arrival(&self, repo: &'r Repo, alert: usize) -> Option<Reached<'_, 'r>> {
        let mut all: Vec<_> = self
            .reached(alert)
            .filter(|reached| reached.route.is_some() && reached.loudness(repo) != Loudness::Silent)
            .collect();
        all.sort_by_key(|reached| std::cmp::Reverse(reached.sure));
        all.into_iter().next()
    }
}

impl<'r> Reached<'_, 'r> {
    /// The receiver, if it is defined.
    pub fn defined(&self, repo: &'r Repo) -> Option<&'r Receiver> {
        let (document, name) = self.receiver.filter(|(_, name)| name.known)?;
        repo.receiver_named(document, &name.text)
    }

    /// What the receiver does, at the times when it is told.
    pub fn loudness(&self, repo: &'r Repo) -> Loudness {
        let quiet = self.route.is_some_and(|route| repo.quiet_always(route).is_some());
        match self.defined(repo) {
            Some(receiver) if quiet => repo.loudness(receiver).min(Loudness::Muted),
            Some(receiver) => repo.loudness(receiver),
            // The operator's own root tells nobody.
            None if self.route.is_none() && self.receiver.is_none() => Loudness::Silent,
            None => Loudness::Unknown,
        }
    }
}

/// Critical alerts that certainly wake nobody, by the route where they arrive. Alerts that reach
/// no integration at all are told of at the receiver.
pub fn unpaged(model: &Model<'_>) -> Unpaged {
    let (repo, routing) = (model.repo, model.routing());
    let mut lost = Unpaged::new();
    if !repo.holds_all(World::Routes) {
        return lost;
    }
    for alert in model.alerts() {
        let critical = repo.is_critical(alert) && !is_heartbeat(&alert.rule.name.text);
        let loudest = routing.loudest(repo, alert.index);
        if !critical || !matches!(loudest, Some(Loudness::Writes | Loudness::Muted)) {
            continue;
        }
        if let Some(route) = routing.arrival(repo, alert.index).and_then(|reached| reached.route) {
            lost.entry((route.document, route.index)).or_default().push(alert.index);
        }
    }
    lost
}

/// Critical alerts that certainly end at a receiver without integrations: the receiver's document
/// and name, and the first such alert with its route.
pub fn unheard<'r>(model: &Model<'r>) -> Unheard<'r> {
    let (repo, routing) = (model.repo, model.routing());
    let mut lost = Unheard::new();
    for alert in model.alerts() {
        if !repo.is_critical(alert) || is_heartbeat(&alert.rule.name.text) {
            continue;
        }
        for reached in routing.reached(alert.index) {
            let silent = reached.sure == Answer::Yes
                && reached.loudness(repo) == Loudness::Silent
                && routing.loudest(repo, alert.index) == Some(Loudness::Silent);
            if let (true, Some(route), Some((document, name))) =
                (silent, reached.route, reached.receiver)
            {
                lost.entry((document, name.text.as_str())).or_insert((alert.index, route));
            }
        }
    }
    lost
}
