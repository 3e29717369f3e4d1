//! Which releases of Prometheus evaluate the repository's rules, and with which flags.

use super::Repo;
use super::images::{Class, known_as};
use super::scrape::is_sample;
use crate::facts::deploy::Container;
use crate::facts::prometheus::{JobForm, PrometheusConfig, ServerForm};
use crate::lang::duration;
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
