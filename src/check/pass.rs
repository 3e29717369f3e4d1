//! In which order rules see subjects: a block of expressions or facts goes through all rules that
//! look at its kind before the next block is touched, so that it is read from memory once.

use super::{Builtin, table};
use crate::catalogue::model::{Logic, Rule};
use crate::facts::subject::SubjectKind;
use std::collections::BTreeMap;
use std::ops::Range;

/// One way in which a rule looks at subjects: its predicate, or one of its functions.
pub(super) struct Pass {
    /// Number of the rule among those that run.
    pub(super) number: usize,
    /// The rule.
    pub(super) rule: &'static Rule,
    /// Its function; `None` for a predicate.
    pub(super) builtin: Option<Builtin>,
}

/// Some passes over one block of subjects.
pub(super) struct Task {
    /// Numbers of the passes.
    pub(super) passes: Vec<usize>,
    /// Numbers of the subjects in their list.
    pub(super) block: Range<usize>,
}

/// Subjects that go through all rules at a time: few enough to stay near the processor.
const BLOCK: usize = 128;

/// The passes of all rules, in the order of the rules.
pub(super) fn passes(rules: &[&'static Rule]) -> Vec<Pass> {
    let mut passes = Vec::with_capacity(rules.len());
    for (number, &rule) in rules.iter().enumerate() {
        let builtins = table::builtins(rule.code);
        if builtins.is_empty() && matches!(rule.logic, Logic::Require(_)) {
            passes.push(Pass { number, rule, builtin: None });
        }
        passes.extend(builtins.iter().map(|&it| Pass { number, rule, builtin: Some(it) }));
    }
    passes
}

/// What can be done at one time: each pass on its own where its list is short, all passes over a
/// long list block by block.
pub(super) fn tasks(passes: &[Pass], count: impl Fn(SubjectKind) -> usize) -> Vec<Task> {
    let mut long: BTreeMap<SubjectKind, Vec<usize>> = BTreeMap::new();
    let mut tasks = Vec::new();
    for (number, pass) in passes.iter().enumerate() {
        let list = pass.builtin.map_or(Some(pass.rule.subject), Builtin::list);
        match list.filter(|list| count(*list) > BLOCK) {
            Some(list) => long.entry(list).or_default().push(number),
            None => tasks.push(Task { passes: vec![number], block: 0..usize::MAX }),
        }
    }
    for (list, passes) in long {
        for start in (0..count(list)).step_by(BLOCK) {
            tasks.push(Task { passes: passes.clone(), block: start..start + BLOCK });
        }
    }
    tasks
}
