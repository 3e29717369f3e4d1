//! Pipelines of continuous integration: jobs with their commands, and the load tests and
//! analyses that stand in source code.

use super::scalar::{Pairs, Scalar};
use super::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A job of a pipeline.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CiJob {
    /// Where it came from.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The token that names it.
    pub anchor: Span,
    /// What it runs, in order.
    pub steps: Vec<Step>,
    /// It runs for every change, or on a schedule.
    pub automatic: bool,
}

/// A step of a job.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Step {
    /// The command, or the name of the action or task.
    pub text: Scalar,
    /// An action or task, no command.
    pub action: bool,
    /// Its inputs.
    pub with: Pairs,
}

/// A script of a load test.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LoadTest {
    /// Where it came from.
    pub document: DocumentId,
    /// The line that shows what it is.
    pub span: Span,
    /// Where it says what is too slow.
    pub limit: Option<Span>,
}

/// A function or class of source code that watches performance.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Analysis {
    /// Where it came from.
    pub document: DocumentId,
    /// Its definition.
    pub span: Span,
    /// It recommends something; otherwise it looks for anomalies.
    pub recommends: bool,
}

/// Reads the jobs of a pipeline of any of the known forms.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let automatic = is_automatic(root);
    let mut add = |name: NodeRef<'_>, steps: Vec<Step>, automatic: bool| {
        if !steps.is_empty() {
            facts.ci_jobs.push(CiJob {
                document,
                name: name.scalar().unwrap_or_default().to_owned(),
                anchor: name.span(),
                steps,
                automatic,
            });
        }
    };
    if let Some(jobs) = root.get("jobs").filter(|jobs| jobs.is_mapping()) {
        for (name, job) in jobs.entries() {
            add(name, steps_of(job), automatic);
        }
    }
    // A list of jobs, perhaps in stages.
    let stages =
        root.get("stages").into_iter().flat_map(NodeRef::items).filter_map(|it| it.get("jobs"));
    for job in root.get("jobs").into_iter().chain(stages).flat_map(NodeRef::items) {
        let name = job.get("job").or_else(|| job.get("deployment")).unwrap_or(job);
        add(name, steps_of(job), automatic);
    }
    if let Some((key, _)) = root.entry("steps") {
        add(key, steps_of(root), automatic);
    }
    for (name, job) in root.entries() {
        if job.get("script").is_some() {
            let manual = job.get("when").and_then(NodeRef::scalar) == Some("manual");
            add(name, steps_of(job), !manual);
        }
    }
}

/// Whether something starts the pipeline without a person.
fn is_automatic(root: NodeRef<'_>) -> bool {
    let starts = |word: &str| {
        matches!(
            word,
            "push"
                | "pull_request"
                | "pull_request_target"
                | "merge_group"
                | "schedule"
                | "workflow_call"
        )
    };
    if let Some(on) = root.get("on").or_else(|| root.get("true")) {
        return on.scalar().is_some_and(starts)
            || on.items().any(|item| item.scalar().is_some_and(starts))
            || on.pairs().any(|(key, _)| key.scalar().is_some_and(starts));
    }
    let off = |key: &str| root.get(key).and_then(NodeRef::scalar) == Some("none");
    !(off("trigger") && root.get("schedules").is_none() && root.get("pr").is_none())
}

fn steps_of(job: NodeRef<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for key in ["before_script", "script", "after_script"] {
        let Some(script) = job.get(key) else { continue };
        steps.extend(command(script));
        steps.extend(script.items().filter_map(command));
    }
    for step in job.get("steps").into_iter().flat_map(NodeRef::items) {
        for key in ["run", "script", "bash", "pwsh", "powershell", "command"] {
            let Some(node) = step.get(key) else { continue };
            let inner = node.get("command").unwrap_or(node);
            steps.extend(command(inner));
        }
        for key in ["commands", "command"] {
            let list = step.get(key).into_iter().flat_map(NodeRef::items);
            steps.extend(list.filter_map(command));
        }
        for (key, inputs) in [("uses", "with"), ("task", "inputs")] {
            let Some(text) = step.get(key).and_then(Scalar::template) else { continue };
            let with = step.get(inputs).map(|node| Pairs::of(node, false)).unwrap_or_default();
            steps.push(Step { text, action: true, with });
        }
    }
    steps
}

fn command(node: NodeRef<'_>) -> Option<Step> {
    let text = Scalar::template(node)?;
    Some(Step { text, action: false, with: Pairs::default() })
}

/// Reads what a text of source code or a script pipeline says.
pub fn read_text(kind: Kind, text: &str, map: &OffsetMap, id: DocumentId, facts: &mut FileFacts) {
    if kind == Kind::CiPipeline {
        return read_script(text, map, id, facts);
    }
    if let Some(word) = TESTS.iter().find(|word| text.contains(**word)) {
        let limit = LIMITS.iter().find_map(|limit| place(text, limit, map));
        if let Some(span) = place(text, word, map) {
            facts.load_tests.push(LoadTest { document: id, span, limit });
        }
    }
    if !(text.contains("nomal") || text.contains("ecommend")) {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        let defines = DEFINITIONS.iter().any(|word| body.starts_with(word));
        let name = body.split(['(', ':', '{']).next().unwrap_or_default().to_ascii_lowercase();
        let recommends = name.contains("recommend");
        if defines && (recommends || name.contains("anomal")) {
            let at = start + (line.len() - line.trim_start().len());
            let span =
                map.span(at, at + body.split(['(', '{']).next().unwrap_or(body).trim_end().len());
            facts.analyses.push(Analysis { document: id, span, recommends });
        }
        start += line.len();
    }
}

/// What imports of load tests look like.
const TESTS: &[&str] = &[
    "from 'k6",
    "from \"k6",
    "require('k6",
    "require(\"k6",
    "from locust import",
    "import locust",
    "import io.gatling",
];
/// What says that a load test is too slow.
const LIMITS: &[&str] =
    &["thresholds:", "thresholds =", "\"thresholds\"", ".assertions(", "process_exit_code"];
const DEFINITIONS: &[&str] = &[
    "def ",
    "async def ",
    "class ",
    "func ",
    "function ",
    "async function ",
    "export function ",
    "export class ",
    "fn ",
    "pub fn ",
    "public ",
    "private ",
    "protected ",
    "internal ",
];

fn place(text: &str, word: &str, map: &OffsetMap) -> Option<Span> {
    let at = text.find(word)?;
    Some(map.span(at, at + word.len()))
}

/// A pipeline written as a program: its lines are its commands.
fn read_script(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut steps = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        if !body.is_empty() && !body.starts_with("//") {
            let at = start + (line.len() - line.trim_start().len());
            let span = map.span(at, at + body.len());
            let text = Scalar { text: body.to_owned(), span, known: true, plain: true };
            steps.push(Step { text, action: false, with: Pairs::default() });
        }
        start += line.len();
    }
    let anchor = steps.first().map_or_else(|| map.span(0, 0), |step| step.text.span);
    facts.ci_jobs.push(CiJob {
        document,
        name: "pipeline".to_owned(),
        anchor,
        steps,
        automatic: true,
    });
}
