//! The state of compliance in a line that never sums unlike things.

use crate::standard::Kind;
use crate::verdict::{Assessment, Verdict};

/// `met 9, of these 2 by equivalent and 1 with risk accepted · attested 2 · partly 4 · …`
pub fn counts(assessment: &Assessment, kind: Kind) -> String {
    let count = |verdict| assessment.count(kind, verdict);
    let declared = assessment.declared_away(kind);
    let mut parts = vec![
        format!(
            "met {}, of these {} by equivalent and {} with risk accepted",
            count(Verdict::Met),
            assessment.by_equivalent(kind),
            assessment.risk_accepted(kind)
        ),
        format!("attested {}", count(Verdict::Attested)),
        format!("partly {}", count(Verdict::Partly)),
        format!("not met {}", count(Verdict::NotMet)),
    ];
    let rare = [
        ("needs attestation", Verdict::NeedsAttestation),
        ("inherited", Verdict::Inherited),
        ("unknown", Verdict::Unknown),
    ];
    let rare = rare.iter().map(|&(word, verdict)| (word, count(verdict)));
    parts.extend(
        rare.filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word} {count}")),
    );
    let away = count(Verdict::NotApplicable);
    parts.push(format!(
        "not applicable {} by evidence, {declared} by declaration",
        away.saturating_sub(declared)
    ));
    parts.join(" · ")
}
