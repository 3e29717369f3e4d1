//! Connections without verified encryption. Rule: rules/otcl/tls-verify-off.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::flat::{Setting, Settings};
use crate::facts::scalar::Scalar;
use crate::repo::scrape::{host_of, is_inside, is_loopback};

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    if !component.id.known {
        return case.skip();
    }
    for setting in &component.settings.entries {
        // The scrape configuration of a receiver has rules of its own.
        if setting.path.starts_with("config.") || !is_on(setting) {
            continue;
        }
        match setting.name() {
            "insecure_skip_verify" => unverified(component, setting, case),
            "insecure" if component.section != Section::Receivers => {
                plain(component, setting, case)
            }
            _ => {}
        }
    }
}

fn is_on(setting: &Setting) -> bool {
    setting.scalar().and_then(Scalar::boolean) == Some(true)
}

/// The address that a setting about TLS is for: an endpoint beside it or above.
fn endpoint<'s>(settings: &'s Settings, path: &str) -> Option<&'s Scalar> {
    const KEYS: &[&str] = &["endpoint", "traces_endpoint", "url", "endpoints[0]", "brokers[0]"];
    let mut at = path;
    while let Some((above, _)) = at.rsplit_once('.') {
        at = above;
        let found = KEYS.iter().find_map(|key| settings.get(&format!("{at}.{key}")));
        if found.is_some() {
            return found;
        }
    }
    KEYS.iter().find_map(|key| settings.get(key))
}

/// Where the connection leads: `None` where nobody can know.
fn reach(component: &Component, setting: &Setting, case: &Case<'_>) -> Option<Reach> {
    let repo = case.repo;
    // A layer may give the address, or another TLS.
    let layered = model::settings(repo, component);
    let settings = layered.first().unwrap_or(&component.settings);
    let Some(endpoint) = endpoint(settings, &setting.path) else { return Some(Reach::Unsaid) };
    let text = endpoint.known_text()?;
    if text.starts_with("unix:") {
        return Some(Reach::Loopback);
    }
    let host = host_of(text);
    Some(if is_loopback(host) {
        Reach::Loopback
    } else if is_inside(repo, host) {
        Reach::Inside
    } else {
        Reach::Outside
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Loopback,
    Inside,
    Outside,
    Unsaid,
}

fn unverified(component: &Component, setting: &Setting, case: &mut Case<'_>) {
    let inside = matches!(reach(component, setting, case), Some(Reach::Loopback | Reach::Inside));
    let what = "takes any certificate, so that anybody on the way can read and change the data";
    let flag = case.flag(setting.key).with("key", setting.name()).with("what", what);
    if inside {
        flag.severity(Severity::Info);
    }
}

fn plain(component: &Component, setting: &Setting, case: &mut Case<'_>) {
    let severity = match reach(component, setting, case) {
        Some(Reach::Outside) => Severity::Warning,
        Some(Reach::Inside) => Severity::Info,
        Some(Reach::Loopback | Reach::Unsaid) | None => return,
    };
    let what = "sends everything unencrypted over the network";
    case.flag(setting.key).with("key", setting.name()).with("what", what).severity(severity);
}
