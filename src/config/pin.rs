//! Which release of this program may judge: `0.1`, `>=0.1.2, <0.3`.

/// Comparators, the longest first.
const COMPARATORS: &[&str] = &[">=", "<=", "==", "=", ">", "<"];

/// Numbers of a release: up to three, what follows a `-` or `+` left out.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let plain = text.split(['-', '+']).next().unwrap_or(text);
    let numbers: Option<Vec<u64>> = plain.split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() <= 3)
}

fn parts(requirement: &str) -> impl Iterator<Item = (&str, Option<Vec<u64>>)> {
    requirement.split(',').map(str::trim).map(|part| {
        let sign = COMPARATORS.iter().find(|sign| part.starts_with(**sign)).copied().unwrap_or("");
        (sign, numbers(part[sign.len()..].trim()))
    })
}

/// Whether a text says which releases may judge.
pub fn is_requirement(requirement: &str) -> bool {
    parts(requirement).all(|(_, numbers)| numbers.is_some())
}

/// Whether a release is one of those that a requirement names: all of its parts have to hold, and
/// a part without a sign names a release by its first numbers.
pub fn fits(requirement: &str, release: &str) -> bool {
    let Some(own) = numbers(release) else { return false };
    parts(requirement).all(|(sign, wanted)| {
        let Some(wanted) = wanted else { return false };
        if matches!(sign, "" | "=" | "==") {
            return own.starts_with(&wanted);
        }
        let mut full = wanted;
        full.resize(own.len().max(full.len()), 0);
        match sign {
            ">=" => own >= full,
            "<=" => own <= full,
            ">" => own > full,
            _ => own < full,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{fits, is_requirement};

    #[test]
    fn releases_are_compared_by_number() {
        for wanted in ["0.1", "0.1.0", "=0.1.0", ">=0.1", ">=0.0.9, <0.2", "<=0.1.0", "<1"] {
            assert!(fits(wanted, "0.1.0"), "{wanted}");
        }
        for wanted in ["0.2", "0.1.1", ">0.1.0", "<0.1", ">=0.1, <0.1.0", ">=0.10"] {
            assert!(!fits(wanted, "0.1.0"), "{wanted}");
        }
        assert!(is_requirement(">=0.1, <2"));
        assert!(!is_requirement("latest"));
        assert!(!is_requirement(""));
    }
}
