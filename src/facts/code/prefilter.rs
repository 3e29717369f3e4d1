//! Which source files are parsed: those that hold a word of a library or of a fact.

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
            "org.slf4j",
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

/// Folders that hold tests.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "__e2e__",
    "testdata",
    "fixtures",
    "integration-tests",
    "conformance",
    "androidTest",
    "testutil",
    "testutils",
    "benches",
    "cypress",
    "playwright",
    "suites",
    ".mvn",
    "end-to-end-tests",
    // Acceptance tests, as Gradle's source sets are called.
    "aat",
    "UnitTest",
    "UnitTests",
    "IntegrationTest",
    "IntegrationTests",
    "acceptance-test",
    "acceptance-tests",
    "acceptanceTest",
    "testrig",
    "testingsupport",
    "testing-support",
    "testsupport",
    "test-support",
    "tests_e2e",
    "fakes",
];

/// Whether a path is that of a test: what it does is not what the service does.
pub(in crate::facts) fn is_test(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    parts.iter().any(|folder| {
        TEST_FOLDERS.contains(folder)
            || folder.ends_with(".Tests")
            || (folder.ends_with("Test") && name.ends_with(".java"))
            || folder.ends_with(".UnitTests")
            || folder.ends_with(".FunctionalTests")
            || folder.ends_with(".IntegrationTests")
            || matches!(*folder, "mock" | "mocks")
            || folder.starts_with("mock-")
            || ["-e2e", "-tests", "_tests"].iter().any(|end| folder.ends_with(end))
    }) || name.ends_with("_test.go")
        || stem.starts_with("test_")
        || stem.starts_with("testdata")
        || stem.ends_with("_test")
        || stem == "conftest"
        || stem == "mock"
        || stem.starts_with("mock_")
        || stem.ends_with("_mock")
        || name.contains(".mock.")
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.contains(".servertest.")
        || (name.ends_with(".java")
            && (stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("IT")))
        || (name.ends_with(".cs") && (stem.ends_with("Test") || stem.ends_with("Tests")))
        || matches!(name, "tests.rs" | "tests.py")
        || name.starts_with("jest.")
        || path.contains("src/it/")
        || path.contains("src/aat/")
        || name.starts_with("jest.")
        || (name.ends_with(".go") && parts.contains(&"integration"))
}

/// Packages of Go that only tests import.
const TEST_PACKAGES: &[&str] =
    &["\"testing\"", "\"net/http/httptest\"", "\"github.com/stretchr/testify/"];

/// Whether a file of Go helps tests: it imports what only they do. Code that serves may import
/// `testing` to ask whether it is tested, or register its flags.
pub(super) fn helps_tests(path: &str, text: &str) -> bool {
    let imports = || {
        let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("import"));
        lines.take_while(|line| !line.starts_with("func ") && !line.starts_with("type ")).any(
            |line| {
                let line = line.strip_prefix("import ").unwrap_or(line).trim_start();
                TEST_PACKAGES.iter().any(|package| line.starts_with(package))
            },
        )
    };
    path.ends_with(".go") && !text.contains("func main()") && imports()
}

/// Whether Go's tools pass over a file unless somebody names it: no program that is deployed has it.
pub(super) fn is_passed_over(path: &str, text: &str) -> bool {
    let mut head = text.lines().take_while(|line| !line.starts_with("package "));
    path.ends_with(".go")
        && head.any(|line| matches!(line.trim(), "//go:build ignore" | "// +build ignore"))
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
        || path.starts_with(".yarn/");
    let lines = || text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    named || (text.len() > MIN_MINIFIED && text.len() / lines() > MAX_AVERAGE_LINE)
}

#[cfg(test)]
mod tests {
    use super::{helps_tests, is_minified, is_test, may_hold};
    use crate::parse::code::Language;

    #[test]
    fn helpers_of_tests_are_known_by_what_they_import() {
        let helper = "package a\n\nimport (\n\t\"net/http/httptest\"\n)\n\nfunc New() {}\n";
        assert!(helps_tests("a/a.go", helper));
        assert!(helps_tests("a/a.go", "package a\n\nimport \"testing\"\n"));
        let served = "package a\n\nimport \"net/http\"\n\nvar a = \"testing\"\n";
        assert!(!helps_tests("a/a.go", served));
        assert!(!helps_tests("a/a.py", helper));
    }

    #[test]
    fn tests_are_known_by_their_path() {
        for path in [
            "a/b_test.go",
            "tests/a.py",
            "a/test_b.py",
            "src/test/java/A.java",
            "web/a.spec.ts",
            "web/__tests__/a.js",
            "Shop.Tests/A.cs",
            "a/OrderTest.java",
            "axum/benches/benches.rs",
            "cmd/shop-e2e/main.go",
            "web/__e2e__/api.ts",
            "web/api.servertest.ts",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["a/latest.go", "src/contest.py", "testimonials/a.ts", "a/Protest.cs.txt"] {
            assert!(!is_test(path), "{path}");
        }
    }

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
