//! The labels of the alerts that each alerting rule raises, as an Alertmanager sees them.
//!
//! A rule's own labels win over its group's, these over those of the expression; a server adds
//! its external labels where an alert has none of that name, and relabels what it sends. What is
//! not certain is unknown.

use super::Repo;
use super::model::Model;
use super::paths::Loading;
use super::queries::Query;
use crate::facts::grafana::StepKind;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Pairs;
use crate::facts::{Dialect, DocumentId};
use crate::identify::Kind;
use crate::lang::promql::labels::{LabelSet, Presence};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::BTreeMap;

mod external;
mod otherwise;

use external::Sender;

/// What is known of one label.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<'r> {
    /// No alert of the rule has it; matchers see an empty text.
    Absent,
    /// Every alert has this value.
    Is(&'r str),
    /// Every alert has one of these, sorted.
    OneOf(Vec<&'r str>),
    /// Every alert has it, with some value that is not empty.
    Present,
    /// Nobody can tell.
    #[default]
    Unknown,
}

impl<'r> Value<'r> {
    /// The value, if every alert has the same; the empty text if none has the label.
    pub fn exact(&self) -> Option<&'r str> {
        match self {
            Value::Absent => Some(""),
            Value::Is(value) => Some(value),
            Value::OneOf(_) | Value::Present | Value::Unknown => None,
        }
    }

    /// All values there can be; `None` if nobody can list them.
    pub fn all(&self) -> Option<Vec<&'r str>> {
        match self {
            Value::OneOf(values) => Some(values.clone()),
            _ => self.exact().map(|value| vec![value]),
        }
    }

    /// Whether two labels could have the same value, absent ones an empty one.
    pub fn may_equal(&self, other: &Value<'_>) -> bool {
        match (self.all(), other.all()) {
            (Some(one), Some(two)) => one.iter().any(|value| two.contains(value)),
            (Some(only), None) | (None, Some(only)) => {
                let wanted = if self.all().is_some() { other } else { self };
                *wanted == Value::Unknown || only.iter().any(|value| !value.is_empty())
            }
            (None, None) => true,
        }
    }

    /// What holds whichever of the two is true.
    fn either(&self, other: &Value<'r>) -> Value<'r> {
        if self == other {
            return self.clone();
        }
        let filled =
            |value: &Value<'_>| matches!(value, Value::Is(_) | Value::OneOf(_) | Value::Present);
        match (self.all(), other.all()) {
            (Some(one), Some(two)) => {
                let mut values = [one, two].concat();
                values.sort_unstable();
                values.dedup();
                Value::OneOf(values)
            }
            _ if filled(self) && filled(other) => Value::Present,
            _ => Value::Unknown,
        }
    }

    fn of(presence: Presence<'r>) -> Value<'r> {
        match presence {
            Presence::Is(value) => Value::Is(value),
            Presence::Among(words) => {
                let mut values: Vec<&str> = words.split('|').collect();
                values.sort_unstable();
                values.dedup();
                Value::OneOf(values)
            }
            Presence::Present => Value::Present,
            Presence::Possible => Value::Unknown,
            Presence::Absent => Value::Absent,
        }
    }
}

/// What is known of an alert's labels.
#[derive(Clone, Debug, Default)]
pub struct Labels<'r> {
    /// Nothing but the labels named here can be there.
    pub closed: bool,
    /// By name: most alerts have a handful.
    named: Vec<(&'r str, Value<'r>)>,
}

impl<'r> Labels<'r> {
    /// These labels and no others.
    pub fn closed(named: impl IntoIterator<Item = (&'r str, Value<'r>)>) -> Labels<'r> {
        let mut labels = Labels { closed: true, named: Vec::new() };
        for (label, value) in named {
            labels.set(label, value);
        }
        labels
    }

    /// What is known of a label.
    pub fn get(&self, label: &str) -> Value<'r> {
        match self.place(label) {
            Ok(at) => self.named[at].1.clone(),
            Err(_) if self.closed => Value::Absent,
            Err(_) => Value::Unknown,
        }
    }

    /// Where a label is, or would be.
    fn place(&self, label: &str) -> Result<usize, usize> {
        self.named.binary_search_by(|(name, _)| (*name).cmp(label))
    }

    /// Labels of which something is known, by name.
    pub fn named(&self) -> impl Iterator<Item = (&'r str, &Value<'r>)> {
        self.named.iter().map(|(name, value)| (*name, value))
    }

    /// Learns about a label, whatever was known before.
    pub fn learn(&mut self, label: &'r str, value: Value<'r>) {
        self.set(label, value);
    }

    fn set(&mut self, label: &'r str, value: Value<'r>) {
        match self.place(label) {
            Ok(at) => self.named[at].1 = value,
            Err(at) => self.named.insert(at, (label, value)),
        }
    }

    /// What the expression gives, with room for so many labels more.
    fn of_expression(set: &LabelSet<'r>, more: usize) -> Labels<'r> {
        let named = Vec::with_capacity(set.named().len() + more);
        let mut labels = Labels { closed: set.closed, named };
        for (label, presence) in set.named().filter(|(label, _)| *label != "__name__") {
            labels.set(label, Value::of(presence));
        }
        labels
    }

    /// What a rule's or group's `labels` do.
    fn put(&mut self, pairs: &'r Pairs) {
        if pairs.open {
            // A label that is not shown here may overwrite any other.
            self.forget();
        }
        for (label, value) in &pairs.entries {
            let known = value.known_text().filter(|text| !text.contains("{{"));
            let value = match known {
                Some("") => Value::Absent,
                Some(text) => Value::Is(text),
                None => Value::Unknown,
            };
            if label.known {
                self.set(&label.text, value);
            } else {
                self.forget();
            }
        }
    }

    fn forget(&mut self) {
        *self = Labels::default();
    }

    fn either(&self, other: &Labels<'r>) -> Labels<'r> {
        let mut joined = Labels { closed: self.closed && other.closed, named: Vec::new() };
        for (label, _) in self.named.iter().chain(&other.named) {
            joined.set(label, self.get(label).either(&other.get(label)));
        }
        joined
    }
}

/// What is known of the alerts of one rule.
#[derive(Clone, Debug)]
pub struct Alert<'r> {
    /// The rule.
    pub rule: &'r AlertRule,
    /// Number of the rule among all alerting rules.
    pub index: usize,
    /// Labels as they are sent.
    pub labels: Labels<'r>,
    /// Whether nothing on the way can drop it.
    pub sent: bool,
}

/// The alerts of all alerting rules, in their order.
pub(super) fn all<'r>(model: &Model<'r>) -> Vec<Alert<'r>> {
    let repo = model.repo;
    let rules = &repo.facts.alert_rules;
    let mut sets: Vec<Option<&LabelSet<'r>>> = vec![None; rules.len()];
    let mut at = 0;
    for query in model.queries() {
        let Some(alert) = query.alert() else { break };
        while rules.get(at).is_some_and(|rule| !std::ptr::eq(rule, alert)) {
            at += 1;
        }
        if let Some(set) = sets.get_mut(at).filter(|_| query.is_sound()) {
            *set = model.labels_of(query).root();
        }
    }
    for (at, query) in of_steps(model) {
        sets[at] = model.labels_of(query).root();
    }
    let senders = Senders::of(repo);
    let mut by_document: BTreeMap<DocumentId, Vec<Sender<'r>>> = BTreeMap::new();
    for rule in rules {
        let document = rule.document;
        by_document.entry(document).or_insert_with(|| senders.of_document(document));
    }
    let alerts = rules.par_iter().zip(sets).enumerate();
    alerts
        .map(|(index, (rule, set))| {
            // The name comes on top.
            let more = rule.labels.entries.len() + rule.group_labels.entries.len() + 1;
            let labels = set.map(|set| Labels::of_expression(set, more));
            let mut labels = labels.unwrap_or_default();
            if repo.is_grafana(rule.document) {
                labels.set("grafana_folder", Value::Unknown);
            }
            labels.put(&rule.group_labels);
            labels.put(&rule.labels);
            let name = rule.name.known_text();
            labels.set("alertname", name.map_or(Value::Unknown, Value::Is));
            let senders = by_document.get(&rule.document).map(Vec::as_slice);
            let (labels, sent) = external::send(labels, senders.unwrap_or_default());
            Alert { rule, index, labels, sent }
        })
        .collect()
}

/// Whether an alert of Grafana has one query, whose labels all other steps keep.
pub fn asks_once(rule: &AlertRule) -> bool {
    let queries = rule.steps.iter().filter(|step| step.kind == StepKind::Query).count();
    queries == 1 && rule.steps.iter().all(|step| step.kind != StepKind::Other)
}

/// Alerts of Grafana, by number, whose labels are those of their one query: all other steps keep
/// what they read.
fn of_steps<'m, 'r>(model: &'m Model<'r>) -> Vec<(usize, &'m Query<'r>)> {
    let rules = &model.repo.facts.alert_rules;
    let numbers: BTreeMap<Span, usize> =
        rules.iter().enumerate().map(|(at, rule)| (rule.name.span, at)).collect();
    let steps = model.queries().iter().filter(|query| query.alert().is_none() && query.is_sound());
    steps
        .filter_map(|query| Some((query.raises()?, query)))
        .filter(|(rule, _)| asks_once(rule))
        .filter_map(|(rule, query)| Some((*numbers.get(&rule.name.span)?, query)))
        .collect()
}

/// The servers that send the alerts of rule files.
struct Senders<'r> {
    repo: &'r Repo,
    files: Vec<(&'r PrometheusConfig, Loading)>,
    operated: Vec<&'r PrometheusConfig>,
    others: bool,
}

impl<'r> Senders<'r> {
    fn of(repo: &'r Repo) -> Senders<'r> {
        let servers = || repo.own_servers().filter(|server| !repo.is_agent(server));
        let files = servers()
            .filter(|server| server.form == ServerForm::File)
            .map(|server| (server, Loading::of_servers(repo, std::iter::once(server))))
            .collect();
        let operated = servers().filter(|server| server.form == ServerForm::Operator).collect();
        Senders { repo, files, operated, others: repo.has_ruler() }
    }

    /// What may send the alerts of a rule document; [`Sender::unknown`] where the repository does not show it.
    fn of_document(&self, id: DocumentId) -> Vec<Sender<'r>> {
        let document = self.repo.document(id);
        let object = document.host.map(|host| self.repo.document(host));
        let operated = object.is_some_and(|host| host.kind == Kind::PrometheusOperator)
            || document.kind == Kind::PrometheusOperator;
        let foreign = self.others
            || self.repo.is_grafana(id)
            || matches!(document.dialect, Some(Dialect::Loki | Dialect::Mimir | Dialect::Cortex));
        let mut found: Vec<Sender<'r>> = Vec::new();
        if operated {
            found.extend(self.operated.iter().map(|server| Sender::of(server)));
        } else {
            let loads = self.files.iter().filter(|(server, loading)| {
                loading.holds(self.repo, id) && self.repo.run_together(server.document, id)
            });
            found.extend(loads.map(|(server, _)| Sender::of(server)));
        }
        if foreign || found.is_empty() {
            found.push(Sender::unknown());
        }
        found
    }
}
