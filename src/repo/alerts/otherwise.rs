//! Collections of alerts that have no severity at all: what routes them stands elsewhere and goes
//! by another label.

use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;
use crate::repo::Repo;
use crate::source::Span;
use std::collections::BTreeMap;

/// Fewest alerts that show a habit.
const MANY: usize = 20;

impl Repo {
    /// The first alert, where none of many has a severity, nearly all have another label, and no
    /// Alertmanager is here.
    pub fn alerts_routed_otherwise(&self) -> Option<Span> {
        *self.routed_otherwise.get_or_init(|| self.find_routed_otherwise())
    }

    fn find_routed_otherwise(&self) -> Option<Span> {
        let own = |alert: &&AlertRule| self.is_ours(alert.document);
        let alerts: Vec<&AlertRule> = self.facts.alert_rules.iter().filter(own).collect();
        let rated = |alert: &&AlertRule| {
            let label = &self.settings_of(alert.document).severity_label;
            !matches!(alert.label_held(label), Held::Nothing)
        };
        let routed = !self.facts.alertmanagers.is_empty();
        if alerts.len() < MANY || routed || alerts.iter().any(rated) {
            return None;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for alert in &alerts {
            for (key, _) in alert.labels.entries.iter().chain(&alert.group_labels.entries) {
                *counts.entry(&key.text).or_default() += 1;
            }
        }
        let (key, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        // A join brings a label as well.
        let joined = |alert: &AlertRule| {
            let text = alert.expr.as_ref().map_or("", |expr| expr.scalar.text.as_str());
            text.contains("group_left") && text.contains(key)
        };
        let has =
            |alert: &&&AlertRule| !matches!(alert.label_held(key), Held::Nothing) || joined(alert);
        let all = alerts.iter().filter(has).count() * 20 >= alerts.len() * 19;
        all.then(|| alerts.first().map(|alert| alert.name.span)).flatten()
    }
}
