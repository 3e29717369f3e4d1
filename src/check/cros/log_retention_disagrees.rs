//! Logs kept shorter or longer than planned. Rule: rules/cros/log-retention-disagrees.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;
use crate::repo::logstores::planned;

/// Difference in seconds that is none.
const SLACK: f64 = 60.0;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let repo = case.repo;
    let planned = pillar.retention().and_then(|value| Some((value, planned(value)?)));
    let Some((plan, seconds)) = planned.filter(|_| pillar.name.text == "logs") else {
        return case.skip();
    };
    for kept in repo.log_retentions() {
        if !repo.run_together(kept.document, pillar.document) {
            continue;
        }
        match kept.seconds {
            Some(found) if (found - seconds).abs() <= SLACK => {}
            // A longer tier that says so is meant.
            Some(found) if found > seconds && kept.archive => {}
            Some(_) => {
                case.flag(kept.span)
                    .with("plan", &plan.text)
                    .with("step", &kept.step)
                    .related(plan.span, "the strategy");
            }
            None if kept.archive => {}
            None => {
                case.flag(plan.span)
                    .with("plan", &plan.text)
                    .with("step", &kept.step)
                    .related(kept.span, kept.step.clone());
            }
        }
    }
}
