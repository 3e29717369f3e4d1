//! Settings that Kibana refuses. Rule: rules/kiba/unknown-or-removed-key.yaml

use super::refused_since;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::{Form, KibanaConfig};
use crate::facts::settings::Setting;
use crate::facts::settings::table::{Removed, Standing};
use crate::finding::Edit;
use crate::lang::version::Version;

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    let Some(table) = config.program.table() else { return case.skip() };
    for setting in &config.settings.entries {
        // The image passes on only the variables it knows: others do nothing.
        let argument = setting.value.as_ref().is_some_and(|value| value.span == setting.span);
        if matches!(config.form, Form::Container(_)) && !argument {
            continue;
        }
        match table.look_up(&setting.key) {
            Standing::Known => host_zero(config, setting, case),
            Standing::Removed(removed) => gone(config, setting, removed, case),
            Standing::Unknown { certain, near } => {
                let program = config.program.name();
                let (severity, who) = match certain {
                    true => (Severity::Error, format!("{program} does not start with it")),
                    false => (
                        Severity::Warning,
                        format!("{program} starts with it only where a plugin of its own takes it"),
                    ),
                };
                let what = match &near {
                    Some(near) => format!("is no setting of {program} (did you mean `{near}`?)"),
                    None => format!("is no setting of {program}"),
                };
                let edits = near.and_then(|near| rename(setting, &near, case));
                let flag = case
                    .flag(setting.span)
                    .with("key", &setting.key)
                    .with("what", what)
                    .with("who", who)
                    .severity(severity);
                if let Some(edits) = edits {
                    flag.fix(false, "Use the name it has now", edits);
                }
            }
        }
    }
}

fn gone(config: &KibanaConfig, setting: &Setting, removed: &'static Removed, case: &mut Case<'_>) {
    let Some(since) = Version::parse(removed.since) else { return };
    let image = config.program.image();
    let Some(severity) = refused_since(case, config.document, image, since) else { return };
    let program = config.program.name();
    let release = removed.since;
    let what = match removed.instead {
        Some(instead) => format!("was removed in {program} {release}: it is `{instead}` now"),
        None => format!("was removed in {program} {release}"),
    };
    let who = match severity {
        Severity::Error => format!("{program} does not start with it"),
        _ => format!("{program} {release} and later do not start with it"),
    };
    case.flag(setting.span)
        .with("key", &setting.key)
        .with("what", what)
        .with("who", who)
        .severity(severity);
}

/// `server.host: "0"`, which older releases took for all addresses.
fn host_zero(config: &KibanaConfig, setting: &Setting, case: &mut Case<'_>) {
    if setting.key != "server.host" || setting.text() != Some("0") {
        return;
    }
    let since = Version::new(8, 0, 0);
    let image = config.program.image();
    let Some(severity) = refused_since(case, config.document, image, since) else { return };
    let Some(value) = &setting.value else { return };
    let edit = Edit { span: value.span, text: "\"0.0.0.0\"".to_owned() };
    case.flag(value.span)
        .with("key", &setting.key)
        .with("what", "cannot be `0` since 8.0: all addresses are `0.0.0.0`")
        .with("who", "Kibana 8.0 and later do not start with it")
        .severity(severity)
        .fix(false, "Write all addresses as `0.0.0.0`", vec![edit]);
}

/// The new name in place of a key that stands there with all its parts.
fn rename(setting: &Setting, near: &str, case: &Case<'_>) -> Option<Vec<Edit>> {
    let text = case.repo.text(setting.span);
    (text == setting.key).then(|| vec![Edit { span: setting.span, text: near.to_owned() }])
}
