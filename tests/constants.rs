//! Constants of other files: what metrics, their labels, spans and fields of records are called by
//! them, in every language.

use obsproof::repo::Repo;
use obsproof::scan;
use obsproof::source::{Encoding, Source};

fn repo(files: &[(&str, &str)]) -> Repo {
    let mut files: Vec<_> = files.to_vec();
    files.sort_unstable();
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let sources = files
        .iter()
        .map(|(path, text)| Source::new((*path).to_owned(), (*text).to_owned(), Encoding::Utf8));
    scan::model(sources.collect(), paths)
}

/// What the facts are called: metrics with their labels, spans, fields of records. What nobody
/// knows is `?`.
fn called(files: &[(&str, &str)]) -> Vec<String> {
    let repo = repo(files);
    let facts = &repo.facts;
    let unknown = || "?".to_owned();
    let mut found = Vec::new();
    for one in &facts.metric_definitions {
        let name = if one.exposed.is_empty() { "?" } else { &one.exposed };
        let labels = one.labels.as_ref().map_or_else(unknown, |labels| {
            labels.iter().map(|label| label.text.as_str()).collect::<Vec<_>>().join(" ")
        });
        found.push(format!("metric {name} {{{labels}}}"));
    }
    for one in &facts.span_scopes {
        let name = one.name.as_ref().map_or_else(unknown, |name| name.text.clone());
        found.push(format!("span {name}"));
    }
    for value in facts.log_calls.iter().flat_map(|call| call.fields()) {
        let key = value.key.as_ref().map_or_else(unknown, |key| key.text.clone());
        found.push(format!("field {key}"));
    }
    found
}

/// All three of one shop.
const SHOP: [&str; 3] = ["metric orders_total {method}", "span buy order", "field user_id"];

#[test]
fn go_by_its_packages() {
    let names = "package names\n\nconst (\n\tOrders = \"orders_total\"\n\tMethod = \"method\"\n\tBuy = \"buy order\"\n\tUser string = \"user_id\"\n)\n";
    let shop = r#"package shop

import (
	"context"
	"log/slog"

	"acme.io/shop/names"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
)

var orders = prometheus.NewCounterVec(prometheus.CounterOpts{Name: names.Orders}, []string{names.Method})

func Buy(ctx context.Context, user string) {
	_, span := otel.Tracer("shop").Start(ctx, names.Buy)
	defer span.End()
	slog.Info("bought", names.User, user)
}
"#;
    let files = [("go.mod", "module acme.io/shop\n"), ("names/names.go", names), ("shop.go", shop)];
    assert_eq!(called(&files), SHOP);
}

#[test]
fn python_by_its_imports() {
    let names = "ORDERS = \"orders_total\"\nBUY: str = \"buy order\"\n\nclass Labels:\n    METHOD = \"method\"\n\nclass Fields(str, Enum):\n    USER = \"user_id\"\n";
    let shop = r#"import logging
from opentelemetry import trace
from prometheus_client import Counter

from . import names
from .names import ORDERS, Fields
from shop.names import Labels as L

log = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)
orders = Counter(ORDERS, "x", [L.METHOD])

def buy(user):
    with tracer.start_as_current_span(names.BUY):
        log.info("bought", extra={Fields.USER: user})
"#;
    let files = [("shop/__init__.py", "x = 1\n"), ("shop/names.py", names), ("shop/api.py", shop)];
    assert_eq!(called(&files), SHOP);
}

#[test]
fn javascript_by_its_modules() {
    let names = "const ORDERS = 'orders_total';\nconst BUY = 'buy order';\nmodule.exports = {\n  ORDERS,\n  BUY,\n  METHOD: 'method',\n};\nmodule.exports.USER = 'user_id';\n";
    let shop = r#"const client = require('prom-client');
const { trace } = require('@opentelemetry/api');
const pino = require('pino');
const names = require('./names');
const { METHOD, USER } = require('./names');

const log = pino();
const orders = new client.Counter({ name: names.ORDERS, help: 'x', labelNames: [METHOD] });

function buy(user) {
  const span = trace.getTracer('shop').startSpan(names.BUY);
  try {
    log.info({ [USER]: user }, 'bought');
  } finally {
    span.end();
  }
}
"#;
    assert_eq!(called(&[("names.js", names), ("shop.js", shop)]), SHOP);
}

#[test]
fn typescript_by_its_imports() {
    let names = "export const ORDERS = 'orders_total';\nexport enum Spans {\n  Buy = 'buy order',\n}\nexport const Labels = {\n  method: 'method',\n} as const;\nexport class Fields {\n  static readonly USER = 'user_id';\n}\n";
    let shop = r#"import { Counter } from 'prom-client';
import { trace } from '@opentelemetry/api';
import pino from 'pino';
import * as names from '../lib/names';
import { Fields, Labels as L, Spans } from '../lib/names.js';

const log = pino();
const orders = new Counter({ name: names.ORDERS, help: 'x', labelNames: [L.method] });

export function buy(user: string) {
  const span = trace.getTracer('shop').startSpan(Spans.Buy);
  try {
    log.info({ [Fields.USER]: user }, 'bought');
  } finally {
    span.end();
  }
}
"#;
    assert_eq!(called(&[("src/lib/names.ts", names), ("src/api/shop.ts", shop)]), SHOP);
}

#[test]
fn java_by_its_classes() {
    let names = "package io.acme.names;\n\npublic final class Names {\n    public static final String ORDERS = \"orders_total\";\n    public static final String BUY =\n            \"buy order\";\n\n    public static final class Labels {\n        public static final String METHOD = \"method\";\n    }\n}\n";
    let fields = "package io.acme.shop;\n\ninterface Fields {\n    String USER = \"user_id\";\n}\n";
    let shop = r#"package io.acme.shop;

import static io.acme.names.Names.BUY;
import static net.logstash.logback.argument.StructuredArguments.kv;

import io.acme.names.Names;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.prometheus.client.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class Shop {
    static final Logger log = LoggerFactory.getLogger(Shop.class);
    static final Counter orders = Counter.build().name(Names.ORDERS).help("x").labelNames(Names.Labels.METHOD).register();
    private final Tracer tracer;

    void buy(String user) {
        Span span = tracer.spanBuilder(BUY).startSpan();
        try {
            log.info("bought {}", kv(Fields.USER, user));
        } finally {
            span.end();
        }
    }
}
"#;
    let files = [
        ("src/main/java/io/acme/names/Names.java", names),
        ("src/main/java/io/acme/shop/Fields.java", fields),
        ("src/main/java/io/acme/shop/Shop.java", shop),
    ];
    assert_eq!(called(&files), SHOP);
}

#[test]
fn csharp_by_its_namespaces() {
    let names = "namespace Acme.Names;\n\npublic static class Metrics\n{\n    public const string Orders = \"orders_total\";\n    public static readonly string Kind = \"kind\";\n}\n";
    let more = "namespace Acme\n{\n    internal static class Spans\n    {\n        internal const string Buy = \"buy order\";\n    }\n}\n";
    let labels = "namespace Acme.Logs;\n\npublic static class Labels\n{\n    public const string Method = \"method\";\n}\n";
    let shop = r#"using System.Diagnostics;
using Acme.Names;
using Prometheus;
using static Acme.Logs.Labels;

namespace Acme.Shop;

public class Shop
{
    static readonly ActivitySource Source = new("shop");
    static readonly Counter Bought = Prometheus.Metrics.CreateCounter(Acme.Names.Metrics.Orders, "x", Method, Acme.Names.Metrics.Kind);

    void Buy(string user)
    {
        using var activity = Source.StartActivity(Spans.Buy);
    }
}
"#;
    let files = [("A.cs", names), ("B.cs", more), ("C.cs", labels), ("Shop.cs", shop)];
    assert_eq!(called(&files), ["metric orders_total {method kind}", "span buy order"]);
}

#[test]
fn rust_by_its_modules() {
    let names = "pub const ORDERS: &str = \"orders_total\";\npub const METHOD: &str = \"method\";\npub mod spans {\n    pub const BUY: &str = \"buy order\";\n}\n";
    let shop = r#"use crate::names::{self, spans, METHOD};
use opentelemetry::global;
use opentelemetry::trace::{Span, Tracer};
use prometheus::register_counter_vec;

fn orders() {
    let orders = register_counter_vec!(names::ORDERS, "x", &[METHOD]).unwrap();
}

fn buy() {
    let tracer = global::tracer("shop");
    let mut span = tracer.start(spans::BUY);
    span.end();
}
"#;
    let files = [
        ("Cargo.toml", "[package]\nname = \"shop\"\n"),
        ("src/main.rs", "mod names;\nmod api;\nfn main() {}\n"),
        ("src/names.rs", names),
        ("src/api.rs", shop),
    ];
    assert_eq!(called(&files), SHOP[..2]);
    let core = "pub const ORDERS: &str = \"orders_total\";\n";
    let user = "use prometheus::register_counter_vec;\nfn orders() {\n    let orders = register_counter_vec!(acme_core::metrics::ORDERS, \"x\", &[super::METHOD]).unwrap();\n}\n";
    let files = [
        ("core/Cargo.toml", "[package]\nname = \"acme-core\"\n"),
        ("core/src/metrics.rs", core),
        ("shop/src/lib.rs", "pub(crate) const METHOD: &str = \"method\";\nmod api;\n"),
        ("shop/src/api.rs", user),
    ];
    assert_eq!(called(&files), SHOP[..1]);
}

#[test]
fn what_is_not_certain_stays_unknown() {
    let shop = "from prometheus_client import Counter\nfrom names import ORDERS, METHOD\norders = Counter(ORDERS, \"x\", [METHOD])\n";
    // Set a second time, set from outside, not there.
    for names in [
        "import os\nORDERS = \"orders_total\"\nif os.name == \"nt\":\n    ORDERS = \"nt_orders_total\"\nMETHOD = os.environ[\"METHOD\"]\n",
        "ORDERS = \"orders_total\" + SUFFIX\n",
        "orders = \"orders_total\"\n",
    ] {
        assert_eq!(called(&[("names.py", names), ("shop.py", shop)]), ["metric ? {?}"], "{names}");
    }
    // A parameter hides what is imported; another shop has another file of that name.
    let shadowed = "from prometheus_client import Counter\nfrom names import METHOD\ndef make(METHOD):\n    return Counter(\"orders_total\", \"x\", [METHOD])\n";
    let names = "METHOD = \"method\"\n";
    let files = [("names.py", names), ("shop.py", shadowed)];
    assert_eq!(called(&files), ["metric orders_total {?}"]);
    // A package that two folders are.
    let java = |value: &str| {
        format!(
            "package io.acme;\n\npublic interface Names {{\n    String ORDERS = \"{value}\";\n}}\n"
        )
    };
    let (one, other) = (java("orders_total"), java("sales_total"));
    let user = "package io.acme;\n\nimport io.prometheus.client.Counter;\n\nclass Shop {\n    static final Counter A = Counter.build().name(Names.ORDERS).help(\"x\").register();\n}\n";
    let files =
        [("a/Names.java", one.as_str()), ("b/Names.java", other.as_str()), ("a/Shop.java", user)];
    assert_eq!(called(&files), ["metric ? {}"]);
}

#[test]
fn a_span_that_an_own_function_starts_takes_its_callers_constant() {
    let files = [
        ("names.py", "BUY = \"buy order\"\n"),
        (
            "tracing.py",
            "from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n\ndef start_span(name):\n    return tracer.start_as_current_span(name)\n",
        ),
        (
            "shop.py",
            "from names import BUY\nfrom tracing import start_span\n\ndef buy():\n    with start_span(BUY):\n        pass\n",
        ),
    ];
    let found = called(&files);
    assert!(found.contains(&"span buy order".to_owned()), "{found:?}");
}
