//! Services that nothing is promised for. Rule: rules/slo/service-without-slo.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::repo::images;
use crate::repo::scrape::is_infrastructure_name;
use crate::repo::standing::is_sample;
use crate::source::Origin;
use std::collections::BTreeSet;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let services: BTreeSet<String> = repo
        .facts
        .slos
        .iter()
        .flat_map(|slo| [&slo.service, &slo.name])
        .flatten()
        .map(|name| plain(&name.text))
        .collect();
    let unnamed = repo.facts.slos.iter().any(|slo| slo.service.is_none() && slo.name.is_none());
    if unnamed || services.is_empty() {
        return case.skip();
    }
    let critical = &repo.settings.critical_services;
    let mut told = BTreeSet::new();
    for container in &repo.facts.containers {
        let Some(name) = container.name.known_text() else { continue };
        let listed = critical.is_empty() || critical.iter().any(|it| plain(it) == plain(name));
        let own = repo.origin(container.document.source) == Origin::Own;
        let sample = is_sample(repo.path(container.name.span));
        let names = [plain(name), plain(&container.workload)];
        let promised = names.iter().filter(|name| !name.is_empty()).any(|name| {
            services.iter().any(|service| name.contains(service) || service.contains(name))
        });
        if own && listed && !sample && is_service(container) && !promised && told.insert(name) {
            case.flag(container.name.span).with("service", name);
        }
    }
}

/// A container of our own that answers requests: built here, or of no known product, with ports.
fn is_service(container: &Container) -> bool {
    let image = container.image.as_ref().map(|image| image.text.as_str());
    let infrastructure = images::is_known(image) || is_infrastructure_name(&container.name.text);
    !infrastructure && (container.build.is_some() || !container.ports.is_empty())
}

/// Letters and digits in lower case, without the word "service".
fn plain(text: &str) -> String {
    let text: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    text.strip_suffix("service").filter(|it| !it.is_empty()).unwrap_or(&text).to_owned()
}
