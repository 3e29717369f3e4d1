//! Logs that are lost, and nobody hears of it. Rule: rules/logs/no-failure-response.yaml

use crate::check::Case;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::images::{Class, known_as};
use crate::repo::runs::LOGSTASH;
use crate::repo::shippers::delivery::{Shipment, To};
use crate::repo::shippers::failures::may_tell;
use crate::source::Origin;

pub(super) fn check(case: &mut Case<'_>) {
    let (repo, model) = (case.repo, case.model);
    let shipments = &model.shipping().shipments;
    if shipments.is_empty() {
        return case.skip();
    }
    let sent = shipments.iter().filter(|shipment| {
        repo.origin(shipment.document.source) != Origin::Vendored
            && matches!(shipment.to, To::Store(..) | To::Relay)
    });
    let sent: Vec<&Shipment> = sent.collect();
    let Some((first, others)) = sent.split_first() else { return };
    if sent.iter().any(|shipment| is_partly_seen(repo, shipment)) || may_be_elsewhere(repo) {
        return;
    }
    let answered = !repo.log_buffers().is_empty()
        || repo.facts.alert_rules.iter().any(|alert| may_tell(repo, alert))
        || has_hook(repo);
    if answered {
        return;
    }
    let mut flag = case.flag(first.span);
    for other in others.iter().take(5) {
        flag = flag.related(other.span, "nor does this");
    }
}

/// Whether more may be set for a shipper than the repository shows.
fn is_partly_seen(repo: &Repo, shipment: &Shipment) -> bool {
    let document = repo.document(shipment.document);
    // A chart may add what its values do not say.
    let chart = document.host.is_some_and(|host| repo.document(host).kind == Kind::HelmValues);
    let settled = shipment.by != "Logstash"
        || !repo.facts.logstash_nodes.is_empty()
        || !repo.containers_of(LOGSTASH).is_empty();
    document.masked || document.broken || chart || !settled
}

/// Whether an agent of a vendor, or a part that is not here, may have an answer.
fn may_be_elsewhere(repo: &Repo) -> bool {
    repo.shippers().sets.iter().any(|set| set.open)
        || repo.containers_of(LOGSTASH).iter().any(|container| container.env.open)
        || repo.facts.logstash_nodes.iter().any(|node| node.settings.open)
        || repo.facts.containers.iter().any(|container| {
            let image = container.image.as_ref().and_then(|image| image.known_text());
            image.and_then(known_as).is_some_and(|known| known.class == Class::Agent)
        })
        || repo.paths.iter().any(|path| {
            // Appenders that take over when another fails stand in files that are not read.
            let name = path.rsplit('/').next().unwrap_or(path);
            (name.starts_with("logback") || name.starts_with("log4j")) && name.ends_with(".xml")
        })
}

/// Whether code is told when a record cannot be written.
fn has_hook(repo: &Repo) -> bool {
    const HOOKS: &[&str] = &[
        "handleError",
        "raiseExceptions",
        "SelfLog.Enable",
        "FailoverAppender",
        "OnErrorConsoleStatusListener",
        "zap.ErrorOutput",
    ];
    let code = repo.facts.documents.iter().filter(|document| document.kind.is_code());
    code.filter(|document| document.host.is_none()).any(|document| {
        let text = repo.source(document.id.source).look();
        HOOKS.iter().any(|hook| text.contains(hook))
    })
}
