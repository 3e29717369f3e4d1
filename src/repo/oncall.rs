//! Which team has a schedule.

use super::Repo;
use crate::facts::oncall::{OnCall, Role};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;

/// Words in the name of a schedule that everybody is on.
const SHARED: &[&str] = &[
    "primary",
    "secondary",
    "default",
    "oncall",
    "on",
    "call",
    "sre",
    "ops",
    "operations",
    "main",
    "all",
    "everyone",
    "global",
    "rotation",
    "schedule",
    "escalation",
    "policy",
    "24x7",
    "24",
    "7",
    "team",
    "engineering",
    "infra",
    "infrastructure",
    "platform",
    "devops",
    "weekly",
    "daily",
];

/// Whether a team has a schedule or an escalation.
#[derive(Clone, Copy, Debug)]
pub enum Cover<'r> {
    /// This one.
    By(&'r OnCall),
    /// None, though there is this one for somebody else.
    Missing(&'r OnCall),
    /// There are no schedules, or nobody can tell.
    Unknown,
}

impl Repo {
    /// Schedules and escalations that are in use.
    pub fn on_call(&self) -> impl Iterator<Item = &OnCall> {
        let entries = self.facts.on_call.iter().filter(|entry| entry.role != Role::Step);
        entries.filter(|entry| !self.is_rehearsal(entry.document))
    }

    /// Whether an alert says of itself that it is urgent.
    pub fn is_urgent(&self, alert: &AlertRule) -> bool {
        let severity = alert.labels.get(&self.settings_of(alert.document).severity_label);
        severity
            .is_some_and(|value| value.known && matches!(value.text.as_str(), "critical" | "page"))
    }

    /// The owner an alert names, if it is certain.
    pub fn owner<'a>(&self, alert: &'a AlertRule) -> Option<&'a Scalar> {
        let labels = &self.settings_of(alert.document).owner_labels;
        let owner = labels.iter().find_map(|label| alert.labels.get(label))?;
        (owner.known && !owner.text.contains("{{")).then_some(owner)
    }

    /// Who covers a team.
    pub fn cover(&self, owner: &str) -> Cover<'_> {
        let wanted = squashed(owner);
        let Some(first) = self.on_call().next().filter(|_| !wanted.is_empty()) else {
            return Cover::Unknown;
        };
        let theirs = |entry: &&OnCall| {
            let mut names = std::iter::once(&entry.name).chain(&entry.aliases);
            names.any(|name| squashed(&name.text).contains(&wanted))
        };
        if let Some(entry) = self.on_call().find(theirs) {
            return Cover::By(entry);
        }
        // One for all covers everybody, one with an unknown name perhaps.
        if let Some(entry) = self.on_call().find(|entry| is_shared(&entry.name)) {
            return Cover::By(entry);
        }
        if self.hides_schedules() || self.on_call().any(|entry| entry.open) {
            return Cover::Unknown;
        }
        Cover::Missing(first)
    }

    /// Whether schedules may stand in a document that was not read as a whole.
    pub fn hides_schedules(&self) -> bool {
        self.facts.documents.iter().any(|document| {
            let plan = matches!(document.kind, Kind::OnCall | Kind::Terraform);
            plan && (document.broken || document.masked)
        })
    }
}

fn squashed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_shared(name: &Scalar) -> bool {
    let lower = name.text.to_ascii_lowercase();
    let mut words =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| SHARED.contains(&word))
}
