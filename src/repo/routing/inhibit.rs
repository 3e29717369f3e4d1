//! Inhibition: which alerts can quiet which others.

use super::matching::{Answer, Condition};
use super::{Manager, Routing};
use crate::facts::alertmanager::InhibitRule;
use crate::lang::pattern::words;
use crate::repo::alerts::{Alert, Value};
use std::collections::{BTreeMap, BTreeSet};

/// An inhibition rule beside the alerts it could concern.
pub struct Inhibition<'m, 'r> {
    source: Vec<Condition<'r>>,
    target: Vec<Condition<'r>>,
    equal: Vec<&'r str>,
    /// Whether every part of it is understood.
    pub known: bool,
    alerts: Vec<&'m Alert<'r>>,
}

/// Two alerts: the one that quiets and the one that is quieted.
pub type Pair<'m, 'r> = (&'m Alert<'r>, &'m Alert<'r>);

impl<'r> Routing<'r> {
    /// An inhibition rule with the alerts that may come to its Alertmanager.
    pub fn inhibition<'m>(
        &self,
        rule: &'r InhibitRule,
        alerts: &'m [Alert<'r>],
    ) -> Option<Inhibition<'m, 'r>> {
        let has = |manager: &&Manager<'r>| {
            manager.tree.config.is_some_and(|config| config.document == rule.document)
        };
        let manager = self.managers.iter().find(has)?;
        let conditions = |matchers: &'r [_]| matchers.iter().map(Condition::of).collect::<Vec<_>>();
        let (source, target) = (conditions(&rule.source), conditions(&rule.target));
        let known = source.iter().chain(&target).all(Condition::is_known)
            && rule.equal.iter().all(|label| label.known);
        Some(Inhibition {
            source,
            target,
            equal: rule.equal.iter().map(|label| label.text.as_str()).collect(),
            known,
            alerts: manager.alerts().map(|alert| &alerts[alert]).collect(),
        })
    }
}

impl<'m, 'r> Inhibition<'m, 'r> {
    fn is_source(&self, alert: &Alert<'r>) -> Answer {
        holds(&self.source, alert)
    }

    fn is_target(&self, alert: &Alert<'r>) -> Answer {
        holds(&self.target, alert)
    }

    fn equals(&self, alert: &Alert<'r>) -> Vec<Value<'r>> {
        self.equal.iter().map(|label| alert.labels.get(label)).collect()
    }

    /// Whether no alert can ever quiet another, though there are alerts on both sides: the first
    /// of each.
    pub fn inert(&self) -> Option<Pair<'m, 'r>> {
        let may = |alert: &&&Alert<'r>, side: &[Condition<'r>]| holds(side, alert) != Answer::No;
        let sources: Vec<_> = self.alerts.iter().filter(|it| may(it, &self.source)).collect();
        let targets: Vec<_> = self.alerts.iter().filter(|it| may(it, &self.target)).collect();
        let pair = (**sources.first()?, **targets.first()?);
        let looks = |side: &[&&'m Alert<'r>]| {
            side.iter().map(|alert| self.equals(alert)).collect::<BTreeSet<_>>()
        };
        let (sources, targets) = (looks(&sources), looks(&targets));
        // Most rules ask for one label that every alert surely has: only alerts that agree in it
        // need to be compared.
        let all = || sources.iter().chain(&targets);
        let exact = |slot: &usize| all().all(|look| look[*slot].exact().is_some());
        let slot = (0..self.equal.len()).find(exact);
        let mut by_value: BTreeMap<&str, Vec<&Vec<Value<'r>>>> = BTreeMap::new();
        let value = |look: &Vec<Value<'r>>| slot.and_then(|slot| look[slot].exact());
        for look in &sources {
            by_value.entry(value(look).unwrap_or_default()).or_default().push(look);
        }
        let meets = targets.iter().any(|target| {
            let near = by_value.get(value(target).unwrap_or_default());
            near.into_iter().flatten().any(|source| {
                source.iter().zip(target).all(|(source, target)| source.may_equal(target))
            })
        });
        (!meets).then_some(pair)
    }

    /// Two alerts of which one surely quiets the other though they share nothing: no label of
    /// `equal` is on either.
    pub fn unrelated(&self) -> Option<Pair<'m, 'r>> {
        let bare: Vec<_> = self
            .alerts
            .iter()
            .filter(|alert| self.equals(alert).iter().all(|value| *value == Value::Absent))
            .copied()
            .collect();
        // An alert that is on both sides quiets none that is on both too.
        let only = |alert: &&&'m Alert<'r>, this: &[Condition<'r>], other: &[Condition<'r>]| {
            holds(this, alert) == Answer::Yes && holds(other, alert) == Answer::No
        };
        let source = bare.iter().find(|alert| only(alert, &self.source, &self.target))?;
        let target = bare.iter().find(|alert| only(alert, &self.target, &self.source))?;
        Some((source, target))
    }

    /// Alerts that may quiet this one; `None` if none can.
    pub fn quieting(&self, alert: &Alert<'r>) -> Option<Vec<&'m Alert<'r>>> {
        if self.is_target(alert) == Answer::No {
            return None;
        }
        let mine = self.equals(alert);
        let twice = self.is_source(alert) == Answer::Yes;
        let may = |other: &&&'m Alert<'r>| {
            self.is_source(other) != Answer::No
                && other.index != alert.index
                && !(twice && self.is_target(other) == Answer::Yes)
                && self.equals(other).iter().zip(&mine).all(|(one, two)| one.may_equal(two))
        };
        let sources: Vec<&'m Alert<'r>> = self.alerts.iter().filter(may).copied().collect();
        (!sources.is_empty()).then_some(sources)
    }

    /// An alert that surely is on both sides.
    pub fn on_both_sides(&self) -> Option<&'m Alert<'r>> {
        let both = |alert: &&&'m Alert<'r>| {
            self.is_source(alert) == Answer::Yes && self.is_target(alert) == Answer::Yes
        };
        self.alerts.iter().find(both).copied()
    }

    /// Whether every alert of one side is on the other side too; a side without matchers means
    /// everything, and says so.
    pub fn sides_overlap(&self) -> bool {
        let (source, target) = (&self.source, &self.target);
        if source.is_empty() || target.is_empty() {
            return false;
        }
        super::shadow::implies(source, target) || super::shadow::implies(target, source)
    }

    /// Whether a side is alerts of certain names.
    pub fn names_an_alert(&self) -> bool {
        self.source.iter().chain(&self.target).any(|condition| {
            condition.label == "alertname"
                && (condition.exact().is_some() || words(condition.value).is_some())
        })
    }
}

fn holds(conditions: &[Condition<'_>], alert: &Alert<'_>) -> Answer {
    let all =
        conditions.iter().map(|condition| condition.holds(&alert.labels.get(condition.label)));
    all.min().unwrap_or(Answer::Yes)
}
