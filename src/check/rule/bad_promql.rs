//! Expressions no Prometheus accepts. Rule: rules/rule/bad-promql.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let ignored = case.document().is_some_and(|document| !refusal::is_read(document));
    if ignored || (query.raises().is_none() && query.record().is_none()) {
        return case.skip();
    }
    if query.is_sound() {
        return;
    }
    // `<promql_expression>`: a form to fill in.
    let text = query.scalar.text.trim();
    let name = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let word = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | ' ');
    let form = name.is_some_and(|name| !name.is_empty() && name.chars().all(word));
    // vmalert reads more than PromQL, and its operator takes over the rules of the other.
    let wider = case.model.evaluates_metricsql();
    for fault in &query.parsed.faults {
        let span = case.place(query, fault.extent);
        let flag = case.flag(span).with("what", fault.message.as_str());
        if wider {
            flag.severity(Severity::Warning);
            continue;
        }
        if form {
            flag.severity(Severity::Info);
            return;
        }
    }
}
