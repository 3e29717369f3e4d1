//! Which patterns of files a grok filter has.

use crate::facts::logstash::patterns::GrokPattern;
use crate::facts::logstash::{Plugin, Value};
use crate::lang::path::{folder, glob, last};
use crate::repo::Repo;
use crate::repo::paths::mounted;
use crate::repo::runs::LOGSTASH;
use std::collections::BTreeSet;

impl Repo {
    /// The patterns of the folders that a filter names; `None` where one of them is not here.
    pub fn patterns_of(&self, plugin: &Plugin) -> Option<Vec<&GrokPattern>> {
        let folders = plugin.value("patterns_dir").map(Value::scalars).unwrap_or_default();
        let files = match plugin.option("patterns_files_glob") {
            Some(_) => plugin.text("patterns_files_glob")?,
            None => "*",
        };
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for written in folders {
            let inside = written.known_text()?.trim_end_matches('/');
            let found = self.pattern_files(plugin, inside, files);
            if found.is_empty() {
                return None;
            }
            paths.extend(found);
        }
        // A file that is not read may define any name.
        let of =
            |pattern: &&GrokPattern| paths.contains(&self.source(pattern.document.source).path);
        let found: Vec<&GrokPattern> = self.facts.grok_patterns.iter().filter(of).collect();
        let read: BTreeSet<&str> = found
            .iter()
            .map(|pattern| self.source(pattern.document.source).path.as_str())
            .collect();
        (read.len() == paths.len()).then_some(found)
    }

    fn pattern_files(&self, plugin: &Plugin, inside: &str, files: &str) -> Vec<String> {
        let runs = self.runs_with(plugin.document, LOGSTASH);
        let found: Vec<String> = runs
            .iter()
            .flat_map(|container| {
                let there = mounted(self, container, &format!("{inside}/{files}"));
                there.files(self).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
        // Nothing says what is put there: the only folder of that name.
        let name = last(inside);
        let fits = |path: &&String| last(folder(path)) == name && glob(files, last(path));
        let found: Vec<String> = self.paths.iter().filter(fits).cloned().collect();
        let places: BTreeSet<&str> = found.iter().map(|path| folder(path)).collect();
        if places.len() == 1 { found } else { Vec::new() }
    }
}
