//! Names of backends that are not there. Rule: rules/jaeg/undefined-backend.yaml

use crate::check::Case;
use crate::facts::jaeger::JaegerConfig;
use crate::lang::distance;

pub(super) fn check(config: &JaegerConfig, case: &mut Case<'_>) {
    let Some(storage) = config.storage.filter(|_| !config.open) else { return case.skip() };
    let layered = case.repo.is_layered(config);
    for using in config.uses.iter().filter(|using| using.name.known) {
        let traces = || config.backends.iter().map(|backend| backend.name.text.as_str());
        let metrics = || config.metric_backends.iter().map(|name| name.text.as_str());
        let names: Vec<&str> = if using.metrics { metrics().collect() } else { traces().collect() };
        let unknown = config.backends.iter().any(|backend| !backend.name.known);
        if names.contains(&using.name.text.as_str()) || unknown || layered {
            continue;
        }
        let near = distance::nearest(&using.name.text, names.iter().copied(), 2);
        let hint = match (near, &names[..]) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => "none is defined".to_owned(),
            (None, names) => format!("defined: `{}`", names.join("`, `")),
        };
        let list = if using.metrics { "metric_backends" } else { "backends" };
        case.flag(using.name.span)
            .with("setting", &using.setting)
            .with("name", &using.name.text)
            .with("list", list)
            .with("hint", hint)
            .related(storage, format!("`{list}` stand here"));
    }
}
