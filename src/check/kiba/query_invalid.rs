//! Searches that the store refuses. Rule: rules/kiba/query-invalid.yaml

use super::refused_since;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::query::LogQuery;
use crate::lang::version::Version;
use crate::repo::runs;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    for fault in &query.faults {
        let since = fault.since.and_then(Version::parse);
        let severity = match since {
            None => Some(Severity::Error),
            Some(since) => refused_since(case, query.document, runs::ELASTICSEARCH, since),
        };
        let Some(severity) = severity else { continue };
        let who = match fault.since.filter(|_| severity != Severity::Error) {
            Some(since) => format!("Elasticsearch {since} and later refuse the search"),
            None => "the store refuses the search".to_owned(),
        };
        case.flag(fault.span).with("what", &fault.message).with("who", who).severity(severity);
    }
}
