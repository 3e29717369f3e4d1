//! A pillar that is only a plan. Rule: rules/strat/pillar-declared-not-implemented.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    if !pillar.is_signal() || pillar.is_off() || pillar.settings.open {
        return case.skip();
    }
    let managed = pillar.retention().is_some_and(|value| value.text == "managed");
    let repo = case.repo;
    // Code may instrument by itself.
    if managed
        || repo.has_source_code()
        || repo.evidence_of_pillar(&pillar.name.text).next().is_some()
    {
        return;
    }
    let wanted = match pillar.name.text.as_str() {
        "metrics" => "no Prometheus, scrape job or metrics pipeline",
        "logs" => "no log shipper and no log store",
        _ => "no trace backend, collector or exporter",
    };
    case.flag(pillar.name.span).with("pillar", &pillar.name.text).with("wanted", wanted);
}
