//! Manifests in XML.

use super::Manifest;
use crate::facts::scalar::Scalar;
use crate::lang::path::last;
use crate::lang::placeholder;
use crate::source::Span;

type Place<'a> = &'a dyn Fn(&str) -> Span;

fn scalar(part: &str, place: Place<'_>) -> Scalar {
    Scalar {
        text: part.to_owned(),
        span: place(part),
        known: !placeholder::is_in(part),
        plain: true,
    }
}

/// What stands in an element: names of the elements around it, and its text or its attributes.
enum Event<'a> {
    /// `<name attributes>`.
    Open(&'a str, &'a str),
    /// `</name>`, and the text since the last tag.
    Close(&'a str),
}

/// Calls `take` with the path of each tag: that of an element that closes includes it.
fn walk<'a>(text: &'a str, mut take: impl FnMut(&[&'a str], Event<'a>)) {
    let mut path: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let before = rest[..at].trim();
        rest = &rest[at + 1..];
        for (open, close) in [("!--", "-->"), ("![CDATA[", "]]>")] {
            if rest.starts_with(open) {
                rest = rest.split_once(close).map_or("", |(_, rest)| rest);
            }
        }
        let Some((tag, after)) = rest.split_once('>') else { break };
        if tag.contains('<') {
            continue;
        }
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            take(&path, Event::Close(before));
            if path.last() == Some(&name.trim()) {
                path.pop();
            }
        } else if !tag.starts_with(['?', '!']) {
            let (whole, empty) = (tag.trim_end_matches('/'), tag.ends_with('/'));
            let (name, attributes) =
                whole.split_once(char::is_whitespace).unwrap_or((whole, &whole[whole.len()..]));
            // Deeper than any manifest: its names are not kept.
            if path.len() < 64 {
                path.push(name);
                take(&path, Event::Open(name, attributes));
                if empty {
                    path.pop();
                }
            }
        }
    }
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    attributes.match_indices(name).find_map(|(at, _)| {
        let rest = attributes[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let first = at == 0 || attributes[..at].ends_with(char::is_whitespace);
        first.then(|| rest[1..].split(quote).next()).flatten()
    })
}

/// Group and artifact of OpenTelemetry's agent of Java.
const AGENT: (&str, &str) = ("io.opentelemetry.javaagent", "opentelemetry-javaagent");

/// `pom.xml`.
pub(super) fn maven(text: &str, place: Place<'_>, manifest: &mut Manifest) {
    let (mut group, mut artifact, mut version, mut scope) = (None, None, None, None);
    walk(text, |path, event| match (path, event) {
        (["project", "artifactId"], Event::Close(text)) => {
            manifest.name = Some(scalar(text, place));
        }
        (["project", "version"], Event::Close(text)) => {
            manifest.version = Some(scalar(text, place));
        }
        (["project", "modules", "module"], Event::Close(text)) => {
            manifest.members.push(scalar(text, place));
        }
        (["project", "parent"], Event::Open(..)) => {
            manifest.parent = Some("../pom.xml".to_owned());
        }
        (["project", "parent", "relativePath"], Event::Open(..)) => manifest.parent = None,
        (["project", "parent", "relativePath"], Event::Close(text)) => {
            manifest.parent = Some(text.to_owned()).filter(|text| !text.is_empty());
        }
        (path @ ["project", .., "dependencies", "dependency", field], Event::Close(text))
            if is_needed(path) =>
        {
            match *field {
                "groupId" => group = Some(text),
                "artifactId" => artifact = Some(text),
                "version" => version = Some(text),
                "scope" => scope = Some(text),
                _ => {}
            }
        }
        (path @ ["project", .., "dependencies", "dependency"], Event::Close(_))
            if is_needed(path) =>
        {
            if let (Some(group), Some(artifact)) = (group.take(), artifact.take()) {
                let name = format!("{group}:{artifact}");
                let name = Scalar { text: name, ..scalar(artifact, place) };
                let version = version.take().map(|version| scalar(version, place));
                manifest.depends(name, version, scope.take() == Some("test"));
            }
            (version, scope) = (None, None);
        }
        // A step of the build that lays an agent beside the program.
        (["project", "build", .., "artifactItem", "artifactId"], Event::Close(text))
            if text == AGENT.1 =>
        {
            let name = format!("{}:{}", AGENT.0, AGENT.1);
            let name = Scalar { text: name, ..scalar(text, place) };
            manifest.depends(name, None, true);
        }
        (["project", "build", .., "plugin", "artifactId"], Event::Close(text)) => {
            const HANDED: &[&str] = &[
                "central-publishing-maven-plugin",
                "maven-source-plugin",
                "nexus-staging-maven-plugin",
            ];
            manifest.serves |= text == "spring-boot-maven-plugin";
            manifest.published |= HANDED.contains(&text);
        }
        (["project", "packaging"], Event::Close("maven-plugin")) => manifest.published = true,
        _ => {}
    });
}

/// Whether dependencies at a place are the program's: those that are only managed, and those of
/// steps of the build, are not.
fn is_needed(path: &[&str]) -> bool {
    !path.contains(&"dependencyManagement") && !path.contains(&"plugin")
}

/// `*.csproj`: the file's name is the project's.
pub(super) fn nuget(path: &str, text: &str, place: Place<'_>, manifest: &mut Manifest) {
    let stem = last(path).rsplit_once('.').map_or("", |(stem, _)| stem);
    walk(text, |path, event| match event {
        Event::Open("Project", attributes) => {
            if let Some(sdk) = attribute(attributes, "Sdk") {
                manifest.serves |= sdk == "Microsoft.NET.Sdk.Web";
                if sdk == "Microsoft.NET.Sdk.Worker" {
                    manifest.programs.push(scalar(sdk, place));
                }
                let named = Scalar { text: stem.to_owned(), ..scalar(sdk, place) };
                manifest.name = Some(named);
            }
        }
        Event::Open("PackageReference", attributes) => {
            if let Some(name) = attribute(attributes, "Include") {
                let version = attribute(attributes, "Version");
                let version = version.map(|version| scalar(version, place));
                manifest.depends(scalar(name, place), version, false);
            }
        }
        Event::Open("package", attributes) if matches!(path, ["packages", _]) => {
            if let Some(name) = attribute(attributes, "id") {
                let version = attribute(attributes, "version");
                let version = version.map(|version| scalar(version, place));
                let aside = attribute(attributes, "developmentDependency") == Some("true");
                manifest.depends(scalar(name, place), version, aside);
            }
        }
        Event::Open("ProjectReference", attributes) => {
            if let Some(project) = attribute(attributes, "Include") {
                let named = Scalar { text: project.replace('\\', "/"), ..scalar(project, place) };
                manifest.projects.push(named);
            }
        }
        Event::Close(text) if matches!(path, [.., "AssemblyName"]) => {
            manifest.name = Some(scalar(text, place)).filter(|name| name.known);
        }
        Event::Close("Library") if matches!(path, [.., "OutputType"]) => {
            manifest.builds_in = true;
        }
        Event::Close("true")
            if matches!(path, [.., "IsPackable" | "GeneratePackageOnBuild" | "PackAsTool"]) =>
        {
            manifest.published = true;
        }
        Event::Close(kind @ "Exe") if matches!(path, [.., "OutputType"]) => {
            manifest.programs.push(scalar(kind, place));
        }
        _ => {}
    });
}
