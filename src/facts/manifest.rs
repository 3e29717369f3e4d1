//! Manifests: files that say how the code around them is named, built and started, and what it
//! depends on.
//!
//! Each is known by its file name, as its own program knows it.

mod data;
mod lines;
mod xml;

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::lang::path::{is_requirements, last};
use crate::parse::offsets::OffsetMap;
use crate::source::Span;

/// Who reads a manifest.
#[derive(
    Hash,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Ecosystem {
    /// `go.mod`.
    Go,
    /// `package.json`.
    Npm,
    /// `pyproject.toml`, `requirements.txt`, `Pipfile`, `setup.cfg`.
    Python,
    /// `pom.xml`.
    Maven,
    /// `build.gradle`, `build.gradle.kts`, `settings.gradle`.
    Gradle,
    /// `Cargo.toml`.
    Cargo,
    /// `*.csproj`, `*.fsproj`, `*.vbproj`, `packages.config`.
    Nuget,
    /// `composer.json`.
    Composer,
    /// `Gemfile`.
    Bundler,
    /// `mix.exs`.
    Mix,
    /// `Procfile`: what is started.
    Procfile,
}

/// What a manifest depends on.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Dependency {
    /// Its name: `group:artifact` in Maven and Gradle.
    pub name: Scalar,
    /// The release that is asked for.
    pub version: Option<Scalar>,
    /// Only for tests or the build.
    pub development: bool,
    /// Something else that is depended on asks for it: the program does not name it.
    pub indirect: bool,
}

/// A manifest.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Manifest {
    /// Where it came from.
    pub document: DocumentId,
    /// Who reads it.
    pub ecosystem: Ecosystem,
    /// What it calls its package: of Go the module's path.
    pub name: Option<Scalar>,
    /// The release of the package.
    pub version: Option<Scalar>,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// Files and modules that a start or an import begins with, as written.
    pub mains: Vec<Scalar>,
    /// Commands that start it.
    pub commands: Vec<Scalar>,
    /// Programs it installs: it has a command line.
    pub programs: Vec<Scalar>,
    /// Folders of packages that belong to it: workspaces, modules.
    pub members: Vec<Scalar>,
    /// Projects of the repository it is built with, as paths from its folder.
    pub projects: Vec<Scalar>,
    /// The manifest whose settings and dependencies it takes over, as a path from its folder.
    pub parent: Option<String>,
    /// What it depends on holds for the projects below it too.
    pub shared: bool,
    /// It makes a program that listens: a web project of .NET, a Spring Boot plugin.
    pub serves: bool,
    /// It says that it makes a library.
    pub builds_in: bool,
    /// It is handed out for others to build in or to install: a library's plugin, a package's
    /// exports, a class of packages.
    pub published: bool,
    /// What it says of itself is that it is run once for each piece of work: `Cloud Run Job image`.
    pub once: bool,
    /// Its defining key.
    pub anchor: Span,
}

impl Manifest {
    fn new(document: DocumentId, ecosystem: Ecosystem, anchor: Span) -> Manifest {
        Manifest {
            document,
            ecosystem,
            name: None,
            version: None,
            dependencies: Vec::new(),
            mains: Vec::new(),
            commands: Vec::new(),
            programs: Vec::new(),
            members: Vec::new(),
            projects: Vec::new(),
            parent: None,
            shared: false,
            builds_in: false,
            published: false,
            serves: false,
            once: false,
            anchor,
        }
    }

    fn depends(&mut self, name: Scalar, version: Option<Scalar>, development: bool) {
        self.dependencies.push(Dependency { name, version, development, indirect: false });
    }

    /// A dependency by its name.
    pub fn dependency(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.name.text == name)
    }
}

/// Who reads a file of this name.
pub fn ecosystem(path: &str) -> Option<Ecosystem> {
    let name = last(path);
    Some(match name {
        "go.mod" => Ecosystem::Go,
        "package.json" => Ecosystem::Npm,
        "pyproject.toml" | "Pipfile" | "setup.cfg" => Ecosystem::Python,
        "pom.xml" => Ecosystem::Maven,
        "build.gradle" | "build.gradle.kts" | "dependencies.gradle" => Ecosystem::Gradle,
        "Cargo.toml" => Ecosystem::Cargo,
        "composer.json" => Ecosystem::Composer,
        "Gemfile" => Ecosystem::Bundler,
        "mix.exs" => Ecosystem::Mix,
        "Procfile" => Ecosystem::Procfile,
        // What projects of .NET Framework depend on stands beside them.
        "packages.config" => Ecosystem::Nuget,
        _ if is_requirements(path) => Ecosystem::Python,
        _ if [".csproj", ".fsproj", ".vbproj"].iter().any(|end| name.ends_with(end)) => {
            Ecosystem::Nuget
        }
        _ => return None,
    })
}

/// Reads a manifest.
pub fn read(
    path: &str,
    text: &str,
    map: &OffsetMap,
    document: DocumentId,
    first: Span,
    facts: &mut FileFacts,
) {
    let Some(ecosystem) = ecosystem(path) else { return };
    let mut manifest = Manifest::new(document, ecosystem, first);
    let place = |part: &str| {
        let from = part.as_ptr() as usize - text.as_ptr() as usize;
        map.span(from, from + part.len())
    };
    let name = last(path);
    match ecosystem {
        Ecosystem::Npm | Ecosystem::Composer => data::json(text, map, &mut manifest),
        Ecosystem::Cargo => data::cargo(text, map, &mut manifest),
        Ecosystem::Python if name == "pyproject.toml" || name == "Pipfile" => {
            data::python(text, map, &mut manifest);
        }
        Ecosystem::Python if name == "setup.cfg" => lines::setup(text, &place, &mut manifest),
        Ecosystem::Python => lines::requirements(text, &place, &mut manifest),
        Ecosystem::Go => lines::go(text, &place, &mut manifest),
        Ecosystem::Gradle => lines::gradle(text, &place, &mut manifest),
        Ecosystem::Bundler => lines::gems(text, &place, &mut manifest),
        Ecosystem::Mix => lines::mix(text, &place, &mut manifest),
        Ecosystem::Procfile => lines::procfile(text, &place, &mut manifest),
        Ecosystem::Maven => xml::maven(text, &place, &mut manifest),
        Ecosystem::Nuget => xml::nuget(path, text, &place, &mut manifest),
    }
    let first = manifest.dependencies.first().map(|dependency| &dependency.name);
    if let Some(name) = manifest.name.as_ref().or(first) {
        manifest.anchor = name.span;
    }
    facts.manifests.push(manifest);
}
