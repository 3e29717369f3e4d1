//! Layers that keep different shares of traces. Rule: rules/cros/sampling-disagrees.yaml

use crate::check::Case;
use crate::facts::telemetry::Sampler;
use crate::repo::sampling::{Kept, percent};

pub(super) fn check(sampler: &Sampler, case: &mut Case<'_>) {
    let repo = case.repo;
    if !repo.is_ours(sampler.document) && !repo.is_demo(sampler.document) {
        return case.skip();
    }
    let Some(Kept { share, rate, other }) = repo.disagreement(sampler) else { return };
    case.flag(sampler.value.span)
        .with("setting", &sampler.setting.text)
        .with("share", percent(share))
        .with("rate", percent(rate))
        .related(other, format!("{} is meant here", percent(rate)));
}
