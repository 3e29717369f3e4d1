//! What the repository makes of its traces: figures for each operation, what is slowest, and
//! whether anything starts the analysis.

use super::Model;
use crate::facts::code::analysis::TraceAnalysis;
use crate::facts::code::is_test;
use crate::facts::{DocumentId, Subject};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::source::Span;

/// A figure that is computed from traces.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Where it came from.
    pub document: DocumentId,
    /// Where.
    pub span: Span,
    /// What computes it.
    pub what: &'static str,
    /// It runs by itself, or is looked at.
    pub runs: bool,
}

/// Everything of the kind.
#[derive(Debug, Default)]
pub struct Figures {
    /// Percentiles of latency.
    pub percentiles: Vec<Figure>,
    /// Shares of errors.
    pub errors: Vec<Figure>,
    /// Comparisons with a baseline.
    pub baselines: Vec<Figure>,
    /// What lists the slowest operations.
    pub slowest: Vec<Figure>,
}

/// How metrics that are made of spans begin.
const SPAN_METRICS: &[&str] = &[
    "traces_span_metrics_",
    "traces_spanmetrics_",
    "span_metrics_",
    "spanmetrics_",
    "traces_spanmetrics",
];
/// Names that they have where nothing is put in front; only beside a connector that makes them.
const BARE_METRICS: &[&str] = &[
    "calls",
    "calls_total",
    "duration_milliseconds_bucket",
    "duration_seconds_bucket",
    "latency_bucket",
];
/// Labels of an operation.
const OPERATIONS: &[&str] = &["span_name", "operation", "http_route"];

impl Figures {
    pub(super) fn of(model: &Model<'_>) -> Figures {
        let mut all = Figures::default();
        all.of_code(model.repo);
        all.of_expressions(model);
        all.of_jaeger(model.repo);
        all
    }

    fn of_code(&mut self, repo: &Repo) {
        for one in &repo.facts.trace_analyses {
            let runs = repo.starts_analysis(one);
            // A client that nobody makes reads nothing.
            if one.given_client && !runs {
                continue;
            }
            let document = one.document;
            let figure =
                |span: Option<Span>| span.map(|span| Figure { document, span, what: "code", runs });
            self.percentiles.extend(figure(one.percentiles));
            self.errors.extend(figure(one.errors));
            self.baselines.extend(figure(one.baseline));
            self.slowest.extend(figure(one.slowest));
        }
    }

    fn of_expressions(&mut self, model: &Model<'_>) {
        let repo = model.repo;
        let made = repo
            .facts
            .components
            .iter()
            .any(|it| matches!(it.kind(), "spanmetrics" | "span_metrics"));
        for query in model.queries().iter().filter(|query| query.is_sound()) {
            let of_spans = query.ast().selectors().any(|(_, selector)| {
                selector.metric().is_some_and(|name| {
                    SPAN_METRICS.iter().any(|start| name.starts_with(start))
                        || (made && BARE_METRICS.contains(&name))
                })
            });
            let Some(document) = query.document().filter(|_| of_spans) else { continue };
            let text = query.scalar.text.as_str();
            let figure =
                Figure { document, span: query.scalar.span, what: "metrics of spans", runs: true };
            let by_operation = OPERATIONS.iter().any(|label| text.contains(label));
            let lists = text.contains("topk") || text.contains("sort_desc");
            if text.contains("histogram_quantile") {
                self.percentiles.push(figure.clone());
                if lists && by_operation {
                    self.slowest.push(figure.clone());
                }
            }
            if text.contains("STATUS_CODE_ERROR") || text.contains("\"ERROR\"") {
                self.errors.push(figure.clone());
            }
            if text.contains(" offset ") {
                self.baselines.push(figure);
            }
        }
    }

    /// Jaeger's own monitoring of services shows percentiles and errors of each operation.
    fn of_jaeger(&mut self, repo: &Repo) {
        let config = repo
            .facts
            .components
            .iter()
            .filter(|it| it.kind() == "jaeger_query")
            .filter_map(|it| Some((it.document, it.settings.at("storage.metrics")?.key)));
        let container = repo
            .facts
            .containers
            .iter()
            .filter_map(|it| Some((it.document, it.env.get("METRICS_STORAGE_TYPE")?.span)));
        for (document, span) in config.chain(container) {
            let figure = Figure { document, span, what: "monitoring in Jaeger", runs: true };
            self.percentiles.push(figure.clone());
            self.errors.push(figure);
        }
    }
}

impl Repo {
    /// Whether something starts an analysis: its own file, another that imports it, a job, or the
    /// command of a container.
    pub fn starts_analysis(&self, one: &TraceAnalysis) -> bool {
        if one.runs.is_some() {
            return true;
        }
        let facts = &self.facts;
        let path = &self.source(one.document.source).path;
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.split('.').next().unwrap_or(file);
        let module =
            path.rsplit_once('.').map_or(path.as_str(), |(path, _)| path).replace('/', ".");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = folder.rsplit('/').next().unwrap_or(folder);
        // Files of one package know each other without a word.
        let shares = !matches!(file.rsplit('.').next(), Some("py" | "js" | "ts" | "mjs" | "rs"));
        let imports = |import: &String| {
            let last = import.rsplit(['.', '/', ':']).next().unwrap_or(import);
            last == stem || import.contains(&one.name.text) || (shares && last == folder)
        };
        let imported = facts.modules.iter().any(|it| {
            it.document != one.document
                && self.may_load(it.document, one.document)
                && !is_test(&self.source(it.document.source).path)
                && (it.imports.iter().any(imports)
                    || (shares && it.entry.is_some() && same_folder(self, it.document, path)))
        });
        let says = |text: &str| text.contains(file) || text.contains(&module);
        imported
            || facts.ci_jobs.iter().flat_map(|job| &job.steps).any(|step| says(&step.text.text))
            || facts.containers.iter().flat_map(|it| &it.args).any(|arg| says(&arg.text))
            || facts.base_images.iter().flat_map(|it| &it.command).any(|word| says(&word.text))
            || facts.manifests.iter().flat_map(|it| &it.commands).any(|line| says(&line.text))
    }
}

impl Repo {
    /// Whether a file may be part of a program with another: both are of one language, and where
    /// the other belongs to services, so does it to one of them or to none.
    fn may_load(&self, from: DocumentId, other: DocumentId) -> bool {
        let script = |kind: Kind| matches!(kind, Kind::Javascript | Kind::Typescript);
        let (one, two) = (self.document(from).kind, self.document(other).kind);
        let homes = self.services_with(other);
        let own = self.services_with(from);
        (one == two || script(one) && script(two))
            && (homes.is_empty() || own.is_empty() || own.iter().any(|it| homes.contains(it)))
    }
}

fn same_folder(repo: &Repo, document: DocumentId, path: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
    let other = &repo.source(document.source).path;
    path.get(..folder(path)) == other.get(..folder(other))
}
