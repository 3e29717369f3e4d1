//! Variables of Grafana: where they stand in a text, and the text with gaps in their place.

use super::promql::HOLE;
use std::borrow::Cow;
use std::ops::Range;

/// A reference to a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable<'t> {
    /// Its name.
    pub name: &'t str,
    /// The whole reference: `$name`, `${name:format}`, `[[name]]`.
    pub range: Range<usize>,
}

/// The variables that a text refers to, in order, as Grafana finds them; a name of digits alone
/// is a capture group, and none.
pub fn variables(text: &str) -> Vec<Variable<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = memchr::memchr2(b'$', b'[', &text.as_bytes()[at..]) {
        at += step;
        let Some((name, len)) = reference(text, at) else {
            at += 1;
            continue;
        };
        if !text[name.clone()].bytes().all(|c| c.is_ascii_digit()) {
            found.push(Variable { name: &text[name], range: at..at + len });
        }
        at += len;
    }
    found
}

/// Where the name stands in the reference that begins at `at`, and how long the whole is.
fn reference(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[at..];
    if let Some(body) = rest.strip_prefix("${") {
        let len = word(body);
        let close = len + body[len..].find('}')?;
        let tail = &body[len..close];
        let whole = tail.is_empty() || (tail.len() > 1 && tail.starts_with(['.', ':']));
        return (len > 0 && whole).then_some((at + 2..at + 2 + len, close + 3));
    }
    if let Some(body) = rest.strip_prefix("[[") {
        let len = word(body);
        let format = body[len..].strip_prefix(':').map_or(0, |format| 1 + word(format));
        let closed = body[len + format..].starts_with("]]");
        return (len > 0 && format != 1 && closed)
            .then_some((at + 2..at + 2 + len, len + format + 4));
    }
    let len = word(rest.strip_prefix('$')?);
    (len > 0).then_some((at + 1..at + 1 + len, len + 1))
}

fn word(text: &str) -> usize {
    text.bytes().take_while(|&byte| is_word(byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// The text with each variable replaced, byte for byte, by a gap that keeps its name: positions
/// stay, and different variables leave different gaps.
pub fn with_gaps(text: &str) -> Cow<'_, str> {
    let variables = variables(text);
    if variables.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Variable { range, .. } in variables {
        out.push_str(&text[at..range.start]);
        let gap = text[range.clone()].bytes();
        out.extend(gap.map(|byte| if is_word(byte) { char::from(byte) } else { HOLE }));
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// Whether Grafana itself gives this variable a value: all that begin with `__`, and those of
/// its older releases.
pub fn is_built_in(name: &str) -> bool {
    name.starts_with("__") || matches!(name, "interval" | "timeFilter" | "timezone" | "dashboard")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_as_grafana_finds_them() {
        let names = |text| -> Vec<String> {
            variables(text).iter().map(|one| format!("{}@{:?}", one.name, one.range)).collect()
        };
        assert_eq!(
            names("rate(x{job=\"$job\"}[$__rate_interval])"),
            ["job@12..16", "__rate_interval@19..35"]
        );
        assert_eq!(
            names("${a:regex} ${b.text} [[c]] [[d:csv]]"),
            ["a@0..10", "b@11..20", "c@21..26", "d@27..36"]
        );
        assert!(names("\"$1\" \"${2}\" a$ b$\" [[:alpha:]] ${} ${-x} $$ [5m]").is_empty());
        assert_eq!(names("${__from:date:YYYY-MM}"), ["__from@0..22"]);
    }

    #[test]
    fn gaps_keep_positions_and_names() {
        let text = "sum by ($a) (x{b=~\"${b:regex}\"}[5m]) > [[c]] # é $d";
        let gaps = with_gaps(text);
        assert_eq!(gaps.len(), text.len());
        assert_eq!(
            gaps.replace(HOLE, "~"),
            "sum by (~a) (x{b=~\"~~b~regex~\"}[5m]) > ~~c~~ # é ~d"
        );
        assert!(matches!(with_gaps("up"), Cow::Borrowed("up")));
    }
}
