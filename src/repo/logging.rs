//! How services log: where they write records, and what those look like.

use super::Repo;
use super::services::Service;
use crate::facts::DocumentId;
use crate::facts::code;
use crate::facts::code::loggers::{Form, Setup};
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::lang::quick::QuickMap;
use crate::lang::sensitive::words;
use crate::libraries::Table;
use crate::parse::code::Language;
use crate::source::{SourceId, Span};
use std::collections::BTreeSet;

/// What one file says of logs.
#[derive(Clone, Debug, Default)]
struct Says {
    /// The first record of a logger.
    record: Option<Span>,
    /// The first print.
    print: Option<Span>,
    /// Where records are made structured.
    structured: Option<Span>,
    /// Something that is named like that, or nobody can follow.
    open: Option<Span>,
    /// Where records are made of keys and values.
    pairs: Option<Span>,
}

/// How each file logs.
#[derive(Debug, Default)]
pub struct Logging {
    files: QuickMap<DocumentId, Says>,
    /// Settings files: their folder, and where they make records structured.
    settings: Vec<(String, Span)>,
}

/// How a service logs.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Where it writes its first record, or prints.
    pub record: Option<Span>,
    /// Where its records are made structured.
    pub structured: Option<Span>,
    /// Where that may be done.
    pub open: Option<Span>,
    /// Where they are made text of keys and values, or what makes them JSON lies ready.
    pub pairs: Option<Span>,
}

impl Logging {
    fn of(repo: &Repo) -> Logging {
        let mut logging = Logging::default();
        let calls = repo.facts.log_calls.iter();
        for call in calls.filter(|call| !call.aside && !repo.is_errand(call.document)) {
            let says = logging.files.entry(call.document).or_default();
            let place = if call.printed { &mut says.print } else { &mut says.record };
            *place = place.or(Some(call.method.span));
            if call.encoded {
                says.open = says.open.or(Some(call.method.span));
            }
        }
        for setup in &repo.facts.logger_setups {
            let span = setup.name.span;
            let Setup::Form(form, sure) = setup.setup else { continue };
            if !repo.document(setup.document).kind.is_code() {
                if form == Form::Structured {
                    let path = &repo.source(setup.document.source).path;
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    logging.settings.push((folder.to_owned(), span));
                }
                continue;
            }
            let says = logging.files.entry(setup.document).or_default();
            match (form, sure) {
                (Form::Structured, true) => says.structured = says.structured.or(Some(span)),
                (Form::Structured, false) | (Form::Open, _) => says.open = says.open.or(Some(span)),
                (Form::Pairs, _) => says.pairs = says.pairs.or(Some(span)),
                (Form::Text, _) => {}
            }
        }
        logging
    }

    /// How files log together, with the settings below a folder.
    fn style(&self, service: &Service) -> Style {
        let root = &service.root;
        // A script beside the program prints for itself.
        let waits = service.listens.iter().chain(&service.consumes);
        let waits: BTreeSet<SourceId> = waits.map(|at| at.source).collect();
        let begins: BTreeSet<SourceId> = service.entries.iter().map(|at| at.source).collect();
        let alone = |it: &DocumentId| {
            begins.len() > 1 && begins.contains(&it.source) && !waits.contains(&it.source)
        };
        let mut style = Style { record: None, structured: None, open: None, pairs: None };
        let mut print = None;
        for document in &service.documents {
            let Some(says) = self.files.get(document) else { continue };
            style.record = style.record.or(says.record);
            if print.is_none() && says.print.is_some() && !alone(document) {
                print = says.print;
            }
            style.structured = style.structured.or(says.structured);
            style.open = style.open.or(says.open);
            style.pairs = style.pairs.or(says.pairs);
        }
        style.record = style.record.or(print);
        let below = |folder: &str| {
            root.is_empty() || folder == root || folder.starts_with(&format!("{root}/"))
        };
        let set = self.settings.iter().find(|(folder, _)| below(folder));
        style.structured = style.structured.or(set.map(|(_, span)| *span));
        // What stands outside of all services may be built into any.
        style.open = style.open.or(self.settings.first().map(|(_, span)| *span));
        style
    }
}

/// Loggers that only write text, and what goes by such a name and writes no records of a program.
const TEXT_ONLY: &[&str] = &[
    "console_log",
    "env_logger",
    "glog",
    "gorm",
    "koa-logger",
    "log-symbols",
    "log-update",
    "loglevel",
    "middleware",
    "npmlog",
    "pretty_env_logger",
    "simple_logger",
    "simplelog",
    "wasm_logger",
];

/// Whether a file is one of a logger, by its name or by that of one of its last two folders:
/// `services/log/console/console.go`, `app/logging.py`.
fn is_for_logs(path: &str) -> bool {
    let speaks = |name: &str| matches!(name, "log" | "logger" | "loggers" | "logging" | "logs");
    let home = folder(path);
    let stem = last(path).split('.').next().unwrap_or_default();
    speaks(last(home)) || speaks(last(folder(home))) || speaks(&stem.to_ascii_lowercase())
}

/// Whether a package is a sink that takes records with their fields, of Serilog or of OpenTelemetry.
fn is_structured_sink(package: &str) -> bool {
    const TAKERS: &[&str] = &[
        "ApplicationInsights",
        "AzureAnalytics",
        "Datadog.Logs",
        "Elasticsearch",
        "Fluentd",
        "Grafana.Loki",
        "Graylog",
        "Loki",
        "NewRelic.Logs",
        "OpenTelemetry",
        "Seq",
        "Splunk",
    ];
    let sink = package.strip_prefix("Serilog.Sinks.");
    // What goes through OpenTelemetry's API of logs has attributes.
    matches!(package, "Elastic.Serilog.Sinks" | "@opentelemetry/api-logs")
        || sink.is_some_and(|name| TAKERS.contains(&name))
}

/// Whether an artifact of Java brings an encoder of JSON for a logger.
fn is_encoder(artifact: &str) -> bool {
    const ENCODERS: &[&str] = &[
        "log4j-layout-template-json",
        "logback-ecs-encoder",
        "logback-json-classic",
        "logstash-logback-encoder",
    ];
    artifact.rsplit_once(':').is_some_and(|(_, name)| ENCODERS.contains(&name))
}

/// Whether an import is that of a library that writes JSON.
fn writes_json(import: &str) -> bool {
    const WHOLE: &[&str] = &["encoding/json", "json", "orjson", "simplejson", "ujson"];
    const BELOW: &[&str] = &[
        "Newtonsoft.Json",
        "System.Text.Json",
        "com.fasterxml.jackson",
        "com.google.gson",
        "serde_json",
    ];
    WHOLE.contains(&import) || BELOW.iter().any(|known| import.starts_with(known))
}

/// Whether the last part of an import speaks of a logger: `shop-logger`, `example.org/x/logrusx`.
fn is_of_logs(import: &str) -> bool {
    const LOGGERS: &[&str] = &["hclog", "log", "logger", "loggers", "logging", "logs"];
    const MADE_OF: &[&str] = &["logrus", "slog", "winston", "zap", "zerolog"];
    let parts = || import.split(['/', ':']).filter(|part| !part.is_empty());
    if parts().any(|part| TEXT_ONLY.contains(&part)) {
        return false;
    }
    let name = parts().next_back().unwrap_or_default();
    // `mlog`, `xlog`
    let short = |word: &str| {
        word.len() == 4
            && word.ends_with("log")
            && !["blog", "clog", "slog", "vlog"].contains(&word)
    };
    words(name).iter().any(|word| {
        LOGGERS.contains(&word.as_str())
            || short(word)
            || MADE_OF.iter().any(|known| {
                // `logrusx`, `mozlogrus`
                word.strip_suffix('x') == Some(*known)
                    || word.len() > known.len() && word.ends_with(known)
            })
    })
}

impl Repo {
    fn logging(&self) -> &Logging {
        self.logging.get_or_init(|| Logging::of(self))
    }

    /// How each service logs, in the order of `services`.
    pub fn log_styles(&self) -> &[Style] {
        let all = || self.services().iter().map(|service| self.style_of(service)).collect();
        self.styles.get_or_init(all)
    }

    /// How a service logs.
    pub fn log_style(&self, service: &Service) -> Style {
        let number = self.services().iter().position(|one| std::ptr::eq(one, service));
        let known = number.and_then(|number| self.log_styles().get(number));
        known.copied().unwrap_or_else(|| self.style_of(service))
    }

    fn style_of(&self, service: &Service) -> Style {
        let mut style = self.logging().style(service);
        // `LOG_FORMAT=json` in its environment.
        let containers = service.containers.iter().map(|number| &self.facts.containers[*number]);
        let asked = containers.flat_map(|container| &container.env.entries).find(|(key, value)| {
            let key = key.text.to_ascii_uppercase();
            key.contains("LOG") && value.text.to_ascii_lowercase().contains("json")
        });
        style.open = style.open.or(asked.map(|(key, _)| key.span));
        // A logger of its own that can write JSON.
        let own = self.modules_of(service).find(|module| {
            let path = &self.source(module.document.source).path;
            is_for_logs(path) && module.imports.iter().any(|it| writes_json(it))
        });
        let own = own.map(|module| self.document(module.document).anchor);
        style.open = style.open.or(own);
        style.open = style.open.or_else(|| self.logs_by_package(service));
        // An encoder that is built in, and named by no settings here, is there for settings elsewhere.
        let mut needed = self.dependencies_of(service).filter(|it| !it.development);
        let encoder = needed.find(|it| is_encoder(&it.name.text));
        style.pairs = style.pairs.or(encoder.map(|it| it.name.span));
        // A sink that is built in and named by no code is one that settings name.
        let mut needed = self.dependencies_of(service);
        let sink = needed.find(|it| is_structured_sink(&it.name.text));
        style.open = style.open.or(sink.map(|it| it.name.span));
        // A host of Azure Functions sends records with what it knows of each call.
        let host = join(&service.root, "host.json").is_some_and(|path| self.has_path(&path));
        style.open = style.open.or(host.then_some(service.anchor));
        // What Fastify's command line starts has a logger of it, which writes JSON.
        let manifests = service.manifests.iter().map(|&number| &self.facts.manifests[number]);
        let mut commands = manifests.flat_map(|it| &it.commands);
        let fastify = commands.find(|it| it.text.contains("fastify start"));
        style.open = style.open.or(fastify.map(|it| it.span));
        // A server that comes as a package may have a logger of bunyan, which writes JSON.
        let mut needed = self.dependencies_of(service).filter(|it| !it.development);
        let bunyan = needed.find(|it| it.name.text == "bunyan").filter(|_| {
            let mut modules = self.modules_of(service);
            modules.any(|module| module.imports.iter().any(|import| import == "bunyan"))
        });
        style.open = style.open.or(bunyan.map(|it| it.name.span));
        // An agent sends the records of the loggers it knows.
        style.open = style.open.or_else(|| self.agent_of(service).map(|(span, _)| span));
        style.open = style.open.or_else(|| self.hides_agent(service).then_some(service.anchor));
        style
    }

    /// Where code uses a logger that comes as a package of its own, which nobody here looks into:
    /// how its records look is decided there.
    fn logs_by_package(&self, service: &Service) -> Option<Span> {
        let needed = self.dependencies_of(service).filter(|it| !it.development);
        let needed: Vec<String> = needed.map(|it| it.name.text.clone()).collect();
        let module = self.modules_of(service).find(|module| {
            let document = self.document(module.document);
            let path = &self.source(module.document.source).path;
            let Some(language) = code::language(document.kind, path) else { return false };
            let rust = language == Language::Rust;
            let known = Table::of(language);
            let python = language == Language::Python;
            let from = |import: &str, package: &str| {
                let plain = rust || python;
                let package = if plain { package.replace('-', "_") } else { package.to_owned() };
                let rest = import.strip_prefix(&package);
                rest.is_some_and(|rest| {
                    rest.is_empty()
                        || rest.starts_with(['/', ':'])
                        || python && rest.starts_with('.')
                })
            };
            // `from shop_utils.logging import flask`
            let is_of_logs = |import: &str| match python {
                true => import.split('.').any(is_of_logs),
                false => is_of_logs(import),
            };
            module.imports.iter().any(|import| {
                is_of_logs(import)
                    && known.library(&import.replace("::", ".")).is_none()
                    && needed.iter().any(|package| from(import, package))
                    && !self.is_own_package(import)
            })
        });
        let module = module.map(|module| self.document(module.document).anchor);
        module.or_else(|| self.logs_by_artifact(service))
    }

    /// An artifact of Java that brings the settings of loggers with it: `com.acme:shop-logging`.
    fn logs_by_artifact(&self, service: &Service) -> Option<Span> {
        /// Groups of loggers themselves, and of what records calls of others.
        const KNOWN: &[&str] = &[
            "ch.qos.",
            "com.squareup.",
            "commons-logging",
            "io.github.microutils",
            "io.github.oshai",
            "io.opentelemetry",
            "io.quarkus",
            "log4j",
            "org.apache.",
            "org.jboss.",
            "org.slf4j",
            "org.springframework",
        ];
        if !service.languages.contains(&Kind::Java) {
            return None;
        }
        let mut needed = self.dependencies_of(service).filter(|it| !it.development);
        let found = needed.find(|it| {
            let name = it.name.text.as_str();
            let brings = |word: &String| matches!(word.as_str(), "logger" | "logging" | "logs");
            name.split_once(':').is_some_and(|(group, artifact)| {
                !KNOWN.iter().any(|known| group.starts_with(known))
                    && words(artifact).iter().any(brings)
                    && !self.is_own_package(name)
                    && !self.is_own_package(artifact)
            })
        });
        found.map(|it| it.name.span)
    }

    /// Whether an import begins with the name of a package that is here.
    fn is_own_package(&self, import: &str) -> bool {
        let names = self.facts.manifests.iter().filter_map(|it| it.name.as_ref()?.known_text());
        let mut names = names.map(|name| (name, name.replace('-', "_")));
        names.any(|(name, plain)| import.starts_with(name) || import.starts_with(&plain))
    }

    /// Whether nothing makes the records of a file structured: neither its service, nor, where it
    /// belongs to none, any file here.
    pub fn logs_text(&self, document: DocumentId) -> bool {
        let plain = |style: &Style| style.structured.is_none() && style.open.is_none();
        let numbers = self.services_with(document);
        if numbers.is_empty() {
            let logging = self.logging();
            return logging.settings.is_empty()
                && logging.files.values().all(|says| says.structured.or(says.open).is_none());
        }
        numbers.iter().all(|number| plain(&self.log_styles()[*number]))
    }
}
