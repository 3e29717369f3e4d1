//! No strategy file. Rule: rules/strat/strategy-file-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::Document;
use crate::facts::strategy::PILLARS;
use crate::identify::Kind;
use crate::repo::Repo;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = applicable(repo) else { return case.skip() };
    let broken =
        |document: &Document| document.kind == Kind::Strategy && !document.text_issues.is_empty();
    if !repo.facts.strategies.is_empty() || repo.facts.documents.iter().any(broken) {
        return;
    }
    let configured: Vec<&str> = PILLARS
        .iter()
        .copied()
        .filter(|pillar| {
            repo.evidence_of_pillar(pillar).next().is_some() || repo.is_set_up_in_code(pillar)
        })
        .collect();
    let places: Vec<_> = configured
        .iter()
        .filter_map(|pillar| Some((*pillar, repo.evidence_of_pillar(pillar).next()?.span)))
        .collect();
    let all = configured.len() == PILLARS.len();
    // Where all that is kept says for how long, that is written down.
    let told = !configured.is_empty() && configured.iter().all(|it| repo.tells_retention(it));
    let owed = !all && !told && repo.is_owed_by_all(first.id);
    let severity = match repo.is_configured() || owed {
        true => Severity::Error,
        false => Severity::Warning,
    };
    // What is not seen here may be set up by a package, an agent or a platform.
    let seen = match configured.len() {
        0 => String::new(),
        3 => ", though the tools are configured".to_owned(),
        _ => format!(", though {} are configured", configured.join(" and ")),
    };
    let mut flag = case.flag(first.anchor).severity(severity).with("seen", seen);
    for (pillar, span) in places {
        flag = flag.related(span, format!("{pillar} configured here"));
    }
}

/// The first document that shows something which is operated: a deployment, or the configuration
/// of an observability tool. A library has none, outside its tests and examples.
pub(in crate::check) fn applicable(repo: &Repo) -> Option<&Document> {
    let deployed = repo.deploying();
    let runs = repo.services().iter().any(|service| service.runs() && service.is_certain());
    let counts = |document: &&Document| match document.kind {
        Kind::Compose | Kind::Kubernetes | Kind::HelmValues => deployed.contains(&document.id),
        // What a program logs is its own business as long as nobody runs it.
        Kind::LoggingConfig => {
            runs && !repo.source(document.id.source).path.ends_with("alembic.ini")
        }
        Kind::HelmChart => !repo.only_runs_jobs(document),
        Kind::Strategy
        | Kind::Markdown
        | Kind::Text
        | Kind::Dockerfile
        | Kind::EnvFile
        | Kind::Manifest
        | Kind::CodeOwners
        | Kind::Terraform => false,
        Kind::PrometheusRuleTest | Kind::CiPipeline => false,
        kind => !kind.is_code(),
    };
    // Test and example paths are seen, not counted.
    let own = |document: &&Document| repo.stands(document.id);
    // What runs says more than what is shown of it.
    let shown = |document: &&Document| {
        matches!(
            document.kind,
            Kind::GrafanaDashboard
                | Kind::KibanaObjects
                | Kind::LogQuery
                | Kind::IndexTemplate
                | Kind::LoggingConfig
        )
    };
    let documents = || repo.facts.documents.iter().filter(own).filter(counts);
    documents().find(|document| !shown(document)).or_else(|| documents().next())
}
