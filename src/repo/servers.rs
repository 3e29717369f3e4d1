//! Which releases of Prometheus evaluate the repository's rules, and with which flags.

use super::Repo;
use super::images::{Class, known_as};
use super::standing::is_sample;
use crate::facts::deploy::Container;
use crate::facts::prometheus::{JobForm, PrometheusConfig, ServerForm};
use crate::facts::rules::RuleGroup;
use crate::lang::duration;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::Selector;
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

/// The interval of every scrape job in seconds, if all samples of the repository's servers come
/// from jobs that are written out here; empty otherwise.
pub fn scrape_intervals(repo: &Repo) -> Vec<(Option<String>, f64)> {
    if repo.facts.scrape_jobs.iter().any(|job| job.form != JobForm::Job) {
        return Vec::new();
    }
    let mut intervals = Vec::new();
    for server in repo.own_servers() {
        let elsewhere = server.form == ServerForm::Operator
            || server.open
            || server.otlp_key.is_some()
            || !server.scrape_config_files.is_empty();
        if elsewhere {
            return Vec::new();
        }
        for job in repo.jobs(server.document) {
            let written = job.setting("scrape_interval").or(server.scrape_interval.as_ref());
            let seconds = match written.map(|interval| interval.known_text()) {
                None => Some(DEFAULT_INTERVAL),
                #[expect(clippy::cast_precision_loss, reason = "durations are far below the limit")]
                Some(text) => text.and_then(duration::prometheus).map(|ms| ms as f64 / 1000.0),
            };
            let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) else {
                return Vec::new();
            };
            let name = job.name.as_ref().and_then(|name| name.known_text()).map(str::to_owned);
            intervals.push((name, seconds));
        }
    }
    intervals
}

/// `global.scrape_interval` of a server that sets none, in seconds.
const DEFAULT_INTERVAL: f64 = 60.0;

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
    let of_job: Vec<f64> = intervals
        .iter()
        .filter(|(job, _)| pinned.is_some() && job.as_deref() == pinned)
        .map(|(_, seconds)| *seconds)
        .collect();
    let all = || intervals.iter().map(|(_, seconds)| *seconds);
    let shortest = |seconds: &mut dyn Iterator<Item = f64>| seconds.reduce(f64::min);
    match of_job.is_empty() {
        true => shortest(&mut all()),
        false => shortest(&mut of_job.into_iter()),
    }
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
