//! Which files the shippers of the repository read.

use crate::facts::collector::Section as CollectorSection;
use crate::facts::logstash;
use crate::facts::scalar::Scalar;
use crate::facts::shipper::Role;
use crate::lang::path::{glob, last};
use crate::repo::Repo;

/// Paths and patterns that shippers read.
#[derive(Debug, Default)]
pub struct Shipped<'r> {
    patterns: Vec<&'r str>,
    /// One of them cannot be known.
    pub open: bool,
}

/// Folders of what containers print.
const PRINTED: &[&str] = &["/var/log/containers/", "/var/log/pods/", "/docker/containers/"];
/// Properties of inputs that name files, by the last part of their names.
const FILES: &[&str] = &["path", "paths", "include", "__path__", "path_targets"];

impl Repo {
    /// The files that shippers here read.
    pub fn shipped_files(&self) -> Shipped<'_> {
        let mut found = Shipped::default();
        for section in self.facts.shipper_sections.iter().filter(|it| it.role == Role::Input) {
            found.open |= section.open;
            for property in &section.properties {
                let name = property.key.text.to_ascii_lowercase();
                let name = name.split('[').next().unwrap_or_default();
                let name = name.rsplit('.').next().unwrap_or(name);
                if FILES.contains(&name) {
                    found.take(&property.value);
                }
            }
        }
        for input in &self.facts.beat_inputs {
            found.open |= input.settings.open;
            let paths = input.settings.entries.iter().filter(|it| it.key == "paths");
            paths.flat_map(|it| it.values()).for_each(|path| found.take(path));
        }
        for component in &self.facts.components {
            let reads = matches!(component.kind(), "filelog" | "file_log");
            if component.section == CollectorSection::Receivers && reads {
                found.open |= component.settings.open;
                let paths = component.settings.entries.iter();
                let paths = paths.filter(|it| it.path.starts_with("include["));
                paths.filter_map(|it| it.scalar()).for_each(|path| found.take(path));
            }
        }
        for plugin in &self.facts.logstash_plugins {
            if plugin.is(logstash::Role::Input, "file") {
                let paths = plugin.value("path").map(|it| it.scalars()).unwrap_or_default();
                paths.into_iter().for_each(|path| found.take(path));
            }
        }
        found
    }
}

impl<'r> Shipped<'r> {
    fn take(&mut self, path: &'r Scalar) {
        self.open |= !path.known;
        for one in path.text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            if !PRINTED.iter().any(|folder| one.contains(folder)) {
                self.patterns.push(one);
            }
        }
    }

    /// Whether one of them may be this file: its folder may have another name where they read it.
    pub fn holds(&self, file: &str) -> bool {
        self.patterns.iter().any(|pattern| glob(last(pattern), last(file)))
    }
}
