//! OBS-C4.2.

use super::{assessed, assessed_with, clause};
use obsproof::config;
use obsproof::verdict::Verdict;

type Files = Vec<(&'static str, &'static str)>;

const STORE: (&str, &str) = (
    "compose.yaml",
    "services:\n  shop: {image: \"acme/shop:1\"}\n  elasticsearch: {image: \"docker.elastic.co/elasticsearch/elasticsearch:8.15.0\"}\n  fluent-bit:\n    image: fluent/fluent-bit:3.1.0\n    volumes: [\"./fluent-bit.conf:/fluent-bit/etc/fluent-bit.conf\"]\n",
);
const SHIPPER: (&str, &str) = (
    "fluent-bit.conf",
    "[SERVICE]\n    Flush 1\n    storage.path /var/fb\n[INPUT]\n    Name tail\n    Path /var/lib/docker/containers/*/*.log\n    Exclude_Path /var/lib/docker/containers/*fluent*/*\n    Tag docker.*\n    DB /var/fb/tail.db\n    storage.type filesystem\n[OUTPUT]\n    Name es\n    Match docker.*\n    Host elasticsearch\n    Suppress_Type_Name On\n    Retry_Limit no_limits\n",
);

fn edited(
    file: (&'static str, &'static str),
    from: &str,
    to: &str,
) -> (&'static str, &'static str) {
    assert!(file.1.contains(from), "{from}");
    (file.0, Box::leak(file.1.replace(from, to).into_boxed_str()))
}

#[track_caller]
fn holds(files: &Files, expected: Verdict) {
    let one = assessed(files, "OBS-C4.2");
    let clauses: Vec<String> = one
        .clauses
        .iter()
        .map(|it| format!("{}: {:?} {} {:?}", it.clause.id, it.result, it.reason, it.findings))
        .collect();
    assert_eq!(one.verdict, expected, "{}\n{}", one.reason, clauses.join("\n"));
}

/// Met, as far as the rules of this release can say.
#[track_caller]
fn is_met(one: &obsproof::verdict::Assessed) {
    let pending = one.reason.starts_with("met or partly; not yet analysed: ");
    let clean = one.clauses.iter().all(|clause| clause.findings.is_empty());
    assert!(one.verdict == Verdict::Met || (pending && clean), "{:?} {}", one.verdict, one.reason);
}

#[test]
fn met_where_all_logs_reach_a_protected_store() {
    is_met(&assessed(&[STORE, SHIPPER], "OBS-C4.2"));
}

#[test]
fn partly_where_some_logs_do_or_the_way_is_open() {
    let some = edited(SHIPPER, "/var/lib/docker/containers/*/*.log", "/var/log/shop.log");
    holds(&vec![STORE, some], Verdict::Partly);
    let far = edited(SHIPPER, "Host elasticsearch", "Host logs.example.com");
    holds(&vec![STORE, far], Verdict::Partly);
    let missing = edited(SHIPPER, "Host elasticsearch", "Host elastic");
    holds(&vec![STORE, missing], Verdict::Partly);
    let faulty = edited(SHIPPER, "Match docker.*", "Macth docker.*");
    holds(&vec![STORE, faulty], Verdict::Partly);
}

#[test]
fn partly_where_logs_end_on_their_machine() {
    let local = edited(SHIPPER, "Name es", "Name file");
    let files = vec![STORE, local];
    assert_eq!(clause(&files, "OBS-C4.2", "every-service"), Verdict::NotMet);
    assert_eq!(clause(&files, "OBS-C4.2", "secured"), Verdict::NotMet);
    let relayed = edited(SHIPPER, "Name es", "Name forward");
    assert_eq!(clause(&[STORE, relayed], "OBS-C4.2", "every-service"), Verdict::Partly);
}

#[test]
fn not_met_without_any_shipper() {
    holds(
        &vec![("compose.yaml", "services:\n  shop: {image: \"acme/shop:1\"}\n")],
        Verdict::NotMet,
    );
}

#[test]
fn another_store_needs_an_approved_declaration() {
    let compose = edited(
        STORE,
        "elasticsearch: {image: \"docker.elastic.co/elasticsearch/elasticsearch:8.15.0\"}",
        "loki: {image: \"grafana/loki:3.2.0\"}",
    );
    let shipper = edited(SHIPPER, "Name es", "Name loki");
    let shipper = edited(shipper, "Host elasticsearch\n    Suppress_Type_Name On", "Host loki");
    let files = vec![compose, shipper];
    holds(&files, Verdict::Partly);
    let declared = "[[declare]]\nequivalent = \"loki\"\nfor = \"elk\"\nowner = \"platform\"\nreason = \"cheaper\"\napprover = \"cto\"\nexpires = 2099-01-01\n";
    let settings =
        config::read("obsproof.toml", declared.to_owned(), "2026-01-01").expect("a configuration");
    let one = assessed_with(&files, "OBS-C4.2", settings);
    is_met(&one);
}

#[test]
fn lost_logs_are_kept_and_noticed() {
    let loss = |files: &Files| clause(files, "OBS-C4.2", "loss");
    let alert = (
        "rules.yml",
        "groups:\n  - name: logs\n    rules:\n      - alert: Lost\n        expr: 'rate(fluentbit_output_errors_total[5m]) > 0'\n        for: 10m\n",
    );
    let kept = vec![STORE, SHIPPER];
    assert_eq!(loss(&kept), Verdict::Partly);
    assert_eq!(loss(&vec![STORE, SHIPPER, alert]), Verdict::Met);
    let volatile = edited(SHIPPER, "    storage.type filesystem\n", "");
    let volatile = edited(volatile, "    Retry_Limit no_limits\n", "");
    assert_eq!(loss(&vec![STORE, volatile]), Verdict::NotMet);
}

#[test]
fn a_store_that_is_built_here_is_known_by_its_base() {
    let compose = "services:\n  logs:\n    image: acme/logs:1\n    build: {context: ., dockerfile: \"${LOGS}\"}\n";
    let files = [
        ("compose.yaml", compose),
        (".env", "LOGS=./logs/Dockerfile\n"),
        ("logs/Dockerfile", "FROM public.ecr.aws/opensearchproject/opensearch:3.7.0\n"),
    ];
    let one = assessed(&files, "OBS-R11");
    let store = one.clauses.iter().find(|it| it.clause.id == "store").expect("the clause");
    assert!(store.reason.contains("OpenSearch for ELK is not approved"), "{}", store.reason);
}
