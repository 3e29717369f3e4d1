//! The rules: one file each in `rules/`, compiled into the program as static data.

pub mod load;
pub mod model;
pub mod predicate;
pub mod schema;

use model::{Logic, Rule};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules of a run that has some of its own.
struct Extended {
    rules: &'static [Rule],
    ruleset: &'static str,
}

/// Set once, before anything asks for rules: they live as long as the program.
static EXTENDED: OnceLock<Extended> = OnceLock::new();

/// All rules, by code.
pub fn rules() -> &'static [Rule] {
    EXTENDED.get().map_or(RULES, |extended| extended.rules)
}

/// Hash of all rule files and of the standard, as `sha256:…`.
pub fn ruleset() -> &'static str {
    EXTENDED.get().map_or(RULESET, |extended| extended.ruleset)
}

/// Another standard than the bundled one.
pub struct Other<'s> {
    /// Its text.
    pub text: &'s str,
    /// The requirements that a rule serves there.
    pub served: &'s dyn Fn(&Rule) -> Vec<&'static str>,
}

/// Adds rules of the repository, and says what all rules serve in another standard. The first
/// call of a run holds.
pub fn extend(own: Vec<Rule>, standard: Option<&Other<'_>>) {
    let mut hash = Sha256::new();
    hash.update(RULESET);
    for rule in &own {
        hash.update(rule.name);
        hash.update(rule.text);
    }
    let mut rules = RULES.to_vec();
    rules.extend(own);
    if let Some(standard) = standard {
        hash.update(standard.text);
        for rule in &mut rules {
            rule.requirements = Vec::leak((standard.served)(rule));
        }
    }
    rules.sort_by_key(|rule| rule.code);
    let ruleset = format!("sha256:{:x}", hash.finalize());
    let _ = EXTENDED.set(Extended { rules: Vec::leak(rules), ruleset: String::leak(ruleset) });
}

/// What is wrong with a rule beside these, if it is the repository's own.
pub fn refused(own: &Rule, others: &[Rule]) -> Option<(&'static str, String)> {
    let letters = own.family().len();
    let digits = own.code.len() - letters;
    let shaped = (2..=12).contains(&letters)
        && (2..=5).contains(&digits)
        && own.family().bytes().all(|byte| byte.is_ascii_uppercase());
    if !shaped {
        return Some((
            "code",
            "a code is capital letters and a number, such as SHOP001".to_owned(),
        ));
    }
    if matches!(own.logic, Logic::Builtin) {
        let message = "a rule of your own says what it requires: `require:` in place of `check:`";
        return Some(("check", message.to_owned()));
    }
    if own.absence {
        return Some(("absence", "what is missing is asked by rules of the tool only".to_owned()));
    }
    let all = || RULES.iter().chain(others);
    if let Some(known) = all().find(|known| known.code == own.code) {
        return Some(("code", format!("{} is the code of {} already", own.code, known.name)));
    }
    let same = |known: &&Rule| known.family() == own.family() && known.name == own.name;
    all()
        .find(same)
        .map(|known| ("code", format!("{} has the name {} already", known.code, own.name)))
}

/// The rule with this code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    let rules = rules();
    rules.binary_search_by(|rule| rule.code.cmp(code)).ok().map(|index| &rules[index])
}

/// The rules that a code or a name may mean: none, one, or several of one name.
pub fn named(word: &str) -> Vec<&'static Rule> {
    match by_code(&word.to_ascii_uppercase()) {
        Some(rule) => vec![rule],
        None => rules().iter().filter(|rule| rule.name == word).collect(),
    }
}
