//! Every cell of the decision tables: a small repository, and the verdict it must get.

use obsproof::catalogue::rules;
use obsproof::config::Settings;
use obsproof::repo::model::Model;
use obsproof::source::{Encoding, Source};
use obsproof::verdict::{Assessed, Verdict, assess, examine};
use obsproof::{check, scan};

#[path = "verdicts/alerts.rs"]
mod alerts;
#[path = "verdicts/collector.rs"]
mod collector;
#[path = "verdicts/correlation.rs"]
mod correlation;
#[path = "verdicts/dash.rs"]
mod dash;
#[path = "verdicts/declared.rs"]
mod declared;
#[path = "verdicts/instruments.rs"]
mod instruments;
#[path = "verdicts/logging.rs"]
mod logging;
#[path = "verdicts/metrics.rs"]
mod metrics;
#[path = "verdicts/queries.rs"]
mod queries;
#[path = "verdicts/records.rs"]
mod records;
#[path = "verdicts/response.rs"]
mod response;
#[path = "verdicts/routing.rs"]
mod routing;
#[path = "verdicts/services.rs"]
mod services;
#[path = "verdicts/shipping.rs"]
mod shipping;
#[path = "verdicts/slo.rs"]
mod slo;
#[path = "verdicts/spans.rs"]
mod spans;
#[path = "verdicts/telemetry.rs"]
mod telemetry;
#[path = "verdicts/tracing.rs"]
mod tracing;

/// What is said of a requirement in a repository of these files.
fn assessed(files: &[(&str, &str)], requirement: &str) -> Assessed {
    assessed_with(files, requirement, Settings::default())
}

/// The same, under a configuration.
fn assessed_with(files: &[(&str, &str)], requirement: &str, settings: Settings) -> Assessed {
    let mut files = files.to_vec();
    files.sort_unstable();
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let source =
        |(path, text): &(&str, &str)| Source::new(*path, (*text).to_owned(), Encoding::Utf8);
    let mut repo = scan::model(files.iter().map(source).collect(), paths);
    repo.configure(settings);
    let all: Vec<_> = rules().iter().collect();
    let mut outcomes = check::check(&repo, &all);
    examine(&Model::new(&repo), &mut outcomes);
    let findings: Vec<_> =
        outcomes.iter().flat_map(|outcome| &outcome.findings).map(Box::as_ref).collect();
    let assessment = assess(&Model::new(&repo), &outcomes, &findings);
    let found = assessment.requirements.into_iter().find(|one| one.requirement.id == requirement);
    found.unwrap_or_else(|| panic!("no requirement {requirement}"))
}

fn verdict(files: &[(&str, &str)], requirement: &str) -> Verdict {
    let assessed = assessed(files, requirement);
    eprintln!("{requirement}: {:?} {}", assessed.verdict, assessed.reason);
    assessed.verdict
}

/// Whether every rule that decides a requirement exists.
fn is_built(requirement: &str) -> bool {
    let found = obsproof::standard::requirement(requirement);
    let found = found.unwrap_or_else(|| panic!("no requirement {requirement}"));
    let decisive = found.clauses.iter().filter(|clause| !clause.optional);
    decisive
        .into_iter()
        .flat_map(|clause| clause.rules)
        .all(|code| obsproof::catalogue::by_code(code).is_some())
}

/// The result of one clause.
fn clause(files: &[(&str, &str)], requirement: &str, clause: &str) -> Verdict {
    let assessed = assessed(files, requirement);
    let found = assessed.clauses.iter().find(|one| one.clause.id == clause);
    let found = found.unwrap_or_else(|| panic!("{requirement} has no clause {clause}"));
    eprintln!("{requirement} {clause}: {:?} {}", found.result, found.reason);
    found.result
}
