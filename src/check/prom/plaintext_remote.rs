//! Samples that leave in the clear. Rule: rules/prom/plaintext-remote.yaml

use crate::check::Case;
use crate::facts::prometheus::RemoteEndpoint;
use crate::repo::scrape;

pub(super) fn check(endpoint: &RemoteEndpoint, case: &mut Case<'_>) {
    let Some(url) = endpoint.url.as_ref().filter(|url| url.known) else { return case.skip() };
    let plain = url.text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    let host = scrape::host_of(&url.text);
    if plain && !host.is_empty() && !scrape::is_inside(case.repo, host) {
        let host = host.to_owned();
        case.flag(url.span).with("direction", endpoint.direction).with("host", host);
    }
}
