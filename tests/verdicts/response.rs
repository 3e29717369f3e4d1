//! OBS-C6.4 and OBS-C6.5, and what alerts say about OBS-R17.

use super::{clause, verdict};
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

/// Alerts come in, an incident is opened, people are told, somebody is assigned, it is updated
/// and resolved, and each step leaves a record.
const WHOLE: (&str, &str) = (
    "incident.py",
    r#"import logging
import requests

log = logging.getLogger(__name__)


class IncidentManager:
    def handle(self, body):
        for alert in body["alerts"]:
            known = self.find_incident(alert["fingerprint"])
            if alert["status"] == "resolved":
                self.resolve_incident(known)
            else:
                self.create_incident(alert)

    def create_incident(self, alert):
        log.info("opening for %s", alert["labels"]["alertname"])
        severity = self.map_severity(alert["labels"]["severity"])
        self.session.add(alert["fingerprint"], severity)
        self.notify_slack(alert["labels"])
        self.assign_incident(alert["fingerprint"], self.find_oncall_engineer("db"))

    def find_incident(self, fingerprint):
        return self.session.get(fingerprint)

    def map_severity(self, severity):
        return self.config[severity]

    def notify_slack(self, labels):
        requests.post(self.config["chat"], json=labels, timeout=5)

    def find_oncall_engineer(self, team):
        return self.schedule.current(team)

    def assign_incident(self, fingerprint, who):
        log.info("%s takes %s", who, fingerprint)
        self.session.update(fingerprint, who)

    def update_incident_status(self, fingerprint, status):
        log.info("%s is %s", fingerprint, status)
        self.session.update(fingerprint, status)

    def resolve_incident(self, incident):
        log.info("%s is over", incident)
        self.session.update(incident, "resolved")
"#,
);
const HOOK: (&str, &str) = (
    "alertmanager.yml",
    "route: {receiver: ops, group_by: [alertname]}\nreceivers:\n  - name: ops\n    webhook_configs:\n      - url: http://automation/\n",
);
const CHAT: (&str, &str) = (
    "alertmanager.yml",
    "route: {receiver: ops, group_by: [alertname]}\nreceivers:\n  - name: ops\n    slack_configs:\n      - api_url_file: /etc/url\n",
);

#[test]
fn automation_is_met_by_code_that_carries_an_alert_to_its_end() {
    for name in ["receiver", "notify", "assign", "lifecycle", "audited", "wired"] {
        assert_eq!(clause(&[HOOK, RULES, SERVER, WHOLE], "OBS-R17", name), Verdict::Met, "{name}");
    }
    assert_eq!(verdict(&[HOOK, RULES, SERVER, WHOLE], "OBS-R17"), Verdict::Met);
    assert_eq!(verdict(&[HOOK, RULES, SERVER, WHOLE], "OBS-C6.3"), Verdict::Met);
}

#[test]
fn automation_is_partly_met_by_stubs_or_with_stages_missing() {
    let body = "        requests.post(self.config[\"chat\"], json=labels, timeout=5)";
    let stub = WHOLE.1.replace(body, "        pass");
    let files = [HOOK, RULES, SERVER, ("incident.py", stub.as_str())];
    assert_eq!(clause(&files, "OBS-R17", "notify"), Verdict::Partly);
    assert_eq!(verdict(&files, "OBS-R17"), Verdict::Partly);
    let unassigned =
        WHOLE.1.replace("assign_incident", "keep").replace("find_oncall_engineer", "ask");
    let files = [HOOK, RULES, SERVER, ("incident.py", unassigned.as_str())];
    assert_eq!(clause(&files, "OBS-R17", "assign"), Verdict::NotMet);
    assert_eq!(verdict(&files, "OBS-R17"), Verdict::Partly);
    let silent = WHOLE.1.replace("log.info(", "str(");
    let files = [HOOK, RULES, SERVER, ("incident.py", silent.as_str())];
    assert_eq!(clause(&files, "OBS-R17", "audited"), Verdict::NotMet);
}

#[test]
fn automation_is_partly_met_by_a_product_alone() {
    assert_eq!(verdict(&[PAGER, RULES, SERVER], "OBS-R17"), Verdict::Partly);
    assert_eq!(clause(&[PAGER, RULES, SERVER, SCHEDULE], "OBS-R17", "assign"), Verdict::Partly);
    assert_eq!(clause(&[CHAT, RULES, SERVER, SCHEDULE], "OBS-R17", "assign"), Verdict::Partly);
}

#[test]
fn automation_is_not_met_where_alerts_only_reach_a_chat() {
    assert_eq!(verdict(&[CHAT, RULES, SERVER], "OBS-R17"), Verdict::NotMet);
    assert_eq!(verdict(&[CHAT, RULES, SERVER], "OBS-C6.3"), Verdict::NotMet);
}

#[test]
fn automation_in_a_language_that_is_not_read_is_unknown() {
    let service = (
        "compose.yaml",
        "services:\n  responder:\n    build: ./responder\n    ports: ['8080:8080']\n",
    );
    let files = [
        CHAT,
        RULES,
        SERVER,
        service,
        (
            "responder/composer.json",
            "{\"name\": \"acme/responder\", \"require\": {\"php\": \"8.3\"}}",
        ),
        ("responder/Dockerfile", "FROM php:8\nCOPY . .\nEXPOSE 80\n"),
        ("responder/index.php", "<?php\necho 'ok';\n"),
    ];
    assert_eq!(clause(&files, "OBS-R17", "receiver"), Verdict::Unknown);
}
