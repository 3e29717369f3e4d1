//! Evidence of dashboards: what panels show of objectives.

use super::{Answer, Evidence, Holds};
use crate::facts::slo::{Slo, SloDialect};
use crate::verdict::scope::Scope;

/// A dashboard, or one that a program makes.
pub(super) fn dashboards(scope: &Scope<'_>) -> Answer {
    let boards = scope.repo.facts.dashboards.iter().filter(|board| scope.counts(board.document));
    let evidence: Vec<Evidence> =
        boards.map(|board| Evidence { span: board.anchor, fact: "dashboard".to_owned() }).collect();
    or_made(scope, evidence)
}

/// Panels that read indicators, burn rates or what tools record of objectives.
pub(super) fn slo_panels(scope: &Scope<'_>) -> Answer {
    let shown = scope.model.on_panels();
    let every = shown.objectives.iter().flatten().chain(&shown.others).chain(&shown.budgets);
    let mut queries: Vec<usize> = every.copied().collect();
    queries.sort_unstable();
    queries.dedup();
    or_made(scope, panels(scope, &queries))
}

/// Panels that read how much of a budget is left.
pub(super) fn budget_panels(scope: &Scope<'_>) -> Answer {
    or_made(scope, panels(scope, &scope.model.on_panels().budgets))
}

/// Objectives that are on some panel.
pub(super) fn objectives_shown(scope: &Scope<'_>) -> Answer {
    let shown = &scope.model.on_panels().objectives;
    let own: Vec<(&Slo, &Vec<usize>)> = scope
        .repo
        .facts
        .slos
        .iter()
        .zip(shown)
        .filter(|(slo, _)| scope.loads(slo.document))
        .collect();
    let on = |queries: &[usize]| !panels(scope, queries).is_empty();
    let evidence: Vec<Evidence> = own
        .iter()
        .filter(|(_, queries)| on(queries))
        .map(|(slo, _)| Evidence { span: slo.anchor, fact: format!("shows {}", slo.label()) })
        .collect();
    match (evidence.len(), own.len()) {
        (0, _) => or_made(scope, evidence),
        (some, all) if some == all => Answer::found(evidence),
        (some, all) => {
            Answer::partly(format!("{some} of {all} objectives are on a panel"), evidence)
        }
    }
}

fn panels(scope: &Scope<'_>, queries: &[usize]) -> Vec<Evidence> {
    let all = scope.model.queries();
    let shown = queries.iter().filter_map(|index| Some((&all[*index], all[*index].panel()?)));
    shown
        .filter(|(_, panel)| scope.counts(panel.document))
        .map(|(query, panel)| Evidence {
            span: query.scalar.span,
            fact: format!("panel {}", panel.name()),
        })
        .collect()
}

/// What is found; failing that, a dashboard that a program makes counts in part, and one that
/// comes with a tool is nobody's to see.
fn or_made(scope: &Scope<'_>, evidence: Vec<Evidence>) -> Answer {
    if !evidence.is_empty() {
        return Answer::found(evidence);
    }
    let made = scope.repo.facts.documents.iter().find(|document| {
        let path = scope.repo.source(document.id.source).path.to_ascii_lowercase();
        let program = [".jsonnet", ".libsonnet"].iter().any(|ending| path.ends_with(ending));
        program && scope.counts(document.id) && path.contains("dashboard")
    });
    if let Some(document) = made.filter(|_| scope.repo.facts.dashboards.is_empty()) {
        let fact = "a program that makes a dashboard".to_owned();
        let evidence = vec![Evidence { span: document.anchor, fact }];
        return Answer::partly("dashboards are made by a program, which is not run here", evidence);
    }
    let bundled = |slo: &Slo| {
        slo.dialect.is_vendor() || matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra)
    };
    let slos = &scope.repo.facts.slos;
    if !slos.is_empty() && slos.iter().all(bundled) {
        let note = "the tool of these objectives has dashboards of its own: a person confirms them";
        return Answer::new(Holds::Unknown, note.to_owned(), evidence);
    }
    Answer::found(evidence)
}
