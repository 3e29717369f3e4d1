//! Every shipper ends where it started. Rule: rules/flnt/no-central-destination.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::is_test;
use crate::facts::code::loggers::Setup;
use crate::identify::Kind;
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
    if !may_ship(repo) {
        unread_files(case);
    }
    if shipments.iter().any(|it| it.to != To::Local) || may_ship(repo) {
        return;
    }
    let what = "every shipper here ends in a file or on the screen: no log reaches a central store";
    let mut flag = case.flag(first.span).with("what", what);
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

/// Files that programs write their records to and that no shipper reads.
fn unread_files(case: &mut Case<'_>) {
    let repo = case.repo;
    let read = repo.shipped_files();
    if read.open {
        return;
    }
    for setup in &repo.facts.logger_setups {
        let Setup::File { path: Some(path), .. } = &setup.setup else { continue };
        let document = repo.document(setup.document);
        if !path.known
            || !(document.kind.is_code() || document.kind == Kind::LoggingConfig)
            || is_test(&repo.source(setup.document.source).path)
            || read.holds(&path.text)
            || shows_too(&repo.source(setup.document.source).look())
        {
            continue;
        }
        let what = format!("records go to `{}`, and no shipper here reads that file", path.text);
        case.flag(path.span).with("what", what).severity(Severity::Warning);
    }
}

/// Whether a program shows its records as well: a shipper may read those.
fn shows_too(text: &str) -> bool {
    ["StreamHandler", "Console", "console", "stdout", "stderr", "Stdout", "Stderr"]
        .iter()
        .any(|word| text.contains(word))
}
