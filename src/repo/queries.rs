//! Every PromQL expression of the repository, with what it belongs to.

use super::Repo;
use crate::facts::expression::Expression;
use crate::facts::rules::{AlertRule, RecordingRule};
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::promql::ast::{Ast, Extent, NodeId};
use crate::lang::promql::{self, Parsed};
use crate::parse::embed;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::Style;
use crate::source::Span;
use std::ops::Range;

/// What an expression is for.
#[derive(Clone, Copy, Debug)]
pub enum Home<'r> {
    /// An alerting rule.
    Alert(&'r AlertRule),
    /// A recording rule.
    Record(&'r RecordingRule),
}

/// An expression that was read as PromQL.
#[derive(Clone, Copy, Debug)]
pub struct Query<'r> {
    /// Its number among all of the repository.
    pub index: usize,
    /// What it is for.
    pub home: Home<'r>,
    /// Text and place.
    pub scalar: &'r Scalar,
    /// Tree, faults and needs.
    pub parsed: &'r Parsed,
}

impl<'r> Query<'r> {
    /// The tree.
    pub fn ast(&self) -> &'r Ast {
        &self.parsed.ast
    }

    /// Whether the whole expression could be read.
    pub fn is_sound(&self) -> bool {
        self.parsed.faults.is_empty()
    }

    /// The text of a part.
    pub fn text(&self, extent: Extent) -> &'r str {
        self.scalar.text.get(extent.range()).unwrap_or_default()
    }

    /// The text of a node.
    pub fn node_text(&self, id: NodeId) -> &'r str {
        self.text(self.ast().node(id).extent)
    }

    /// A subtree as equal expressions are written alike.
    pub fn print(&self, id: NodeId) -> String {
        promql::print::print(self.ast(), &self.scalar.text, id)
    }

    /// The alerting rule, if it belongs to one.
    pub fn alert(&self) -> Option<&'r AlertRule> {
        match self.home {
            Home::Alert(alert) => Some(alert),
            Home::Record(_) => None,
        }
    }

    /// The recording rule, if it belongs to one.
    pub fn record(&self) -> Option<&'r RecordingRule> {
        match self.home {
            Home::Record(record) => Some(record),
            Home::Alert(_) => None,
        }
    }
}

impl Subject for Query<'_> {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Expression
    }
    fn document(&self) -> Option<DocumentId> {
        match self.home {
            Home::Alert(alert) => Some(alert.document),
            Home::Record(record) => Some(record.document),
        }
    }
    fn title(&self) -> String {
        match self.home {
            Home::Alert(alert) => alert.title(),
            Home::Record(record) => record.title(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.scalar.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => match self.home {
                Home::Alert(alert) => alert.name.held(),
                Home::Record(record) => record.name.held(),
            },
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, _path: &str) -> Option<Span> {
        None
    }
}

impl Repo {
    /// All expressions that were read as PromQL: alerts, then records.
    pub fn queries(&self) -> impl Iterator<Item = Query<'_>> {
        let alerts = self
            .facts
            .alert_rules
            .iter()
            .filter_map(|alert| Some((Home::Alert(alert), alert.expr.as_ref()?)));
        let records = self
            .facts
            .recording_rules
            .iter()
            .filter_map(|record| Some((Home::Record(record), record.expr.as_ref()?)));
        alerts
            .chain(records)
            .filter_map(|(home, expression)| {
                let Expression { scalar, parsed } = expression;
                Some((home, scalar, parsed.as_deref()?))
            })
            .filter(|(_, scalar, parsed)| !self.may_be_logql(scalar, parsed))
            .enumerate()
            .map(|(index, (home, scalar, parsed))| Query { index, home, scalar, parsed })
    }

    /// A log query without a pipe reads as PromQL; the folder tells.
    fn may_be_logql(&self, scalar: &Scalar, parsed: &Parsed) -> bool {
        parsed.ast.selectors().any(|(_, selector)| selector.metric().is_none())
            && self.path(scalar.span).to_ascii_lowercase().contains("loki")
    }

    /// The lines of a list item whose content is at `span`, if it has them for itself.
    pub fn item_lines(&self, span: Span) -> Option<Span> {
        let text = &self.source(span.source).text;
        let start = text[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let lead = text[start..span.start as usize].trim_start_matches(' ');
        let rest = &text[span.end as usize..];
        let tail = rest.split('\n').next().unwrap_or_default();
        let alone = lead.trim_end() == "-" && tail.trim().is_empty();
        let end = (span.end as usize + tail.len() + 1).min(text.len());
        alone.then(|| Span::new(span.source, start, end))
    }

    /// Where a part of a scalar's text stands in its file; the whole scalar where the text does
    /// not stand in the file letter by letter.
    pub fn place(&self, scalar: &Scalar, range: Range<usize>) -> Span {
        let raw = self.text(scalar.span);
        let start = scalar.span.start as usize;
        if raw == scalar.text {
            return Span::new(scalar.span.source, start + range.start, start + range.end);
        }
        let style = match raw.as_bytes().first() {
            _ if scalar.plain => Style::Plain,
            Some(b'\'') => Style::Single,
            Some(b'"') => Style::Double,
            _ => Style::Literal,
        };
        let Some(runs) = embed::runs(raw, &scalar.text, style) else { return scalar.span };
        let escape = escaped_end(raw, &runs, range.end);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let end = runs
            .last()
            .map_or(start, |&(text, host)| start + host + scalar.text.len().saturating_sub(text));
        let runs = runs.iter().map(|&(text, host)| (number(text), number(start + host))).collect();
        let end = end.min(scalar.span.end as usize);
        let mut span =
            OffsetMap::runs(scalar.span.source, runs, number(end)).span(range.start, range.end);
        if let Some(end) = escape {
            span.end = number(start + end);
        }
        span
    }
}

/// Where an escape ends in the raw text that stands for the last letter before `end`.
fn escaped_end(raw: &str, runs: &[(usize, usize)], end: usize) -> Option<usize> {
    let next = runs.iter().position(|&(text, _)| text == end)?;
    let (_, host) = *runs.get(next.checked_sub(1)?)?;
    let (_, after) = runs[next];
    let letters = raw.get(host..after)?;
    (letters.starts_with('\\') || letters == "''").then_some(after)
}
