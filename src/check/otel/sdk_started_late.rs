//! Modules that were loaded before the SDK. Rule: rules/otel/sdk-started-late.yaml

use crate::check::Case;
use crate::facts::code::setup::{EarlyImport, Step};
use crate::lang::path::{folder, join};

/// Endings that an import leaves out.
const ENDINGS: &[&str] =
    &["", ".js", ".ts", ".mjs", ".cjs", ".mts", ".tsx", "/index.js", "/index.ts"];

pub(super) fn check(early: &EarlyImport, case: &mut Case<'_>) {
    let repo = case.repo;
    let service = repo.service_of(early.document);
    // What is preloaded by the command that starts it comes first, wherever it is imported.
    let preloaded = service.is_some_and(|service| {
        let manifests = service.manifests.iter().map(|&number| &repo.facts.manifests[number]);
        let images = service.images.iter().map(|&number| &repo.facts.base_images[number]);
        let containers = service.containers.iter().map(|&number| &repo.facts.containers[number]);
        let words = manifests
            .flat_map(|manifest| &manifest.commands)
            .chain(images.flat_map(|it| {
                it.command.iter().chain(it.env.entries.iter().map(|(_, value)| value))
            }))
            .chain(containers.flat_map(|it| {
                it.args.iter().chain(it.env.entries.iter().map(|(_, value)| value))
            }));
        let mut words = words.map(|word| word.text.as_str());
        words.any(|word| {
            ["--require", "--import", "-r ", "--loader", "--experimental-loader"]
                .iter()
                .any(|flag| word.contains(flag))
                || word == "-r"
        }) || repo.agent_of(service).is_some()
    });
    if preloaded {
        return;
    }
    let module = &early.module;
    if let Some(started) = early.started {
        case.flag(module.span).with("module", &module.text).related(started, "the SDK starts here");
        return;
    }
    let home = folder(&repo.source(early.document.source).path);
    let started = early.later.iter().find(|import| {
        ENDINGS.iter().any(|ending| {
            let path = join(home, &format!("{}{ending}", import.text));
            let source = path.and_then(|path| repo.source_at(&path));
            source.is_some_and(|source| {
                let documents = repo.documents_in(source).iter();
                documents
                    .flat_map(|document| repo.setups_of(document.id))
                    .any(|setup| matches!(setup.step, Step::Registered(..)) && setup.function == 0)
            })
        })
    });
    if let Some(started) = started {
        case.flag(module.span)
            .with("module", &module.text)
            .related(started.span, "the SDK starts with this import");
    }
}
