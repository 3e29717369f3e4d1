//! A sampling rate outside (0, 1]. Rule: rules/strat/sampling-rate-range.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let mut examined = false;
    for (key, value) in pillar.named("sampling_rate") {
        let Some(text) = value.known_text() else { continue };
        examined = true;
        let rate = text.parse::<f64>().ok().filter(|rate| rate.is_finite());
        if rate.is_some_and(|rate| rate > 0.0 && rate <= 1.0) {
            continue;
        }
        let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        let advice = match percent.or(rate) {
            Some(share) if share > 0.0 && share <= 100.0 && (percent.is_some() || share > 1.0) => {
                format!("this is probably a percentage: write {}", share / 100.0)
            }
            Some(0.0) => "nothing is sampled".to_owned(),
            _ => "1 keeps every trace, 0.1 one in ten".to_owned(),
        };
        case.flag(value.span).with("key", &key.text).with("value", text).with("advice", advice);
    }
    if !examined {
        case.skip();
    }
}
