//! A name without a value in `finally`. Rule: rules/metr/finally-reads-unbound.yaml

use crate::check::Case;
use crate::facts::code::cleanup::CleanUp;

pub(super) fn check(block: &CleanUp, case: &mut Case<'_>) {
    if block.held && !case.repo.is_metric_use(block.at) {
        return;
    }
    if let Some((name, assigned)) = &block.unbound {
        case.flag(name.span)
            .with("name", name.text.clone())
            .related(*assigned, "it gets its value only here");
    }
}
