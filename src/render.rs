//! What templates came to: output of Helm, Kustomize or Jsonnet that is analysed in their place.
//!
//! Rendered files are sources like others. The templates behind them are not read for facts, so
//! that nothing counts twice, and findings in rendered text are put back into them.

use crate::check::Outcome;
use crate::finding::{Finding, Related};
use crate::repo::Repo;
use crate::source::{Part, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Output of a program that filled in templates.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// Texts by the path they are shown with.
    pub texts: BTreeMap<String, String>,
    /// The command that made them, as its user tells it; never run.
    pub command: Option<String>,
}

/// Names of charts by the folder they are in, with `/` at its end; of the root, empty.
pub type Charts = BTreeMap<String, String>;

/// Stands before the path of rendered text that is no file of the repository.
pub const OUTSIDE: &str = "rendered:";

/// Helm's word for the template behind an object.
const SOURCE: &str = "# Source: ";

/// The name in a `Chart.yaml`.
pub fn chart_name(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("name:"))?;
    let name = line.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then_some(name)
}

/// The files of the repository that rendered texts stand for: the templates they name, and the
/// values of their charts, which the templates hold.
pub fn covered(rendered: &Rendered, paths: &[&str], charts: &Charts) -> BTreeSet<String> {
    let mut covered = BTreeSet::new();
    for text in rendered.texts.values() {
        for name in text.lines().filter_map(|line| line.strip_prefix(SOURCE)) {
            let Some(path) = template(name.trim(), paths, charts) else { continue };
            if let Some((chart, _)) = path.split_once("templates/") {
                let values = ["values.yaml", "values.yml"].map(|file| format!("{chart}{file}"));
                covered.extend(values.into_iter().filter(|path| is_there(paths, path)));
            }
            covered.insert(path);
        }
    }
    covered
}

/// The file that Helm calls `chart/templates/x.yaml`; `None` unless exactly one can be meant.
fn template(name: &str, paths: &[&str], charts: &Charts) -> Option<String> {
    let (chart, rest) = name.split_once('/')?;
    let mut found: Vec<String> = charts
        .iter()
        .filter(|(_, known)| known.as_str() == chart)
        .map(|(folder, _)| format!("{folder}{rest}"))
        .filter(|path| is_there(paths, path))
        .collect();
    // A chart that is rendered for itself stands also in the folder of one that takes it.
    if found.len() > 1 {
        found.retain(|path| !path.strip_suffix(rest).is_some_and(|base| base.contains("charts/")));
    }
    (found.len() == 1).then(|| found.swap_remove(0))
}

fn is_there(paths: &[&str], path: &str) -> bool {
    paths.binary_search(&path).is_ok()
}

/// Puts findings in rendered texts back into the templates behind them, with the rendered place
/// beside it.
pub fn put_back(repo: &Repo, charts: &Charts, outcomes: &mut [Outcome]) {
    let rendered: BTreeSet<SourceId> = (0u32..)
        .map(SourceId)
        .zip(&repo.sources)
        .filter(|(_, source)| source.part == Part::Rendered)
        .map(|(id, _)| id)
        .collect();
    if rendered.is_empty() {
        return;
    }
    let paths: Vec<&str> = repo.sources.iter().map(|source| source.path.as_str()).collect();
    let back = Back { repo, charts, paths };
    for finding in outcomes.iter_mut().flat_map(|outcome| &mut outcome.findings) {
        if finding.span.is_some_and(|span| rendered.contains(&span.source)) {
            back.finding(finding);
        }
    }
}

struct Back<'a> {
    repo: &'a Repo,
    charts: &'a Charts,
    paths: Vec<&'a str>,
}

impl Back<'_> {
    fn finding(&self, finding: &mut Finding) {
        // Nobody edits what a program writes.
        finding.fix = None;
        let Some(span) = finding.span else { return };
        let Some(template) = self.template_of(span).and_then(|path| self.repo.source_at(&path))
        else {
            return;
        };
        finding.span = Some(self.place(span, template));
        finding.related.push(Related { span, text: "rendered here".to_owned() });
    }

    /// The template that Helm names above the object around a place.
    fn template_of(&self, span: Span) -> Option<String> {
        let text = self.repo.source(span.source).text();
        let before = text.get(..span.start as usize)?;
        let start = before.rfind("\n---").map_or(0, |at| at + 1);
        let name = before[start..].lines().find_map(|line| line.strip_prefix(SOURCE))?;
        template(name.trim(), &self.paths, self.charts)
    }

    /// Where the text of a rendered place stands in its template: on the only line that reads the
    /// same, else on the only line that reads like one around it, else at the template's start.
    fn place(&self, span: Span, template: SourceId) -> Span {
        let from = self.repo.source(span.source).text();
        let into = self.repo.source(template).text();
        let mut start = from[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let line = |start: usize| from[start..].lines().next().unwrap_or_default();
        let here = line(start);
        if let Some(at) = only_line(into, here) {
            let lead = here.len() - here.trim_start().len();
            let offset = (span.start as usize - start).saturating_sub(lead);
            let length = here.trim().len();
            let width = span.range().len().min(length.saturating_sub(offset));
            let place = Span::new(template, at + offset.min(length), at + offset + width);
            if self.repo.text(place) == self.repo.text(span) || offset >= length {
                return place;
            }
        }
        // Lines around it begin further left.
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
        let mut depth = indent(here);
        while start > 0 && depth > 0 {
            let end = start - 1;
            start = from[..end].rfind('\n').map_or(0, |at| at + 1);
            let above = &from[start..end];
            if above.starts_with("---") {
                break;
            }
            if above.trim().is_empty() || indent(above) >= depth {
                continue;
            }
            depth = indent(above);
            if let Some(at) = only_line(into, above).filter(|_| above.trim().len() > 3) {
                return Span::new(template, at, at + above.trim().len());
            }
        }
        Span::new(template, 0, 0)
    }
}

/// Where the only line begins that reads like this one, blanks around it apart.
fn only_line(text: &str, line: &str) -> Option<usize> {
    let wanted = line.trim();
    if wanted.is_empty() {
        return None;
    }
    let mut found = None;
    for (at, _) in text.match_indices(wanted) {
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        let after = text[at + wanted.len()..].split('\n').next().unwrap_or_default();
        if before.trim().is_empty() && after.trim().is_empty() {
            if found.is_some() {
                return None;
            }
            found = Some(at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_certain_where_it_stands_once() {
        assert_eq!(only_line("a:\n  b: 1\n", "      b: 1"), Some(5));
        assert_eq!(only_line("b: 1\nb: 1\n", "b: 1"), None);
        assert_eq!(only_line("b: 12\n", "b: 1"), None);
        assert_eq!(only_line("b: 1\n", "  "), None);
    }

    #[test]
    fn a_template_is_found_by_the_name_of_its_chart() {
        let charts = Charts::from([
            ("deploy/shop-chart/".to_owned(), "shop".to_owned()),
            ("deploy/shop-chart/charts/db/".to_owned(), "db".to_owned()),
        ]);
        let paths = [
            "deploy/shop-chart/Chart.yaml",
            "deploy/shop-chart/charts/db/templates/rules.yaml",
            "deploy/shop-chart/templates/rules.yaml",
        ];
        let find = |name| template(name, &paths, &charts);
        assert_eq!(find("shop/templates/rules.yaml").as_deref(), Some(paths[2]));
        assert_eq!(find("shop/charts/db/templates/rules.yaml").as_deref(), Some(paths[1]));
        assert_eq!(find("shop/templates/gone.yaml"), None);
        assert_eq!(find("other/templates/rules.yaml"), None);
        assert_eq!(chart_name("apiVersion: v2\nname: \"shop\" # ours\n"), Some("shop"));
    }
}
