//! Records that wait in memory only. Rule: rules/flnt/volatile-buffer.yaml

use crate::check::Case;
use crate::facts::shipper::{Program, Property, Role, Section};
use crate::repo::shippers::Set;

/// Inputs of Fluent Bit that measure or make records up: the next ones replace what is lost.
const MEASURES: &[&str] = &[
    "cpu",
    "mem",
    "disk",
    "netif",
    "proc",
    "health",
    "thermal",
    "dummy",
    "random",
    "head",
    "docker",
    "fluentbit_metrics",
    "fluentbit_logs",
    "node_exporter_metrics",
    "nginx_exporter_metrics",
    "process_exporter_metrics",
    "windows_exporter_metrics",
    "podman_metrics",
    "gpu_metrics",
    "prometheus_scrape",
    "prometheus_textfile",
    "statsd",
    "collectd",
    "winstat",
    "event_type",
    "event_test",
    "lib",
    "emitter",
    "storage_backlog",
    "stream_processor",
    "calyptia_fleet",
    "blob",
];

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    let Some(set) = super::set(section, case) else { return case.skip() };
    match (section.program, section.role) {
        (Program::FluentBit, Role::Input) => fluent_bit(section, set, case),
        (Program::Fluentd, Role::Output) => fluentd(section, case),
        (Program::Vector, Role::Output) => vector(section, case),
        _ => case.skip(),
    }
}

fn fluent_bit(section: &Section, set: &Set, case: &mut Case<'_>) {
    let measures = section.plugin_name().is_none_or(|name| MEASURES.contains(&name.as_str()));
    if measures || section.open {
        return case.skip();
    }
    let Some(roles) = super::roles(section, case) else { return case.skip() };
    let services = &roles.services;
    let service = |key: &str| roles.service(key);
    let given = |property: Option<&Property>| {
        property
            .is_some_and(|it| !it.value.known || it.value.text.eq_ignore_ascii_case("filesystem"))
    };
    let kind = section.property("storage.type");
    if given(kind) || (kind.is_none() && given(service("storage.type"))) {
        let known = kind.or_else(|| service("storage.type")).filter(|kind| kind.value.known);
        // A chart may add what its values do not say.
        let chart = set.documents.iter().any(|id| super::is_in_chart(*id, case));
        let bare = !set.open && !chart && !services.is_empty() && service("storage.path").is_none();
        if let Some(kind) = known.filter(|_| bare) {
            let fault = "`filesystem` needs `storage.path` in the service section: Fluent Bit does not start without it";
            case.flag(kind.value.span).with("fault", fault);
        }
        return;
    }
    // Nothing waits for what stays on this machine.
    if super::is_dev(section, case) || (!roles.sends && !roles.outputs.is_empty()) {
        return;
    }
    if services.is_empty() && kind.is_none() {
        // The section that could set it for all inputs stands elsewhere.
        return;
    }
    let span = kind.map_or(section.name_span(), |kind| kind.value.span);
    let fault = "records wait in memory only: a restart loses what is not sent yet (`storage.type filesystem` keeps it)";
    case.flag(span).with("fault", fault);
}

fn fluentd(section: &Section, case: &mut Case<'_>) {
    if !super::is_network_output(section) || section.plugin.is_none() || is_unbuffered(section) {
        return case.skip();
    }
    if section.open || super::is_dev(section, case) {
        return;
    }
    let old = section.value("buffer_type");
    let repo = case.repo;
    let buffer = repo.inside(section).find(|it| it.header.text == "buffer");
    let (kind, span) = match buffer {
        Some(buffer) if buffer.open => return,
        Some(buffer) => (
            buffer.plugin.as_ref(),
            buffer.plugin.as_ref().map_or(buffer.header.span, |kind| kind.span),
        ),
        None => (old, old.map_or(section.name_span(), |kind| kind.span)),
    };
    if kind.is_none_or(|kind| kind.known_text() == Some("memory")) {
        let fault = "records wait in memory only: a restart loses what is not sent yet (a `<buffer>` of `@type file` keeps it)";
        case.flag(span).with("fault", fault);
    }
}

/// Outputs that send each record at once, or keep a file by default.
fn is_unbuffered(section: &Section) -> bool {
    section.plugin_name().is_some_and(|name| {
        matches!(name.as_str(), "exec" | "file" | "secondary_file" | "gelf" | "mail" | "slack")
    })
}

fn vector(section: &Section, case: &mut Case<'_>) {
    if !super::is_network_output(section) {
        return case.skip();
    }
    if super::is_dev(section, case) {
        return;
    }
    let text = |key: &str| section.value(key).map(|value| value.known_text());
    let disk = text("buffer.type").is_some_and(|kind| kind != Some("memory"));
    let Some(full) = section.value("buffer.when_full") else { return };
    if !disk && full.known_text() == Some("drop_newest") {
        let fault = "the buffer lies in memory and drops records when it is full";
        case.flag(full.span).with("fault", fault);
    }
}
