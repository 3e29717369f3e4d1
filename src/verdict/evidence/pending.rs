//! What is not analysed yet: unknown, unless the repository holds nothing of the kind at all.

use super::{Answer, Holds, ask};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::verdict::role;
use crate::verdict::scope::Scope;

/// Something a clause may rest on that is recognised, but not analysed.
struct Subject {
    name: &'static str,
    /// Queries that all find nothing where there is nothing of the kind.
    queries: &'static [&'static str],
    /// Kinds of documents that count as well.
    kinds: &'static [Kind],
    /// Parts of paths of files in which it may hide from the queries.
    hides_in: &'static [&'static str],
    /// Source code may say it too.
    code: bool,
}

const TERRAFORM: &[&str] = &[".tf"];
const SUBJECTS: &[Subject] = &[
    Subject {
        name: "PromQL expressions",
        queries: &["rules.recording", "rules.alerting", "dashboard.document", "slo.document"],
        kinds: &[],
        hides_in: &[".tf", ".jsonnet", ".libsonnet"],
        code: false,
    },
    Subject {
        name: "SLO documents",
        queries: &["slo.document"],
        kinds: &[],
        hides_in: &[".tf", ".jsonnet", ".libsonnet"],
        code: false,
    },
    Subject {
        name: "alert routing",
        queries: &["alertmanager.config", "rules.alerting"],
        kinds: &[],
        hides_in: TERRAFORM,
        code: false,
    },
    Subject {
        name: "tracing configuration",
        queries: &["traces.backend", "otel.collector"],
        kinds: &[Kind::JaegerStrategies],
        hides_in: TERRAFORM,
        code: true,
    },
    Subject {
        name: "logging configuration",
        queries: &["logs.pipeline", "logs.store"],
        kinds: &[
            Kind::KibanaConfig,
            Kind::KibanaObjects,
            Kind::IndexTemplate,
            Kind::LifecyclePolicy,
            Kind::LogQuery,
            Kind::LogstashConfig,
            Kind::OtelCollector,
            Kind::GrafanaProvisioning,
        ],
        hides_in: TERRAFORM,
        code: false,
    },
    Subject {
        name: "dashboards",
        queries: &["dashboard.document"],
        kinds: &[],
        hides_in: &[".tf", ".jsonnet", ".libsonnet"],
        code: false,
    },
    Subject {
        name: "network and storage metric use",
        queries: &["rules.recording", "rules.alerting", "dashboard.document"],
        kinds: &[],
        hides_in: &[".tf", ".jsonnet", ".libsonnet"],
        code: false,
    },
    Subject {
        name: "CI workflows",
        queries: &[],
        kinds: &[],
        hides_in: &[
            ".github/workflows/",
            ".gitlab-ci",
            "Jenkinsfile",
            ".circleci/",
            "azure-pipelines",
            ".drone",
            ".buildkite/",
            ".tekton/",
            "bitbucket-pipelines",
            ".travis",
            "cloudbuild",
        ],
        code: false,
    },
    Subject { name: "source code", queries: &[], kinds: &[], hides_in: &[], code: true },
];

/// The answer for a clause that rests on `what`; `own` are the queries of its requirement.
pub(in crate::verdict) fn pending(what: &str, own: &[&str], scope: &Scope<'_>) -> Answer {
    let unknown = || Answer::unknown(format!("not yet analysed: {what}"));
    let Some(subject) = SUBJECTS.iter().find(|subject| subject.name == what) else {
        return unknown();
    };
    // A requirement that asks for one home of the subject means that one.
    let own: Vec<&str> =
        subject.queries.iter().copied().filter(|query| own.contains(query)).collect();
    let queries = if own.is_empty() { subject.queries } else { &own };
    let present = queries.iter().any(|query| ask(query, scope).holds != Holds::No)
        || (own.is_empty() && has_kind(scope.repo, subject.kinds))
        || (own.is_empty() && subject.code && role::code(scope.repo).is_some())
        || hides(scope.repo, subject.hides_in);
    if present {
        return unknown();
    }
    Answer::new(Holds::No, format!("nothing found: {what}"), Vec::new())
}

/// Families of rules that look at source code, and nothing else but variables of telemetry.
const OF_CODE: &[&str] = &["OTEL", "TRAC", "METR", "LOGS", "INCD"];

/// Whether a rule that is not there yet would find nothing to look at.
pub(in crate::verdict) fn is_moot(code: &str, scope: &Scope<'_>) -> bool {
    let repo = scope.repo;
    let family = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let variables = || {
        repo.facts.containers.iter().any(|container| {
            container.env.open || container.env.keys().any(|key| key.starts_with("OTEL_"))
        })
    };
    if family == "OTCL" {
        let looks_at = OF_COMPONENTS.iter().find(|(known, _)| *known == code);
        return match looks_at {
            Some((_, kind)) => !repo.facts.components.iter().any(|it| it.kind() == *kind),
            None => repo.facts.collectors.is_empty(),
        };
    }
    OF_CODE.contains(&family) && role::code(repo).is_none() && (family != "OTEL" || !variables())
}

/// Rules on one kind of component of a collector.
const OF_COMPONENTS: &[(&str, &str)] =
    &[("OTCL023", "probabilistic_sampler"), ("OTCL024", "tail_sampling")];

fn has_kind(repo: &Repo, kinds: &[Kind]) -> bool {
    repo.facts.documents.iter().any(|document| kinds.contains(&document.kind))
}

/// Whether it may stand in a file that is not read: of such an ending, or a template.
pub(super) fn hides(repo: &Repo, places: &[&str]) -> bool {
    !repo.facts.skips.is_empty()
        || repo.paths.iter().any(|path| places.iter().any(|place| path.contains(place)))
}
