//! When routes are quiet.

use crate::facts::DocumentId;
use crate::facts::alertmanager::Route;
use crate::facts::alertmanager::interval::TimeInterval;
use crate::repo::Repo;

impl Repo {
    /// The interval that a route of this document calls by a name: Alertmanager's stand in the
    /// same document, Grafana's anywhere.
    pub fn time_interval(&self, document: DocumentId, name: &str) -> Option<&TimeInterval> {
        let grafana = self.is_grafana(document);
        self.facts.time_intervals.iter().find(|interval| {
            let near = match grafana {
                true => self.is_grafana(interval.document),
                false => interval.document == document,
            };
            near && interval.name.text == name
        })
    }

    /// An interval that keeps a route quiet at every time.
    pub fn quiet_always(&self, route: &Route) -> Option<&TimeInterval> {
        let mutes = route.mutes.iter().filter(|name| name.known);
        mutes
            .filter_map(|name| self.time_interval(route.document, &name.text))
            .find(|interval| interval.is_always())
    }
}
