//! Source files as programs: what their names stand for, the same in every language.

use obsproof::parse::code::Language;
use obsproof::parse::unit::resolve::Names;
use obsproof::parse::unit::{self, ExprKind, StmtKind, Unit};

fn read(language: Language, text: &str) -> Unit<'_> {
    let Some(unit) = unit::parse(language, text) else { panic!("it nests little") };
    assert!(unit.faults.is_empty(), "no fault in\n{text}\n{:?}", unit.faults);
    unit
}

/// What every call of the file calls, in the order of the text.
fn callees(language: Language, text: &str) -> Vec<String> {
    let unit = read(language, text);
    let names = Names::of(&unit);
    let mut calls: Vec<_> = unit.calls().collect();
    calls.sort_by_key(|call| (unit.place(*call).start, unit.place(*call).end));
    calls.into_iter().map(|call| names.callee(call).unwrap_or_else(|| "?".to_owned())).collect()
}

#[test]
fn python_names_lead_to_imports() {
    let text = r#"
import logging
import opentelemetry.trace as t
from opentelemetry import trace
from prometheus_client import Counter as C, Histogram

tracer = trace.get_tracer(__name__)
log = logging.getLogger("a")
ORDERS = C("orders_total", "Orders", ["shop"])

class Shop:
    def __init__(self, db: Database):
        self.tracer = t.get_tracer("x")
        self.db = db

    async def buy(self, item):
        with self.tracer.start_as_current_span("buy") as span:
            span.set_attribute("item", item)
            await self.db.save(item)
        ORDERS.labels(shop=item.shop).inc()
        log.info("bought %s", item)
        print(f"a {item.name!r}")
"#;
    assert_eq!(
        callees(Language::Python, text),
        [
            "opentelemetry.trace.get_tracer",
            "logging.getLogger",
            "prometheus_client.Counter",
            "opentelemetry.trace.get_tracer",
            "opentelemetry.trace.get_tracer().start_as_current_span",
            "opentelemetry.trace.get_tracer().start_as_current_span().set_attribute",
            "<Database>.save",
            "prometheus_client.Counter().labels",
            "prometheus_client.Counter().labels().inc",
            "logging.getLogger().info",
            "print",
        ]
    );
}

#[test]
fn python_flow_is_kept() {
    let text = "
def f(x):
    try:
        return g(x)
    except (A, B) as e:
        raise
    except Exception:
        pass
    finally:
        h()
";
    let unit = read(Language::Python, text);
    let function = &unit.functions[1];
    let StmtKind::Try { body, catches, last, .. } = unit.stmt(function.body[0]) else {
        panic!("a try")
    };
    assert!(matches!(unit.stmt(body[0]), StmtKind::Return(Some(_))));
    assert_eq!((catches[0].types.as_slice(), catches[0].name), (&["A", "B"][..], Some("e")));
    assert!(matches!(unit.stmt(catches[0].body[0]), StmtKind::Throw(None)));
    assert_eq!(catches[1].types, ["Exception"]);
    assert!(matches!(unit.stmt(catches[1].body[0]), StmtKind::Nothing));
    assert_eq!(last.len(), 1);
}

#[test]
fn a_name_that_is_set_twice_stands_for_nothing() {
    let text = "
import a
x = a.one()
x = a.two()
x.go()
y = a.three()
y.go()
";
    assert_eq!(callees(Language::Python, text), ["a.one", "a.two", "?", "a.three", "a.three().go"]);
}

#[test]
fn go_names_lead_to_imports() {
    let text = r#"package shop

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	semconv "go.opentelemetry.io/otel/semconv/v1.26.0"
	"gopkg.in/yaml.v3"
)

var tracer = otel.Tracer("shop")

var orders = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "orders_total"}, []string{"shop"})

type Shop struct {
	log *slog.Logger
	db  *Store
}

func (s *Shop) Buy(ctx context.Context, item string) error {
	ctx, span := tracer.Start(ctx, "buy")
	defer span.End()
	if err := s.db.Save(ctx, item); err != nil {
		s.log.Error("not saved", "err", err)
		return err
	}
	orders.WithLabelValues(item).Inc()
	span.SetAttributes(semconv.URLFull(item))
	yaml.Marshal(item)
	return nil
}
"#;
    assert_eq!(
        callees(Language::Go, text),
        [
            "go.opentelemetry.io/otel.Tracer",
            "github.com/prometheus/client_golang/prometheus.NewCounterVec",
            "go.opentelemetry.io/otel.Tracer().Start",
            "go.opentelemetry.io/otel.Tracer().Start()#1.End",
            "<Store>.Save",
            "<log/slog.Logger>.Error",
            "github.com/prometheus/client_golang/prometheus.NewCounterVec().WithLabelValues",
            "github.com/prometheus/client_golang/prometheus.NewCounterVec().WithLabelValues().Inc",
            "go.opentelemetry.io/otel.Tracer().Start()#1.SetAttributes",
            "go.opentelemetry.io/otel/semconv/v1.26.0.URLFull",
            "gopkg.in/yaml.v3.Marshal",
        ]
    );
}

#[test]
fn deep_expressions_lose_their_inside_only() {
    let text = format!("a = {}1\nb = f()\n", "1 + ".repeat(5_000));
    let unit = read(Language::Python, &text);
    assert_eq!(unit.calls().count(), 1);
    assert!(
        unit.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Other(of) if of.is_empty()))
    );
}

#[test]
fn javascript_names_lead_to_modules() {
    let text = r#"
import express from 'express';
import * as api from '@opentelemetry/api';
import { NodeSDK, resources as res } from '@opentelemetry/sdk-node';
const { Counter, register: reg } = require('prom-client');
const pino = require('pino');
const log = pino();
const tracer = api.trace.getTracer('shop');
const orders = new Counter({ name: 'orders_total', labelNames: ['shop'] });
const sdk = new NodeSDK({ serviceName: 'shop' });
sdk.start();
class Shop {
  constructor() { this.log = log.child({ part: 'shop' }); }
  async buy(item) {
    return tracer.startActiveSpan('buy', async (span) => {
      try {
        await this.save(item);
        this.log.info({ item }, `bought ${item.name}`);
      } catch (err) {
        span.recordException(err);
        throw err;
      } finally {
        span.end();
      }
    });
  }
}
reg.metrics();
res.x();
express().get('/', (req, res) => res.send(req.query.a));
"#;
    let found = callees(Language::Javascript, text);
    for expected in [
        "pino",
        "@opentelemetry/api.trace.getTracer",
        "prom-client.Counter",
        "@opentelemetry/sdk-node.NodeSDK().start",
        "pino().child",
        "@opentelemetry/api.trace.getTracer().startActiveSpan",
        "pino().child().info",
        "prom-client.register.metrics",
        "@opentelemetry/sdk-node.resources.x",
        "express().get",
    ] {
        assert!(found.iter().any(|callee| callee == expected), "{expected} in {found:#?}");
    }
    let typed = r#"
import { Logger, Injectable } from '@nestjs/common';
@Injectable()
export class Shop {
  private readonly log = new Logger(Shop.name);
  constructor(private readonly db: Store) {}
  public async buy(item: Item): Promise<void> {
    this.log.error('failed', (item as Thing).id!);
    await this.db.save(item);
  }
}
"#;
    let found = callees(Language::Typescript, typed);
    assert_eq!(
        found,
        [
            "@nestjs/common.Injectable",
            "@nestjs/common.Logger",
            "@nestjs/common.Logger().error",
            "<Store>.save",
        ]
    );
}

#[test]
fn java_names_lead_to_types() {
    let text = r#"
package shop;

import io.micrometer.core.instrument.Counter;
import io.opentelemetry.api.trace.*;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@RestController
public class Shop {
  private static final Logger log = LoggerFactory.getLogger(Shop.class);
  private final Tracer tracer;
  private final Counter orders;

  Shop(Tracer tracer, MeterRegistry registry) {
    this.tracer = tracer;
    this.orders = Counter.builder("orders").register(registry);
  }

  @GetMapping("/buy")
  public void buy(String item) throws IOException {
    Span span = tracer.spanBuilder("buy").startSpan();
    try (Scope scope = span.makeCurrent()) {
      orders.increment();
      log.info("bought {}", item);
    } catch (IOException | RuntimeException e) {
      span.recordException(e);
      throw e;
    } finally {
      span.end();
    }
    Runnable later = () -> System.out.println(item);
  }
}
"#;
    let found = callees(Language::Java, text);
    for expected in [
        "RestController",
        "org.slf4j.LoggerFactory.getLogger",
        "io.micrometer.core.instrument.Counter.builder",
        "io.micrometer.core.instrument.Counter.builder().register",
        "GetMapping",
        "<Tracer>.spanBuilder",
        "<Tracer>.spanBuilder().startSpan().makeCurrent",
        "io.micrometer.core.instrument.Counter.builder().register().increment",
        "<Tracer>.spanBuilder().startSpan().end",
        "org.slf4j.LoggerFactory.getLogger().info",
        "System.out.println",
    ] {
        assert!(found.iter().any(|callee| callee == expected), "{expected} in {found:#?}");
    }
    let unit = read(Language::Java, text);
    let class = &unit.classes[0];
    assert_eq!((class.name, class.fields.len(), class.methods.len()), ("Shop", 3, 2));
    let buy = unit.function(class.methods[1]);
    assert_eq!((buy.name, buy.exported, buy.params[0].ty), ("buy", true, Some("String")));
    let attempt =
        unit.statements(class.methods[1]).into_iter().find_map(|id| match unit.stmt(id) {
            StmtKind::Try { catches, last, .. } => Some((catches[0].types.clone(), last.len())),
            _ => None,
        });
    assert_eq!(attempt, Some((vec!["IOException", "RuntimeException"], 1)));
}

#[test]
fn csharp_names_lead_to_types() {
    let text = r#"
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Otel = OpenTelemetry.Trace;

namespace Shop;

[ApiController]
public class Cart(ILogger<Cart> logger, IStore store) : ControllerBase
{
    private static readonly ActivitySource Source = new ActivitySource("cart");
    private readonly Counter<long> _orders;

    public Cart() { }

    [HttpGet("/buy")]
    public async Task<IActionResult> Buy(string item)
    {
        using var activity = Source.StartActivity("buy");
        try
        {
            await store.Save(item);
            logger.LogInformation("bought {Item}", item);
        }
        catch (Exception ex) when (ex is IOException)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        var options = new Options { Name = "a", Value = 1 };
        Console.WriteLine($"a {item:x}");
        return Ok(options);
    }
}
"#;
    let found = callees(Language::Csharp, text);
    for expected in [
        "ApiController",
        "ActivitySource",
        "HttpGet",
        "ActivitySource().StartActivity",
        "<IStore>.Save",
        "<ILogger>.LogInformation",
        "ActivitySource().StartActivity().SetStatus",
        "Options",
        "Console.WriteLine",
        "Ok",
    ] {
        assert!(found.iter().any(|callee| callee == expected), "{expected} in {found:#?}");
    }
}

#[test]
fn rust_names_lead_to_crates() {
    let text = r#"
use opentelemetry::{global, trace::{Tracer, TraceContextExt as _}};
use tracing::{error, info, instrument};
use prometheus::register_counter_vec as register;

pub struct Shop { tracer: BoxedTracer, db: Store }

impl Shop {
    #[instrument(skip(self), fields(item = %item))]
    pub async fn buy(&self, item: &str) -> Result<(), Error> {
        let tracer = global::tracer("shop");
        let mut span = tracer.start("buy");
        if let Err(err) = self.db.save(item).await {
            error!(target: "shop", error = %err, ?item, "not saved {}", item.len());
            return Err(err);
        }
        info!("bought {item}");
        let n = load()?;
        match n { 0 => {} _ => span.end() }
        Ok(())
    }
}
"#;
    let found = callees(Language::Rust, text);
    for expected in [
        "tracing.instrument",
        "opentelemetry.global.tracer",
        "opentelemetry.global.tracer().start",
        "<Store>.save",
        "tracing.error",
        "tracing.info",
        "opentelemetry.global.tracer().start().end",
        "load",
    ] {
        assert!(found.iter().any(|callee| callee == expected), "{expected} in {found:#?}");
    }
    let unit = read(Language::Rust, text);
    let error = unit.calls().find(|call| unit.slice(&unit.place(*call)).starts_with("error!"));
    let args = unit.args(error.expect("the macro is a call"));
    let names: Vec<_> = args.iter().map(|arg| arg.name).collect();
    assert_eq!(names, [Some("target"), Some("error"), None, None, None]);
    assert_eq!(unit.literal(args[3].value), Some("not saved {}"));
    assert_eq!(unit.slice(&unit.place(args[4].value)), "item.len()");
}

/// The texts at which a function is left while what `open` gave is not closed.
fn leaks(language: Language, text: &str) -> Vec<String> {
    use obsproof::parse::unit::FunctionId;
    use obsproof::parse::unit::flow::{self, Question};
    let unit = read(language, text);
    let mut found = Vec::new();
    for number in 1..unit.functions.len() {
        let id = FunctionId(number as u32);
        for stmt in unit.statements(id) {
            let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt) else {
                continue;
            };
            if !unit.slice(&unit.place(*value)).starts_with("open(") {
                continue;
            }
            let name = unit.slice(&unit.place(targets[0]));
            let closes = |id| match unit.expr(id) {
                ExprKind::Call { callee, .. } => {
                    unit.slice(&unit.place(*callee)).trim_end_matches(['(', ')'])
                        == format!("{name}.end")
                }
                _ => false,
            };
            let question = Question { opens: Some(stmt), closes: &closes, fails: None };
            let leaks = flow::leaks(&unit, id, &question).into_iter();
            found.extend(leaks.map(|leak| unit.slice(&leak.at).to_owned()));
        }
    }
    found
}

#[test]
fn what_is_opened_is_followed_on_all_ways() {
    let python = |body: &str| leaks(Language::Python, &format!("def f(x):\n{body}"));
    assert_eq!(python("    s = open(1)\n    s.end()\n"), [""; 0]);
    assert_eq!(python("    s = open(1)\n    if x:\n        return 1\n    s.end()\n"), ["return 1"]);
    assert_eq!(
        python("    s = open(1)\n    try:\n        return g()\n    finally:\n        s.end()\n"),
        [""; 0]
    );
    assert_eq!(
        python(
            "    s = open(1)\n    try:\n        g()\n        s.end()\n    except E:\n        return 2\n"
        ),
        ["return 2"]
    );
    assert_eq!(
        python(
            "    s = open(1)\n    try:\n        raise E\n    except E:\n        s.end()\n        raise\n    s.end()\n"
        ),
        [""; 0]
    );
    assert_eq!(
        python(
            "    for a in x:\n        s = open(a)\n        if a:\n            continue\n        s.end()\n"
        ),
        [")"]
    );
    assert_eq!(
        python(
            "    s = open(1)\n    while True:\n        if g():\n            break\n    s.end()\n"
        ),
        [""; 0]
    );
    assert_eq!(
        python("    if x:\n        return 0\n    s = open(1)\n    s.end()\n    return 1\n"),
        [""; 0]
    );

    let go =
        |body: &str| leaks(Language::Go, &format!("package a\nfunc f(x int) error {{\n{body}}}\n"));
    assert_eq!(go("s := open(1)\ndefer s.end()\nif x > 1 { return nil }\nreturn err\n"), [""; 0]);
    assert_eq!(
        go("s := open(1)\nif err := g(); err != nil { return err }\ns.end()\nreturn nil\n"),
        ["return err"]
    );
    assert_eq!(
        go(
            "s := open(1)\nswitch x {\ncase 1:\n s.end()\n return nil\ndefault:\n s.end()\n}\nreturn nil\n"
        ),
        [""; 0]
    );
    assert_eq!(go("s := open(1)\nswitch x {\ncase 1:\n s.end()\n}\nreturn nil\n"), ["return nil"]);
    assert_eq!(go("s := open(1)\ndefer func() { s.end() }()\nreturn nil\n"), [""; 0]);
}

#[test]
fn calls_play_the_roles_of_their_libraries() {
    use obsproof::libraries::{Role, Table};
    let table = Table::of(Language::Python);
    let role = |path: &str| table.look_up(path).first().map(|api| (api.role, api.library));
    assert_eq!(role("logging.getLogger().info"), Some((Role::Log, "logging")));
    assert_eq!(role("structlog.get_logger().bind().bind().info"), Some((Role::Log, "structlog")));
    assert_eq!(role("whatever().record_exception"), Some((Role::SpanError, "opentelemetry")));
    assert_eq!(role("logging.getLogger().infos"), None);
    let log = table.role("logging.getLogger().log", Role::Log).expect("a row");
    assert_eq!((log.get("level"), log.position("message")), (Some("0"), Some(1)));
    assert_eq!(table.library("opentelemetry.sdk.trace").map(|it| it.name), Some("opentelemetry"));
    assert!(table.library("opentelemetries").is_none());
}
