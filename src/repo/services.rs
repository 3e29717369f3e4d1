//! Deployable units of the repository: the code of each, what it imports, what builds and runs
//! it, and what it waits for.

mod certainty;
mod closure;
mod deployed;
mod env;
mod house;
mod identity;
mod kind;
pub(super) mod modules;
mod signals;
mod units;

pub use certainty::Certainty;
pub(in crate::repo) use certainty::PLATFORMS;
pub use env::Env;
pub use signals::{Called, Signal};

use super::Repo;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::identify::Kind;
use crate::lang::path::folder as folder_of;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceKind {
    /// It takes requests.
    Server,
    /// It takes messages, or works by a schedule.
    Worker,
    /// A program that ends: its user waits for it.
    Cli,
    /// Code for others to build in.
    Library,
    /// Files that another program serves, or that are installed where their user sits: a page
    /// without a server of its own, a window.
    Site,
    /// Nobody can say: its language is not read, or what it waits for was not found.
    Unknown,
}

impl ServiceKind {
    /// The word used in output.
    pub fn name(self) -> &'static str {
        match self {
            ServiceKind::Server => "server",
            ServiceKind::Worker => "worker",
            ServiceKind::Cli => "command",
            ServiceKind::Library => "library",
            ServiceKind::Site => "site",
            ServiceKind::Unknown => "unknown",
        }
    }
}

/// A deployable unit, or a library.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its folder; empty for the root.
    pub root: String,
    /// What it is.
    pub kind: ServiceKind,
    /// How certain it is that it is a service that this repository deploys, and that all it has
    /// can be seen.
    pub certainty: Certainty,
    /// How certain it is that this repository deploys it, whatever packages of its house do.
    pub placed: Certainty,
    /// Signals that a package of its house, which is not here, may set up, and those that are not asked
    /// of what is run once for each piece of work.
    pub hidden: BTreeSet<Signal>,
    /// The document of `anchor`.
    pub document: DocumentId,
    /// The defining key of its manifest, its Dockerfile, its container or its entry file: where
    /// something that it lacks is reported.
    pub anchor: Span,
    /// Its own code files, sorted.
    pub own: Vec<DocumentId>,
    /// Its own code files and those of the repository that they import, directly or through
    /// others; sorted. Tests are left out.
    pub documents: Vec<DocumentId>,
    /// Languages of its own code, sorted.
    pub languages: Vec<Kind>,
    /// Languages of its own code that are not read, by name.
    pub unread: Vec<&'static str>,
    /// All its code could be read: what was not found is not there.
    pub complete: bool,
    /// Main functions.
    pub entries: Vec<Span>,
    /// Where it takes requests.
    pub listens: Vec<Span>,
    /// Where it takes messages or times.
    pub consumes: Vec<Span>,
    /// Numbers of its containers in `facts.containers`.
    pub containers: Vec<usize>,
    /// Numbers of its Dockerfiles in `facts.base_images`.
    pub images: Vec<usize>,
    /// Numbers in `facts.supervised` of what supervisord starts in its images.
    pub supervised: Vec<usize>,
    /// Numbers in `facts.agent_lines` of what scripts start under an agent that its images, containers
    /// and manifests start.
    pub agent_lines: Vec<usize>,
    /// Numbers of its manifests in `facts.manifests`.
    pub manifests: Vec<usize>,
    /// Numbers of all manifests whose dependencies it has: its own, their parents', and those of
    /// the projects it is built with.
    pub built_with: Vec<usize>,
    /// A test, an example or a demonstration.
    pub rehearsal: bool,
    /// Who answers for it, where the configuration or a catalogue says so.
    pub owner: Option<String>,
}

impl Service {
    /// Whether it runs and waits for others: what the standard asks of services is asked of it.
    pub fn runs(&self) -> bool {
        matches!(self.kind, ServiceKind::Server | ServiceKind::Worker)
    }

    /// Whether it certainly is a service that this repository deploys.
    pub fn is_certain(&self) -> bool {
        self.certainty == Certainty::Certain
    }

    /// How certain it is that it is deployed from here and that nobody sets up a signal for it
    /// where nobody here can look.
    pub fn certainty_of(&self, signal: Signal) -> Certainty {
        match self.hidden.contains(&signal) {
            true => self.placed.min(Certainty::Likely),
            false => self.placed,
        }
    }

    /// Whether what is not found in its code certainly is not there.
    pub fn is_readable(&self) -> bool {
        self.complete && self.unread.is_empty()
    }

    /// Why what it lacks cannot be said, in a few words.
    pub fn unread_reason(&self) -> String {
        match self.unread.as_slice() {
            [] => "some of its files could not be read".to_owned(),
            languages => format!("{} not analysed", languages.join(", ")),
        }
    }

    /// Why nothing can be said of it for certain, in a few words.
    pub fn open_reason(&self) -> String {
        match self.is_certain() || !self.is_readable() {
            true => self.unread_reason(),
            false => "not certain that it is deployed from here".to_owned(),
        }
    }

    /// Whether a document is part of its code, or of what that imports.
    pub fn has(&self, document: DocumentId) -> bool {
        self.documents.binary_search(&document).is_ok()
    }
}

impl Subject for Service {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Service
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("service {}", self.name)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => Held::Text(&self.name),
            "kind" => Held::Text(self.kind.name()),
            "root" => Held::Text(&self.root),
            "certainty" => Held::Text(self.certainty.name()),
            "certainty.logs" => Held::Text(self.certainty_of(Signal::Logs).name()),
            "certainty.metrics" => Held::Text(self.certainty_of(Signal::Metrics).name()),
            "certainty.traces" => Held::Text(self.certainty_of(Signal::Traces).name()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.anchor)
    }
}

/// All units, and which of them a document belongs to.
#[derive(Debug, Default)]
pub struct Services {
    /// In the order of their folders.
    pub all: Vec<Service>,
    /// The units a code file is part of, by the number of its document.
    of_code: Vec<Vec<usize>>,
    /// The unit whose containers a document holds; none where there are several.
    of_manifest: BTreeMap<DocumentId, Option<usize>>,
    /// Units by their folder.
    of_folder: BTreeMap<String, Vec<usize>>,
}

impl Services {
    fn of(repo: &Repo) -> Services {
        let of_code = vec![Vec::new(); repo.facts.documents.len()];
        let mut services =
            Services { all: deployed::services(repo), of_code, ..Services::default() };
        for (number, service) in services.all.iter().enumerate() {
            for document in &service.documents {
                services.of_code[repo.number_of(*document)].push(number);
            }
            services.of_folder.entry(service.root.clone()).or_default().push(number);
            for container in &service.containers {
                let document = repo.facts.containers[*container].document;
                services
                    .of_manifest
                    .entry(document)
                    .and_modify(|known| *known = known.filter(|known| *known == number))
                    .or_insert(Some(number));
            }
        }
        // Containers of others stand beside it.
        let mut own: BTreeMap<usize, ()> = BTreeMap::new();
        own.extend(services.all.iter().flat_map(|it| &it.containers).map(|&it| (it, ())));
        for (number, container) in repo.facts.containers.iter().enumerate() {
            if !own.contains_key(&number)
                && let Some(known) = services.of_manifest.get_mut(&container.document)
            {
                *known = None;
            }
        }
        services
    }
}

impl Repo {
    /// The deployable units of the repository, and its libraries.
    pub fn services(&self) -> &[Service] {
        &self.service_index().all
    }

    /// The services that the standard asks things of, with their numbers: those that run and wait
    /// for others, and those that run in a language that is not read. Examples count only where
    /// there is nothing else.
    pub fn standing_services(&self) -> impl Iterator<Item = (usize, &Service)> {
        let stands = |service: &Service| {
            let runs = !service.containers.is_empty() || !service.images.is_empty();
            service.runs() || (runs && !service.unread.is_empty())
        };
        let serious = self.services().iter().any(|it| stands(it) && !it.rehearsal);
        let all = self.services().iter().enumerate();
        all.filter(move |(_, it)| stands(it) && (!serious || !it.rehearsal))
    }

    pub(super) fn service_index(&self) -> &Services {
        self.units.get_or_init(|| Services::of(self))
    }

    /// Numbers of the units that a code file is part of.
    pub fn services_with(&self, document: DocumentId) -> &[usize] {
        &self.service_index().of_code[self.number_of(document)]
    }

    /// The unit that a document belongs to: the one that owns the code, whose containers it
    /// holds, or in whose folder it stands. Code that several share belongs to none.
    pub fn service_of(&self, document: DocumentId) -> Option<&Service> {
        let index = self.service_index();
        let numbers = &index.of_code[self.number_of(document)];
        if !numbers.is_empty() {
            let own = |number: &&usize| index.all[**number].own.binary_search(&document).is_ok();
            let found = numbers.iter().find(own).or(match numbers.as_slice() {
                [only] => Some(only),
                _ => None,
            });
            return found.map(|&number| &index.all[number]);
        }
        if let Some(number) = index.of_manifest.get(&document) {
            return number.map(|number| &index.all[number]);
        }
        let mut folder = folder_of(&self.source(document.source).path);
        loop {
            if let Some([number]) = index.of_folder.get(folder).map(Vec::as_slice) {
                // What stands at the root belongs to all.
                let only = !folder.is_empty() || index.all.len() == 1;
                return only.then(|| &index.all[*number]);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }
}
