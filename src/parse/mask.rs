//! Helm, Go, Jinja and ERB templates read as YAML: actions are masked, everything else stays.
//!
//! A line that holds only actions becomes blank, an action inside a line becomes a word nobody
//! knows, and escapes (``{{` … `}}``, `{{ "{{" }}`, `{% raw %}`) are unwrapped. Positions are
//! kept by an offset map.

mod detect;
mod pipeline;

pub use detect::{
    has_actions, is_template, keeps_structure, may_be_template, only_fills_in, shares_item,
};
pub use pipeline::mask_pipeline;

mod squared;
mod variables;

pub use squared::squared;
pub use variables::fill;

use super::offsets::OffsetMap;
use detect::{Blocks, has_erb, is_alert_action, is_comment, line_is_template, names};
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
        erb: has_erb(text),
        terraform: !pipeline && text.match_indices("%{").any(|(at, _)| is_directive(&text[at..])),
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
    /// Of Logstash: with `%{{` and `{#` of its own.
    pipeline: bool,
    erb: bool,
    /// Of Terraform, by a directive: what `${…}` stands for is filled in as well.
    terraform: bool,
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
                b'<' if self.erb => self.erb(at),
                b'%' if !self.pipeline => self.directive(at),
                b'$' if self.terraform => self.interpolation(at),
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

    /// Terraform's directive at `at`, and where it ends.
    fn directive(&self, at: usize) -> Option<(usize, Vec<Piece>)> {
        let rest = &self.text[at..];
        let word = detect::directive(rest)?;
        let end = at + rest.find('}')? + 1;
        let (opens, closes) = (matches!(word, "if" | "for"), word.starts_with("end"));
        Some((end, vec![Piece::Control { range: at..end, opens, closes }]))
    }

    /// Terraform's `${…}` at `at`, and where it ends: on its line, with what brackets it holds.
    fn interpolation(&self, at: usize) -> Option<(usize, Vec<Piece>)> {
        let line = self.text[at..].split('\n').next().unwrap_or_default();
        if !line.starts_with("${") || self.text[..at].ends_with('$') {
            return None;
        }
        let mut open = 0;
        let closes = |byte: u8| {
            open = match byte {
                b'{' => open + 1,
                b'}' => open - 1,
                _ => return false,
            };
            open == 0
        };
        let end = at + 2 + line.bytes().skip(1).position(closes)?;
        Some((end, vec![Piece::Output(at..end)]))
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
        // `{{ "{{ $value }}" | quote }}` prints an alert's action, and is none.
        let escapes = body.contains("{{");
        if !self.declared && !escapes && is_alert_action(body) && !names(body, ".Values") {
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

fn is_directive(text: &str) -> bool {
    detect::directive(text).is_some()
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
