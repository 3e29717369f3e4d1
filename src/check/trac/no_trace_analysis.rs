//! TRAC021: traces are kept, and nothing computes percentiles and shares of errors from them.

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let (repo, model) = (case.repo, case.model);
    let analyses = &repo.facts.trace_analyses;
    let store = repo.trace_stores().iter().find(|store| repo.is_ours(store.document));
    let told = analyses.iter().find(|one| one.given_client && !repo.starts_analysis(one));
    let Some(anchor) = told.map(|one| one.reads).or_else(|| store.map(|store| store.span)) else {
        return case.skip();
    };
    if repo.declared_managed("performance").is_some() {
        return;
    }
    let figures = model.figures();
    let missing = match (figures.percentiles.is_empty(), figures.errors.is_empty()) {
        (true, true) => "percentiles of latency nor shares of errors",
        (true, false) => "percentiles of latency",
        (false, true) => "shares of errors",
        (false, false) => return,
    };
    let why = match told {
        Some(_) => ": the client that this reads with is made nowhere",
        None => "",
    };
    case.flag(anchor).with("missing", missing).with("why", why);
}
