//! A text that reads a label nothing is grouped by. Rule: rules/amgr/template-grouplabel.yaml

use crate::check::Case;
use crate::facts::alertmanager::Integration;
use crate::lang::template::data::Map;
use crate::repo::Repo;
use crate::repo::notifications::{Home, Notification};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check<'a>(text: &'a Notification<'a>, case: &mut Case<'a>) {
    if matches!(text.home, Home::Pattern(..)) {
        return case.skip();
    }
    let model = case.model;
    // A text may serve several receivers: it is at fault where none of them groups by the label.
    let mut missing: BTreeMap<_, Option<Span>> = BTreeMap::new();
    for read in model.notifications().reads_of(text.index) {
        if read.access.map != Map::GroupLabels || read.access.guarded {
            continue;
        }
        let lacks = lacks(case.repo, read.integration, &read.access.key);
        let key = (read.access.extent, &read.access.key);
        let known = missing.entry(key).or_insert(lacks);
        *known = known.and(lacks);
    }
    for ((extent, key), route) in missing {
        let Some(route) = route else { continue };
        let span = text.place(case.repo, extent);
        case.flag(span)
            .with("words", &text.text()[extent.range()])
            .with("label", key.to_string())
            .related(route, "the route that groups by other labels");
    }
}

/// A route to the receiver, if every route to it certainly groups by other labels.
fn lacks(repo: &Repo, integration: &Integration, label: &str) -> Option<Span> {
    let config = repo.alertmanager(integration.document)?;
    let name = integration.receiver_name.as_deref()?;
    if config.open || config.operator {
        return None;
    }
    let tree = repo.routing(integration.document);
    let mut found = None;
    for route in tree.routes() {
        let receiver = tree.receiver(route)?;
        if !receiver.known {
            return None;
        }
        if receiver.text != name {
            continue;
        }
        let group_by = tree.group_by(route).unwrap_or_default();
        if group_by.iter().any(|by| !by.known || by.text == label || by.text == "...") {
            return None;
        }
        found = found.or(Some(route.group_by_key.unwrap_or(route.span)));
    }
    found
}
