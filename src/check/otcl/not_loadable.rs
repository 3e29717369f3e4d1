//! What the loader refuses before it looks at pipelines. Rule: rules/otcl/not-loadable.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::components;
use crate::facts::Document;
use crate::facts::collector::Section;
use crate::facts::schema::table::Schema;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::identify::Kind;
use crate::lang::version::Version;
use crate::parse::tree::IssueKind;
use crate::source::Span;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if document.stream_index > 0 {
        return split_off(document, case);
    }
    for issue in &document.text_issues {
        let what = match issue.kind {
            // The reader takes what it can of them.
            IssueKind::TooDeep => continue,
            IssueKind::Syntax if is_comment_after_comment(issue.span, case) => continue,
            IssueKind::DuplicateKey => format!("{}: the second is refused", issue.message),
            _ => format!("the text stops being YAML here: {}", issue.message),
        };
        let flag = case.flag(issue.span).with("what", what);
        if let Some(first) = issue.first {
            flag.related(first, "the first one");
        }
    }
    cut_off(document, case);
    if model::is_values(case.repo, document.id) {
        return;
    }
    let host = document.host.map(|host| case.repo.document(host).kind);
    for issue in &document.schema_issues {
        // A setting that another rule speaks of by its release.
        if issue.path.ends_with("telemetry.metrics.address") {
            continue;
        }
        // A chart lays its own configuration below this one.
        if host == Some(Kind::HelmValues) && issue.refusal == Refusal::Missing {
            continue;
        }
        if model::is_of_chart(case.repo, document.id, &issue.field) {
            continue;
        }
        let Some(sure) = is_sure(issue, document, case) else { continue };
        if layered(document, issue, case) || replaced(document, issue, case) {
            continue;
        }
        let hint = match &issue.suggestion {
            Some(near) => format!(" (did you mean `{near}`?)"),
            None if !sure && issue.refusal == Refusal::UnknownField => {
                format!(" in release {}.{}", components::newest().major, components::newest().minor)
            }
            None => String::new(),
        };
        let flag = case
            .flag(issue.span)
            .with("what", format!("`{}` {}{hint}", issue.field, issue.message));
        if !sure {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether any release that may run refuses: `None` where the one that does takes it, false where one may.
fn is_sure(issue: &SchemaIssue, document: &Document, case: &Case<'_>) -> Option<bool> {
    let reaches = |release| model::reaches(case.repo, document.id, release);
    let schema = Schema::named("otel-collector")?;
    match issue.refusal {
        Refusal::Removed => {
            let release = schema.removal(issue.context, &issue.field).and_then(Version::parse)?;
            match reaches(release) {
                Some(false) => None,
                known => Some(known == Some(true)),
            }
        }
        Refusal::UnknownField if issue.suggestion.is_none() => {
            let before =
                Version::parse(schema.oldest).is_none_or(|oldest| reaches(oldest) == Some(false));
            let never = schema.never_had(&root_of(&issue.path), issue.context) && !before;
            Some(never || reaches(components::newest()) == Some(true))
        }
        _ => Some(true),
    }
}

/// The root of the tables below which a path stands: `exporters/otlp` of `exporters.otlp/b.tls.x`.
fn root_of(path: &str) -> String {
    let below = path
        .split_once('.')
        .filter(|(section, _)| Section::ALL.into_iter().any(|known| known.key() == *section));
    match below {
        Some((section, rest)) => {
            format!("{section}/{}", rest.split(['.', '/', '[']).next().unwrap_or_default().trim())
        }
        None => "collector".to_owned(),
    }
}

/// Whether a tab stands before a comment that follows a line with nothing but a comment: this reader takes it.
fn is_comment_after_comment(tab: Span, case: &Case<'_>) -> bool {
    let text = case.repo.source(tab.source).text();
    let (Some(before), Some(rest)) =
        (text.get(..tab.start as usize), text.get(tab.start as usize..))
    else {
        return false;
    };
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let last = above.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    rest.starts_with('\t')
        && line.trim().is_empty()
        && rest.trim_start_matches([' ', '\t']).starts_with('#')
        && last.trim_start_matches([' ', '\t']).starts_with('#')
}

/// What a first line with more indentation than the rest cuts off: nothing of it is read.
fn split_off(document: &Document, case: &mut Case<'_>) {
    let source = case.repo.source(document.id.source);
    let before = source.text().get(..document.span.start as usize).unwrap_or_default();
    let marked = before.lines().any(|line| line.starts_with("---") || line.starts_with("..."));
    if marked || document.host.is_some() || document.masked {
        return case.skip();
    }
    let what = "the configuration ends before this line, which has less indentation";
    case.flag(document.anchor).with("what", what);
}

/// A line with less indentation than the first ends the configuration: what follows is not read.
fn cut_off(document: &Document, case: &mut Case<'_>) {
    if document.host.is_some() || document.masked || document.broken {
        return;
    }
    let source = case.repo.source(document.id.source);
    let end = document.span.end as usize;
    // A last key without a value ends before its colon.
    let rest = source.text().get(end..).unwrap_or_default();
    let mut at = end + rest.find('\n').map_or(rest.len(), |line| line + 1);
    for line in source.text().get(at..).unwrap_or_default().split_inclusive('\n') {
        let body = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if !body.starts_with("---") && !body.starts_with("...") {
            let span = Span::new(document.id.source, start, start + body.len());
            let what = "the configuration ends before this line, which has less indentation";
            case.flag(span).with("what", what);
        }
        return;
    }
}

/// Whether a later layer has another list in the place of this one: of a pipeline's lists the last counts.
fn replaced(document: &Document, issue: &SchemaIssue, case: &Case<'_>) -> bool {
    let repo = case.repo;
    let path = issue.path.strip_prefix("service.pipelines.").and_then(|it| it.rsplit_once('.'));
    let Some((name, list)) = path else { return false };
    let sections = [Section::Receivers, Section::Processors, Section::Exporters];
    let section = sections.into_iter().find(|section| section.key() == list);
    let pipeline = repo.pipelines_of(document.id).find(|it| it.name.text == name);
    let (Some(section), Some(pipeline)) = (section, pipeline) else { return false };
    let mut sets = repo.collectors().of_document(document.id).peekable();
    sets.peek().is_some() && sets.all(|set| !set.holds(repo, pipeline, section))
}

/// Whether another layer may give what is missing here.
fn layered(document: &Document, issue: &SchemaIssue, case: &Case<'_>) -> bool {
    if issue.refusal != Refusal::Missing {
        return false;
    }
    let repo = case.repo;
    let mut parts = issue.path.split('.');
    let (Some(section), Some(id)) = (parts.next(), parts.next()) else { return false };
    let component = repo
        .components_of(document.id)
        .find(|component| component.section.key() == section && component.id.text == id);
    let Some(component) = component else { return false };
    let mut sets = repo.collectors().of_document(document.id);
    let more = sets.any(|set| set.layers(repo, component.section, id).len() > 1);
    more || repo.collectors().beside(repo, document.id, component.section, id)
        && !model::is_whole(repo, document.id)
}
