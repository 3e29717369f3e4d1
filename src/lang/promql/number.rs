//! Numbers and lengths of time in PromQL.

use crate::lang::duration;

/// Scans a number or a duration at the start of `bytes`: its length, and whether it is a number;
/// `None` if it is neither, with the length of what was read.
pub(super) fn scan(bytes: &[u8]) -> (usize, Option<bool>) {
    let mut scan = Scan { bytes, at: 0 };
    if scan.number() {
        return (scan.at, Some(true));
    }
    if scan.duration() {
        return (scan.at, Some(false));
    }
    (scan.at.max(1), None)
}

struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is(&self, set: &[u8]) -> bool {
        self.peek().is_some_and(|c| set.contains(&c))
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.is(set);
        self.at += usize::from(found);
        found
    }

    fn alphanumeric_follows(&self) -> bool {
        self.peek().is_some_and(|c| c == b'_' || c.is_ascii_alphanumeric())
    }

    /// Follows the scanner of Prometheus step by step: where it gives up decides whether what
    /// was read so far may still be a duration.
    fn number(&mut self) -> bool {
        let mut digits: &[u8] = b"0123456789";
        if self.accept(b"0") && self.accept(b"xX") {
            self.accept(b"_");
            digits = b"0123456789abcdefABCDEF";
        }
        self.accept(b".");
        self.accept(digits);
        let (mut dot, mut exponent) = (false, false);
        while self.is(digits) || self.is(b"._eE") {
            if self.is(b".") {
                self.at += 1;
                if dot || self.accept(b"_.") || digits.len() > 10 {
                    return false;
                }
                dot = true;
            } else if self.is(b"eE") {
                self.at += 1;
                if exponent {
                    return false;
                }
                exponent = true;
                self.accept(b"+-");
                if self.accept(b"._eE") || self.peek().is_none() {
                    return false;
                }
            } else if self.is(b"_") {
                self.at += 1;
                if self.accept(b"._eE") || self.peek().is_none() {
                    return false;
                }
            } else {
                while self.accept(digits) {}
            }
        }
        self.at > 0 && !self.alphanumeric_follows()
    }

    /// The rest of a duration after its first digits.
    fn duration(&mut self) -> bool {
        if !self.accept(b"smhdwy") {
            return false;
        }
        self.accept(b"s");
        while self.accept(b"0123456789") {
            while self.accept(b"0123456789") {}
            if !self.accept(b"smhdw") {
                return false;
            }
            self.accept(b"s");
        }
        !self.alphanumeric_follows()
    }
}

/// The value of a number token; `None` if Go's `strconv` refuses it.
pub(super) fn value(text: &str) -> Option<f64> {
    integer(text).or_else(|| float(text))
}

/// The length in seconds of a duration token; `None` if its units are not in order.
pub(super) fn seconds(text: &str) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds become seconds as in Prometheus")]
    duration::prometheus(text).map(|ms| ms as f64 / 1000.0)
}

/// As `strconv.ParseInt` with base 0: `0x` is hexadecimal, a leading `0` octal, underscores
/// stand between digits.
fn integer(text: &str) -> Option<f64> {
    let (digits, base) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    let after_prefix = base != 10;
    if !underscores_separate(digits, after_prefix) {
        return None;
    }
    let plain = digits.replace('_', "");
    #[expect(clippy::cast_precision_loss, reason = "as in Prometheus")]
    i64::from_str_radix(&plain, base).ok().map(|value| value as f64)
}

fn underscores_separate(digits: &str, after_prefix: bool) -> bool {
    let leading = digits.starts_with('_') && !after_prefix;
    !leading && !digits.ends_with('_') && !digits.contains("__")
}

fn float(text: &str) -> Option<f64> {
    // A hexadecimal float would need a `p`, which no number token holds.
    if text.starts_with("0x") || text.starts_with("0X") {
        return None;
    }
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if (0..bytes.len())
        .any(|at| bytes[at] == b'_' && !(at > 0 && is_digit(at - 1) && is_digit(at + 1)))
    {
        return None;
    }
    let value: f64 = text.replace('_', "").parse().ok()?;
    let named = text.bytes().any(|c| matches!(c, b'n' | b'N'));
    (value.is_finite() || named).then_some(value)
}
