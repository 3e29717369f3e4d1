//! Whether a text is a template at all: most are none, and most that hold actions are alerts.

use std::collections::BTreeSet;

/// Whether `text` holds anything that could be a template action.
pub fn has_actions(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).any(|at| {
        matches!(bytes.get(at + 1), Some(b'{' | b'%')) || (at > 0 && bytes[at - 1] == b'%')
    })
}

/// Whether a line outside comments holds a tag of ERB, `<%= … %>` or `<% … %>`.
pub(super) fn has_erb(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"<%").is_some()
        && text.lines().any(|line| {
            let tag = |(at, _): (usize, &str)| line[at..].contains("%>");
            !is_comment(line) && line.match_indices("<%").any(tag)
        })
}

/// The word of Terraform's `%{ for … }` and its like at the begin of a text.
pub(super) fn directive(text: &str) -> Option<&str> {
    let body = text.strip_prefix("%{")?.trim_start_matches('~').trim_start();
    let word = body.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    ["if", "else", "endif", "for", "endfor"].contains(&word).then_some(word)
}

/// Whether `text` is certainly a template for another program than its reader: markers of Helm,
/// Jinja or ERB outside comments. Alert templates (`{{ $labels.x }}`) are none.
pub fn is_template(text: &str) -> bool {
    if has_erb(text) {
        return true;
    }
    let mut set = None;
    let mut plain = Vec::new();
    let mut next = 0;
    for at in marks(text) {
        if at < next {
            continue;
        }
        let (start, line) = line_around(text, at);
        next = start + line.len();
        if is_comment(line) {
            continue;
        }
        if line_is_template(line) {
            return true;
        }
        if plain_action(line, text, &mut set) {
            plain.push(start);
        }
    }
    !plain.is_empty() && is_any_outside(text, &plain)
}

/// Where actions open that may be none of an alert: one look at each, so that of nearly no text of
/// alerts a line is read.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).filter(|&at| match bytes.get(at + 1) {
        Some(b'%') => true,
        _ if at > 0 && bytes[at - 1] == b'%' => true,
        Some(b'{') => {
            let action = &bytes[at + 2..];
            let outside = matches!(&bytes[..at], [.., b':' | b'-', b' ']);
            (outside && !reads_alert(action)) || may_be_other(action)
        }
        _ => false,
    })
}

/// Whether an action begins with a variable of alerts; a closer look finds them further on too.
fn reads_alert(action: &[u8]) -> bool {
    let action = action.strip_prefix(b"-").unwrap_or(action);
    let action = action.strip_prefix(b" ").unwrap_or(action);
    [&b"$labels"[..], b"$value"].iter().any(|name| {
        let after = action.strip_prefix(*name).and_then(<[u8]>::first);
        after.is_some_and(|&byte| byte.is_ascii() && !is_name(char::from(byte)))
    })
}

/// The line that holds the byte at a place, and where it begins.
fn line_around(text: &str, at: usize) -> (usize, &str) {
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |found| found + 1);
    (start, text[start..].lines().next().unwrap_or_default())
}

/// Whether one of the lines that begin at these places is outside of all block scalars.
fn is_any_outside(text: &str, starts: &[usize]) -> bool {
    let mut blocks = Blocks::default();
    let mut at = 0;
    let mut left = starts;
    text.split_inclusive('\n').any(|line| {
        let [first, rest @ ..] = left else { return false };
        let start = at;
        at += line.len();
        let inside = blocks.enter(line);
        if *first != start {
            return false;
        }
        left = rest;
        !inside
    })
}

/// Whether an action may be none of an alert: by its first letter, or a root that it reads.
fn may_be_other(action: &[u8]) -> bool {
    let first = action.iter().find(|byte| !matches!(byte, b'-' | b' '));
    if matches!(first, Some(b'`' | b'/' | b'"' | b'\'' | b'i')) {
        return true;
    }
    let line = &action[..memchr::memchr(b'\n', action).unwrap_or(action.len())];
    let end = memchr::memmem::find(line, b"}}").unwrap_or(line.len());
    memchr::memchr_iter(b'.', &line[..end])
        .any(|at| matches!(action.get(at + 1), Some(b'V' | b'R' | b'C')))
}

/// Weaker: markers that an alert template may hold too, believed where the text does not parse.
pub fn may_be_template(text: &str) -> bool {
    if is_template(text) {
        return true;
    }
    let mut blocks = Blocks::default();
    let mut set = None;
    text.lines().any(|line| {
        let inside = blocks.enter(line);
        let opens = || opens_with_action(line);
        !inside && !is_comment(line) && (opens() || plain_action(line, text, &mut set))
    })
}

/// Whether actions stand only inside of quotes and block scalars, are an alert's own, or are a name
/// inside of a value: `key: {{ .Values.name }}`. What such a text comes to has the same lines.
pub fn only_fills_in(text: &str) -> bool {
    let mut blocks = Blocks::default();
    let mut start = 0;
    !text.contains("{%")
        && !text.contains("%{")
        && text.split_inclusive('\n').all(|line| {
            let rest = &text[start..];
            start += line.len();
            let inside = blocks.enter(line.trim_end());
            is_comment(line)
                || tags_fill_in(line)
                    && (inside || line.find("{{").is_none_or(|at| fills_in(line, at, rest)))
        })
}

/// Whether all that actions do is to fill in single values: then every key and item of the output
/// stands in the text. An action with a line of its own, in a key or over several lines may bring
/// more, as do those that print whole mappings.
pub fn keeps_structure(text: &str) -> bool {
    !text.contains("{%")
        && !text.contains("%{ ")
        && text.lines().all(|line| {
            is_comment(line)
                || line.contains("ansible_managed")
                || tags_fill_in(line) && line.find("{{").is_none_or(|at| fills_value(line, at))
        })
}

/// Words of actions that steer, or print more than a value.
const BLOCKS: &[&str] = &[
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template",
    "block",
    "toYaml",
    "nindent",
    "indent",
    "to_yaml",
    "to_nice_yaml",
    "fromYaml",
];

fn fills_value(line: &str, first: usize) -> bool {
    let before = line[..first].trim_start();
    if before.trim_matches(['"', '\'']).is_empty() {
        return false;
    }
    let mut rest = &line[first..];
    while let Some(at) = rest.find("{{") {
        let Some(end) = rest[at..].find("}}") else { return false };
        let action = &rest[at + 2..at + end];
        let mut words = action.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rest = &rest[at + end + 2..];
        let after = rest.trim_start_matches(['"', '\'', '}']);
        let key = after.trim_end() == ":" || after.starts_with(": ");
        if key || words.any(|word| BLOCKS.contains(&word)) {
            return false;
        }
    }
    true
}

/// Whether what ERB does in a line only prints something behind other text.
fn tags_fill_in(line: &str) -> bool {
    let prints = |(at, _): (usize, &str)| line[at..].starts_with("<%=");
    !line.trim_start().starts_with("<%") && line.match_indices("<%").all(prints)
}

/// Whether the actions of a line, the first at a place, fill its value in; `rest` is the line and
/// what follows: an action may end there.
fn fills_in(line: &str, at: usize, rest: &str) -> bool {
    let before = line[..at].trim_start().trim_start_matches("- ");
    let value = before.split_once(": ").map_or(before, |(_, value)| value).trim_start();
    if value.starts_with(['"', '\'']) {
        return true;
    }
    let names = |action: &str| {
        let name = action.trim_matches([' ', '-']);
        let plain = name.chars().all(|c| is_name(c) || matches!(c, '$' | '.'));
        !before.is_empty() && name.starts_with(['$', '.']) && plain
    };
    line.match_indices("{{").all(|(at, _)| {
        let near = &rest.as_bytes()[at + 2..];
        let near = &near[..near.len().min(MAX_ACTION)];
        let end = memchr::memmem::find(near, b"}}").map(|end| at + 2 + end);
        let action = end.and_then(|end| rest.get(at + 2..end));
        action.is_some_and(|action| is_alert_action(action) || names(action))
    })
}

/// Longest action that is followed over lines.
const MAX_ACTION: usize = 1_000;

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

pub(super) fn line_is_template(line: &str) -> bool {
    if directive(line.trim_start()).is_some() {
        return true;
    }
    if line.contains("{%") && line.contains("%}") {
        let body = line.split("{%").nth(1).unwrap_or_default().trim_start_matches(['-', '+', ' ']);
        let word = body.split([' ', '-', '%']).next().unwrap_or_default();
        let words =
            ["raw", "endraw", "if", "elif", "else", "endif", "for", "endfor", "set", "include"];
        return words.contains(&word);
    }
    if !line.contains("{{") {
        return false;
    }
    // A comment of a template has a line of its own; behind a value it may be an alert's.
    let opens = line.trim_start().starts_with("{{");
    line.split("{{").skip(1).any(|after| {
        let action = after.split("}}").next().unwrap_or(after);
        let body = action.trim_start_matches(['-', ' ']);
        body.starts_with('`')
            || (opens && (action.starts_with("/*") || action.starts_with("- /*")))
            || body.starts_with("\"{{\"")
            || body.starts_with("'{{'")
            || body.starts_with("include \"")
            || body.contains("index .Values \"")
            || [".Values", ".Release", ".Chart", ".Capabilities"]
                .iter()
                .any(|root| names(body, root))
    })
}

/// Whether an action reads this root: `.Values.x`, `$.Values`, not `.SortedPairs.Values`.
pub(super) fn names(action: &str, root: &str) -> bool {
    action.match_indices(root).any(|(at, _)| {
        let before = action[..at].chars().next_back();
        let after = action[at + root.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')'))
            && (after == Some('.') || (root != ".Values" && after != Some(' ')))
            && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn opens_with_action(line: &str) -> bool {
    let body = line.trim_start().trim_start_matches("- ").trim_start();
    body.starts_with("{{") && !is_alert_action(&body[2..])
}

/// `key: {{ name … }}` without quotes: no reader of YAML takes that for a value. `set` are the
/// variables that the text sets, once they are known.
fn plain_action<'t>(line: &str, text: &'t str, set: &mut Option<BTreeSet<&'t str>>) -> bool {
    [": {{", "- {{"].iter().any(|open| {
        line.split_once(open).is_some_and(|(before, action)| {
            let quoted = before.contains(['"', '\'']) && !before.trim_end().ends_with(['"', '\'']);
            let name = action.trim_start_matches(['-', ' ']);
            let starts = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '$'));
            !quoted
                && starts
                && action.contains("}}")
                && !is_alert_action(action)
                && variable(name).is_none_or(|variable| {
                    set.get_or_insert_with(|| variables_set(text)).contains(variable)
                })
        })
    })
}

/// The variable that an action is, and nothing else: one that nothing sets makes every engine of
/// templates refuse the text, so it was meant for somebody else.
fn variable(action: &str) -> Option<&str> {
    let whole = action.split("}}").next().unwrap_or(action).trim_end_matches(['-', ' ']);
    let name = whole.strip_prefix('$')?;
    let end = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
    let plain = name.chars().all(|c| is_name(c) || c == '.');
    (end > 0 && plain).then(|| &name[..end])
}

/// Names of the variables behind which stands `:=`, `=` or, in `range $key, $value`, a comma.
fn variables_set(text: &str) -> BTreeSet<&str> {
    let begun = memchr::memchr_iter(b'$', text.as_bytes());
    let set = begun.filter_map(|at| {
        let rest = &text[at + 1..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let after = rest[end..].trim_start_matches(' ');
        let sets = after.starts_with(":=") || after.starts_with([',', '=']);
        (sets && end > 0).then(|| &rest[..end])
    });
    set.collect()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The variables that Prometheus gives an alert's template.
pub(super) fn is_alert_action(action: &str) -> bool {
    let action = action.split("}}").next().unwrap_or(action);
    ["$labels", "$value", "$externalLabels", "$externalURL"].iter().any(|name| {
        let mut found = action.match_indices(name);
        found.any(|(at, _)| !action[at + name.len()..].starts_with(is_name))
    })
}

/// Which lines stand inside a block scalar.
#[derive(Default)]
pub(super) struct Blocks {
    open: Option<usize>,
}

impl Blocks {
    /// Whether `line` is inside a block scalar that an earlier line opened.
    pub(super) fn enter(&mut self, line: &str) -> bool {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if let Some(parent) = self.open {
            if body.trim_end().is_empty() || indent > parent {
                return true;
            }
            // Actions stand at any indentation and end nothing.
            if body.starts_with("{{") || body.starts_with("{%") {
                return false;
            }
            self.open = None;
        }
        let header = body
            .trim_end()
            .trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'));
        let opens = header.ends_with(" |") || header.ends_with(" >");
        if opens && !body.starts_with('#') {
            // The key's own column: a list item's key stands after its dashes.
            let dashes = body.len() - body.trim_start_matches(['-', ' ']).len();
            self.open = Some(if body.contains(':') { indent + dashes } else { indent });
        }
        false
    }
}

/// Whether a list's item begins in either branch of a condition and goes on behind it: then it is one
/// item, and only one branch may be read.
pub fn shares_item(text: &str) -> bool {
    // Of each open condition: the column of an item that the branch before `else` ended with.
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut last, mut waiting) = (None, None);
    for line in text.lines() {
        let body = line.trim();
        if body.is_empty() || is_comment(line) {
            continue;
        }
        let action = body.strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
        let Some(action) = action.filter(|it| !it.contains("}}")) else {
            let column = line.len() - line.trim_start().len();
            let item = body.starts_with("- ");
            if waiting.is_some_and(|at| column > at && !item) {
                return true;
            }
            (last, waiting) = (item.then_some(column), None);
            continue;
        };
        let word = action.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        match word {
            "if" | "range" | "with" | "define" | "block" => open.push(None),
            "else" | "else-" => {
                if let Some(branch) = open.last_mut() {
                    *branch = last.take();
                }
            }
            "end" | "end-" => {
                let branch = open.pop().flatten();
                waiting = branch.filter(|_| branch == last);
            }
            _ => {}
        }
    }
    false
}
