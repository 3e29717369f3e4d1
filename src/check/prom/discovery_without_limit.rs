//! Discovered targets that may bring any number of series.
//! Rule: rules/prom/discovery-without-limit.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::prometheus::{PrometheusConfig, ScrapeJob, ServerForm};
use crate::facts::scalar::Scalar;

/// Roles whose targets come and go with what is deployed.
const ROLES: &[&str] = &["pod", "endpoints", "endpointslice", "service"];

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let discovered = job.discovery.iter().any(|found| {
        let role = found.role.as_ref().and_then(|role| role.known_text());
        found.kind == "kubernetes"
            && role.is_some_and(|role| ROLES.contains(&role.to_ascii_lowercase().as_str()))
    });
    if !discovered {
        return case.skip();
    }
    let own = job.settings.entries.iter().any(|(key, value)| limits(&key.text, value));
    if own || job.settings.open || is_limited_globally(job, case) {
        return;
    }
    let declared = case
        .repo
        .facts
        .pillars
        .iter()
        .filter(|pillar| pillar.name.text == "metrics")
        .find_map(|pillar| pillar.named("cardinality_limit").next());
    let name = job.name.as_ref().map_or(job.span, |name| name.span);
    let flag = case.flag(name).with("job", job.label());
    if let Some((key, _)) = declared {
        flag.severity(Severity::Warning).related(key.span, "the strategy declares a limit here");
    }
}

/// Whether the servers that run the job limit it, or may out of sight.
fn is_limited_globally(job: &ScrapeJob, case: &Case<'_>) -> bool {
    let limited = |server: &PrometheusConfig| {
        server.open || server.limits.iter().any(|(name, value)| limits(name, value))
    };
    match case.repo.server(job.document) {
        Some(server) if server.form != ServerForm::Fragment => limited(server),
        // A file of jobs alone that has the name the server looks for is all there is.
        Some(server) if is_main_file(case.repo.path(server.anchor)) => limited(server),
        // A fragment has the limits of the server that loads it.
        _ => {
            let mut servers = case.repo.own_servers().peekable();
            servers.peek().is_none() || servers.any(limited)
        }
    }
}

fn limits(name: &str, value: &Scalar) -> bool {
    matches!(name, "sample_limit" | "label_limit") && value.text != "0"
}

fn is_main_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "prometheus.yml" | "prometheus.yaml")
}
