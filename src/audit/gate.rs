//! Whether a state is as good as one that was recorded, and what was promised was kept.

use super::field::{row, text};
use super::rank;
use crate::config::Gate;
use serde_json::{Value, json};

/// What the gate says of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The requirement.
    pub requirement: String,
    /// `worse`, `missed`, `due` or `reached`.
    pub state: &'static str,
    /// In a sentence.
    pub message: String,
}

impl Judgement {
    /// Whether the gate stays shut.
    pub fn fails(&self) -> bool {
        matches!(self.state, "worse" | "missed")
    }

    /// As a row of the record.
    pub fn value(&self) -> Value {
        json!({ "requirement": self.requirement, "state": self.state, "message": self.message })
    }
}

/// Judges a record on this day: what is worse than recorded, and every target.
pub fn gate(record: &Value, gate: &Gate, today: &str) -> Vec<Judgement> {
    let now =
        |id: &str| row(record, "requirements", id).map_or("unknown", |it| text(it, "verdict"));
    let reason = |id: &str| row(record, "requirements", id).map_or("", |it| text(it, "reason"));
    let mut judgements = Vec::new();
    for (id, recorded) in &gate.recorded {
        let verdict = now(id);
        if rank(verdict) > rank(recorded) {
            judgements.push(Judgement {
                requirement: (*id).to_owned(),
                state: "worse",
                message: format!("{id} is {verdict}, recorded as {recorded}: {}", reason(id)),
            });
        }
    }
    for target in &gate.targets {
        let id = target.requirement;
        let verdict = now(id);
        let aim = format!("{} by {} ({})", target.verdict, target.due, target.owner);
        let (state, message) = if rank(verdict) <= rank(&target.verdict) {
            ("reached", format!("{id} is {verdict}, to be {aim}"))
        } else if target.due.as_str() < today {
            ("missed", format!("{id} is {verdict}, and was to be {aim}: {}", reason(id)))
        } else {
            ("due", format!("{id} is {verdict}, to be {aim}"))
        };
        judgements.push(Judgement { requirement: id.to_owned(), state, message });
    }
    judgements
}
