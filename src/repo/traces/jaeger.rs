//! Stores that Jaeger writes to.

use super::{DAY, Retention, Shown, Storage, TraceStore, seconds};
use crate::facts::DocumentId;
use crate::facts::deploy::Container;
use crate::facts::elastic::policy::{LifecyclePolicy, Manager};
use crate::facts::jaeger::v2::Backend;
use crate::facts::jaeger::{ChartValues, Component, Form, JaegerConfig, JaegerObject, Part};
use crate::facts::scalar::Scalar;
use crate::repo::Repo;
use crate::repo::jaeger::Given;
use crate::repo::logfamilies::policy_name;
use crate::source::Span;

/// Days that the operator's cleaner keeps, and what Cassandra's schema and Badger keep.
const CLEANER: f64 = 7.0 * DAY;
const CASSANDRA: f64 = 2.0 * DAY;
const BADGER: f64 = 3.0 * DAY;

pub(super) fn stores(repo: &Repo) -> Vec<TraceStore> {
    let parts = repo.facts.jaeger_parts.iter();
    parts.filter_map(|part| store(repo, part)).collect()
}

fn store(repo: &Repo, part: &Part) -> Option<TraceStore> {
    let (storage, retention, shown) = match &part.form {
        Form::Container(container) => {
            let storage = container_storage(repo, part, container)?;
            let retention = match &storage {
                Storage::Memory(_) => Retention::Moot,
                Storage::Lasting(kind, _) => container_retention(repo, part, container, kind),
                Storage::Unknown => Retention::Unknown,
            };
            (storage, retention, shown(repo, part))
        }
        Form::Object(object) => {
            (object_storage(object), object_retention(object), Shown::Yes(object.name.span))
        }
        Form::Config(config) => {
            let backend = config.stores().into_iter().next()?;
            let storage = backend_storage(backend);
            let retention = backend_retention(repo, part.document, backend);
            let shown = match (config.query, writes(config)) {
                (Some(span), _) => Shown::Yes(span),
                (None, true) => shown(repo, part),
                // A reader without a UI, such as a remote storage, is no store of its own.
                (None, false) => return None,
            };
            (storage, retention, shown)
        }
        Form::Values(values) => {
            let storage = values_storage(values);
            let retention = match &storage {
                Storage::Memory(_) => Retention::Moot,
                _ => values_retention(repo, part.document, values),
            };
            let shown = match values.is_off("query.enabled") {
                true => shown(repo, part),
                false => Shown::Yes(part.name.span),
            };
            (storage, retention, shown)
        }
        // What its values say is told of them.
        Form::Chart(_) if repo.facts.jaeger_parts.iter().any(|it| is_valued(repo, part, it)) => {
            return None;
        }
        Form::Chart(_) if part.component == Component::Installation => {
            (Storage::Unknown, Retention::Unknown, Shown::Unknown)
        }
        Form::Chart(_) | Form::Sidecar | Form::Variable(_) | Form::Base => return None,
    };
    let (document, span) = (part.document, part.name.span);
    Some(TraceStore { document, span, product: "jaeger", storage, retention, shown })
}

fn writes(config: &JaegerConfig) -> bool {
    config.used.iter().any(|name| name.text.starts_with("jaeger_storage_exporter"))
}

/// Whether a query service runs beside a collector.
fn shown(repo: &Repo, part: &Part) -> Shown {
    if part.component == Component::AllInOne {
        return Shown::Yes(part.name.span);
    }
    let mut beside = repo.facts.jaeger_parts.iter().filter(|other| {
        repo.run_together(other.document, part.document)
            && match &other.form {
                Form::Container(_) => {
                    matches!(other.component, Component::Query | Component::AllInOne)
                }
                Form::Config(config) => config.query.is_some(),
                Form::Values(values) => !values.is_off("query.enabled"),
                Form::Object(_) | Form::Chart(_) => true,
                Form::Sidecar | Form::Variable(_) | Form::Base => false,
            }
    });
    beside.next().map_or(Shown::No, |other| Shown::Yes(other.name.span))
}

/// What a container of version 1 keeps traces on; none where it keeps none.
fn container_storage(repo: &Repo, part: &Part, container: &Container) -> Option<Storage> {
    let whole = part.component == Component::AllInOne;
    if part.component == Component::V2 {
        // With a configuration, that is the store.
        let bare = container.flag("config").is_none() && container.args.iter().all(|arg| arg.known);
        let elsewhere = repo.facts.jaeger_configs.is_empty();
        return match (bare, elsewhere) {
            (true, _) => Some(Storage::Memory(part.name.span)),
            (false, true) => Some(Storage::Unknown),
            (false, false) => None,
        };
    }
    if !whole && !matches!(part.component, Component::Collector | Component::Ingester) {
        return None;
    }
    Some(match repo.jaeger_setting(container, "SPAN_STORAGE_TYPE") {
        Given::Text("memory", span) => Storage::Memory(span),
        // What reads the queue is the store.
        Given::Text("kafka", _) => return None,
        Given::Text(kind, span) => Storage::Lasting(kind.to_owned(), span),
        Given::Not if whole => Storage::Memory(part.name.span),
        // A collector without a type takes Cassandra.
        Given::Not => Storage::Lasting("cassandra".to_owned(), part.name.span),
        Given::Unknown(_) | Given::Maybe => Storage::Unknown,
    })
}

fn container_retention(repo: &Repo, part: &Part, container: &Container, kind: &str) -> Retention {
    match kind.split(',').next().unwrap_or(kind) {
        "elasticsearch" | "opensearch" => cleaned(repo, part.document),
        "cassandra" => schema_ttl(repo, part.document),
        // What is gone with its container needs nobody to delete it.
        "badger" if is_set(repo, container, "BADGER_EPHEMERAL") => Retention::Unknown,
        "badger" => match repo.jaeger_setting(container, "BADGER_SPAN_STORE_TTL") {
            Given::Text(text, span) => {
                seconds(text).map_or(Retention::Unknown, |it| Retention::For(it, span))
            }
            Given::Not => Retention::Default(BADGER),
            Given::Unknown(_) | Given::Maybe => Retention::Unknown,
        },
        _ => Retention::Unknown,
    }
}

fn is_set(repo: &Repo, container: &Container, name: &str) -> bool {
    matches!(repo.jaeger_setting(container, name), Given::Text("true", _))
}

/// What deletes old indices beside a document: the cleaner's job, or a policy of the cluster.
fn cleaned(repo: &Repo, document: DocumentId) -> Retention {
    let beside = |id: DocumentId| repo.run_together(id, document);
    let jobs = repo.facts.containers.iter().filter(|container| beside(container.document));
    for job in jobs {
        match job.image_name() {
            Some("jaeger-es-index-cleaner") => return cleaner_days(job),
            Some("curator" | "elasticsearch-curator") => return Retention::Stated(job.name.span),
            _ => {}
        }
    }
    let mut policies = repo.facts.lifecycle_policies.iter();
    match policies.find(|policy| beside(policy.document) && may_delete_traces(repo, policy)) {
        Some(policy) => Retention::Stated(policy.anchor),
        // A cluster that others run may have a policy; a template or a chart may add one.
        None if repo.holds_all(crate::config::World::Exporters) => Retention::Never,
        None => Retention::Unknown,
    }
}

/// Whether a policy deletes, and may do so with Jaeger's indices: one that says whose it is, or that a
/// template takes for its own indices, is for those alone.
fn may_delete_traces(repo: &Repo, policy: &LifecyclePolicy) -> bool {
    let covers = |patterns: &[Scalar]| {
        patterns
            .iter()
            .any(|it| !it.known || it.text.contains("jaeger") || it.text.starts_with('*'))
    };
    if !policy.patterns.is_empty() {
        return policy.deletion().is_some() && covers(&policy.patterns);
    }
    let name = policy.name.as_deref();
    let users =
        repo.facts.index_templates.iter().filter(|template| {
            name.is_some() && policy_name(template).map(|(text, _)| text) == name
        });
    let mut users = users.peekable();
    let own = users.peek().is_none() || users.any(|it| it.open || covers(&it.patterns));
    let traces = policy.manager != Manager::Stream && own;
    policy.open || (traces && policy.deletion().is_some())
}

impl Repo {
    /// What Jaeger's cleaner keeps beside a document: for files that start it alone.
    pub fn cleaned_traces(&self, document: DocumentId) -> Option<Retention> {
        let mut jobs = self.facts.containers.iter().filter(|container| {
            self.run_together(container.document, document)
                && container.image_name() == Some("jaeger-es-index-cleaner")
        });
        jobs.next().map(cleaner_days)
    }
}

/// The first word after the options: `jaeger-es-index-cleaner 7 http://es:9200`.
fn cleaner_days(job: &Container) -> Retention {
    let days = job.args.iter().find(|arg| arg.text.parse::<f64>().is_ok());
    match days.and_then(|arg| Some((arg.known_text()?.parse::<f64>().ok()?, arg.span))) {
        Some((days, span)) => Retention::For(days * DAY, span),
        None => Retention::Stated(job.name.span),
    }
}

/// The lifetime that the job for Cassandra's schema sets.
fn schema_ttl(repo: &Repo, document: DocumentId) -> Retention {
    let mut jobs = repo.facts.containers.iter().filter(|container| {
        repo.run_together(container.document, document)
            && container.image_name() == Some("jaeger-cassandra-schema")
    });
    let Some(job) = jobs.next() else { return Retention::Unknown };
    match job.env.get("TRACE_TTL") {
        Some(ttl) => match ttl.known_text().and_then(|text| text.parse::<f64>().ok()) {
            Some(0.0) => Retention::Never,
            Some(ttl_seconds) => Retention::For(ttl_seconds, ttl.span),
            None => Retention::Unknown,
        },
        None if job.env.open => Retention::Unknown,
        None => Retention::Default(CASSANDRA),
    }
}

fn object_storage(object: &JaegerObject) -> Storage {
    match object.storage() {
        Some("memory") => Storage::Memory(object.storage_span()),
        Some(kind) => Storage::Lasting(kind.to_owned(), object.storage_span()),
        None => Storage::Unknown,
    }
}

/// The operator cleans Elasticsearch by itself unless it is told not to.
fn object_retention(object: &JaegerObject) -> Retention {
    let spec = &object.spec;
    let number =
        |key: &str| spec.scalar(key).and_then(|it| Some((it.known_text()?.parse().ok()?, it.span)));
    match object.storage() {
        Some("memory") => Retention::Moot,
        Some("elasticsearch") => {
            let off = spec.scalar("storage.esIndexCleaner.enabled").and_then(Scalar::boolean);
            let days: Option<(f64, Span)> = number("storage.esIndexCleaner.numberOfDays");
            match (off, days) {
                (Some(false), _) if spec.has("storage.esRollover") => {
                    spec.place("storage.esRollover").map_or(Retention::Unknown, Retention::Stated)
                }
                (Some(false), _) => Retention::Never,
                (_, Some((days, span))) => Retention::For(days * DAY, span),
                _ if spec.open => Retention::Unknown,
                _ => Retention::Default(CLEANER),
            }
        }
        Some("cassandra") => match spec.scalar("storage.cassandraCreateSchema.traceTTL") {
            Some(ttl) => ttl
                .known_text()
                .and_then(seconds)
                .map_or(Retention::Unknown, |it| Retention::For(it, ttl.span)),
            None => Retention::Default(CASSANDRA),
        },
        _ => Retention::Unknown,
    }
}

/// Whether values are those of a chart.
fn is_valued(repo: &Repo, chart: &Part, values: &Part) -> bool {
    matches!(values.form, Form::Values(_)) && repo.run_together(chart.document, values.document)
}

fn values_storage(values: &ChartValues) -> Storage {
    match (values.memory(), values.storage()) {
        (Some(kind), _) => Storage::Memory(kind.span),
        (None, Some(kind)) if kind.text != "none" => Storage::Lasting(kind.text.clone(), kind.span),
        _ => Storage::Unknown,
    }
}

/// The chart cleans Elasticsearch only where it is told to.
fn values_retention(repo: &Repo, document: DocumentId, values: &ChartValues) -> Retention {
    let set = &values.settings;
    let number = |key: &str, unit: f64| {
        let value = set.scalar(key)?;
        let count: f64 = value.known_text()?.trim_matches('"').parse().ok()?;
        Some(Retention::For(count * unit, value.span))
    };
    match values.storage().map(|kind| kind.text.as_str()) {
        Some("elasticsearch" | "opensearch") => {
            if values.is_on("esIndexCleaner.enabled") {
                let days = number("esIndexCleaner.numberOfDays", DAY);
                return days.unwrap_or(Retention::Default(CLEANER));
            }
            match (cleaned(repo, document), values.is_off("esIndexCleaner.enabled")) {
                // A later layer may switch it on.
                (Retention::Never, false) => Retention::Unknown,
                (found, _) => found,
            }
        }
        Some("cassandra") => {
            number("schema.traceTtl", 1.0).unwrap_or(Retention::Default(CASSANDRA))
        }
        Some("badger") => Retention::Default(BADGER),
        _ => Retention::Unknown,
    }
}

fn backend_storage(backend: &Backend) -> Storage {
    let Some(kind) = backend.kind.as_ref().filter(|kind| kind.known) else {
        return Storage::Unknown;
    };
    let ephemeral = backend.settings.scalar("ephemeral").and_then(Scalar::boolean);
    match kind.text.as_str() {
        "memory" => Storage::Memory(kind.span),
        // Badger keeps its files only where it is told where.
        "badger" if ephemeral == Some(true) => Storage::Memory(kind.span),
        "badger" if ephemeral.is_none() && !backend.settings.has("directories") => {
            Storage::Memory(kind.span)
        }
        text => Storage::Lasting(text.to_owned(), kind.span),
    }
}

fn backend_retention(repo: &Repo, document: DocumentId, backend: &Backend) -> Retention {
    let settings = &backend.settings;
    let given = |key: &str| {
        let value = settings.scalar(key)?;
        let found = value.known_text().and_then(seconds);
        Some(found.map_or(Retention::Unknown, |it| Retention::For(it, value.span)))
    };
    let kind = backend.kind.as_ref().map_or("", |kind| kind.text.as_str());
    match kind {
        "memory" => Retention::Moot,
        "badger" => given("ttl.spans").unwrap_or(Retention::Default(BADGER)),
        "cassandra" => given("schema.trace_ttl").unwrap_or(Retention::Default(CASSANDRA)),
        "clickhouse" => given("ttl").unwrap_or(Retention::Never),
        "elasticsearch" | "opensearch" => {
            match settings.scalar("use_ilm").and_then(Scalar::boolean) {
                // The policy itself may be in the cluster only.
                Some(true) => match cleaned(repo, document) {
                    Retention::Never => Retention::Unknown,
                    found => found,
                },
                _ => cleaned(repo, document),
            }
        }
        _ => Retention::Unknown,
    }
}
