//! Manifests that are read line by line.

use super::Manifest;
use super::data::{is_for_builders, requirement};
use crate::facts::scalar::Scalar;
use crate::source::Span;

type Place<'a> = &'a dyn Fn(&str) -> Span;

fn scalar(part: &str, place: Place<'_>) -> Scalar {
    Scalar { text: part.to_owned(), span: place(part), known: true, plain: true }
}

/// `requirements.txt`.
pub(super) fn requirements(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    for line in text.lines() {
        let body = line.split(" #").next().unwrap_or(line).trim();
        if body.is_empty() || body.starts_with(['#', '-']) {
            continue;
        }
        if let Some((name, version)) = requirement(&scalar(body, place)) {
            manifest.depends(name, version, false);
        }
    }
}

/// `setup.cfg`.
pub(super) fn setup(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    let mut installs = false;
    for line in text.lines() {
        manifest.published |= is_for_builders(line);
        if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with([' ', '\t']))
        {
            installs = key.trim() == "install_requires";
            if key.trim() == "name" {
                manifest.name = Some(scalar(value.trim(), place));
            }
        } else if installs && let Some((name, version)) = requirement(&scalar(line.trim(), place)) {
            manifest.depends(name, version, false);
        }
    }
}

/// `go.mod`.
pub(super) fn go(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    let mut block = "";
    for line in text.lines() {
        let body = line.split("//").next().unwrap_or_default().trim();
        if body == ")" {
            block = "";
            continue;
        }
        let mut words = body.split_whitespace();
        let Some(first) = words.next() else { continue };
        let (directive, name, version) = match (block, first) {
            ("", word) => match words.next() {
                Some("(") => {
                    block = word;
                    continue;
                }
                name => (word, name, words.next()),
            },
            (directive, name) => (directive, Some(name), words.next()),
        };
        let Some(name) = name else { continue };
        match directive {
            "module" => manifest.name = Some(scalar(name.trim_matches('"'), place)),
            "require" => {
                let version = version.map(|version| scalar(version, place));
                manifest.depends(scalar(name, place), version, false);
                if let Some(dependency) = manifest.dependencies.last_mut() {
                    dependency.indirect = line.trim_end().ends_with("// indirect");
                }
            }
            _ => {}
        }
    }
}

/// `build.gradle`, in either of its languages.
pub(super) fn gradle(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    for line in text.lines() {
        let body = line.trim();
        if body.starts_with("//") {
            continue;
        }
        let quoted = body.split(['"', '\'']).skip(1).step_by(2);
        let test = body.starts_with("test") || body.contains("testImplementation");
        for text in quoted {
            let mut parts = text.split(':');
            if let (Some(group), Some(name)) = (parts.next(), parts.next())
                && !group.is_empty()
                && !name.is_empty()
                && group.contains('.')
            {
                let whole = &text[..group.len() + 1 + name.len()];
                let version = parts.next().map(|version| scalar(version, place));
                manifest.depends(scalar(whole, place), version, test);
            } else if body.starts_with("mainClass") {
                manifest.mains.push(scalar(text, place));
            } else if text.starts_with(':') && body.contains("project(") {
                manifest.projects.push(scalar(text, place));
            }
        }
        if let (Some(group), Some(name)) = (entry(body, "group:"), entry(body, "name:")) {
            let version = entry(body, "version:").map(|version| scalar(version, place));
            let name = Scalar { text: format!("{group}:{name}"), ..scalar(name, place) };
            manifest.depends(name, version, test);
        }
        manifest.shared |= body.starts_with("subprojects") || body.starts_with("allprojects");
        let plugin = body.starts_with("id") || body.contains("apply plugin");
        const LIBRARY: &[&str] = &["java-library", "maven-publish", "java-gradle-plugin"];
        let bare = body.trim_matches('`');
        manifest.published |= LIBRARY.iter().any(|it| plugin && body.contains(it) || bare == *it);
        manifest.serves |= plugin && body.contains("org.springframework.boot");
    }
}

/// The text of an entry of a map in a line: `name: 'flyway-core'`.
fn entry<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let rest = line.split_once(key)?.1.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next().filter(|text| !text.is_empty())
}

/// `Gemfile`.
pub(super) fn gems(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    for line in text.lines() {
        let Some(rest) = line.trim_start().strip_prefix("gem ") else { continue };
        if let Some(name) = rest.split(['"', '\'']).nth(1) {
            manifest.depends(scalar(name, place), None, false);
        }
    }
}

/// `mix.exs`.
pub(super) fn mix(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    for line in text.lines() {
        let body = line.trim();
        if let Some(name) = body.strip_prefix("app: :") {
            manifest.name = Some(scalar(name.trim_end_matches(','), place));
        } else if let Some(rest) = body.strip_prefix("{:") {
            let name = rest.split([',', ' ', '}']).next().unwrap_or_default();
            manifest.depends(scalar(name, place), None, false);
        }
    }
}

/// `Procfile`: `web: command`.
pub(super) fn procfile(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    for line in text.lines() {
        if let Some((kind, command)) = line.split_once(':').filter(|_| !line.starts_with('#')) {
            let command = command.trim();
            manifest.serves |= kind.trim() == "web";
            if !command.is_empty() {
                manifest.commands.push(scalar(command, place));
            }
        }
    }
}
