//! Plain HTTP to a port that speaks TLS. Rule: rules/prom/tls-port-over-http.yaml

use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;
use crate::finding::Edit;

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let addresses = job.addresses();
    if addresses.is_empty() {
        return case.skip();
    }
    if !job.scheme().is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        return;
    }
    // What stands behind a proxy may answer by its name in another way.
    let proxied = job.setting("proxy_url").is_some() || job.setting("proxyUrl").is_some();
    for address in addresses {
        let literal = matches!(address.port(), Some("443" | "6443"));
        if !(literal || (address.is_api_server() && !proxied)) {
            continue;
        }
        let flag = case.flag(address.span).with("address", address.text).with("job", job.label());
        if let Some(scheme) = job.setting("scheme") {
            let edit = Edit { span: scheme.span, text: "https".to_owned() };
            flag.fix(true, "Scrape over https", vec![edit]);
        }
    }
}
