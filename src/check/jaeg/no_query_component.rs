//! Traces that nobody can look at. Rule: rules/jaeg/no-query-component.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::jaeger::{Component, Form, Part};
use crate::repo::images::{Class, known_as};

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let writes = match &part.form {
        Form::Container(_) => part.component == Component::Collector,
        Form::Config(config) => {
            config.query.is_none()
                && config.used.iter().any(|name| name.text.starts_with("jaeger_storage_exporter"))
        }
        _ => false,
    };
    if !writes {
        return case.skip();
    }
    let repo = case.repo;
    let mut others = repo
        .facts
        .jaeger_parts
        .iter()
        .filter(|other| repo.run_together(other.document, part.document));
    let shown = others.any(|other| match &other.form {
        Form::Container(container) => match other.component {
            Component::Query | Component::AllInOne => true,
            // Its configuration may stand elsewhere.
            Component::V2 => !has_config(case, container),
            _ => false,
        },
        Form::Config(config) => config.query.is_some() || config.open,
        Form::Object(_) | Form::Chart(_) | Form::Values(_) => true,
        Form::Sidecar | Form::Variable(_) | Form::Base => false,
    });
    let readable = repo.holds_all(World::Exporters) || repo.is_demo(part.document);
    if !shown && readable && !sends_on(case) {
        let name = match &part.form {
            Form::Container(container) => container.name.span,
            _ => part.name.span,
        };
        case.flag(name);
    }
}

/// Whether the configuration that a container is given may be one of those here.
fn has_config(case: &Case<'_>, container: &crate::facts::deploy::Container) -> bool {
    container.flag("config").is_some() && !case.repo.facts.jaeger_configs.is_empty()
}

/// Whether traces also go to another store: one that runs here, or an exporter of a collector.
fn sends_on(case: &Case<'_>) -> bool {
    let facts = &case.repo.facts;
    let exports = |pipeline: &crate::facts::collector::Pipeline| {
        pipeline.signal() == "traces"
            && pipeline.exporters.items.iter().any(|exporter| {
                !matches!(
                    exporter.text.split('/').next().unwrap_or_default(),
                    "debug"
                        | "logging"
                        | "nop"
                        | "file"
                        | "jaeger_storage_exporter"
                        | "span_metrics"
                        | "spanmetrics"
                )
            })
    };
    let store = |image: Option<&str>| {
        image
            .and_then(known_as)
            .is_some_and(|known| known.class == Class::Traces && known.name != "Jaeger")
    };
    !facts.tempos.is_empty()
        || facts.pipelines.iter().any(exports)
        || facts
            .containers
            .iter()
            .any(|container| store(container.image.as_ref().map(|image| image.text.as_str())))
}
