//! Records that are given up after a short while. Rule: rules/flnt/few-retries.yaml

use crate::check::Case;
use crate::facts::scalar::Scalar;
use crate::facts::shipper::{Program, Section};
use crate::lang::duration;
use crate::shippers;

/// Fluentd that gives up earlier than this loses records in an ordinary outage.
const SHORT: f64 = 3600.0;

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if !super::is_network_output(section) {
        return case.skip();
    }
    match section.program {
        Program::FluentBit => fluent_bit(section, case),
        Program::Fluentd => fluentd(section, case),
        _ => case.skip(),
    }
}

fn fluent_bit(section: &Section, case: &mut Case<'_>) {
    let Some(roles) = super::roles(section, case) else { return case.skip() };
    // What is rejected or given up is kept in a folder then.
    let kept = roles.services.iter().any(|it| it.switch("storage.keep.rejected") == Some(true));
    // Of an output that Fluent Bit does not have nobody knows where it leads.
    let name = section.plugin.as_ref().and_then(|name| name.known_text());
    let unknown = name.is_some_and(|name| shippers::fluent_bit().plugin("output", name).is_none());
    if kept || section.open || unknown && !roles.external {
        return;
    }
    let (span, fault) = match section.value("retry_limit") {
        None => {
            (section.name_span(), "no `Retry_Limit`: after one retry the records are discarded")
        }
        Some(limit) => match limit.known_text() {
            Some(text) if text.eq_ignore_ascii_case("no_retries") => {
                (limit.span, "records are discarded at the first failure")
            }
            Some("0" | "1") => (limit.span, "after one retry the records are discarded"),
            _ => return,
        },
    };
    case.flag(span).with("fault", fault);
}

fn fluentd(section: &Section, case: &mut Case<'_>) {
    let repo = case.repo;
    let secondary = repo.inside(section).any(|it| it.header.text == "secondary");
    let buffer = repo.inside(section).find(|it| it.header.text == "buffer");
    let held = buffer.unwrap_or(section);
    let Some(times) = held.value("retry_max_times").or_else(|| section.value("retry_limit")) else {
        return;
    };
    let forever = held.switch("retry_forever") == Some(true)
        || section.switch("disable_retry_limit") == Some(true);
    if secondary || forever || section.open || held.open {
        return;
    }
    let Some(seconds) = times
        .known_text()
        .and_then(|text| text.parse::<u32>().ok())
        .and_then(|count| waits(held, count))
    else {
        return;
    };
    if seconds < SHORT {
        let fault = format!(
            "records are discarded after about {} of retries, and there is no `<secondary>`",
            shown(seconds)
        );
        case.flag(times.span).with("fault", fault);
    }
}

/// Seconds that all retries take together.
fn waits(buffer: &Section, count: u32) -> Option<f64> {
    let seconds = |key: &str, default: f64| match buffer.value(key) {
        None => Some(default),
        Some(value) => read(value),
    };
    let first = seconds("retry_wait", 1.0)?;
    let most = seconds("retry_max_interval", f64::INFINITY)?;
    let periodic = match buffer.value("retry_type") {
        None => false,
        Some(kind) => kind.known_text()? == "periodic",
    };
    let base = seconds("retry_exponential_backoff_base", 2.0)?;
    let mut wait = first;
    let mut total = 0.0;
    for _ in 0..count.min(10_000) {
        total += wait.min(most);
        if !periodic {
            wait *= base;
        }
        if total >= SHORT {
            break;
        }
    }
    Some(total)
}

fn read(value: &Scalar) -> Option<f64> {
    let text = value.known_text()?;
    text.parse().ok().or_else(|| Some(duration::prometheus(text)? as f64 / 1000.0))
}

fn shown(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}
