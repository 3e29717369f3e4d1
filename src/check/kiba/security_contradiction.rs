//! Kibana and its store disagree on security. Rule: rules/kiba/security-contradiction.yaml

use crate::check::Case;
use crate::facts::kibana::{Form, KibanaConfig};
use crate::facts::settings::Setting;
use crate::repo::engines::security::Security;
use crate::repo::kibana::Kibana;
use crate::source::Span;

/// Settings that sign Kibana in.
const CREDENTIALS: &[&str] = &["password", "serviceAccountToken", "username"];

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    // The operator makes its own account.
    if config.form == Form::Operator {
        return;
    }
    let Some(kibana) = case.repo.kibana(config) else { return case.skip() };
    let signed: Option<&Setting> = CREDENTIALS.iter().find_map(|key| kibana.store(key));
    let cluster = case.repo.only_cluster(config.document);
    let security = cluster.map(|cluster| case.repo.engine_security(cluster));
    let own = kibana.get("xpack.security.enabled");
    let own_off = own.filter(|setting| setting.boolean() == Some(false)).map(place);
    let off = match security {
        Some(Security::Off(span) | Security::Never(span)) => Some(span),
        Some(Security::On(_)) => None,
        _ => own_off,
    };
    let program = config.program.name();
    match (off, signed, security) {
        (Some(off), Some(credential), _) => {
            case.flag(credential.span)
                .with("program", program)
                .with("what", "signs in to a store whose security is off: everybody else may read and change all logs without signing in")
                .related(off, "security is off here");
        }
        (None, None, Some(Security::On(Some(on)))) if is_complete(&kibana) => {
            let hosts = kibana.store("hosts").map_or(config.anchor, |hosts| hosts.span);
            case.flag(hosts)
                .with("program", program)
                .with("what", "has no account for a store whose security is on: it gets no answer")
                .related(on, "security is on here");
        }
        _ => {}
    }
}

fn place(setting: &Setting) -> Span {
    setting.value.as_ref().map_or(setting.span, |value| value.span)
}

/// Whether all that Kibana is given can be seen: no keystore, no folder of settings.
fn is_complete(kibana: &Kibana<'_>) -> bool {
    let certificate = kibana.store("ssl.certificate").or_else(|| kibana.store("ssl.keystore.path"));
    !kibana.open
        && certificate.is_none()
        && !kibana.containers.is_empty()
        && kibana.containers.iter().all(|container| {
            let stored = container.mounts.iter().any(|mount| {
                let target = mount.target.trim_end_matches('/');
                target.contains("keystore")
                    || target.ends_with("/config")
                    || target.ends_with("/kibana")
            });
            container.build.is_none() && !stored
        })
}
