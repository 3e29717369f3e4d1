//! OBS-C6.4 and OBS-C6.5, and what alerts say about OBS-R17.

use crate::{clause, verdict};
use obsproof::catalogue::by_code;
use obsproof::verdict::Verdict;

const PAGER: (&str, &str) = (
    "alertmanager.yml",
    "route: {receiver: ops, group_by: [alertname]}\nreceivers:\n  - name: ops\n    pagerduty_configs:\n      - routing_key_file: /etc/key\n",
);
const RULES: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: a\n    rules:\n      - alert: DiskFull\n        expr: disk_free < 1\n        for: 5m\n        labels: {severity: critical, team: db}\n        annotations: {summary: s, description: d, runbook_url: runbooks/disk.md}\n",
);
const SERVER: (&str, &str) = (
    "prometheus.yml",
    "rule_files: [rules.yml]\nscrape_configs:\n  - job_name: app\n    static_configs: [{targets: ['app:80']}]\nalerting:\n  alertmanagers:\n    - static_configs: [{targets: ['am:9093']}]\n",
);
const SCHEDULE: (&str, &str) =
    ("oncall.tf", "resource \"pagerduty_schedule\" \"db\" {\n  name = \"DB weekly\"\n}\n");
const OTHER: (&str, &str) =
    ("oncall.tf", "resource \"pagerduty_schedule\" \"web\" {\n  name = \"Web weekly\"\n}\n");
const RUNBOOK: (&str, &str) =
    ("runbooks/disk.md", "# Disk\n## Impact\n## Diagnosis\n## Fix\n## Escalation\n");
const THIN: (&str, &str) = ("runbooks/disk.md", "# Disk\nFree some space.\n");

#[test]
fn on_call_is_met_by_a_schedule_for_each_owner_and_a_pager() {
    let clauses = ["schedule", "every-owner"];
    for name in clauses {
        let result = clause(&[PAGER, RULES, SERVER, SCHEDULE], "OBS-C6.4", name);
        assert_eq!(result, Verdict::Met, "{name}");
    }
    // Until each rule on the pager's clause is there, nobody can say that all of it holds.
    let built = ["AMGR024", "AMGR029", "AMGR039"].iter().all(|code| by_code(code).is_some());
    let expected = if built { Verdict::Met } else { Verdict::Unknown };
    assert_eq!(verdict(&[PAGER, RULES, SERVER, SCHEDULE], "OBS-C6.4"), expected);
}

#[test]
fn on_call_is_partly_met_by_a_pager_alone_or_a_schedule_for_others() {
    assert_eq!(verdict(&[PAGER, RULES, SERVER], "OBS-C6.4"), Verdict::Partly);
    assert_eq!(verdict(&[PAGER, RULES, SERVER, OTHER], "OBS-C6.4"), Verdict::Partly);
    assert_eq!(clause(&[PAGER, RULES, SERVER, OTHER], "OBS-C6.4", "every-owner"), Verdict::NotMet);
}

#[test]
fn on_call_needs_attestation_where_nothing_is_found() {
    assert_eq!(verdict(&[RULES, SERVER], "OBS-C6.4"), Verdict::NeedsAttestation);
}

#[test]
fn runbooks_are_met_by_full_pages_that_critical_alerts_link() {
    assert_eq!(verdict(&[RULES, SERVER, RUNBOOK], "OBS-C6.5"), Verdict::Met);
    // A page elsewhere is for a person to attest.
    let rules = RULES.1.replace("runbooks/disk.md", "https://wiki.acme.io/disk");
    assert_eq!(verdict(&[("rules.yml", &rules), SERVER], "OBS-C6.5"), Verdict::Met);
}

#[test]
fn runbooks_are_partly_met_by_thin_pages_dead_links_or_some_links() {
    assert_eq!(verdict(&[RULES, SERVER, THIN], "OBS-C6.5"), Verdict::Partly);
    assert_eq!(verdict(&[RULES, SERVER], "OBS-C6.5"), Verdict::Partly);
    let second = "      - alert: DiskSlow\n        expr: disk_wait > 1\n        for: 5m\n        labels: {severity: critical, team: db}\n        annotations: {summary: s, description: d}\n";
    let rules = format!("{}{second}", RULES.1);
    assert_eq!(verdict(&[("rules.yml", &rules), SERVER, RUNBOOK], "OBS-C6.5"), Verdict::Partly);
}

#[test]
fn runbooks_are_not_met_without_a_link() {
    let rules = RULES.1.replace(", runbook_url: runbooks/disk.md", "");
    assert_eq!(verdict(&[("rules.yml", &rules), SERVER, RUNBOOK], "OBS-C6.5"), Verdict::NotMet);
}

#[test]
fn automation_that_nothing_calls_is_not_wired() {
    let handler =
        ("handler.py", "def handle(alert):\n    open_incident(alert['labels']['alertname'])\n");
    let wired = |files: &[(&str, &str)]| clause(files, "OBS-R17", "wired");
    assert_eq!(wired(&[PAGER, RULES, SERVER, handler]), Verdict::Partly);
    let hook = PAGER.1.replace("pagerduty_configs", "webhook_configs");
    let hook = hook.replace("routing_key_file: /etc/key", "url: http://automation/");
    assert_eq!(wired(&[("alertmanager.yml", &hook), RULES, SERVER, handler]), Verdict::Met);
    let chat = PAGER.1.replace("pagerduty_configs", "slack_configs");
    let chat = chat.replace("routing_key_file: /etc/key", "api_url_file: /etc/url");
    assert_eq!(wired(&[("alertmanager.yml", &chat), RULES, SERVER, handler]), Verdict::NotMet);
}
