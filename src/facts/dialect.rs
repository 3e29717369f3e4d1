//! Which program's extension of the rule-file format a document is written in.

use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// A rule-file or configuration dialect that extends the original format.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Dialect {
    /// Thanos ruler and sidecar.
    Thanos,
    /// Grafana Mimir.
    Mimir,
    /// Cortex.
    Cortex,
    /// Loki ruler: LogQL in place of PromQL.
    Loki,
    /// VictoriaMetrics: vmalert, vmagent.
    VictoriaMetrics,
}

impl Dialect {
    /// The name used in schema tables and output.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Thanos => "thanos",
            Dialect::Mimir => "mimir",
            Dialect::Cortex => "cortex",
            Dialect::Loki => "loki",
            Dialect::VictoriaMetrics => "victoriametrics",
        }
    }
}

/// Fields of groups that only one program has.
const GROUP_FIELDS: &[(&str, Dialect)] = &[
    ("partial_response_strategy", Dialect::Thanos),
    ("source_tenants", Dialect::Mimir),
    ("evaluation_delay", Dialect::Mimir),
    ("align_evaluation_time_on_interval", Dialect::Mimir),
    ("concurrency", Dialect::VictoriaMetrics),
    ("eval_offset", Dialect::VictoriaMetrics),
    ("eval_delay", Dialect::VictoriaMetrics),
    ("eval_alignment", Dialect::VictoriaMetrics),
    ("notifier_headers", Dialect::VictoriaMetrics),
    ("headers", Dialect::VictoriaMetrics),
    ("params", Dialect::VictoriaMetrics),
    ("tenant", Dialect::VictoriaMetrics),
    ("type", Dialect::VictoriaMetrics),
];

/// Fields of rules that only one program has.
const RULE_FIELDS: &[(&str, Dialect)] =
    &[("debug", Dialect::VictoriaMetrics), ("update_entries_limit", Dialect::VictoriaMetrics)];

/// Fields of scrape jobs that only vmagent has.
const JOB_FIELDS: &[&str] = &[
    "stream_parse",
    "series_limit",
    "scrape_align_interval",
    "scrape_offset",
    "relabel_debug",
    "metric_relabel_debug",
    "disable_compression",
    "disable_keepalive",
    "vm_scrape_params",
];

/// The dialect of a document, where another program than Prometheus reads it.
pub(super) fn of(kind: Kind, root: NodeRef<'_>) -> Option<Dialect> {
    match kind {
        Kind::PrometheusRules => of_rules(root),
        Kind::PrometheusConfig | Kind::PrometheusFragment => of_config(root),
        Kind::PrometheusRuleTest => of_tests(root),
        _ => None,
    }
}

/// The dialect of tests of rules: vmalert-tool tells groups apart, and has expressions of its own.
fn of_tests(root: NodeRef<'_>) -> Option<Dialect> {
    let mut tests = items(root, "tests");
    let own = |test: NodeRef<'_>| {
        test.get("metricsql_expr_test").is_some()
            || items(test, "alert_rule_test").any(|alert| alert.get("groupname").is_some())
    };
    tests.any(own).then_some(Dialect::VictoriaMetrics)
}

/// The dialect of rule groups, by their fields and by LogQL in their expressions.
fn of_rules(root: NodeRef<'_>) -> Option<Dialect> {
    let groups = || root.get("groups").into_iter().flat_map(NodeRef::items);
    let rules = || groups().filter_map(|group| group.get("rules")).flat_map(NodeRef::items);
    // Only the objects of Loki's operator say whose rules they are.
    if root.get("tenantID").is_some()
        || rules().any(|rule| rule.get("expr").and_then(|expr| expr.scalar()).is_some_and(is_logql))
    {
        return Some(Dialect::Loki);
    }
    let of_group = groups().find_map(|group| with_field(group, GROUP_FIELDS));
    let of_rule = || rules().find_map(|rule| with_field(rule, RULE_FIELDS));
    // `mimirtool` and `cortextool` write one namespace per file.
    let namespaced = || {
        root.get("namespace").is_some_and(|name| name.scalar().is_some()).then_some(Dialect::Mimir)
    };
    of_group.or_else(of_rule).or_else(namespaced)
}

/// What a step of relabelling does in vmagent only.
const RELABEL_ACTIONS: &[&str] = &[
    "keep_if_equal",
    "drop_if_equal",
    "keep_if_contains",
    "drop_if_contains",
    "keep_metrics",
    "drop_metrics",
    "replace_all",
    "labelmap_all",
    "graphite",
];

/// The dialect of a server configuration.
fn of_config(root: NodeRef<'_>) -> Option<Dialect> {
    let jobs = root.get("scrape_configs").unwrap_or(root);
    let of_agent = |job: NodeRef<'_>| {
        JOB_FIELDS.iter().any(|field| job.get(field).is_some())
            || steps(job).any(is_step_of_agent)
            || items(job, "kubernetes_sd_configs")
                .any(|found| text(found, "role") == Some("endpointslices"))
    };
    jobs.items().any(of_agent).then_some(Dialect::VictoriaMetrics)
}

fn steps(job: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    items(job, "relabel_configs").chain(items(job, "metric_relabel_configs"))
}

fn is_step_of_agent(step: NodeRef<'_>) -> bool {
    step.get("if").is_some()
        || text(step, "action").is_some_and(|action| RELABEL_ACTIONS.contains(&action))
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn text<'t>(node: NodeRef<'t>, key: &str) -> Option<&'t str> {
    node.get(key)?.scalar()
}

fn with_field(node: NodeRef<'_>, fields: &[(&str, Dialect)]) -> Option<Dialect> {
    fields.iter().find(|(field, _)| node.get(field).is_some()).map(|&(_, dialect)| dialect)
}

/// Whether an expression is LogQL: a pipe outside strings and comments, which PromQL has not, behind
/// a selector without a name. Any other pipe is a slip.
pub(super) fn is_logql(expr: &str) -> bool {
    let bytes = expr.as_bytes();
    if memchr::memchr(b'|', bytes).is_some() && has_pipe(expr) {
        return true;
    }
    memchr::memchr(b'{', bytes).is_some()
        && words_of_logql().iter().any(|word| {
            // The end of a longer name is none of them.
            let part = |at: usize| at > 0 && bytes[at - 1] == b'_';
            word.find(bytes).is_some() && !word.find_iter(bytes).any(part)
        })
}

/// What only LogQL has beside its pipes.
fn words_of_logql() -> &'static [Finder<'static>; 4] {
    static WORDS: OnceLock<[Finder<'static>; 4]> = OnceLock::new();
    WORDS.get_or_init(|| ["bytes_over_time(", "bytes_rate(", "logfmt", "unwrap "].map(Finder::new))
}

/// Whether a pipe stands outside strings and comments, and a selector without a name before it.
fn has_pipe(expr: &str) -> bool {
    let mut chars = expr.chars();
    let (mut last, mut bare) = (' ', false);
    while let Some(c) = chars.next() {
        bare |= c == '{' && !(last.is_alphanumeric() || matches!(last, '_' | ':'));
        if !c.is_whitespace() {
            last = c;
        }
        match c {
            '|' if bare => return true,
            '#' => while chars.next().is_some_and(|c| c != '\n') {},
            '"' | '\'' | '`' => {
                while let Some(inner) = chars.next() {
                    if inner == c {
                        break;
                    }
                    if inner == '\\' && c != '`' {
                        chars.next();
                    }
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_logql;

    #[test]
    fn a_pipe_outside_strings_is_logql() {
        assert!(is_logql(r#"sum(rate({app="x"} |= "error" [5m])) > 1"#));
        assert!(is_logql(r#"sum(rate({app="x"} | json | level="e" [5m])) > 1"#));
        assert!(!is_logql(r#"rate(http_requests_total{code=~"4..|5.."}[5m]) > 1"#));
        assert!(!is_logql("up == 0 # a | b"));
        assert!(!is_logql(r#"up {job="x"} | 5"#));
        assert!(!is_logql("up == 0 | 5"));
    }
}
