//! Manifests in JSON and TOML.

use super::Manifest;
use crate::facts::scalar::Scalar;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::{depth, toml, yaml};

/// `package.json`, `composer.json`.
pub(super) fn json(text: &str, map: &OffsetMap, manifest: &mut Manifest) {
    if depth::is_excessive(text) {
        return;
    }
    let tree = yaml::parse(&yaml::Input { text, map, masked: &[] });
    let Some(root) = tree.documents().next() else { return };
    manifest.name = Scalar::under(root, "name");
    manifest.version = Scalar::under(root, "version");
    if let Some((key, _)) = root.pairs().next() {
        manifest.anchor = key.span();
    }
    for (key, development) in [
        ("dependencies", false),
        ("peerDependencies", false),
        ("optionalDependencies", false),
        ("devDependencies", true),
        ("require", false),
        ("require-dev", true),
    ] {
        table(root.get(key), development, manifest);
    }
    for key in ["main", "module", "source"] {
        manifest.mains.extend(Scalar::under(root, key));
    }
    let commands = root.get("scripts").into_iter().flat_map(NodeRef::entries);
    for (key, value) in commands {
        let name = key.scalar().unwrap_or_default();
        let starts = matches!(name, "start" | "serve" | "prod" | "production");
        if starts || name.starts_with("start:") {
            // Those start what stands in the packages below.
            let command = Scalar::of(value);
            let others =
                |it: &Scalar| ["turbo ", "lerna "].iter().any(|of| it.text.starts_with(of));
            manifest.commands.extend(command.filter(|it| !others(it) && !is_build(&it.text)));
        }
    }
    // `fastify start app.js`: its command line listens for the code that it is given.
    const SERVERS: &[&str] = &["fastify start", "next start", "nuxt start"];
    let serves = |it: &Scalar| SERVERS.iter().any(|command| it.text.contains(command));
    manifest.serves = manifest.commands.iter().any(serves);
    let private = root.get("private").and_then(|it| it.scalar()) == Some("true");
    let handed = ["exports", "types", "typings", "publishConfig", "files", "peerDependencies"];
    manifest.published = !private && handed.iter().any(|key| root.get(key).is_some());
    if let Some(bin) = root.get("bin") {
        let several = bin.entries().filter_map(|(_, value)| Scalar::of(value));
        manifest.programs.extend(Scalar::of(bin).into_iter().chain(several));
    }
    let workspaces = root.get("workspaces");
    let list = workspaces.and_then(|it| it.get("packages")).or(workspaces);
    manifest.members.extend(list.into_iter().flat_map(|it| it.items()).filter_map(Scalar::of));
}

/// Whether a command only builds, again and again: `npm run watch:build`.
fn is_build(command: &str) -> bool {
    const RUNNERS: &[&str] = &["bun", "deno", "nest", "next", "node", "nodemon", "start"];
    let mut words = command.split([' ', ':', '/', '-']).filter(|word| !word.is_empty());
    let builds = |word: &str| matches!(word, "build" | "watch" | "tsc");
    words.clone().any(builds) && !words.any(|word| RUNNERS.contains(&word))
}

fn table(node: Option<NodeRef<'_>>, development: bool, manifest: &mut Manifest) {
    for (key, value) in node.into_iter().flat_map(NodeRef::entries) {
        if let Some(name) = Scalar::of(key) {
            let version = Scalar::of(value).or_else(|| Scalar::under(value, "version"));
            manifest.depends(name, version, development);
        }
    }
}

/// `Cargo.toml`.
pub(super) fn cargo(text: &str, map: &OffsetMap, manifest: &mut Manifest) {
    let tree = toml::parse(&yaml::Input { text, map, masked: &[] });
    let Some(root) = tree.documents().next() else { return };
    if let Some(package) = root.get("package") {
        manifest.name = Scalar::under(package, "name");
        manifest.version = Scalar::under(package, "version");
        let kinds = package.get("categories").into_iter().flat_map(NodeRef::items);
        let kinds: Vec<&str> = kinds.filter_map(NodeRef::scalar).collect();
        manifest.published = kinds
            .iter()
            .any(|kind| kind.starts_with("development-tools") || *kind == "command-line-utilities")
            && !kinds.iter().any(|kind| kind.ends_with("-server"));
    }
    for (key, development) in
        [("dependencies", false), ("dev-dependencies", true), ("build-dependencies", true)]
    {
        table(root.get(key), development, manifest);
    }
    table(root.at(&["workspace", "dependencies"]), false, manifest);
    let members = root.at(&["workspace", "members"]);
    manifest.members =
        members.into_iter().flat_map(|it| it.items()).filter_map(Scalar::of).collect();
    // What another program loads.
    let forms = root.at(&["lib", "crate-type"]).into_iter().flat_map(NodeRef::items);
    let mut forms = forms.filter_map(NodeRef::scalar);
    manifest.builds_in = root.get("bin").is_none() && forms.any(|form| form == "cdylib");
    for bin in root.get("bin").into_iter().flat_map(|it| it.items()) {
        manifest.mains.extend(Scalar::under(bin, "path"));
    }
}

/// `pyproject.toml`, `Pipfile`.
pub(super) fn python(text: &str, map: &OffsetMap, manifest: &mut Manifest) {
    let tree = toml::parse(&yaml::Input { text, map, masked: &[] });
    let Some(root) = tree.documents().next() else { return };
    let project = root.get("project");
    let poetry = root.at(&["tool", "poetry"]);
    for node in project.into_iter().chain(poetry) {
        manifest.name = manifest.name.take().or_else(|| Scalar::under(node, "name"));
        manifest.version = manifest.version.take().or_else(|| Scalar::under(node, "version"));
        manifest.once |=
            node.get("description").and_then(NodeRef::scalar).is_some_and(is_of_one_run);
        let scripts = node.get("scripts").into_iter().flat_map(NodeRef::entries);
        manifest.programs.extend(scripts.filter_map(|(_, value)| Scalar::of(value)));
        let classes = node.get("classifiers").into_iter().flat_map(NodeRef::items);
        manifest.published |= classes.filter_map(NodeRef::scalar).any(is_for_builders);
    }
    let listed = project.and_then(|project| project.get("dependencies"));
    for item in listed.into_iter().flat_map(|it| it.items()) {
        if let Some((name, version)) = Scalar::of(item).as_ref().and_then(requirement) {
            manifest.depends(name, version, false);
        }
    }
    let optional = project.and_then(|project| project.get("optional-dependencies"));
    for (_, group) in optional.into_iter().flat_map(NodeRef::entries) {
        for item in group.items() {
            if let Some((name, version)) = Scalar::of(item).as_ref().and_then(requirement) {
                manifest.depends(name, version, true);
            }
        }
    }
    table(poetry.and_then(|poetry| poetry.get("dependencies")), false, manifest);
    table(root.get("packages"), false, manifest);
    table(root.get("dev-packages"), true, manifest);
}

/// Whether a description is that of a program which is run once for each piece of work.
fn is_of_one_run(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["batch job", "cron job", "job image", "job that", "one-off job"]
        .iter()
        .any(|words| text.contains(words))
}

/// `name[extra]>=1.2 ; marker` as name and release.
pub(super) fn requirement(line: &Scalar) -> Option<(Scalar, Option<Scalar>)> {
    let text = &line.text;
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    if end == 0 {
        return None;
    }
    let name =
        Scalar { text: text[..end].to_ascii_lowercase(), span: line.place(0, end), ..line.clone() };
    let version = text.find("==").map(|at| {
        let from = at + 2;
        let rest = &text[from..];
        let to = rest.find([';', ',', ' ', '#']).map_or(text.len(), |len| from + len);
        Scalar {
            text: text[from..to].trim().to_owned(),
            span: line.place(from, to),
            ..line.clone()
        }
    });
    Some((name, version))
}

/// Whether a class of Python's packages says that they are for others to build in.
pub(super) fn is_for_builders(class: &str) -> bool {
    let class = class.trim();
    class.starts_with("Framework :: ") && !class.starts_with("Framework :: Django CMS")
        || class.starts_with("Topic :: Software Development :: Libraries")
        || class == "Environment :: Console"
}
