//! Inputs that `filestream` took the place of. Rule: rules/beat/log-input.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, mend};
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
    let edits = filestream(case, input);
    let flag = case.flag(input.kind.span).with("who", who).severity(severity);
    if let Some(edits) = edits {
        flag.fix(false, "read with `filestream`", edits);
    }
}

/// Settings that mean the same to both.
const SAME: &[&str] = &[
    "clean_inactive",
    "clean_removed",
    "enabled",
    "encoding",
    "exclude_lines",
    "fields",
    "fields_under_root",
    "harvester_limit",
    "id",
    "ignore_older",
    "include_lines",
    "index",
    "keep_null",
    "paths",
    "pipeline",
    "processors",
    "publisher_pipeline",
    "tags",
    "type",
];

/// Settings that `filestream` has by another name, as its guide to the move says.
const RENAMED: &[(&str, &str)] = &[
    ("backoff", "backoff.init"),
    ("close_eof", "close.reader.on_eof"),
    ("close_inactive", "close.on_state_change.inactive"),
    ("close_removed", "close.on_state_change.removed"),
    ("close_renamed", "close.on_state_change.renamed"),
    ("close_timeout", "close.reader.after_interval"),
    ("exclude_files", "prospector.scanner.exclude_files"),
    ("harvester_buffer_size", "buffer_size"),
    ("max_backoff", "backoff.max"),
    ("max_bytes", "message_max_bytes"),
    ("recursive_glob.enabled", "prospector.scanner.recursive_glob"),
    ("scan_frequency", "prospector.scanner.check_interval"),
    ("symlinks", "prospector.scanner.symlinks"),
];

/// The input as a `filestream` with an id, where nothing of it needs a parser. What is made once
/// for each container needs an id for each.
fn filestream(case: &Case<'_>, input: &BeatInput) -> Option<Vec<Edit>> {
    let repo = case.repo;
    if input.kind.text != "log" || input.place != Place::List || input.settings.open {
        return None;
    }
    let kind = input.kind.span;
    let key = mend::key_before(repo, kind, "type")?;
    let line = repo.line(kind);
    let same_line = |it: &&BeatInput| {
        it.document == input.document && it.kind.span != kind && repo.line(it.kind.span) == line
    };
    let entries = &input.settings.entries;
    let mut edits = vec![Edit { span: kind, text: "filestream".to_owned() }];
    if !entries.iter().any(|setting| setting.key == "id") {
        if repo.facts.beat_inputs.iter().any(|it| same_line(&it)) {
            return None;
        }
        let id = mend::pair_after(repo, key, kind, "id", &format!("logs-{line}"))?;
        match id.span.start == kind.end {
            true => edits[0].text.push_str(&id.text),
            false => edits.push(id),
        }
    }
    for setting in entries {
        let whole = repo.text(setting.span).trim_matches(['"', '\'']) == setting.key;
        match RENAMED.iter().find(|(old, _)| *old == setting.key) {
            Some((_, new)) if whole => {
                edits.push(Edit { span: setting.span, text: (*new).to_owned() });
            }
            None if SAME.contains(&setting.key.split(['.', '[']).next()?) => {}
            _ => return None,
        }
    }
    edits.sort_by_key(|edit| edit.span.start);
    Some(edits)
}
