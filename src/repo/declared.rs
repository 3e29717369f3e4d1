//! What is declared of the repository: only declarations that count are found here.

use super::Repo;
use super::logfamilies::policy_name;
use crate::config::{Declaration, Settings, Stated, is_named};
use crate::facts::DocumentId;
use crate::facts::elastic::policy::LifecyclePolicy;

/// A declaration that counts, and its number among all of them.
pub type Declared<'r> = (usize, &'r Declaration);

impl Repo {
    /// Takes a configuration over; places in it are those of its file, if that was read.
    pub fn configure(&mut self, mut settings: Settings) {
        let source = settings.file.as_deref().and_then(|file| self.source_at(file));
        for declaration in &mut settings.declarations {
            declaration.place(source);
        }
        let waivers = settings.waivers_file.as_deref().and_then(|file| self.source_at(file));
        for waiver in &mut settings.waivers {
            waiver.place(waivers);
        }
        let attested = settings.attestations_file.as_deref().and_then(|file| self.source_at(file));
        for attestation in &mut settings.attestations {
            attestation.place(attested);
        }
        self.settings = settings;
    }

    /// What the configuration sets for a document: the file of the nearest folder decides.
    pub fn settings_of(&self, document: DocumentId) -> &Settings {
        self.settings.at(&self.source(document.source).path)
    }

    /// The declaration that one product stands in for another, by the words of the configuration:
    /// `loki` for `elk`.
    pub fn declared_equivalent(&self, product: &str, stands_for: &str) -> Option<Declared<'_>> {
        self.declared(|stated| match stated {
            Stated::Equivalent { product: this, stands_for: that } => {
                this == product && that == stands_for
            }
            _ => false,
        })
    }

    /// The declaration that others run this: a word of `config::MANAGED`.
    pub fn declared_managed(&self, what: &str) -> Option<Declared<'_>> {
        self.declared(
            |stated| matches!(stated, Stated::Managed(these) if these.iter().any(|it| it == what)),
        )
    }

    /// The declaration that a requirement does not apply.
    pub fn declared_not_applicable(&self, requirement: &str) -> Option<Declared<'_>> {
        self.declared(|stated| {
            matches!(stated, Stated::NotApplicable(ids) if ids.iter().any(|id| id.eq_ignore_ascii_case(requirement)))
        })
    }

    /// The declared role.
    pub fn declared_role(&self) -> Option<(&str, Declared<'_>)> {
        self.settings.counting().find_map(|(number, declaration)| match &declaration.stated {
            Stated::Role(role) => Some((role.as_str(), (number, declaration))),
            _ => None,
        })
    }

    /// Whether a service is declared to be there without being in the repository: by its whole
    /// name, or the first part of a host name.
    pub fn is_external_service(&self, name: &str) -> bool {
        let names = &self.settings.external_services;
        let first = name.split('.').next().unwrap_or(name);
        is_named(names, name) || is_named(names, first)
    }

    /// Whether a policy is declared to be for indices that are kept for good: by its own name, or by
    /// the patterns of the indices it is for.
    pub fn is_kept(&self, policy: &LifecyclePolicy) -> bool {
        let names = &self.settings.kept_indices;
        let templates = self.facts.index_templates.iter().filter(|template| {
            template.document == policy.document && template.lifecycle.is_some()
                || policy_name(template).is_some_and(|(name, _)| {
                    self.lifecycle_policy(name, template.document)
                        .is_some_and(|found| std::ptr::eq(found, policy))
                })
        });
        !names.is_empty()
            && (policy.name.as_deref().is_some_and(|name| is_named(names, name))
                || policy
                    .patterns
                    .iter()
                    .chain(templates.flat_map(|template| &template.patterns))
                    .any(|pattern| is_named(names, &pattern.text)))
    }

    /// Whether a metric is declared to come from elsewhere.
    pub fn is_external_metric(&self, name: &str) -> bool {
        is_named(&self.settings.external_metrics, name)
    }

    fn declared(&self, is_meant: impl Fn(&Stated) -> bool) -> Option<Declared<'_>> {
        self.settings.counting().find(|(_, declaration)| is_meant(&declaration.stated))
    }
}
