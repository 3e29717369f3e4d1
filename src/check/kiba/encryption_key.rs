//! Keys that Kibana encrypts with. Rule: rules/kiba/encryption-key.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::{Form, KibanaConfig, Program};

const KEYS: &[&str] = &[
    "xpack.security.encryptionKey",
    "xpack.encryptedSavedObjects.encryptionKey",
    "xpack.reporting.encryptionKey",
];

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    if config.program != Program::Kibana {
        return case.skip();
    }
    for key in KEYS {
        let value = config.settings.get(key).and_then(|setting| setting.value.as_ref());
        let Some(value) = value else { continue };
        let length = value.text.chars().count();
        if value.known && length < 32 {
            // Reports are encrypted with whatever there is.
            let reports = *key == "xpack.reporting.encryptionKey";
            let who = match reports {
                true => "it is easily guessed",
                false => "Kibana does not start with it",
            };
            let flag = case
                .flag(value.span)
                .with("key", *key)
                .with("what", format!("has {length} characters of at least 32"))
                .with("who", who);
            if reports {
                flag.severity(Severity::Warning);
            }
        }
    }
    missing(config, case);
}

/// Several of them without a common key cannot read each other's sessions and secrets.
fn missing(config: &KibanaConfig, case: &mut Case<'_>) {
    let Some(kibana) = case.repo.kibana(config) else { return };
    if kibana.open || config.form == Form::Operator {
        return;
    }
    let several = kibana.containers.iter().find_map(|container| {
        let replicas = container.replicas.as_ref()?;
        (replicas.known_text()?.parse::<u32>().ok()? > 1).then_some(replicas.span)
    });
    let Some(replicas) = several else { return };
    for key in &KEYS[..2] {
        // A keystore or a secret may hold it: only what is given in the open can be seen.
        if kibana.has(key) {
            continue;
        }
        case.flag(config.anchor)
            .with("key", *key)
            .with("what", "is missing, and several instances run")
            .with("who", "each makes up its own at every start")
            .severity(Severity::Warning)
            .related(replicas, "so many run");
    }
}
