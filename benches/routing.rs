//! Alerts times routes: the budget of the design is 10,000 × 1,000 in two seconds, read, walked
//! and judged by the rules that ask for the walk.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop"
)]

use obsproof::catalogue;
use obsproof::check;
use obsproof::repo::model::Model;
use obsproof::scan;
use obsproof::source::{Encoding, Source};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

const ALERTS: usize = 10_000;
const ROUTES: usize = 1_000;

fn main() {
    let files = [("alertmanager.yml", routes()), ("alerts.yml", alerts())];
    let sources = files
        .iter()
        .map(|(path, text)| Source::new((*path).to_owned(), text.clone(), Encoding::Utf8))
        .collect();
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let repo = scan::model(sources, paths);

    let start = Instant::now();
    let model = Model::new(&repo);
    let routing = black_box(model.routing());
    let walked = start.elapsed();
    println!(
        "{} alerts × {} routes: {} walks in {:.3} s",
        repo.facts.alert_rules.len(),
        repo.facts.routes.len(),
        routing.managers.iter().map(|manager| manager.walks.len()).sum::<usize>(),
        walked.as_secs_f64()
    );

    let codes = [
        "AMGR021", "AMGR025", "AMGR026", "AMGR027", "AMGR028", "AMGR029", "AMGR030", "AMGR031",
        "AMGR032", "AMGR035",
    ];
    for code in codes {
        let Some(rule) = catalogue::by_code(code) else { continue };
        let start = Instant::now();
        let found: usize =
            check::check(&repo, &[rule]).iter().map(|outcome| outcome.findings.len()).sum();
        println!("{code}: {found} findings in {:.3} s", start.elapsed().as_secs_f64());
    }
}

/// A tree as a large company has it: teams, below them severities and services.
fn routes() -> String {
    let mut text = String::from("route:\n  receiver: r\n  routes:\n");
    for team in 0..ROUTES / 5 {
        let _ = writeln!(
            text,
            "    - receiver: r\n      matchers: ['team=\"t{team}\"']\n      routes:"
        );
        for severity in ["critical", "warning"] {
            let _ = writeln!(
                text,
                "        - receiver: r\n          matchers: ['severity=\"{severity}\"']"
            );
        }
        for service in 0..2 {
            let _ = writeln!(
                text,
                "        - receiver: r\n          matchers: ['service=~\"s{service}.*\"', 'alertname!=\"A1\"']"
            );
        }
    }
    text.push_str("inhibit_rules:\n  - source_matchers: ['severity=\"critical\"']\n    target_matchers: ['severity=\"warning\"']\n    equal: [alertname, namespace]\n");
    text.push_str(
        "receivers:\n  - name: r\n    slack_configs: [{channel: '#a', api_url_file: /a}]\n",
    );
    text
}

fn alerts() -> String {
    let mut text = String::from("groups:\n  - name: g\n    rules:\n");
    for alert in 0..ALERTS {
        let team = alert % (ROUTES / 4);
        let severity = if alert % 3 == 0 { "critical" } else { "warning" };
        let _ = writeln!(
            text,
            "      - alert: A{alert}\n        expr: sum by (service, namespace) (m{alert}) > {alert}\n        labels: {{team: t{team}, severity: {severity}}}"
        );
    }
    text
}
