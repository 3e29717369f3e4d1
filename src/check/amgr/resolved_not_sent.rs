//! People who never hear that it is over. Rule: rules/amgr/resolved-not-sent.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::{Integration, Route};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(integration: &Integration, case: &mut Case<'_>) {
    if !matches!(integration.kind.as_str(), "slack" | "email") || !model::is_read(case) {
        return case.skip();
    }
    if integration.settings.key("send_resolved").is_some() || integration.settings.open {
        return;
    }
    let pagers: Vec<&Integration> = case
        .repo
        .integrations(integration.document)
        .iter()
        .filter(|one| one.pages() && sends_resolved(one))
        .collect();
    let beside = pagers.iter().find(|pager| pager.receiver == integration.receiver);
    let pager =
        beside.or_else(|| pagers.iter().find(|pager| share_alerts(pager, integration, case)));
    let Some(pager) = pager else { return };
    let edit = model::indent_of(case.repo.source(integration.span.source), integration.span)
        .filter(|_| integration.span.start > integration.key.end)
        .map(|indent| {
            let at = integration.span.start as usize;
            let span = Span::new(integration.span.source, at, at);
            Edit { span, text: format!("send_resolved: true\n{indent}") }
        });
    let flag = case
        .flag(integration.key)
        .with("pager", &pager.kind)
        .related(pager.key, "the pager that is told");
    if let Some(edit) = edit {
        flag.fix(true, "Send the end of an alert too", vec![edit]);
    }
}

fn sends_resolved(pager: &Integration) -> bool {
    pager.settings.get("send_resolved").is_none_or(|value| value.boolean() == Some(true))
}

/// Whether a route with `continue` sends to one of the two what a sibling sends to the other.
fn share_alerts(pager: &Integration, other: &Integration, case: &Case<'_>) -> bool {
    let tree = case.repo.routing(pager.document);
    let leads = |route: &Route, to: &Integration| {
        route.receiver.as_ref().map(|name| name.text.as_str()) == to.receiver_name.as_deref()
    };
    let same = |left: &Route, right: &Route| {
        left.parent == right.parent
            && right.matchers.iter().all(|matcher| {
                left.matchers.iter().any(|own| {
                    own.known
                        && (&own.label, own.op, &own.value)
                            == (&matcher.label, matcher.op, &matcher.value)
                })
            })
    };
    let continues =
        |route: &Route| route.continues.as_ref().and_then(|value| value.boolean()) == Some(true);
    tree.routes().iter().filter(|route| continues(route)).any(|first| {
        let pair =
            if leads(first, pager) { Some(other) } else { leads(first, other).then_some(pager) };
        pair.is_some_and(|second| {
            tree.routes().iter().any(|later| {
                later.index > first.index && leads(later, second) && same(first, later)
            })
        })
    })
}
