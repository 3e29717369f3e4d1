//! A Beat that tells everybody what it does. Rule: rules/beat/open-monitoring.yaml

use crate::check::Case;
use crate::facts::beat::Beat;
use crate::repo::publish::Published;
use crate::repo::runs::BEATS;
use crate::repo::scrape::is_loopback;

/// Where Beats answer unless they are told another port.
const PORT: u16 = 5066;

pub(super) fn check(beat: &Beat, case: &mut Case<'_>) {
    let set = &beat.settings;
    let on = set.get("http.enabled").and_then(|setting| setting.boolean()) == Some(true);
    let host = set.scalar("http.host").filter(|_| on);
    let Some(host) = host else { return case.skip() };
    let everywhere = host.known_text().is_some_and(|text| {
        matches!(text, "0.0.0.0" | "::" | "[::]") || !(is_loopback(text) || text.contains("://"))
    });
    let port = match set.get("http.port") {
        Some(port) => port.text().and_then(|text| text.parse().ok()),
        None => Some(PORT),
    };
    let Some(port) = port.filter(|_| everywhere) else { return };
    if let Published::Yes(span, how) = case.repo.published_by(beat.document, BEATS, port) {
        case.flag(host.span).with("port", port.to_string()).related(span, how);
    }
}
