//! A list of pipelines that does not hold. Rule: rules/lsth/pipelines-file.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::node::Entry;
use crate::facts::settings::table::{Standing, Table};

pub(super) fn check(entry: &Entry, case: &mut Case<'_>) {
    let id = entry.id.as_ref().filter(|id| id.known);
    let all = case.repo.facts.logstash_entries.iter().filter(|one| one.document == entry.document);
    let mut before = all.take_while(|one| !std::ptr::eq(*one, entry));
    let same = |one: &&Entry| match (&one.id, id) {
        (Some(one), Some(id)) => one.known && one.text == id.text,
        _ => false,
    };
    if let Some(first) = before.find(same) {
        let span = entry.id.as_ref().map_or(entry.anchor, |id| id.span);
        let name = id.map_or("", |id| id.text.as_str());
        case.flag(span)
            .with("what", format!("pipeline `{name}` stands in the list twice"))
            .related(first.id.as_ref().map_or(first.anchor, |id| id.span), "the first of the two");
    }
    settings(entry, case);
    if entry.settings.open {
        return;
    }
    let source = entry.settings.has("path.config") || entry.settings.has("config.string");
    if !source {
        let span = entry.id.as_ref().map_or(entry.anchor, |id| id.span);
        case.flag(span).with("what", "the pipeline has neither `path.config` nor `config.string`");
    } else if entry.settings.has("path.config") && entry.settings.has("config.string") {
        let string =
            entry.settings.get("config.string").map_or(entry.anchor, |setting| setting.span);
        case.flag(string).with("what", "the pipeline has both `path.config` and `config.string`");
    } else if let Some(path) = entry.settings.scalar("path.config").filter(|path| path.known) {
        let found = case.repo.config_of(entry);
        if found.certain && found.is_empty() {
            let what = format!("nothing that is mounted there is `{}`", path.text);
            case.flag(path.span).with("what", what).severity(Severity::Warning);
        }
    }
}

/// First words of settings that the whole program has, not one of its pipelines.
const WHOLE: &[&str] = &["api", "http", "log", "node", "keystore", "cloud", "xpack", "monitoring"];

/// Settings that no pipeline has.
fn settings(entry: &Entry, case: &mut Case<'_>) {
    let Some(table) = Table::named("logstash") else { return };
    for setting in &entry.settings.entries {
        let first = setting.key.split('.').next().unwrap_or_default();
        let what = match table.look_up(&setting.key) {
            _ if WHOLE.contains(&first) => {
                format!(
                    "`{}` is a setting of the whole program: it belongs in logstash.yml",
                    setting.key
                )
            }
            Standing::Unknown { certain: true, near } => {
                let hint = near.map(|near| format!(" (did you mean `{near}`?)"));
                format!("`{}` is no setting of a pipeline{}", setting.key, hint.unwrap_or_default())
            }
            _ => continue,
        };
        case.flag(setting.span).with("what", what);
    }
}
