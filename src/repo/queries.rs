//! Every PromQL expression of the repository, with what it belongs to.

use super::Repo;
use crate::facts::dashboard::{Panel, Target};
use crate::facts::expression::Expression;
use crate::facts::grafana::Step;
use crate::facts::rules::{AlertRule, RecordingRule};
use crate::facts::scalar::{Scalar, held};
use crate::facts::slo::{SliQuery, Slo, SloPart};
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::promql::ast::{Ast, Extent, NodeId};
use crate::lang::promql::{self, Parsed};
use crate::lang::quick::QuickMap;
use crate::parse::embed;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::Style;
use crate::source::Span;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What an expression is for.
#[derive(Clone, Copy, Debug)]
pub enum Home<'r> {
    /// An alerting rule.
    Alert(&'r AlertRule),
    /// A recording rule.
    Record(&'r RecordingRule),
    /// A service level indicator.
    Sli(Sli<'r>),
    /// A query of a Grafana-managed alert: other steps compare what it returns.
    Step(&'r AlertRule, &'r Step),
    /// A query of a panel.
    Panel(&'r Panel, &'r Target),
}

/// One query of an indicator, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Sli<'r> {
    /// What it counts.
    pub query: &'r SliQuery,
    /// The objective that holds it.
    pub slo: Option<&'r Slo>,
    /// The object of its own that holds it.
    pub part: Option<&'r SloPart>,
}

impl<'r> Sli<'r> {
    fn owner(&self) -> Option<&'r dyn Subject> {
        match (self.slo, self.part) {
            (Some(slo), _) => Some(slo),
            (None, part) => part.map(|part| part as &dyn Subject),
        }
    }
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
            _ => None,
        }
    }

    /// The alert it is evaluated for: as its expression, or in one of its steps.
    pub fn raises(&self) -> Option<&'r AlertRule> {
        match self.home {
            Home::Alert(alert) | Home::Step(alert, _) => Some(alert),
            _ => None,
        }
    }

    /// The recording rule, if it belongs to one.
    pub fn record(&self) -> Option<&'r RecordingRule> {
        match self.home {
            Home::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The rule it belongs to: its name, document, group and span.
    pub fn rule(&self) -> Option<(&'r Scalar, DocumentId, u32, Span)> {
        match self.home {
            Home::Alert(alert) => Some((&alert.name, alert.document, alert.group, alert.span)),
            Home::Record(record) => {
                Some((&record.name, record.document, record.group, record.span))
            }
            Home::Sli(_) | Home::Step(..) | Home::Panel(..) => None,
        }
    }

    /// The indicator, if it belongs to one.
    pub fn sli(&self) -> Option<Sli<'r>> {
        match self.home {
            Home::Sli(sli) => Some(sli),
            _ => None,
        }
    }

    /// The panel, if it belongs to one.
    pub fn panel(&self) -> Option<&'r Panel> {
        match self.home {
            Home::Panel(panel, _) => Some(panel),
            _ => None,
        }
    }

    /// Whether it is a query that its panel does not show.
    pub fn is_hidden(&self) -> bool {
        matches!(self.home, Home::Panel(_, target) if target.hidden)
    }
}

impl Subject for Query<'_> {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Expression
    }
    fn document(&self) -> Option<DocumentId> {
        match self.home {
            Home::Alert(alert) | Home::Step(alert, _) => Some(alert.document),
            Home::Record(record) => Some(record.document),
            Home::Sli(sli) => sli.owner().and_then(Subject::document),
            Home::Panel(panel, _) => Some(panel.document),
        }
    }
    fn title(&self) -> String {
        match self.home {
            Home::Alert(alert) | Home::Step(alert, _) => alert.title(),
            Home::Record(record) => record.title(),
            Home::Sli(sli) => sli.owner().map_or_else(String::new, Subject::title),
            Home::Panel(panel, _) => panel.title(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.scalar.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => match self.home {
                Home::Alert(alert) | Home::Step(alert, _) => alert.name.held(),
                Home::Record(record) => record.name.held(),
                Home::Sli(sli) => held(sli.slo.and_then(|slo| slo.name.as_ref())),
                Home::Panel(panel, _) => panel.field("title"),
            },
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, _path: &str) -> Option<Span> {
        None
    }
}

impl Repo {
    /// All expressions that were read as PromQL: alerts, then records, then indicators, then
    /// steps of Grafana's alerts, then panels.
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
        let panels = self.facts.panels.iter().flat_map(|panel| {
            panel.expressions().map(move |(target, expr)| (Home::Panel(panel, target), expr))
        });
        alerts
            .chain(records)
            .chain(self.indicators())
            .chain(self.steps())
            .chain(panels)
            .filter_map(|(home, expression)| {
                let Expression { scalar, parsed, .. } = expression;
                Some((home, scalar, parsed.as_deref()?))
            })
            // A panel knows its data source.
            .filter(|(home, scalar, parsed)| {
                matches!(home, Home::Panel(..) | Home::Step(..))
                    || !self.may_be_logql(scalar, parsed)
            })
            .enumerate()
            .map(|(index, (home, scalar, parsed))| Query { index, home, scalar, parsed })
    }

    /// The queries of Grafana's alerts, but those of data sources that are no Prometheus.
    fn steps(&self) -> impl Iterator<Item = (Home<'_>, &Expression)> {
        let foreign = |step: &Step| {
            let uid = step.source.as_ref().and_then(Scalar::known_text);
            self.facts.data_sources.iter().any(|source| {
                let plugin = source.plugin.as_ref().map_or("prometheus", |it| it.text.as_str());
                let named = source.uid.as_ref().or(source.name.as_ref());
                named.is_some_and(|name| Some(name.text.as_str()) == uid)
                    && !plugin.contains("prometheus")
            })
        };
        self.facts.alert_rules.iter().flat_map(move |alert| {
            let steps = alert.steps.iter().filter(move |step| !foreign(step));
            steps.filter_map(move |step| Some((Home::Step(alert, step), step.expr.as_ref()?)))
        })
    }

    /// The queries of all indicators, each text once.
    fn indicators(&self) -> impl Iterator<Item = (Home<'_>, &Expression)> {
        let slos = &self.facts.slos;
        let holds =
            |slo: &Slo, span: Span| slo.queries().any(|query| query.expression.scalar.span == span);
        // Objectives of one object share its indicator; they stand side by side.
        let shared = move |index: usize, query: &SliQuery| {
            let before = index.checked_sub(1).and_then(|at| slos.get(at));
            before.is_some_and(|before| holds(before, query.expression.scalar.span))
        };
        let own = slos.iter().enumerate().flat_map(move |(index, slo)| {
            let queries = slo.queries().filter(move |query| !shared(index, query));
            queries.map(move |query| Sli { query, slo: Some(slo), part: None })
        });
        let parts = self.facts.slo_parts.iter().flat_map(|part| {
            let queries = part.indicator.iter().flat_map(|indicator| &indicator.queries);
            queries.map(move |query| Sli { query, slo: None, part: Some(part) })
        });
        own.chain(parts).map(|sli| (Home::Sli(sli), &sli.query.expression))
    }

    /// A log query without a pipe reads as PromQL; the folder tells.
    fn may_be_logql(&self, scalar: &Scalar, parsed: &Parsed) -> bool {
        let path = self.path(scalar.span).as_bytes();
        path.windows(4).any(|word| word.eq_ignore_ascii_case(b"loki")) && {
            let mut names = parsed.ast.selectors().map(|(_, one)| one.metric()).peekable();
            names.peek().is_none() || names.any(|name| name.is_none())
        }
    }

    /// The lines of a list item whose content is at `span`, if it has them for itself.
    pub fn item_lines(&self, span: Span) -> Option<Span> {
        let text = self.source(span.source).text();
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
        let placed = match raw.len() {
            0..LONG => Arc::new(self.follow_text(scalar, raw)),
            _ => self.placements.of(scalar.span, || self.follow_text(scalar, raw)),
        };
        let Some(Placement { runs, map }) = &*placed else { return scalar.span };
        let mut span = map.span(range.start, range.end);
        if let Some(end) = escaped_end(raw, runs, range.end) {
            span.end = u32::try_from(start + end).unwrap_or(u32::MAX);
        }
        span
    }

    /// Where the letters of a scalar's text stand, `None` where text and file part.
    fn follow_text(&self, scalar: &Scalar, raw: &str) -> Option<Placement> {
        let start = scalar.span.start as usize;
        let style = match raw.as_bytes().first() {
            _ if scalar.plain => Style::Plain,
            Some(b'\'') => Style::Single,
            Some(b'"') => Style::Double,
            _ => Style::Literal,
        };
        let runs = embed::runs(raw, &scalar.text, style)?;
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let end = runs
            .last()
            .map_or(start, |&(text, host)| start + host + scalar.text.len().saturating_sub(text));
        let hosts = runs.iter().map(|&(text, host)| (number(text), number(start + host))).collect();
        let end = end.min(scalar.span.end as usize);
        let map = OffsetMap::runs(scalar.span.source, hosts, number(end));
        Some(Placement { runs, map })
    }
}

/// Raw texts from this length on are followed once for all that is found in them.
const LONG: usize = 1024;

/// Where the letters of a scalar's text stand.
#[derive(Debug)]
struct Placement {
    /// Offsets in the text and in the raw text, ascending.
    runs: Vec<(usize, usize)>,
    map: OffsetMap,
}

/// Where the letters of long scalars stand, as far as that was asked for.
#[derive(Debug, Default)]
pub(super) struct Placements(Mutex<QuickMap<Span, Arc<Option<Placement>>>>);

impl Placements {
    fn of(&self, span: Span, follow: impl FnOnce() -> Option<Placement>) -> Arc<Option<Placement>> {
        // A panic elsewhere left the map whole: what is in it was put in at once.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(span).or_insert_with(|| Arc::new(follow())))
    }
}

/// Where an escape ends in the raw text that stands for the last letter before `end`.
fn escaped_end(raw: &str, runs: &[(usize, usize)], end: usize) -> Option<usize> {
    let next = runs.partition_point(|&(text, _)| text < end);
    let (_, after) = *runs.get(next).filter(|&&(text, _)| text == end)?;
    let (_, host) = *runs.get(next.checked_sub(1)?)?;
    let letters = raw.get(host..after)?;
    (letters.starts_with('\\') || letters == "''").then_some(after)
}
