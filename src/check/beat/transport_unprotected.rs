//! Records on an open line. Rule: rules/beat/transport-unprotected.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::beat::BeatOutput;
use crate::repo::scrape::{host_of, is_inside};

pub(super) fn check(output: &BeatOutput, case: &mut Case<'_>) {
    let hosts = output.settings.get("hosts");
    let mode = output.settings.get("ssl.verification_mode").and_then(|it| it.value.as_ref());
    if (hosts.is_none() && mode.is_none()) || output.enabled() == Some(false) {
        return case.skip();
    }
    let values = hosts.map(|hosts| hosts.values()).unwrap_or_default();
    let near = |text: &str| is_inside(case.repo, host_of(text));
    let known = || values.iter().filter(|host| host.known);
    let all_near = known().next().is_some() && known().all(|host| near(&host.text));
    let secured = output.settings.get("protocol").and_then(|it| it.text()) == Some("https");
    let plain: Vec<_> = known()
        .filter(|host| host.text.starts_with("http://") && !secured)
        .map(|host| (host.span, near(&host.text)))
        .collect();
    for (span, near) in plain {
        let flag = case.flag(span).with("what", "sends records without encryption");
        if near {
            flag.severity(Severity::Info);
        }
    }
    if let Some(mode) = mode.filter(|mode| mode.known_text() == Some("none")) {
        let flag = case.flag(mode.span).with("what", "takes any certificate for that of the store");
        if all_near {
            flag.severity(Severity::Info);
        }
    }
}
