//! Rules that read what their group records later. Rule: rules/rule/consumer-before-producer.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::finding::Edit;
use crate::repo::Repo;
use crate::repo::queries::Query;
use crate::source::Span;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((document, group, span)) = position(query) else { return case.skip() };
    for (_, selector) in query.ast().selectors() {
        let Some(producer) = selector.metric().and_then(|name| producer(query, name, case)) else {
            continue;
        };
        let Some((other_document, other_group, other)) = position(producer) else { continue };
        let Some(extent) = selector.metric_extent() else { continue };
        let name = query.text(extent);
        if producer.index == query.index {
            continue;
        }
        if (document, group) == (other_document, other_group) {
            if other.start > span.start {
                let edits = reorder(query, producer, span, other, case);
                let place = case.place(query, extent);
                let flag = case
                    .flag(place)
                    .with("name", name)
                    .with("what", "is recorded later in this group")
                    .related(other, "recorded here");
                if let Some(edits) = edits {
                    flag.fix(true, "record it first", edits);
                }
            }
        } else if query.record().is_some() {
            let place = case.place(query, extent);
            case.flag(place)
                .with("name", name)
                .with("what", "is recorded in another group, at another moment")
                .severity(Severity::Info)
                .related(other, "recorded here");
        }
    }
}

/// The rule that records a name, of copies the one nearest to its reader: each server has its own.
fn producer<'a, 'c>(query: &Query<'a>, name: &str, case: &'c Case<'a>) -> Option<&'c Query<'a>> {
    let first = case.model.recorded(name)?;
    let (document, group, _) = position(query)?;
    let copy = |at: &usize| &case.model.queries()[*at];
    let of = |at: &usize| position(copy(at)).map(|(document, ..)| document);
    // They stand in the order of their documents.
    let copies = &case.model.records().get(name)?.queries;
    let start = copies.partition_point(|at| of(at) < Some(document));
    let here = || copies[start..].iter().take_while(|at| of(at) == Some(document)).map(copy);
    let in_group = |copy: &&Query<'a>| position(copy).is_some_and(|(_, its, _)| its == group);
    here().find(in_group).or_else(|| here().next()).or(Some(first))
}

fn position(query: &Query<'_>) -> Option<(DocumentId, u32, Span)> {
    query.rule().map(|(_, document, group, span)| (document, group, span))
}

/// Moves the producer before its consumer, if nothing it reads is recorded in between.
fn reorder<'a>(
    query: &'a Query<'a>,
    producer: &Query<'a>,
    consumer_span: Span,
    producer_span: Span,
    case: &Case<'a>,
) -> Option<Vec<Edit>> {
    let repo: &Repo = case.repo;
    let (document, group, _) = position(query)?;
    let between = producer.ast().selectors().any(|(_, selector)| {
        selector.metric().is_some_and(|name| {
            case.model.records().get(name).is_some_and(|record| {
                record.queries.iter().filter_map(|at| position(&case.model.queries()[*at])).any(
                    |(other_document, other_group, span)| {
                        (other_document, other_group) == (document, group)
                            && span.start >= consumer_span.start
                    },
                )
            })
        })
    });
    let from = repo.item_lines(producer_span).filter(|_| !between)?;
    let to = repo.item_lines(consumer_span)?;
    let mut text = repo.text(from).to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let here = Span { end: to.start, ..to };
    Some(vec![Edit { span: here, text }, Edit { span: from, text: String::new() }])
}
