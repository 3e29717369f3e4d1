//! An alert on its way through the routes, as Alertmanager walks them: a route takes what its
//! matchers match, hands it to the first children that match, and keeps what none of them takes.

use super::matching::Answer;
use super::tree::Tree;
use crate::repo::alerts::Value;

/// What happens to the alerts of a rule.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Routes whose receivers are told, in order.
    pub taken: Vec<Taken>,
    /// Routes that would match every alert, but a sibling before takes every one: the route and
    /// the sibling.
    pub missed: Vec<(u32, u32)>,
    /// Routes whose matchers may match and that alerts may come to, with certainty.
    pub entered: Vec<(u32, Answer)>,
}

/// A route that tells its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The route.
    pub node: u32,
    /// Whether every alert comes here.
    pub sure: Answer,
}

impl Tree<'_> {
    /// Walks what is known of an alert; `sent`: whether it certainly comes to this Alertmanager.
    pub fn walk(&self, look: &[Value<'_>], sent: Answer) -> Walk {
        let mut walk = Walk::default();
        self.visit(0, look, sent, &mut walk);
        walk
    }

    fn visit(&self, number: u32, look: &[Value<'_>], reach: Answer, walk: &mut Walk) {
        walk.entered.push((number, reach));
        let (mut left, mut by) = (reach, None);
        let mut told = Answer::No;
        for child in self.candidates(number, look) {
            let holds = self.holds(child, look);
            match by {
                Some(by) if holds == Answer::Yes && reach == Answer::Yes => {
                    walk.missed.push((child, by));
                }
                None if holds != Answer::No => {
                    self.visit(child, look, left.min(holds), walk);
                    told = told.max(holds);
                    match (self.node(child).continues, holds) {
                        (Answer::Yes, _) => {}
                        (Answer::No, Answer::Yes) => by = Some(child),
                        _ => left = Answer::Maybe,
                    }
                }
                _ => {}
            }
        }
        let own = match told {
            Answer::No => reach,
            Answer::Maybe => Answer::Maybe,
            Answer::Yes => return,
        };
        walk.taken.push(Taken { node: number, sure: own });
    }
}
