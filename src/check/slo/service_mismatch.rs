//! Indicators of another service. Rule: rules/slo/service-mismatch.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};
use crate::finding::Edit;
use crate::lang::matcher::MatchOp;
use crate::lang::placeholder;
use crate::lang::promql::ast::Matcher;
use crate::repo::queries::Query;

/// Labels whose value is a service's own name.
const SERVICE: &[&str] = &["service", "service_name"];

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let service = slo.service.as_ref().filter(|service| service.known && slo.index == 0);
    let model = case.model;
    let queries: Vec<&Query<'_>> =
        model.slis(slo).into_iter().filter(|query| query.is_sound()).collect();
    let (Some(service), false) = (service, queries.is_empty()) else { return case.skip() };
    let mut named = false;
    for &query in &queries {
        for (_, selector) in query.ast().selectors() {
            named |= selector.metric().is_some_and(|name| speaks_of(name, &service.text));
            named |= selector.labels().any(|matcher| {
                placeholder::is_in(&matcher.value) || speaks_of(&matcher.value, &service.text)
            });
            let other = selector.labels().filter(|it| is_other(it, &service.text));
            for matcher in other {
                named = true;
                let span = case.place(query, matcher.value_extent);
                let quoted = case.repo.text(span);
                let right = respelt(&service.text, &matcher.value);
                let edit = Edit { span, text: quoted.replace(&*matcher.value, &right) };
                super::flag(case, slo, span)
                    .with("what", format!("measures the service `{}`", matcher.value))
                    .with("service", service.text.as_str())
                    .related(service.span, "the service it is promised for")
                    .fix(false, "measure the service itself", vec![edit]);
            }
        }
    }
    // To other tools a service is a word to group by.
    if !named && slo.dialect == SloDialect::Standard {
        super::flag(case, slo, slo.anchor)
            .with("what", "selects no service")
            .with("service", service.text.as_str())
            .severity(Severity::Info);
    }
}

/// A service that is certainly another: neither name is part of the other.
fn is_other(matcher: &Matcher, service: &str) -> bool {
    SERVICE.contains(&&*matcher.label.text)
        && matcher.op == MatchOp::Equal
        && !matcher.value.is_empty()
        && !placeholder::is_in(&matcher.value)
        && !speaks_of(&matcher.value, service)
        && !speaks_of(service, &matcher.value)
}

/// Whether one text holds the other's name, however it is written.
fn speaks_of(text: &str, name: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let name = plain(name);
    let bare = name.strip_suffix("service").filter(|bare| !bare.is_empty()).unwrap_or(&name);
    plain(text).contains(bare)
}

/// The service's name with the separators of another.
fn respelt(service: &str, like: &str) -> String {
    let separator = if like.contains('_') { '_' } else { '-' };
    service.replace(['_', '-'], &separator.to_string())
}
