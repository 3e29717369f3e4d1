//! The routes of one Alertmanager, ready to be walked.

use super::matching::{Answer, Condition};
use crate::facts::DocumentId;
use crate::facts::alertmanager::{AlertmanagerConfig, Route};
use crate::facts::scalar::Scalar;
use crate::repo::Repo;
use crate::repo::alerts::{Labels, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A route and what stands below it.
#[derive(Debug)]
pub struct Node<'r> {
    /// The route as written; `None` for the root that the operator makes.
    pub route: Option<&'r Route>,
    /// Number of the parent.
    pub parent: Option<u32>,
    /// Numbers of the children, in order.
    pub children: Vec<u32>,
    /// Its matchers.
    pub conditions: Vec<Condition<'r>>,
    /// Whether later siblings are tried after it.
    pub continues: Answer,
    /// The root of an operator's object: whether this Alertmanager takes the object is not known.
    pub grafted: bool,
    index: Option<Index>,
}

/// Children by the value of the label that most of them ask for.
#[derive(Debug, Default)]
struct Index {
    slot: usize,
    by_value: BTreeMap<String, Vec<u32>>,
    /// Children with a pattern, by what its matches begin with.
    by_beginning: Edges,
    /// Others with a pattern, by what its matches end with.
    by_ending: Edges,
    rest: Vec<u32>,
}

/// Children by a part of the value, and the lengths of these parts.
#[derive(Debug, Default)]
struct Edges {
    children: BTreeMap<String, Vec<u32>>,
    lengths: BTreeSet<usize>,
}

impl Edges {
    fn add(&mut self, child: u32, edges: &[Box<str>]) {
        for edge in edges {
            self.lengths.insert(edge.len());
            self.children.entry(edge.to_string()).or_default().push(child);
        }
    }

    /// Adds the children under each part of the value that `edge` takes from it.
    fn find<'v>(&self, value: &str, edge: impl Fn(usize) -> &'v str, found: &mut Vec<u32>) {
        if !value.is_ascii() {
            // Whether a pattern takes it, nobody can tell.
            return found.extend(self.children.values().flatten());
        }
        for length in self.lengths.range(..=value.len()) {
            found.extend(self.children.get(edge(*length)).into_iter().flatten());
        }
    }
}

impl Index {
    /// Takes a child in, by its condition on the label.
    fn add(&mut self, child: u32, condition: Option<&Condition<'_>>) {
        if let Some(values) = condition.and_then(Condition::listed) {
            for value in values {
                self.by_value.entry(value.to_owned()).or_default().push(child);
            }
            return;
        }
        let beginnings = condition.map_or(&[][..], Condition::beginnings);
        let endings = condition.map_or(&[][..], Condition::endings);
        match (beginnings, endings) {
            ([], []) => self.rest.push(child),
            ([], endings) => self.by_ending.add(child, endings),
            (beginnings, _) => self.by_beginning.add(child, beginnings),
        }
    }

    /// Adds the children that may take a value.
    fn find(&self, value: &str, found: &mut Vec<u32>) {
        found.extend(self.by_value.get(value).into_iter().flatten());
        self.by_beginning.find(value, |length| &value[..length], found);
        self.by_ending.find(value, |length| &value[value.len() - length..], found);
    }
}

/// Fewer children than this are tried one by one.
const WORTH_AN_INDEX: usize = 8;

/// All routes of an Alertmanager, parents before children.
#[derive(Debug)]
pub struct Tree<'r> {
    /// The configuration; `None` where only objects of the operator are there.
    pub config: Option<&'r AlertmanagerConfig>,
    nodes: Vec<Node<'r>>,
    labels: Vec<&'r str>,
    documents: Vec<DocumentId>,
    numbers: BTreeMap<(DocumentId, u32), u32>,
}

impl<'r> Tree<'r> {
    pub(super) fn of(
        repo: &'r Repo,
        config: Option<&'r AlertmanagerConfig>,
        objects: &[&'r AlertmanagerConfig],
    ) -> Tree<'r> {
        let mut tree = Tree {
            config,
            nodes: vec![Node {
                route: None,
                parent: None,
                children: Vec::new(),
                conditions: Vec::new(),
                continues: Answer::No,
                grafted: false,
                index: None,
            }],
            labels: Vec::new(),
            documents: config.map(|config| config.document).into_iter().collect(),
            numbers: BTreeMap::new(),
        };
        // The operator puts its objects before the routes of the file.
        for object in objects {
            let apart =
                config.is_some_and(|config| !repo.run_together(config.document, object.document));
            if !apart {
                tree.graft(repo, object);
            }
        }
        if let Some(config) = config {
            tree.add(repo, config.document, 0);
        }
        tree.index();
        tree
    }

    fn graft(&mut self, repo: &'r Repo, object: &'r AlertmanagerConfig) {
        let top = self.nodes.len();
        self.nodes.push(Node {
            route: None,
            parent: Some(0),
            children: Vec::new(),
            conditions: Vec::new(),
            continues: Answer::Yes,
            grafted: true,
            index: None,
        });
        self.nodes[0].children.push(number(top));
        self.documents.push(object.document);
        self.add(repo, object.document, top);
        let document = repo.document(object.document);
        let namespace = document.object.as_ref().and_then(|name| name.namespace.as_deref());
        let node = &mut self.nodes[top];
        node.conditions.push(Condition::namespace(namespace.filter(|name| !name.contains("{{"))));
        node.continues = Answer::Yes;
    }

    /// Adds the routes of a document; its root becomes the node `top`.
    fn add(&mut self, repo: &'r Repo, document: DocumentId, top: usize) {
        let routes = repo.routing(document).routes();
        let first = self.nodes.len();
        let at = |index: u32| if index == 0 { top } else { first + index as usize - 1 };
        for route in routes {
            let node = Node {
                route: Some(route),
                parent: route.parent.map(|parent| number(at(parent))),
                children: Vec::new(),
                conditions: route.matchers.iter().map(Condition::of).collect(),
                continues: match &route.continues {
                    Some(text) => match text.boolean() {
                        Some(true) => Answer::Yes,
                        Some(false) => Answer::No,
                        None => Answer::Maybe,
                    },
                    None => Answer::No,
                },
                grafted: false,
                index: None,
            };
            let number = number(at(route.index));
            self.numbers.insert((document, route.index), number);
            match route.parent {
                Some(parent) => {
                    self.nodes[at(parent)].children.push(number);
                    self.nodes.push(node);
                }
                None => {
                    let old = &mut self.nodes[top];
                    old.route = node.route;
                    // Of the root of a file the matchers are refused, of an object's they count.
                    if old.grafted {
                        old.conditions = node.conditions;
                    }
                }
            }
        }
    }

    /// Numbers the labels and sorts the children by them.
    fn index(&mut self) {
        let all = self.nodes.iter().flat_map(|node| &node.conditions);
        let mut labels: Vec<&str> = all.map(|condition| condition.label).collect();
        labels.sort_unstable();
        labels.dedup();
        for condition in self.nodes.iter_mut().flat_map(|node| &mut node.conditions) {
            condition.slot = labels.binary_search(&condition.label).unwrap_or_default();
        }
        self.labels = labels;
        for at in 0..self.nodes.len() {
            if self.nodes[at].children.len() >= WORTH_AN_INDEX {
                self.nodes[at].index = Some(self.index_of(&self.nodes[at]));
            }
        }
    }

    fn index_of(&self, node: &Node<'r>) -> Index {
        let is_sharp = |it: &&Condition<'_>| {
            it.listed().is_some() || !it.beginnings().is_empty() || !it.endings().is_empty()
        };
        // The label that tells most of them apart.
        let mut values: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for child in &node.children {
            let conditions = &self.nodes[*child as usize].conditions;
            for condition in conditions.iter().filter(is_sharp) {
                values.entry(condition.slot).or_default().insert(condition.value);
            }
        }
        let most = values.iter().max_by_key(|(_, values)| values.len());
        let slot = most.map_or(0, |(slot, _)| *slot);
        let mut index = Index { slot, ..Index::default() };
        for child in &node.children {
            let conditions = self.nodes[*child as usize].conditions.iter();
            index.add(*child, conditions.filter(|it| it.slot == slot).find(is_sharp));
        }
        index
    }

    /// What this tree sees of an alert: the labels its matchers name.
    pub fn look(&self, labels: &Labels<'r>) -> Vec<Value<'r>> {
        self.labels.iter().map(|label| labels.get(label)).collect()
    }

    /// A node.
    pub fn node(&self, number: u32) -> &Node<'r> {
        &self.nodes[number as usize]
    }

    /// All nodes, parents before children.
    pub fn nodes(&self) -> &[Node<'r>] {
        &self.nodes
    }

    /// The documents its routes come from, the configuration first.
    pub fn documents(&self) -> &[DocumentId] {
        &self.documents
    }

    /// Nodes by document and number of the route.
    pub(super) fn numbers(&self) -> &BTreeMap<(DocumentId, u32), u32> {
        &self.numbers
    }

    /// The node and its parents, up to the root.
    pub fn upwards(&self, number: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(number), |number| self.node(*number).parent)
    }

    /// The receiver of what a node takes: its own or the nearest above, with its document.
    pub fn receiver(&self, number: u32) -> Option<(DocumentId, &'r Scalar)> {
        self.upwards(number).find_map(|number| {
            let route = self.node(number).route?;
            let name = route.receiver.as_ref()?;
            (!name.known || !name.text.is_empty()).then_some((route.document, name))
        })
    }

    /// Whether every alert that one route matches is matched by the other too.
    pub fn is_within(&self, narrow: u32, wide: u32) -> bool {
        super::shadow::implies(&self.node(narrow).conditions, &self.node(wide).conditions)
    }

    /// Whether a node's matchers hold.
    pub fn holds(&self, number: u32, look: &[Value<'_>]) -> Answer {
        let node = self.node(number);
        let all = node.conditions.iter().map(|condition| condition.holds(&look[condition.slot]));
        let holds = all.min().unwrap_or(Answer::Yes);
        if node.grafted { holds.min(Answer::Maybe) } else { holds }
    }

    /// The children whose matchers may hold, in order: a few too many, never too few.
    pub(super) fn candidates(&self, number: u32, look: &[Value<'_>]) -> Vec<u32> {
        let node = self.node(number);
        let values = node.index.as_ref().map(|index| (index, look[index.slot].all()));
        let Some((index, Some(values))) = values else { return node.children.clone() };
        let mut found = index.rest.clone();
        for value in values {
            index.find(value, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
