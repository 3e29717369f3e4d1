//! The standard as data: requirements, their clauses, and who maps which control.

pub mod load;
pub mod model;

pub use model::*;

use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/standard.rs"));

/// Evidence for controls, by control.
pub fn backing() -> &'static [Backing] {
    BACKING
}

/// The standard of this run, where it is not the bundled one.
static IN_FORCE: OnceLock<&'static Standard> = OnceLock::new();

/// Takes another standard for the rest of the run; the first one taken stays.
pub fn take(standard: Standard) -> &'static Standard {
    IN_FORCE.get_or_init(|| Box::leak(Box::new(standard)))
}

impl Standard {
    /// The requirements that a rule serves: those it names itself, and those whose clauses name
    /// it.
    pub fn served(&self, code: &str, own: &[&'static str]) -> Vec<&'static str> {
        let serves = |it: &&Requirement| {
            own.contains(&it.id) || it.clauses.iter().any(|clause| clause.rules.contains(&code))
        };
        self.requirements.iter().filter(serves).map(|it| it.id).collect()
    }
}

/// The bundled edition.
pub fn bundled() -> &'static Standard {
    &STANDARD
}

/// The standard that verdicts are given on: the bundled one, unless the configuration names
/// another.
pub fn in_force() -> &'static Standard {
    IN_FORCE.get().copied().unwrap_or(&STANDARD)
}

/// The requirement with this id.
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    in_force().requirements.iter().find(|requirement| requirement.id.eq_ignore_ascii_case(id))
}

/// A requirement's title.
pub fn title(id: &str) -> Option<&'static str> {
    requirement(id).map(|requirement| requirement.title)
}
