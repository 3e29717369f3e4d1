//! `obsproof explain alert:NAME`: the way of an alert, readable at a glance.

use super::style::Style;
use super::visible;
use crate::facts::Subject;
use crate::facts::alertmanager::tree::RoutingTree;
use crate::judge::redact::scrub;
use crate::repo::Repo;
use crate::repo::alerts::Value;
use crate::repo::routing::reason::{Reason, Step, words};
use crate::repo::routing::{Answer, Reached};
use crate::repo::story::{Series, Source, Story, Way};
use crate::source::Span;
use std::fmt::Write;

/// The text of all alerts of one name.
pub fn render(repo: &Repo, stories: &[Story<'_, '_>], style: Style) -> String {
    let mut page = Page { repo, style, out: String::new() };
    for (index, story) in stories.iter().enumerate() {
        if index > 0 {
            page.out.push('\n');
        }
        page.story(story);
    }
    page.out
}

struct Page<'p> {
    repo: &'p Repo,
    style: Style,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{}", "", visible(&scrub(text)));
    }

    fn head(&mut self, text: &str) {
        let _ = writeln!(self.out, "\n{}", self.style.strong(text));
    }

    fn place(&self, span: Span) -> String {
        format!("{}:{}", self.repo.path(span), self.repo.line(span))
    }

    fn story(&mut self, story: &Story<'_, '_>) {
        let rule = story.alert.rule;
        let group = rule.group_name.as_deref().unwrap_or("without a name");
        let place = format!("{}, group {group}", self.place(rule.name.span));
        let _ = writeln!(
            self.out,
            "{}  {}",
            self.style.strong(&visible(&rule.title())),
            self.style.faint(&visible(&place))
        );
        self.head("Expression");
        if let Some(expr) = &rule.expr {
            for line in expr.scalar.text.trim().lines() {
                self.line(2, line);
            }
        }
        for query in rule.steps.iter().filter_map(|step| step.expr.as_ref()) {
            for line in query.scalar.text.trim().lines() {
                self.line(2, line);
            }
        }
        if let Some(hold) = &rule.hold {
            self.line(2, &format!("for {}", hold.text));
        }
        self.head("Series");
        if story.series.is_empty() {
            self.line(2, "none that could be read");
        }
        for series in &story.series {
            self.series(series);
        }
        self.labels(story);
        if let (true, Some(receiver)) = (story.ways.is_empty(), &rule.direct) {
            self.head("Receivers");
            self.line(2, &format!("{}  named by the alert itself", receiver.text));
        } else if story.ways.is_empty() {
            self.head("Routes");
            self.line(2, "no Alertmanager of this repository gets it");
        }
        for way in &story.ways {
            self.way(way);
        }
        self.head("Runbook");
        let link = ["runbook_url", "runbook"].iter().find_map(|name| rule.annotations.get(name));
        self.line(2, link.map_or("none", |link| link.text.as_str()));
    }

    fn series(&mut self, series: &Series<'_>) {
        let indent = 2 + 2 * series.depth;
        let name = series.name.unwrap_or("a pattern of names");
        if series.origins.is_empty() {
            self.line(indent, &format!("{name}  ← not known here"));
        }
        for source in &series.origins {
            let from = match source {
                Source::Server => "the server itself".to_owned(),
                Source::Code(definition) => {
                    format!("declared by code at {}", self.place(definition.name.span))
                }
                Source::Record(rule) => {
                    let text = rule.expr.as_ref().map_or("", |expr| expr.scalar.text.as_str());
                    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    format!("recorded at {}: {}", self.place(rule.name.span), short(&text))
                }
                Source::Exporter(exporter, jobs) => {
                    let jobs: Vec<String> = jobs
                        .iter()
                        .map(|job| {
                            let span = job.name.as_ref().map_or(job.span, |name| name.span);
                            format!("job {} ({})", job.label(), self.place(span))
                        })
                        .collect();
                    let jobs = if jobs.is_empty() {
                        "no job here is known to scrape it".to_owned()
                    } else {
                        jobs.join(", ")
                    };
                    format!("{} · {jobs}", exporter.name)
                }
            };
            self.line(indent, &format!("{name}  ← {from}"));
        }
    }

    fn labels(&mut self, story: &Story<'_, '_>) {
        self.head("Labels");
        let labels = &story.alert.labels;
        let width = labels.named().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in labels.named() {
            let shown = match value {
                Value::Absent => "certainly absent".to_owned(),
                Value::Is(text) => (*text).to_owned(),
                Value::OneOf(values) => format!("one of {}", values.join(", ")),
                Value::Present => "some value".to_owned(),
                Value::Unknown => "not known".to_owned(),
            };
            self.line(2, &format!("{name:width$}  {shown}"));
        }
        let rest = if labels.closed { "no other labels" } else { "others may be there" };
        self.line(2, rest);
    }

    fn way(&mut self, way: &Way<'_, '_>) {
        let tree = &way.manager.tree;
        let path = tree
            .documents()
            .first()
            .map_or("the operator", |document| self.repo.source(document.source).path.as_str());
        let sure = if way.sent == Answer::Yes { "" } else { " (if it is sent there)" };
        self.head(&format!("Routes of {path}{sure}"));
        for step in &way.steps {
            self.step(way, step);
        }
        self.head("Receivers");
        if way.reached.is_empty() {
            self.line(2, "none");
        }
        for reached in &way.reached {
            self.receiver(reached);
        }
        if !way.inhibitions.is_empty() {
            self.head("Quieted by");
        }
        for (rule, sources) in &way.inhibitions {
            let names: Vec<&str> =
                sources.iter().take(5).map(|alert| alert.rule.name.text.as_str()).collect();
            let more = if sources.len() > names.len() { ", …" } else { "" };
            let equal: Vec<&str> = rule.equal.iter().map(|label| label.text.as_str()).collect();
            let equal = if equal.is_empty() { "anything".to_owned() } else { equal.join(", ") };
            let place = self.place(rule.span);
            let text = format!("{}{more} may, where {equal} agree  ({place})", names.join(", "));
            self.line(2, &text);
        }
    }

    fn step(&mut self, way: &Way<'_, '_>, step: &Step) {
        let tree = &way.manager.tree;
        let node = tree.node(step.node);
        // What stands below a route that nothing enters says nothing of its own.
        if step.reason == Reason::ParentMissed {
            return;
        }
        let depth = tree.upwards(step.node).count();
        let mark = match (step.entered, step.takes) {
            (Answer::No, _) => "✗",
            (Answer::Maybe, _) => "?",
            (Answer::Yes, Answer::No) => "↓",
            (Answer::Yes, _) => "✓",
        };
        let conditions: Vec<String> = node.conditions.iter().map(|it| it.shown()).collect();
        let what = match (step.node, conditions.is_empty()) {
            (0, _) => "root".to_owned(),
            (_, true) => "everything".to_owned(),
            (_, false) => conditions.join(", "),
        };
        let line = node.route.map_or(String::new(), |route| {
            let span = route.matchers_key.as_ref().map_or(route.span, |key| key.span);
            format!("line {}", self.repo.line(span))
        });
        let reason = self.reason(way, step);
        self.line(2 * depth, &format!("{mark} {what}  {line}  {reason}"));
    }

    fn reason(&self, way: &Way<'_, '_>, step: &Step) -> String {
        let tree = &way.manager.tree;
        let node = tree.node(step.node);
        let known = |condition: usize| {
            let condition = &node.conditions[condition];
            words(condition, &way.labels.get(condition.label))
        };
        let takes = match step.takes {
            Answer::Yes => "takes it",
            Answer::Maybe => "may take it",
            Answer::No if step.entered == Answer::No => "",
            Answer::No => "passes it to a route below",
        };
        match &step.reason {
            Reason::Root | Reason::Matches => match step.entered {
                Answer::Maybe if step.node != 0 => {
                    format!("{takes}: a route before may have taken it")
                }
                _ => takes.to_owned(),
            },
            Reason::Excluded { condition } => known(*condition),
            Reason::Open { condition } => format!("{takes}: {}", known(*condition)),
            Reason::Consumed { by } => {
                let route = tree.node(*by).route;
                let line = route.map_or(0, |route| {
                    let span = route.matchers_key.as_ref().map_or(route.span, |key| key.span);
                    self.repo.line(span)
                });
                format!("taken by the route at line {line}, which does not continue")
            }
            Reason::Grafted => format!("{takes}: an object of the operator"),
            Reason::ParentMissed => String::new(),
        }
    }

    fn receiver(&mut self, reached: &Reached<'_, '_>) {
        let name = reached.receiver.map_or("none", |(_, name)| name.text.as_str());
        let sure = if reached.sure == Answer::Yes { "certainly" } else { "possibly" };
        let kinds = match reached.defined(self.repo) {
            Some(receiver) => {
                let kinds: Vec<&str> =
                    self.repo.integrations_of(receiver).map(|one| one.kind.as_str()).collect();
                if kinds.is_empty() { "tells nobody".to_owned() } else { kinds.join(", ") }
            }
            None => "not defined here".to_owned(),
        };
        self.line(2, &format!("{name}  {sure} · {kinds}"));
        let Some(route) = reached.route else { return };
        let tree = self.repo.routing(route.document);
        let Some(route) = tree.routes().get(route.index as usize) else { return };
        let labels = tree.group_by(route).unwrap_or_default();
        let labels: Vec<&str> = labels.iter().map(|label| label.text.as_str()).collect();
        let by = if labels.is_empty() { "nothing".to_owned() } else { labels.join(", ") };
        let times = times(tree, route);
        self.line(4, &format!("grouped by {by} · {times}"));
        for (names, what) in [(&route.mutes, "quiet"), (&route.actives, "only")] {
            for name in names {
                let when = match self.repo.time_interval(route.document, &name.text) {
                    Some(times) => format!("{} ({})", times.text(), self.place(times.name.span)),
                    None => "times that are not defined here".to_owned(),
                };
                self.line(4, &format!("{what} at {}: {when}", name.text));
            }
        }
    }
}

fn times(tree: RoutingTree<'_>, route: &crate::facts::alertmanager::Route) -> String {
    let own = tree.routes().get(route.index as usize);
    let shown = |field: &str| {
        let set = own.map(|own| tree.timing(own, field));
        match set.and_then(|set| set.ms) {
            Some(ms) => crate::lang::duration::display(ms),
            None => "?".to_owned(),
        }
    };
    format!(
        "waits {}, adds every {}, repeats every {}",
        shown("group_wait"),
        shown("group_interval"),
        shown("repeat_interval")
    )
}

fn short(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
