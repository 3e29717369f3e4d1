//! Runbooks of the repository: which pages alerts link to, and which pages are runbooks at all.

use super::Repo;
use crate::facts::markdown::Page;
use crate::facts::rules::AlertRule;
use crate::lang::path as paths;
use std::collections::BTreeMap;

/// A link from an alert to a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The part of the page that is meant.
    pub anchor: Option<String>,
    /// Number of the alert among all.
    pub alert: usize,
}

impl Repo {
    /// Links of alerts to pages of the repository, by the page's path.
    pub fn runbook_links(&self) -> &BTreeMap<String, Vec<Link>> {
        self.runbook_links.get_or_init(|| {
            let mut links: BTreeMap<String, Vec<Link>> = BTreeMap::new();
            for (number, alert) in self.facts.alert_rules.iter().enumerate() {
                if let Some((path, anchor)) = self.link(alert) {
                    links.entry(path).or_default().push(Link { anchor, alert: number });
                }
            }
            links
        })
    }

    /// The file that an alert's link leads to, if it is one of the repository.
    fn link(&self, alert: &AlertRule) -> Option<(String, Option<String>)> {
        let keys = ["runbook_url", "runbook", "runbookUrl", "playbook", "playbook_url"];
        let link =
            keys.iter().filter_map(|key| alert.annotations.get(key)).find(|link| link.known)?;
        let text = link.text.trim().replace("{{ $labels.alertname }}", &alert.name.text);
        let text = text.replace("{{$labels.alertname}}", &alert.name.text);
        let (path, anchor) = match text.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor.to_owned())),
            None => (text.as_str(), None),
        };
        let found = |path: String| (!path.is_empty() && self.has_file(&path)).then_some(path);
        if let Some((_, rest)) = path.split_once("://") {
            // A forge shows a file under its branch: `…/blob/main/docs/x.md`.
            let (_, rest) =
                rest.split_once("/blob/").or_else(|| rest.split_once("/src/branch/"))?;
            let (_, path) = rest.split_once('/')?;
            return found(path.split('?').next().unwrap_or_default().to_owned())
                .map(|path| (path, anchor));
        }
        let from = paths::folder(self.path(link.span)).to_owned();
        let places = [paths::join(&from, path), paths::join("", path.trim_start_matches('/'))];
        let path = places.into_iter().flatten().find_map(found)?;
        Some((path, anchor))
    }

    fn has_file(&self, path: &str) -> bool {
        self.paths.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
    }

    /// Pages that say how incidents are handled: of severities, roles and communication they name
    /// two at least. A report of one incident has neither.
    pub fn incident_plans(&self) -> impl Iterator<Item = &Page> {
        let named = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("incident") || text.contains("response plan")
        };
        self.facts.pages.iter().filter(move |page| {
            page.process > 1
                && (named(self.path(page.title.span))
                    || named(&page.title.text)
                    || page.headings.iter().any(|heading| named(&heading.title.text)))
        })
    }

    /// Whether a page stands where runbooks do.
    pub fn is_runbook(&self, page: &Page) -> bool {
        let path = self.path(page.title.span).to_ascii_lowercase();
        let mut parts = path.split(['/', '.']);
        parts.any(|part| {
            part.contains("runbook")
                || part.contains("playbook")
                || part.split(['-', '_']).any(|word| matches!(word, "sop" | "sops"))
        })
    }
}
