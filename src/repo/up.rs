//! Which alerts notice that a target is down, and which notice that it is gone.

use super::model::Model;
use super::routing::Answer;
use crate::facts::DocumentId;
use crate::facts::prometheus::{JobForm, ScrapeJob};
use crate::facts::rules::AlertRule;
use crate::lang::matcher::MatchOp;
use crate::lang::pattern::Pattern;
use crate::lang::promql::ast::{Extent, Kind, Op, Selector};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// A place where an alert reads `up`, itself or through records.
#[derive(Clone, Copy, Debug)]
pub struct UpUse<'r> {
    /// The alert.
    pub alert: &'r AlertRule,
    /// Number of the alert's expression.
    pub query: usize,
    /// The metric's name there: `up`, or the record that leads to it.
    pub named: Extent,
    /// It is noticed when the series is gone.
    pub notices_absence: bool,
    /// The alert reads nothing but `up`.
    pub only_up: bool,
    selector: &'r Selector,
}

impl UpUse<'_> {
    /// The document of the alert.
    pub fn document(&self) -> DocumentId {
        self.alert.document
    }

    /// Whether the series of a job's targets are among those it reads.
    pub fn hits(&self, job: &ScrapeJob) -> Answer {
        if self.selector.metric() != Some("up") {
            return Answer::Maybe;
        }
        let name = job_label(job);
        let answers = self.selector.labels().map(|matcher| {
            let known = match (&*matcher.label.text, name) {
                ("job", Some(name)) => takes(matcher.op, &matcher.value, name),
                _ => None,
            };
            known.map_or(Answer::Maybe, |takes| if takes { Answer::Yes } else { Answer::No })
        });
        answers.min().unwrap_or(Answer::Yes)
    }
}

fn takes(op: MatchOp, value: &str, text: &str) -> Option<bool> {
    match op {
        MatchOp::Equal => Some(value == text),
        MatchOp::NotEqual => Some(value != text),
        MatchOp::Regex => Pattern::new(value).matches(text),
        MatchOp::NotRegex => Pattern::new(value).matches(text).map(|matches| !matches),
    }
}

/// The `job` label of all targets of a job, if it is the job's name.
fn job_label(job: &ScrapeJob) -> Option<&str> {
    let rewritten = job.labels.get("job").is_some()
        || job.labels.open
        || job.relabels.iter().any(|step| {
            step.writes("job")
                || step.kind() == "labelmap"
                || step.target_label.as_ref().is_some_and(|it| !it.known || it.text.contains('$'))
        })
        || job.discovery.iter().any(|it| matches!(it.kind.as_str(), "file" | "http"));
    let own = job.name.as_ref().filter(|_| job.form == JobForm::Job);
    let name = own.or(job.job_name.as_ref())?.known_text()?;
    (!rewritten && !name.is_empty()).then_some(name)
}

/// Whether targets of a job can come and go without a change of its configuration.
pub fn is_discovered(job: &ScrapeJob) -> bool {
    !job.discovery.is_empty() || matches!(job.form, JobForm::ServiceMonitor | JobForm::PodMonitor)
}

impl<'r> Model<'r> {
    /// Where one alert reads `up`.
    pub fn up_uses_of(&self, alert: &AlertRule) -> &[UpUse<'r>] {
        // Alerts come in the order of their list, and so do their addresses.
        let uses = self.up_uses();
        let place = |alert: &AlertRule| std::ptr::from_ref(alert);
        let start = uses.partition_point(|one| place(one.alert) < place(alert));
        let length = uses[start..].partition_point(|one| place(one.alert) == place(alert));
        &uses[start..start + length]
    }
}

/// All places where alerts read `up`, by alert.
pub(super) fn uses<'r>(model: &Model<'r>) -> Vec<UpUse<'r>> {
    let mut found = Vec::new();
    for query in model.queries() {
        let Some(alert) = query.alert() else { break };
        let before = found.len();
        let mut only_up = true;
        let mut seen = BTreeSet::new();
        let mut stack = vec![(query.index, false, None)];
        while let Some((index, absent, named)) = stack.pop() {
            if !seen.insert((index, absent)) {
                continue;
            }
            let read = &model.queries()[index];
            let absences = OnceCell::new();
            let notices = |node: usize| absences.get_or_init(|| noticing(read.ast()))[node];
            for (node, selector) in read.ast().selectors() {
                let own = || selector.metric_extent().unwrap_or(read.ast().node(node).extent);
                let named = || named.unwrap_or_else(own);
                let absent = || absent || notices(node.index());
                match selector.metric() {
                    Some("up") | None => found.push(UpUse {
                        alert,
                        query: query.index,
                        named: named(),
                        notices_absence: absent(),
                        only_up: true,
                        selector,
                    }),
                    Some(name) => match model.recorded(name) {
                        Some(record) => stack.push((record.index, absent(), Some(named()))),
                        None => only_up = false,
                    },
                }
                only_up &= selector.metric().is_some();
            }
        }
        for one in &mut found[before..] {
            one.only_up = only_up;
        }
    }
    found
}

/// By node: whether the expression answers when the series below it are gone.
fn noticing(ast: &crate::lang::promql::Ast) -> Vec<bool> {
    let mut noticing = vec![false; ast.nodes.len()];
    for (id, node) in ast.all() {
        let answers = match &node.kind {
            Kind::Call(call) => {
                call.function.is_some_and(|it| matches!(it.name, "absent" | "absent_over_time"))
            }
            // What was there before and is not now.
            Kind::Binary(binary) => binary.op == Op::Unless,
            _ => false,
        };
        if answers {
            for (below, _) in ast.subtree(id) {
                noticing[below.index()] = true;
            }
        }
    }
    noticing
}

/// Whether an alert of Grafana may read `up`: its conditions are not followed.
pub fn may_read_up(alert: &AlertRule) -> bool {
    alert.steps.iter().filter_map(|step| step.expr.as_ref()).any(|query| match &query.parsed {
        Some(parsed) => parsed
            .ast
            .selectors()
            .any(|(_, selector)| selector.metric().is_none_or(|name| name == "up")),
        None => true,
    })
}
