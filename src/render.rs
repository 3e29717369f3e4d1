//! What templates came to: output of Helm, Kustomize or Jsonnet that is analysed in their place.
//!
//! Rendered files are sources like others. The templates behind them are not read for facts, so
//! that nothing counts twice, and findings in rendered text are put back into them.

mod charts;
mod place;

pub use charts::{Chart, Charts, Dependency, chart};

use crate::check::Outcome;
use crate::discover::{self, Entry};
use crate::finding::{Finding, Related};
use crate::repo::Repo;
use crate::source::{Part, SourceId, Span};
use charts::{Template, template};
use place::{Place, only_line};
use std::collections::{BTreeMap, BTreeSet};

/// Output of a program that filled in templates.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// Texts by the path they are shown with.
    pub texts: BTreeMap<String, String>,
    /// The command that made them, as its user tells it; never run.
    pub command: Option<String>,
}

/// Stands before the path of rendered text that is no file of the repository.
pub const OUTSIDE: &str = "rendered:";

/// Helm's word for the template behind an object.
const SOURCE: &str = "# Source: ";

/// The files of the repository (in path order) that rendered texts stand for: the templates they
/// name, and what these hold of their charts: values, named templates, and files that stand whole
/// in a rendered text.
pub fn covered(rendered: &Rendered, entries: &[Entry], charts: &Charts) -> BTreeSet<String> {
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

/// Puts findings in rendered texts back into the templates behind them, with the rendered place
/// beside it. What a template comes to twice is one finding there.
pub fn put_back(repo: &Repo, charts: &Charts, outcomes: &mut [Outcome]) {
    let of_part = |part: Part| {
        let numbered = (0u32..).map(SourceId).zip(&repo.sources);
        numbered.filter(move |(_, source)| source.part == part).map(|(id, _)| id)
    };
    let rendered: BTreeSet<SourceId> = of_part(Part::Rendered).collect();
    if rendered.is_empty() {
        return;
    }
    let paths: Vec<&str> = repo.sources.iter().map(|source| source.path.as_str()).collect();
    let held = of_part(Part::Template).collect();
    let back = Back { repo, charts, paths, held };
    for outcome in outcomes {
        let mut moved: BTreeMap<(Span, String, String), usize> = BTreeMap::new();
        let mut findings = std::mem::take(&mut outcome.findings);
        // The first of those that are one is the same in every run.
        findings.sort_by(|one, other| (one.span, &one.subject).cmp(&(other.span, &other.subject)));
        let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
        for mut finding in findings {
            let is_rendered = finding.span.is_some_and(|span| rendered.contains(&span.source));
            let place = if is_rendered { back.finding(&mut finding) } else { None };
            if let Some(span) = place {
                let name = (span, finding.subject.clone(), finding.message());
                if let Some(first) = moved.get(&name).and_then(|at| kept.get_mut(*at)) {
                    first.related.append(&mut finding.related);
                    continue;
                }
                moved.insert(name, kept.len());
            }
            kept.push(finding);
        }
        outcome.findings = kept;
    }
}

struct Back<'a> {
    repo: &'a Repo,
    charts: &'a Charts,
    paths: Vec<&'a str>,
    /// The files that rendered texts stand for.
    held: Vec<SourceId>,
}

impl Back<'_> {
    /// Moves a finding in rendered text to its template; the place there.
    fn finding(&self, finding: &mut Finding) -> Option<Span> {
        // Nobody edits what a program writes.
        finding.fix = None;
        let span = finding.span?;
        let template = self.template_of(span)?;
        let id = self.repo.source_at(&template.path)?;
        let (place, sure) = self.place(span, id);
        let elsewhere = (!sure).then(|| self.elsewhere(span, id, &template)).flatten();
        finding.span = Some(match elsewhere {
            // A file that the template takes whole is what a person edits.
            Some((there, true)) => there,
            Some((there, false)) => {
                let text = "the same line stands here".to_owned();
                finding.related.push(Related { span: there, text });
                place
            }
            None => place,
        });
        finding.related.push(Related { span, text: "rendered here".to_owned() });
        finding.span
    }

    /// The template that Helm names above the object around a place.
    fn template_of(&self, span: Span) -> Option<Template> {
        let text = self.repo.source(span.source).text();
        let mut end = span.start as usize;
        let mut first = true;
        loop {
            let before = text.get(..end)?;
            let start = before.rfind("\n---").map_or(0, |at| at + 1);
            let name = before[start..].lines().find_map(|line| line.strip_prefix(SOURCE));
            match name.map(str::trim) {
                // Files in `crds` are printed as they are; only the first object has the name.
                Some(name) if first || name.contains("/crds/") => {
                    return template(name, &self.paths, self.charts);
                }
                Some(_) => return None,
                None if start == 0 => return None,
                None => (end, first) = (start - 1, false),
            }
        }
    }

    /// Where the text of a rendered place stands in its template, and whether that is sure.
    fn place(&self, span: Span, template: SourceId) -> (Span, bool) {
        let from = self.repo.source(span.source).text();
        let into = self.repo.source(template).text();
        let start = |at: usize| Span::new(template, at, at + trimmed(into, at).len());
        match place::of(from, span.start as usize, into) {
            Some(Place::Same(at)) => (self.on_line(span, template, at), true),
            Some(Place::Key(at) | Place::Around(at)) => (start(at), false),
            None => (Span::new(template, 0, 0), false),
        }
    }

    /// The place on a line that reads the same and begins here.
    fn on_line(&self, span: Span, id: SourceId, at: usize) -> Span {
        let from = self.repo.source(span.source).text();
        let start = from[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let here = from[start..].lines().next().unwrap_or_default();
        let lead = here.len() - here.trim_start().len();
        let offset = (span.start as usize - start).saturating_sub(lead);
        let length = here.trim().len();
        let width = span.range().len().min(length.saturating_sub(offset));
        Span::new(id, at + offset.min(length), at + offset + width)
    }

    /// The only other file of the template's charts where the rendered line stands, once; whether
    /// the template takes that file whole.
    fn elsewhere(&self, span: Span, id: SourceId, template: &Template) -> Option<(Span, bool)> {
        let from = self.repo.source(span.source).text();
        let start = from[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let here = from[start..].lines().next().unwrap_or_default();
        if here.trim().len() < 4 {
            return None;
        }
        let mut found = None;
        for other in self.held.iter().copied().filter(|other| *other != id) {
            let source = self.repo.source(other);
            let Some(folder) =
                template.folders.iter().rev().find(|folder| source.path.starts_with(*folder))
            else {
                continue;
            };
            let inner = &source.path[folder.len()..];
            if inner.starts_with("templates/") && !is_named(inner) {
                continue;
            }
            let Some(at) = only_line(source.text(), here) else { continue };
            if found.is_some() {
                return None;
            }
            let whole = !inner.starts_with("templates/") && !inner.starts_with("values.y");
            found = Some((self.on_line(span, other, at), whole));
        }
        found
    }
}

fn trimmed(text: &str, at: usize) -> &str {
    text[at..].lines().next().unwrap_or_default().trim_end()
}
