//! Components that lack the extension they stand on. Rule: rules/jaeg/extension-missing.yaml

use crate::check::Case;
use crate::facts::jaeger::JaegerConfig;
use crate::facts::jaeger::v2::type_of;
use crate::facts::scalar::Scalar;
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(config: &JaegerConfig, case: &mut Case<'_>) {
    if config.used.is_empty() || config.open {
        return case.skip();
    }
    if case.repo.is_layered(config) {
        return;
    }
    let used = |kind: &str| config.used.iter().find(|name| type_of(&name.text) == kind);
    if let Some(exporter) = used("jaeger_storage_exporter")
        && !config.is_enabled("jaeger_storage")
    {
        let what = "`jaeger_storage` is not among the extensions that are started";
        report(config, case, exporter, what, config.storage.map(|_| "jaeger_storage"));
    }
    let Some(processor) = used("adaptive_sampling") else { return };
    if !config.is_enabled("remote_sampling") {
        let defined = config.sampling.as_ref().map(|_| "remote_sampling");
        let what = "`remote_sampling` is not among the extensions that are started";
        report(config, case, processor, what, defined);
    } else if let Some(sampling) = config.sampling.as_ref().filter(|it| it.adaptive.is_none()) {
        case.flag(sampling.key.span)
            .with("what", "`remote_sampling` has no `adaptive`")
            .with("component", &processor.text)
            .related(processor.span, "this processor stands on it");
    }
}

fn report(
    config: &JaegerConfig,
    case: &mut Case<'_>,
    component: &Scalar,
    what: &str,
    defined: Option<&str>,
) {
    let place = config.enabled_key.or(config.service_key).unwrap_or(component.span);
    let edit = defined.and_then(|name| addition(config, case, name));
    let flag = case
        .flag(place)
        .with("what", what)
        .with("component", &component.text)
        .related(component.span, "this component stands on it");
    if let Some(edit) = edit {
        flag.fix(true, "start the extension", vec![edit]);
    }
}

/// Adds a name to the list of extensions, behind the last one.
fn addition(config: &JaegerConfig, case: &Case<'_>, name: &str) -> Option<Edit> {
    let last = config.enabled.last()?;
    let source = case.repo.source(last.span.source);
    let line = source.line_range(source.line_of(last.span.start));
    let before = source.text().get(line.start..last.span.start as usize)?;
    let end = last.span.end as usize;
    let at = Span::new(last.span.source, end, end);
    // `- name` on a line of its own, or `[a, b]`.
    let text = match before.trim_start().strip_prefix('-').map(str::trim) {
        Some("") => {
            let indent = &before[..before.len() - before.trim_start().len()];
            format!("\n{indent}- {name}")
        }
        _ => format!(", {name}"),
    };
    Some(Edit { span: at, text })
}
