//! Every shipper ends where it started. Rule: rules/flnt/no-central-destination.yaml

use crate::check::Case;
use crate::repo::Repo;
use crate::repo::images::{Class, known_as};
use crate::repo::shippers::delivery::{Shipment, To};
use crate::source::Origin;

/// Programs that this rule speaks of; others have rules of their own.
const SHIPPERS: &[&str] = &["Fluentd", "Fluent Bit", "Vector", "Promtail", "Alloy"];

pub(super) fn check(case: &mut Case<'_>) {
    let (repo, model) = (case.repo, case.model);
    let shipments = &model.shipping().shipments;
    let ours = |shipment: &&Shipment| repo.origin(shipment.document.source) != Origin::Vendored;
    let own: Vec<&Shipment> =
        shipments.iter().filter(ours).filter(|it| SHIPPERS.contains(&it.by)).collect();
    let Some((first, others)) = own.split_first() else { return case.skip() };
    if shipments.iter().any(|it| it.to != To::Local) || may_ship(repo) {
        return;
    }
    let mut flag = case.flag(first.span);
    for other in others.iter().take(5) {
        flag = flag.related(other.span, "nor does this leave the machine");
    }
}

/// Whether something ships that is not read here: a part of a configuration, an agent of a vendor.
fn may_ship(repo: &Repo) -> bool {
    repo.shippers().sets.iter().any(|set| set.open)
        || repo.facts.containers.iter().any(|container| {
            let image = container.image.as_ref().and_then(|image| image.known_text());
            image.and_then(known_as).is_some_and(|known| known.class == Class::Agent)
        })
}
