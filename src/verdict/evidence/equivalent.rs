//! Products that stand in for those the standard names: met only where that is approved.

use super::{Answer, Holds};
use crate::config;
use crate::verdict::scope::Scope;

/// A product that stands in for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalent {
    /// In words: `Loki for ELK`.
    pub text: String,
    /// Number of the declaration that approves it; without one nothing is met by it.
    pub declaration: Option<usize>,
}

impl Answer {
    /// The same answer, given by a product that stands in for the one the standard names (words
    /// of `config::product`: `loki` for `elk`). Without an approved declaration it holds in part.
    pub(in crate::verdict) fn standing_in(
        mut self,
        scope: &Scope<'_>,
        product: &str,
        named: &str,
    ) -> Answer {
        if matches!(self.holds, Holds::No | Holds::Unknown) {
            return self;
        }
        let declaration = scope.repo.declared_equivalent(product, named).map(|(number, _)| number);
        let text = format!("{} for {}", config::product(product), config::product(named));
        if declaration.is_none() {
            self.holds = Holds::Partly;
            self.note = format!(
                "{text} is not approved: declare `equivalent = \"{product}\"` with `for = \"{named}\"` in obsproof.toml"
            );
        }
        self.equivalents.push(Equivalent { text, declaration });
        self
    }
}
