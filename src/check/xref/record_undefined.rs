//! Recorded names that no rule records. Rule: rules/xref/record-undefined.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::Dialect;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::distance;
use crate::lang::placeholder;
use crate::repo::queries::Query;
use crate::source::Origin;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let repo = case.repo;
    let vendored = repo.origin(query.scalar.span.source) == Origin::Vendored;
    // What panels read, another rule asks.
    let reads_records = query.rule().is_some() || query.raises().is_some() || query.sli().is_some();
    if vendored || !reads_records || !query.is_sound() {
        return case.skip();
    }
    let all_here = repo.holds_all(World::Records);
    for (_, selector) in query.ast().selectors() {
        let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent()) else {
            continue;
        };
        if !name.contains(':') || placeholder::is_in(name) || case.model.records().contains(name) {
            continue;
        }
        let (alike, near) = defined(name, case);
        // Elsewhere more may be recorded; a slip in a name that is recorded here is one anyway.
        let slip = alike && near.is_some();
        if !(all_here || slip) || is_generated(name, case) {
            continue;
        }
        let severity = if alike && all_here { Severity::Error } else { Severity::Warning };
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let span = case.place(query, extent);
        let related = near.and_then(|near| {
            let rules = &repo.facts.recording_rules;
            rules.iter().find(|rule| rule.name.text == near).map(|rule| rule.name.span)
        });
        let mut flag = case.flag(span).severity(severity).with("name", name).with("hint", hint);
        if let Some(at) = related {
            flag = flag.related(at, "this is recorded");
        }
        if let Some(near) = near {
            let edit = Edit { span, text: near.to_owned() };
            flag.fix(false, format!("write `{near}`"), vec![edit]);
        }
    }
}

/// Whether a record here has the same first two parts, and the nearest of those that do.
fn defined<'a>(name: &'a str, case: &Case<'a>) -> (bool, Option<&'a str>) {
    let head = |name: &str| -> Option<usize> {
        let first = name.find(':')?;
        Some(name[first + 1..].find(':').map_or(name.len(), |at| first + 1 + at))
    };
    let Some(end) = head(name) else { return (false, None) };
    let head = &name[..end];
    let records = case.model.records();
    let alike: Vec<&str> = records
        .from(head)
        .take_while(|known| known.starts_with(head))
        .filter(|known| known.len() == end || known[end..].starts_with(':'))
        .collect();
    let near = distance::nearest(name, alike.iter().copied(), 2);
    // The slip may stand in the first parts; another length would be another name.
    let first = name.get(..1).unwrap_or(name);
    let others = records.from(first).take_while(|known| known.starts_with(first));
    let near = near.or_else(|| distance::nearest(name, others.filter(|it| it.contains(':')), 1));
    (!alike.is_empty(), near)
}

/// Names that generators of objectives record.
fn is_generated(name: &str, case: &Case<'_>) -> bool {
    let slos = case.repo.facts.documents.iter().any(|document| document.kind == Kind::Slo);
    let stream = case.repo.facts.documents.iter().any(|document| {
        // Series with colons that vmagent aggregates.
        document.dialect == Some(Dialect::VictoriaMetrics)
    });
    stream
        || (slos
            && (name.starts_with("slo:")
                || [":burnrate", ":increase", ":sli", ":error_budget", ":ratio_rate"]
                    .iter()
                    .any(|part| name.contains(part))))
}
