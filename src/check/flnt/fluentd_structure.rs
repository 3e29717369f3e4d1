//! What Fluentd refuses in a configuration. Rule: rules/flnt/fluentd-structure.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::facts::shipper::{Role, Section};
use crate::parse::tree::IssueKind;
use crate::repo::shippers::Set;
use crate::shippers;
use std::collections::BTreeMap;

/// Labels that need no `<label>`.
const OWN: &[&str] = &["@ROOT", "@FLUENT_LOG", "@ERROR"];

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    for issue in document.text_issues.iter().filter(|issue| issue.kind == IssueKind::Syntax) {
        case.flag(issue.span)
            .with("fault", format!("Fluentd does not read this: {}", issue.message));
    }
    let repo = case.repo;
    let Some(set) = repo.shippers().set(document.id) else { return };
    let labels = labels(set, case);
    for section in repo.sections(document.id) {
        match section.role {
            Role::Input | Role::Filter | Role::Output => plugin(section, case),
            Role::Label => label(section, &labels, case),
            _ => {}
        }
        label_used(section, &labels, set, case);
    }
}

/// Labels of a set, each with its first section.
fn labels<'a>(set: &Set, case: &Case<'a>) -> BTreeMap<&'a str, &'a Section> {
    let mut labels = BTreeMap::new();
    for section in set.documents.iter().flat_map(|id| case.repo.sections(*id)) {
        if section.role == Role::Label
            && let Some(name) = &section.argument
        {
            labels.entry(name.text.as_str()).or_insert(section);
        }
    }
    labels
}

fn plugin(section: &Section, case: &mut Case<'_>) {
    let header = &section.header;
    let Some(plugin) = &section.plugin else {
        if !section.open {
            let fault = format!("`<{}>` has no `@type`: Fluentd does not start", header.text);
            case.flag(header.span).with("fault", fault);
        }
        return;
    };
    let role = match section.role {
        Role::Input => "input",
        Role::Filter => "filter",
        _ => "output",
    };
    let Some(known) = plugin.known_text().and_then(|name| shippers::fluentd().plugin(role, name))
    else {
        return;
    };
    if section.open {
        return;
    }
    for name in known.required.iter().filter(|name| section.property(name).is_none()) {
        let fault = format!("the {role} `{}` needs `{name}`: Fluentd does not start", plugin.text);
        case.flag(plugin.span).with("fault", fault);
    }
}

fn label(section: &Section, labels: &BTreeMap<&str, &Section>, case: &mut Case<'_>) {
    let Some(name) = &section.argument else {
        let fault = "`<label>` has no name: Fluentd does not start";
        case.flag(section.header.span).with("fault", fault);
        return;
    };
    let Some(first) = labels.get(name.text.as_str()).filter(|_| name.known) else { return };
    let mine = (section.document, section.index);
    let twice = (first.document, first.index) != mine;
    // Two files of one set may be two ways to run it.
    if let Some(first) =
        first.argument.as_ref().filter(|_| twice && first.document == section.document)
    {
        let fault = format!("the label `{}` is there twice: Fluentd does not start", name.text);
        case.flag(name.span).with("fault", fault).related(first.span, "the first one");
    }
}

/// A plugin that sends to a label which nobody defines.
fn label_used(
    section: &Section,
    labels: &BTreeMap<&str, &Section>,
    set: &Set,
    case: &mut Case<'_>,
) {
    let Some(used) = section.value("@label") else { return };
    let Some(name) = used.known_text() else { return };
    if set.open || OWN.contains(&name) || labels.contains_key(name) {
        return;
    }
    let fault = format!("there is no `<label {name}>`: Fluentd does not start");
    case.flag(used.span).with("fault", fault);
}
