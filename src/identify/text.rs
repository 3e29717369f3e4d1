//! Texts that are neither YAML nor JSON: source code, pipelines, templates.

use super::{Kind, logstash};
use crate::lang::grok;
use crate::lang::path::is_requirements;

/// Source languages and other annotated texts, by extension.
const EXTENSIONS: &[(&str, Kind)] = &[
    ("py", Kind::Python),
    ("pyi", Kind::Python),
    ("go", Kind::Go),
    ("java", Kind::Java),
    ("js", Kind::Javascript),
    ("jsx", Kind::Javascript),
    ("mjs", Kind::Javascript),
    ("cjs", Kind::Javascript),
    ("ts", Kind::Typescript),
    ("tsx", Kind::Typescript),
    ("mts", Kind::Typescript),
    ("cts", Kind::Typescript),
    ("rs", Kind::Rust),
    ("cs", Kind::Csharp),
    ("md", Kind::Markdown),
    ("markdown", Kind::Markdown),
    ("mdx", Kind::Markdown),
    ("jsonnet", Kind::Text),
    ("libsonnet", Kind::Text),
    ("sh", Kind::Text),
    ("bash", Kind::Text),
    ("tf", Kind::Terraform),
    ("hcl", Kind::Text),
    ("rb", Kind::Text),
    ("php", Kind::Text),
    ("kt", Kind::Text),
    ("scala", Kind::Text),
    ("c", Kind::Text),
    ("h", Kind::Text),
    ("cc", Kind::Text),
    ("cpp", Kind::Text),
    ("sql", Kind::Text),
    ("ps1", Kind::Text),
    ("dockerfile", Kind::Dockerfile),
    ("env", Kind::EnvFile),
];

/// The kind that a file's name says, if it says one.
pub(super) fn by_name(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let variant =
        |rest: &str| rest.starts_with('.') || rest.starts_with('-') && !rest.contains('.');
    let built = name.strip_prefix("Dockerfile").is_some_and(|it| it.is_empty() || variant(it));
    if built || name == "Containerfile" {
        return Some(Kind::Dockerfile);
    }
    // A page that was put away: `NOTES.md.archived`.
    if name.contains(".md.") && !name.ends_with(".tmpl") && !name.ends_with(".tpl") {
        return Some(Kind::Markdown);
    }
    if name == "CODEOWNERS" {
        return Some(Kind::CodeOwners);
    }
    if name == "Makefile" {
        return Some(Kind::Text);
    }
    if name == ".env" || name.starts_with(".env.") {
        return Some(Kind::EnvFile);
    }
    if name == "Jenkinsfile" || name.starts_with("Jenkinsfile.") {
        return Some(Kind::CiPipeline);
    }
    if is_manifest(path, name) {
        return Some(Kind::Manifest);
    }
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|&(_, kind)| kind)
}

/// Names under which package managers look for their manifests.
const MANIFESTS: &[&str] = &[
    "go.mod",
    "package.json",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "dependencies.gradle",
    "Cargo.toml",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "Procfile",
    "packages.config",
];

fn is_manifest(path: &str, name: &str) -> bool {
    let project = [".csproj", ".fsproj", ".vbproj"].iter().any(|ending| name.ends_with(ending));
    MANIFESTS.contains(&name) || project || is_requirements(path)
}

/// Jsonnet, CUE and programs of jq look like YAML with faults, and are neither loaded nor evaluated.
pub(super) fn is_jsonnet(path: &str) -> bool {
    [".jsonnet", ".libsonnet", ".jq", ".cue"].iter().any(|ending| path.ends_with(ending))
}

/// Whether a path is that of a job of Nomad: HCL, with other programs' configuration inside.
pub fn is_nomad(path: &str) -> bool {
    [".nomad", ".nomad.hcl"].iter().any(|ending| path.ends_with(ending))
}

/// The kind that the first line of a script says.
pub(super) fn by_shebang(text: &str) -> Option<Kind> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let program =
        line.split(['/', ' ']).rfind(|word| !word.is_empty() && !word.starts_with('-'))?;
    match program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "python" => Some(Kind::Python),
        "node" | "deno" | "bun" => Some(Kind::Javascript),
        "ts-node" | "tsx" => Some(Kind::Typescript),
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash" | "perl" | "ruby" => Some(Kind::Text),
        _ => None,
    }
}

/// Lines that count as evidence for a source language, for a file whose name says nothing.
pub(super) fn by_code(text: &str) -> Option<Kind> {
    let lines = || text.lines().take(200).map(str::trim_end);
    let count = |test: &dyn Fn(&str) -> bool| lines().filter(|line| test(line)).count();
    let any = |test: &dyn Fn(&str) -> bool| count(test) > 0;
    let go = any(&|line| line.strip_prefix("package ").is_some_and(is_name))
        && any(&|line| line.starts_with("import ") || line.starts_with("func "));
    if go {
        return Some(Kind::Go);
    }
    let java = any(&|line| line.starts_with("package ") && line.ends_with(';'))
        && any(&|line| line.starts_with("import ") || line.contains("class "));
    if java {
        return Some(Kind::Java);
    }
    let csharp = any(&|line| line.starts_with("using ") && line.ends_with(';'))
        && any(&|line| line.starts_with("namespace ") || line.contains("class "));
    if csharp {
        return Some(Kind::Csharp);
    }
    let rust = any(&|line| line.starts_with("use ") && line.contains("::") && line.ends_with(';'))
        || any(&|line| line.starts_with("pub fn ") || line.starts_with("fn main()"));
    if rust {
        return Some(Kind::Rust);
    }
    let imports = count(&|line| {
        line.strip_prefix("import ")
            .is_some_and(|rest| is_name(rest.split(" as ").next().unwrap_or(rest)))
            || (line.starts_with("from ") && line.contains(" import "))
    });
    let defines = any(&|line| {
        let body = line.trim_start();
        (body.starts_with("def ") || body.starts_with("class ")) && line.ends_with(':')
    });
    if (imports > 0 && defines) || imports > 1 {
        return Some(Kind::Python);
    }
    let script = any(&|line| {
        (line.starts_with("import ") && line.contains(" from '"))
            || (line.starts_with("import ") && line.contains(" from \""))
            || (line.starts_with("const ") && line.contains("require("))
    });
    let typed = any(&|line| {
        line.starts_with("interface ")
            || line.starts_with("export interface ")
            || line.contains(": string")
    });
    match (script, typed) {
        (true, true) => Some(Kind::Typescript),
        (true, false) => Some(Kind::Javascript),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// Configuration languages that are neither YAML nor JSON.
pub(super) fn by_grammar(text: &str) -> Option<Kind> {
    if is_notification_template(text) {
        return Some(Kind::AlertmanagerTemplate);
    }
    if is_supervised(text) {
        return Some(Kind::Text);
    }
    if is_terraform(text) {
        return Some(Kind::Terraform);
    }
    if logstash::is_pipeline(text) {
        return Some(Kind::LogstashPipeline);
    }
    if grok::is_patterns(text) {
        return Some(Kind::GrokPatterns);
    }
    if is_fluentd(text) {
        return Some(Kind::FluentdConfig);
    }
    if is_fluent_bit(text) {
        return Some(Kind::FluentBitConfig);
    }
    if is_vector(text) {
        return Some(Kind::VectorConfig);
    }
    if crate::lang::console::is_console(text) {
        return Some(Kind::ElasticRequests);
    }
    if crate::lang::logging::is_logging(text) {
        return Some(Kind::LoggingConfig);
    }
    if is_alloy(text) {
        return Some(Kind::PromtailConfig);
    }
    None
}

/// What supervisord starts.
fn is_supervised(text: &str) -> bool {
    let starts = |word: &str| text.lines().any(|line| line.starts_with(word));
    text.contains("[program:") && starts("[program:") && starts("command")
}

fn is_notification_template(text: &str) -> bool {
    let defines = ["{{ define \"", "{{- define \"", "{{define \""];
    let data = [".Alerts", ".CommonLabels", ".CommonAnnotations", ".GroupLabels"];
    // Templates that Alertmanager brings: nothing else has them.
    let brought = || {
        let mut names =
            text.match_indices("template \"").map(|(at, word)| &text[at + word.len()..]);
        names.any(|name| {
            let name = name.split('"').next().unwrap_or_default();
            ["__alertmanager", "__subject"].contains(&name) || name.contains(".default.")
        })
    };
    defines.iter().any(|word| text.contains(word))
        && (data.iter().any(|word| reads(text, word)) || brought())
        && !text.contains(".Values.")
        && !text.contains(".Release.")
}

/// A block with two labels, as resources and data have, or one that only Terraform knows.
pub(super) fn is_terraform(text: &str) -> bool {
    text.lines().any(|line| {
        let Some(head) = line.trim_end().strip_suffix('{').map(str::trim_end) else { return false };
        let mut words = head.split_whitespace();
        let Some(word) = words.next().filter(|word| is_name(word)) else { return false };
        let label = |word: &str| {
            word.strip_prefix('"')
                .and_then(|word| word.strip_suffix('"'))
                .is_some_and(|word| is_name(&word.replace('-', "_")))
        };
        match (words.next(), words.next(), words.next()) {
            (Some(kind), Some(name), None) => label(kind) && label(name) && kind.contains('_'),
            (Some(name), None, None) => matches!(word, "module" | "provider") && label(name),
            (None, None, None) => line.starts_with("terraform"),
            _ => false,
        }
    })
}

/// Whether a template reads this field of what it is given itself, not of a part of that.
fn reads(text: &str, field: &str) -> bool {
    text.match_indices(field).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + field.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ')'))
            && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// A file that begins with a template's definition: notification templates, or helpers of a
/// chart, which are no document.
pub(super) fn by_definitions(text: &str) -> Option<Option<Kind>> {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut first = lines.next()?;
    while first.starts_with("{{") && first.contains("/*") {
        let _ = first.contains("*/") || lines.any(|line| line.contains("*/"));
        first = lines.next()?;
    }
    let body = first.strip_prefix("{{")?.trim_start_matches(['-', ' ']);
    let defines = body.starts_with("define ");
    defines.then(|| is_notification_template(text).then_some(Kind::AlertmanagerTemplate))
}

/// An element of Fluentd, and a plugin or an include.
fn is_fluentd(text: &str) -> bool {
    let starts = |prefix: &str| text.lines().any(|line| line.trim_start().starts_with(prefix));
    let blocks = ["<source>", "<match", "<filter", "<label @", "</match>", "</source>"];
    let plugin = ["@type", "type ", "@include ", "@label "].iter().any(|word| starts(word));
    let matched = starts("<match ") && starts("</match>");
    // XML has such elements too.
    let markup = ["<?xml", "<!DOCTYPE"].iter().any(|start| text.trim_start().starts_with(start));
    !markup && blocks.iter().any(|block| starts(block)) && (plugin || matched)
}

/// Headers of Fluent Bit in brackets, and keys with values below them that have no `=`.
fn is_fluent_bit(text: &str) -> bool {
    const SECTIONS: &[&str] = &[
        "INPUT",
        "OUTPUT",
        "FILTER",
        "SERVICE",
        "PARSER",
        "MULTILINE_PARSER",
        "PLUGINS",
        "CUSTOM",
    ];
    const KEYS: &[&str] = &[
        "name",
        "flush",
        "match",
        "tag",
        "path",
        "parser",
        "format",
        "regex",
        "log_level",
        "host",
        "type",
        "parsers_file",
        "daemon",
    ];
    let mut section = false;
    for line in text.lines() {
        let bare = line.trim();
        // A program of Lua that shows a part of one in its comment.
        if bare.starts_with("--[[") || bare.starts_with("function ") {
            return false;
        }
        // A unit of systemd, which has a `[Service]` too.
        if matches!(bare, "[Unit]" | "[Install]") {
            return false;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            section |= SECTIONS.iter().any(|known| known.eq_ignore_ascii_case(name));
            continue;
        }
        let mut words = bare.split_whitespace();
        let (Some(key), Some(value)) = (words.next(), words.next()) else { continue };
        let known = KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
        if section && known && !value.starts_with(['=', ':']) {
            return true;
        }
    }
    false
}

fn is_vector(text: &str) -> bool {
    let table = |name: &str| text.lines().any(|line| line.trim_start().starts_with(name));
    // Prose that shows a part of one is none.
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("{{"));
    if first.is_none_or(|line| !line.starts_with('[') && !is_assignment(line)) {
        return false;
    }
    let parts = ["[sources.", "[transforms.", "[sinks."].iter().filter(|name| table(name)).count();
    parts >= 2 || ((table("[sinks.") || table("[transforms.")) && text.contains("inputs"))
}

/// `key = value`, `a.b = value`.
fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim_end();
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.\"'".contains(c))
    })
}

fn is_alloy(text: &str) -> bool {
    text.lines().any(|line| {
        let Some((component, rest)) = line.split_once(" \"") else { return false };
        let known = ["prometheus.", "loki.", "otelcol.", "discovery.", "local.", "pyroscope."];
        known.iter().any(|prefix| component.starts_with(prefix))
            && is_name(component)
            && rest.trim_end().ends_with('{')
    })
}

/// Exported objects: one JSON object on each line.
pub(super) fn is_saved_objects(text: &str) -> bool {
    let Some(line) = text.lines().find(|line| !line.trim().is_empty()) else { return false };
    let several = || text.lines().filter(|line| line.starts_with('{')).nth(1).is_some();
    line.starts_with('{')
        && line.trim_end().ends_with('}')
        && line.contains("\"attributes\"")
        && several()
        && (text.contains("\"kibanaSavedObjectMeta\"")
            || text.contains("\"coreMigrationVersion\"")
            || (line.contains("\"references\"") && line.contains("\"type\"")))
}

/// Whether the text begins as YAML or JSON does: its first lines are keys, items or comments.
pub(super) fn looks_structured(text: &str) -> bool {
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| {
            let body = line.trim_start();
            !body.is_empty() && !body.starts_with(['#', '%']) && !body.starts_with("{{")
        })
        .skip_while(|line| *line == "---");
    let Some(first) = lines.next() else { return false };
    let first = first.trim_start().trim_start_matches("- ");
    if let Some(rest) = first.strip_prefix(['{', '[']) {
        let rest = rest.trim_start();
        return rest.is_empty()
            || rest.starts_with(['"', '{', '[', '\'', '#'])
            || rest.contains(": ");
    }
    let Some((key, rest)) = first.split_once(':') else { return false };
    let key = key.trim().trim_matches(['"', '\'']);
    (rest.is_empty() || rest.starts_with(' '))
        && !key.contains(char::is_whitespace)
        && !key.starts_with(['<', '/', '*', '@'])
}
