//! Performance tests in pipelines: which tool runs, and whether the result can fail the job.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::ci::{CiJob, LoadTest, Step};
use crate::identify::Kind;
use crate::source::Span;

/// Whether a run can fail because something became slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It can.
    Set,
    /// Nothing compares its numbers with anything.
    Missing,
    /// What decides it is not here, or not read.
    Unknown,
}

/// A performance test that a job runs.
#[derive(Clone, Debug)]
pub struct PerfRun<'r> {
    /// The job.
    pub job: &'r CiJob,
    /// The tool, where the job calls it.
    pub span: Span,
    /// Its name.
    pub tool: &'static str,
    /// Whether it has a limit.
    pub limit: Limit,
    /// The script it runs, if that is here.
    pub script: Option<&'r LoadTest>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A script says what is too slow.
    Script,
    /// Numbers only: another step has to compare them.
    Numbers,
    /// Its own settings say it, out of reach.
    Settings,
    /// The comparison itself.
    Comparison,
}

/// Commands: what calls the tool, its name, and where its limit is.
const COMMANDS: &[(&str, &str, Class)] = &[
    ("k6 run", "k6", Class::Script),
    ("locust ", "locust", Class::Script),
    ("gatling", "gatling", Class::Script),
    ("jmeter ", "jmeter", Class::Settings),
    ("artillery run", "artillery", Class::Settings),
    ("lhci ", "Lighthouse", Class::Settings),
    ("vegeta attack", "vegeta", Class::Numbers),
    ("wrk -", "wrk", Class::Numbers),
    ("hey -", "hey", Class::Numbers),
    ("ab -n", "ab", Class::Numbers),
    ("cargo bench", "cargo bench", Class::Numbers),
    ("cargo criterion", "cargo criterion", Class::Numbers),
    ("-bench=", "go test -bench", Class::Numbers),
    ("-bench ", "go test -bench", Class::Numbers),
    ("--benchmark-only", "pytest-benchmark", Class::Numbers),
    ("hyperfine ", "hyperfine", Class::Numbers),
    ("bencher run", "bencher", Class::Comparison),
    ("asv continuous", "asv", Class::Comparison),
];
/// Actions.
const ACTIONS: &[(&str, &str, Class)] = &[
    ("grafana/k6-action", "k6", Class::Script),
    ("grafana/run-k6-action", "k6", Class::Script),
    ("treosh/lighthouse-ci-action", "Lighthouse", Class::Settings),
    ("artilleryio/action-cli", "artillery", Class::Settings),
    ("benchmark-action/github-action-benchmark", "github-action-benchmark", Class::Comparison),
    ("boa-dev/criterion-compare-action", "criterion-compare", Class::Comparison),
    ("CodSpeedHQ/action", "CodSpeed", Class::Comparison),
];
/// Words of commands that hold numbers against others.
const COMPARING: &[&str] = &[
    "critcmp",
    "benchstat",
    "--benchmark-compare",
    "--baseline",
    "asv compare",
    "bencher run",
    "--assert",
    "lhci assert",
    "--check-fail-ratio",
    "--check-avg-response-time",
    "--check-rps",
];
/// Words of commands that may do so.
const DECIDING: &[&str] =
    &["jq ", "awk ", "exit 1", "python", "node ", "compare", "threshold", "fail"];

/// Gathers the performance tests of all pipelines.
pub fn perf_runs(repo: &Repo) -> Vec<PerfRun<'_>> {
    repo.facts.ci_jobs.iter().flat_map(|job| runs_of(repo, job)).collect()
}

fn runs_of<'r>(repo: &'r Repo, job: &'r CiJob) -> Vec<PerfRun<'r>> {
    let says = |words: &[&str]| {
        job.steps.iter().any(|step| words.iter().any(|word| step.text.text.contains(word)))
    };
    let action = |step: &Step| {
        step.action
            && ACTIONS.iter().any(|(name, _, class)| {
                *class == Class::Comparison && step.text.text.starts_with(name)
            })
    };
    let compared = says(COMPARING) || job.steps.iter().any(action);
    let deciding = says(DECIDING);
    let mut runs = Vec::new();
    for step in &job.steps {
        let Some((at, tool, class)) = tool_of(step) else { continue };
        let span = repo.place(&step.text, at);
        let script = script_of(repo, step, class);
        let limit = match class {
            _ if compared => Limit::Set,
            Class::Comparison => Limit::Set,
            Class::Script => match script {
                Some(test) if test.limit.is_some() => Limit::Set,
                Some(_) => Limit::Missing,
                None => Limit::Unknown,
            },
            Class::Settings if step.with.get("budgetPath").is_some() => Limit::Set,
            Class::Settings => Limit::Unknown,
            Class::Numbers if deciding => Limit::Unknown,
            Class::Numbers => Limit::Missing,
        };
        runs.push(PerfRun { job, span, tool, limit, script });
    }
    runs
}

fn tool_of(step: &Step) -> Option<(std::ops::Range<usize>, &'static str, Class)> {
    let text = &step.text.text;
    if step.action {
        let known = ACTIONS.iter().find(|(name, ..)| text.starts_with(name))?;
        return Some((0..known.0.len(), known.1, known.2));
    }
    COMMANDS.iter().find_map(|(words, tool, class)| {
        let mut from = 0;
        while let Some(step) = text[from..].find(words) {
            let at = from + step;
            let before = text[..at].bytes().next_back();
            let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let comment = text[line..at].trim_start().starts_with('#');
            let whole = before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != b'-' && c != b'_');
            let installs =
                ["install", "brew", "apt", "pip"].iter().any(|word| text[line..at].contains(word));
            if whole && !comment && !installs {
                let shown = words.trim_end_matches(" -").trim_end();
                return Some((at..at + shown.len(), *tool, *class));
            }
            from = at + words.len();
        }
        None
    })
}

/// The load test that a step runs: the script it names, or the only one there is.
fn script_of<'r>(repo: &'r Repo, step: &Step, class: Class) -> Option<&'r LoadTest> {
    if class != Class::Script {
        return None;
    }
    let tests = &repo.facts.load_tests;
    let inputs = ["filename", "path"].iter().filter_map(|key| step.with.get(key));
    let named: Vec<&str> = step
        .text
        .text
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='))
        .chain(inputs.map(|value| value.text.as_str()))
        .filter(|word| {
            [".js", ".ts", ".py", ".scala", ".java"].iter().any(|end| word.ends_with(end))
        })
        .map(|word| word.trim_start_matches("./").rsplit('/').next().unwrap_or(word))
        .collect();
    let name = |test: &LoadTest| {
        let path = &repo.source(test.document.source).path;
        path.rsplit('/').next().unwrap_or(path)
    };
    match named.is_empty() {
        true => tests.first().filter(|_| tests.len() == 1),
        false => tests.iter().find(|test| named.contains(&name(test))),
    }
}

impl Repo {
    /// Files that hold the numbers of an earlier benchmark.
    pub fn benchmark_baselines(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str).filter(|path| {
            let path = path.to_ascii_lowercase();
            let name = path.rsplit('/').next().unwrap_or(&path);
            let data =
                [".json", ".csv", ".txt", ".yaml", ".yml"].iter().any(|end| name.ends_with(end));
            let about = ["bench", "perf", "load", "latency"].iter().any(|word| path.contains(word));
            data && name.contains("baseline") && about || path.contains(".benchmarks/")
        })
    }

    /// Files of anomaly detection jobs.
    pub fn learned_jobs(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str).filter(|path| {
            ["anomaly_detector", "anomaly-detector", "ml_jobs", "ml-jobs"]
                .iter()
                .any(|word| path.contains(word))
        })
    }
}

/// Places of pipelines that are not read.
const UNREAD: &[&str] = &[
    ".buildkite/",
    ".tekton/",
    "bitbucket-pipelines",
    ".travis",
    "cloudbuild",
    "buildspec",
    ".woodpecker",
];
/// Words of commands whose work stands elsewhere.
const HINTS: &[&str] =
    &["bench", "loadtest", "load-test", "perf", "k6", "gatling", "lighthouse", "jmeter"];

/// Whether a performance test may run where nothing is read: in another pipeline, or behind a
/// command such as `make bench`.
pub fn may_run_elsewhere(repo: &Repo) -> bool {
    let skipped = repo.facts.skips.iter().any(|skip| skip.kind == Some(Kind::CiPipeline));
    let hinted = |step: &Step| {
        let text = step.text.text.to_ascii_lowercase();
        HINTS.iter().any(|word| text.contains(word))
    };
    skipped
        || repo.paths.iter().any(|path| UNREAD.iter().any(|place| path.contains(place)))
        || repo.facts.ci_jobs.iter().flat_map(|job| &job.steps).any(hinted)
}

/// Images and charts that recommend, or show where to save.
const RECOMMENDERS: &[&str] = &[
    "vpa-recommender",
    "goldilocks",
    "kubecost",
    "cost-model",
    "cost-analyzer",
    "opencost",
    "krr",
    "pyroscope",
    "parca",
    "polarsignals",
    "profefe",
];

impl Repo {
    /// What recommends: autoscalers that only advise or act, cost tools, profilers. Their
    /// document and the token that names them.
    pub fn recommenders(&self) -> Vec<(DocumentId, Span)> {
        let named = |name: &str| RECOMMENDERS.iter().any(|known| name.contains(known));
        let objects = self.facts.documents.iter().filter(|document| {
            let object = document.object.as_ref().filter(|_| document.host.is_none());
            object.is_some_and(|object| object.kind == "VerticalPodAutoscaler")
        });
        let images = self
            .facts
            .containers
            .iter()
            .filter(|container| container.image_name().is_some_and(named));
        let charts = self.facts.packages.iter().filter(|package| named(&package.name.text));
        let steps = self.facts.ci_jobs.iter().flat_map(|job| {
            job.steps
                .iter()
                .filter(|step| step.text.text.contains("infracost"))
                .map(|step| (job.document, step.text.span))
        });
        let mut found: Vec<(DocumentId, Span)> =
            objects.map(|document| (document.id, document.anchor)).collect();
        found.extend(images.map(|container| (container.document, container.name.span)));
        found.extend(charts.map(|package| (package.document, package.name.span)));
        found.extend(steps);
        found.sort_unstable();
        found
    }
}
