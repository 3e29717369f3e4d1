//! What declarations do to verdicts.

use super::assessed_with;
use obsproof::config;
use obsproof::verdict::{Assessed, Exempt};

const RULES: (&str, &str) =
    ("alerts.yml", "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n");
const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s}\nscrape_configs:\n  - job_name: prometheus\n    static_configs: [{targets: [\"localhost:9090\"]}]\n",
);

/// A requirement in a repository where this is declared.
fn declared(files: &[(&str, &str)], id: &str, statement: &str) -> Assessed {
    signed(files, id, statement, "Ada Byron")
}

fn signed(files: &[(&str, &str)], id: &str, statement: &str, approver: &str) -> Assessed {
    let text = format!(
        "[[declare]]\n{statement}\nowner = \"Platform\"\nreason = \"contract 12\"\napprover = \"{approver}\"\nexpires = 2027-06-30\n"
    );
    let settings = config::read("obsproof.toml", text, "2026-11-26").expect("a configuration");
    assessed_with(files, id, settings)
}

#[track_caller]
fn is(assessed: &Assessed, verdict: &str, reason: &str) {
    assert_eq!(assessed.verdict.name(), verdict, "{}", assessed.reason);
    assert!(assessed.reason.contains(reason), "{}", assessed.reason);
}

#[test]
fn what_others_run_a_person_attests() {
    let files = [SERVER, RULES];
    let logs = "managed = [\"logs\"]\nprovider = \"Datadog\"\nretention = \"30d\"";
    let said = "logs managed by Datadog, kept 30d: contract 12 (declared by Platform, approved by Ada Byron until 2027-06-30)";
    is(&declared(&files, "OBS-C4.2", logs), "needs-attestation", said);
    is(&declared(&files, "OBS-C4.3", logs), "needs-attestation", "kept 30d");
    is(&declared(&files, "OBS-R11", logs), "partly", "logs managed by Datadog");
    let traces = "managed = [\"traces\"]";
    is(&declared(&files, "OBS-R07", traces), "needs-attestation", "traces managed by others");
    is(&declared(&files, "OBS-R07", logs), "not-met", "nothing found");
    // What nobody else approved changes nothing.
    is(&signed(&files, "OBS-R07", traces, "Platform"), "not-met", "nothing found");
}

#[test]
fn an_interface_that_others_run_is_attested() {
    let said = "managed = [\"log-analysis\"]\nprovider = \"Acme\"";
    for requirement in ["OBS-R12", "OBS-C4.5"] {
        let managed = declared(&[SERVER, RULES], requirement, said);
        is(&managed, "needs-attestation", "log-analysis managed by Acme");
        // Searches that the repository holds are looked at all the same.
        let search = (
            "search.json",
            r#"{"size": 0, "query": {"term": {"level": "ERROR"}}, "aggs": {"s": {"terms": {"field": "service", "size": 500}}}}"#,
        );
        let held = declared(&[SERVER, RULES, search], requirement, said);
        assert_eq!(held.verdict.name(), "partly", "{}", held.reason);
        let alone = declared(&[SERVER, RULES], requirement, "managed = [\"metrics\"]");
        is(&alone, "not-met", "nothing found");
    }
}

#[test]
fn what_does_not_apply_by_declaration_is_counted_apart() {
    let away = declared(&[RULES], "OBS-C8.1", "not-applicable = [\"OBS-C8.1\"]");
    is(&away, "not-applicable", "contract 12");
    assert_eq!((away.exempt, &away.declared[..]), (Some(Exempt::Declaration), &[0][..]));
    let library = declared(
        &[("a.go", "package a\n"), ("go.mod", "module a\n")],
        "OBS-R04",
        "role = \"library\"",
    );
    is(&library, "not-applicable", "a library");
    assert_eq!(library.exempt, Some(Exempt::Declaration));
}

#[test]
fn what_is_there_stands_against_a_declaration() {
    let there = declared(&[SERVER, RULES], "OBS-R04", "not-applicable = [\"OBS-R04\"]");
    is(&there, "partly", "declared not applicable, but see prometheus.yml:2");
    assert_eq!(there.exempt, None);
}
