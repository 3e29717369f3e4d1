//! Evidence of searches on logs: which of the four purposes of the standard they serve.

use super::{Answer, Evidence, Holds};
use crate::identify::Kind;
use crate::repo::logfields::Purpose;
use crate::verdict::scope::Scope;

/// Searches that serve a purpose.
pub(super) fn serving(scope: &Scope<'_>, purpose: Purpose) -> Answer {
    or_hidden(scope, searches(scope, |purposes| purposes == purpose))
}

/// Searches that serve any of the four.
pub(super) fn any(scope: &Scope<'_>) -> Answer {
    or_hidden(scope, searches(scope, |_| true))
}

fn searches(scope: &Scope<'_>, wanted: impl Fn(Purpose) -> bool) -> Vec<Evidence> {
    let queries = scope.repo.facts.log_queries.iter();
    let mut found = Vec::new();
    for query in queries.filter(|query| scope.counts(query.document)) {
        let purposes = query.purposes();
        let served: Vec<&str> =
            purposes.into_iter().filter(|one| wanted(*one)).map(Purpose::name).collect();
        if !served.is_empty() {
            found.push(Evidence {
                span: query.anchor,
                fact: format!("shows {}", served.join(", ")),
            });
        }
    }
    found
}

/// What is found; nobody can tell where searches may stand in a text that was not read.
fn or_hidden(scope: &Scope<'_>, evidence: Vec<Evidence>) -> Answer {
    let kinds = [Kind::KibanaObjects, Kind::LogQuery, Kind::GrafanaDashboard];
    let skipped = scope
        .repo
        .facts
        .skips
        .iter()
        .any(|skip| skip.kind.is_some_and(|kind| kinds.contains(&kind)));
    let made = scope.repo.paths.iter().any(|path| {
        let path = path.to_ascii_lowercase();
        path.contains("dashboard")
            && [".jsonnet", ".libsonnet"].iter().any(|end| path.ends_with(end))
    });
    if evidence.is_empty() && (skipped || made) {
        return Answer::unknown("searches may stand in what was not read".to_owned());
    }
    let found = Answer::found(evidence);
    match found.holds {
        Holds::No => Answer { note: "no such search".to_owned(), ..found },
        _ => found,
    }
}
