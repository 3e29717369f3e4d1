//! Settings that version 1 does not have. Rule: rules/jaeg/unknown-setting.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::facts::jaeger::chart::PROGRAMS;
use crate::facts::jaeger::flags::{self, Flag, Release};
use crate::facts::jaeger::{ChartValues, Component, Form, Part};
use crate::facts::scalar::Scalar;

/// Beginnings of variables that only Jaeger reads.
const PREFIXES: &[&str] = &[
    "ES_",
    "CASSANDRA_",
    "COLLECTOR_",
    "QUERY_",
    "SPAN_STORAGE_",
    "REPORTER_GRPC_",
    "PROCESSOR_",
    "BADGER_",
    "KAFKA_PRODUCER_",
    "KAFKA_CONSUMER_",
    "SAMPLING_",
    "INGESTER_",
];

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    if let Form::Values(values) = &part.form {
        return chart(values, case);
    }
    let Some(container) = part.container().filter(|_| part.component.is_v1()) else {
        return case.skip();
    };
    // What a vendor adds is the vendor's.
    if part.is_vendors() {
        return;
    }
    let release = part.release();
    for key in container.env.entries.iter().map(|(key, _)| key).filter(|key| key.known) {
        let own = PREFIXES.iter().any(|prefix| key.text.starts_with(prefix));
        if own {
            variable(part.component, key, release, case);
        }
    }
    given_flags(part.component, container, release, case);
}

/// Variables and flags that the values of a chart give its programs.
fn chart(values: &ChartValues, case: &mut Case<'_>) {
    for it in values.env.iter().filter(|it| it.name.known) {
        if PREFIXES.iter().any(|prefix| it.name.text.starts_with(prefix)) {
            variable(it.component, &it.name, None, case);
        }
    }
    for (section, component) in PROGRAMS {
        let path = format!("{section}.cmdlineParams");
        for setting in values.settings.below(&path) {
            let name = &setting.key[path.len() + 1..];
            let at =
                Scalar { text: format!("--{name}"), span: setting.span, known: true, plain: true };
            given_flag(*component, name, &at, None, case);
        }
    }
}

fn variable(component: Component, key: &Scalar, release: Option<Release>, case: &mut Case<'_>) {
    match flags::flag(&key.text).filter(|flag| flag.variable == key.text) {
        Some(flag) => gone(component, flag, key, release, case),
        None if flags::is_setting(&key.text) => {}
        None => {
            let near = flags::nearest(&key.text, component.name(), true);
            report(key, &format!("no variable of Jaeger is called `{}`", key.text), near, case);
        }
    }
}

fn given_flags(
    component: Component,
    container: &Container,
    release: Option<Release>,
    case: &mut Case<'_>,
) {
    for arg in container.args.iter().filter(|arg| arg.known) {
        let Some(name) = arg.text.strip_prefix("--").and_then(|flag| flag.split('=').next()) else {
            continue;
        };
        // Flags of the process that runs it, such as a shell's.
        if name.is_empty() || name == "help" {
            continue;
        }
        given_flag(component, name, arg, release, case);
    }
}

fn given_flag(
    component: Component,
    name: &str,
    at: &Scalar,
    release: Option<Release>,
    case: &mut Case<'_>,
) {
    match flags::flag(name).filter(|flag| flag.name == name) {
        Some(flag) if takes(component, flag) => gone(component, flag, at, release, case),
        Some(_) => {
            let what = format!("the {} has no flag `--{name}`", component.name());
            report(at, &what, None, case);
        }
        None => {
            let near = flags::nearest(name, component.name(), false);
            report(at, &format!("no flag of Jaeger is called `--{name}`"), near, case);
        }
    }
}

fn takes(component: Component, flag: &Flag) -> bool {
    component == Component::AllInOne
        || flag.spans.iter().any(|span| span.component == component.name())
}

/// A flag that the release of the image does not have yet, or any more.
fn gone(
    component: Component,
    flag: &Flag,
    at: &Scalar,
    release: Option<Release>,
    case: &mut Case<'_>,
) {
    let (Some(release), Some(span)) =
        (release, flag.spans.iter().find(|span| span.component == component.name()))
    else {
        return;
    };
    let name = &at.text.split('=').next().unwrap_or(&at.text);
    if let Some(last) = span.last.filter(|last| release > *last) {
        let what = format!("`{name}` is gone since release {}.{}", last.0, last.1 + 1);
        report(at, &what, None, case);
    } else if let Some(since) = span.since.filter(|since| release < *since) {
        let what = format!("`{name}` came with release {}.{}", since.0, since.1);
        report(at, &what, None, case);
    }
}

fn report(at: &Scalar, what: &str, near: Option<&str>, case: &mut Case<'_>) {
    let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
    case.flag(at.span).with("what", format!("{what}{hint}"));
}
