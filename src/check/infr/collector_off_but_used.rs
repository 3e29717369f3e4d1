//! Parts of an exporter that are off and used. Rule: rules/infr/collector-off-but-used.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::repo::exporters::is_exporter;
use crate::repo::exporters::reduced::settings;
use crate::source::Origin;

pub(super) fn check(container: &Container, case: &mut Case<'_>) {
    let mut known = case.model.reduced().iter();
    let reduced = known.find(|it| is_exporter(container) && it.exporter.runs_in(container));
    let own = case.repo.origin(container.document.source) != Origin::Vendored;
    let Some(reduced) = reduced.filter(|_| own) else { return case.skip() };
    // The chart of the whole stack runs another one, with all that it has.
    let stack = |name: &str| name.contains("kube-prometheus-stack");
    if container.image_name() == Some("kube-state-metrics")
        && case.repo.facts.packages.iter().any(|it| stack(&it.name.text))
    {
        return;
    }
    for (arg, removes) in settings(container) {
        // Another exporter may provide it all the same.
        let alone = |name: &&str| case.model.metric(name).providers.len() == 1;
        let Some(name) = reduced.lost_by(&removes).find(alone) else { continue };
        let Some(first) = case.model.uses().get(name).and_then(|uses| uses.first()) else {
            continue;
        };
        let place = case.model.used_at(*first);
        let at = case.name_of(place, name);
        let title = crate::facts::Subject::title(place.query);
        case.flag(arg.span)
            .with("setting", arg.text.clone())
            .with("metric", name)
            .related(at, format!("{title} reads it"));
    }
}
