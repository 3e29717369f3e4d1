//! A strategy without one of the pillars. Rule: rules/strat/pillar-missing.yaml

use crate::check::Case;
use crate::facts::strategy::{PILLARS, Strategy};

pub(super) fn check(strategy: &Strategy, case: &mut Case<'_>) {
    for pillar in PILLARS {
        if let Some(empty) = strategy.empty.iter().find(|name| name.text == *pillar) {
            case.flag(empty.span).with("pillar", *pillar).with("state", "holds nothing");
            continue;
        }
        let present = strategy.blocks.iter().any(|name| name.text == *pillar);
        if present || strategy.open {
            continue;
        }
        // `tracing:` or `trace:` was likely meant.
        let near = strategy.blocks.iter().find(|name| {
            !PILLARS.contains(&name.text.as_str()) && name.text.starts_with(&pillar[..3])
        });
        let flag = case.flag(strategy.anchor).with("pillar", *pillar).with("state", "is missing");
        if let Some(near) = near {
            flag.related(near.span, format!("`{}` is not `{pillar}`", near.text));
        }
    }
}
