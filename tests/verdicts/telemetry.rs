//! OBS-R02 and OBS-C1.1, C1.3, C1.4, C1.5: OpenTelemetry in the code of services.

use super::{clause, is_built, verdict};
use obsproof::verdict::Verdict;

type File = (&'static str, &'static str);

const DOCKER: &str = "FROM python:3.13\nCOPY . .\nEXPOSE 80\nCMD [\"python\", \"main.py\"]\n";
const WHOLE: &str = "\
import logging
import requests
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

resource = Resource.create({
    \"service.name\": \"shop\", \"service.version\": \"1\", \"deployment.environment.name\": \"prod\",
})
provider = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(0.1)))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=\"https://otlp.acme.io:4317\")))
trace.set_tracer_provider(provider)
app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()


@app.route(\"/\")
def index():
    return requests.get(\"http://stock/items\", timeout=1).text


app.run()
";
const BARE: &str = "\
import logging
import requests
from flask import Flask

app = Flask(__name__)


@app.route(\"/\")
def index():
    return requests.get(\"http://stock/items\", timeout=1).text


app.run()
";
const BY_HAND: &str = "\
import requests
from flask import Flask
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider(resource=Resource.create({\"service.name\": \"stock\"})))
tracer = trace.get_tracer(\"stock\")
app = Flask(__name__)


@app.route(\"/\")
def index():
    with tracer.start_as_current_span(\"index\"):
        return requests.get(\"http://shop/items\", timeout=1).text


app.run()
";

const SHOP: [File; 2] = [("shop/main.py", WHOLE), ("shop/Dockerfile", DOCKER)];

fn with(other: &'static str) -> Vec<File> {
    let mut files = SHOP.to_vec();
    files.extend([("stock/main.py", other), ("stock/Dockerfile", DOCKER)]);
    files
}

/// Met where all its rules are there; until then nobody can say so.
fn met(requirement: &str) -> Verdict {
    if is_built(requirement) { Verdict::Met } else { Verdict::Unknown }
}

/// The same of one clause.
fn met_clause(requirement: &str, part: &str) -> Verdict {
    let found = obsproof::standard::requirement(requirement).unwrap();
    let clause = found.clauses.iter().find(|clause| clause.id == part).unwrap();
    let built = clause.rules.iter().all(|code| obsproof::catalogue::by_code(code).is_some());
    if built { Verdict::Met } else { Verdict::Unknown }
}

#[test]
fn a_service_with_all_of_it_meets_the_items() {
    for id in ["OBS-C1.1", "OBS-C1.3", "OBS-C1.5", "OBS-R02"] {
        assert_eq!(verdict(&SHOP, id), met(id), "{id}");
    }
    for (id, part) in [
        ("OBS-R02", "sdk"),
        ("OBS-R02", "exporter"),
        ("OBS-R02", "resource"),
        ("OBS-R02", "propagator"),
        ("OBS-R02", "sampler"),
        ("OBS-C1.4", "outbound"),
        ("OBS-C1.4", "inbound"),
        ("OBS-C1.4", "propagator"),
    ] {
        assert_eq!(clause(&SHOP, id, part), met_clause(id, part), "{id} {part}");
    }
}

#[test]
fn one_service_without_it_leaves_a_part() {
    let files = with(BARE);
    for id in ["OBS-R02", "OBS-C1.1", "OBS-C1.3", "OBS-C1.4", "OBS-C1.5"] {
        assert_eq!(verdict(&files, id), Verdict::Partly, "{id}");
    }
}

#[test]
fn no_service_with_it_is_not_met() {
    let files = [("stock/main.py", BARE), ("stock/Dockerfile", DOCKER)];
    for id in ["OBS-R02", "OBS-C1.1", "OBS-C1.3", "OBS-C1.5"] {
        assert_eq!(verdict(&files, id), Verdict::NotMet, "{id}");
    }
    assert_eq!(clause(&files, "OBS-C1.4", "outbound"), Verdict::NotMet);
    assert_eq!(clause(&files, "OBS-C1.4", "inbound"), Verdict::NotMet);
}

#[test]
fn spans_by_hand_and_a_bare_name_are_a_part() {
    let files = [("stock/main.py", BY_HAND), ("stock/Dockerfile", DOCKER)];
    for id in ["OBS-R02", "OBS-C1.1", "OBS-C1.3", "OBS-C1.4", "OBS-C1.5"] {
        assert_eq!(verdict(&files, id), Verdict::Partly, "{id}");
    }
}

#[test]
fn a_retired_exporter_caps_the_implementation() {
    let old = WHOLE
        .replace(
            "otlp.proto.grpc.trace_exporter import OTLPSpanExporter",
            "jaeger.thrift import JaegerExporter",
        )
        .replace("OTLPSpanExporter(endpoint=\"https://otlp.acme.io:4317\")", "JaegerExporter()");
    let files = [("shop/main.py", old.as_str()), ("shop/Dockerfile", DOCKER)];
    assert_eq!(verdict(&files, "OBS-R02"), Verdict::Partly);
}

#[test]
fn an_agent_does_it_all_but_for_what_it_cannot_know() {
    let docker = "FROM python:3.13\nCOPY . .\nEXPOSE 80\nCMD [\"opentelemetry-instrument\", \"python\", \"main.py\"]\n";
    let files = [("stock/main.py", BARE), ("stock/Dockerfile", docker)];
    for id in ["OBS-C1.1", "OBS-C1.3"] {
        assert_eq!(verdict(&files, id), met(id), "{id}");
    }
    assert_eq!(clause(&files, "OBS-C1.4", "outbound"), met_clause("OBS-C1.4", "outbound"));
}

#[test]
fn a_service_in_a_language_that_is_not_read_is_unknown() {
    let files = [
        ("shop/index.php", "<?php echo 1;\n"),
        ("shop/composer.json", "{\"name\": \"acme/shop\", \"require\": {\"php\": \"8\"}}\n"),
        ("shop/Dockerfile", "FROM php:8-apache\nCOPY . .\nEXPOSE 80\n"),
    ];
    assert_eq!(clause(&files, "OBS-C1.1", "every-service"), Verdict::Unknown);
}
