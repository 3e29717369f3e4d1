//! What the records of a service say: what their format brings, what is bound to loggers, and
//! what ships them adds.

mod added;

use super::Repo;
use super::services::Service;
use crate::facts::DocumentId;
use crate::lang::path::join;
use crate::lang::quick::QuickMap;
use crate::lang::records::Part;
use crate::source::Span;
use added::Added;
use std::collections::{BTreeMap, BTreeSet};

/// What files say of records, and what is added on their way.
#[derive(Debug, Default)]
pub struct RecordIndex {
    /// Numbers in `facts.record_parts` by the code they stand in.
    of_code: QuickMap<DocumentId, usize>,
    /// Settings: their folder and number.
    settings: Vec<(String, usize)>,
    added: Added,
}

/// What the records of one service have.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Parts that are certainly there, and where that is said.
    pub parts: BTreeMap<Part, Span>,
    /// Parts that may be there.
    maybe: BTreeSet<Part>,
    /// They may have any part.
    pub open: bool,
}

impl Records {
    /// Parts that are certainly missing: those a record is incomplete without, or the others.
    pub fn missing(&self, required: bool) -> Vec<Part> {
        let gone = |part: &Part| {
            !self.open && !self.parts.contains_key(part) && !self.maybe.contains(part)
        };
        let asked = Part::ALL.into_iter().filter(|part| part.is_required() == required);
        asked.filter(gone).collect()
    }

    /// The first part that nobody can show, of those a record is incomplete without.
    pub fn unproven(&self) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.is_required() && !self.parts.contains_key(part))
    }

    fn add(&mut self, part: Part, span: Span) {
        self.parts.entry(part).or_insert(span);
    }
}

impl RecordIndex {
    fn of(repo: &Repo) -> RecordIndex {
        let mut index = RecordIndex { added: added::added(repo), ..RecordIndex::default() };
        for (number, parts) in repo.facts.record_parts.iter().enumerate() {
            if repo.document(parts.document).kind.is_code() {
                index.of_code.insert(parts.document, number);
            } else {
                let path = &repo.source(parts.document.source).path;
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                index.settings.push((folder.to_owned(), number));
            }
        }
        index
    }
}

impl Repo {
    /// Whether what ships records here has those of a service: it takes what all containers print, or
    /// names the service.
    pub fn ships_records_of(&self, service: &Service) -> bool {
        const ALL: &[&str] =
            &["/var/lib/docker", "/var/log/containers", "/var/log/pods", "docker", "kubernetes"];
        let facts = &self.facts;
        let receivers = facts
            .components
            .iter()
            .filter(|component| matches!(component.kind(), "filelog" | "fluentforward" | "syslog"));
        let documents = facts.beats.iter().map(|it| it.document);
        let documents: BTreeSet<DocumentId> = documents
            .chain(facts.shipper_sections.iter().map(|it| it.document))
            .chain(facts.logstash_plugins.iter().map(|it| it.document))
            .chain(receivers.map(|it| it.document))
            .collect();
        let mut programs = self.services().iter().filter(|it| it.runs() && !it.rehearsal);
        let lone = programs.by_ref().count() == 1;
        documents.into_iter().any(|document| {
            if lone {
                return true;
            }
            let text = self.source(document.source).look();
            text.contains(service.name.as_str()) || ALL.iter().any(|word| text.contains(word))
        })
    }

    /// Whether what ships records sends them to the store of a cloud, beside what it knows of the
    /// machine.
    pub fn ships_to_cloud(&self) -> bool {
        const STORES: &[&str] = &[
            "aws_cloudwatch_logs",
            "cloudwatch",
            "cloudwatch_logs",
            "gcp_stackdriver_logs",
            "google_cloud",
            "stackdriver",
        ];
        let sections = self.facts.shipper_sections.iter();
        let mut plugins = sections.filter_map(|section| section.plugin.as_ref());
        plugins.any(|plugin| STORES.contains(&plugin.text.as_str()))
    }

    /// Whether a platform takes what a service prints, and adds when and where that was: NAIS,
    /// Heroku, Cloud Foundry, Cloud Run, App Engine, Fly, Lambda; or Kubernetes, where the service
    /// runs by what is here.
    pub fn platform_takes_records(&self, service: &Service) -> bool {
        const FILES: &[&str] = &[
            "Procfile",
            "app.yaml",
            "fly.toml",
            "heroku.yml",
            "host.json",
            "manifest.yml",
            "render.yaml",
            "samconfig.toml",
            "serverless.ts",
            "serverless.yaml",
            "serverless.yml",
        ];
        let mut containers = service.containers.iter().map(|&it| &self.facts.containers[it]);
        if containers.any(|it| it.workload != "compose") {
            return true;
        }
        let objects = self.facts.documents.iter().filter_map(|document| {
            let object = document.object.as_ref()?;
            let takes = ["nais.io/", "serving.knative.dev/"];
            takes.iter().any(|group| object.api_version.starts_with(group)).then_some(document.id)
        });
        let object = |name: &str| {
            self.facts.documents.iter().any(|document| {
                document.object.is_some() && self.source(document.id.source).path == name
            })
        };
        let below = |path: &str| {
            service.root.is_empty()
                || path.strip_prefix(&service.root).is_some_and(|rest| rest.starts_with('/'))
        };
        let root = |name: &&str| {
            join(&service.root, name).is_some_and(|path| self.has_path(&path) && !object(&path))
        };
        FILES.iter().any(root) || objects.into_iter().any(|it| below(&self.source(it.source).path))
    }

    /// What the records of a service have.
    pub fn records_of(&self, service: &Service) -> Records {
        let index = self.records.get_or_init(|| RecordIndex::of(self));
        let root = &service.root;
        let below = |folder: &str| {
            root.is_empty() || folder == root || folder.starts_with(&format!("{root}/"))
        };
        let code = service.documents.iter().filter_map(|document| index.of_code.get(document));
        let settings = index.settings.iter().filter(|(folder, _)| below(folder));
        let mut records = Records::default();
        let mut otlp = false;
        for number in code.chain(settings.map(|(_, number)| number)) {
            let found = &self.facts.record_parts[*number];
            found.parts.iter().for_each(|(part, span)| records.add(*part, *span));
            records.maybe.extend(&found.maybe);
            records.open |= found.open;
            otlp |= found.otlp;
        }
        if otlp {
            self.add_resource(service, &mut records);
        }
        let rehearsal = service.rehearsal;
        for (part, span, at) in &index.added.parts {
            if rehearsal || !self.is_rehearsal(*at) {
                records.add(*part, *span);
            }
        }
        records.maybe.extend(&index.added.maybe);
        records.open |= index.added.open;
        records
    }

    /// Records that leave as OTLP stand beside the resource of their program.
    fn add_resource(&self, service: &Service, records: &mut Records) {
        let identity = self.identity_of(service);
        for (key, span) in &identity.keys {
            if let Some(part) = Part::of_field(key) {
                records.add(part, *span);
            }
        }
        if identity.open || self.is_orchestrated() {
            records.maybe.extend([Part::Service, Part::Environment, Part::Version, Part::Host]);
        }
        // SDKs name the process by themselves.
        records.maybe.insert(Part::Host);
    }
}
