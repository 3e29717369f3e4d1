//! Stores of logs of any make: whether requests are authenticated, how long logs are kept, and
//! whether anything deletes them.

use super::Repo;
use super::engines::security::Security;
use super::logfamilies::{Lifecycle, is_log_name, policy_name};
use crate::facts::DocumentId;
use crate::facts::bucket::BucketRule;
use crate::facts::elastic::Engine;
use crate::facts::elastic::policy::LifecyclePolicy;
use crate::facts::elastic::template::Form as TemplateForm;
use crate::facts::loki::{Form, LokiConfig};
use crate::facts::scalar::Scalar;
use crate::lang::duration;
use crate::source::Span;

/// A store of logs.
#[derive(Clone, Debug)]
pub struct LogStore {
    /// The product, by the word of the configuration: `elk`, `opensearch`, `loki`.
    pub product: &'static str,
    /// Where it came from.
    pub document: DocumentId,
    /// The token that shows it.
    pub span: Span,
    /// Whether requests must say who sends them.
    pub login: Login,
    /// What is kept for how long; of a search engine the policies say it.
    pub kept: Option<Kept>,
    /// Whether chunks lie on the disk of the one that takes them.
    pub on_disk: Option<Span>,
}

/// Whether requests are authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Yes; where it is said.
    Asked(Option<Span>),
    /// No; where it is said.
    Open(Span),
    /// Nobody can know.
    Unknown,
}

/// How long something keeps logs.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Where it came from.
    pub document: DocumentId,
    /// Where it is said, or what says nothing.
    pub span: Span,
    /// In seconds; `None` for ever.
    pub seconds: Option<f64>,
    /// In words: `the policy app-logs deletes after 30d`.
    pub step: String,
    /// It names itself an archive.
    pub archive: bool,
}

impl Repo {
    /// The stores of logs, in the order of the files.
    pub fn log_stores(&self) -> &[LogStore] {
        self.log_stores.get_or_init(|| gather(self))
    }

    /// All that is said here of how long logs are kept.
    pub fn log_retentions(&self) -> Vec<Kept> {
        let mut found: Vec<Kept> =
            self.log_stores().iter().filter_map(|store| store.kept.clone()).collect();
        let policies = self.facts.lifecycle_policies.iter();
        let policies = policies.filter(|policy| keeps_logs(self, policy) && !self.is_kept(policy));
        found.extend(policies.filter_map(|policy| of_policy(self, policy)));
        for action in &self.facts.curator_actions {
            let Some((days, count)) =
                action.days.as_ref().filter(|_| action.action.text == "delete_indices")
            else {
                continue;
            };
            found.push(Kept {
                document: action.document,
                span: count.span,
                seconds: Some(days * DAY),
                step: format!("Curator deletes after {days} days"),
                archive: false,
            });
        }
        found.extend(self.facts.bucket_rules.iter().filter_map(of_bucket));
        for template in &self.facts.index_templates {
            let family =
                template.form != TemplateForm::Component && template.form != TemplateForm::Index;
            if !family || !self.is_ours(template.document) || !self.holds_logs(template) {
                continue;
            }
            if let Lifecycle::Nothing = self.lifecycle_of(template) {
                found.push(Kept {
                    document: template.document,
                    span: template.patterns_key.unwrap_or(template.anchor),
                    seconds: None,
                    step: "nothing deletes these indices".to_owned(),
                    archive: false,
                });
            }
        }
        found.retain(|kept| self.is_ours(kept.document));
        found.sort_by_key(|kept| (kept.document, kept.span));
        found.dedup_by_key(|kept| kept.span);
        found
    }
}

const DAY: f64 = 86_400.0;

fn gather(repo: &Repo) -> Vec<LogStore> {
    let mut found: Vec<LogStore> = repo
        .engine_clusters()
        .iter()
        .map(|cluster| LogStore {
            product: if cluster.engine == Engine::Opensearch { "opensearch" } else { "elk" },
            document: cluster.document,
            span: cluster.anchor,
            login: match repo.engine_security(cluster) {
                Security::On(span) => Login::Asked(span),
                Security::Off(span) | Security::Never(span) => Login::Open(span),
                Security::Unknown => Login::Unknown,
            },
            kept: None,
            on_disk: None,
        })
        .collect();
    found.extend(repo.facts.lokis.iter().map(|loki| LogStore {
        product: "loki",
        document: loki.document,
        span: loki.anchor,
        login: login(loki),
        kept: of_loki(loki),
        on_disk: loki.storage.as_ref().filter(|it| it.text == "filesystem").map(|it| it.span),
    }));
    found.sort_by_key(|store| (store.document, store.span));
    found
}

/// Loki asks for a tenant's name where that is on, as it is unless said otherwise.
fn login(loki: &LokiConfig) -> Login {
    if loki.form == Form::Stack {
        return Login::Asked(None);
    }
    match &loki.auth_enabled {
        Some(value) => match value.boolean() {
            Some(true) => Login::Asked(Some(value.span)),
            Some(false) => Login::Open(value.span),
            None => Login::Unknown,
        },
        None if loki.open => Login::Unknown,
        None => Login::Asked(None),
    }
}

fn of_loki(loki: &LokiConfig) -> Option<Kept> {
    let kept = |span, seconds, step| {
        Some(Kept { document: loki.document, span, seconds, step, archive: false })
    };
    let deletes = match (&loki.deletes, loki.form) {
        (_, Form::Stack) => Some(true),
        (Some(value), _) => value.boolean(),
        (None, _) if loki.open => None,
        (None, _) => Some(false),
    };
    let Some(period) = &loki.period else {
        let certain = !loki.open && deletes.is_some();
        return certain
            .then(|| {
                kept(loki.anchor, None, "Loki keeps logs for ever: no retention is set".to_owned())
            })
            .flatten();
    };
    let text = period.known_text()?;
    let ms = duration::prometheus(text).or_else(|| duration::go(text))?;
    if ms == 0 {
        return kept(
            period.span,
            None,
            format!("Loki keeps logs for ever: its retention is {text}"),
        );
    }
    match deletes? {
        true => kept(period.span, Some(ms as f64 / 1000.0), format!("Loki deletes after {text}")),
        false => kept(
            period.span,
            None,
            "Loki deletes nothing: `compactor.retention_enabled` is not true".to_owned(),
        ),
    }
}

/// Whether a policy is one of logs: by its name, or by the template that names it.
pub fn keeps_logs(repo: &Repo, policy: &LifecyclePolicy) -> bool {
    let named = policy.name.as_deref().or_else(|| file_name(repo, policy)).is_some_and(is_log_name)
        || policy.patterns.iter().any(|pattern| is_log_name(&pattern.text));
    let mut templates = repo.facts.index_templates.iter().filter(|it| repo.holds_logs(it));
    let mut own = || {
        templates.any(|template| {
            template.document == policy.document
                || policy_name(template).is_some_and(|(name, _)| {
                    repo.lifecycle_policy(name, template.document)
                        .is_some_and(|found| std::ptr::eq(found, policy))
                })
        })
    };
    named || own()
}

/// The name by which a policy that is a file of its own is put in place, as far as one can tell:
/// the file's.
fn file_name<'r>(repo: &'r Repo, policy: &LifecyclePolicy) -> Option<&'r str> {
    let document = repo.document(policy.document);
    let alone = document.host.is_none() && document.stream_index == 0;
    let path = repo.source(policy.document.source).path.as_str();
    let name = path.rsplit('/').next().filter(|_| alone)?;
    name.split('.').next()
}

fn of_policy(repo: &Repo, policy: &LifecyclePolicy) -> Option<Kept> {
    if policy.open {
        return None;
    }
    let name = policy.name.as_deref().or_else(|| file_name(repo, policy)).unwrap_or("here");
    let archive = name.to_ascii_lowercase().contains("archive");
    let (span, seconds, step) = match policy.deletion() {
        Some((_, Some(age))) => {
            let text = age.known_text()?;
            let seconds = duration::prometheus(text)? as f64 / 1000.0;
            (age.span, Some(seconds), format!("the policy {name} deletes after {text}"))
        }
        // At once when the index is rolled over.
        Some((_, None)) => return None,
        None => (policy.anchor, None, format!("the policy {name} deletes nothing")),
    };
    Some(Kept { document: policy.document, span, seconds, step, archive })
}

/// Words of buckets that hold logs of something else than applications.
const OTHER_LOGS: &[&str] = &[
    "access",
    "alb",
    "elb",
    "lb",
    "cloudtrail",
    "trail",
    "vpc",
    "flow",
    "flowlogs",
    "waf",
    "cdn",
    "cloudfront",
    "s3",
    "audit",
    "build",
    "ci",
    "dns",
];

/// How long a bucket of logs keeps them.
fn of_bucket(rule: &BucketRule) -> Option<Kept> {
    let words: Vec<String> = rule
        .names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
        .map(str::to_ascii_lowercase)
        .filter(|word| !matches!(word.as_str(), "aws" | "s3" | "bucket" | "id" | "this" | ""))
        .collect();
    let holds = |these: &[&str]| words.iter().any(|word| these.contains(&word.as_str()));
    if !holds(&["loki", "log", "logs", "logging", "applogs"]) || holds(OTHER_LOGS) {
        return None;
    }
    let days: f64 = rule.days.known_text()?.parse().ok()?;
    Some(Kept {
        document: rule.document,
        span: rule.days.span,
        seconds: Some(days * DAY),
        step: format!(
            "the {} deletes after {} days",
            if rule.group { "log group" } else { "bucket" },
            rule.days.text
        ),
        archive: rule.tiered || holds(&["archive", "backup", "cold"]),
    })
}

/// The retention that a strategy plans, in seconds.
pub fn planned(value: &Scalar) -> Option<f64> {
    Some(duration::prometheus(value.known_text()?)? as f64 / 1000.0)
        .filter(|seconds| *seconds > 0.0)
}
