//! Whether anything here goes by a name: what runs, what is watched, what is promised.

use super::Repo;
use super::standing::is_sample;
use crate::config::{World, is_named};
use crate::facts::scalar::{Pairs, Scalar};
use crate::lang::path::{folder, last};
use crate::lang::{distance, placeholder};
use std::collections::BTreeSet;

/// Words that say what a part does and not whose it is: `api` alone is no sign of `shop-api`.
const GENERAL: &[&str] =
    &["api", "app", "backend", "db", "frontend", "server", "service", "ui", "web", "worker"];

/// Labels that name a program.
const LABELS: &[&str] = &[
    "app",
    "app.kubernetes.io/component",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/name",
    "job",
    "k8s-app",
    "service",
];

/// What nothing here is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncalled {
    /// The name of something that runs here, hardly different.
    pub near: Option<String>,
    /// Everything that runs is here: what is not called so here is nowhere.
    pub closed: bool,
}

/// Names of what is here.
#[derive(Default)]
struct Names<'r> {
    /// Of what runs.
    running: BTreeSet<&'r str>,
    /// Of what else speaks of it.
    other: BTreeSet<&'r str>,
    /// Something runs whose name is filled in elsewhere.
    open: bool,
}

impl Repo {
    /// What is known of a name, or a pattern with `*`, that certainly nothing here goes by.
    pub fn uncalled(&self, name: &str) -> Option<Uncalled> {
        let names = Names::of(self);
        if names.open || names.running.is_empty() || self.is_external_service(name) {
            return None;
        }
        let mut all = names.running.iter().chain(&names.other);
        let is_here = match name.contains('*') {
            true => all.any(|known| is_named(&[name.to_owned()], known)),
            false => all.any(|known| is_same(name, known)) || self.is_called(name),
        };
        let long = names.running.iter().copied().filter(|it| it.len() > 3);
        let near = distance::nearest(name, long, if name.len() < 6 { 1 } else { 2 });
        let near = near.filter(|_| !name.contains('*')).map(str::to_owned);
        (!is_here).then(|| Uncalled { near, closed: self.holds_all(World::Exporters) })
    }

    /// Whether a service has the name in its telemetry or by its labels, or by the configuration.
    fn is_called(&self, name: &str) -> bool {
        let stated = self.settings.services.iter();
        let mut stated = stated.flat_map(|it| it.names.iter().chain([&it.name]));
        let called = |service| {
            let names = self.telemetry_names(service).into_iter().chain(self.outer_names(service));
            names.into_iter().any(|it| is_same(name, &it.name.text))
        };
        stated.any(|known| is_same(name, known)) || self.services().iter().any(called)
    }
}

impl<'r> Names<'r> {
    fn of(repo: &'r Repo) -> Names<'r> {
        let mut names = Names::default();
        names.running.extend(repo.services().iter().map(|service| service.name.as_str()));
        names.add_containers(repo);
        for document in &repo.facts.documents {
            if let Some(object) = &document.object {
                names.open |= placeholder::is_in(&object.name);
                names.other.insert(&object.name);
                names.other.extend(object.labels.iter().filter_map(|(key, value)| {
                    LABELS.contains(&key.as_str()).then_some(value.as_str())
                }));
            }
        }
        for job in &repo.facts.scrape_jobs {
            names
                .running
                .extend(job.name.iter().chain(&job.job_name).filter_map(Scalar::known_text));
            names
                .other
                .extend(job.targets.iter().map(|it| it.text.split(':').next().unwrap_or("")));
            names.add_labels(&job.labels);
        }
        let slos = repo.facts.slos.iter().flat_map(|slo| [&slo.service, &slo.name]).flatten();
        names.other.extend(slos.map(|name| name.text.as_str()));
        repo.facts.alert_rules.iter().for_each(|rule| names.add_labels(&rule.labels));
        let packages = repo.facts.manifests.iter().filter_map(|it| it.name.as_ref());
        names.other.extend(packages.map(|name| last(&name.text)));
        names.other.extend(repo.facts.catalog_entries.iter().map(|it| it.name.text.as_str()));
        names.other.extend(repo.facts.packages.iter().map(|it| it.name.text.as_str()));
        let folders = repo.paths.iter().flat_map(|path| folder(path).split('/'));
        names.other.extend(folders);
        names
    }

    fn add_containers(&mut self, repo: &'r Repo) {
        for container in repo.own_containers() {
            if is_sample(repo.path(container.name.span)) {
                continue;
            }
            self.open |= !container.name.known || placeholder::is_in(&container.name.text);
            self.running.insert(&container.name.text);
            self.running.insert(&container.owner.name);
            self.other.extend(container.image_name());
            self.other.extend(container.aliases.iter().map(|it| it.text.as_str()));
            self.add_labels(&container.labels);
        }
        self.running.remove("");
    }

    fn add_labels(&mut self, labels: &'r Pairs) {
        let values = LABELS.iter().filter_map(|label| labels.get(label));
        self.other.extend(values.map(|value| value.text.as_str()));
    }
}

/// Whether two names may mean one thing: alike but for case and signs, or one with a word before or
/// after the other, such as that of an environment.
fn is_same(name: &str, known: &str) -> bool {
    let (one, other) = (words(name), words(known));
    let within = |part: &[String], whole: &[String]| {
        let general = part.iter().all(|word| GENERAL.contains(&word.as_str()));
        !general && whole.windows(part.len()).any(|some| some == part)
    };
    one.concat() == other.concat() || within(&one, &other) || within(&other, &one)
}

/// The words of a name in lower case; `service` at its end says nothing.
fn words(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut words: Vec<String> = parts.map(str::to_lowercase).collect();
    if let Some(last) = words.last_mut()
        && let Some(bare) = last.strip_suffix("service").or_else(|| last.strip_suffix("svc"))
    {
        *last = bare.to_owned();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn names_are_the_same_in_other_spelling_or_with_a_word_around() {
        for (one, other) in [
            ("shop", "shop"),
            ("shop", "Shop-Service"),
            ("order_items", "OrderItems"),
            ("shop", "prod-shop"),
            ("shop-api", "shop"),
            ("acme/shop", "shop"),
        ] {
            assert!(is_same(one, other) && is_same(other, one), "{one} {other}");
        }
        for (one, other) in [("shop", "shops"), ("shop-api", "api"), ("cart", "cartographer")] {
            assert!(!is_same(one, other) && !is_same(other, one), "{one} {other}");
        }
        assert!(!is_same("shop", ""));
    }
}
