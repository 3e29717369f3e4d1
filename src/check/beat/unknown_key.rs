//! Inputs, modules, processors and settings that Beats do not have. Rule: rules/beat/unknown-key.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::kiba::refused_since;
use crate::facts::beat::Beat;
use crate::facts::settings::Setting;
use crate::facts::settings::table::{Removed, Standing, Table};
use crate::lang::version::Version;
use crate::repo::runs::BEATS;
use crate::source::Span;

pub(super) fn check(beat: &Beat, case: &mut Case<'_>) {
    let repo = case.repo;
    let filebeat = beat.name.is_none_or(|name| name == "filebeat");
    let inputs: Vec<_> = repo
        .of_document(&repo.facts.beat_inputs, beat.document)
        .filter(|input| filebeat && input.enabled() != Some(false))
        .collect();
    for input in &inputs {
        if let Some(kind) = input.kind.known_text() {
            word("beats-inputs", "input", kind, input.kind.span, beat, case);
        }
        removed_of(&input.settings.entries, beat, case);
    }
    let lists = inputs.iter().map(|input| &input.listed).chain([&beat.listed]);
    let names: Vec<_> =
        lists.flatten().filter(|(list, name)| list == "processors" && name.known).collect();
    for (_, name) in names {
        word("beats-processors", "processor", &name.text, name.span, beat, case);
    }
    for (list, name) in beat.listed.iter().filter(|(_, name)| name.known) {
        match list.strip_suffix("modules") {
            // A file of modules does not say whose they are.
            Some("") if MODULES.iter().all(|table| is_unknown(table, &name.text)) => {
                word(MODULES[0], "module", &name.text, name.span, beat, case);
            }
            Some(of) if of.ends_with('.') => {
                let table = format!("{}-modules", of.trim_end_matches('.'));
                word(&table, "module", &name.text, name.span, beat, case);
            }
            _ => {}
        }
    }
    removed_of(&beat.settings.entries, beat, case);
}

/// Tables of modules, by the Beat that has them.
const MODULES: &[&str] = &["filebeat-modules", "metricbeat-modules", "auditbeat-modules"];

fn is_unknown(table: &str, name: &str) -> bool {
    Table::named(table).is_some_and(|table| matches!(table.look_up(name), Standing::Unknown { .. }))
}

/// A name that a table must know.
fn word(table: &str, what: &str, name: &str, span: Span, beat: &Beat, case: &mut Case<'_>) {
    let Some(table) = Table::named(table) else { return };
    match table.look_up(name) {
        Standing::Known => {}
        Standing::Removed(removed) => gone(name, span, removed, beat, case),
        Standing::Unknown { near, .. } => {
            let (severity, hint) = match near {
                Some(near) => (Severity::Error, format!(" (did you mean `{near}`?)")),
                None => (Severity::Warning, String::new()),
            };
            case.flag(span)
                .with("name", name)
                .with("what", format!("is no {what} of any release up to {}{hint}", table.newest))
                .severity(severity);
        }
    }
}

fn removed_of(entries: &[Setting], beat: &Beat, case: &mut Case<'_>) {
    let Some(table) = Table::named("beats") else { return };
    for setting in entries {
        if let Standing::Removed(removed) = table.look_up(&setting.key) {
            gone(&setting.key, setting.span, removed, beat, case);
        }
    }
}

fn gone(name: &str, span: Span, removed: &'static Removed, beat: &Beat, case: &mut Case<'_>) {
    let Some(since) = Version::parse(removed.since) else { return };
    let Some(severity) = refused_since(case, beat.document, BEATS, since) else { return };
    let what = match removed.instead {
        Some(instead) => format!("was removed in {}: it is `{instead}` now", removed.since),
        None => format!("was removed in {}", removed.since),
    };
    case.flag(span).with("name", name).with("what", what).severity(severity);
}
