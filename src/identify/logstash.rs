//! Logstash pipelines: by what their lines are, also with a section misspelt or a brace lost.

use super::signature::is_one_edit;

const SECTIONS: [&str; 3] = ["input", "filter", "output"];

/// Plugins that hardly a configuration of another program names, at a line's start before `{`.
const PLUGINS: &[&str] = &[
    "aggregate",
    "azure_event_hubs",
    "beats",
    "cidr",
    "cloudwatch",
    "csv",
    "date",
    "dead_letter_queue",
    "dissect",
    "dns",
    "drop",
    "elastic_agent",
    "elasticsearch",
    "exec",
    "fingerprint",
    "gelf",
    "generator",
    "geoip",
    "grok",
    "heartbeat",
    "http_poller",
    "jdbc",
    "jdbc_streaming",
    "json",
    "kafka",
    "kv",
    "lumberjack",
    "mutate",
    "null",
    "opensearch",
    "prune",
    "rabbitmq",
    "redis",
    "ruby",
    "s3",
    "snmp",
    "sqs",
    "stdin",
    "stdout",
    "syslog",
    "tcp",
    "translate",
    "udp",
    "urldecode",
    "useragent",
    "xml",
];

/// What the lines of a text speak for.
#[derive(Default)]
struct Evidence {
    sections: usize,
    /// A section with a letter wrong, or without its brace.
    near: usize,
    /// The first line may have been the head of a section.
    torn: bool,
    /// Conditions on fields.
    conditions: usize,
    plugins: usize,
    arrows: usize,
    /// `a = b`, `a: b`: how other languages assign.
    assigns: usize,
    /// `a => b,` with a comma after it, `;`: how other languages end a line.
    foreign: usize,
    /// Blocks at the margin that are neither section nor plugin: `akka {`.
    others: usize,
}

/// Whether a text is a pipeline.
pub(super) fn is_pipeline(text: &str) -> bool {
    let named = || SECTIONS.iter().any(|word| text.contains(&word[1..4])) || text.contains("=>");
    if !text.contains('{') || !named() {
        return false;
    }
    let mut found = Evidence::default();
    let mut previous = "";
    for whole in text.lines() {
        let line = whole.trim();
        if !line.is_empty() && !line.starts_with('#') {
            found.others += usize::from(is_other(whole));
            found.torn |= previous.is_empty() && is_torn(line);
            found.line(line, previous);
            previous = line;
        }
    }
    found.decide()
}

impl Evidence {
    fn line(&mut self, line: &str, previous: &str) {
        let mut rest = line;
        // `input { stdin {} }`: the section and its first plugin on one line.
        for _ in 0..4 {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            if word == "if"
                && let Some((condition, body)) = after.split_once('{')
            {
                // A condition on a field, with something in it.
                self.plugins += usize::from(condition.contains('[') && !body.trim().is_empty());
                rest = body.trim_start();
                continue;
            }
            let Some(inner) = after.trim_start().strip_prefix('{') else {
                let starts = PLUGINS.contains(&word) && after.trim().is_empty();
                self.near += usize::from(starts && SECTIONS.contains(&previous));
                break;
            };
            if SECTIONS.contains(&word) {
                self.sections += 1;
            } else if word.len() > 3 && SECTIONS.iter().any(|known| near(word, known)) {
                self.near += 1;
            } else if PLUGINS.contains(&word) {
                self.plugins += 1;
                self.near += usize::from(SECTIONS.contains(&previous));
            } else if word == "server" || word == "location" {
                self.foreign += 2;
            }
            rest = inner.trim_start();
        }
        let condition = line.trim_start_matches(['}', ' ']).trim_start_matches("else ");
        self.conditions += usize::from(
            condition.starts_with("if ")
                && (condition.contains('[') && !condition.contains('(') || asks_field(condition)),
        );
        let arrow = line.find("=>");
        self.arrows += usize::from(arrow.is_some());
        let sign = line.find([':', '=']).filter(|&at| arrow.is_none_or(|arrow| at < arrow));
        let name = |at: usize| {
            // Also inside of braces on the same line: `kafka { bootstrap = "x" }`.
            let name = line[..at].rsplit('{').next().unwrap_or_default().trim();
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-\"".contains(c))
        };
        self.assigns += usize::from(sign.is_some_and(name));
        let ends =
            line.ends_with(';') || (line.ends_with(',') && line.starts_with(char::is_alphabetic));
        self.foreign += usize::from(ends);
    }

    fn decide(&self) -> bool {
        let sections = self.sections + self.near;
        let mostly = self.arrows + self.plugins > self.assigns + self.foreign
            || (self.arrows > 0
                && self.arrows >= self.assigns
                && self.plugins > 0
                && self.foreign < 2);
        // `input { plugin { } }` alone, with nothing that another language would say.
        let bare = self.plugins > 0 && self.assigns + self.foreign + self.others < 2;
        let inner = self.arrows > 0 || self.plugins > 0;
        match (self.sections, sections) {
            (0, 0) => {
                let shown = self.plugins > 0 && self.arrows > 1 || self.arrows > 2;
                let asks = self.conditions > 0 && self.assigns == 0;
                self.torn && self.foreign == 0 && (mostly && shown || asks)
            }
            (0, _) => self.plugins > 0 && inner && mostly,
            // Code of Ruby in a filter assigns too.
            _ => {
                let asks = self.conditions > 0 && self.assigns + self.foreign < 2;
                asks || inner && (mostly || bare || (self.arrows > 0 && self.plugins > 0))
            }
        }
    }
}

/// Whether a line is the head of a block of another language: `akka {`, `play.filters {`.
fn is_other(line: &str) -> bool {
    let Some((head, _)) = line.split_once('{') else { return false };
    let word = head.trim_end_matches([' ', '=', ':']);
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !word.is_empty()
        && word.chars().all(name)
        && !matches!(word, "if" | "else")
        && !PLUGINS.contains(&word)
        && !SECTIONS.iter().any(|known| *known == word || near(word, known))
}

/// Whether a condition in brackets names a field, which no other language writes so: `([a] == "b")`.
fn asks_field(condition: &str) -> bool {
    condition.as_bytes().windows(3).any(|bytes| {
        matches!(bytes[0], b'(' | b' ' | b'!')
            && bytes[1] == b'['
            && (bytes[2].is_ascii_alphabetic() || matches!(bytes[2], b'@' | b'_'))
    }) && !condition.contains(';')
}

/// Whether a line is the head of a section with a word too many or too few: `input input {`,
/// `output log_name`, `) {`.
fn is_torn(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let head = line.strip_suffix('{').map(str::trim_end);
    SECTIONS.contains(&first)
        || head.is_some_and(|head| {
            head.len() < 3 || head.split_whitespace().any(|word| SECTIONS.contains(&word))
        })
}

fn near(word: &str, known: &str) -> bool {
    is_one_edit(word.as_bytes(), known.as_bytes())
}
