//! Helm, Go and Jinja templates read as YAML: actions are masked, everything else stays.
//!
//! A line that holds only actions becomes blank, an action inside a line becomes a word nobody
//! knows, and escapes (``{{` … `}}``, `{{ "{{" }}`, `{% raw %}`) are unwrapped. Positions are
//! kept by an offset map.

mod pipeline;

pub use pipeline::mask_pipeline;

mod variables;

pub use variables::fill;

use super::offsets::OffsetMap;
use std::ops::Range;

/// A masked text.
#[derive(Clone, Debug)]
pub struct Masked {
    /// The text to parse.
    pub text: String,
    /// Ranges of it that stand for something unknown, ascending.
    pub unknown: Vec<Range<usize>>,
    /// Where its bytes stand in the file.
    pub map: OffsetMap,
}

/// Whether `text` holds anything that could be a template action.
pub fn has_actions(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).any(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%')))
}

/// Whether `text` is certainly a template for another program than its reader: markers of Helm or
/// Jinja outside comments. Alert templates (`{{ $labels.x }}`) are none.
pub fn is_template(text: &str) -> bool {
    if !has_marks(text) {
        return false;
    }
    let mut blocks = Blocks::default();
    text.lines().any(|line| {
        let inside = blocks.enter(line);
        let template = || (!inside && plain_action(line)) || line_is_template(line);
        has_actions(line) && !is_comment(line) && template()
    })
}

/// Whether a text can be a template: one look at what opens each action, so that nearly no text of
/// alerts is gone through line by line.
fn has_marks(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).any(|at| match bytes.get(at + 1) {
        Some(b'%') => true,
        Some(b'{') => {
            let outside = matches!(&bytes[..at], [.., b':' | b'-', b' ']);
            outside || may_be_other(&bytes[at + 2..])
        }
        _ => false,
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
    text.lines().any(|line| {
        let inside = blocks.enter(line);
        !inside && !is_comment(line) && (opens_with_action(line) || plain_action(line))
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn line_is_template(line: &str) -> bool {
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
    line.split("{{").skip(1).any(|after| {
        let action = after.split("}}").next().unwrap_or(after);
        let body = action.trim_start_matches(['-', ' ']);
        body.starts_with('`')
            || body.starts_with("/*")
            || body.starts_with("\"{{\"")
            || body.starts_with("'{{'")
            || body.starts_with("include \"")
            || [".Values", ".Release", ".Chart", ".Capabilities"]
                .iter()
                .any(|root| names(body, root))
    })
}

/// Whether an action reads this root: `.Values.x`, `$.Values`, not `.SortedPairs.Values`.
fn names(action: &str, root: &str) -> bool {
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

/// `key: {{ name … }}` without quotes: no reader of YAML takes that for a value.
fn plain_action(line: &str) -> bool {
    [": {{", "- {{"].iter().any(|open| {
        line.split_once(open).is_some_and(|(before, action)| {
            let quoted = before.contains(['"', '\'']) && !before.trim_end().ends_with(['"', '\'']);
            let name = action.trim_start_matches(['-', ' ']);
            let starts = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '$'));
            !quoted && starts && action.contains("}}") && !is_alert_action(action)
        })
    })
}

/// The variables that Prometheus gives an alert's template.
fn is_alert_action(action: &str) -> bool {
    let action = action.split("}}").next().unwrap_or(action);
    ["$labels", "$value", "$externalLabels", "$externalURL"]
        .iter()
        .any(|name| action.contains(name))
}

/// Which lines stand inside a block scalar.
#[derive(Default)]
struct Blocks {
    open: Option<usize>,
}

impl Blocks {
    /// Whether `line` is inside a block scalar that an earlier line opened.
    fn enter(&mut self, line: &str) -> bool {
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

/// Masks `text`, which stands in the file as `map` says.
pub fn mask(text: &str, map: &OffsetMap) -> Masked {
    masked(text, map, false)
}

/// Like [`mask`], reading only the first branch of conditions: where both do not fit together.
pub fn mask_first_branches(text: &str, map: &OffsetMap) -> Masked {
    masked(text, map, true)
}

fn masked(text: &str, map: &OffsetMap, first_branch: bool) -> Masked {
    masked_as(text, map, first_branch, false)
}

fn masked_as(text: &str, map: &OffsetMap, first_branch: bool, pipeline: bool) -> Masked {
    let declared = pipeline || declares_value(text);
    let mut masker = Masker {
        text,
        out: String::with_capacity(text.len()),
        runs: Vec::new(),
        unknown: Vec::new(),
        declared,
        first_branch,
        pipeline,
    };
    masker.run();
    let len = masker.out.len();
    let map = map.compose(&masker.runs, len, text.len());
    Masked { text: masker.out, unknown: masker.unknown, map }
}

/// `range $key, $value := …`: then `$value` is not the alert's.
fn declares_value(text: &str) -> bool {
    text.contains("$value :=") || text.contains("$value:=") || text.contains("$labels :=")
}

struct Masker<'a> {
    text: &'a str,
    out: String,
    runs: Vec<(usize, usize)>,
    unknown: Vec<Range<usize>>,
    declared: bool,
    first_branch: bool,
    /// Of Logstash: with ERB, and with `%{{` and `{#` of its own.
    pipeline: bool,
}

/// A piece of a line.
enum Piece {
    /// Text that stays.
    Keep(Range<usize>),
    /// An action that prints something.
    Output(Range<usize>),
    /// An action that prints nothing: `if`, `range`, `end`, a definition, a comment.
    Control { range: Range<usize>, opens: bool, closes: bool },
    /// Delimiters of an escape: they go, what they hold stays.
    Drop,
}

impl Masker<'_> {
    fn run(&mut self) {
        let mut blocks = Blocks::default();
        let mut raw = false;
        let mut start = 0;
        // Conditions open over lines, and the depth at which an alternative is passed over.
        let (mut depth, mut alternative) = (0usize, None);
        while start < self.text.len() {
            let (pieces, end) = self.logical_line(start, &mut raw);
            if self.first_branch {
                for piece in &pieces {
                    let Piece::Control { range, opens, closes } = piece else { continue };
                    let otherwise = self.text[range.clone()].contains("else");
                    if !opens && !closes && otherwise && depth > 0 && alternative.is_none() {
                        alternative = Some(depth);
                    }
                    depth = (depth + usize::from(*opens)).saturating_sub(usize::from(*closes));
                    if alternative.is_some_and(|at| at > depth) {
                        alternative = None;
                    }
                }
                if alternative.is_some() {
                    self.blank(start..end);
                    start = end;
                    continue;
                }
            }
            let first = self.text[start..].split('\n').next().unwrap_or_default();
            let inside = blocks.enter(first.trim_end_matches('\r'));
            self.line(&pieces, start..end, inside);
            start = end;
        }
    }

    /// Cuts a line, or several that an action joins, into pieces; gives the start of the next.
    fn logical_line(&self, start: usize, raw: &mut bool) -> (Vec<Piece>, usize) {
        let bytes = self.text.as_bytes();
        let mut pieces = Vec::new();
        let mut kept = start;
        let mut at = start;
        while at < bytes.len() {
            if bytes[at] == b'\n' {
                at += 1;
                break;
            }
            let found = match bytes[at] {
                b'{' if self.is_own(at) => None,
                b'{' => self.action(at, raw),
                b'<' if self.pipeline => self.erb(at),
                _ => None,
            };
            match found {
                Some((end, mut found)) => {
                    if kept < at {
                        pieces.push(Piece::Keep(kept..at));
                    }
                    pieces.append(&mut found);
                    (kept, at) = (end, end);
                }
                None => at += 1,
            }
        }
        if kept < at {
            pieces.push(Piece::Keep(kept..at));
        }
        (pieces, at)
    }

    /// The action at `at`, where it ends, and what becomes of it.
    fn action(&self, at: usize, raw: &mut bool) -> Option<(usize, Vec<Piece>)> {
        let rest = &self.text[at..];
        if let Some(inner) = rest.strip_prefix("{%") {
            let end = at + 2 + inner.find("%}")? + 2;
            let body = self.text[at + 2..end - 2].trim_matches(['-', '+', ' ', '\n']);
            let word = body.split_whitespace().next().unwrap_or_default();
            if matches!(word, "raw" | "endraw") {
                *raw = word == "raw";
                return Some((end, vec![Piece::Drop]));
            }
            let (opens, closes) = (matches!(word, "if" | "for"), word.starts_with("end"));
            return Some((end, vec![Piece::Control { range: at..end, opens, closes }]));
        }
        if *raw {
            return None;
        }
        if let Some(inner) = rest.strip_prefix("{#") {
            let end = at + 2 + inner.find("#}")? + 2;
            return Some((
                end,
                vec![Piece::Control { range: at..end, opens: false, closes: false }],
            ));
        }
        if !rest.starts_with("{{") {
            return None;
        }
        let end = at + action_end(rest)?;
        let inner = self.text[at + 2..end - 2].trim_start_matches('-').trim_end_matches('-');
        let inner_start = at + 2 + usize::from(rest[2..].starts_with('-'));
        let body = inner.trim();
        if let Some(literal) = escape(body) {
            let from = inner_start + (inner.len() - inner.trim_start().len()) + 1;
            return Some((
                end,
                vec![Piece::Drop, Piece::Keep(from..from + literal.len()), Piece::Drop],
            ));
        }
        if !self.declared && is_alert_action(body) && !names(body, ".Values") {
            return None;
        }
        Some((end, vec![classify(body, at..end)]))
    }

    fn line(&mut self, pieces: &[Piece], range: Range<usize>, inside_block: bool) {
        let text = self.text;
        let blank = |piece: &Piece| match piece {
            Piece::Keep(kept) => text[kept.clone()].trim().is_empty(),
            _ => true,
        };
        let control = |piece: &Piece| matches!(piece, Piece::Control { .. });
        let output = pieces.iter().any(|piece| matches!(piece, Piece::Output(_)));
        let escaped = pieces.iter().any(|piece| matches!(piece, Piece::Drop));
        let actions = output || pieces.iter().any(control);
        if !actions {
            for piece in pieces {
                if let Piece::Keep(kept) = piece {
                    self.keep(kept.clone());
                }
            }
        } else if pieces.iter().all(blank) && !escaped && !(inside_block && output) {
            self.blank(range);
        } else {
            self.mixed(pieces);
        }
    }

    /// A line with text and actions.
    fn mixed(&mut self, pieces: &[Piece]) {
        let text = self.text;
        let written = |piece: &Piece| match piece {
            Piece::Keep(kept) => !text[kept.clone()].trim().is_empty(),
            Piece::Output(_) => true,
            _ => false,
        };
        let first = pieces.iter().position(written).unwrap_or(0);
        let last = pieces.iter().rposition(written).unwrap_or(0);
        // Conditions open on this line, and the depth at which an alternative is passed over.
        let (mut depth, mut alternative) = (0usize, None);
        let mut trim = false;
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Keep(kept) if alternative.is_some() => {
                    let breaks = text[kept.clone()].ends_with('\n');
                    self.keep(kept.end - usize::from(breaks)..kept.end);
                }
                Piece::Keep(kept) => {
                    let body = &text[kept.clone()];
                    let cut =
                        if trim { body.len() - body.trim_start_matches(' ').len() } else { 0 };
                    trim = false;
                    self.keep(kept.start + cut..kept.end);
                }
                Piece::Output(range) if alternative.is_none() => {
                    let indented = text[range.clone()].contains("nindent");
                    if !(indented && index == last && self.out.trim_end().ends_with(':')) {
                        self.fill(range.clone());
                    }
                }
                Piece::Output(_) | Piece::Drop => {}
                Piece::Control { range, opens, closes } => {
                    let outside = index < first || (index > last && depth == 0);
                    if !opens && !closes && depth > 0 && alternative.is_none() {
                        alternative = Some(depth);
                    }
                    depth = (depth + usize::from(*opens)).saturating_sub(usize::from(*closes));
                    if alternative.is_some_and(|at| at > depth) {
                        alternative = None;
                    }
                    if outside {
                        trim = text[range.clone()].ends_with("-}}");
                    } else if alternative.is_none() && !(*closes && index > last) {
                        self.fill(range.clone());
                    }
                }
            }
        }
    }

    /// The next bytes written stand at `host`.
    fn at(&mut self, host: usize) {
        let text = self.out.len();
        let goes_on = self.runs.last().is_some_and(|&(start, at)| at + (text - start) == host);
        if !goes_on {
            self.runs.push((text, host));
        }
    }

    fn keep(&mut self, range: Range<usize>) {
        self.at(range.start);
        self.out.push_str(&self.text[range]);
    }

    /// An unknown word as long as the action; the lines an action covers stay lines.
    fn fill(&mut self, range: Range<usize>) {
        let start = self.out.len();
        self.at(range.start);
        let mut first = true;
        for byte in self.text[range].bytes() {
            first &= byte != b'\n';
            self.out.push(match byte {
                b'\n' => '\n',
                b'\r' => '\r',
                _ if first => '_',
                _ => ' ',
            });
        }
        self.unknown.push(start..self.out.len());
    }

    /// A blank line stands for the line: longer ones would end a block scalar's indentation.
    fn blank(&mut self, range: Range<usize>) {
        let start = self.out.len();
        let breaks = self.text[range.clone()].bytes().filter(|byte| *byte == b'\n').count();
        self.at(range.end.saturating_sub(1).max(range.start));
        self.out.extend(std::iter::repeat_n('\n', breaks));
        self.unknown.push(start..self.out.len());
    }
}

/// Where the action that `rest` begins with ends: `}}` outside its strings and comments.
fn action_end(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 2;
    while at + 1 < bytes.len() {
        match bytes[at] {
            b'}' if bytes[at + 1] == b'}' => return Some(at + 2),
            b'`' => at += rest[at + 1..].find('`')? + 1,
            b'/' if bytes[at + 1] == b'*' => at += rest[at..].find("*/")? + 1,
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote && bytes[at] != b'\n' {
                    at += usize::from(bytes[at] == b'\\') + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What an action that only prints a text prints.
fn escape(body: &str) -> Option<&str> {
    let quote = body.chars().next().filter(|c| matches!(c, '`' | '"' | '\''))?;
    let inner = body.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !inner.contains(quote) && (quote == '`' || !inner.contains('\\'));
    plain.then_some(inner)
}

fn classify(body: &str, range: Range<usize>) -> Piece {
    let word = body.split([' ', '(', '\n', '\t']).next().unwrap_or_default();
    let opens = matches!(word, "if" | "range" | "with" | "define" | "block");
    let closes = word == "end";
    let silent = matches!(word, "else" | "break" | "continue") || body.starts_with("/*");
    let assigns = word.starts_with('$') && (body.contains(":=") || body.contains(" = "));
    if opens || closes || silent || assigns || matches!(word, "fail" | "required") {
        Piece::Control { range, opens, closes }
    } else {
        Piece::Output(range)
    }
}
