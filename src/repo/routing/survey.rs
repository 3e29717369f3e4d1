//! What the walks of all alerts together say about routes.

use super::matching::Answer;
use super::tree::Tree;
use super::{Manager, Routing};
use crate::repo::alerts::{Alert, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What one Alertmanager's routes get, all alerts considered.
#[derive(Debug, Default)]
pub struct Survey {
    /// By number of the route: the sibling that matches all it matches.
    pub shadows: BTreeMap<u32, u32>,
    /// By number of the route: whether any alert comes to it.
    pub reached: Vec<Answer>,
    /// By number of the route: alerts that match it, and the sibling that takes them before.
    pub missed: BTreeMap<u32, BTreeMap<u32, Vec<u32>>>,
}

/// Most alerts that one finding can name; counts go further in no message.
const MOST: usize = 50;

impl Manager<'_> {
    /// Looks at all walks.
    pub(super) fn survey_of(&self) -> Survey {
        let mut reached = vec![Answer::No; self.tree.nodes().len()];
        let mut missed: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
        for (walk, alerts) in self.walks.iter().zip(&self.alerts_of) {
            for (node, answer) in &walk.entered {
                let known = &mut reached[*node as usize];
                *known = (*known).max(*answer);
            }
            for (node, by) in &walk.missed {
                let list = missed.entry(*node).or_default().entry(*by).or_default();
                list.extend(alerts.iter().take(MOST.saturating_sub(list.len())));
            }
        }
        for list in missed.values_mut().flat_map(BTreeMap::values_mut) {
            list.sort_unstable();
        }
        Survey { shadows: super::shadow::shadows(&self.tree), reached, missed }
    }
}

/// By label: what alerts have of it, each value once.
pub type Values<'r> = BTreeMap<&'r str, BTreeSet<Value<'r>>>;

impl<'r> Manager<'r> {
    /// What alerts here have of the labels that routes ask for.
    pub fn values(&self, alerts: &[Alert<'r>]) -> &Values<'r> {
        self.values.get_or_init(|| {
            let conditions = self.tree.nodes().iter().flat_map(|node| &node.conditions);
            let labels: BTreeSet<&'r str> = conditions.map(|condition| condition.label).collect();
            let of = |label: &'r str| {
                let all = self.alerts().map(|alert| alerts[alert].labels.get(label));
                (label, all.collect::<BTreeSet<_>>())
            };
            labels.into_iter().map(of).collect()
        })
    }

    /// The matcher of a route that excludes every alert by itself, if there is one.
    pub fn excluding(&self, node: u32, alerts: &[Alert<'r>]) -> Option<usize> {
        let values = self.values(alerts);
        self.tree.node(node).conditions.iter().position(|condition| {
            let seen = values.get(condition.label);
            seen.is_some_and(|seen| seen.iter().all(|value| condition.holds(value) == Answer::No))
        })
    }
}

/// Sibling routes that tell alerts apart by one label.
#[derive(Debug)]
pub struct Choice<'r> {
    /// The route above them.
    pub parent: u32,
    /// The label.
    pub label: &'r str,
    /// Values that routes ask for, each with the first that does.
    pub values: BTreeMap<&'r str, u32>,
    /// Routes that ask for something else of the label.
    others: Vec<u32>,
}

impl<'r> Tree<'r> {
    /// Every label by which two or more siblings tell alerts apart.
    pub fn choices(&self) -> Vec<Choice<'r>> {
        let mut choices = Vec::new();
        for (number, node) in self.nodes().iter().enumerate() {
            let mut here: BTreeMap<&'r str, Choice<'r>> = BTreeMap::new();
            for child in &node.children {
                for condition in &self.node(*child).conditions {
                    let choice = here.entry(condition.label).or_insert_with(|| Choice {
                        parent: u32::try_from(number).unwrap_or(u32::MAX),
                        label: condition.label,
                        values: BTreeMap::new(),
                        others: Vec::new(),
                    });
                    match condition.exact() {
                        Some(value) => {
                            choice.values.entry(value).or_insert(*child);
                        }
                        None => choice.others.push(*child),
                    }
                }
            }
            choices.extend(here.into_values().filter(|choice| choice.values.len() > 1));
        }
        choices
    }

    /// Whether no sibling of a choice may take an alert with this value.
    pub fn lacks(&self, choice: &Choice<'r>, value: &str) -> bool {
        let takes = |child: &u32| {
            let conditions = &self.node(*child).conditions;
            conditions.iter().any(|condition| {
                condition.label == choice.label && condition.holds(&Value::Is(value)) != Answer::No
            })
        };
        !choice.values.contains_key(value) && !choice.others.iter().any(takes)
    }

    /// Whether an alert surely comes to a route if no sibling takes it before.
    pub fn belongs_to(&self, number: u32, look: &[Value<'_>]) -> bool {
        self.upwards(number).all(|node| node == 0 || self.holds(node, look) == Answer::Yes)
    }
}

impl<'r> Routing<'r> {
    /// Whether no alert at all has a label.
    pub fn is_absent_everywhere(&self, alerts: &[Alert<'r>], label: &str) -> bool {
        let labels = self.seen.get_or_init(|| {
            let mut seen = Seen::default();
            for alert in alerts {
                seen.open += usize::from(!alert.labels.closed);
                for (label, value) in alert.labels.named() {
                    match value {
                        Value::Absent if alert.labels.closed => {}
                        Value::Absent => *seen.denied.entry(label.to_owned()).or_default() += 1,
                        _ => {
                            seen.possible.insert(label.to_owned());
                        }
                    }
                }
            }
            seen
        });
        let denied = labels.denied.get(label).copied().unwrap_or_default();
        !labels.possible.contains(label) && denied == labels.open
    }
}

/// Labels of all alerts together.
#[derive(Debug, Default)]
pub(super) struct Seen {
    possible: BTreeSet<String>,
    /// Alerts that may have any label.
    open: usize,
    /// Labels that so many of them surely lack.
    denied: BTreeMap<String, usize>,
}
