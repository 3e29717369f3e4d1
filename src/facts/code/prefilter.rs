//! Which source files are parsed: those that hold a word of a library or of a fact.

mod testing;

pub(in crate::facts) use testing::is_test;
pub(super) use testing::{helps_tests, is_passed_over};

use crate::libraries::{Role, Table};
use crate::parse::code::Language;
use aho_corasick::AhoCorasick;
use std::sync::OnceLock;

/// Words of all languages without one of which a file holds no fact: metrics, traces, logs,
/// objectives, alerts, incidents.
const COMMON: &[&str] = &[
    "opentelemetry",
    "OpenTelemetry",
    "opentracing",
    "OpenTracing",
    "opencensus",
    "jaeger",
    "prometheus",
    "Prometheus",
    "statsd",
    "StatsD",
    "metrics",
    "Metrics",
    "labels(",
    ".observe(",
    ".Observe(",
    "traceparent",
    "burn_rate",
    "burnrate",
    "slos",
    "slo_",
    "_slo",
    "SLO",
    "sli_definition",
    "measurement_window",
    "error_budget",
    "alertname",
    "commonLabels",
    "groupLabels",
    "remediat",
    "Remediat",
    "incident",
    "Incident",
    "escalat",
    "oncall",
    "OnCall",
    "on_call",
    "otifier",
    "agerduty",
    "agerDuty",
    "psgenie",
    "psGenie",
    "lertmanager",
    "lertManager",
    "slack",
    "Slack",
    "SLACK",
    "smtp",
    "nodemailer",
    "restart",
    "Restart",
    "rollback",
    "failover",
    "scaleUp",
    "ScaleUp",
    "scale_up",
    "SMTP",
    "\"alerts\"",
    ".alerts",
    "Alerts",
    "xoxb-",
    // What looks into traces.
    "get_spans",
    "get_trace",
    "getSpans",
    "getTrace",
    "GetSpans",
    "GetTrace",
    "FindTraces",
    "find_traces",
    "findTraces",
    "/api/traces",
    "/api/v3/traces",
    "/api/search",
    "query_range",
    "parent_span_id",
    "parentSpanId",
    "ParentSpanI",
    "baseline *",
    "baseline*",
    "* baseline",
    "/ baseline",
    "baseline.",
    "baseline_",
];

/// What more a language's files are parsed for.
fn words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &[
            "logging",
            "statistics",
            "structlog",
            "get_logger",
            "logger.",
            "log.info",
            "log.debug",
            "log.warn",
            "log.error",
            "loguru",
            "except",
            "print(",
            "create_",
            "requests",
            "httpx",
            "urlopen",
            "aiohttp",
            "flask",
            "fastapi",
            "django",
            "DEBUG = True",
            "chmod",
            "threading.local",
            "uuid",
            "span(",
            "traced(",
            // What waits for others.
            "socketserver",
            "start_server",
            ".accept(",
            "uvicorn",
            "cherrypy",
            "tornado",
            "bottle",
            "sanic",
            "litestar",
            "starlette",
            "WSGIServer",
            "grpc.",
            "Consumer(",
            "celery",
            "dramatiq",
            "discord",
            "telegram",
            "aiogram",
            "add_job",
        ],
        Language::Go => &[
            "log",
            "slog",
            "zap",
            "fmt.Print",
            "err != nil",
            "otel",
            "racer.Start(",
            "Span(",
            "ListenAndServe",
            "os.OpenFile",
            "os.Chmod",
            "Meter",
            "err.Error()",
            // What gives errors, if only fixed ones.
            "errors.New(",
            "fmt.Errorf(",
            ".Accept",
            "Serve(",
        ],
        Language::Java => &[
            "ILoggingEvent",
            "org.slf4j",
            "lombok.extern",
            "logger.",
            "LOGGER.",
            "flogger",
            "System.Logger",
            "logging.log4j",
            "java.util.logging",
            "catch",
            "System.out",
            "io.micrometer",
            "SpringApplication",
            "PostMapping",
            "@ExceptionHandler",
            "setPosixFilePermissions",
            "Span(",
            "PutMapping",
            "DeleteMapping",
            "Meter",
            "RestController",
            "stereotype.Controller",
            "spark.",
            "ServerSocket",
            "ServerBootstrap",
            "HttpServlet",
            "createHttpServer",
            "Javalin",
            "Listener(",
            "ws.rs",
        ],
        Language::Rust => &[
            "axum",
            "actix",
            "meter(",
            "tracing",
            "log::",
            "metrics",
            "println!",
            "slog",
            "Err(_)",
            "let _ =",
            ".ok();",
            "reqwest",
            "StatusCode::",
            "set_permissions",
            "span(",
            "Listener",
            "warp::",
            "rocket",
            "hyper",
            "tonic",
            "tide::",
            "salvo",
            "poem",
        ],
        Language::Javascript | Language::Typescript | Language::Tsx => &[
            "console.",
            "winston",
            "ogger.",
            "Logger(",
            "log.info",
            "log.debug",
            "log.warn",
            "log.error",
            ".child(",
            "pino",
            "bunyan",
            "log4js",
            "catch",
            "prom-client",
            "fetch(",
            "express",
            "@nestjs/common",
            "fastify",
            "meter.",
            "axios",
            "err.stack",
            "error.stack",
            "startSpan",
            "startActiveSpan",
            "Span(",
            "chmod",
            "mode: 0o",
            "logQueryParameters",
            "typeorm",
            ".listen(",
            "createServer",
            "Server(",
            "Bun.serve",
            "Deno.serve",
            "kafkajs",
            "discord.js",
            "telegraf",
            "grammy",
            "@slack/bolt",
            "telegram-bot",
            "amqplib",
            "bullmq",
            "cron",
        ],
        Language::Csharp => &[
            "ILogger",
            "ogger.Log",
            "LoggerMessage",
            "Serilog",
            "NLog",
            "catch",
            "Console.Write",
            "Diagnostics",
            "StartActivity",
            "Span(",
            // What another service has answered may go into an error.
            "ReadAsStringAsync",
            "WebApplication",
            "DeveloperExceptionPage",
            "HttpPost",
            "HttpPut",
            "HttpDelete",
            "ThreadLocal",
            "ThreadStatic",
            "SensitiveDataLogging",
            "BackgroundService",
            "HostedService",
            "IConsumer<",
            "AddConsumer",
            "TcpListener",
            "HttpListener",
            "ApiController",
            "HttpGet",
        ],
    }
}

/// What a file says that imports a library with which a program waits for others.
fn servers(language: Language) -> Vec<String> {
    let table = Table::of(language);
    let waits = [Role::Route, Role::Consume, Role::Listen];
    let waits = |name: &str| {
        waits.iter().any(|role| table.paths_of(*role).any(|(_, api)| api.library == name))
    };
    let libraries = table.libraries.iter().filter(|library| waits(library.name));
    let imports = libraries.flat_map(|library| library.imports);
    imports
        .flat_map(|import| match language {
            Language::Go => vec![format!("\"{import}")],
            Language::Javascript | Language::Typescript | Language::Tsx => {
                vec![format!("'{import}"), format!("\"{import}")]
            }
            Language::Python | Language::Java | Language::Rust | Language::Csharp => {
                vec![(*import).to_owned()]
            }
        })
        .collect()
}

/// Whether a file of this language can hold a fact.
pub(super) fn may_hold(language: Language, text: &str) -> bool {
    static FINDERS: [OnceLock<Option<AhoCorasick>>; 6] = [const { OnceLock::new() }; 6];
    let number = match language {
        Language::Csharp => 0,
        Language::Go => 1,
        Language::Java => 2,
        Language::Javascript | Language::Typescript | Language::Tsx => 3,
        Language::Python => 4,
        Language::Rust => 5,
    };
    let finder = FINDERS[number].get_or_init(|| {
        let known = COMMON.iter().chain(words(language)).map(|word| (*word).to_owned());
        AhoCorasick::new(known.chain(servers(language))).ok()
    });
    finder.as_ref().is_none_or(|finder| finder.is_match(text))
}

/// Longest line, on average, of text that people write.
const MAX_AVERAGE_LINE: usize = 300;
/// Shortest text that is called minified.
const MIN_MINIFIED: usize = 5_000;

/// Whether a program squeezed the text: nobody edits it.
pub(super) fn is_minified(path: &str, text: &str) -> bool {
    let named = path.ends_with(".min.js")
        || path.contains(".bundle.")
        || path.ends_with(".pnp.cjs")
        || path.ends_with(".pnp.loader.mjs")
        || path.starts_with(".yarn/");
    let lines = || text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    named || (text.len() > MIN_MINIFIED && text.len() / lines() > MAX_AVERAGE_LINE)
}

#[cfg(test)]
mod tests {
    use super::{is_minified, may_hold};
    use crate::parse::code::Language;

    #[test]
    fn what_serves_is_parsed() {
        for (language, text) in [
            (Language::Python, "from quart import Quart"),
            (Language::Go, "import \"github.com/gin-gonic/gin\""),
            (Language::Typescript, "import { Hono } from 'hono'"),
            (Language::Java, "import io.micronaut.http.annotation.Get;"),
            (Language::Rust, "use lapin::Connection;"),
            (Language::Csharp, "using RabbitMQ.Client;"),
        ] {
            assert!(may_hold(language, text), "{text}");
        }
        assert!(!may_hold(Language::Go, "package a\n\nimport \"strings\"\n"));
        assert!(!may_hold(Language::Typescript, "import a from './honolulu'\n"));
    }

    #[test]
    fn bundles_are_known_by_their_lines() {
        let line = "a();".repeat(3_000);
        assert!(is_minified("a.js", &line));
        assert!(is_minified("a.min.js", "a()"));
        assert!(!is_minified("a.js", &"a();\n".repeat(3_000)));
    }
}
