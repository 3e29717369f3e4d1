//! The collector's half of C1.2: three pillars configured.

use super::assessed;

const PROMETHEUS: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s}\nscrape_configs: [{job_name: a, static_configs: [{targets: [\"a:80\"]}]}]\n",
);

fn collector(traces: &str) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{grpc: {{endpoint: \"localhost:4317\"}}}}}}\n\
         processors:\n  memory_limiter: {{check_interval: 1s, limit_mib: 400}}\n  batch: {{}}\n\
         exporters:\n  otlp: {{endpoint: \"tempo:4317\"}}\n\
         service:\n  pipelines:\n    traces: {{receivers: [otlp], processors: [memory_limiter, {traces}], exporters: [otlp]}}\n"
    )
}

/// The result of the clause on the collector's pipelines.
fn clause(traces: &str) -> String {
    let config = collector(traces);
    let found = assessed(&[PROMETHEUS, ("otel.yaml", &config)], "OBS-C1.2");
    let clause = found.clauses.iter().find(|clause| clause.clause.id == "collector");
    clause.map(|clause| clause.result.name().to_owned()).unwrap_or_default()
}

#[test]
fn a_refused_pipeline_is_no_evidence() {
    assert_eq!(clause("batch"), "met");
    assert_eq!(clause("bacth"), "partly");
}
