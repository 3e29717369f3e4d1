//! Panels bound to one data source. Rule: rules/dash/fixed-datasource.yaml

use crate::check::Case;
use crate::facts::dashboard::Panel;
use crate::facts::scalar::Scalar;
use crate::lang::grafana;

pub(super) fn check(panel: &Panel, case: &mut Case<'_>) {
    if panel.library || !panel.has_queries() {
        return case.skip();
    }
    let of_panel = panel.datasource.as_ref();
    // A target that repeats what its panel says is no second binding.
    let others = panel.targets.iter().filter_map(|target| target.datasource.as_ref());
    let others = others.filter(|own| of_panel.is_none_or(|panel| panel.text != own.text));
    let mut told: Vec<&str> = Vec::new();
    for scalar in of_panel.into_iter().chain(others) {
        if is_fixed(scalar)
            && !is_provisioned(scalar, case)
            && !told.contains(&scalar.text.as_str())
        {
            told.push(&scalar.text);
            case.flag(scalar.span).with("uid", scalar.text.as_str());
        }
    }
}

/// Whether a name is no variable, no default, and none of those that Grafana brings.
fn is_fixed(scalar: &Scalar) -> bool {
    scalar.known
        && grafana::variables(&scalar.text).is_empty()
        && !scalar.text.starts_with("--")
        && !matches!(scalar.text.as_str(), "__expr__" | "grafana" | "default" | "-100")
}

/// Whether exactly one data source that is provisioned here has this `uid` or name.
fn is_provisioned(scalar: &Scalar, case: &Case<'_>) -> bool {
    let same = |other: &Option<Scalar>| other.as_ref().is_some_and(|it| it.text == scalar.text);
    let sources = case.repo.facts.data_sources.iter();
    sources.filter(|source| same(&source.uid) || same(&source.name)).count() == 1
}
