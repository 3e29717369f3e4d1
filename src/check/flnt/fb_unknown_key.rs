//! What Fluent Bit refuses in a configuration. Rule: rules/flnt/fb-unknown-key.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::Document;
use crate::facts::shipper::{Property, Role, Section};
use crate::lang::distance;
use crate::lang::version::Version;
use crate::parse::tree::IssueKind;
use crate::repo::runs::Program;
use crate::repo::versions::Releases;
use crate::shippers::{self, Plugin, Word};
use crate::source::Span;

/// Images whose tag is the release of Fluent Bit; others that hold it count for themselves.
const PLAIN: Program = Program(&["fluent-bit", "fluentbit"]);
/// Sections that some file of Fluent Bit has.
const SECTIONS: &[&str] = &[
    "service",
    "input",
    "filter",
    "output",
    "parser",
    "multiline_parser",
    "plugins",
    "custom",
    "env",
    "stream_task",
    "upstream",
    "node",
    "customs",
    "stream_processor",
    "upstream_servers",
];
/// Plugins that come as libraries of their own.
const EXTERNAL: &[&str] =
    &["cloudwatch", "firehose", "kinesis", "grafana-loki", "newrelic", "multiinstance", "gstdout"];

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    for issue in document.text_issues.iter().filter(|issue| issue.kind == IssueKind::Syntax) {
        case.flag(issue.span)
            .with("fault", format!("Fluent Bit does not read this: {}", issue.message));
    }
    let releases = case.repo.releases(document.id, PLAIN);
    let sections = case.repo.sections(document.id);
    let main =
        sections.iter().find(|it| matches!(it.role, Role::Input | Role::Output | Role::Filter));
    for section in sections {
        if section.role == Role::Part || section.open && section.header.text.contains("{{") {
            continue;
        }
        if section.role == Role::Other {
            unknown_section(section, case);
        }
        let parser = matches!(section.role, Role::Parser | Role::MultilineParser);
        if let Some(main) = main.filter(|_| parser && !section.structured) {
            let fault = "parsers belong in a file that `Parsers_File` names: Fluent Bit refuses them in the main file";
            case.flag(section.header.span)
                .with("fault", fault)
                .related(main.header.span, "what makes this the main file");
            continue;
        }
        plugin(section, &releases, case);
    }
}

fn unknown_section(section: &Section, case: &mut Case<'_>) {
    let name = section.header.text.to_ascii_lowercase();
    if SECTIONS.contains(&name.as_str()) || !section.header.known {
        return;
    }
    let hint = suggestion(&name, SECTIONS.iter().copied());
    let fault = match section.structured {
        true => format!("there is no `{name}` in `pipeline`: Fluent Bit refuses the file{hint}"),
        false => format!(
            "there is no section `{name}`: Fluent Bit passes over it and all its keys{hint}"
        ),
    };
    case.flag(section.header.span).with("fault", fault);
}

/// `; is … meant?` for a word close to a known one.
fn suggestion<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> String {
    let close = distance::nearest(name, words, if name.len() < 5 { 1 } else { 2 });
    close.map_or_else(String::new, |word| format!("; is `{word}` meant?"))
}

fn plugin(section: &Section, releases: &Releases, case: &mut Case<'_>) {
    let role = match section.role {
        Role::Input => "input",
        Role::Filter => "filter",
        Role::Output => "output",
        Role::Processor => "processor",
        Role::Service => return service(section, releases, case),
        _ => return,
    };
    let Some(name) = &section.plugin else {
        if !section.open && !super::is_unread(section, case) {
            let fault = format!("this {role} has no `Name`: Fluent Bit does not start");
            case.flag(section.header.span).with("fault", fault);
        }
        return;
    };
    let Some(known) = name.known_text() else { return };
    let table = shippers::fluent_bit();
    // A filter can be a processor as well.
    let found = table.plugin(role, known).or_else(|| match section.role {
        Role::Processor => table.plugin("filter", known),
        _ => None,
    });
    let Some(found) = found else {
        if !has_external(section, case) && !EXTERNAL.contains(&known.to_ascii_lowercase().as_str())
        {
            let names = table.plugins.iter().filter(|it| it.role == role).map(|it| it.name.name);
            let fault = format!(
                "Fluent Bit has no {role} `{known}`{}",
                suggestion(&known.to_ascii_lowercase(), names)
            );
            case.flag(name.span).with("fault", fault);
        }
        return;
    };
    if let Some(lack) = lacks(&found.name, releases) {
        let fault = format!("the {role} `{known}` {lack}");
        case.flag(name.span).with("fault", fault);
    }
    properties(section, found, releases, case);
}

/// Whether plugins are loaded from elsewhere.
fn has_external(section: &Section, case: &Case<'_>) -> bool {
    super::roles(section, case).is_none_or(|roles| roles.external)
}

fn properties(section: &Section, plugin: &Plugin, releases: &Releases, case: &mut Case<'_>) {
    let role = section.noun();
    let common = shippers::fluent_bit().common(plugin.role);
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for property in section.properties.iter().filter(|property| property.key.known) {
        let name = key(property, section);
        if matches!(
            name.as_str(),
            "name" | "active" | "condition" | "telemetry" | "routes" | "match" | "match_regex"
        ) || name.starts_with("_debug.")
        {
            continue;
        }
        let own = plugin.options.iter().find(|word| word.is(&name));
        let Some(word) = own.or_else(|| common.iter().find(|word| word.is(&name))) else {
            if !plugin.open {
                let words = plugin.options.iter().chain(common).map(|word| word.name);
                let hint = suggestion(&name, words);
                let known = &plugin.name.name;
                let fault = format!(
                    "the {role} `{known}` has no property `{}`: Fluent Bit does not start{hint}",
                    property.key.text
                );
                case.flag(property.key.span).with("fault", fault);
            }
            continue;
        };
        if let Some(lack) = lacks(word, releases) {
            let fault = format!("`{}` {lack}", property.key.text);
            case.flag(property.key.span).with("fault", fault);
        }
        let first = seen.iter().find(|(known, _)| *known == word.name).map(|(_, span)| *span);
        match first {
            Some(first) if own.is_some() && !word.repeats && !section.structured => {
                let fault =
                    format!("`{}` is given twice: Fluent Bit does not start", property.key.text);
                case.flag(property.key.span).with("fault", fault).related(first, "the first one");
            }
            Some(_) => {}
            None => seen.push((word.name, property.key.span)),
        }
    }
}

fn service(section: &Section, releases: &Releases, case: &mut Case<'_>) {
    let table = shippers::fluent_bit();
    for property in section.properties.iter().filter(|property| property.key.known) {
        let name = key(property, section);
        match table.service.iter().find(|word| word.is(&name)) {
            Some(word) => {
                if let Some(lack) = lacks(word, releases) {
                    let fault = format!("`{}` {lack}", property.key.text);
                    case.flag(property.key.span).with("fault", fault);
                }
            }
            None if name == "telemetry" || name.starts_with("http_server.") => {}
            None => {
                let hint = suggestion(&name, table.service.iter().map(|word| word.name));
                let fault = format!(
                    "the service has no property `{}`: Fluent Bit passes over it{hint}",
                    property.key.text
                );
                // It starts all the same.
                case.flag(property.key.span).with("fault", fault).severity(Severity::Warning);
            }
        }
    }
}

/// The name of a property in lower case; YAML may write `memBufLimit`.
fn key(property: &Property, section: &Section) -> String {
    let text = &property.key.text;
    let camel = section.structured
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.contains(['_', '.'])
        && text.contains(|c: char| c.is_ascii_uppercase());
    if !camel {
        return text.to_ascii_lowercase();
    }
    let mut name = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// What to say of a word that certainly none of the releases that run here knows.
fn lacks(word: &Word, releases: &Releases) -> Option<String> {
    let (newest, oldest) = (releases.newest()?.version, releases.oldest()?.version);
    if Version::parse(word.since).is_some_and(|since| newest < since) {
        return Some(format!("is not in Fluent Bit {newest}: it came with {}", word.since));
    }
    let until = Version::parse(word.until)?;
    let gone = (oldest.major, oldest.minor) > (until.major, until.minor);
    gone.then(|| {
        format!("is no longer in Fluent Bit {oldest}: {} was the last that had it", word.until)
    })
}
