//! Ids that join the records of one request, service by service.

use super::each::{Has, each_service};
use super::{Answer, Evidence};
use crate::repo::correlation::Correlation;
use crate::repo::services::Service;
use crate::verdict::scope::Scope;

/// Puts a question on ids to every service that writes records; one that writes none has nothing.
fn each(scope: &Scope<'_>, ask: impl Fn(&Service, &Correlation) -> Has) -> Answer {
    each_service(scope, |service| match scope.repo.correlation_of(service) {
        Some(ids) if ids.logs.is_some() => ask(service, ids),
        _ => Has::Nothing,
    })
}

fn at(ids: &Correlation, fact: &str) -> Vec<Evidence> {
    ids.logs.iter().map(|span| Evidence { span: *span, fact: fact.to_owned() }).collect()
}

/// Records name the request, or the trace, they belong to.
pub(super) fn named(scope: &Scope<'_>) -> Answer {
    each(scope, |_, ids| {
        if ids.bridged {
            Has::All(at(ids, "records that tracing or a library gives their ids"))
        } else if ids.request || ids.trace {
            Has::All(at(ids, "records of a program that names ids of requests"))
        } else if ids.settings || ids.plain_settings {
            Has::Part(at(ids, "records"), "settings of its logging are not read for ids")
        } else {
            Has::Nothing
        }
    })
}

/// The id is taken from the request.
pub(super) fn inbound(scope: &Scope<'_>) -> Answer {
    each(scope, |_, ids| {
        if ids.traced {
            Has::All(at(ids, "records of a program whose requests are traced"))
        } else if ids.inbound {
            Has::All(at(ids, "records of a program that reads an id from requests"))
        } else if ids.request || ids.trace {
            Has::Part(at(ids, "records with an id"), "no header with an id is read")
        } else {
            Has::Nothing
        }
    })
}

/// The id is passed on to other services.
pub(super) fn outbound(scope: &Scope<'_>) -> Answer {
    each(scope, |_, ids| {
        if ids.asks.is_none() {
            Has::All(at(ids, "records of a program that asks no other service"))
        } else if ids.traced || ids.outbound {
            Has::All(at(ids, "records of a program that hands its ids on"))
        } else {
            Has::Nothing
        }
    })
}

/// Records of traced services name the trace.
pub(super) fn traced(scope: &Scope<'_>) -> Answer {
    each(scope, |_, ids| {
        if !ids.traced {
            Has::All(at(ids, "records of a program that makes no spans"))
        } else if ids.trace || ids.bridged {
            Has::All(at(ids, "records that name the trace"))
        } else if ids.settings || ids.plain_settings {
            Has::Part(at(ids, "records"), "settings of its logging are not read for ids")
        } else {
            Has::Nothing
        }
    })
}
