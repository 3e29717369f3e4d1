//! Which releases of Prometheus evaluate the repository's rules, and with which flags.

use super::Repo;
use super::images::{Class, known_as};
use super::standing::is_sample;
use crate::facts::deploy::Container;
use crate::facts::prometheus::{JobForm, PrometheusConfig, ServerForm};
use crate::facts::rules::RuleGroup;
use crate::facts::scalar::Scalar;
use crate::lang::duration;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::Selector;
use crate::metrics;
use crate::source::Span;

/// A server whose release is written in the repository.
#[derive(Clone, Debug)]
pub struct Server {
    /// Major and minor number.
    pub release: (u16, u16),
    /// Values of `--enable-feature`.
    pub features: Vec<String>,
    /// Where the release is written.
    pub span: Span,
}

impl Server {
    /// Whether a feature flag is set.
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|known| known == feature)
    }
}

/// The Prometheus servers, if every one that could evaluate rules shows its release; empty if
/// one does not, or if something else evaluates rules too.
pub fn evaluating(repo: &Repo) -> Vec<Server> {
    // An operator chooses release and flags where its object is silent.
    let operated = |config: &PrometheusConfig| config.form == ServerForm::Operator;
    if repo.facts.prometheus.iter().any(operated) || repo.has_ruler() {
        return Vec::new();
    }
    let mut servers = Vec::new();
    for container in &repo.facts.containers {
        if is_sample(repo.path(container.name.span)) {
            continue;
        }
        let image = container.image.as_ref().map(|image| image.text.as_str());
        match (container.image_name(), image.and_then(known_as).map(|known| known.class)) {
            (Some("prometheus" | "prometheus-distroless"), _) => match server(container) {
                Some(server) => servers.push(server),
                None => return Vec::new(),
            },
            (_, Some(Class::LongTermMetrics)) => return Vec::new(),
            _ => {}
        }
    }
    servers
}

fn server(container: &Container) -> Option<Server> {
    let tag = container.image_tag()?.trim_start_matches('v');
    let mut numbers = tag.split(['.', '-']).map(str::parse::<u16>);
    let release = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    if container.args.iter().any(|arg| !arg.known) {
        return None;
    }
    let mut features = Vec::new();
    for (index, arg) in container.args.iter().enumerate() {
        let bare = arg.text.trim_start_matches('-');
        let value = match bare.split_once('=') {
            Some(("enable-feature", value)) => Some(value),
            None if bare == "enable-feature" => {
                container.args.get(index + 1).map(|next| next.text.as_str())
            }
            _ => None,
        };
        features.extend(value.into_iter().flat_map(|list| list.split(',')).map(str::to_owned));
    }
    let span = container.image.as_ref()?.span;
    Some(Server { release, features, span })
}

/// How often samples are taken, as far as the repository shows it.
#[derive(Debug, Default)]
pub struct Intervals {
    /// Scrape jobs by the `job` of their series, with their intervals in seconds.
    jobs: Vec<(Option<String>, f64)>,
    /// No sample comes from elsewhere, or none more often than these.
    whole: bool,
}

impl Intervals {
    /// Whether nothing is known of any job.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}

/// The interval of every scrape job in seconds. Jobs of configuration files count where all
/// samples of the repository's servers come from jobs that are written out here; objects of the
/// operator count for their own series, and for others where their server is here.
pub fn scrape_intervals(repo: &Repo) -> Intervals {
    if repo.facts.scrape_jobs.iter().any(|job| job.form != JobForm::Job) {
        return intervals_of_objects(repo).unwrap_or_default();
    }
    let mut jobs = Vec::new();
    for server in repo.own_servers() {
        let elsewhere = server.form == ServerForm::Operator
            || server.open
            || server.otlp_key.is_some()
            || !server.scrape_config_files.is_empty();
        if elsewhere {
            return Intervals::default();
        }
        for job in repo.jobs(server.document) {
            let written = job.setting("scrape_interval").or(server.scrape_interval.as_ref());
            let Some(seconds) = seconds(written, Some(DEFAULT_INTERVAL)) else {
                return Intervals::default();
            };
            let name = job.name.as_ref().and_then(|name| name.known_text()).map(str::to_owned);
            jobs.push((name, seconds));
        }
    }
    Intervals { jobs, whole: true }
}

/// Intervals of monitors, probes and `ScrapeConfig`; `None` where one of them, or what holds for
/// those without one, is not known.
fn intervals_of_objects(repo: &Repo) -> Option<Intervals> {
    // Where a configuration file scrapes as well, nobody knows which of the two brings a series.
    if repo.own_servers().any(|server| server.form != ServerForm::Operator) {
        return None;
    }
    let servers = repo.own_servers().map(|server| server.scrape_interval.as_ref());
    let charts = repo.facts.chart_servers.iter().map(|chart| chart.scrape_interval.as_ref());
    let general: Option<Vec<f64>> =
        servers.chain(charts).map(|written| seconds(written, Some(OPERATOR_INTERVAL))).collect();
    let general = general?.into_iter().reduce(f64::min);
    let mut jobs = Vec::new();
    for job in repo.facts.scrape_jobs.iter().filter(|job| job.form != JobForm::Job) {
        let written = job.setting("scrape_interval");
        if written.is_none() && general.is_none() {
            continue;
        }
        let named = job.job_name.as_ref().or(job.name.as_ref()).filter(|name| name.known);
        jobs.push((named.map(|name| name.text.clone()), seconds(written, general)?));
    }
    // What else the server scrapes has its interval.
    jobs.extend(general.map(|general| (None, general)));
    Some(Intervals { jobs, whole: general.is_some() })
}

/// A length of time; `None` where it cannot be known or is none.
fn seconds(written: Option<&Scalar>, default: Option<f64>) -> Option<f64> {
    let seconds = match written {
        None => default?,
        #[expect(clippy::cast_precision_loss, reason = "durations are far below the limit")]
        Some(written) => duration::prometheus(written.known_text()?)? as f64 / 1000.0,
    };
    (seconds > 0.0).then_some(seconds)
}

/// `global.scrape_interval` of a server that sets none, in seconds.
const DEFAULT_INTERVAL: f64 = 60.0;
/// `spec.scrapeInterval` of a server object that sets none, in seconds.
const OPERATOR_INTERVAL: f64 = 30.0;

/// The shortest interval, in seconds, at which the selected series can have been scraped; `None`
/// if nobody knows.
pub fn scrape_interval_of(repo: &Repo, selector: &Selector) -> Option<f64> {
    // Recorded series have the interval of their group.
    if selector.metric().is_none_or(|name| name.contains(':') || name.starts_with("ALERTS")) {
        return None;
    }
    let pinned = selector
        .labels()
        .find(|matcher| &*matcher.label.text == "job" && matcher.op == MatchOp::Equal)
        .map(|matcher| &*matcher.value);
    let intervals = repo.scrape_intervals();
    let of_job =
        intervals.jobs.iter().filter(|(job, _)| pinned.is_some() && job.as_deref() == pinned);
    of_job.map(|(_, seconds)| *seconds).reduce(f64::min).or_else(|| {
        intervals
            .jobs
            .iter()
            .map(|(_, seconds)| *seconds)
            .reduce(f64::min)
            .filter(|_| intervals.whole)
    })
}

/// The shortest interval of the monitors here, where the server that takes them is elsewhere and a
/// metric is of no exporter that it may scrape on its own: what likely brings it.
pub fn likely_interval_of(repo: &Repo, selector: &Selector) -> Option<f64> {
    let name = selector.metric()?;
    let pinned = selector.labels().any(|matcher| &*matcher.label.text == "job");
    let own =
        !pinned && !name.contains(':') && !matches!(name, "up" | "ALERTS" | "ALERTS_FOR_STATE");
    let intervals = repo.scrape_intervals();
    if !own || intervals.whole || !metrics::named(name).is_empty() {
        return None;
    }
    let every = repo.facts.scrape_jobs.len() == intervals.jobs.len();
    intervals.jobs.iter().map(|(_, seconds)| *seconds).reduce(f64::min).filter(|_| every)
}

/// How often a group is evaluated, in milliseconds: what it says itself, else what every server
/// here says; `None` if nobody knows.
pub fn evaluation_interval(repo: &Repo, group: &RuleGroup) -> Option<i64> {
    if let Some(written) = &group.interval {
        return written.known_text().and_then(duration::prometheus).filter(|ms| *ms > 0);
    }
    let mut intervals = repo.own_servers().map(|server| match &server.evaluation_interval {
        _ if server.open => None,
        Some(written) => written.known_text().and_then(duration::prometheus),
        None => (server.form == ServerForm::File).then_some(DEFAULT_EVALUATION),
    });
    let first = intervals.next()??;
    intervals.all(|other| other == Some(first)).then_some(first)
}

/// `global.evaluation_interval` of a server that sets none, in milliseconds.
const DEFAULT_EVALUATION: i64 = 60_000;
