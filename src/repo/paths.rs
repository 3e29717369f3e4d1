//! Which server loads which rule file.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::prometheus::ServerForm;
use crate::identify::Kind;

/// Whether a rule document is loaded, as far as the repository shows what loads it: where no
/// server configuration lists rule files, everything counts as loaded.
pub fn is_loaded(repo: &Repo, document: DocumentId) -> bool {
    if repo.document(document).kind != Kind::PrometheusRules {
        return true;
    }
    let path = &repo.source(document.source).path;
    let mut loader = false;
    for config in repo.facts.prometheus.iter().filter(|config| config.form == ServerForm::File) {
        for pattern in config.rule_files.iter().filter(|pattern| pattern.known) {
            loader = true;
            let name = pattern.text.rsplit('/').next().unwrap_or(&pattern.text);
            let file = path.rsplit('/').next().unwrap_or(path);
            if matches(name, file) {
                return true;
            }
        }
    }
    !loader
}

/// A file name against a pattern with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let Some(rest) = name.strip_prefix(before) else { return false };
            (0..=rest.len())
                .filter(|&at| rest.is_char_boundary(at))
                .any(|at| matches(after, &rest[at..]))
        }
    }
}
