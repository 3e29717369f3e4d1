//! JSON that stays a line of text. Rule: rules/beat/json-not-decoded.yaml

use crate::check::Case;
use crate::facts::beat::{Beat, BeatInput, BeatOutput, Place};
use crate::facts::code::loggers::{Form, Setup};

/// Folders that hold what containers print.
const CONTAINERS: &[&str] = &["/var/lib/docker/containers", "/var/log/containers", "/var/log/pods"];

pub(super) fn check(input: &BeatInput, case: &mut Case<'_>) {
    let repo = case.repo;
    if input.enabled() != Some(true) || !reads_containers(input) {
        return;
    }
    // Code of this repository that runs in a container built here.
    let formats = repo.facts.logger_setups.iter().filter(|one| {
        matches!(one.setup, Setup::Form(Form::Structured, true))
            && repo.document(one.document).kind.is_code()
    });
    let coded = formats.into_iter().find(|one| repo.is_ours(one.document));
    let built = repo.facts.containers.iter().any(|container| {
        container.build.is_some() && repo.run_together(container.document, input.document)
    });
    let Some(coded) = coded.filter(|_| built) else { return };
    let beat = repo.of_document(&repo.facts.beats, input.document).next();
    let mut keys = input.settings.entries.iter().map(|setting| setting.key.as_str());
    let decodes = keys.any(|key| key.contains("json") && !key.starts_with("docker-json"));
    if decodes || input.settings.open || lists_json(input, beat) {
        return;
    }
    let hinted = repo.facts.containers.iter().any(|container| {
        let keys = container.annotations.keys().chain(container.labels.keys());
        keys.into_iter().any(|key| key.starts_with("co.elastic.logs/json"))
    });
    // A pipeline of Logstash is judged by what it decodes itself; one of the store cannot be seen.
    let direct = |output: &BeatOutput| {
        output.name == "elasticsearch"
            && output.enabled() == Some(true)
            && !output.settings.has("pipeline")
            && !output.settings.has("pipelines")
    };
    let outputs: Vec<&BeatOutput> =
        repo.of_document(&repo.facts.beat_outputs, input.document).collect();
    if hinted || outputs.is_empty() || !outputs.iter().all(|output| direct(output)) {
        return;
    }
    case.flag(input.kind.span).related(coded.name.span, "JSON is logged here");
}

fn reads_containers(input: &BeatInput) -> bool {
    if input.place != Place::List || matches!(input.kind.text.as_str(), "container" | "docker") {
        return true;
    }
    let paths = input.settings.get("paths").map(|paths| paths.values()).unwrap_or_default();
    paths.iter().any(|path| CONTAINERS.iter().any(|folder| path.text.starts_with(folder)))
}

/// Lists of processors and parsers are no flat settings: their words stand in the beat's own.
fn lists_json(input: &BeatInput, beat: Option<&Beat>) -> bool {
    input.listed.iter().chain(beat.into_iter().flat_map(|beat| &beat.listed)).any(|(_, name)| {
        matches!(name.text.as_str(), "ndjson" | "decode_json_fields" | "script" | "decode_xml")
    })
}
