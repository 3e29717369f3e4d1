//! A `<match>` or `<filter>` that no record reaches. Rule: rules/flnt/fluentd-shadowed.yaml

use crate::check::Case;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::shippers::fluentd::Patterns;

/// Most earlier elements that one is compared with.
const MOST: usize = 100;

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    let routed =
        matches!(section.role, Role::Filter | Role::Output) && section.header.text != "store";
    if section.program != Program::Fluentd || !routed || section.structured {
        return case.skip();
    }
    let repo = case.repo;
    // A template may leave any of them out.
    if repo.document(section.document).masked {
        return;
    }
    let mine = Patterns::of(section.argument.as_ref());
    let Some(parent) = section.parent else { return };
    let siblings = case.model.shipping().matches.get(&(section.document, parent));
    let earlier = siblings.into_iter().flatten().take_while(|other| other.index < section.index);
    let covers = |other: &&&Section| Patterns::of(other.argument.as_ref()).cover(&mine);
    let Some(taker) = earlier.take(MOST).find(covers) else { return };
    let written = |section: &Section| {
        section.argument.as_ref().map_or("**", |argument| argument.text.trim()).to_owned()
    };
    let span = section.argument.as_ref().map_or(section.header.span, |argument| argument.span);
    let what = if section.role == Role::Filter { "filter" } else { "match" };
    case.flag(span)
        .with("what", what)
        .with("pattern", written(section))
        .with("taker", written(taker))
        .related(
            taker.argument.as_ref().map_or(taker.header.span, |argument| argument.span),
            "takes these records first",
        );
}
