//! Severities that the alerts of a house have in common.

use super::Repo;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};

/// So many alerts with one severity agree on it; fewer may be slips.
const AGREED: usize = 10;

impl Repo {
    /// Severities that so many alerts have, in several files, that they are a scale of the house's
    /// own, where no Alertmanager stands here that would have to know them.
    pub fn own_scale(&self) -> &BTreeSet<String> {
        self.own_scale.get_or_init(|| {
            if !self.facts.alertmanagers.is_empty() {
                return BTreeSet::new();
            }
            let mut held: BTreeMap<&str, (usize, BTreeSet<SourceId>)> = BTreeMap::new();
            for alert in &self.facts.alert_rules {
                let label = &self.settings_of(alert.document).severity_label;
                let Some(severity) = alert.label(label).filter(|it| it.known) else { continue };
                let (count, files) = held.entry(&severity.text).or_default();
                *count += 1;
                files.insert(alert.document.source);
            }
            let agreed = |(_, (count, files)): &(&str, (usize, BTreeSet<SourceId>))| {
                *count >= AGREED && files.len() > 1
            };
            held.into_iter().filter(agreed).map(|(severity, _)| severity.to_owned()).collect()
        })
    }
}
