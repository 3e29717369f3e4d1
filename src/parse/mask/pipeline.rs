//! Templates of Logstash pipelines: ERB, Jinja and Helm, beside what the language has itself.

use super::{Masked, Masker, Piece, has_actions, is_comment, line_is_template, masked_as};
use crate::lang::logstash;
use crate::parse::offsets::OffsetMap;

/// Masks a Logstash pipeline that ERB, Jinja or Helm fills in; `None` if it is none of theirs.
/// `%{{ … }}` is a date of Logstash itself.
pub fn mask_pipeline(text: &str, map: &OffsetMap) -> Option<Masked> {
    let action = |line: &str| {
        let opens = |open: &str, close: &str| {
            line.match_indices(open)
                .any(|(at, _)| !line[..at].ends_with('%') && line[at..].contains(close))
        };
        !is_comment(line)
            && (opens("<%", "%>")
                || opens("{{", "}}")
                || (opens("{%", "%}") && line_is_template(line)))
    };
    let template = (text.contains("<%") || has_actions(text)) && text.lines().any(action);
    template.then(|| {
        let masked = masked_as(text, map, false, true);
        let faulty = |masked: &Masked| !logstash::parse(&masked.text).faults.is_empty();
        if faulty(&masked) {
            let first = masked_as(text, map, true, true);
            if !faulty(&first) {
                return first;
            }
        }
        masked
    })
}

impl Masker<'_> {
    /// Whether a brace of a pipeline opens no action.
    pub(super) fn is_own(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        self.pipeline
            && (self.text[..at].ends_with('%')
                || (rest.starts_with("{#") && !self.text.contains("{%")))
    }

    /// `<%= … %>`, `<% … %>` at `at`.
    pub(super) fn erb(&self, at: usize) -> Option<(usize, Vec<Piece>)> {
        let inner = self.text[at..].strip_prefix("<%")?;
        let end = at + 2 + inner.find("%>")? + 2;
        let range = at..end;
        if inner.starts_with('=') {
            return Some((end, vec![Piece::Output(range)]));
        }
        let body = self.text[at + 2..end - 2].trim_matches(['-', ' ', '\n']);
        let word = body.split([' ', '(']).next().unwrap_or_default();
        let begins = matches!(word, "if" | "unless" | "case" | "for" | "while")
            || body.ends_with("do")
            || (body.ends_with('|') && body.contains(" do "));
        // BOSH: `end.else do` is what stands between two branches.
        let between = word == "end.else";
        let (opens, closes) = (begins && !between, word == "end");
        Some((end, vec![Piece::Control { range, opens, closes }]))
    }
}
