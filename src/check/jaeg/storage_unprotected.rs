//! Links to the trace store that others can read. Rule: rules/jaeg/storage-unprotected.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::deploy::Container;
use crate::facts::jaeger::links::StorageLink;
use crate::lang::version::Version;
use crate::repo::scrape::{host_of, is_inside, is_loopback};

pub(super) fn check(link: &StorageLink, case: &mut Case<'_>) {
    let Some(text) = link.urls.known_text() else { return };
    let repo = case.repo;
    let hosts = || text.split(',').map(str::trim).filter(|url| !url.is_empty());
    let plain = hosts().find(|url| url.starts_with("http://") && !is_loopback(host_of(url)));
    if let Some(url) = plain {
        let inside = is_inside(repo, host_of(url));
        let flag = case
            .flag(link.urls.span)
            .with("setting", &link.setting.text)
            .with("what", "names the trace store without TLS");
        if inside {
            flag.severity(Severity::Info);
        }
        return;
    }
    if link.credentials != Some(false) {
        return;
    }
    let store = hosts().find_map(|url| {
        let named = |container: &&Container| {
            container.name.text == host_of(url) || container.owner.name == host_of(url)
        };
        repo.facts.containers.iter().filter(named).find(|it| is_secured(case, it))
    });
    if let Some(store) = store {
        case.flag(link.urls.span)
            .with("setting", &link.setting.text)
            .with("what", "goes without a user or a token to a store that asks for one")
            .related(store.name.span, "this store has its security on");
    }
}

/// Whether an Elasticsearch asks who is there: told so, or by itself since 8.0.
fn is_secured(case: &Case<'_>, container: &Container) -> bool {
    if container.image_name() != Some("elasticsearch") || container.env.open {
        return false;
    }
    match container.env.get("xpack.security.enabled") {
        Some(value) => value.boolean() == Some(true),
        None => {
            let since = Version::parse("8.0.0");
            case.repo.release_of(container).zip(since).is_some_and(|(it, since)| it.version >= since)
                // What is mounted over its configuration may say otherwise.
                && container.mounts.iter().all(|mount| !mount.target.contains("config"))
        }
    }
}
