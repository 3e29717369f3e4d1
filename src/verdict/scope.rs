//! Which documents count: one environment at a time, tests and examples seen but not counted.

use super::evidence::Answer;
use crate::config::Profile;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::model::Model;
use crate::repo::paths;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

/// A view of the repository for one evaluation.
pub(super) struct Scope<'a> {
    /// The repository.
    pub(super) repo: &'a Repo,
    /// What its expressions mean together.
    pub(super) model: &'a Model<'a>,
    /// By number of the document: whether it is evidence here.
    counts: Vec<bool>,
    /// By number of the document: whether it is, and some server here may load it.
    loads: OnceLock<Vec<bool>>,
    /// Answers given here: clauses share their questions.
    answers: Mutex<BTreeMap<&'static str, Arc<OnceLock<Answer>>>>,
}

/// The repository as a whole, and what was asked of it.
pub struct Whole<'a>(pub(super) Scope<'a>);

/// Whether an environment proves nothing for production.
pub(super) fn is_rehearsal(environment: &str) -> bool {
    environment != "production"
}

impl<'a> Scope<'a> {
    pub(super) fn new(model: &'a Model<'a>, only: Option<&str>) -> Scope<'a> {
        let repo = model.repo;
        let documents = &repo.facts.documents;
        let profiles: Vec<Profile> =
            documents.iter().map(|document| repo.profile(document.id.source)).collect();
        let rehearsals_count = !documents
            .iter()
            .zip(&profiles)
            .any(|(document, profile)| is_evidence(document) && *profile != Profile::Dev);
        let dev_wanted = only == Some("dev");
        let counts = documents
            .iter()
            .zip(&profiles)
            .map(|(document, profile)| {
                let here = match (only, repo.environment(document.id)) {
                    (Some(wanted), Some(its)) => wanted == its,
                    _ => true,
                };
                let rehearsal = *profile == Profile::Dev && !dev_wanted;
                here && (rehearsals_count || !rehearsal)
            })
            .collect();
        Scope { repo, model, counts, loads: OnceLock::new(), answers: Mutex::default() }
    }

    /// The answer to a question, looked for once; who asks meanwhile waits for it.
    pub(super) fn answer(
        &self,
        name: &'static str,
        query: impl FnOnce(&Scope<'a>) -> Answer,
    ) -> Answer {
        let cell = match self.answers.lock() {
            Ok(mut answers) => Arc::clone(answers.entry(name).or_default()),
            // Somebody panicked with the list in hand: the answer stands for itself.
            Err(_) => Arc::default(),
        };
        cell.get_or_init(|| query(self)).clone()
    }

    /// Whether this document is evidence here, and not left out by the servers of the repository.
    pub(super) fn loads(&self, id: DocumentId) -> bool {
        let loads = self.loads.get_or_init(|| {
            let documents = self.repo.facts.documents.iter();
            documents.map(|it| self.counts(it.id) && paths::is_loaded(self.repo, it.id)).collect()
        });
        loads[self.repo.number_of(id)]
    }

    /// Whether this document is evidence here.
    pub(super) fn counts(&self, id: DocumentId) -> bool {
        self.counts[self.repo.number_of(id)]
    }
}

fn is_evidence(document: &Document) -> bool {
    !matches!(
        document.kind,
        Kind::Markdown
            | Kind::Text
            | Kind::Dockerfile
            | Kind::EnvFile
            | Kind::Manifest
            | Kind::CodeOwners
            | Kind::CiPipeline
            | Kind::Terraform
            | Kind::CloudFormation
            | Kind::HelmChart
            | Kind::PrometheusRuleTest
            | Kind::Kubernetes
    ) && !document.kind.is_code()
}

/// The environments that observability documents belong to, sorted.
pub(super) fn environments(repo: &Repo) -> Vec<String> {
    let found: BTreeSet<&str> = repo
        .facts
        .documents
        .iter()
        .filter(|document| is_evidence(document))
        .filter_map(|document| repo.environment(document.id))
        .collect();
    found.into_iter().map(str::to_owned).collect()
}
