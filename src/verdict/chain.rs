//! The signal chain as data: from the services that give signals to the people who are told.
//!
//! Nodes and links come from facts that exist. A link is whole where the repository shows it,
//! broken where it shows that nothing passes, and unknown where nobody can tell from the files.
//! What should lead on and leads nowhere is a gap of its node.

mod alerts;
mod attach;
mod boards;
mod collect;
mod give;
mod people;
mod stores;

use super::scope::Scope;
use crate::facts::DocumentId;
use crate::finding::Finding;
use crate::repo::Repo;
use crate::repo::model::Model;
use crate::source::{Origin, Span};
use std::collections::BTreeMap;

/// A step of the way, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What runs and waits for others.
    Service,
    /// Metrics, logs, traces: of a service, or of a well-known exporter.
    Signal,
    /// What collects: scrape jobs, pipelines of collectors, shippers of logs.
    Pipeline,
    /// What keeps: servers, stores of logs and traces.
    Store,
    /// Rule groups.
    Rules,
    /// Alerts, monitors of hosted services, and dashboards: what shows.
    Alert,
    /// Routes of Alertmanagers and Grafana.
    Route,
    /// Receivers, whom monitors tell, and who is on call.
    Person,
}

impl Layer {
    /// All of them, in order.
    pub const ALL: [Layer; 8] = [
        Layer::Service,
        Layer::Signal,
        Layer::Pipeline,
        Layer::Store,
        Layer::Rules,
        Layer::Alert,
        Layer::Route,
        Layer::Person,
    ];

    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Service => "service",
            Layer::Signal => "signal",
            Layer::Pipeline => "pipeline",
            Layer::Store => "store",
            Layer::Rules => "rules",
            Layer::Alert => "alert",
            Layer::Route => "route",
            Layer::Person => "person",
        }
    }
}

/// Whether something passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The repository shows that it does.
    Whole,
    /// Nobody can tell from the files.
    Unknown,
    /// The repository shows that it does not.
    Broken,
}

impl State {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            State::Whole => "whole",
            State::Unknown => "unknown",
            State::Broken => "broken",
        }
    }
}

/// One thing on the way.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its step.
    pub layer: Layer,
    /// Its number within the step, from 1.
    pub number: usize,
    /// What it is: `scrape job`, `receiver`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// More about it, in a few words; may be empty.
    pub note: String,
    /// Where it should lead on and does not, or nobody can tell: the state, and why.
    pub gap: Option<(State, String)>,
    /// What a reader may put together: the signal, the rule group.
    pub group: Option<String>,
    /// Findings on it: index into the findings, in order.
    pub findings: Vec<usize>,
}

impl Node {
    /// Its name in outputs: `alert-12`.
    pub fn id(&self) -> String {
        format!("{}-{}", self.layer.name(), self.number)
    }
}

/// A way from one thing to the next.
#[derive(Clone, Debug)]
pub struct Link {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it comes to.
    pub to: usize,
    /// Whether something passes.
    pub state: State,
    /// What passes, or why nothing does, or what is not known.
    pub why: String,
}

/// Everything on the way, and how it hangs together.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// By step, each in the order of the files.
    pub nodes: Vec<Node>,
    /// By the numbers of their ends.
    pub links: Vec<Link>,
}

impl Chain {
    /// Number of links and gaps in a state.
    pub fn count(&self, state: State) -> usize {
        let links = self.links.iter().filter(|link| link.state == state).count();
        let gaps = self.nodes.iter().filter_map(|node| node.gap.as_ref());
        links + gaps.filter(|(gap, _)| *gap == state).count()
    }
}

/// Puts the chain of a repository together; `findings` are all findings, whatever their status.
pub fn chain<'a>(model: &'a Model<'a>, findings: &[&Finding]) -> Chain {
    let mut build = Build::new(model);
    build.services();
    build.stores();
    build.jobs();
    build.collectors();
    build.shippers();
    build.rules();
    build.routes();
    build.alerts();
    build.monitors();
    build.on_call();
    build.boards();
    build.reads();
    build.attach(findings);
    build.finish()
}

/// The chain while it is put together.
struct Build<'a> {
    model: &'a Model<'a>,
    repo: &'a Repo,
    scope: Scope<'a>,
    nodes: Vec<Node>,
    links: BTreeMap<(usize, usize), (State, String)>,
    /// By number of the service: its own node, and those of its metrics, logs and traces.
    services: BTreeMap<usize, (usize, [usize; 3])>,
    /// Exporters by key.
    exporters: BTreeMap<&'static str, usize>,
    /// Servers and stores, with the words by which configurations name them.
    stores: Vec<(usize, Vec<&'static str>)>,
    /// Rule groups by document and number.
    groups: BTreeMap<(DocumentId, u32), usize>,
    /// Alerts by their number.
    alerts: BTreeMap<usize, usize>,
    /// Routes by the number of the Alertmanager and of the node in its tree.
    routes: BTreeMap<(usize, u32), usize>,
    /// Records by name, and the group that makes them.
    records: BTreeMap<&'a str, usize>,
    /// Dashboards by document.
    boards: BTreeMap<DocumentId, usize>,
    /// Receivers by document and name.
    receivers: BTreeMap<(DocumentId, String), usize>,
    /// Nodes by document and title of the fact, for findings.
    titles: BTreeMap<(DocumentId, String), usize>,
    /// Nodes that stand for a whole document.
    documents: BTreeMap<DocumentId, usize>,
    /// The whole texts of rules.
    texts: Vec<(Span, usize)>,
}

impl<'a> Build<'a> {
    fn new(model: &'a Model<'a>) -> Build<'a> {
        Build {
            model,
            repo: model.repo,
            scope: Scope::new(model, None),
            nodes: Vec::new(),
            links: BTreeMap::new(),
            services: BTreeMap::new(),
            exporters: BTreeMap::new(),
            stores: Vec::new(),
            groups: BTreeMap::new(),
            alerts: BTreeMap::new(),
            routes: BTreeMap::new(),
            records: BTreeMap::new(),
            boards: BTreeMap::new(),
            receivers: BTreeMap::new(),
            titles: BTreeMap::new(),
            documents: BTreeMap::new(),
            texts: Vec::new(),
        }
    }

    /// Whether what a document holds is on the way: no test, no example, not somebody else's.
    fn counts(&self, document: DocumentId) -> bool {
        self.scope.counts(document) && self.repo.origin(document.source) != Origin::Vendored
    }

    fn add(
        &mut self,
        layer: Layer,
        kind: &'static str,
        name: impl Into<String>,
        span: Option<Span>,
    ) -> usize {
        self.nodes.push(Node {
            layer,
            number: 0,
            kind,
            name: name.into(),
            span,
            note: String::new(),
            gap: None,
            group: None,
            findings: Vec::new(),
        });
        self.nodes.len() - 1
    }

    fn note(&mut self, node: usize, note: impl Into<String>) {
        self.nodes[node].note = note.into();
    }

    /// A gap that is there already stays, unless this one is worse.
    fn gap(&mut self, node: usize, state: State, why: impl Into<String>) {
        let known = &mut self.nodes[node].gap;
        if known.as_ref().is_none_or(|(known, _)| state > *known) {
            *known = Some((state, why.into()));
        }
    }

    /// Of two links between the same ends the better one counts.
    fn link(&mut self, from: usize, to: usize, state: State, why: impl Into<String>) {
        let why = why.into();
        let known = self.links.entry((from, to)).or_insert_with(|| (state, why.clone()));
        if state < known.0 {
            *known = (state, why);
        }
    }

    /// Whether anything leaves a node.
    fn leads_on(&self, node: usize) -> bool {
        self.links.range((node, 0)..=(node, usize::MAX)).next().is_some()
    }

    /// The last part of the path of a place.
    fn file(&self, span: Span) -> &'a str {
        crate::lang::path::last(self.repo.path(span))
    }

    /// Sorts the nodes by step, keeping their order, and numbers them.
    fn finish(self) -> Chain {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|&at| (self.nodes[at].layer, at));
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
        }
        let mut nodes: Vec<Node> = Vec::with_capacity(order.len());
        let mut numbers: BTreeMap<Layer, usize> = BTreeMap::new();
        let mut old: Vec<Option<Node>> = self.nodes.into_iter().map(Some).collect();
        for at in order {
            let Some(mut node) = old[at].take() else { continue };
            let number = numbers.entry(node.layer).or_default();
            *number += 1;
            node.number = *number;
            nodes.push(node);
        }
        let mut links: Vec<Link> = self
            .links
            .into_iter()
            .map(|((from, to), (state, why))| Link { from: place[from], to: place[to], state, why })
            .collect();
        links.sort_by_key(|link| (link.from, link.to));
        Chain { nodes, links }
    }
}
