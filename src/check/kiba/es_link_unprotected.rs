//! The way from Kibana to its store. Rule: rules/kiba/es-link-unprotected.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::KibanaConfig;
use crate::repo::scrape::{host_of, is_inside};

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    let hosts = config.store("hosts");
    let mode = config.store("ssl.verificationMode").and_then(|setting| setting.value.as_ref());
    if hosts.is_none() && mode.is_none() {
        return case.skip();
    }
    let values = hosts.map(|hosts| hosts.values()).unwrap_or_default();
    let near = |text: &str| is_inside(case.repo, host_of(text));
    let mut plain = Vec::new();
    for host in values.iter().filter(|host| host.known && host.text.starts_with("http://")) {
        plain.push((host.span, near(&host.text)));
    }
    let mut addresses = values.iter().filter(|host| host.known).peekable();
    let all_near = addresses.peek().is_some() && addresses.all(|host| near(&host.text));
    for (span, near) in plain {
        let flag = case.flag(span).with("what", "talks to its store without encryption");
        if near {
            flag.severity(Severity::Info);
        }
    }
    if let Some(mode) = mode.filter(|mode| mode.known_text() == Some("none")) {
        let what = "takes any certificate for that of its store";
        let flag = case.flag(mode.span).with("what", what);
        if all_near {
            flag.severity(Severity::Info);
        }
    }
}
