//! Settings of loggers in files: Logback, Log4j, NLog, Spring, .NET, nginx.

use super::code::loggers::{Form, LoggerSetup, Places, Setup};
use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::lang::{placeholder, xml};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;

/// Words of classes and settings that make JSON of records.
const STRUCTURED: &[&str] = &[
    "LogstashEncoder",
    "LoggingEventCompositeJsonEncoder",
    "JsonEncoder",
    "EcsEncoder",
    "EcsLayout",
    "JsonTemplateLayout",
    "JsonLayout",
    "JSONLayout",
    "GelfLayout",
    "OpenTelemetryAppender",
    "OpenTelemetry",
    "StackdriverJsonLayout",
    "CompactJsonFormatter",
    "JsonFormatter",
    "EcsTextFormatter",
    "JsonConsole",
];

struct File<'f> {
    map: &'f OffsetMap,
    document: DocumentId,
    facts: &'f mut FileFacts,
}

impl File<'_> {
    fn add(&mut self, text: &str, range: std::ops::Range<usize>, setup: Setup) {
        let span = self.map.span(range.start, range.end);
        let known = !placeholder::is_in(text) && !text.contains("${");
        let name = Scalar { text: text.to_owned(), span, known, plain: true };
        self.facts.logger_setups.push(LoggerSetup { document: self.document, name, setup });
    }
}

/// Reads a whole text: XML, properties, nginx.
pub fn read_text(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut file = File { map, document, facts };
    if text.trim_start().starts_with('<') {
        file.xml(text);
    } else if text.contains("log_format ") {
        file.nginx(text);
    } else {
        file.properties(text);
    }
}

impl File<'_> {
    fn xml(&mut self, text: &str) {
        let elements = xml::elements(text);
        for element in &elements {
            let class = element.get("class").or_else(|| element.get("type"));
            let word = class.map_or(element.name, |class| class.value);
            if STRUCTURED.iter().any(|known| word.ends_with(known)) {
                let at = class.map_or(element.at.clone(), |class| class.at.clone());
                self.add(word, at, Setup::Form(Form::Structured, true));
            }
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
                self.pattern(pattern, at);
            }
            if matches!(lower.as_str(), "root" | "logger" | "asyncroot" | "asynclogger")
                && let Some(level) = element.get("level")
            {
                let logger = element.get("name").map_or("root", |name| name.value).to_owned();
                self.add(level.value, level.at.clone(), Setup::Level { logger });
            }
            let file = class.is_some_and(|class| class.value.ends_with(".FileAppender"))
                || element.name == "File" && element.get("fileName").is_some();
            if file {
                let at = class.map_or(element.at.clone(), |class| class.at.clone());
                self.add(word, at, Setup::File { rotates: false, ends: None });
            }
        }
    }

    /// A pattern of Logback or Log4j.
    fn pattern(&mut self, pattern: &str, at: std::ops::Range<usize>) {
        if !pattern.contains('%') {
            return;
        }
        self.add(pattern, at.clone(), Setup::Form(Form::Text, true));
        let plain = pattern.replace("&quot;", "\"");
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
        let level = lower.strip_prefix("logging.level.");
        if let Some(logger) = level {
            self.add(value, at, Setup::Level { logger: logger.to_owned() });
        } else if lower.starts_with("logging.structured.format") {
            self.add(value, at, Setup::Form(Form::Structured, true));
        } else if lower == "logging.pattern.console" || lower == "logging.pattern.file" {
            self.pattern(value, at);
        } else if STRUCTURED.iter().any(|word| value.contains(word)) {
            self.add(value, at, Setup::Form(Form::Structured, true));
        } else if matches!(
            lower.as_str(),
            "spring.jpa.properties.hibernate.show_sql" | "spring.jpa.show-sql"
        ) && value == "true"
        {
            self.add(value, at, Setup::Level { logger: "sql".to_owned() });
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

/// Reads a parsed document: Spring's YAML, .NET's JSON.
pub fn read(node: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let mut open = vec![(String::new(), node)];
    while let Some((above, node)) = open.pop() {
        for (key, value) in node.entries() {
            let Some(name) = key.scalar() else { continue };
            let full = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            if let Some(scalar) = Scalar::of(value) {
                scalar_setting(&full, scalar, document, facts);
            } else if full.len() < 200 {
                open.push((full.clone(), value));
                for item in value.items() {
                    open.push((full.clone(), item));
                }
            }
        }
    }
    facts.logger_setups.sort_by_key(|setup| (setup.document, setup.name.span));
}

fn scalar_setting(key: &str, value: Scalar, document: DocumentId, facts: &mut FileFacts) {
    let lower = key.to_ascii_lowercase();
    let level = ["logging.level.", "logging.loglevel.", "logging.console.loglevel."]
        .iter()
        .find_map(|start| lower.strip_prefix(start))
        .or_else(|| lower.strip_prefix("serilog.minimumlevel.override."));
    let setup = if let Some(logger) = level {
        Setup::Level { logger: logger.to_owned() }
    } else if lower == "serilog.minimumlevel" || lower == "serilog.minimumlevel.default" {
        Setup::Level { logger: "root".to_owned() }
    } else if lower.starts_with("logging.structured.format")
        || STRUCTURED.iter().any(|word| value.text.contains(word))
        || (lower.ends_with("formattername") && value.text.eq_ignore_ascii_case("json"))
    {
        Setup::Form(Form::Structured, true)
    } else if lower.ends_with("outputtemplate")
        && value.text.trim_start().starts_with('{')
        && value.text.trim_start()[1..].trim_start_matches('{').trim_start().starts_with('"')
    {
        Setup::Pattern { text: value.text.clone(), places: Places::Braces }
    } else if (lower == "logging.pattern.console" || lower == "logging.pattern.file")
        && value.known
        && let Some((start, len)) = local_date(&value.text)
    {
        let span = value.place(start, start + len);
        let text = value.text[start..start + len].to_owned();
        let name = Scalar { text, span, ..value };
        let fault = Some("the time of the machine, without its zone");
        let setup = Setup::Clock { fault, right: false };
        facts.logger_setups.push(LoggerSetup { document, name, setup });
        return;
    } else if matches!(
        lower.as_str(),
        "spring.jpa.show-sql" | "spring.jpa.properties.hibernate.show_sql"
    ) && value.boolean() == Some(true)
    {
        Setup::Level { logger: "sql".to_owned() }
    } else {
        return;
    };
    facts.logger_setups.push(LoggerSetup { document, name: value, setup });
}
