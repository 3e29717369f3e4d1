//! Searches on logs (R12, C4.5).

use super::{assessed, clause};
use obsproof::verdict::Verdict;

const SERVICE: (&str, &str) = ("compose.yml", "services:\n  api: {image: \"example/api:1.0\"}\n");
const ERRORS: &str = r#""errors": {"size": 0, "query": {"term": {"level": "ERROR"}}, "aggs": {"s": {"terms": {"field": "service", "size": 500}}}}"#;
const SLOW: &str = r#""slow": {"size": 50, "query": {"range": {"duration_ms": {"gte": 1000}}}}"#;
const TRACE: &str = r#""trace": {"size": 1000, "query": {"term": {"trace_id": "{{id}}"}}}"#;
const USER: &str = r#""user": {"size": 100, "query": {"term": {"user_id": "{{user}}"}}}"#;

fn searches(bodies: &[&str]) -> String {
    format!("{{\"queries\": {{{}}}}}", bodies.join(", "))
}

fn is(expected: &str, files: &[(&str, &str)]) {
    for requirement in ["OBS-R12", "OBS-C4.5"] {
        let found = assessed(files, requirement);
        assert_eq!(found.verdict.name(), expected, "{requirement}: {}\n{files:?}", found.reason);
    }
}

#[test]
fn four_purposes_that_are_valid_meet_it() {
    is("met", &[SERVICE, ("searches.json", &searches(&[ERRORS, SLOW, TRACE, USER]))]);
}

#[test]
fn fewer_purposes_meet_it_in_part() {
    is("partly", &[SERVICE, ("searches.json", &searches(&[ERRORS]))]);
    is("partly", &[SERVICE, ("searches.json", &searches(&[ERRORS, SLOW]))]);
    is("partly", &[SERVICE, ("searches.json", &searches(&[SLOW, TRACE, USER]))]);
}

#[test]
fn placeholders_and_faults_leave_it_in_part() {
    let left = TRACE.replace("{{id}}", "TRACE_ID_HERE");
    is("partly", &[SERVICE, ("searches.json", &searches(&[ERRORS, SLOW, &left, USER]))]);
    let broken = SLOW.replace("range", "rnage");
    is("partly", &[SERVICE, ("searches.json", &searches(&[ERRORS, SLOW, TRACE, USER, &broken]))]);
}

#[test]
fn nothing_does_not_meet_it() {
    is("not-met", &[SERVICE]);
    let other = r#"{"query": {"match_all": {}}, "aggs": {"a": {"terms": {"field": "color", "size": 5}}}, "size": 0}"#;
    is("not-met", &[SERVICE, ("search.json", other)]);
}

#[test]
fn a_library_has_no_store_to_search() {
    is(
        "not-applicable",
        &[("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", "pub fn a() {}\n")],
    );
}

#[test]
fn saved_objects_and_panels_serve_as_well() {
    let object = |title: &str, columns: &str, words: &str| {
        format!(
            "{{\"type\": \"search\", \"id\": \"{title}\", \"attributes\": {{\"title\": \"{title}\", \"columns\": [{columns}], \"kibanaSavedObjectMeta\": {{\"searchSourceJSON\": \"{{\\\"query\\\":{{\\\"query\\\":\\\"{words}\\\",\\\"language\\\":\\\"kuery\\\"}}}}\"}}}}, \"references\": []}}\n"
        )
    };
    let exported = [
        object("a", "\"service.name\"", "log.level: error"),
        object("b", "", "event.duration >= 1000000000"),
        object("c", "", "trace.id: *abc*"),
        object("d", "", "user.id: 42"),
    ]
    .concat();
    is("met", &[SERVICE, ("kibana.ndjson", &exported)]);
    let panel = |title: &str, expr: &str| {
        format!(
            "{{\"type\": \"logs\", \"title\": \"{title}\", \"datasource\": {{\"type\": \"loki\"}}, \"targets\": [{{\"expr\": \"{expr}\"}}]}}"
        )
    };
    let board = format!(
        "{{\"title\": \"Logs\", \"schemaVersion\": 39, \"panels\": [{}, {}, {}, {}]}}",
        panel("a", "sum by (app) (count_over_time({app=~`.+`} |= `error` [5m]))"),
        panel("b", "quantile_over_time(0.95, {app=~`.+`} | json | unwrap duration [5m])"),
        panel("c", "{app=~`.+`} | json | trace_id=`$trace`"),
        panel("d", "{app=~`.+`} | json | user_id=`$user`"),
    );
    is("met", &[SERVICE, ("board.json", &board)]);
}

#[test]
fn each_purpose_is_a_clause_of_its_own() {
    let files = searches(&[SLOW]);
    let files = [SERVICE, ("searches.json", files.as_str())];
    assert_eq!(clause(&files, "OBS-R12", "errors"), Verdict::NotMet);
    assert_ne!(clause(&files, "OBS-R12", "slow"), Verdict::NotMet);
    assert_eq!(clause(&files, "OBS-R12", "trace"), Verdict::NotMet);
    assert_eq!(clause(&files, "OBS-R12", "user"), Verdict::NotMet);
}
