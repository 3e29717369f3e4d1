//! OBS-C4.4, and the clauses of OBS-R10 on ids in records.

use super::{clause, verdict};
use obsproof::verdict::Verdict;

const REQUIREMENTS: (&str, &str) = ("requirements.txt", "flask==3.0\nrequests==2.32\n");
const IMAGE: (&str, &str) =
    ("Dockerfile", "FROM python:3.13\nCOPY . /app\nCMD [\"python\", \"app.py\"]\n");

/// A service whose handler does this with the id of a request.
fn service(begin: &str, fields: &str, ask: &str) -> String {
    format!(
        "import logging\nimport uuid\nimport requests\nfrom flask import Flask, g, request\napp = Flask(__name__)\nlog = logging.getLogger(__name__)\n\n@app.get(\"/a\")\ndef a():\n    {begin}\n    log.info(\"asked\"{fields})\n    {ask}\n    return \"a\"\n\nif __name__ == \"__main__\":\n    app.run(port=80)\n"
    )
}

const FIELDS: &str = ", extra={\"request_id\": g.request_id}";
const TAKEN: &str = "g.request_id = request.headers.get(\"X-Request-ID\") or str(uuid.uuid4())";
const MADE: &str = "g.request_id = str(uuid.uuid4())";
const PASSED: &str =
    "requests.get(\"http://b/x\", headers={\"X-Request-ID\": g.request_id}, timeout=1)";
const ASKED: &str = "requests.get(\"http://b/x\", timeout=1)";

#[test]
fn correlation_is_met_where_ids_come_in_and_go_on() {
    let app = service(TAKEN, FIELDS, PASSED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.4"), Verdict::Met);
    assert_eq!(clause(&files, "OBS-R10", "correlation"), Verdict::Met);
    assert_eq!(clause(&files, "OBS-R10", "trace-ids"), Verdict::Met);
}

#[test]
fn correlation_is_partly_met_where_ids_are_only_made() {
    let app = service(MADE, FIELDS, ASKED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.4"), Verdict::Partly);
    let app = service(TAKEN, FIELDS, ASKED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.4"), Verdict::Partly);
}

#[test]
fn correlation_is_not_met_without_ids() {
    let app = service("pass", "", ASKED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.4"), Verdict::NotMet);
    assert_eq!(clause(&files, "OBS-R10", "correlation"), Verdict::NotMet);
}

#[test]
fn traced_services_name_the_trace() {
    let traced = "import logging\nfrom flask import Flask\nfrom opentelemetry import trace\nfrom opentelemetry.sdk.trace import TracerProvider\ntrace.set_tracer_provider(TracerProvider())\napp = Flask(__name__)\n\n@app.get(\"/a\")\ndef a():\n    logging.info(\"asked\")\n    return \"a\"\n\nif __name__ == \"__main__\":\n    app.run(port=80)\n";
    let files = [REQUIREMENTS, IMAGE, ("app.py", traced)];
    assert_eq!(clause(&files, "OBS-R10", "trace-ids"), Verdict::NotMet);
}
