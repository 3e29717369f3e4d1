//! What Vector refuses in a configuration. Rule: rules/flnt/vector-input-unknown.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::Document;
use crate::facts::shipper::{Role, Section};
use crate::lang::distance;
use crate::parse::tree::IssueKind;
use crate::repo::shippers::vector::{Graph, Named};
use crate::shippers;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    for issue in document.text_issues.iter().filter(|issue| issue.kind == IssueKind::Syntax) {
        case.flag(issue.span)
            .with("fault", format!("Vector does not read this: {}", issue.message));
    }
    let repo = case.repo;
    let Some(set) = repo.shippers().set(document.id) else { return };
    let Some(number) = repo.shippers().number(document.id) else { return };
    let graph = &case.model.shipping().graphs[number];
    let sections = repo.sections(document.id);
    // A file without sources is one of several.
    let whole = case.model.shipping().roles[number].inputs > 0 && !set.open;
    for section in sections {
        kind(section, case);
        if matches!(section.role, Role::Filter | Role::Output) {
            inputs(section, graph, whole, case);
        }
    }
    for cycle in &case.model.shipping().cycles[number] {
        let Some(first) = cycle
            .iter()
            .filter_map(|name| graph.components.get(name))
            .find(|it| it.document == document.id)
        else {
            continue;
        };
        // Told once, in the first document that has a part of it.
        let earliest =
            cycle.iter().filter_map(|name| graph.components.get(name)).map(|it| it.document).min();
        if earliest != Some(document.id) {
            continue;
        }
        let fault = format!("`{}` feeds itself: Vector does not start", cycle.join("` → `"));
        case.flag(first.header.span).with("fault", fault);
    }
}

fn kind(section: &Section, case: &mut Case<'_>) {
    let noun = section.noun();
    if section.role == Role::Other {
        return;
    }
    let Some(kind) = &section.plugin else {
        if !section.open {
            let fault = format!(
                "the {noun} `{}` has no `type`: Vector does not start",
                section.header.text
            );
            case.flag(section.header.span).with("fault", fault);
        }
        return;
    };
    let Some(name) = kind.known_text() else { return };
    if shippers::vector().plugin(noun, name).is_none() {
        let names =
            shippers::vector().plugins.iter().filter(|it| it.role == noun).map(|it| it.name.name);
        let hint = distance::nearest(name, names, 2)
            .map_or_else(String::new, |word| format!("; is `{word}` meant?"));
        let fault = format!("Vector has no {noun} of type `{name}`: it does not start{hint}");
        case.flag(kind.span).with("fault", fault);
    }
}

fn inputs(section: &Section, graph: &Graph<'_>, whole: bool, case: &mut Case<'_>) {
    let noun = section.noun();
    let given: Vec<_> = section.all("inputs").collect();
    let empty = given.iter().all(|input| input.value.known && input.value.text.is_empty());
    if empty {
        if !section.open {
            let span = given.first().map_or(section.header.span, |input| input.key.span);
            let fault = format!(
                "the {noun} `{}` has no inputs: Vector does not start",
                section.header.text
            );
            case.flag(span).with("fault", fault);
        }
        return;
    }
    for input in given {
        let fault = match graph.named(section, input) {
            Named::Nothing => {
                let names = graph.outputs.keys().map(String::as_str);
                let hint = distance::nearest(&input.value.text, names, 2);
                let hint = hint.map_or_else(String::new, |word| format!("; is `{word}` meant?"));
                format!(
                    "no component is called `{}`: Vector does not start{hint}",
                    input.value.text
                )
            }
            Named::NoOutput(name) => {
                format!(
                    "`{name}` has no output `{}`: Vector does not start",
                    &input.value.text[name.len() + 1..]
                )
            }
            _ => continue,
        };
        let flag = case.flag(input.value.span).with("fault", fault);
        if !whole {
            flag.severity(Severity::Info);
        }
    }
}
