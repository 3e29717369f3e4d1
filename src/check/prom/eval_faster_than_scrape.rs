//! Rules evaluated more often than there is news. Rule: rules/prom/eval-faster-than-scrape.yaml

use crate::check::Case;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::scalar::Scalar;
use crate::lang::duration;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let set = server.scrape_interval.is_some() || server.evaluation_interval.is_some();
    if !set || !case.repo.is_server(server) || case.repo.is_agent(server) {
        return case.skip();
    }
    let default = if server.form == ServerForm::Operator { 30_000 } else { 60_000 };
    let interval = |value: &Option<Scalar>| match value {
        Some(value) => duration::prometheus(value.known_text()?),
        None => (!server.open).then_some(default),
    };
    let (Some(scrape), Some(evaluation)) =
        (interval(&server.scrape_interval), interval(&server.evaluation_interval))
    else {
        return;
    };
    let place = server.evaluation_interval.as_ref().or(server.scrape_interval.as_ref());
    if let Some(place) = place.filter(|_| evaluation > 0 && evaluation < scrape) {
        case.flag(place.span)
            .with("evaluation", duration::display(evaluation))
            .with("scrape", duration::display(scrape));
    }
}
