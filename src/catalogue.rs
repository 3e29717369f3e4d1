//! The rules: one file each in `rules/`, compiled into the program as static data.

pub mod load;
pub mod model;
pub mod predicate;

use model::Rule;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// All rules, by code.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// Hash of all rule files and of the standard, as `sha256:…`.
pub fn ruleset() -> &'static str {
    RULESET
}

/// The rule with this code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.code.cmp(code)).ok().map(|index| &RULES[index])
}

/// The rules that a code or a name may mean: none, one, or several of one name.
pub fn named(word: &str) -> Vec<&'static Rule> {
    match by_code(&word.to_ascii_uppercase()) {
        Some(rule) => vec![rule],
        None => RULES.iter().filter(|rule| rule.name == word).collect(),
    }
}
