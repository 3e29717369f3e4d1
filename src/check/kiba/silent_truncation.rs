//! Answers that are cut off. Rule: rules/kiba/silent-truncation.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::query::{Form, How, LogQuery};
use crate::finding::Edit;
use crate::repo::logfields::{Role, role};
use crate::source::Span;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if !matches!(query.form, Form::Body | Form::Wrapped) {
        return case.skip();
    }
    for aggregation in &query.aggregations {
        let field = aggregation.field.as_ref().filter(|field| field.known);
        let everyone = field
            .is_some_and(|field| matches!(role(&field.text), Some(Role::Service | Role::User)));
        let cut = aggregation.kind.text == "terms"
            && aggregation.size.is_none()
            && everyone
            && !aggregation.open;
        if cut {
            let edit = sized(case, aggregation.kind.span);
            let flag = case
                .flag(aggregation.name.span)
                .with("name", &aggregation.name.text)
                .with("what", "has no `size`: only the ten largest groups come back");
            if let Some(edit) = edit {
                flag.fix(false, "ask for a thousand groups", vec![edit]);
            }
        }
    }
    if query.size.is_some() || query.open {
        return;
    }
    let traced = query.uses.iter().find(|used| {
        !used.negated
            && matches!(used.how, How::Exact | How::Words)
            && role(used.field()) == Some(Role::Trace)
    });
    let anchor = query.anchor;
    if traced.is_some() && query.aggregations.is_empty() {
        let name = query.label();
        case.flag(anchor)
            .with("name", if name.is_empty() { "the search" } else { name })
            .with("what", "has no `size`: only ten records of a trace come back");
    } else if !query.aggregations.is_empty() {
        let sorted = query.uses.iter().any(|used| matches!(used.how, How::Sort | How::Column));
        if !sorted {
            let name = query.label();
            case.flag(anchor)
                .with("name", if name.is_empty() { "the search" } else { name })
                .with(
                    "what",
                    "wants only groups: without `size: 0` ten records come with each answer",
                )
                .severity(Severity::Info);
        }
    }
}

/// A size for the groups, in the quotes of the key before it.
fn sized(case: &Case<'_>, kind: Span) -> Option<Edit> {
    let repo = case.repo;
    let quote = repo.text(kind).chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    let text = repo.source(kind.source).text();
    let rest = text.get(kind.end as usize..)?;
    let open = rest.find('{').filter(|at| rest[..*at].trim() == ":")?;
    let at = kind.end as usize + open + 1;
    // What stands on the next line keeps its own place.
    let gap = if rest[open + 1..].starts_with(char::is_whitespace) { "" } else { " " };
    let span = Span::new(kind.source, at, at);
    Some(Edit { span, text: format!(" {quote}size{quote}: 1000,{gap}") })
}
