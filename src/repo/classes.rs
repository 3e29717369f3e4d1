//! What an expression watches: requests, errors, latency, a resource, the business, an objective.
//!
//! The source metric decides, as the catalogue knows it; names of rules are asked only where
//! nothing is known about the metrics behind them.

mod words;

pub use words::{Lexicon, tokens};

use super::Repo;
use super::model::Model;
use super::model::metric::Origin;
use super::pillars::is_source_path;
use super::queries::Query;
use crate::identify::Kind as FileKind;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Matcher, Selector};
use crate::lang::quick::QuickMap;
use crate::metrics;
use rayon::prelude::*;
use words::Words;

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

/// What one expression watches, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u16);

impl Classes {
    /// Whether it watches this.
    pub fn contains(self, class: Class) -> bool {
        self.0 & (1 << class as u16) != 0
    }

    fn insert(&mut self, class: Class) {
        self.0 |= 1 << class as u16;
    }

    fn remove(&mut self, class: Class) {
        self.0 &= !(1 << class as u16);
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Classes> for Classes {
    fn from_iter<I: IntoIterator<Item = Classes>>(all: I) -> Classes {
        Classes(all.into_iter().fold(0, |known, one| known | one.0))
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
pub fn classes<'r>(model: &Model<'r>, query: &Query<'r>) -> Classes {
    let mut found = Classes::default();
    let mut unknown = false;
    for selector in model.sources(query.index) {
        let Some(name) = selector.metric() else {
            unknown = true;
            continue;
        };
        let spoken = model.spoken().get(name);
        match spoken {
            Some(spoken) => spoken.add(selector, model.lexicon(), &mut found),
            None => Spoken::of(model, name).add(selector, model.lexicon(), &mut found),
        }
        unknown |= spoken.is_none_or(|spoken| spoken.unknown);
    }
    let names: Vec<Words> =
        names(model, query).into_iter().map(|name| Words::of(name, model.lexicon())).collect();
    if names.iter().any(|name| name.has(Words::SLO)) || reads_budget(model, query) {
        found.insert(Class::Slo);
    }
    if unknown || found.is_empty() {
        by_name(&names, query.raises().is_some(), unknown, &mut found);
    }
    // A share of errors or a mean duration is read from requests, but counts none.
    if found.contains(Class::Errors) || found.contains(Class::Latency) {
        found.remove(Class::RequestRate);
    }
    found
}

/// Whether a metric name, unknown to every exporter, speaks of the business.
pub fn is_business(name: &str, lexicon: &Lexicon) -> bool {
    speaks_of_business(Words::of(name, lexicon)) && !is_catalogued(name)
}

fn speaks_of_business(words: Words) -> bool {
    words.has(Words::SPOKEN) && !words.has(Words::TECHNICAL)
}

fn is_catalogued(name: &str) -> bool {
    !metrics::named(name).is_empty() || metrics::prefixed(name).next().is_some()
}

/// What the name of a metric and its exporters say.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    words: Words,
    /// Whether the metric tells if a target answers.
    down: bool,
    /// It says nothing about the requests of services.
    of_hosts: bool,
    timed: bool,
    business: bool,
    /// Nobody knows the metric.
    unknown: bool,
}

impl Spoken {
    fn of(model: &Model<'_>, name: &str) -> Spoken {
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
        let words = Words::of(name, model.lexicon());
        Spoken {
            words,
            down: name == "up"
                || name == "probe_success"
                || (!keys.is_empty() && name.ends_with("_up")),
            of_hosts: keys.iter().any(|key| HOSTS.contains(key)),
            timed: words.has(Words::LATENCY) && !name.ends_with("_count"),
            business: speaks_of_business(words) && !is_catalogued(name),
            unknown: keys.is_empty(),
        }
    }

    /// Adds what a selector of the metric reads.
    fn add(&self, selector: &Selector, lexicon: &Lexicon, found: &mut Classes) {
        if self.down {
            found.insert(Class::TargetDown);
        }
        resources(self.words, selector, lexicon, found);
        if self.of_hosts {
            return;
        }
        let request = self.words.has(Words::REQUESTS) || self.words.has(Words::LATENCY);
        if self.words.has(Words::ERRORS) || selector.labels().any(is_failure) {
            found.insert(Class::Errors);
        } else if self.timed {
            found.insert(Class::Latency);
        } else if request {
            found.insert(Class::RequestRate);
        }
        if self.business {
            found.insert(Class::Business);
        }
    }
}

fn resources(words: Words, selector: &Selector, lexicon: &Lexicon, found: &mut Classes) {
    // `resource="cpu"`, `condition="MemoryPressure"`.
    let values: Vec<Words> = selector
        .labels()
        .filter(|matcher| {
            matches!(&*matcher.label.text, "resource" | "condition" | "reason")
                && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
        })
        .map(|matcher| Words::of(&matcher.value, lexicon))
        .collect();
    for (kind, class) in RESOURCES {
        if words.has(*kind) || values.iter().any(|value| value.has(*kind)) {
            found.insert(*class);
        }
    }
}

const RESOURCES: &[(Words, Class)] =
    &[(Words::CPU, Class::Cpu), (Words::MEMORY, Class::Memory), (Words::DISK, Class::Disk)];

/// Whether a matcher chooses what went wrong.
fn is_failure(matcher: &Matcher) -> bool {
    if !OUTCOMES.contains(&&*matcher.label.text) {
        return false;
    }
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
    match matcher.op {
        MatchOp::Equal | MatchOp::Regex => bad,
        MatchOp::NotEqual | MatchOp::NotRegex => {
            good || (value.is_empty() && matcher.label.text.contains("error"))
        }
    }
}

/// The names a rule goes by: its own, and those of the records it reads.
fn names<'r>(model: &Model<'r>, query: &Query<'r>) -> Vec<&'r str> {
    let raised = query.raises().map(|alert| &alert.name);
    let own = query.rule().map(|(name, ..)| name).or(raised);
    let mut names: Vec<&str> = own.map(|name| name.text.as_str()).into_iter().collect();
    let read = query.ast().selectors().filter_map(|(_, selector)| selector.metric());
    names.extend(read.filter(|name| model.records().contains(name) || name.contains(':')));
    names
}

/// Whether a label says which objective the series belong to.
fn reads_budget(model: &Model<'_>, query: &Query<'_>) -> bool {
    let labels = |label: &str| matches!(label, "slo" | "sloth_slo" | "sloth_id" | "slo_name");
    let matched = model
        .sources(query.index)
        .iter()
        .any(|selector| selector.labels().any(|matcher| labels(&matcher.label.text)));
    let of_rule = query.raises().is_some_and(|alert| alert.labels.keys().any(labels))
        || query.record().is_some_and(|record| record.labels.keys().any(labels));
    matched || of_rule
}

/// `unknown`: some series comes from no known exporter, so that it may be one of the business.
fn by_name(names: &[Words], alert: bool, unknown: bool, found: &mut Classes) {
    let table: &[(Words, Class)] = &[
        (Words::ERRORS, Class::Errors),
        (Words::LATENCY_NAMES, Class::Latency),
        (Words::REQUESTS, Class::RequestRate),
    ];
    for name in names {
        // `ErrorBudgetBurn` watches a budget.
        if name.has(Words::SLO) {
            continue;
        }
        let classes = table.iter().chain(RESOURCES).filter(|(words, _)| name.has(*words));
        classes.for_each(|(_, class)| found.insert(*class));
        if alert && name.has(Words::DOWN) {
            found.insert(Class::TargetDown);
        }
        if unknown && (name.has(Words::BUSINESS) || speaks_of_business(*name)) {
            found.insert(Class::Business);
        }
    }
}

impl<'r> Model<'r> {
    /// What every expression watches, by its number.
    pub fn classes(&self) -> &[Classes] {
        // Filled before the threads ask for it.
        self.spoken();
        self.classes
            .get_or_init(|| self.queries().par_iter().map(|query| classes(self, query)).collect())
    }

    /// What words of names speak of.
    pub fn lexicon(&self) -> &Lexicon {
        self.lexicon.get_or_init(|| Lexicon::of(&self.repo.settings.business_words))
    }

    /// What the name of every metric that is read says.
    fn spoken(&self) -> &QuickMap<&'r str, Spoken> {
        self.spoken.get_or_init(|| {
            let names: Vec<&str> = self.uses().keys().copied().collect();
            let spoken: Vec<_> =
                names.par_iter().map(|name| (*name, Spoken::of(self, name))).collect();
            spoken.into_iter().collect()
        })
    }

    /// The alerts that tell whether the alerting itself works: a heartbeat that always fires,
    /// and alerts on the health of Prometheus or Alertmanager.
    pub fn meta_alerts(&self) -> impl Iterator<Item = &Query<'r>> {
        self.queries().iter().filter(|query| {
            query.raises().is_some_and(|alert| is_watchdog(&alert.name.text))
                || (query.alert().is_some() && self.is_heartbeat(query))
                || (query.raises().is_some() && self.reads_watchers(query))
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
    const NAMES: &[&[u8]] =
        &[b"watchdog", b"deadmansswitch", b"deadmanswitch", b"heartbeat", b"deadman"];
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    let plain: Vec<u8> = letters.map(|byte| byte.to_ascii_lowercase()).collect();
    let begins = |at: usize| NAMES.iter().any(|name| plain[at..].starts_with(name));
    (0..plain.len()).any(|at| matches!(plain[at], b'w' | b'd' | b'h') && begins(at))
}

impl Repo {
    /// Whether there is code that may declare metrics and is not read for them.
    pub fn has_unread_code(&self) -> bool {
        const READ: &[&str] =
            &["py", "go", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "rs", "cs"];
        *self.unread_code.get_or_init(|| {
            let unread = |path: &String| {
                let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
                is_source_path(path) && !READ.contains(&ending)
            };
            self.facts.modules.iter().any(|module| module.unread) || self.paths.iter().any(unread)
        })
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
    fn a_word_of_the_business_in_a_technical_name_names_a_service() {
        let words = Lexicon::of(&["order".to_owned(), "user".to_owned()]);
        assert!(is_business("orders_completed_total", &words));
        assert!(is_business("user_signups_total", &words));
        assert!(!is_business("order_service_http_requests_total", &words));
        assert!(!is_business("prometheus_user_things", &words));
        assert!(!is_business("cheese_total", &words));
    }
}
