//! Evidence of what runs: containers and the services among them.

use super::{Answer, Evidence};
use crate::facts::deploy::Container;
use crate::repo::images;
use crate::verdict::role;
use crate::verdict::scope::Scope;

pub(super) fn containers(scope: &Scope<'_>, images: &[&str]) -> Answer {
    let is_wanted =
        |container: &&Container| container.image_name().is_some_and(|name| images.contains(&name));
    let evidence = scope
        .repo
        .facts
        .containers
        .iter()
        .filter(|container| scope.counts(container.document))
        .filter(is_wanted)
        .map(container_evidence)
        .collect();
    Answer::found(evidence)
}

pub(super) fn container_evidence(container: &Container) -> Evidence {
    let span = container.image.as_ref().map_or(container.name.span, |image| image.span);
    Evidence { span, fact: format!("container {}", container.name.text) }
}

pub(super) fn all_containers(scope: &Scope<'_>) -> Answer {
    let containers = scope.repo.facts.containers.iter();
    Answer::found(
        containers
            .filter(|container| scope.counts(container.document))
            .map(container_evidence)
            .collect(),
    )
}

/// A container of well-known software, which is no service of the repository.
fn is_infrastructure(container: &Container) -> bool {
    let image = container.image.as_ref().and_then(|image| image.known_text());
    images::is_known(image)
}

pub(super) fn services(scope: &Scope<'_>) -> Answer {
    let own = scope.repo.facts.containers.iter().filter(|container| {
        scope.counts(container.document)
            && (container.build.is_some() || !is_infrastructure(container))
    });
    let mut evidence: Vec<Evidence> = own.map(container_evidence).collect();
    if evidence.is_empty() {
        let services = scope.repo.standing_services().map(|(_, service)| service);
        let services =
            services.filter(|service| scope.counts(service.document) && service.is_certain());
        evidence.extend(services.map(|service| Evidence {
            span: service.anchor,
            fact: format!("service {}", service.name),
        }));
    }
    if evidence.is_empty() && role::code(scope.repo).is_some() {
        return Answer::unknown("whether the code here is a service".to_owned());
    }
    Answer::found(evidence)
}
