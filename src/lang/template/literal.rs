//! Which numbers and characters Go takes: `strconv` and `fmt.Sscan` as the parser uses them.

use crate::lang::promql::text;

/// Why a number token is no number.
pub(super) fn number_fault(token: &str) -> Option<&'static str> {
    if let Some(imaginary) = token.strip_suffix('i')
        && is_float(imaginary)
    {
        return None;
    }
    if is_integer(token) {
        return None;
    }
    if !is_float(token) {
        return Some("this is no number");
    }
    let whole = !token.contains(['.', 'e', 'E', 'p', 'P']);
    whole.then_some("this whole number is too large, or has a digit that octal numbers lack")
}

/// Whether `1+2i` can be read.
pub(super) fn is_complex(token: &str) -> bool {
    let real = float_token(token);
    let rest = &token[real..];
    let Some(imaginary) = rest.strip_prefix(['+', '-']) else { return false };
    let length = float_token(imaginary);
    let number = |text: &str| match text.find('p').filter(|_| !text.contains(['x', 'X'])) {
        Some(at) => is_float(&text[..at]) && text[at + 1..].parse::<i32>().is_ok(),
        None => is_float(text),
    };
    imaginary[length..].starts_with('i') && number(&token[..real]) && number(&imaginary[..length])
}

/// Whether a token between single quotes is one character.
pub(super) fn is_char(token: &str) -> bool {
    let Some(inner) = token.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) else {
        return false;
    };
    if inner.starts_with('\\') {
        return text::escape_length(inner, b'\'') == Some(inner.len());
    }
    !inner.starts_with('\'') && inner.chars().count() == 1
}

/// The length of what `fmt.Sscan` takes for a floating-point number.
fn float_token(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let accept = |at: &mut usize, set: &[u8]| {
        let found = bytes.get(*at).is_some_and(|byte| set.contains(byte));
        *at += usize::from(found);
        found
    };
    accept(&mut at, b"+-");
    let (mut digits, mut exponent): (&[u8], &[u8]) = (b"0123456789_", b"eEpP");
    if accept(&mut at, b"0") && accept(&mut at, b"xX") {
        (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
    }
    while accept(&mut at, digits) {}
    if accept(&mut at, b".") {
        while accept(&mut at, digits) {}
    }
    if accept(&mut at, exponent) {
        accept(&mut at, b"+-");
        while accept(&mut at, b"0123456789_") {}
    }
    at
}

/// `strconv.ParseInt` or `ParseUint` with base 0.
fn is_integer(token: &str) -> bool {
    let (negative, digits) = match token.as_bytes().first() {
        Some(b'-') => (true, &token[1..]),
        Some(b'+') => (false, &token[1..]),
        _ => (false, token),
    };
    let signed = digits.len() < token.len();
    let (body, base) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (&digits[2..], 16),
        [b'0', b'o' | b'O', _, ..] => (&digits[2..], 8),
        [b'0', b'b' | b'B', _, ..] => (&digits[2..], 2),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    let plain = body.replace('_', "");
    let clean = plain.bytes().all(|byte| char::from(byte).is_digit(base));
    if plain.is_empty() || !clean || (plain.len() < body.len() && !underscores_fit(digits)) {
        return false;
    }
    match u64::from_str_radix(&plain, base) {
        Ok(value) if negative => value <= i64::MAX.unsigned_abs() + 1,
        Ok(value) => !signed || value <= i64::MAX.unsigned_abs(),
        Err(_) => false,
    }
}

/// `strconv.ParseFloat`, as far as it takes the text and the value is finite.
fn is_float(token: &str) -> bool {
    let digits = token.strip_prefix(['+', '-']).unwrap_or(token);
    if digits.contains('_') && !underscores_fit(digits) {
        return false;
    }
    let plain = digits.replace('_', "");
    match plain.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => hexadecimal(&plain[2..]).is_some_and(f64::is_finite),
        _ => {
            let shaped = plain.bytes().all(|byte| {
                byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')
            });
            shaped && plain.parse::<f64>().is_ok_and(f64::is_finite)
        }
    }
}

/// `1.8p3` without its prefix.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for c in whole.chars().chain(part.chars()) {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power: i32 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
        i32::MIN / 8
    } else {
        i32::MAX / 8
    });
    let shift = i32::try_from(part.len()).unwrap_or(i32::MAX / 8).saturating_mul(4);
    Some(value * f64::from(power.saturating_sub(shift)).exp2())
}

/// Underscores stand between digits, or after the mark of a base.
fn underscores_fit(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let (mut at, hex) = match bytes {
        [b'0', b'x' | b'X', ..] => (2, true),
        [b'0', b'o' | b'O' | b'b' | b'B', ..] => (2, false),
        _ => (0, false),
    };
    let mut last = if at > 0 { b'0' } else { b'^' };
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() || (hex && byte.is_ascii_hexdigit()) {
            last = b'0';
        } else if byte == b'_' {
            if last != b'0' {
                return false;
            }
            last = b'_';
        } else {
            if last == b'_' {
                return false;
            }
            last = b'!';
        }
        at += 1;
    }
    last != b'_'
}
