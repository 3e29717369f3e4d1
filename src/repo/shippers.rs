//! Log shippers: which documents make one configuration, and what its sections mean together.

pub mod delivery;
pub mod destinations;
pub mod failures;
pub mod files;
pub mod fluentd;
pub mod parsers;
pub mod tags;
pub mod vector;

use super::Repo;
use crate::facts::scalar::Scalar;
use crate::facts::shipper::{Program, Property, Role, Section};
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::identify::vector::part as vector_part;
use crate::lang::path::{folder, glob, join, last};
use destinations::{Reach, reach};
use std::collections::{BTreeMap, BTreeSet};

/// Documents that one process loads together.
#[derive(Debug)]
pub struct Set {
    /// Who loads them.
    pub program: Program,
    /// The documents, in the order of the files.
    pub documents: Vec<DocumentId>,
    /// More may belong to it than the repository shows.
    pub open: bool,
}

/// All sets.
#[derive(Debug, Default)]
pub struct Shippers {
    /// In the order of their first documents.
    pub sets: Vec<Set>,
    of: BTreeMap<DocumentId, usize>,
    /// Sections inside each section.
    children: BTreeMap<(DocumentId, u32), Vec<u32>>,
}

impl Shippers {
    /// The number of a document's set.
    pub fn number(&self, document: DocumentId) -> Option<usize> {
        self.of.get(&document).copied()
    }

    /// The set of a document.
    pub fn set(&self, document: DocumentId) -> Option<&Set> {
        self.of.get(&document).map(|number| &self.sets[*number])
    }

    pub(super) fn of(repo: &Repo) -> Shippers {
        let members: Vec<&Document> =
            repo.facts.documents.iter().filter(|document| program(document).is_some()).collect();
        let mut joiner = Joiner::new(repo, &members);
        joiner.hosts();
        joiner.includes();
        joiner.folders();
        let mut shippers = joiner.finish();
        for section in &repo.facts.shipper_sections {
            if let Some(parent) = section.parent {
                let children = shippers.children.entry((section.document, parent)).or_default();
                children.push(section.index);
            }
        }
        shippers
    }
}

/// What the sections of each set mean together, by the number of the set.
#[derive(Debug, Default)]
pub struct Shipping<'r> {
    /// Tags of Fluent Bit; nothing where they cannot be known.
    pub tags: Vec<Option<Vec<tags::Tag<'r>>>>,
    /// Parsers of Fluent Bit.
    pub parsers: Vec<parsers::Parsers>,
    /// Components of Vector.
    pub graphs: Vec<vector::Graph<'r>>,
    /// Components of Vector that feed each other in a circle.
    pub cycles: Vec<Vec<Vec<&'r str>>>,
    /// What the sections are for.
    pub roles: Vec<Roles<'r>>,
    /// `<match>` elements by the element around them.
    pub matches: BTreeMap<(DocumentId, u32), Vec<&'r Section>>,
    /// Components of Vector that others read.
    pub consumed: Vec<BTreeSet<&'r str>>,
    /// What ships which logs where to; of all sets and of other programs.
    pub shipments: Vec<delivery::Shipment>,
}

impl<'r> Shipping<'r> {
    pub(super) fn of(repo: &'r Repo) -> Shipping<'r> {
        let shipments = delivery::shipments(repo);
        let mut shipping = Shipping { shipments, ..Shipping::default() };
        for set in &repo.shippers().sets {
            shipping.tags.push(tags::tags(repo, set));
            shipping.parsers.push(parsers::parsers(repo, set));
            let graph = vector::graph(repo, set);
            shipping.consumed.push(graph.consumed());
            shipping.cycles.push(graph.cycles());
            shipping.roles.push(Roles::of(repo, set));
            shipping.graphs.push(graph);
        }
        for section in repo.facts.shipper_sections.iter().filter(|it| it.role == Role::Output) {
            if let Some(parent) = section.parent.filter(|_| section.header.text == "match") {
                shipping.matches.entry((section.document, parent)).or_default().push(section);
            }
        }
        shipping
    }
}

/// The sections of a set by what they are for.
#[derive(Debug, Default)]
pub struct Roles<'r> {
    /// How many inputs.
    pub inputs: usize,
    /// Filters.
    pub filters: Vec<&'r Section>,
    /// Outputs.
    pub outputs: Vec<&'r Section>,
    /// Settings of the program.
    pub services: Vec<&'r Section>,
    /// Plugins are loaded from elsewhere.
    pub external: bool,
    /// Some output sends over the network.
    pub sends: bool,
    /// Records of the shipper itself, or of what runs beside it, are dropped somewhere.
    pub drops_own: bool,
}

impl<'r> Roles<'r> {
    fn of(repo: &'r Repo, set: &'r Set) -> Roles<'r> {
        let mut roles = Roles::default();
        for section in repo.sections_of(set) {
            match section.role {
                Role::Input => roles.inputs += 1,
                Role::Filter => roles.filters.push(section),
                Role::Output => roles.outputs.push(section),
                Role::Service => roles.services.push(section),
                _ => {}
            }
            roles.external |= match section.role {
                Role::Service => section.property("plugins_file").is_some(),
                Role::Other => section.header.text.eq_ignore_ascii_case("plugins"),
                _ => false,
            };
            roles.sends |= section.role == Role::Output && reach(section) == Reach::Central;
            roles.drops_own |= drops_own(section);
        }
        roles
    }

    /// A property of the program itself.
    pub fn service(&self, name: &str) -> Option<&'r Property> {
        self.services.iter().find_map(|service| service.property(name))
    }
}

/// Whether a section names the shipper's own logs, or lets containers leave theirs out.
fn drops_own(section: &Section) -> bool {
    let shows =
        |text: &str| ["fluent", "logging", "kube-system"].iter().any(|name| text.contains(name));
    let drops = matches!(section.role, Role::Filter | Role::Part) || section.is("null");
    drops
        && (section.argument.as_ref().is_some_and(|argument| shows(&argument.text))
            || section.properties.iter().any(|property| {
                let key = property.key.text.to_ascii_lowercase();
                shows(&property.value.text) || key.starts_with("k8s-logging.exclude")
            }))
}

/// The program that loads a document.
fn program(document: &Document) -> Option<Program> {
    match document.kind {
        Kind::FluentdConfig => Some(Program::Fluentd),
        Kind::FluentBitConfig => Some(Program::FluentBit),
        Kind::VectorConfig => Some(Program::Vector),
        _ => None,
    }
}

struct Joiner<'r> {
    repo: &'r Repo,
    members: &'r [&'r Document],
    number: BTreeMap<DocumentId, usize>,
    /// Parent of each member in its set.
    above: Vec<usize>,
    open: Vec<bool>,
}

impl<'r> Joiner<'r> {
    fn new(repo: &'r Repo, members: &'r [&'r Document]) -> Joiner<'r> {
        let number = members.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
        let open = members.iter().map(|document| {
            document.masked
                || document.broken
                || repo.sections(document.id).iter().any(|it| it.open)
        });
        Joiner { repo, members, number, above: (0..members.len()).collect(), open: open.collect() }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.above[one.max(other)] = one.min(other);
    }

    /// Keys of one ConfigMap or of one chart's values make one configuration.
    fn hosts(&mut self) {
        let mut first: BTreeMap<(Program, DocumentId), usize> = BTreeMap::new();
        for (at, document) in self.members.iter().enumerate() {
            let Some((program, host)) = program(document).zip(document.host) else { continue };
            if self.repo.document(host).kind == Kind::Compose {
                continue;
            }
            let known = *first.entry((program, host)).or_insert(at);
            self.join(known, at);
        }
    }

    /// Files that others take in.
    fn includes(&mut self) {
        let mut names: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, document) in self.members.iter().enumerate() {
            names.entry(self.repo.member_name(document)).or_default().push(at);
        }
        for include in &self.repo.facts.shipper_includes {
            let Some(&at) = self.number.get(&include.document) else { continue };
            let found = self.included(at, &include.path, &names);
            self.open[at] |= found.is_empty();
            for other in found {
                self.join(at, other);
            }
        }
        for (at, document) in self.members.iter().enumerate() {
            for file in self.repo.parser_files(document.id) {
                for other in self.included(at, file, &names) {
                    self.join(at, other);
                }
            }
        }
    }

    /// The members that a path in a member names: by its folder, else by the name of the file.
    fn included(&self, at: usize, path: &Scalar, names: &BTreeMap<&str, Vec<usize>>) -> Vec<usize> {
        let Some(written) = path.known_text() else { return Vec::new() };
        let me = self.members[at];
        let name = last(written);
        let same: Vec<usize> = match name.find(['*', '?', '[']) {
            None => names.get(name).cloned().unwrap_or_default(),
            Some(wild) => {
                let range = names.range(&name[..wild]..);
                let fits = range.take_while(|(known, _)| known.starts_with(&name[..wild]));
                fits.filter(|(known, _)| glob(name, known))
                    .flat_map(|(_, at)| at.iter().copied())
                    .collect()
            }
        };
        let others: Vec<usize> = same
            .into_iter()
            .filter(|&other| other != at && program(self.members[other]) == program(me))
            .collect();
        let path = |document: &Document| self.repo.source(document.id.source).path.as_str();
        let here = folder(path(me));
        let exact = join(here, written);
        let exact: Vec<usize> = others
            .iter()
            .copied()
            .filter(|&other| {
                let other = self.members[other];
                other.host.is_none()
                    && exact.as_deref().is_some_and(|exact| glob(exact, path(other)))
            })
            .collect();
        if !exact.is_empty() {
            return exact;
        }
        // A path inside a container: what stands beside the file, or below its folder.
        others
            .into_iter()
            .filter(|&other| {
                let other = self.members[other];
                let beside = path(other)
                    .strip_prefix(here)
                    .is_some_and(|rest| here.is_empty() || rest.starts_with('/'));
                beside && self.repo.run_together(me.id, other.id)
            })
            .collect()
    }

    /// Vector loads a folder as one, unless two of its files name a component alike.
    fn folders(&mut self) {
        let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, document) in self.members.iter().enumerate() {
            if document.kind == Kind::VectorConfig && document.host.is_none() {
                let path = &self.repo.source(document.id.source).path;
                // Components that stand in files of their own have a folder for each kind.
                let part = vector_part(path).is_some();
                let folder = if part { folder(folder(path)) } else { folder(path) };
                folders.entry(folder).or_default().push(at);
            }
        }
        for members in folders.into_values() {
            let mut names: BTreeSet<&str> = BTreeSet::new();
            let repo = self.repo;
            let sections = members.iter().flat_map(|at| repo.sections(self.members[*at].id));
            let mut headers = sections.map(|section| section.header.text.as_str());
            if headers.all(|name| names.insert(name)) {
                for other in &members[1..] {
                    self.join(members[0], *other);
                }
            }
        }
    }

    fn finish(mut self) -> Shippers {
        let mut shippers = Shippers::default();
        let mut number: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, document) in self.members.iter().enumerate() {
            let Some(program) = program(document) else { continue };
            let root = self.root(at);
            let set = *number.entry(root).or_insert_with(|| {
                shippers.sets.push(Set { program, documents: Vec::new(), open: false });
                shippers.sets.len() - 1
            });
            shippers.sets[set].documents.push(document.id);
            shippers.sets[set].open |= self.open[at];
            shippers.of.insert(document.id, set);
        }
        shippers
    }
}

impl Repo {
    /// Which documents shippers load together.
    pub fn shippers(&self) -> &Shippers {
        self.shippers.get_or_init(|| Shippers::of(self))
    }

    /// The sections of a document.
    pub fn sections(&self, document: DocumentId) -> &[Section] {
        let sections = &self.facts.shipper_sections;
        let start = sections.partition_point(|section| section.document < document);
        let end = sections.partition_point(|section| section.document <= document);
        &sections[start..end]
    }

    /// The section around another.
    pub fn around(&self, section: &Section) -> Option<&Section> {
        self.sections(section.document).get(section.parent? as usize)
    }

    /// The sections inside another.
    pub fn inside<'r>(&'r self, section: &Section) -> impl Iterator<Item = &'r Section> {
        let sections = self.sections(section.document);
        let children = self.shippers().children.get(&(section.document, section.index));
        children.into_iter().flatten().filter_map(|index| sections.get(*index as usize))
    }

    /// The sections of a set.
    pub fn sections_of<'r>(&'r self, set: &'r Set) -> impl Iterator<Item = &'r Section> {
        set.documents.iter().flat_map(|document| self.sections(*document))
    }

    /// The sections of a set with a role.
    pub fn with_role<'r>(&'r self, set: &'r Set, role: Role) -> impl Iterator<Item = &'r Section> {
        self.sections_of(set).filter(move |section| section.role == role)
    }

    /// The name a document is included by: its file's, or the key that holds it.
    fn member_name<'r>(&'r self, document: &'r Document) -> &'r str {
        let key = document.object.as_ref().and_then(|object| object.data_key.as_deref());
        match key.filter(|_| document.host.is_some()) {
            Some(key) => key,
            None => last(&self.source(document.id.source).path),
        }
    }

    /// Values of `Parsers_File` in a document.
    fn parser_files(&self, document: DocumentId) -> impl Iterator<Item = &Scalar> {
        let service = self.sections(document).iter().filter(|it| it.role == Role::Service);
        service.flat_map(|service| service.all("parsers_file")).map(|property| &property.value)
    }
}
