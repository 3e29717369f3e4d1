//! Durations as the programs read them.

/// A Prometheus duration (`1h30m`, `5d`, `0`) in milliseconds; `None` if the programs refuse it.
///
/// Whole numbers with the units y, w, d, h, m, s, ms, each at most once and in that order.
pub fn prometheus(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    const UNITS: &[(&str, i64)] = &[
        ("y", 31_536_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let mut rest = text;
    let mut sum: i64 = 0;
    let mut next = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|&at| at > 0)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let place = next + UNITS[next..].iter().position(|(name, _)| *name == unit)?;
        let part = number.parse::<i64>().ok()?.checked_mul(UNITS[place].1)?;
        sum = sum.checked_add(part)?;
        (next, rest) = (place + 1, tail);
    }
    // The programs count nanoseconds in 64 bits.
    (!text.is_empty() && sum <= i64::MAX / 1_000_000).then_some(sum)
}

/// A Go duration (`1h30m`, `1.5s`, `-2ms`) in nanoseconds; `None` if Go refuses it.
pub fn go(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        if !number.contains(|c: char| c.is_ascii_digit()) || number.matches('.').count() > 1 {
            return None;
        }
        let letters = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            _ => return None,
        };
        sum += format!("0{number}").parse::<f64>().ok()? * factor;
        rest = tail;
    }
    if sum > i64::MAX as f64 {
        return None;
    }
    let whole = sum as i64;
    Some(if negative { -whole } else { whole })
}

/// A duration in milliseconds, as people write it: `4h`, `1m30s`.
pub fn display(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    let mut rest = ms;
    for (unit, size) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    {
        if rest >= size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_durations_are_whole_and_in_order() {
        for (text, ms) in [
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("0", 0),
            ("0s", 0),
            ("1y", 31_536_000_000),
            ("1m500ms", 60_500),
        ] {
            assert_eq!(prometheus(text), Some(ms), "{text}");
        }
        for text in
            ["", "5", "1.5m", "5 m", "30m1h", "1m1m", "5M", "-5m", "m", "1h 5m", "300y", "5mm"]
        {
            assert_eq!(prometheus(text), None, "{text}");
        }
    }

    #[test]
    fn go_durations_take_fractions_and_no_days() {
        for (text, ns) in [
            ("1.5s", 1_500_000_000),
            ("10s", 10_000_000_000),
            ("0", 0),
            ("-1ms", -1_000_000),
            (".5s", 500_000_000),
            ("1m1m", 120_000_000_000),
        ] {
            assert_eq!(go(text), Some(ns), "{text}");
        }
        for text in ["", "5", "1d", "5 s", "s", ".s", "-", "1.2.3s"] {
            assert_eq!(go(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_shown_as_written() {
        assert_eq!(display(14_400_000), "4h");
        assert_eq!(display(90_000), "1m30s");
    }
}
