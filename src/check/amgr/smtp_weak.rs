//! Mail that does not arrive, or is read on its way. Rule: rules/amgr/smtp-weak.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::AlertmanagerConfig;
use crate::facts::scalar::{Pairs, Scalar};
use crate::identify::Kind;
use std::collections::BTreeSet;

pub(super) fn check(config: &AlertmanagerConfig, case: &mut Case<'_>) {
    let repo = case.repo;
    let emails: Vec<&Pairs> = repo
        .integrations(config.document)
        .iter()
        .filter(|one| one.kind == "email")
        .map(|one| &one.settings)
        .collect();
    if emails.is_empty() || !model::is_read(case) {
        return case.skip();
    }
    let contained = is_contained(config, case);
    let mut seen = BTreeSet::new();
    for email in emails {
        let setting =
            |here: &str, global: &str| email.get(here).or_else(|| config.global.get(global));
        let Some(smarthost) = setting("smarthost", "smtp_smarthost").filter(|host| host.known)
        else {
            continue;
        };
        let place = place(&smarthost.text);
        let open = email.open || config.global.open || config.open;
        let user = [
            "auth_username",
            "auth_password",
            "auth_password_file",
            "auth_secret",
            "auth_identity",
        ]
        .into_iter()
        .any(|field| setting(field, &format!("smtp_{field}")).is_some());
        let mut flag = |scalar: &Scalar, what: &str| {
            if seen.insert(scalar.span) {
                case.flag(scalar.span).with("what", what);
            }
        };
        match place {
            Place::Loopback if contained => {
                flag(
                    smarthost,
                    "is the container itself, where no mail server listens: no mail leaves",
                );
            }
            Place::External if !user && !open => {
                flag(
                    smarthost,
                    "is a relay outside, and no user is given: it refuses mail from strangers",
                );
            }
            _ => {}
        }
        let tls = setting("require_tls", "smtp_require_tls");
        if let Some(tls) =
            tls.filter(|tls| tls.boolean() == Some(false) && place != Place::Loopback)
        {
            flag(tls, "lets mail and password cross the network in the clear");
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Loopback,
    Inside,
    External,
}

fn place(smarthost: &str) -> Place {
    let host = smarthost.rsplit_once(':').map_or(smarthost, |(host, _)| host);
    let host = host.trim_matches(['[', ']']).to_lowercase();
    let octets: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    let private = match octets[..] {
        [10, ..] | [192, 168, ..] | [169, 254, ..] => octets.len() == 4,
        [172, second, _, _] => (16..32).contains(&second),
        _ => false,
    };
    let inside = [
        ".local",
        ".internal",
        ".svc",
        ".lan",
        ".corp",
        ".intra",
        ".localdomain",
        ".home",
        ".test",
    ]
    .iter()
    .any(|ending| host.ends_with(ending));
    match host.as_str() {
        "localhost" | "::1" | "" => Place::Loopback,
        _ if octets.len() == 4 && octets[0] == 127 => Place::Loopback,
        _ if private || inside || host.contains(".svc.") || !host.contains('.') => Place::Inside,
        _ => Place::External,
    }
}

/// Whether Alertmanager runs in a container, as far as the repository shows.
fn is_contained(config: &AlertmanagerConfig, case: &Case<'_>) -> bool {
    let facts = &case.repo.facts;
    let document = case.repo.document(config.document);
    let kubernetes = facts
        .scrape_jobs
        .iter()
        .flat_map(|job| &job.discovery)
        .any(|found| found.kind == "kubernetes");
    let manifests = [
        Kind::Compose,
        Kind::Kubernetes,
        Kind::HelmValues,
        Kind::HelmChart,
        Kind::PrometheusOperator,
    ];
    config.operator
        || document.host.is_some()
        || document.object.is_some()
        || !facts.containers.is_empty()
        || kubernetes
        || facts.documents.iter().any(|document| manifests.contains(&document.kind))
}
