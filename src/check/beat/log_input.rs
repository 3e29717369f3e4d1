//! Inputs that `filestream` took the place of. Rule: rules/beat/log-input.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::beat::{BeatInput, Place};
use crate::finding::Edit;
use crate::lang::version::Version;
use crate::repo::runs::BEATS;

pub(super) fn check(input: &BeatInput, case: &mut Case<'_>) {
    let kind = input.kind.text.as_str();
    if !input.kind.known || !matches!(kind, "log" | "container") {
        return;
    }
    let allowed = input.settings.get("allow_deprecated_use");
    if allowed.is_some_and(|setting| setting.boolean() != Some(false))
        || input.enabled() != Some(true)
    {
        return;
    }
    let releases = case.repo.releases(input.document, BEATS);
    let reach = |major, minor| releases.reach(Version::new(major, minor, 0));
    let (severity, who) = match (reach(9, 0), reach(7, 16)) {
        (_, Some(false)) => return,
        (Some(true), _) => (Severity::Error, "Filebeat refuses the input"),
        (Some(false), _) => {
            let hints = input.place == Place::Hints && kind == "container";
            let severity = if hints { Severity::Info } else { Severity::Warning };
            (severity, "Filebeat 9.0 and later refuse it")
        }
        (None, _) => (Severity::Warning, "Filebeat 9.0 and later refuse it"),
    };
    let edit = filestream(case, input);
    let flag = case.flag(input.kind.span).with("who", who).severity(severity);
    if let Some(edit) = edit {
        flag.fix(false, "read with `filestream`", vec![edit]);
    }
}

/// The input as a `filestream`, where all its settings mean the same to both.
fn filestream(case: &Case<'_>, input: &BeatInput) -> Option<Edit> {
    const SAME: &[&str] =
        &["type", "enabled", "paths", "fields", "fields_under_root", "tags", "id"];
    let repo = case.repo;
    let entries = &input.settings.entries;
    let same = |path: &str| SAME.contains(&path.split(['.', '[']).next().unwrap_or(path));
    let named = entries.iter().any(|setting| setting.key == "id");
    let line = crate::check::mend::line(repo, input.kind.span)?;
    let text = repo.text(line);
    let key = text.trim_start().trim_start_matches("- ").trim_start();
    let alone = key
        .strip_prefix("type:")
        .is_some_and(|value| value.trim().trim_matches(['"', '\'']) == "log");
    if !alone || !entries.iter().all(|setting| same(&setting.key)) {
        return None;
    }
    let indent = " ".repeat(text.len() - key.len());
    let id = if named { String::new() } else { format!("\n{indent}id: logs-{}", repo.line(line)) };
    Some(Edit { span: input.kind.span, text: format!("filestream{id}") })
}
