//! Why a route takes an alert or does not, step by step.

use super::matching::{Answer, Condition};
use super::tree::Tree;
use crate::repo::alerts::{Labels, Value};

/// Why an alert comes to a route, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Everything comes to the root.
    Root,
    /// All its matchers hold.
    Matches,
    /// This matcher cannot hold.
    Excluded {
        /// Number of the matcher.
        condition: usize,
    },
    /// Whether this matcher holds is not known.
    Open {
        /// Number of the matcher.
        condition: usize,
    },
    /// A sibling before it takes the alert and does not continue.
    Consumed {
        /// The sibling.
        by: u32,
    },
    /// An operator's object whose Alertmanager is not known.
    Grafted,
    /// The alert does not come to its parent.
    ParentMissed,
}

/// One route on the way.
#[derive(Clone, Debug)]
pub struct Step {
    /// The route.
    pub node: u32,
    /// Whether alerts come to it.
    pub entered: Answer,
    /// Whether its own receiver is told.
    pub takes: Answer,
    /// Why.
    pub reason: Reason,
}

impl<'r> Tree<'r> {
    /// The first matcher of a route that decides: one that cannot hold, else one nobody knows.
    pub fn deciding(&self, number: u32, look: &[Value<'_>]) -> Option<(usize, Answer)> {
        let conditions = &self.node(number).conditions;
        let answers = conditions.iter().map(|condition| condition.holds(&look[condition.slot]));
        answers.enumerate().filter(|(_, answer)| *answer != Answer::Yes).min_by_key(|(_, it)| *it)
    }

    /// What happens to an alert at every route, in the order of the file.
    pub fn steps(&self, labels: &Labels<'r>, sent: Answer) -> Vec<Step> {
        let look = self.look(labels);
        let walk = self.walk(&look, sent);
        let mut steps: Vec<Step> = Vec::with_capacity(self.nodes().len());
        let mut consumed: Vec<Option<u32>> = vec![None; self.nodes().len()];
        for (number, node) in self.nodes().iter().enumerate() {
            let mut by = None;
            for child in &node.children {
                consumed[*child as usize] = by;
                let takes = self.node(*child).continues == Answer::No
                    && self.holds(*child, &look) == Answer::Yes;
                if takes && by.is_none() {
                    by = Some(*child);
                }
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            steps.push(Step {
                node: number,
                entered: Answer::No,
                takes: Answer::No,
                reason: self.reason(number, &look, &consumed),
            });
        }
        for (node, answer) in &walk.entered {
            steps[*node as usize].entered = *answer;
        }
        for taken in &walk.taken {
            steps[taken.node as usize].takes = taken.sure;
        }
        for at in 0..steps.len() {
            let parent = self.nodes()[at].parent.map(|parent| steps[parent as usize].entered);
            if parent == Some(Answer::No) {
                steps[at].reason = Reason::ParentMissed;
            }
        }
        steps
    }

    fn reason(&self, number: u32, look: &[Value<'_>], consumed: &[Option<u32>]) -> Reason {
        if number == 0 {
            return Reason::Root;
        }
        match (self.deciding(number, look), consumed[number as usize]) {
            (Some((condition, Answer::No)), _) => Reason::Excluded { condition },
            (_, Some(by)) => Reason::Consumed { by },
            (Some((condition, _)), None) => Reason::Open { condition },
            (None, None) if self.node(number).grafted => Reason::Grafted,
            (None, None) => Reason::Matches,
        }
    }
}

/// What is known of a label, in words: "label team is certainly absent".
pub fn words(condition: &Condition<'_>, value: &Value<'_>) -> String {
    let label = condition.label;
    match value {
        _ if !condition.is_known() => "the matcher's text is not known here".to_owned(),
        Value::Absent => format!("label {label} is certainly absent"),
        Value::Is(text) => format!("label {label} is \"{text}\""),
        Value::OneOf(values) => format!("label {label} is one of {}", values.join(", ")),
        Value::Present => format!("label {label} has some value"),
        Value::Unknown => format!("label {label} is not known"),
    }
}
