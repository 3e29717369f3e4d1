//! What the records of services look like, service by service.

use super::each::{Has, each_service};
use super::{Answer, Evidence};
use crate::facts::code::logs::Level;
use crate::lang::records::Part;
use crate::repo::services::Service;
use crate::source::Span;
use crate::verdict::scope::Scope;

fn at(span: Span, fact: &str) -> Evidence {
    Evidence { span, fact: fact.to_owned() }
}

/// Records are structured.
pub(super) fn structured(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let style = scope.repo.log_style(service);
        if style.record.is_none() {
            return Has::Nothing;
        }
        if let Some(span) = style.structured {
            return Has::All(vec![at(span, "makes records structured")]);
        }
        if let Some((span, agent)) = scope.repo.agent_of(service) {
            return Has::All(vec![at(span, &format!("{agent} sends records as what they are"))]);
        }
        match style.open {
            Some(span) => {
                let evidence = vec![at(span, "may make records structured")];
                Has::Part(evidence, "what would make records structured is not followed")
            }
            None => Has::Nothing,
        }
    })
}

/// Each record says when, how urgent, what, who and where.
pub(super) fn fields(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let style = scope.repo.log_style(service);
        let (Some(_), Some(form)) = (style.record, style.structured.or(style.open)) else {
            return Has::Nothing;
        };
        if style.structured.is_none() {
            let evidence = vec![at(form, "may make records structured")];
            return Has::Part(evidence, "what records have is not followed");
        }
        let records = scope.repo.records_of(service);
        let named = records.parts.iter().filter(|(part, _)| part.is_required());
        let evidence =
            named.map(|(part, span)| at(*span, &format!("{} of records", part.name()))).collect();
        match (records.missing(true).first(), records.unproven()) {
            (Some(part), _) => Has::Part(evidence, without(*part)),
            (None, Some(_)) => {
                Has::Part(evidence, "some fields may be added where nobody can look")
            }
            (None, None) => Has::All(evidence),
        }
    })
}

fn without(part: Part) -> &'static str {
    match part {
        Part::Time => "records have no time",
        Part::Level => "records have no level",
        Part::Message => "records have no message",
        Part::Service => "records do not name the service",
        _ => "records do not name the environment",
    }
}

/// Handlers of what auditors want to know of leave a record.
pub(super) fn audit(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        let handlers = repo.facts.security_handlers.iter().filter(|it| service.has(it.document));
        let (silent, told): (Vec<_>, Vec<_>) = handlers.partition(|it| repo.is_silent(it));
        let mut evidence: Vec<Evidence> =
            told.iter().map(|it| at(it.name.span, "leaves a record of what it does")).collect();
        evidence.extend(recorded(scope, service));
        match (silent.is_empty(), evidence.is_empty(), repo.audit_listener()) {
            (true, ..) => Has::All(evidence),
            (false, _, Some(listener)) => {
                evidence.push(at(listener, "hears of logins by the framework"));
                Has::All(evidence)
            }
            (false, false, None) => Has::Part(evidence, "some handlers leave no record"),
            (false, true, None) => Has::Nothing,
        }
    })
}

/// Records for auditors in a service.
fn recorded(scope: &Scope<'_>, service: &Service) -> Vec<Evidence> {
    let records = scope.repo.facts.audit_records.iter().filter(|it| service.has(it.document));
    records.map(|it| at(it.name.span, "a record for auditors")).collect()
}

/// The service writes records, those of errors first.
pub(super) fn errors(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let calls = scope.repo.facts.log_calls.iter();
        let mut own = calls.filter(|call| !call.printed && service.has(call.document));
        let urgent = own.clone().find(|call| call.level.is_some_and(|it| it >= Level::Error));
        match urgent.or_else(|| own.next()) {
            Some(call) => Has::All(vec![at(call.method.span, "a record is written")]),
            None => match scope.repo.log_style(service).record {
                Some(span) => Has::Part(vec![at(span, "a line is printed")], "it only prints"),
                None => Has::Nothing,
            },
        }
    })
}
