//! A text that prints an annotation some alert lacks.
//! Rule: rules/amgr/template-annotation-missing.yaml

use crate::check::Case;
use crate::facts::Subject;
use crate::finding::Edit;
use crate::lang::template::data::Map;
use crate::repo::arrivals::Arrival;
use crate::repo::notifications::{Home, Notification, Read};
use std::collections::BTreeSet;

/// Alerts named beside the first place.
const NAMED: usize = 3;

pub(super) fn check<'a>(text: &'a Notification<'a>, case: &mut Case<'a>) {
    if matches!(text.home, Home::Pattern(..)) {
        return case.skip();
    }
    let model = case.model;
    let mut seen = BTreeSet::new();
    for read in model.notifications().reads_of(text.index) {
        let annotation = matches!(read.access.map, Map::Annotations | Map::CommonAnnotations);
        if !annotation || read.access.guarded || seen.contains(&read.access.extent) {
            continue;
        }
        let lacking = model.arrivals(read.integration).iter().filter(|arrival| {
            let annotations = &arrival.alert.annotations;
            !annotations.open && annotations.get(&read.access.key).is_none()
        });
        let lacking: Vec<&Arrival<'_>> = lacking.collect();
        if !lacking.is_empty() {
            seen.insert(read.access.extent);
            report(text, read, &lacking, case);
        }
    }
}

fn report(text: &Notification<'_>, read: &Read<'_>, lacking: &[&Arrival<'_>], case: &mut Case<'_>) {
    let repo = case.repo;
    let access = &read.access;
    let words = &text.text()[access.extent.range()];
    let first = &lacking[0].alert.name.text;
    let alerts = match lacking.len() {
        1 => format!("alert `{first}` comes here and lacks"),
        count => format!("alert `{first}` and {} more come here and lack", count - 1),
    };
    let mut flag = case
        .flag(text.place(repo, access.extent))
        .with("words", words)
        .with("annotation", access.key.to_string())
        .with("alerts", alerts);
    for arrival in lacking.iter().take(NAMED) {
        let way = match arrival.route {
            Some(route) => {
                format!("taken by the {} at line {}", route.title(), repo.line(route.span))
            }
            None => "taken by the root route".to_owned(),
        };
        let name = &arrival.alert.name;
        flag =
            flag.related(name.span, format!("alert {} has no `{}`; {way}", name.text, access.key));
    }
    let step = text.parsed.steps.get(access.step).filter(|_| access.alone);
    if let Some(action) = step.and_then(|step| text.text().get(step.extent.range())) {
        let open = if action.starts_with("{{-") { "{{- " } else { "{{ " };
        let close = if action.ends_with("-}}") { " -}}" } else { " }}" };
        let new = format!("{open}if {words} }}}}{{{{ {words} }}}}{{{{ end{close}");
        let span = text.place(repo, text.parsed.steps[access.step].extent);
        flag.fix(true, "print it only where it is there", vec![Edit { span, text: new }]);
    }
}
