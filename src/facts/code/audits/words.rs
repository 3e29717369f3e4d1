//! What a record for auditors says, told by the names of its values.

use crate::lang::sensitive::words;
use std::collections::BTreeSet;

/// What a record has to say: the fact, in words, and names of values that give it.
pub(super) const FACTS: &[(&str, &str)] = &[
    (
        "what was done",
        "action event operation what activity verb type method message msg command kind",
    ),
    ("when", "timestamp time date datetime ts when created occurred now at"),
    (
        "where (the service or host)",
        "service host hostname server node app application component module system instance pod \
         namespace environment logger location where site",
    ),
    (
        "from where it was asked (the address or client)",
        "ip ips ipaddr ipaddress addr address client source src origin remote peer device agent \
         forwarded ua session from",
    ),
    (
        "the outcome",
        "outcome result success successful successfully succeeded status failure failed fail ok \
         err error denied allowed granted rejected accepted refused decision exception reason code",
    ),
    (
        "who",
        "user users userid username uid actor subject principal account who identity operator \
         admin email caller member performer author sub by tenant customer owner creator",
    ),
];

/// The facts that names give.
#[derive(Default)]
pub(super) struct Said(BTreeSet<usize>);

impl Said {
    /// A name or a text counts for all its words.
    pub(super) fn say(&mut self, name: &str) {
        for word in words(name) {
            for (number, (_, known)) in FACTS.iter().enumerate() {
                if known.split_ascii_whitespace().any(|one| one == word) {
                    self.0.insert(number);
                }
            }
        }
    }

    /// A fact that is given without a name.
    pub(super) fn give(&mut self, number: usize) {
        self.0.insert(number);
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.0.contains(&number)
    }

    /// What is left.
    pub(super) fn lacks(&self) -> Vec<&'static str> {
        let left = FACTS.iter().enumerate().filter(|(number, _)| !self.has(*number));
        left.map(|(_, (fact, _))| *fact).collect()
    }
}

/// Number of a fact in `FACTS`.
pub(super) const WHAT: usize = 0;
/// When.
pub(super) const WHEN: usize = 1;
/// Where.
pub(super) const WHERE: usize = 2;
/// Who.
pub(super) const WHO: usize = 5;
