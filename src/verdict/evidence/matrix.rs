//! What every service gives.

use super::each::{Has, each_service};
use super::{Answer, Evidence, pending};
use crate::repo::services::{Service, Signal};
use crate::verdict::scope::Scope;

/// Metrics, logs and traces of each service.
pub(super) fn signals(scope: &Scope<'_>) -> Answer {
    const WANTED: [Signal; 3] = [Signal::Metrics, Signal::Logs, Signal::Traces];
    let answer = each_service(scope, |service: &Service| {
        let gives = |signal: &&Signal| scope.repo.gives(service, **signal) == Some(true);
        let given: Vec<&str> = WANTED.iter().filter(gives).map(|signal| signal.name()).collect();
        let fact = format!("{} of {}", given.join(", "), service.name);
        let evidence = vec![Evidence { span: service.anchor, fact }];
        match given.len() {
            0 => Has::Nothing,
            3 => Has::All(evidence),
            _ => Has::Part(evidence, "not all three signals"),
        }
    });
    if answer.by_service.is_empty() { pending("source code", &[], scope) } else { answer }
}
