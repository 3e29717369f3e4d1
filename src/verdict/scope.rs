//! Which documents count: one environment at a time, tests and examples seen but not counted.

use crate::config::Profile;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::judge;
use crate::repo::Repo;
use std::collections::BTreeSet;

/// A view of the repository for one evaluation.
pub(super) struct Scope<'a> {
    /// The repository.
    pub(super) repo: &'a Repo,
    environment: Option<String>,
    rehearsals_count: bool,
}

const ENVIRONMENTS: &[(&str, &str)] = &[
    ("prod", "production"),
    ("production", "production"),
    ("live", "production"),
    ("staging", "staging"),
    ("stage", "staging"),
    ("preprod", "preprod"),
    ("uat", "uat"),
    ("qa", "qa"),
    ("dev", "dev"),
    ("development", "dev"),
    ("sandbox", "sandbox"),
];

/// Whether an environment proves nothing for production.
pub(super) fn is_rehearsal(environment: &str) -> bool {
    environment != "production"
}

impl<'a> Scope<'a> {
    pub(super) fn new(repo: &'a Repo, environment: Option<&str>) -> Scope<'a> {
        let rehearsals_count = !repo
            .facts
            .documents
            .iter()
            .any(|document| is_evidence(document) && profile(repo, document) != Profile::Dev);
        Scope { repo, environment: environment.map(str::to_owned), rehearsals_count }
    }

    /// Whether this document is evidence here.
    pub(super) fn counts(&self, id: DocumentId) -> bool {
        let document = self.repo.document(id);
        let here = match (&self.environment, environment(self.repo, document)) {
            (Some(wanted), Some(its)) => wanted == its,
            _ => true,
        };
        let dev_wanted = self.environment.as_deref() == Some("dev");
        let rehearsal = profile(self.repo, document) == Profile::Dev && !dev_wanted;
        here && (self.rehearsals_count || !rehearsal)
    }
}

fn is_evidence(document: &Document) -> bool {
    !matches!(
        document.kind,
        Kind::Markdown | Kind::Text | Kind::HelmChart | Kind::PrometheusRuleTest | Kind::Kubernetes
    ) && !document.kind.is_code()
}

fn profile(repo: &Repo, document: &Document) -> Profile {
    judge::profile(&repo.settings, &repo.source(document.id.source).path)
}

/// The environment a document's path names, by whole segments and parts of the file's name.
fn environment(repo: &Repo, document: &Document) -> Option<&'static str> {
    let path = &repo.source(document.id.source).path;
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let named =
        |part: &str| ENVIRONMENTS.iter().find(|(word, _)| *word == part).map(|(_, name)| *name);
    folders.split('/').rev().find_map(named).or_else(|| file.split(['.', '-', '_']).find_map(named))
}

/// The environments that observability documents belong to, sorted.
pub(super) fn environments(repo: &Repo) -> Vec<String> {
    let found: BTreeSet<&str> = repo
        .facts
        .documents
        .iter()
        .filter(|document| is_evidence(document))
        .filter_map(|document| environment(repo, document))
        .collect();
    found.into_iter().map(str::to_owned).collect()
}
