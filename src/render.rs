//! What templates came to: output of Helm, Kustomize or Jsonnet that is analysed in their place.
//!
//! Rendered files are sources like others. The templates behind them are not read for facts, so
//! that nothing counts twice, and findings in rendered text are put back into them.

mod back;
mod charts;
mod inline;
mod kustomize;
mod nodes;
mod objects;
mod place;

pub use back::{Back, findings};
pub use charts::{Chart, Charts, Dependency, chart};
pub use objects::{Origin, Origins};

use crate::discover::{self, Entry};
use charts::template;
use std::collections::{BTreeMap, BTreeSet};

/// Output of a program that filled in templates.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// Texts by the path they are shown with.
    pub texts: BTreeMap<String, String>,
    /// The command that made them, as its user tells it; never run.
    pub command: Option<String>,
}

impl Rendered {
    /// The files of values that the command names, as it writes them.
    pub fn values(&self) -> Vec<&str> {
        let words = self.command.as_deref().unwrap_or_default().split_whitespace();
        let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\''])).collect();
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let named = match *word {
                "-f" | "--values" => words.get(at + 1).copied(),
                word => word.strip_prefix("--values=").or_else(|| word.strip_prefix("-f=")),
            };
            let paths = named.into_iter().flat_map(|paths| paths.split(','));
            found.extend(paths.map(|path| path.trim_start_matches("./")));
        }
        found
    }
}

/// What rendered texts were made of.
#[derive(Clone, Debug, Default)]
pub struct Behind {
    /// Charts by their folders.
    pub charts: Charts,
    /// Objects, where Helm does not name the template.
    pub origins: Origins,
    /// Files of values that the command names.
    pub values: Vec<String>,
    /// Files that rendered texts stand for.
    pub covered: BTreeSet<String>,
}

/// Finds what rendered texts were made of.
pub fn behind(rendered: &Rendered, entries: &[Entry], charts: Charts) -> Behind {
    let origins = objects::origins(rendered, entries);
    let mut covered = covered(rendered, entries, &charts);
    covered.extend(origins.covered.iter().cloned());
    let is_file =
        |path: &str| entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok();
    let named = rendered.values().into_iter();
    let values: Vec<String> = named.filter(|path| is_file(path)).map(str::to_owned).collect();
    covered.extend(values.iter().cloned());
    Behind { charts, origins, values, covered }
}

/// Stands before the path of rendered text that is no file of the repository.
pub const OUTSIDE: &str = "rendered:";

/// Helm's word for the template behind an object.
const SOURCE: &str = "# Source: ";

/// The files of the repository (in path order) that rendered texts stand for: the templates they
/// name, and what these hold of their charts: values, named templates, and files that stand whole
/// in a rendered text.
fn covered(rendered: &Rendered, entries: &[Entry], charts: &Charts) -> BTreeSet<String> {
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let mut covered = BTreeSet::new();
    let mut used: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (shown, text) in &rendered.texts {
        let names: BTreeSet<&str> =
            text.lines().filter_map(|line| line.strip_prefix(SOURCE)).map(str::trim).collect();
        for found in names.iter().filter_map(|name| template(name, &paths, charts)) {
            covered.insert(found.path);
            for folder in found.folders {
                used.entry(folder).or_default().insert(shown);
            }
        }
    }
    let mut whole: BTreeMap<&str, String> = BTreeMap::new();
    for (folder, shown) in &used {
        for text in shown {
            whole.entry(text).or_insert_with(|| lines_of(&rendered.texts[*text]));
        }
        for entry in below(entries, folder).filter(|entry| !is_taken(folder, &entry.path, charts)) {
            let inner = &entry.path[folder.len()..];
            let held = match inner {
                "Chart.yaml" => false,
                "values.yaml" | "values.yml" => true,
                _ if inner.starts_with("templates/") => is_named(inner),
                _ => stands_in(entry, shown.iter().map(|text| whole[text].as_str())),
            };
            if held {
                covered.insert(entry.path.clone());
            }
        }
    }
    covered
}

/// The files in a folder.
fn below<'a>(entries: &'a [Entry], folder: &'a str) -> impl Iterator<Item = &'a Entry> {
    let first = entries.partition_point(|entry| entry.path.as_str() < folder);
    entries[first..].iter().take_while(move |entry| entry.path.starts_with(folder))
}

/// Whether a file in a chart's folder belongs to another chart there.
fn is_taken(folder: &str, path: &str, charts: &Charts) -> bool {
    path[folder.len()..]
        .match_indices('/')
        .any(|(at, _)| charts.contains_key(&path[..=folder.len() + at]))
}

/// Whether a file in `templates` is only there for others to take from.
fn is_named(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}

/// Whether a file stands in a rendered text with every line, as `.Files.Get` puts it there.
fn stands_in<'a>(entry: &Entry, mut texts: impl Iterator<Item = &'a str>) -> bool {
    let Ok(source) = discover::load(entry) else { return false };
    let lines = lines_of(source.text().trim_start_matches('\u{feff}'));
    lines.matches('\n').count() > 2 && texts.any(|text| text.contains(&lines))
}

/// The lines that hold anything, without the blanks around them, each between line ends.
fn lines_of(text: &str) -> String {
    let mut lines = String::from("\n");
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines.push_str(line);
        lines.push('\n');
    }
    lines
}
