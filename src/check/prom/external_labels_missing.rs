//! Series nobody can trace to their server. Rule: rules/prom/external-labels-missing.yaml

use crate::check::Case;
use crate::facts::Dialect;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::repo::Repo;
use crate::repo::standing::is_sample;
use crate::source::Span;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = repo.document(server.document);
    // The operator adds labels of its own.
    if server.form != ServerForm::File
        || !repo.is_server(server)
        || document.dialect == Some(Dialect::VictoriaMetrics)
    {
        return case.skip();
    }
    let labelled = server
        .external_labels
        .as_ref()
        .map_or(server.open, |labels| labels.open || !labels.entries.is_empty());
    if labelled {
        return;
    }
    let Some((why, at)) = reason(server, case) else { return };
    let place = server.global_key.unwrap_or(server.anchor);
    case.flag(place).with("why", why).related(at, "leaves the server here");
}

/// Why the series of this server meet those of others.
fn reason(server: &PrometheusConfig, case: &Case<'_>) -> Option<(&'static str, Span)> {
    let repo = case.repo;
    let write = repo
        .of_document(&repo.facts.remote_endpoints, server.document)
        .find(|endpoint| endpoint.direction == "remote_write");
    if let Some(write) = write {
        let at = write.url.as_ref().map_or(write.span, |url| url.span);
        return Some(("it sends samples to a common store", at));
    }
    let federated = repo.jobs(server.document).iter().find(|job| {
        job.setting("metrics_path").is_some_and(|path| path.text.ends_with("/federate"))
    });
    if let Some(job) = federated {
        let at = job.name.as_ref().map_or(job.span, |name| name.span);
        return Some(("it is part of a federation", at));
    }
    let sidecar = repo.facts.containers.iter().find(|container| {
        container.image_name() == Some("thanos")
            && container.args.iter().any(|arg| arg.text == "sidecar")
    });
    if let Some(sidecar) = sidecar {
        return Some(("a Thanos sidecar ships its blocks to a common store", sidecar.name.span));
    }
    let other = repo
        .own_servers()
        .filter(|other| other.form == ServerForm::File && !is_sample(repo.path(other.anchor)))
        // What a role of Ansible copies is the server that stands here in the same words.
        .find(|other| other.document != server.document && !is_copy(repo, server, other))?;
    let own = !is_sample(repo.path(server.anchor));
    own.then_some(("another server of this repository has the same series", other.anchor))
}

/// Whether one of two servers of the same text is what a role of Ansible brings to a machine.
fn is_copy(repo: &Repo, one: &PrometheusConfig, other: &PrometheusConfig) -> bool {
    let source = |server: &PrometheusConfig| repo.source(server.document.source);
    let brought = |server| {
        let path = &source(server).path;
        path.contains("roles/") && path.contains("/files/")
    };
    (brought(one) || brought(other)) && source(one).text() == source(other).text()
}
