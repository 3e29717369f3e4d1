//! Scalars as their real readers type them.

use super::table::Reader;
use crate::lang::duration;
use crate::parse::tree::{NodeRef, Style};

/// What a reader makes of a scalar before it knows the field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'t> {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(&'t str),
}

/// Types a scalar.
pub(crate) fn resolve(node: NodeRef<'_>, reader: Reader) -> Value<'_> {
    let Some(text) = node.scalar() else { return Value::Null };
    let plain = node.style() == Some(Style::Plain);
    match node.tag() {
        Some(tag) if tag.ends_with(":null") => Value::Null,
        Some(tag) if [":int", ":float", ":bool"].iter().any(|word| tag.ends_with(word)) => {
            plain_value(text, reader)
        }
        Some(_) => Value::Text(text),
        None if plain => plain_value(text, reader),
        None => Value::Text(text),
    }
}

fn plain_value(text: &str, reader: Reader) -> Value<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Value::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !matches!(reader, Reader::GoYamlV3 | Reader::Mapstructure)
        && let Some(value) = old_bool(text)
    {
        return Value::Bool(value);
    }
    number(text).unwrap_or(Value::Text(text))
}

/// The boolean words of YAML 1.1 beyond `true` and `false`.
pub(crate) fn old_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// A number as go-yaml reads it: Go's own literals, underscores left out.
fn number(text: &str) -> Option<Value<'_>> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    let bare: String = text.chars().filter(|&c| c != '_').collect();
    if let Some(whole) = integer(&bare)
        && whole >= i128::from(i64::MIN)
        && whole <= i128::from(u64::MAX)
    {
        return Some(Value::Int(whole));
    }
    is_float(&bare).then(|| bare.parse().ok().map(Value::Float)).flatten()
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (&lower[2..], 16),
        [b'0', b'b', ..] => (&lower[2..], 2),
        [b'0', b'o', ..] => (&lower[2..], 8),
        [b'0', _, ..] => (&lower[1..], 8),
        _ => (&lower[..], 10),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -value } else { value })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && digits(fraction),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    mantissa_fits
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// A Prometheus duration in milliseconds; `None` where Prometheus refuses it.
pub fn duration_ms(text: &str) -> Option<u64> {
    duration::prometheus(text).and_then(|ms| u64::try_from(ms).ok())
}

/// A Go duration in nanoseconds; `None` where Go refuses it.
pub fn go_duration_ns(text: &str) -> Option<i64> {
    duration::go(text)
}

/// A size in bytes, as `alecthomas/units` reads it; `None` where it refuses.
pub fn size_bytes(text: &str) -> Option<f64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if rest == "0" {
        return Some(0.0);
    }
    let total = size_in(rest, "iB").or_else(|| size_in(rest, "B"))?;
    (total < 9.3e18).then_some(sign * total)
}

fn size_in(text: &str, suffix: &str) -> Option<f64> {
    let (mut rest, mut total) = (text, 0.0);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = &rest[..digits];
        if !amount.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let amount: f64 = amount.parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = &rest[..end];
        rest = &rest[end..];
        let power = match unit.strip_suffix(suffix) {
            Some("K") => 1,
            Some("M") => 2,
            Some("G") => 3,
            Some("T") => 4,
            Some("P") => 5,
            Some("E") => 6,
            _ if unit == "B" => 0,
            _ => return None,
        };
        total += amount * 1024f64.powi(power);
    }
    Some(total)
}

/// Why Go's `url.Parse` refuses a text.
pub fn url_fault(text: &str) -> Option<&'static str> {
    if text.chars().any(|c| c < ' ' || c == '\u{7f}') {
        return Some("holds a control character");
    }
    let rest = text.split('#').next().unwrap_or(text);
    if text.split_once('#').is_some_and(|(_, fragment)| bad_escape(fragment)) {
        return Some("has an invalid % escape");
    }
    if rest.starts_with(':') {
        return Some("has no scheme before the colon");
    }
    let scheme_end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let scheme = match scheme_end {
        Some(at)
            if rest[at..].starts_with(':')
                && rest.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            Some(&rest[..at])
        }
        _ => None,
    };
    let after = scheme.map_or(rest, |scheme| &rest[scheme.len() + 1..]);
    let after = after.split('?').next().unwrap_or(after);
    let Some(authority) = after.strip_prefix("//") else {
        if scheme.is_none() {
            let segment = after.split('/').next().unwrap_or(after);
            if !after.starts_with('/') && segment.contains(':') {
                return Some("has a colon in its first part and no scheme");
            }
        }
        let opaque = scheme.is_some() && !after.starts_with('/');
        return (!opaque && bad_escape(after)).then_some("has an invalid % escape");
    };
    let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
    if bad_escape(path) {
        return Some("has an invalid % escape");
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some((user, _)) = authority.rsplit_once('@') {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(plain) || bad_escape(user) {
            return Some("has characters in its user name that need escaping");
        }
    }
    host_fault(host)
}

fn host_fault(host: &str) -> Option<&'static str> {
    let (name, port) = if host.starts_with('[') {
        match host.rfind(']') {
            Some(at) => (&host[..=at], &host[at + 1..]),
            None => return Some("has an unclosed `[` in its host"),
        }
    } else {
        host.split_at(host.rfind(':').unwrap_or(host.len()))
    };
    let port_fits = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if !port_fits {
        return Some("has a port that is no number");
    }
    let allowed = |c: char| {
        !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c)
    };
    if !name.chars().all(allowed) {
        return Some("has a character in its host that no host can have");
    }
    if name.contains('%') && !name.starts_with('[') && bad_escape(name) {
        return Some("has an invalid % escape");
    }
    None
}

fn bad_escape(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Number of edits between two words, counted up to three.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 || a.len() > 100 {
        return 3;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, &to) in b.iter().enumerate() {
            let mut cost = (row[j] + usize::from(from != to)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && from == b[j - 1] && a[i - 1] == to {
                cost = cost.min(before[j - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(3)
}
