//! An index no template is for. Rule: rules/beat/custom-index-without-template.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::beat::BeatOutput;
use crate::lang::version::Version;
use crate::repo::runs::BEATS;

pub(super) fn check(output: &BeatOutput, case: &mut Case<'_>) {
    let index = output.settings.get("index").filter(|_| output.name == "elasticsearch");
    let Some(index) = index.filter(|_| !output.agent) else { return case.skip() };
    if output.enabled() != Some(true) {
        return;
    }
    let repo = case.repo;
    let Some(beat) = repo.of_document(&repo.facts.beats, output.document).next() else { return };
    let set = &beat.settings;
    let off = |key: &str| set.get(key).is_some_and(|setting| setting.boolean() != Some(true));
    // Under a lifecycle policy the name comes from there.
    let managed = set.get("setup.ilm.enabled").is_some_and(|it| it.boolean() != Some(false))
        || set.has("setup.ilm.rollover_alias");
    // Releases before 6 had the template beside the index.
    let old = set.has("output.elasticsearch.template") || set.has("filebeat.prospectors");
    let reach = repo.releases(output.document, BEATS).reach(Version::new(6, 0, 0));
    let elsewhere = ["setup", "setup.template"].iter().any(|key| set.get(key).is_some());
    if set.open
        || elsewhere
        || managed
        || old
        || off("setup.template.enabled")
        || reach == Some(false)
    {
        return;
    }
    let missing: Vec<&str> = ["name", "pattern"]
        .into_iter()
        .filter(|key| !set.has(&format!("setup.template.{key}")))
        .collect();
    if missing.is_empty() {
        return;
    }
    let missing: Vec<String> =
        missing.iter().map(|key| format!("`setup.template.{key}`")).collect();
    let span = index.value.as_ref().map_or(index.span, |value| value.span);
    let flag = case
        .flag(span)
        .with("missing", missing.join(" and "))
        .with("who", beat.name.unwrap_or("the Beat"));
    // Releases before 6 take it, and nothing here says which one runs.
    if reach.is_none() {
        flag.severity(Severity::Warning);
    }
}
