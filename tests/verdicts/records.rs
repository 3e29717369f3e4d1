//! OBS-C4.1 and OBS-R10: what records look like, what they say, who hears of what auditors want
//! to know.

use super::{clause, verdict};
use obsproof::verdict::Verdict;

const REQUIREMENTS: (&str, &str) = ("requirements.txt", "flask==3.0\n");
const IMAGE: (&str, &str) =
    ("Dockerfile", "FROM python:3.13\nCOPY . /app\nCMD [\"python\", \"app.py\"]\n");

/// A format with all that a record needs.
const WHOLE: &str = "handler.setFormatter(JsonFormatter(\"%(asctime)s %(levelname)s %(name)s %(process)d %(message)s\", static_fields={\"service\": \"shop\", \"environment\": \"prod\", \"version\": \"1\"}))";
/// One without service and environment.
const SHORT: &str =
    "handler.setFormatter(JsonFormatter(\"%(asctime)s %(levelname)s %(message)s\"))";
/// Text.
const TEXT: &str =
    "handler.setFormatter(logging.Formatter(\"%(asctime)s %(levelname)s %(message)s\"))";

/// A service whose records are set up like this, whose handler does that.
fn service(format: &str, route: &str, handler: &str) -> String {
    format!(
        "import logging\nimport uuid\nfrom flask import Flask, g, request\nfrom pythonjsonlogger.json import JsonFormatter\napp = Flask(__name__)\nhandler = logging.StreamHandler()\n{format}\nlogging.basicConfig(handlers=[handler])\nlog = logging.getLogger(__name__)\n\n@app.before_request\ndef begin():\n    g.request_id = request.headers.get(\"X-Request-ID\") or str(uuid.uuid4())\n\n@app.{route}\ndef handle():\n    {handler}\n    return \"a\"\n\nif __name__ == \"__main__\":\n    app.run(port=80)\n"
    )
}

fn text_service(format: &str, route: &str, handler: &str) -> String {
    service(format, route, handler).replace("from pythonjsonlogger.json import JsonFormatter\n", "")
}

const ROUTE: &str = "get(\"/a\")";
const LOGGED: &str = "log.info(\"asked\", extra={\"request_id\": g.request_id})";

#[test]
fn structured_logging_is_met_where_every_record_says_all() {
    let app = service(WHOLE, ROUTE, LOGGED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.1"), Verdict::Met);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::Met);
}

#[test]
fn structured_logging_is_partly_met_where_fields_are_missing() {
    let app = service(SHORT, ROUTE, LOGGED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.1"), Verdict::Partly);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::Partly);
    assert_eq!(clause(&files, "OBS-R10", "fields"), Verdict::Partly);
}

#[test]
fn fields_that_a_shipper_adds_count() {
    let app = service(SHORT, ROUTE, LOGGED);
    let shipper = "filebeat.inputs:\n  - type: filestream\n    id: shop\n    paths: [/var/log/shop.log]\n    fields: {service: shop, environment: prod, version: 1, logger: shop}\nprocessors:\n  - add_host_metadata: ~\noutput.elasticsearch:\n  hosts: [\"https://es:9200\"]\n";
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str()), ("filebeat.yml", shipper)];
    assert_ne!(clause(&files, "OBS-R10", "fields"), Verdict::NotMet);
    let named = app.replace("%(levelname)s", "%(levelname)s %(name)s");
    let files = [REQUIREMENTS, IMAGE, ("app.py", named.as_str()), ("filebeat.yml", shipper)];
    assert_eq!(clause(&files, "OBS-R10", "fields"), Verdict::Met);
}

#[test]
fn structured_logging_is_partly_met_where_some_services_write_text() {
    let (whole, text) = (service(WHOLE, ROUTE, LOGGED), text_service(TEXT, ROUTE, LOGGED));
    let files = [
        ("shop/requirements.txt", "flask==3.0\n"),
        ("shop/Dockerfile", IMAGE.1),
        ("shop/app.py", whole.as_str()),
        ("cart/requirements.txt", "flask==3.0\n"),
        ("cart/Dockerfile", IMAGE.1),
        ("cart/app.py", text.as_str()),
    ];
    assert_eq!(verdict(&files, "OBS-C4.1"), Verdict::Partly);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::Partly);
    assert_eq!(clause(&files, "OBS-R10", "structured"), Verdict::Partly);
}

#[test]
fn structured_logging_is_not_met_by_text() {
    let app = text_service(TEXT, ROUTE, LOGGED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.1"), Verdict::NotMet);
    // Its ids alone make nothing of it.
    assert_eq!(clause(&files, "OBS-R10", "correlation"), Verdict::Met);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::NotMet);
}

#[test]
fn structured_logging_is_not_met_without_records() {
    let app = service(WHOLE, ROUTE, "pass");
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(verdict(&files, "OBS-C4.1"), Verdict::NotMet);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::NotMet);
}

#[test]
fn structured_logging_is_not_asked_of_what_does_not_run() {
    let library = [
        ("setup.py", "from setuptools import setup\nsetup(name=\"x\")\n"),
        (
            "x/a.py",
            "import logging\nlog = logging.getLogger(__name__)\n\ndef a():\n    log.info(\"a\")\n",
        ),
    ];
    assert_eq!(verdict(&library, "OBS-C4.1"), Verdict::NotApplicable);
    assert_eq!(verdict(&library, "OBS-R10"), Verdict::NotApplicable);
}

#[test]
fn security_handlers_leave_a_record() {
    const LOGIN: &str = "post(\"/login\")";
    let told =
        service(WHOLE, LOGIN, "log.info(\"audit login\", extra={\"request_id\": g.request_id})");
    let files = [REQUIREMENTS, IMAGE, ("app.py", told.as_str())];
    assert_eq!(clause(&files, "OBS-R10", "audit"), Verdict::Met);
    let silent = format!(
        "{}\n@app.get(\"/b\")\ndef b():\n    {LOGGED}\n    return \"b\"\n",
        service(WHOLE, LOGIN, "check(request.form[\"password\"])")
            .replace("def handle", "def login")
    );
    let files = [REQUIREMENTS, IMAGE, ("app.py", silent.as_str())];
    assert_eq!(clause(&files, "OBS-R10", "audit"), Verdict::NotMet);
    assert_eq!(verdict(&files, "OBS-R10"), Verdict::Partly);
}

#[test]
fn errors_and_secrets_are_told_apart() {
    let app = service(WHOLE, ROUTE, LOGGED);
    let files = [REQUIREMENTS, IMAGE, ("app.py", app.as_str())];
    assert_eq!(clause(&files, "OBS-R10", "content"), Verdict::Met);
    let secret = service(
        WHOLE,
        ROUTE,
        "log.info(\"login\", extra={\"request_id\": g.request_id, \"password\": request.form[\"password\"]})",
    );
    let files = [REQUIREMENTS, IMAGE, ("app.py", secret.as_str())];
    assert_eq!(clause(&files, "OBS-R10", "content"), Verdict::Partly);
    let printed = text_service("", ROUTE, "print(\"asked\")");
    let files = [REQUIREMENTS, IMAGE, ("app.py", printed.as_str())];
    assert_eq!(clause(&files, "OBS-R10", "content"), Verdict::Partly);
}

#[test]
fn nothing_in_the_standard_waits_for_a_reader() {
    let standard = obsproof::standard::bundled();
    for requirement in standard.requirements {
        for clause in requirement.clauses {
            assert!(clause.query().is_some(), "{} {}", requirement.id, clause.id);
        }
    }
}
