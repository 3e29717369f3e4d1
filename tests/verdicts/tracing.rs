//! OBS-R07, OBS-C3.1 and OBS-C3.2.

use super::{assessed_with, clause, verdict};
use obsproof::catalogue::by_code;
use obsproof::config::{self, Settings};
use obsproof::verdict::Verdict;

const COMPOSE: (&str, &str) = (
    "compose.yml",
    "services:\n  jaeger: {image: \"jaegertracing/jaeger:2.20.0\", command: [--config=/etc/jaeger.yml]}\n  shop: {image: \"acme/shop:1\"}\n",
);
const JAEGER: &str = "\
extensions:
  jaeger_storage:
    backends:
      main:
        cassandra:
          schema: {keyspace: jaeger, trace_ttl: 168h}
          connection: {servers: [\"cassandra:9042\"], auth: {basic: {username: jaeger, password: \"${env:PASSWORD}\"}}}
  jaeger_query: {storage: {traces: main}}
receivers: {otlp: {protocols: {grpc: {endpoint: \"jaeger:4317\"}}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 512}
  probabilistic_sampler: {sampling_percentage: 10}
exporters: {jaeger_storage_exporter: {trace_storage: main}}
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, probabilistic_sampler], exporters: [jaeger_storage_exporter]}
";
const TEMPO: (&str, &str) = (
    "tempo.yml",
    "distributor: {receivers: {otlp: {protocols: {grpc: {}}}}}\ncompactor: {compaction: {block_retention: 168h}}\nstorage: {trace: {backend: s3, s3: {bucket: traces}}}\n",
);
const SAMPLED: (&str, &str) = (
    "collector.yml",
    "receivers: {otlp: {protocols: {grpc: {}}}}\nprocessors:\n  memory_limiter: {check_interval: 1s, limit_mib: 512}\n  probabilistic_sampler: {sampling_percentage: 10}\nexporters: {otlp: {endpoint: \"tempo:4317\", tls: {insecure: true}}}\nservice: {pipelines: {traces: {receivers: [otlp], processors: [memory_limiter, probabilistic_sampler], exporters: [otlp]}}}\n",
);
const GRAFANA: (&str, &str) = (
    "compose.yml",
    "services:\n  tempo: {image: \"grafana/tempo:2.6.0\"}\n  grafana: {image: \"grafana/grafana:11.0.0\"}\n  shop: {image: \"acme/shop:1\"}\n",
);
const SHOP: (&str, &str) = ("compose.yml", "services:\n  shop: {image: \"acme/shop:1\"}\n");
const SCRAPED: (&str, &str) = (
    "prometheus.yml",
    "scrape_configs:\n  - job_name: shop\n    static_configs: [{targets: ['shop:80']}]\n",
);

/// A configuration with one statement that counts.
fn declared(statement: &str) -> Settings {
    let text = format!(
        "[[declare]]\n{statement}\nowner = \"Platform\"\nreason = \"contract 12\"\napprover = \"Architects\"\nexpires = 2027-06-30\n"
    );
    config::read("obsproof.toml", text, "2026-11-26").expect("a configuration")
}

fn jaeger() -> (&'static str, &'static str) {
    ("jaeger.yml", JAEGER)
}

/// Met; until every rule on its clauses is there, nobody can say so.
fn met(codes: &[&str]) -> Verdict {
    let built = codes.iter().all(|code| by_code(code).is_some());
    if built { Verdict::Met } else { Verdict::Unknown }
}

#[test]
fn tracing_is_met_by_jaeger_with_all_that_is_asked() {
    for id in ["OBS-R07", "OBS-C3.1"] {
        assert_eq!(verdict(&[COMPOSE, jaeger()], id), met(&["OTCL001", "OTCL004"]), "{id}");
    }
}

#[test]
fn tracing_is_partly_met_with_memory_a_default_time_an_old_release_or_a_password() {
    let partly = |text: &str| {
        assert_eq!(verdict(&[COMPOSE, ("jaeger.yml", text)], "OBS-R07"), Verdict::Partly, "{text}");
    };
    let start = JAEGER.find("        cassandra:").unwrap();
    let end = JAEGER.find("  jaeger_query:").unwrap();
    let memory =
        format!("{}        memory: {{max_traces: 1000}}\n{}", &JAEGER[..start], &JAEGER[end..]);
    partly(&memory);
    partly(&JAEGER.replace(", trace_ttl: 168h", ""));
    partly(&JAEGER.replace("${env:PASSWORD}", "hunter2"));
    partly(
        &JAEGER
            .replace("  probabilistic_sampler: {sampling_percentage: 10}\n", "")
            .replace(", probabilistic_sampler", ""),
    );
    let old = (
        "compose.yml",
        "services:\n  jaeger: {image: \"jaegertracing/all-in-one:1.60\", environment: {SPAN_STORAGE_TYPE: badger, BADGER_EPHEMERAL: \"false\", BADGER_SPAN_STORE_TTL: 168h}}\n  shop: {image: \"acme/shop:1\"}\n",
    );
    let strategies = (
        "strategies.json",
        "{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": 0.1}}",
    );
    assert_eq!(clause(&[old, strategies], "OBS-R07", "backend"), Verdict::Partly);
    assert_eq!(verdict(&[old, strategies], "OBS-R07"), Verdict::Partly);
    assert_eq!(verdict(&[old, strategies], "OBS-C3.1"), Verdict::Partly);
}

#[test]
fn another_store_meets_tracing_only_where_that_is_approved() {
    let files = [GRAFANA, TEMPO, SAMPLED];
    assert_eq!(verdict(&files, "OBS-R07"), Verdict::Partly);
    let settings = declared("equivalent = \"tempo\"\nfor = \"jaeger\"");
    let assessed = assessed_with(&files, "OBS-R07", settings);
    eprintln!("{:?} {}", assessed.verdict, assessed.reason);
    assert_eq!(assessed.verdict, met(&["OTCL001", "OTCL004"]));
    let texts: Vec<&str> = assessed
        .clauses
        .iter()
        .flat_map(|clause| &clause.equivalents)
        .map(|equivalent| equivalent.text.as_str())
        .collect();
    assert!(texts.contains(&"Tempo for Jaeger"), "{texts:?}");
}

#[test]
fn tracing_is_not_met_without_a_store_and_attested_where_others_run_it() {
    for id in ["OBS-R07", "OBS-C3.1"] {
        assert_eq!(verdict(&[SHOP, SCRAPED], id), Verdict::NotMet, "{id}");
    }
    let settings = declared("managed = [\"traces\"]\nprovider = \"Acme\"");
    let assessed = assessed_with(&[SHOP, SCRAPED], "OBS-R07", settings);
    assert_eq!(assessed.verdict, Verdict::NeedsAttestation);
}

#[test]
fn a_hosted_store_counts_in_part_until_it_is_declared() {
    let hosted = (
        "collector.yml",
        "receivers: {otlp: {protocols: {grpc: {}}}}\nexporters: {otlp: {endpoint: \"api.honeycomb.io:443\"}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [otlp]}}}\n",
    );
    assert_eq!(clause(&[SHOP, hosted], "OBS-R07", "backend"), Verdict::Partly);
}

#[test]
fn sampling_is_met_by_a_stated_rate_that_all_layers_agree_on() {
    let codes = ["OTCL011", "OTCL012", "OTCL023"];
    assert_eq!(clause(&[COMPOSE, jaeger()], "OBS-C3.2", "value"), met(&codes));
    assert_eq!(verdict(&[COMPOSE, jaeger()], "OBS-C3.2"), met(&codes));
    let strategy = (
        "strategy.yml",
        "observability:\n  metrics: {retention: 15d}\n  traces: {retention: 7d, sampling_rate: 0.1}\n",
    );
    for name in ["value", "consistent"] {
        let result = clause(&[COMPOSE, jaeger(), strategy], "OBS-C3.2", name);
        assert_ne!(result, Verdict::Partly, "{name}");
        assert_ne!(result, Verdict::NotMet, "{name}");
    }
}

#[test]
fn sampling_is_partly_met_where_layers_disagree_or_a_default_decides() {
    let strategy = (
        "strategy.yml",
        "observability:\n  metrics: {retention: 15d}\n  traces: {retention: 7d, sampling_rate: 0.5}\n",
    );
    assert_eq!(verdict(&[COMPOSE, jaeger(), strategy], "OBS-C3.2"), Verdict::Partly);
    let bare = (
        "strategies.json",
        "{\"service_strategies\": [{\"service\": \"shop\", \"type\": \"probabilistic\", \"param\": 0.1}]}",
    );
    let old = (
        "compose.yml",
        "services:\n  jaeger: {image: \"jaegertracing/all-in-one:1.60\"}\n  shop: {image: \"acme/shop:1\"}\n",
    );
    assert_eq!(verdict(&[old, bare], "OBS-C3.2"), Verdict::Partly);
}

#[test]
fn sampling_is_not_met_without_any_and_does_not_apply_without_traces() {
    let old = (
        "compose.yml",
        "services:\n  jaeger: {image: \"jaegertracing/all-in-one:1.60\"}\n  shop: {image: \"acme/shop:1\"}\n",
    );
    assert_eq!(verdict(&[old], "OBS-C3.2"), Verdict::NotMet);
    assert_eq!(verdict(&[SHOP, SCRAPED], "OBS-C3.2"), Verdict::NotApplicable);
}
