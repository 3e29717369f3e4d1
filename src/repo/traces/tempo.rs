//! Tempo as a store of traces.

use super::{DAY, Retention, Shown, Storage, TraceStore, seconds};
use crate::facts::tempo::{Form, Tempo};
use crate::repo::Repo;
use crate::repo::images::{Class, known_as};
use crate::source::Span;

/// What Tempo keeps by itself: its own program, and the operator.
const OWN: f64 = 14.0 * DAY;
const OPERATOR: f64 = 2.0 * DAY;

/// Settings that hold the retention, and the kind of storage, by form.
const RETENTION: &[(Form, &[&str])] = &[
    (
        Form::Config,
        &[
            "compactor.compaction.block_retention",
            "backend_worker.compaction.block_retention",
            "overrides.defaults.compaction.block_retention",
        ],
    ),
    (Form::Stack, &["retention.global.traces"]),
    (Form::Monolithic, &["extraConfig.tempo.compactor.compaction.block_retention"]),
    (Form::Values, &["retention", "compactor.config.compaction.block_retention"]),
];
const BACKEND: &[(Form, &[&str])] = &[
    (Form::Config, &["storage.trace.backend"]),
    (Form::Stack, &["storage.secret.type"]),
    (Form::Monolithic, &["storage.traces.backend"]),
    (Form::Values, &["storage.trace.backend"]),
];

pub(super) fn stores(repo: &Repo) -> Vec<TraceStore> {
    let configured: Vec<TraceStore> = repo
        .facts
        .tempos
        .iter()
        .map(|tempo| TraceStore {
            document: tempo.document,
            span: tempo.anchor,
            product: "tempo",
            storage: storage(tempo),
            retention: retention(tempo),
            shown: shown(repo, Some(tempo)),
        })
        .collect();
    if !configured.is_empty() {
        return configured;
    }
    // Nothing but the program itself: its settings stand elsewhere.
    let images =
        repo.facts.containers.iter().filter_map(|it| Some((it.document, it.image.as_ref()?)));
    let charts = repo.facts.packages.iter().map(|package| (package.document, &package.name));
    let named = images.chain(charts).filter(|(_, name)| {
        name.known_text().and_then(known_as).is_some_and(|known| known.name == "Tempo")
    });
    named
        .map(|(document, name)| TraceStore {
            document,
            span: name.span,
            product: "tempo",
            storage: Storage::Unknown,
            retention: Retention::Unknown,
            shown: shown(repo, None),
        })
        .collect()
}

fn first<'t>(
    tempo: &'t Tempo,
    rows: &[(Form, &[&str])],
) -> Option<&'t crate::facts::scalar::Scalar> {
    let (_, keys) = rows.iter().find(|(form, _)| *form == tempo.form)?;
    keys.iter().find_map(|key| tempo.settings.scalar(key))
}

fn storage(tempo: &Tempo) -> Storage {
    match first(tempo, BACKEND) {
        Some(backend) => match backend.known_text() {
            Some("memory") => Storage::Memory(backend.span),
            Some(kind) => Storage::Lasting(kind.to_owned(), backend.span),
            None => Storage::Unknown,
        },
        None if tempo.settings.open => Storage::Unknown,
        // The operator's small form keeps traces in memory unless told otherwise.
        None if tempo.form == Form::Monolithic => Storage::Memory(tempo.anchor),
        None => match tempo.settings.place("storage") {
            Some(span) if tempo.form == Form::Stack => {
                Storage::Lasting("object store".to_owned(), span)
            }
            _ => Storage::Unknown,
        },
    }
}

fn retention(tempo: &Tempo) -> Retention {
    match first(tempo, RETENTION) {
        Some(value) => value
            .known_text()
            .and_then(seconds)
            .map_or(Retention::Unknown, |it| Retention::For(it, value.span)),
        None if tempo.settings.open => Retention::Unknown,
        None => match tempo.form {
            Form::Config => Retention::Default(OWN),
            Form::Stack | Form::Monolithic => Retention::Default(OPERATOR),
            Form::Values => Retention::Unknown,
        },
    }
}

/// Grafana reads Tempo; the operator can also set up Jaeger's UI.
fn shown(repo: &Repo, tempo: Option<&Tempo>) -> Shown {
    const UIS: &[&str] = &["template.queryFrontend.jaegerQuery.enabled", "jaegerui.enabled"];
    let ui = tempo.and_then(|tempo| UIS.iter().find_map(|key| tempo.settings.scalar(key)));
    if let Some(ui) = ui.filter(|ui| ui.boolean() == Some(true)) {
        return Shown::Yes(ui.span);
    }
    let sources = repo.facts.data_sources.iter().filter_map(|source| source.plugin.as_ref());
    let source = sources.filter(|plugin| plugin.text == "tempo").map(|plugin| plugin.span).next();
    source.or_else(|| grafana(repo)).map_or(Shown::No, Shown::Yes)
}

fn grafana(repo: &Repo) -> Option<Span> {
    let images = repo.facts.containers.iter().filter_map(|container| container.image.as_ref());
    let charts = repo.facts.packages.iter().map(|package| &package.name);
    let is_grafana = |name: &&crate::facts::scalar::Scalar| {
        name.known_text().and_then(known_as).is_some_and(|known| known.class == Class::Dashboards)
    };
    images.chain(charts).find(is_grafana).map(|name| name.span)
}
