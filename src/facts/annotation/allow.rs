//! `obsproof: allow(…)` in a comment.

use super::outline::Outline;
use super::{Allow, Reach};
use crate::facts::comment::{Comment, Form, Special};
use crate::facts::scalar::Scalar;
use crate::source::{SourceId, Span};
use std::ops::Range;

const MARK: &str = "obsproof:";

/// The allow in a line of comment, if it has one.
pub(super) fn read(
    outline: &Outline<'_>,
    id: SourceId,
    block: &[Comment],
    comment: &Comment,
) -> Option<Allow> {
    if comment.fenced || comment.form == Form::Docstring {
        return None;
    }
    let text = &outline.source.text()[comment.text.clone()];
    let at = text.find(MARK)?;
    let lead = text[..at].trim().is_empty();
    if at > 0 && !text[..at].ends_with(char::is_whitespace) {
        return None;
    }
    let body = text[at + MARK.len()..].trim_start();
    let start = comment.text.end - body.len();
    let mut parser = Parser { text: body, base: start, at: 0, source: id };
    let word = parser.word();
    let opens = parser.rest().trim_start().starts_with('(');
    let span = Span::new(id, comment.text.start + at, comment.text.end);
    let mut allow = Allow {
        source: id,
        span,
        codes: Vec::new(),
        reason: None,
        until: None,
        reach: reach(outline, block, comment, word == "allow-file"),
        malformed: None,
    };
    match word {
        // A sentence that speaks of an allow is none.
        "allow" | "allow-file" if lead || opens => {}
        "ignore" | "disable" | "suppress" | "skip" | "waive" | "off" if lead => {
            allow.malformed = Some(format!("says `{word}` where only `allow(CODE)` counts"));
            return Some(allow);
        }
        _ if lead && opens => {
            allow.malformed = Some(format!("says `{word}` where only `allow(CODE)` counts"));
            return Some(allow);
        }
        _ => return None,
    }
    allow.malformed = parser.fields(&mut allow).err();
    allow.span.end =
        allow.span.end.min(Span::new(id, 0, start + parser.at).end).max(allow.span.start + 1);
    Some(allow)
}

fn reach(outline: &Outline<'_>, block: &[Comment], comment: &Comment, file: bool) -> Reach {
    let line = outline.line_of(comment.range.start);
    let first = block.first().map_or(line, |first| outline.line_of(first.range.start));
    if file || first < outline.first_code && !comment.trailing {
        return Reach::File;
    }
    if comment.trailing {
        return Reach::Lines(line, line);
    }
    let last = block.last().map_or(line, |last| outline.line_of(last.range.end.saturating_sub(1)));
    // `/* … */ code` on one line.
    let code = outline.source.line_range(last).end;
    let end = block.last().map_or(code, |last| last.range.end.min(code));
    if !outline.source.text()[end..code].trim().is_empty() {
        return Reach::Lines(line, last);
    }
    match outline.next_code(last) {
        Some((next, _)) if outline.language.has(Special::Markdown) => Reach::Lines(line, next),
        Some((next, _)) => Reach::Lines(line, outline.block_end(next)),
        None => Reach::Lines(line, last),
    }
}

struct Parser<'a> {
    text: &'a str,
    base: usize,
    at: usize,
    source: SourceId,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', ',']).len();
    }

    fn scalar(&self, range: Range<usize>) -> Scalar {
        let span = Span::new(self.source, self.base + range.start, self.base + range.end);
        Scalar { text: self.text[range].to_owned(), span, known: true, plain: true }
    }

    fn fields(&mut self, allow: &mut Allow) -> Result<(), String> {
        self.blanks();
        let Some(list) = self.rest().strip_prefix('(') else {
            return Err("names no rule in parentheses".to_owned());
        };
        let Some(close) = list.find(')') else {
            return Err("opens a list of rules that it does not close".to_owned());
        };
        let mut at = self.at + 1;
        for item in list[..close].split(',') {
            let code = item.trim();
            let start = at + (item.len() - item.trim_start().len());
            at += item.len() + 1;
            if !code.is_empty() {
                allow.codes.push(self.scalar(start..start + code.len()));
            }
        }
        self.at += close + 2;
        if allow.codes.is_empty() {
            return Err("names no rule".to_owned());
        }
        loop {
            let before = self.at;
            self.blanks();
            if self.rest().is_empty() {
                self.at = before;
                return Ok(());
            }
            let start = self.at;
            let key = self.word();
            match (key, self.rest().strip_prefix('=')) {
                ("reason", Some(value)) => {
                    allow.reason = Some(self.reason(value)?).filter(|r| !r.is_empty())
                }
                ("until", Some(value)) => {
                    let end = value.find([' ', '\t', ',']).unwrap_or(value.len());
                    let quotes = value.len() - value.trim_start_matches('"').len();
                    let date = value[..end].trim_matches('"');
                    let from = self.at + 1 + quotes;
                    self.at += 1 + end;
                    if !is_date(date) {
                        return Err(format!(
                            "has an `until` that is no date like 2027-01-31: `{date}`"
                        ));
                    }
                    allow.until = Some(self.scalar(from..from + date.len()));
                }
                _ => {
                    let rest = &self.text[start..];
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    self.at = self.text.len();
                    return Err(format!(
                        "has `{}` after its list, where only reason=\"…\" and until=YYYY-MM-DD may stand",
                        &rest[..end]
                    ));
                }
            }
        }
    }

    fn reason(&mut self, value: &str) -> Result<String, String> {
        let Some(quoted) = value.strip_prefix('"') else {
            return Err("has a reason without double quotes".to_owned());
        };
        let Some(end) = quoted.find('"') else {
            return Err("has a reason whose quotes it does not close".to_owned());
        };
        self.at += end + 3;
        Ok(quoted[..end].trim().to_owned())
    }
}

/// Whether `text` is a day of the calendar, as `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return false;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
