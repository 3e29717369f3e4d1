//! Which receivers an alert reaches: every alert through every Alertmanager's routes, three-valued.
//!
//! `Yes` holds for every alert of a rule, `No` for none; what depends on labels nobody can know is
//! `Maybe`. Alerts that look alike to a tree are walked once.

use super::Repo;
use super::alerts::{Alert, Value};
use super::model::Model;
use crate::facts::alertmanager::{AlertmanagerConfig, Integration, Receiver, Route};
use crate::facts::scalar::Scalar;
use crate::facts::{Document, DocumentId};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub mod inhibit;
pub mod matching;
pub mod paging;
pub mod reason;
mod shadow;
pub mod survey;
pub mod times;
pub mod tree;
pub mod walk;

pub use matching::{Answer, Condition};
pub use tree::{Node, Tree};
pub use walk::{Taken, Walk};

/// All Alertmanagers of the repository and what reaches them.
pub struct Routing<'r> {
    /// One for each configuration; the operator's objects hang below every one of them, or below
    /// a root of their own.
    pub managers: Vec<Manager<'r>>,
    /// By number of the alert: the Alertmanagers that may get it, and whether they certainly do.
    pub sent: Vec<Vec<(usize, Answer)>>,
    seen: OnceLock<survey::Seen>,
}

/// One Alertmanager.
pub struct Manager<'r> {
    /// Its routes.
    pub tree: Tree<'r>,
    /// Walks of alerts that look alike to this tree.
    pub walks: Vec<Walk>,
    /// By number of the alert: its walk; `None` if it never comes here.
    pub walk_of: Vec<Option<u32>>,
    /// By number of the walk: the alerts that take it.
    pub alerts_of: Vec<Vec<u32>>,
    survey: OnceLock<survey::Survey>,
    choices: OnceLock<Vec<survey::Choice<'r>>>,
    values: OnceLock<survey::Values<'r>>,
}

impl<'r> Manager<'r> {
    /// What happens to an alert here.
    pub fn walk(&self, alert: usize) -> Option<&Walk> {
        let walk = (*self.walk_of.get(alert)?)?;
        self.walks.get(walk as usize)
    }

    /// What all walks together say about the routes.
    pub fn survey(&self) -> &survey::Survey {
        self.survey.get_or_init(|| self.survey_of())
    }

    /// Labels by which siblings tell alerts apart.
    pub fn choices(&self) -> &[survey::Choice<'r>] {
        self.choices.get_or_init(|| self.tree.choices())
    }

    /// Alerts that may come here, by number.
    pub fn alerts(&self) -> impl Iterator<Item = usize> {
        self.walk_of.iter().enumerate().filter(|(_, walk)| walk.is_some()).map(|(alert, _)| alert)
    }
}

/// A receiver that may get an alert.
#[derive(Clone, Copy)]
pub struct Reached<'m, 'r> {
    /// Number of the Alertmanager.
    pub manager: usize,
    /// Number of the route in its tree.
    pub node: u32,
    /// The route; `None` for the root that the operator makes.
    pub route: Option<&'r Route>,
    /// Whether every alert of the rule arrives there.
    pub sure: Answer,
    /// The document that defines the receiver, and its name as the route or a parent writes it.
    pub receiver: Option<(DocumentId, &'r Scalar)>,
    /// The tree.
    pub tree: &'m Tree<'r>,
}

impl<'r> Routing<'r> {
    /// Every receiver an alert may reach.
    pub fn reached<'m>(&'m self, alert: usize) -> impl Iterator<Item = Reached<'m, 'r>> {
        let managers = self.sent.get(alert).into_iter().flatten();
        managers.flat_map(move |&(number, _)| {
            let manager = &self.managers[number];
            let taken = manager.walk(alert).map(|walk| walk.taken.as_slice()).unwrap_or_default();
            taken.iter().map(move |taken| Reached {
                manager: number,
                node: taken.node,
                route: manager.tree.node(taken.node).route,
                sure: taken.sure,
                receiver: manager.tree.receiver(taken.node),
                tree: &manager.tree,
            })
        })
    }

    /// The Alertmanager and the node of a route.
    pub fn nodes_of(&self, route: &Route) -> impl Iterator<Item = (&Manager<'r>, u32)> {
        let key = (route.document, route.index);
        self.managers
            .iter()
            .filter_map(move |manager| Some((manager, *manager.tree.numbers().get(&key)?)))
    }
}

impl Repo {
    /// The receiver of this name in a document; Grafana's contact points may stand in another.
    pub fn receiver_named(&self, document: DocumentId, name: &str) -> Option<&Receiver> {
        let all = if self.is_grafana(document) {
            &self.facts.receivers[..]
        } else {
            self.receivers(document)
        };
        let near = |receiver: &&Receiver| {
            receiver.document == document
                || (self.is_grafana(receiver.document)
                    && self.run_together(receiver.document, document))
        };
        all.iter()
            .filter(near)
            .find(|receiver| receiver.name.as_ref().is_some_and(|known| known.text == name))
    }

    /// The integrations of a receiver.
    pub fn integrations_of<'s>(
        &'s self,
        receiver: &'s Receiver,
    ) -> impl Iterator<Item = &'s Integration> {
        self.integrations(receiver.document)
            .iter()
            .filter(|integration| integration.receiver == receiver.index)
    }
}

/// Whether Alertmanager would start with what this document shows.
fn is_configuration(document: &Document, config: &AlertmanagerConfig) -> bool {
    let read = document.stream_index == 0 || config.operator;
    read && !document.broken && config.route.is_some()
}

/// All walks.
pub(super) fn all<'r>(model: &Model<'r>) -> Routing<'r> {
    let repo = model.repo;
    let configs = || {
        let all = repo.facts.alertmanagers.iter();
        all.filter(|config| is_configuration(repo.document(config.document), config))
    };
    let objects: Vec<&AlertmanagerConfig> = configs().filter(|config| config.operator).collect();
    let mut trees: Vec<Tree<'r>> = configs()
        .filter(|config| !config.operator)
        .map(|config| Tree::of(repo, Some(config), &objects))
        .collect();
    if trees.is_empty() && !objects.is_empty() {
        trees.push(Tree::of(repo, None, &objects));
    }
    let alerts = model.alerts();
    let sent = send(repo, &trees, alerts);
    let managers = trees
        .into_iter()
        .enumerate()
        .map(|(number, tree)| manager(number, tree, alerts, &sent))
        .collect();
    Routing { managers, sent, seen: OnceLock::new() }
}

/// Which Alertmanagers each alert goes to: those it can run together with; if there are several,
/// none of them certainly.
fn send(repo: &Repo, trees: &[Tree<'_>], alerts: &[Alert<'_>]) -> Vec<Vec<(usize, Answer)>> {
    let mut by_document: BTreeMap<DocumentId, Vec<usize>> = BTreeMap::new();
    let together = |document: DocumentId| {
        let takes = |tree: &Tree<'_>| {
            tree.documents().iter().any(|config| {
                repo.is_grafana(*config) == repo.is_grafana(document)
                    && repo.run_together(*config, document)
            })
        };
        let numbers = trees.iter().enumerate().filter(|(_, tree)| takes(tree));
        numbers.map(|(number, _)| number).collect::<Vec<_>>()
    };
    alerts
        .iter()
        .map(|alert| {
            // It names its receiver itself.
            if alert.rule.direct.is_some() {
                return Vec::new();
            }
            let document = alert.rule.document;
            let numbers = by_document.entry(document).or_insert_with(|| together(document));
            let sure = if numbers.len() == 1 && alert.sent { Answer::Yes } else { Answer::Maybe };
            numbers.iter().map(|number| (*number, sure)).collect()
        })
        .collect()
}

fn manager<'r>(
    number: usize,
    tree: Tree<'r>,
    alerts: &[Alert<'r>],
    sent: &[Vec<(usize, Answer)>],
) -> Manager<'r> {
    let mut looks: BTreeMap<(Answer, Vec<Value<'r>>), u32> = BTreeMap::new();
    let mut walk_of = vec![None; alerts.len()];
    let mut alerts_of: Vec<Vec<u32>> = Vec::new();
    for alert in alerts {
        let here = sent[alert.index].iter().find(|(manager, _)| *manager == number);
        let Some(&(_, sure)) = here else { continue };
        let look = (sure, tree.look(&alert.labels));
        let next = u32::try_from(looks.len()).unwrap_or(u32::MAX);
        let walk = *looks.entry(look).or_insert(next);
        if walk == next {
            alerts_of.push(Vec::new());
        }
        walk_of[alert.index] = Some(walk);
        alerts_of[walk as usize].push(u32::try_from(alert.index).unwrap_or(u32::MAX));
    }
    let mut in_order: Vec<(&(Answer, Vec<Value<'_>>), u32)> =
        looks.iter().map(|(look, walk)| (look, *walk)).collect();
    in_order.sort_by_key(|(_, walk)| *walk);
    let walks = in_order.par_iter().map(|((sure, look), _)| tree.walk(look, *sure)).collect();
    Manager {
        tree,
        walks,
        walk_of,
        alerts_of,
        survey: OnceLock::new(),
        choices: OnceLock::new(),
        values: OnceLock::new(),
    }
}
