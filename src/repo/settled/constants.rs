//! Constants of one file that another names.

use crate::facts::DocumentId;
use crate::facts::code::{MetricDefinition, NamePart};
use crate::lang::path::folder;
use crate::repo::Repo;
use crate::repo::services::modules::Modules;
use std::collections::BTreeMap;

/// Gives metrics the names that constants of their package, or of one they import, make.
pub(super) fn settle(mut repo: Repo) -> Repo {
    if repo.facts.constants.is_empty()
        || repo.facts.metric_definitions.iter().all(|it| it.open.is_none())
    {
        return repo;
    }
    let found = names(&repo);
    for (number, [namespace, subsystem, name]) in found {
        if let Some(definition) = repo.facts.metric_definitions.get_mut(number) {
            definition.settle([&namespace, &subsystem, &name]);
        }
    }
    repo
}

/// The parts of the names that are certain, by the number of the declaration.
fn names(repo: &Repo) -> Vec<(usize, [String; 3])> {
    // One name with two values, for two systems, stands for neither.
    let mut all: BTreeMap<(&str, &str), Option<&str>> = BTreeMap::new();
    for constant in &repo.facts.constants {
        let home = folder(&repo.source(constant.document.source).path);
        let known = all.entry((home, &constant.name)).or_insert(Some(&constant.value));
        if known.is_some_and(|known| known != constant.value) {
            *known = None;
        }
    }
    let mut modules: Option<Modules<'_>> = None;
    let mut value = |from: DocumentId, path: &str| -> Option<String> {
        let own = folder(&repo.source(from.source).path);
        let Some((package, name)) = path.rsplit_once('.') else {
            return (*all.get(&(own, path))?).map(str::to_owned);
        };
        let number = repo.facts.modules.binary_search_by_key(&from, |it| it.document).ok()?;
        let modules = modules.get_or_insert_with(|| Modules::of(repo));
        let meant = modules.meant(number, package);
        let home = folder(&repo.source(repo.facts.modules[*meant.first()?].document.source).path);
        (*all.get(&(home, name))?).map(str::to_owned)
    };
    let mut part = |definition: &MetricDefinition, part: &NamePart| match part {
        NamePart::Text(text) => Some(text.clone()),
        NamePart::Constant(path) => value(definition.document, path),
    };
    let mut found = Vec::new();
    for (number, definition) in repo.facts.metric_definitions.iter().enumerate() {
        let Some([namespace, subsystem, name]) = definition.open.as_ref().map(|it| &it.parts)
        else {
            continue;
        };
        let parts =
            (part(definition, namespace), part(definition, subsystem), part(definition, name));
        if let (Some(namespace), Some(subsystem), Some(name)) = parts {
            found.push((number, [namespace, subsystem, name]));
        }
    }
    found
}
