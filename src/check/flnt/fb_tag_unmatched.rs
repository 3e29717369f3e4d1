//! Records that no output takes, and outputs that take none. Rule: rules/flnt/fb-tag-unmatched.yaml

use crate::check::Case;
use crate::facts::shipper::{Program, Role, Section};
use crate::lang::distance;
use crate::repo::shippers::Set;
use crate::repo::shippers::tags::{Tag, input_tag, matches};

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    let routed = matches!(section.role, Role::Input | Role::Filter | Role::Output);
    if section.program != Program::FluentBit || !routed {
        return case.skip();
    }
    let Some(set) = super::set(section, case) else { return case.skip() };
    let Some(roles) = super::roles(section, case) else { return case.skip() };
    let (inputs, outputs) = (roles.inputs, roles.outputs.len());
    if section.role != Role::Input
        && section.property("match").is_none()
        && section.property("match_regex").is_none()
    {
        // One input and one output need no pattern.
        let alone = section.role == Role::Output && inputs < 2 && outputs == 1;
        // One that is misspelt is told of where it stands.
        let misspelt = section.properties.iter().any(|property| {
            let key = property.key.text.to_ascii_lowercase();
            // `Path` is as near, and another thing.
            key.starts_with('m')
                && distance::nearest(&key, ["match", "match_regex"].into_iter(), 2).is_some()
        });
        let routed = section.role == Role::Output && is_routed(section, set, case);
        let elsewhere = section.open || (set.open && inputs == 0) || misspelt || routed;
        if !alone && !elsewhere && !super::is_unread(section, case) {
            let what = section.noun();
            case.flag(section.name_span())
                .with("fault", format!("this {what} has no `Match`: Fluent Bit unloads it"));
        }
        return;
    }
    // What one half of a configuration does not show may stand in the other.
    if inputs == 0 || outputs == 0 {
        return;
    }
    match section.role {
        Role::Input => unrouted(section, case),
        _ => idle(section, case),
    }
}

/// Whether a route of an input leads to an output, by its alias or its plugin's name.
fn is_routed(output: &Section, set: &Set, case: &Case<'_>) -> bool {
    let names = [output.value("alias"), output.plugin.as_ref()];
    case.repo.sections_of(set).filter(|it| it.role == Role::Input).any(|input| {
        input.all("routes").any(|target| {
            !target.value.known || names.iter().flatten().any(|name| name.text == target.value.text)
        })
    })
}

/// The tags of a section's set, if all are known.
fn tags<'a>(section: &Section, case: &Case<'a>) -> Option<&'a [Tag<'a>]> {
    case.model.shipping().tags.get(super::number(section, case)?)?.as_deref()
}

/// An input whose records no output takes.
fn unrouted(section: &Section, case: &mut Case<'_>) {
    if tags(section, case).is_none() || section.switch("routable") == Some(false) {
        return;
    }
    let Some(glob) = input_tag(section) else { return };
    let Some(roles) = super::roles(section, case) else { return };
    // One input and one output need no pattern.
    let bare = roles.outputs.iter().any(|output| {
        output.property("match").is_none() && output.property("match_regex").is_none()
    });
    if bare && roles.inputs == 1 && roles.outputs.len() == 1 {
        return;
    }
    let takes = |other: &&Section| matches(other, &glob) != Some(false);
    let sends_on = |filter: &&Section| filter.is("rewrite_tag") || filter.is("log_to_metrics");
    let taken = roles.outputs.iter().copied().any(|output| takes(&output))
        || roles.filters.iter().copied().filter(sends_on).any(|filter| takes(&filter));
    // A filter may send all of them on under another tag.
    if !taken {
        let span = section.value("tag").map_or(section.name_span(), |tag| tag.span);
        let fault = format!("no output matches the tag `{glob}`: its records are dropped");
        case.flag(span).with("fault", fault);
    }
}

/// An output or filter whose pattern fits no tag.
fn idle(section: &Section, case: &mut Case<'_>) {
    let Some(tags) = tags(section, case) else { return };
    if tags.iter().any(|tag| matches(section, &tag.glob) != Some(false)) {
        return;
    }
    let pattern = section.value("match").or_else(|| section.value("match_regex"));
    let Some(pattern) = pattern else { return };
    let mut given: Vec<&str> = tags.iter().map(|tag| tag.glob.as_str()).collect();
    given.sort_unstable();
    given.dedup();
    given.truncate(4);
    let what = section.noun();
    let fault = format!(
        "`{}` fits none of the tags here (`{}`): this {what} never sees a record",
        pattern.text,
        given.join("`, `")
    );
    case.flag(pattern.span).with("fault", fault);
}
