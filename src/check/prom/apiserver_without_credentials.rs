//! The API server without credentials. Rule: rules/prom/apiserver-without-credentials.yaml

use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let named = job.name.as_ref().is_some_and(|name| {
        let name = name.text.to_ascii_lowercase().replace(['-', '_'], "");
        name.contains("apiserver")
    });
    let addresses = job.addresses();
    let server = addresses.iter().find(|address| {
        address.is_api_server()
            || address.port() == Some("6443")
            || (named && address.port() == Some("443"))
    });
    let Some(server) = server else { return case.skip() };
    if job.credentials.is_empty() && !job.settings.open {
        let (address, at) = (server.text.to_owned(), server.span);
        let name = job.name.as_ref().map_or(job.span, |name| name.span);
        case.flag(name)
            .with("job", job.label())
            .with("address", address)
            .related(at, "the API server is scraped here");
    }
}
