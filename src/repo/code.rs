//! Source code of the repository: which program a file belongs to, which metrics are declared.

use super::Repo;
use crate::config::Profile;
use crate::facts::DocumentId;
use crate::facts::code::{Evaluator, MetricDefinition, MetricType, ServeForm};
use crate::lang::path::folder as folder_of;
use crate::lang::sensitive::words;
use std::collections::{BTreeMap, BTreeSet};

/// Files that say how the code beside and below them is built or run.
const MANIFESTS: &[&str] = &[
    "Dockerfile",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "Pipfile",
    "go.mod",
    "package.json",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];

impl Repo {
    /// The folder of the program that a file belongs to: the nearest above it with a manifest.
    pub fn program<'p>(&self, path: &'p str) -> &'p str {
        let programs = self.programs.get_or_init(|| {
            let split = |path: &String| {
                let (folder, name) = path.rsplit_once('/')?;
                MANIFESTS.contains(&name).then(|| folder.to_owned())
            };
            self.paths.iter().filter_map(split).collect()
        });
        let mut folder = folder_of(path);
        while !folder.is_empty() && !programs.contains(folder) {
            folder = folder_of(folder);
        }
        folder
    }

    /// Whether a document is a test, an example or a demonstration.
    pub fn is_rehearsal(&self, document: DocumentId) -> bool {
        let path = &self.source(document.source).path;
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.split('.').next().unwrap_or(file);
        let test = file.starts_with("test_")
            || file.contains("_test.")
            || stem.ends_with("_tests")
            || stem.ends_with("-tests")
            // Behave's steps, and what it sets up before them.
            || path.contains("features/steps/")
            || path.ends_with("features/environment.py");
        test || self.profile(document.source) == Profile::Dev
    }

    /// Whether a document only shows how something is done, or stands in for what is elsewhere: a
    /// test, an example, a stub, a tool of whoever works on the code.
    pub fn is_aside(&self, document: DocumentId) -> bool {
        const FOLDERS: &[&str] = &[
            "demo",
            "demos",
            "devtools",
            "example",
            "examples",
            "fake",
            "fakes",
            "mock",
            "mocks",
            "playground",
            "sample",
            "samples",
            "sandbox",
            "stub",
            "stubs",
            "wiremock",
        ];
        let path = &self.source(document.source).path;
        let (folders, _) = path.rsplit_once('/').unwrap_or(("", path));
        // `stub-idp`, `payments_mock`
        let says = |folder: &str| {
            let mut parts = folder.split(['-', '_', '.']).filter(|word| !word.is_empty());
            let is = |word: &str| FOLDERS.contains(&word);
            FOLDERS.contains(&folder)
                || parts.next().is_some_and(is)
                || parts.next_back().is_some_and(is)
        };
        self.is_rehearsal(document) || folders.split('/').any(says)
    }

    /// Whether a file is started by its own name: `generate-token.js` with `#!/usr/bin/env node`,
    /// `run_migrations.py`.
    fn is_typed(&self, document: DocumentId, name: &str) -> bool {
        const ACTS: &[&str] = &["check", "debug", "diagnose", "fix", "generate", "verify"];
        const STEPS: &[&str] = &["migration", "migrations", "seed", "seeds"];
        let runs = name.starts_with("run");
        if !runs && !ACTS.iter().any(|act| name.starts_with(act)) {
            return false;
        }
        let said = words(name.split('.').next().unwrap_or(name));
        let [first, second, ..] = said.as_slice() else { return false };
        if runs {
            return first == "run" && STEPS.contains(&second.as_str());
        }
        ACTS.contains(&first.as_str()) && self.source(document.source).look().starts_with("#!")
    }

    /// Whether a document is run by hand, or once: a script, a step of a database's schema, a
    /// benchmark, a load test.
    pub fn is_errand(&self, document: DocumentId) -> bool {
        const FOLDERS: &[&str] = &[
            "scripts",
            "script",
            "tools",
            "hack",
            "migrations",
            "seeds",
            "alembic",
            "bench",
            "benches",
            "benchmark",
            "benchmarks",
            "cli",
            "esbuild",
        ];
        /// Steps of builds, which print to whoever builds.
        const FILES: &[&str] =
            &["build.rs", "setup.py", "gulpfile.js", "Gruntfile.js", "build.js", "magefile.go"];
        /// First words of names of files that fill a database, or stand beside such a step.
        const STEPS: &[&str] =
            &["seed", "seeder", "postbuild", "prebuild", "postinstall", "preinstall", "lcov"];
        /// Words of names of programs that measure, fill or look through something once.
        const BINS: &[&str] =
            &["bench", "benchmark", "drill", "dump", "gen", "generate", "migrate", "seed"];
        let path = &self.source(document.source).path;
        let mut parts = path.split('/').rev();
        let step = parts.next().is_some_and(|name| {
            let first = name.split(['.', '-', '_']).next().unwrap_or(name);
            FILES.contains(&name) || STEPS.contains(&first) || name.contains(".config.")
        });
        // Django's commands are typed, and so are programs of Rust that go by the name of an errand.
        let typed = path.contains("management/commands/")
            || path
                .rsplit_once("src/bin/")
                .is_some_and(|(_, name)| words(name).iter().any(|it| BINS.contains(&it.as_str())));
        let name = path.rsplit('/').next().unwrap_or(path);
        step || typed
            || self.is_typed(document, name)
            || parts.any(|folder| FOLDERS.contains(&folder))
            || self.is_load_test(document)
    }

    /// Whether a document is a script of a load test.
    pub fn is_load_test(&self, document: DocumentId) -> bool {
        self.facts.load_tests.iter().any(|test| test.document == document)
    }

    /// Metrics that code declares, by the name the server sees, in the order of the files; tests
    /// and examples declare none that is scraped.
    pub fn definitions(&self) -> &BTreeMap<String, Vec<usize>> {
        self.definitions.get_or_init(|| {
            let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (number, definition) in self.facts.metric_definitions.iter().enumerate() {
                if definition.exposed.is_empty() || self.is_rehearsal(definition.document) {
                    continue;
                }
                found.entry(definition.exposed.clone()).or_default().push(number);
                if self.is_given_total(definition) {
                    let name = format!("{}_total", definition.exposed);
                    found.entry(name).or_default().push(number);
                }
            }
            found
        })
    }

    /// Whether a registry of the same package gives a counter of prom-client the `_total` that it
    /// lacks, as one that speaks OpenMetrics does.
    pub fn is_given_total(&self, definition: &MetricDefinition) -> bool {
        let program = |document: DocumentId| self.program(&self.source(document.source).path);
        let packages = self.open_metrics.get_or_init(|| {
            let servings = self.facts.metric_servings.iter();
            let open = servings.filter(|one| one.form == ServeForm::OpenMetrics);
            open.map(|one| program(one.document).to_owned()).collect()
        });
        definition.kind == MetricType::Counter
            && definition.api.library == "prom-client"
            && !definition.exposed.ends_with("_total")
            && packages.contains(program(definition.document))
    }

    /// The declarations of a metric.
    pub fn definitions_of(&self, name: &str) -> impl Iterator<Item = &MetricDefinition> {
        let numbers = self.definitions().get(name).into_iter().flatten();
        numbers.map(|&number| &self.facts.metric_definitions[number])
    }

    /// Names of classes that others extend, in any file that was read.
    pub fn extended_classes(&self) -> &BTreeSet<String> {
        self.extended_classes.get_or_init(|| self.facts.extended_classes.iter().cloned().collect())
    }

    /// Names of functions, in any file, that record the errors they meet.
    pub fn telling_functions(&self) -> &BTreeSet<String> {
        self.telling_functions.get_or_init(|| {
            let all = self.facts.handlers.iter();
            all.filter_map(|it| it.teller.clone()).collect()
        })
    }

    /// Code that evaluates the repository's objectives.
    pub fn evaluators(&self) -> impl Iterator<Item = &Evaluator> {
        self.facts.slo_evaluators.iter().filter(|one| !self.is_rehearsal(one.document))
    }
}
