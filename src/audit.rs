//! Records against records: what changed, whether a record still holds, whether a state is good
//! enough.
//!
//! In: records (`obsproof/report/1`) as JSON, made now or long ago. No stage is asked anything.

mod compare;
mod field;
mod gate;
mod verify;

pub use compare::compare;
pub use field::{list, record, text, words};
pub use gate::{Judgement, gate};
pub use verify::{Difference, recompute, verify};

/// From good to bad; verdicts that are equally good share a number.
pub(crate) fn rank(verdict: &str) -> u8 {
    match verdict {
        "met" | "attested" | "inherited" | "not-applicable" => 0,
        "needs-attestation" => 1,
        "partly" => 2,
        "unknown" => 3,
        _ => 4,
    }
}
