//! Strategies that do not say what they should. Rule: rules/jaeg/bad-strategies-file.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::strategies::Reach;
use crate::facts::jaeger::{Strategies, Strategy};

pub(super) fn check(strategies: &Strategies, case: &mut Case<'_>) {
    for strategy in &strategies.all {
        one(strategy, strategies.open, case);
    }
    if strategies.default.is_none() && !strategies.open {
        case.flag(strategies.anchor)
            .with(
                "what",
                "there is no `default_strategy`: services without a strategy of their own send one \
                 trace in a thousand",
            )
            .severity(Severity::Warning);
    }
}

fn one(strategy: &Strategy, open: bool, case: &mut Case<'_>) {
    if strategy.reach == Reach::Service && strategy.name.is_none() && !open {
        case.flag(strategy.anchor).with("what", "a strategy without `service` is handed to nobody");
    }
    let Some(kind) = &strategy.kind else {
        // Operations alone are legal; nothing at all is taken for a mistake and replaced.
        if !strategy.has_operations && !open {
            case.flag(strategy.anchor).with(
                "what",
                "a strategy without `type` is replaced by the default of one trace in a thousand",
            );
        }
        return;
    };
    let Some(name) = kind.known_text() else { return };
    let param = strategy.param.as_ref().filter(|param| param.known);
    let number = param.map(|param| (param, param.text.parse::<f64>().ok().filter(|_| param.plain)));
    match name {
        "probabilistic" => {
            let share = number.and_then(|(param, number)| Some((param, number?)));
            if let Some((param, number)) = share
                && !(0.0..=1.0).contains(&number)
            {
                let what =
                    format!("`param` is the share of traces from 0 to 1, not {}", param.text);
                case.flag(param.span).with("what", what);
            }
        }
        "ratelimiting" if strategy.reach == Reach::Operation => {
            let what = "operations take only `probabilistic`: this strategy is left out";
            case.flag(kind.span).with("what", what);
        }
        "ratelimiting" => {}
        _ => {
            let what = format!(
                "`type` is `probabilistic` or `ratelimiting`, not `{name}`: the default of one trace \
                 in a thousand takes its place"
            );
            case.flag(kind.span).with("what", what);
        }
    }
    if let Some((param, None)) = number {
        let what =
            format!("`param` is a number, not the text `{}`: the file is refused", param.text);
        case.flag(param.span).with("what", what);
    }
}
