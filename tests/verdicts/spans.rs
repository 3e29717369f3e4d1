//! OBS-R03, OBS-R08, OBS-R09 and OBS-C3.3 to C3.5: spans of services, and what is made of traces.

use super::{clause, verdict};
use obsproof::verdict::Verdict;

const DOCKER: (&str, &str) =
    ("Dockerfile", "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"app:app\"]\n");
const TRACED: (&str, &str) = (
    "app.py",
    "from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider())
app = FastAPI()
FastAPIInstrumentor.instrument_app(app)

@app.get(\"/orders\")
def orders():
    return []
",
);
const CALLS: (&str, &str) = (
    "app.py",
    "import requests
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider())
app = FastAPI()
FastAPIInstrumentor.instrument_app(app)

@app.get(\"/orders\")
def orders():
    return requests.get(\"http://stock:8080\", timeout=5).json()
",
);
const PLAIN: (&str, &str) = (
    "app.py",
    "from fastapi import FastAPI

app = FastAPI()

@app.get(\"/orders\")
def orders():
    return []
",
);
const JAEGER: (&str, &str) =
    ("compose.yml", "services:\n  jaeger: {image: \"jaegertracing/all-in-one:1.60\"}\n");
const SPAN_RULES: (&str, &str) = (
    "rules.yml",
    "groups:
  - name: spans
    rules:
      - record: operation:latency:p95
        expr: histogram_quantile(0.95, sum by (le, span_name) (rate(traces_spanmetrics_latency_bucket[5m])))
      - record: operation:errors:rate
        expr: sum by (span_name) (rate(traces_spanmetrics_calls_total{status_code=\"STATUS_CODE_ERROR\"}[5m]))
      - record: operation:latency:change
        expr: sum(rate(traces_spanmetrics_latency_sum[5m])) / sum(rate(traces_spanmetrics_latency_sum[5m] offset 1w))
",
);
const ANALYSIS: (&str, &str) = (
    "analysis.py",
    "import requests
import statistics

def report(baseline):
    spans = requests.get(\"http://jaeger:16686/api/traces?service=shop\", timeout=5).json()
    if len(spans) < 2:
        return None
    errors = [span for span in spans if span[\"error\"]]
    p95 = statistics.quantiles([span[\"duration\"] for span in spans], n=20)[18]
    return p95 > baseline, len(errors) / len(spans)
",
);

#[test]
fn a_traced_service_is_instrumented() {
    assert_eq!(clause(&[DOCKER, TRACED], "OBS-R03", "server-spans"), Verdict::Met);
    assert_eq!(clause(&[DOCKER, TRACED], "OBS-R03", "reusable"), Verdict::Met);
    assert_eq!(clause(&[DOCKER, PLAIN], "OBS-R03", "server-spans"), Verdict::NotMet);
    assert_eq!(verdict(&[DOCKER, PLAIN], "OBS-R03"), Verdict::NotMet);
}

#[test]
fn work_without_spans_is_a_part() {
    assert_eq!(clause(&[DOCKER, TRACED], "OBS-R08", "patterns"), Verdict::Met);
    assert_eq!(clause(&[DOCKER, CALLS], "OBS-R08", "patterns"), Verdict::Partly);
    assert_eq!(clause(&[DOCKER, CALLS], "OBS-R08", "propagation"), Verdict::Partly);
    assert_eq!(clause(&[DOCKER, PLAIN], "OBS-R08", "patterns"), Verdict::NotMet);
    assert_eq!(verdict(&[DOCKER, PLAIN], "OBS-C3.3"), Verdict::NotMet);
}

#[test]
fn figures_are_computed_or_not() {
    assert_eq!(verdict(&[JAEGER, SPAN_RULES], "OBS-R09"), Verdict::Met);
    assert_eq!(verdict(&[JAEGER], "OBS-R09"), Verdict::NotMet);
    assert_eq!(verdict(&[JAEGER], "OBS-C3.4"), Verdict::NotMet);
    assert_eq!(verdict(&[JAEGER], "OBS-C3.5"), Verdict::NotMet);
    assert_eq!(clause(&[JAEGER, ANALYSIS], "OBS-R09", "scheduled"), Verdict::NotMet);
    assert_eq!(verdict(&[JAEGER, ANALYSIS], "OBS-R09"), Verdict::Partly);
    assert_eq!(verdict(&[JAEGER, ANALYSIS], "OBS-C3.4"), Verdict::Partly);
}
