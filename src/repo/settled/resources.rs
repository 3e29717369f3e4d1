//! Names that resources of Terraform take from each other: `grafana_contact_point.pager.name`.

use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::lang::path::folder;
use crate::repo::Repo;
use std::collections::BTreeMap;
use std::mem::take;

/// Puts in the names behind references within a module: the files of one folder.
pub(super) fn settle(mut repo: Repo) -> Repo {
    if repo.facts.resource_names.is_empty() {
        return repo;
    }
    let mut alerts = take(&mut repo.facts.alert_rules);
    let mut routes = take(&mut repo.facts.routes);
    let names = Names::of(&repo);
    for alert in &mut alerts {
        names.fill_in(&repo, alert.document, alert.direct.as_deref_mut());
    }
    for route in &mut routes {
        let lists = route.mutes.iter_mut().chain(&mut route.actives);
        names.fill_in(&repo, route.document, route.receiver.iter_mut().chain(lists));
    }
    repo.facts.alert_rules = alerts;
    repo.facts.routes = routes;
    repo
}

/// By folder and address; `None` where two resources have one address.
struct Names(BTreeMap<(String, String), Option<Scalar>>);

impl Names {
    fn of(repo: &Repo) -> Names {
        let mut names = BTreeMap::new();
        for one in &repo.facts.resource_names {
            let key = (folder_of(repo, one.document), one.address.clone());
            let name = Some(one.name.clone());
            names.entry(key).and_modify(|known| *known = None).or_insert(name);
        }
        Names(names)
    }

    fn fill_in<'s>(
        &self,
        repo: &Repo,
        document: DocumentId,
        values: impl IntoIterator<Item = &'s mut Scalar>,
    ) {
        for value in values.into_iter().filter(|value| !value.known) {
            let Some(address) = address(&value.text) else { continue };
            let key = (folder_of(repo, document), address.to_owned());
            if let Some(Some(name)) = self.0.get(&key) {
                value.text.clone_from(&name.text);
                value.known = name.known;
            }
        }
    }
}

/// The resource whose name an expression is; Grafana's provider gives it as the `id` as well.
fn address(expression: &str) -> Option<&str> {
    let inner = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.unwrap_or(expression).trim();
    let address = inner.strip_suffix(".name").or_else(|| inner.strip_suffix(".id"))?;
    (address.matches('.').count() == 1).then_some(address)
}

fn folder_of(repo: &Repo, document: DocumentId) -> String {
    folder(&repo.source(document.source).path).to_owned()
}
