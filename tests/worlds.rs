//! Of which kinds of facts a repository holds all there are.

use obsproof::config::WORLDS;
use obsproof::scan;
use obsproof::source::{Encoding, Source};

fn closed(files: &[(&str, &str)]) -> Vec<&'static str> {
    let mut files = files.to_vec();
    files.sort_unstable();
    let source = |(path, text): &(&str, &str)| {
        Source::new((*path).to_owned(), (*text).to_owned(), Encoding::Utf8)
    };
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let repo = scan::model(files.iter().map(source).collect(), paths);
    let all = WORLDS.iter().filter(|(world, _)| repo.holds_all(*world));
    all.map(|(_, name)| *name).collect()
}

const ALERTS: (&str, &str) =
    ("alerts.yml", "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]");
const ROUTES: (&str, &str) = ("alertmanager.yml", "route: {receiver: a}\nreceivers: [{name: a}]");
const SERVER: &str =
    "global: {}\nscrape_configs: [{job_name: a, static_configs: [{targets: ['a:1']}]}]\n";

#[test]
fn what_is_written_here_is_all_there_is() {
    assert_eq!(closed(&[ALERTS, ROUTES]), ["alerts", "routes", "records"]);
    let server = ("prometheus.yml", SERVER);
    assert_eq!(
        closed(&[ALERTS, ROUTES, server]),
        ["alerts", "routes", "metrics", "records", "endpoints"]
    );
}

#[test]
fn signs_of_more_open_a_world() {
    let lost = format!("{SERVER}rule_files: [gone/*.yml]\n");
    assert_eq!(closed(&[ALERTS, ("prometheus.yml", &lost)]), ["metrics", "endpoints"]);
    let broken = ("more.yml", "groups:\n- name: a\n  rules:\n  - alert: A\n   expr: up\n");
    assert_eq!(closed(&[ALERTS, ROUTES, broken]), ["routes"]);
    let chart = (
        "Chart.yaml",
        "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{name: kube-prometheus-stack, version: 1.0.0}]\n",
    );
    assert!(closed(&[ALERTS, ROUTES, chart]).is_empty());
    assert_eq!(closed(&[ALERTS, ("mixin/a.libsonnet", "{}")]), Vec::<&str>::new());
    let federated = format!("{SERVER}  metrics_path: /federate\n").replace(
        "[{job_name: a, static_configs: [{targets: ['a:1']}]}]\n",
        "\n- job_name: a\n  static_configs: [{targets: ['a:1']}]\n",
    );
    assert_eq!(closed(&[ALERTS, ("prometheus.yml", &federated)]), ["alerts", "endpoints"]);
}
