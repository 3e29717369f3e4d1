//! Settings of loggers in files: Logback, Log4j, NLog, Spring, .NET, Python, nginx.

mod files;

use super::code::loggers::{Form, LoggerSetup, Places, Setup};
use super::code::records::{RecordParts, fields_of};
use super::code::responses::{Response, Shows, Status};
use super::deploy::LogDriver;
use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::lang::profiles::is_rehearsed;
use crate::lang::records::Part;
use crate::lang::{placeholder, xml};
use crate::libraries::{Api, Role, Table};
use crate::parse::code::Language;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// What a class or a word of a setting makes of records: `net.logstash.logback.encoder.LogstashEncoder`,
/// `Serilog.Formatting.Compact.CompactJsonFormatter, Serilog.Formatting.Compact`.
fn format_of(word: &str) -> Option<&'static Api> {
    let word = word.split([',', ':']).next().unwrap_or(word).trim();
    if word.is_empty() || word.contains(' ') {
        return None;
    }
    let mut tables = [Language::Java, Language::Csharp].into_iter().map(Table::of);
    tables.find_map(|table| {
        let last = || table.role(&format!(".{word}"), Role::LogFormat);
        table.role(word, Role::LogFormat).or_else(last)
    })
}

/// Whether it makes records structured.
fn is_structured(api: &Api) -> bool {
    matches!(api.get("format"), Some("json" | "otlp"))
}

struct File<'f> {
    map: &'f OffsetMap,
    document: DocumentId,
    parts: RecordParts,
    facts: &'f mut FileFacts,
}

impl File<'_> {
    fn scalar(&self, text: &str, range: &std::ops::Range<usize>) -> Scalar {
        let known = !placeholder::is_in(text) && !text.contains("${");
        Scalar { text: text.to_owned(), span: self.span(range), known, plain: true }
    }

    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        self.map.span(range.start, range.end)
    }

    fn add(&mut self, text: &str, range: std::ops::Range<usize>, setup: Setup) {
        let name = self.scalar(text, &range);
        self.facts.logger_setups.push(LoggerSetup { document: self.document, name, setup });
    }
}

/// Reads a whole text: XML, properties, nginx.
pub fn read_text(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut file = File { map, document, parts: RecordParts::of(document), facts };
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        file.xml(text);
    } else if text.contains("log_format ") {
        file.nginx(text);
    } else {
        file.properties(text);
        file.appenders(text);
    }
    let File { parts, facts, .. } = file;
    if !parts.is_empty() {
        facts.record_parts.push(parts);
    }
}

impl File<'_> {
    fn xml(&mut self, text: &str) {
        let elements = xml::elements(text);
        for (number, element) in elements.iter().enumerate() {
            let class = element.get("class").or_else(|| element.get("type"));
            let word = class.map_or(element.name, |class| class.value);
            if let Some(api) = format_of(word).filter(|api| is_structured(api)) {
                let at = class.map_or(element.at.clone(), |class| class.at.clone());
                self.parts.give(api, self.span(&at));
                self.add(word, at, Setup::Form(Form::Structured, true));
            }
            self.nlog(element);
            self.fields(element);
            let lower = element.name.to_ascii_lowercase();
            let pattern = match lower.as_str() {
                "pattern" if !element.text.is_empty() => {
                    Some((element.text, element.text_at.clone()))
                }
                "patternlayout" => {
                    element.get("pattern").map(|pattern| (pattern.value, pattern.at.clone()))
                }
                _ => None,
            };
            // `<fileNamePattern>` and providers of JSON encoders are none of these.
            let encoded = element.inside.contains(&"providers");
            if let Some((pattern, at)) = pattern.filter(|_| !encoded) {
                let before = self.facts.logger_setups.len();
                self.pattern(pattern, at);
                // Who works on the code may read the time of the own clock.
                if profile(&elements, element.around).is_some_and(|it| is_rehearsed(&it)) {
                    for added in &mut self.facts.logger_setups[before..] {
                        if let Setup::Clock { fault, .. } = &mut added.setup {
                            *fault = None;
                        }
                    }
                }
            }
            if matches!(lower.as_str(), "root" | "logger" | "asyncroot" | "asynclogger")
                && let Some(level) = element.get("level")
            {
                let logger = element.get("name").map_or("root", |name| name.value).to_owned();
                let only = profile(&elements, element.around);
                self.add(level.value, level.at.clone(), Setup::Level { logger, only });
            }
            self.appender(&elements, number);
        }
    }

    /// What a layout or a target of NLog makes of records: JSON, rows of a table, documents of a store.
    fn nlog(&mut self, element: &xml::Element<'_>) {
        let Some(kind) = element.get("xsi:type") else { return };
        let name = kind.value;
        let layout = element.name == "layout" && name.ends_with("JsonLayout");
        let target = element.name == "target"
            && ["Database", "ElasticSearch", "Gelf", "Loki", "Seq", "Splunk"]
                .iter()
                .any(|known| name.trim_start_matches("Buffering").ends_with(known));
        if layout || target {
            self.add(name, kind.at.clone(), Setup::Form(Form::Structured, true));
        }
    }

    /// Fields that an encoder or a layout is told to add.
    fn fields(&mut self, element: &xml::Element<'_>) {
        let provided = element.inside.contains(&"providers");
        let names = matches!(
            element.name,
            "EventTemplateAdditionalField" | "KeyValuePair" | "attribute" | "additionalField"
        );
        for attribute in &element.attributes {
            match attribute.name {
                "key" | "name" if names => {
                    self.parts.field(attribute.value, self.span(&attribute.at));
                }
                "eventTemplateUri" => {
                    let known = ["EcsLayout", "Logstash", "Gelf", "JsonLayout", "Gcp"];
                    self.parts.open |= !known.iter().any(|word| attribute.value.contains(word));
                }
                name if name.starts_with("service") => {
                    self.parts.field(name, self.span(&attribute.at));
                }
                _ => {}
            }
        }
        let span = self.span(&element.text_at);
        if element.text.contains('"') || element.text.contains("&quot;") {
            let text = element.text.replace("&quot;", "\"");
            fields_of(&text, |name| self.parts.field(name, span));
            // `"rest": "%message"`: what a value is, its conversion says.
            for (conversion, name) in
                [("%msg", "message"), ("%message", "message"), ("%level", "level")]
            {
                if text.contains(conversion) {
                    self.parts.field(name, span);
                }
            }
        } else if element.name.starts_with("service") || element.name == "key" {
            let name = if element.name == "key" { element.text } else { element.name };
            self.parts.field(name, span);
        } else if provided && element.name != "version" {
            // `<logLevel/>`; `<version/>` is that of the format.
            self.parts.field(element.name, self.span(&element.at));
        }
    }

    /// A pattern of Logback or Log4j.
    fn pattern(&mut self, pattern: &str, at: std::ops::Range<usize>) {
        if !pattern.contains('%') {
            return;
        }
        let plain = pattern.replace("&quot;", "\"");
        let form = if is_object(&plain) { Form::Structured } else { Form::Text };
        self.add(pattern, at.clone(), Setup::Form(form, true));
        if is_object(&plain) {
            let span = self.span(&at);
            fields_of(&plain, |name| self.parts.field(name, span));
        }
        if plain.trim_start().trim_start_matches('\\').starts_with('{') {
            let setup = Setup::Pattern { text: plain, places: Places::Logback };
            self.add(pattern, at.clone(), setup);
        }
        if let Some((start, len)) = local_date(pattern) {
            let fault = Some("the time of the machine, without its zone");
            let date = &pattern[start..start + len];
            let setup = Setup::Clock { fault, right: false };
            self.add(date, at.start + start..at.start + start + len, setup);
        }
    }

    fn properties(&mut self, text: &str) {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let here = start;
            start += line.len();
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let key = key.trim();
            let lead = line.len()
                - line.split_once(['=', ':']).map_or(0, |(_, rest)| rest.trim_start().len());
            let value = value.trim();
            if key.starts_with('#') || value.is_empty() {
                continue;
            }
            self.setting(key, value, here + lead..here + lead + value.len());
        }
    }

    /// A setting by its dotted key.
    fn setting(&mut self, key: &str, value: &str, at: std::ops::Range<usize>) {
        let lower = key.to_ascii_lowercase();
        let level = key.get(..14).filter(|start| start.eq_ignore_ascii_case("logging.level."));
        if level.is_some() {
            let setup = Setup::Level { logger: key[14..].to_owned(), only: None };
            self.add(value, at, setup);
        } else if lower.starts_with("logging.structured.") {
            let span = self.span(&at);
            structured(&mut self.parts, &lower, value, span);
            if lower.starts_with("logging.structured.format") {
                self.add(value, at, Setup::Form(Form::Structured, true));
            }
        } else if lower == "logging.pattern.console" || lower == "logging.pattern.file" {
            if is_object(value) {
                self.add(value, at.clone(), Setup::Form(Form::Structured, false));
                // What its places come to is not followed.
                self.parts.open = true;
            }
            self.pattern(value, at);
        } else if let Some(logger) = files::logger_of_others(key) {
            self.add(value, at, Setup::Level { logger: logger.to_owned(), only: None });
        } else if lower.trim_start_matches("%prod.") == "quarkus.log.console.format"
            && let Some((start, len)) = local_date(value)
        {
            let fault = Some("the time of the machine, without its zone");
            let date = at.start + start..at.start + start + len;
            self.add(&value[start..start + len], date, Setup::Clock { fault, right: false });
        } else if lower == "server.error.include-stacktrace" {
            let value = self.scalar(value, &at);
            self.facts.responses.extend(shown_stack(value, self.document));
        } else if let Some(api) = format_of(value).filter(|api| is_structured(api)) {
            self.parts.give(api, self.span(&at));
            self.add(value, at, Setup::Form(Form::Structured, true));
        } else if lower == "rootlogger.level" || lower == "log4j.rootlogger" {
            let word = value.split(',').next().unwrap_or(value).trim_end();
            let at = at.start..at.start + word.len();
            self.add(word, at, Setup::Level { logger: "root".to_owned(), only: None });
        }
    }

    fn nginx(&mut self, text: &str) {
        for (start, _) in text.match_indices("log_format ") {
            let line = text[..start].rsplit('\n').next().unwrap_or_default();
            if line.contains('#') {
                continue;
            }
            let end = text[start..].find(';').map_or(text.len(), |end| start + end);
            let body = &text[start..end];
            let mut words = body.split_whitespace().skip(1);
            let Some(name) = words.next() else { continue };
            let at = start + body.find(name).unwrap_or(0);
            let json =
                body.find(['\'', '"']).is_some_and(|quote| body[quote + 1..].starts_with('{'));
            let escaped = body.contains("escape=json");
            if json && escaped {
                self.add(name, at..at + name.len(), Setup::Form(Form::Structured, true));
            } else if json {
                let setup = Setup::Pattern { text: body.to_owned(), places: Places::Nginx };
                self.add(name, at..at + name.len(), setup);
            }
        }
    }
}

/// A date of a pattern that shows neither zone nor offset: its start and length.
fn local_date(pattern: &str) -> Option<(usize, usize)> {
    for start in ["%d{", "%date{"] {
        let Some(at) = pattern.find(start) else { continue };
        let inside = at + start.len();
        let end = inside + pattern[inside..].find('}')?;
        let format = &pattern[inside..end];
        let zoned = format.contains(['X', 'x', 'Z', 'z'])
            || format.contains("ISO8601_OFFSET")
            || format.contains("UNIX")
            // A second option is the zone: `%d{HH:mm:ss, UTC}`, `%d{HH:mm:ss}{UTC}`.
            || format.contains(", UTC") || format.contains(",UTC") || format.contains(", GMT")
            || pattern[end + 1..].starts_with('{');
        let known = !format.contains("${") && !format.is_empty();
        if known && !zoned {
            return Some((at, end + 1 - at));
        }
    }
    None
}

/// Spring's names for what each format says of its own accord.
fn structured(parts: &mut RecordParts, key: &str, value: &str, span: Span) {
    if key.starts_with("logging.structured.format") {
        let (format, more) = match value.trim() {
            "ecs" => (&[Part::Host][..], &[Part::Service, Part::Version][..]),
            "gelf" => (&[Part::Host, Part::Service][..], &[Part::Version][..]),
            "logstash" => (&[][..], &[][..]),
            _ => {
                parts.open = true;
                return;
            }
        };
        let always = [Part::Time, Part::Level, Part::Message, Part::Logger];
        always.iter().chain(format).for_each(|part| parts.field(part.name(), span));
        parts.maybe.extend(more);
    } else if let Some((_, name)) = key.rsplit_once('.') {
        parts.field(name, span);
    }
}

/// The profiles in which an element of a Spring configuration holds.
fn profile(elements: &[xml::Element<'_>], mut around: Option<usize>) -> Option<String> {
    while let Some(element) = around.and_then(|number| elements.get(number)) {
        if element.name == "springProfile" {
            return element.get("name").map(|name| name.value.to_owned());
        }
        around = element.around;
    }
    None
}

/// Reads a parsed document: Spring's YAML, .NET's JSON.
pub fn read(node: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let driver = LogDriver::of(Scalar::under(node, "log-driver"), node.get("log-opts"));
    if let Some(driver) = driver {
        let name = driver.name.clone();
        facts.logger_setups.push(LoggerSetup { document, name, setup: Setup::Driver(driver) });
    }
    let mut parts = RecordParts::of(document);
    let mut only: Option<String> = None;
    let before = facts.logger_setups.len();
    let mut open = vec![(String::new(), node)];
    while let Some((above, node)) = open.pop() {
        for (key, value) in node.entries() {
            let Some(name) = key.scalar() else { continue };
            let full = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            if let Some(scalar) = Scalar::of(value) {
                if PROFILES.contains(&full.as_str()) {
                    only = Some(scalar.text);
                    continue;
                }
                scalar_setting(&full, scalar, &mut parts, facts);
            } else if full.len() < 200 {
                open.push((full.clone(), value));
                for item in value.items() {
                    open.push((full.clone(), item));
                    if let Some(word) = Scalar::of(item) {
                        files::enricher(&full, &word, &mut parts);
                    }
                }
            }
        }
    }
    for setup in &mut facts.logger_setups[before..] {
        if let Setup::Level { only: place, .. } = &mut setup.setup {
            place.clone_from(&only);
        }
    }
    if !only.is_some_and(|profiles| is_rehearsed(&profiles)) {
        developer_pages(node, document, facts);
    }
    facts.logger_setups.sort_by_key(|setup| (setup.document, setup.name.span));
    if !parts.is_empty() {
        facts.record_parts.push(parts);
    }
}

/// Spring's switches for traces of errors in answers: `always`, or whenever a caller asks.
fn developer_pages(node: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let nested = node.at(&["server", "error", "include-stacktrace"]).and_then(Scalar::of);
    let flat = || Scalar::under(node, "server.error.include-stacktrace");
    if let Some(value) = nested.or_else(flat) {
        facts.responses.extend(shown_stack(value, document));
    }
}

fn shown_stack(value: Scalar, document: DocumentId) -> Option<Response> {
    let shows = match value.known_text()?.to_ascii_lowercase().replace('_', "-").as_str() {
        "always" | "on-param" | "on-trace-param" => Shows::Stack,
        _ => Shows::Nothing,
    };
    Some(Response::of_any(document, value, shows, Status::Server))
}

/// Where a document of Spring says in which profiles it holds.
const PROFILES: &[&str] = &["spring.config.activate.on-profile", "spring.profiles"];

/// The logger that a key sets the level of, as written.
fn logger_of(key: &str) -> Option<&str> {
    const KEYS: &[&str] = &[
        "logging.level.",
        "logging.loglevel.",
        "logging.console.loglevel.",
        "serilog.minimumlevel.override.",
    ];
    let below = |start: &&str| {
        key.get(..start.len())
            .filter(|it| it.eq_ignore_ascii_case(start))
            .map(|it| &key[it.len()..])
    };
    if key.eq_ignore_ascii_case("serilog.minimumlevel")
        || key.eq_ignore_ascii_case("serilog.minimumlevel.default")
    {
        return Some("root");
    }
    let logger = KEYS.iter().find_map(below).or_else(|| files::logger_of_others(key))?;
    Some(if logger.eq_ignore_ascii_case("default") { "root" } else { logger })
}

/// Whether a pattern writes records as JSON by hand: `{"level":"%p"`.
fn is_object(pattern: &str) -> bool {
    let inner = pattern.trim_start().strip_prefix('{').map(str::trim_start);
    inner.is_some_and(|inner| inner.starts_with('"') || inner.starts_with("\\\""))
}

/// Whether Dropwizard writes records as JSON: by an appender or a layout of that name.
fn is_appender_of_records(key: &str, value: &str) -> bool {
    const FORMS: &[&str] = &["ecs", "gelf", "json", "logstash", "splunk"];
    matches!(key, "logging.appenders.type" | "logging.appenders.layout.type")
        && value.to_ascii_lowercase().split('-').any(|word| FORMS.contains(&word))
}

fn scalar_setting(key: &str, value: Scalar, parts: &mut RecordParts, facts: &mut FileFacts) {
    let document = parts.document;
    let lower = key.to_ascii_lowercase();
    files::setting(&lower, &value, document, facts);
    files::pattern(&lower, &value, document, facts);
    match lower.as_str() {
        "serilog.enrich.name" => files::enricher("serilog.enrich", &value, parts),
        "serilog.enrich.args.name" => parts.field(&value.text, value.span),
        _ => {}
    }
    if lower.starts_with("logging.structured.") {
        structured(parts, &lower, &value.text, value.span);
    } else if let Some(name) =
        key.get(..19).filter(|it| it.eq_ignore_ascii_case("serilog.properties."))
    {
        parts.field(&key[name.len()..], value.span);
    } else if lower.ends_with(".timestampformat") {
        parts.field("timestamp", value.span);
    }
    let appends =
        is_appender_of_records(&lower, &value.text) || files::is_formatter(&lower, &value);
    // What its factory writes into them nobody here looks into.
    parts.open |= appends;
    let json = || lower.ends_with("formattername") && value.text.eq_ignore_ascii_case("json");
    let format = if json() { format_of("JsonConsole") } else { format_of(&value.text) };
    let format = format.or_else(|| files::sink(&lower, &value)).filter(|api| is_structured(api));
    if let Some(api) = format {
        parts.give(api, value.span);
    }
    let setup = if let Some(logger) = logger_of(key) {
        Setup::Level { logger: logger.to_owned(), only: None }
    } else if lower.starts_with("logging.structured.format") || format.is_some() {
        Setup::Form(Form::Structured, true)
    } else if lower.starts_with("logging.pattern.") && is_object(&value.text) {
        fields_of(&value.text, |name| parts.field(name, value.span));
        Setup::Form(Form::Structured, false)
    } else if appends {
        Setup::Form(Form::Structured, false)
    } else if lower.ends_with("outputtemplate")
        && value.text.trim_start().starts_with('{')
        && value.text.trim_start()[1..].trim_start_matches('{').trim_start().starts_with('"')
    {
        Setup::Pattern { text: value.text.clone(), places: Places::Braces }
    } else {
        return;
    };
    facts.logger_setups.push(LoggerSetup { document, name: value, setup });
}
