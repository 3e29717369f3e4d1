//! Recorded names, and who records them.

use super::Model;
use crate::lang::quick::QuickMap;
use crate::repo::queries::Query;

/// The definitions of one recorded name.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Rules that record it, their expressions read or not.
    pub definitions: usize,
    /// Numbers of their expressions that could be read.
    pub queries: Vec<usize>,
    /// Not all of them are copies of the first, as each environment has one.
    differ: bool,
}

impl Record {
    /// The number of the one expression that all rules have.
    pub fn only(&self) -> Option<usize> {
        let first = *self.queries.first()?;
        (!self.differ && self.definitions == self.queries.len()).then_some(first)
    }
}

/// The recorded names: each expression looks up all names that it reads.
#[derive(Debug, Default)]
pub struct Records<'r> {
    quick: QuickMap<&'r str, Record>,
    sorted: Vec<&'r str>,
}

impl<'r> Records<'r> {
    fn of(&mut self, name: &'r str) -> &mut Record {
        self.quick.entry(name).or_default()
    }

    /// What is recorded under a name.
    pub fn get(&self, name: &str) -> Option<&Record> {
        self.quick.get(name)
    }

    /// Whether a name is recorded.
    pub fn contains(&self, name: &str) -> bool {
        self.quick.contains_key(name)
    }

    /// All names from this one on, in their order.
    pub fn from(&self, name: &str) -> impl Iterator<Item = &'r str> {
        let start = self.sorted.partition_point(|known| *known < name);
        self.sorted[start..].iter().copied()
    }
}

impl<'r> Model<'r> {
    /// Recorded names and who records them.
    pub fn records(&self) -> &Records<'r> {
        self.records.get_or_init(|| {
            let mut records = Records::default();
            for rule in &self.repo.facts.recording_rules {
                records.of(&rule.name.text).definitions += 1;
            }
            for query in self.queries().iter().filter(|query| query.is_sound()) {
                if let Some(rule) = query.record() {
                    let record = records.of(&rule.name.text);
                    if let Some(first) = record.queries.first() {
                        record.differ |= !is_copy(&self.queries()[*first], query);
                    }
                    record.queries.push(query.index);
                }
            }
            records.sorted = records.quick.keys().copied().collect();
            records.sorted.sort_unstable();
            records
        })
    }
}

/// Whether two rules record the same, with the same labels.
fn is_copy(one: &Query<'_>, other: &Query<'_>) -> bool {
    let labels = |query: &Query<'_>| {
        let rule = query.record()?;
        let entries = rule.labels.entries.iter();
        Some(entries.map(|(key, value)| (key.text.clone(), value.text.clone())).collect::<Vec<_>>())
    };
    one.scalar.text == other.scalar.text && labels(one) == labels(other)
}
