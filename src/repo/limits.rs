//! What keeps the number of series in bounds, and what watches it.

use super::Repo;
use super::model::Model;
use super::queries::Query;
use crate::facts::prometheus::Relabel;
use crate::source::Span;

/// Metrics by which the number of series is watched.
const GROWTH: &[&str] = &[
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "prometheus_tsdb_head_series",
    "prometheus_tsdb_head_series_created_total",
    "prometheus_tsdb_head_chunks",
    "prometheus_target_scrapes_exceeded_sample_limit_total",
    "prometheus_target_scrape_pool_exceeded_label_limits_total",
    "prometheus_target_scrape_pool_exceeded_target_limit_total",
];

/// Settings that bound what one scrape may bring.
const LIMITS: &[&str] = &["sample_limit", "label_limit", "target_limit"];

impl Repo {
    /// Where samples or labels are limited or dropped.
    pub fn limits_series(&self) -> Option<Span> {
        let global = self.facts.prometheus.iter().flat_map(|server| &server.limits);
        let of_jobs = self.own_jobs().flat_map(|job| &job.settings.entries);
        global
            .map(|(name, value)| (name.as_str(), value))
            .chain(of_jobs.map(|(key, value)| (key.text.as_str(), value)))
            .find(|(name, value)| LIMITS.contains(name) && value.text != "0")
            .map(|(_, value)| value.span)
            .or_else(|| self.drops_series())
    }

    fn drops_series(&self) -> Option<Span> {
        let steps = self.own_jobs().flat_map(|job| &job.metric_relabels);
        let drops = |step: &&Relabel| {
            matches!(step.kind().as_str(), "labeldrop" | "labelkeep" | "drop" | "keep")
        };
        steps.filter(drops).map(|step| step.span).next()
    }
}

impl<'r> Model<'r> {
    /// The alerts that watch how the number of series grows.
    pub fn growth_alerts(&self) -> impl Iterator<Item = &Query<'r>> {
        let watched = GROWTH.iter().filter_map(|name| self.uses().get(name)).flatten();
        watched.map(|it| &self.queries()[it.query]).filter(|query| query.raises().is_some())
    }

    /// Whether an alert watches how the number of series grows.
    pub fn watches_growth(&self) -> bool {
        self.growth_alerts().next().is_some()
    }
}
