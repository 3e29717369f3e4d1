//! Routes that a sibling before them leaves nothing for.

use super::matching::{Answer, Condition};
use super::tree::Tree;
use crate::facts::alertmanager::MatchOp;
use crate::lang::pattern;
use std::collections::BTreeMap;

/// A label, how it is compared and with what.
type Key<'r> = (&'r str, &'static str, &'r str);

/// By number of the route: the first sibling before it that does not continue and matches every
/// alert this route matches.
pub(super) fn shadows(tree: &Tree<'_>) -> BTreeMap<u32, u32> {
    let mut found = BTreeMap::new();
    for node in tree.nodes() {
        let mut before = Before::default();
        for child in &node.children {
            if let Some(by) = before.first_over(tree, *child) {
                found.insert(*child, by);
            }
            before.add(tree, *child);
        }
    }
    found
}

/// Siblings that let nothing through, found by one of their matchers.
#[derive(Default)]
struct Before<'r> {
    by_key: BTreeMap<Key<'r>, Vec<u32>>,
    /// Those whose first matcher may follow from a matcher written otherwise.
    by_label: BTreeMap<&'r str, Vec<u32>>,
    everything: Option<u32>,
}

impl<'r> Before<'r> {
    fn add(&mut self, tree: &Tree<'r>, number: u32) {
        let node = tree.node(number);
        let decided = node.conditions.iter().all(Condition::is_known) && !node.grafted;
        if node.continues != Answer::No || !decided {
            return;
        }
        // One matcher is enough to find it by: the plainest.
        let plain = node.conditions.iter().find(|condition| condition.exact().is_some());
        match plain.or(node.conditions.first()) {
            None => self.everything = self.everything.or(Some(number)),
            Some(one) => {
                for key in keys(one) {
                    self.by_key.entry(key).or_default().push(number);
                }
                let listed = one.op == MatchOp::Regex && pattern::words(one.value).is_some();
                if one.exact().is_none() && !listed {
                    self.by_label.entry(one.label).or_default().push(number);
                }
            }
        }
    }

    fn first_over(&self, tree: &Tree<'r>, number: u32) -> Option<u32> {
        let conditions = &tree.node(number).conditions;
        let by_key = conditions.iter().flat_map(keys).filter_map(|key| self.by_key.get(&key));
        let by_label = conditions.iter().filter_map(|one| self.by_label.get(one.label));
        let candidates = by_key.chain(by_label).flatten().copied().chain(self.everything);
        candidates.filter(|before| implies(conditions, &tree.node(*before).conditions)).min()
    }
}

/// Whether every alert that satisfies all of `these` satisfies all of `those`.
pub(super) fn implies(these: &[Condition<'_>], those: &[Condition<'_>]) -> bool {
    those.iter().all(|that| these.iter().any(|this| that.follows_from(this)))
}

/// What a matcher is found by: as written, and by each word that it lists.
fn keys<'r>(condition: &Condition<'r>) -> Vec<Key<'r>> {
    let (label, op, value) = (condition.label, condition.op, condition.value);
    let words = match op {
        MatchOp::Regex => pattern::words(value).unwrap_or_default(),
        _ => Vec::new(),
    };
    let listed = words.into_iter().map(|word| (label, MatchOp::Equal.sign(), word));
    std::iter::once((label, op.sign(), value)).chain(listed).collect()
}
