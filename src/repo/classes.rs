//! What an expression watches: requests, errors, latency, a resource, the business, an objective.
//!
//! The source metric decides, as the catalogue knows it; names of rules are asked only where
//! nothing is known about the metrics behind them.

use super::Repo;
use super::model::Model;
use super::model::metric::Origin;
use super::pillars::is_source_path;
use super::queries::Query;
use crate::identify::Kind as FileKind;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Matcher, Selector};
use crate::metrics;
use std::collections::BTreeSet;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// How many requests there are.
    RequestRate,
    /// Requests that fail.
    Errors,
    /// How long requests take.
    Latency,
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
    /// Disks, filesystems and volumes.
    Disk,
    /// Orders, payments, users.
    Business,
    /// Whether a target answers.
    TargetDown,
    /// An objective or its budget.
    Slo,
}

impl Class {
    /// What recording rules should hold.
    pub const RECORDED: &[Class] = &[
        Class::RequestRate,
        Class::Errors,
        Class::Latency,
        Class::Cpu,
        Class::Memory,
        Class::Disk,
        Class::Business,
    ];
    /// What alerts should cover.
    pub const ALERTED: &[Class] = &[
        Class::TargetDown,
        Class::Errors,
        Class::Latency,
        Class::Slo,
        Class::Cpu,
        Class::Memory,
        Class::Disk,
        Class::Business,
    ];

    /// How sentences name it.
    pub fn name(self) -> &'static str {
        match self {
            Class::RequestRate => "request rate",
            Class::Errors => "error rate",
            Class::Latency => "latency",
            Class::Cpu => "CPU",
            Class::Memory => "memory",
            Class::Disk => "disk space",
            Class::Business => "business",
            Class::TargetDown => "target down",
            Class::Slo => "SLO or error budget",
        }
    }

    /// How sentences name a figure of it.
    pub fn figure(self) -> &'static str {
        match self {
            Class::RequestRate => "a request rate",
            Class::Errors => "an error rate",
            Class::Latency => "a latency",
            Class::Cpu => "CPU use",
            Class::Memory => "memory use",
            Class::Disk => "disk use",
            Class::Business => "a business figure",
            Class::TargetDown => "whether targets answer",
            Class::Slo => "an objective or its budget",
        }
    }

    /// Whether it is about hosts.
    pub fn is_of_hosts(self) -> bool {
        matches!(self, Class::Cpu | Class::Memory | Class::Disk)
    }
}

/// Exporters that say nothing about the requests of services.
const HOSTS: &[&str] = &[
    "alertmanager",
    "blackbox_exporter",
    "cadvisor",
    "client-go",
    "client-java",
    "client-nodejs",
    "client-python",
    "grafana",
    "kube-state-metrics",
    "dcgm_exporter",
    "kubelet",
    "metrics-server",
    "node_exporter",
    "otel-hostmetrics",
    "prometheus",
    "prometheus_operator",
    "pushgateway",
    "smartctl_exporter",
    "synthetic",
    "windows_exporter",
];

const REQUESTS: &[&str] = &[
    "request",
    "requests",
    "response",
    "responses",
    "rpc",
    "rpcs",
    "call",
    "calls",
    "handled",
    "started",
    "hits",
    "queries",
    "operations",
    "transactions",
    "rps",
    "qps",
    "throughput",
];
const ERRORS: &[&str] = &[
    "error",
    "errors",
    "failed",
    "failure",
    "failures",
    "fail",
    "fails",
    "exception",
    "exceptions",
    "errored",
    "5xx",
    "4xx",
    "unsuccessful",
];
const LATENCY: &[&str] =
    &["duration", "durations", "latency", "latencies", "elapsed", "responsetime"];
const LATENCY_NAMES: &[&str] = &["latency", "duration", "slow", "p50", "p90", "p95", "p99", "p999"];
const CPU: &[&str] = &["cpu", "cpus", "load1", "load5", "load15"];
const MEMORY: &[&str] =
    &["memory", "mem", "memstats", "swap", "oom", "resident", "rss", "heap", "vmstat", "oomkilled"];
const DISK: &[&str] = &[
    "disk",
    "disks",
    "filesystem",
    "filesystems",
    "fs",
    "volume",
    "volumes",
    "inode",
    "inodes",
    "persistentvolume",
    "persistentvolumeclaim",
    "storage",
];
const DOWN: &[&str] = &["down", "absent", "unreachable", "disappeared"];
const SLO: &[&str] = &["slo", "slos", "sli", "slis", "budget", "burn", "burnrate", "objective"];
/// Words of technical names, in which a word of the business only names a service.
const TECHNICAL: &[&str] = &[
    "http",
    "grpc",
    "rpc",
    "cpu",
    "memory",
    "gc",
    "threads",
    "connection",
    "connections",
    "pool",
    "db",
    "sql",
    "agent",
    "requests",
    "request",
    "goroutines",
    "process",
];
/// Labels that hold how a request ended.
const OUTCOMES: &[&str] = &[
    "code",
    "status",
    "status_code",
    "http_status",
    "http_status_code",
    "http_code",
    "http_response_status_code",
    "response_code",
    "grpc_code",
    "grpc_status",
    "rcode",
    "outcome",
    "result",
    "success",
    "error",
    "response_code_class",
    "status_class",
    "error_type",
];

/// What a rule or indicator watches.
pub fn classes<'r>(model: &Model<'r>, query: &Query<'r>) -> BTreeSet<Class> {
    let words = &model.repo.settings.business_words;
    let mut found = BTreeSet::new();
    let mut unknown = false;
    for selector in model.sources(query.index) {
        let Some(name) = selector.metric() else {
            unknown = true;
            continue;
        };
        unknown |= of_selector(model, name, selector, words, &mut found);
    }
    let names = names(model, query);
    if names.iter().any(|name| has(&tokens(name), SLO)) || reads_budget(model, query) {
        found.insert(Class::Slo);
    }
    if unknown || found.is_empty() {
        by_name(&names, words, query.alert().is_some(), &mut found);
    }
    // A share of errors or a mean duration is read from requests, but counts none.
    if found.contains(&Class::Errors) || found.contains(&Class::Latency) {
        found.remove(&Class::RequestRate);
    }
    found
}

/// Whether a metric name, unknown to every exporter, speaks of the business.
pub fn is_business(name: &str, words: &[String]) -> bool {
    let tokens = tokens(name);
    let spoken = tokens.iter().any(|token| words.iter().any(|word| is_word(token, word)));
    spoken && !has(&tokens, TECHNICAL) && !is_catalogued(name)
}

fn is_catalogued(name: &str) -> bool {
    !metrics::named(name).is_empty() || metrics::prefixed(name).next().is_some()
}

/// `orders` for `order`.
fn is_word(token: &str, word: &str) -> bool {
    token == word || token.strip_suffix('s') == Some(word) || token.strip_suffix("es") == Some(word)
}

/// Adds what a selector reads; whether nobody knows the metric.
fn of_selector(
    model: &Model<'_>,
    name: &str,
    selector: &Selector,
    words: &[String],
    found: &mut BTreeSet<Class>,
) -> bool {
    let metric = model.metric(name);
    let keys: Vec<&str> = metric
        .providers
        .iter()
        .filter_map(|provider| match provider.origin {
            Origin::Server => Some("synthetic"),
            Origin::Exporter(exporter) => Some(exporter.key),
            Origin::Code(_) => None,
        })
        .chain(metrics::prefixed(name).map(|exporter| exporter.key))
        .collect();
    let tokens = tokens(name);
    if name == "up" || name == "probe_success" || (!keys.is_empty() && name.ends_with("_up")) {
        found.insert(Class::TargetDown);
    }
    resources(&tokens, selector, found);
    if keys.iter().any(|key| HOSTS.contains(key)) {
        return false;
    }
    let failed = has(&tokens, ERRORS) || selector.labels().any(is_failure);
    let request = has(&tokens, REQUESTS) || has(&tokens, LATENCY);
    let timed = has(&tokens, LATENCY) && !name.ends_with("_count");
    if failed {
        found.insert(Class::Errors);
    } else if timed {
        found.insert(Class::Latency);
    } else if request {
        found.insert(Class::RequestRate);
    }
    if is_business(name, words) {
        found.insert(Class::Business);
    }
    keys.is_empty()
}

fn resources(tokens: &[String], selector: &Selector, found: &mut BTreeSet<Class>) {
    // `resource="cpu"`, `condition="MemoryPressure"`.
    let values: Vec<String> = selector
        .labels()
        .filter(|matcher| {
            matches!(&*matcher.label.text, "resource" | "condition" | "reason")
                && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
        })
        .flat_map(|matcher| self::tokens(&matcher.value))
        .collect();
    for (words, class) in [(CPU, Class::Cpu), (MEMORY, Class::Memory), (DISK, Class::Disk)] {
        if has(tokens, words) || has(&values, words) {
            found.insert(class);
        }
    }
}

/// Whether a matcher chooses what went wrong.
fn is_failure(matcher: &Matcher) -> bool {
    let value = matcher.value.to_ascii_lowercase();
    let begins = |words: &[&str]| {
        let bare = value.trim_start_matches(['^', '(', '?', ':']);
        words.iter().any(|word| bare.starts_with(word))
    };
    let bad = begins(&["5", "4"])
        || ["error", "fail", "exception", "unavailable", "internal", "timeout", "servfail"]
            .iter()
            .any(|word| value.contains(word))
        || (&*matcher.label.text == "success" && value == "false");
    let good = begins(&["2", "ok", "success", "0", "[23", "1", "3"]);
    OUTCOMES.contains(&&*matcher.label.text)
        && match matcher.op {
            MatchOp::Equal | MatchOp::Regex => bad,
            MatchOp::NotEqual | MatchOp::NotRegex => {
                good || (value.is_empty() && matcher.label.text.contains("error"))
            }
        }
}

/// The names a rule goes by: its own, and those of the records it reads.
fn names<'r>(model: &Model<'r>, query: &Query<'r>) -> Vec<&'r str> {
    let mut names: Vec<&str> =
        query.rule().map(|(name, ..)| name.text.as_str()).into_iter().collect();
    let read = query.ast().selectors().filter_map(|(_, selector)| selector.metric());
    names.extend(read.filter(|name| model.records().contains_key(name) || name.contains(':')));
    names
}

/// Whether a label says which objective the series belong to.
fn reads_budget(model: &Model<'_>, query: &Query<'_>) -> bool {
    let labels = |label: &str| matches!(label, "slo" | "sloth_slo" | "sloth_id" | "slo_name");
    let matched = model
        .sources(query.index)
        .iter()
        .any(|selector| selector.labels().any(|matcher| labels(&matcher.label.text)));
    let of_rule = query.alert().is_some_and(|alert| alert.labels.keys().any(labels))
        || query.record().is_some_and(|record| record.labels.keys().any(labels));
    matched || of_rule
}

fn by_name(names: &[&str], words: &[String], alert: bool, found: &mut BTreeSet<Class>) {
    let table: &[(&[&str], Class)] = &[
        (ERRORS, Class::Errors),
        (LATENCY_NAMES, Class::Latency),
        (REQUESTS, Class::RequestRate),
        (CPU, Class::Cpu),
        (MEMORY, Class::Memory),
        (DISK, Class::Disk),
    ];
    for name in names {
        let tokens = tokens(name);
        // `ErrorBudgetBurn` watches a budget.
        if has(&tokens, SLO) {
            continue;
        }
        found
            .extend(table.iter().filter(|(words, _)| has(&tokens, words)).map(|(_, class)| *class));
        if alert && has(&tokens, DOWN) {
            found.insert(Class::TargetDown);
        }
        let spoken = tokens.iter().any(|token| words.iter().any(|word| is_word(token, word)));
        if tokens.iter().any(|token| token == "business") || (spoken && !has(&tokens, TECHNICAL)) {
            found.insert(Class::Business);
        }
    }
}

fn has(tokens: &[String], words: &[&str]) -> bool {
    tokens.iter().any(|token| words.contains(&token.as_str()))
}

/// The words of a name in lower case: `HighErrorRate`, `http_requests:rate5m`.
pub fn tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    for (at, c) in name.char_indices() {
        let next = name[at + c.len_utf8()..].chars().next();
        let begins = c.is_uppercase()
            && (last.is_lowercase()
                || (last.is_uppercase() && next.is_some_and(char::is_lowercase)));
        if !c.is_alphanumeric() {
            last = ' ';
            continue;
        }
        if last == ' ' || begins {
            tokens.push(String::new());
        }
        if let Some(token) = tokens.last_mut() {
            token.extend(c.to_lowercase());
        }
        last = c;
    }
    tokens
}

impl<'r> Model<'r> {
    /// What every expression watches, by its number.
    pub fn classes(&self) -> &[BTreeSet<Class>] {
        self.classes
            .get_or_init(|| self.queries().iter().map(|query| classes(self, query)).collect())
    }

    /// The alerts that tell whether the alerting itself works: a heartbeat that always fires,
    /// and alerts on the health of Prometheus or Alertmanager.
    pub fn meta_alerts(&self) -> impl Iterator<Item = &Query<'r>> {
        self.queries().iter().filter(|query| {
            query.alert().is_some_and(|alert| is_watchdog(&alert.name.text))
                || (query.alert().is_some()
                    && (self.is_heartbeat(query) || self.reads_watchers(query)))
        })
    }

    /// Whether an expression is a number that is there whatever happens.
    fn is_heartbeat(&self, query: &Query<'r>) -> bool {
        query.is_sound() && query.ast().selectors().next().is_none()
    }

    fn reads_watchers(&self, query: &Query<'r>) -> bool {
        self.sources(query.index).iter().any(|selector| match selector.metric() {
            Some("up") => selector.labels().any(|matcher| {
                &*matcher.label.text == "job"
                    && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
                    && ["prometheus", "alertmanager"].iter().any(|it| matcher.value.contains(it))
            }),
            Some(name) => name.starts_with("prometheus_") || name.starts_with("alertmanager_"),
            None => false,
        })
    }
}

fn is_watchdog(name: &str) -> bool {
    let plain: String = tokens(name).concat();
    ["watchdog", "deadmansswitch", "deadmanswitch", "heartbeat", "deadman"]
        .iter()
        .any(|word| plain.contains(word))
}

impl Repo {
    /// Whether there is code that may declare metrics and is not read for them.
    pub fn has_unread_code(&self) -> bool {
        self.facts.documents.iter().any(|it| it.kind.is_code() && it.kind != FileKind::Python)
            || self.paths.iter().any(|path| !path.ends_with(".py") && is_source_path(path))
    }

    /// Whether everything here runs on machines of somebody else.
    pub fn is_serverless(&self) -> bool {
        let named = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            matches!(name, "serverless.yml" | "serverless.yaml" | "samconfig.toml" | "host.json")
        };
        self.paths.iter().any(named)
            && self.facts.containers.is_empty()
            && !self.facts.documents.iter().any(|document| document.kind == FileKind::Kubernetes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(tokens("HighErrorRate"), ["high", "error", "rate"]);
        assert_eq!(tokens("KubeAPIErrorBudgetBurn"), ["kube", "api", "error", "budget", "burn"]);
        assert_eq!(tokens("svc:http_requests:rate5m"), ["svc", "http", "requests", "rate5m"]);
    }

    #[test]
    fn a_word_of_the_business_in_a_technical_name_names_a_service() {
        let words = ["order".to_owned(), "user".to_owned()];
        assert!(is_business("orders_completed_total", &words));
        assert!(is_business("user_signups_total", &words));
        assert!(!is_business("order_service_http_requests_total", &words));
        assert!(!is_business("prometheus_user_things", &words));
        assert!(!is_business("cheese_total", &words));
    }
}
