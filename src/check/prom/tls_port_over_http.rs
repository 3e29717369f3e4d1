//! Plain HTTP to a port that speaks TLS. Rule: rules/prom/tls-port-over-http.yaml

use crate::check::{Case, mend};
use crate::facts::prometheus::{JobForm, ScrapeJob};
use crate::finding::Edit;
use crate::repo::Repo;
use crate::repo::scrape::Address;

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    // What a prober is told to look at is a parameter of the request, and no address.
    if job.form == JobForm::Probe {
        return;
    }
    let repo = case.repo;
    let addresses = job.addresses();
    if addresses.is_empty() {
        return case.skip();
    }
    if !job.scheme().is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        return;
    }
    // What stands behind a proxy may answer by its name in another way.
    let proxied = job.setting("proxy_url").is_some() || job.setting("proxyUrl").is_some();
    let refused = |address: &Address<'_>| {
        let literal = matches!(address.port(), Some("443" | "6443"));
        literal || (address.is_api_server() && !proxied)
    };
    // What speaks plain HTTP beside it would be lost.
    let mut added = addresses.iter().all(&refused).then(|| addition(repo, job)).flatten();
    for address in addresses.into_iter().filter(&refused) {
        let flag = case.flag(address.span).with("address", address.text).with("job", job.label());
        let edit = match job.setting("scheme") {
            Some(scheme) => Some(Edit { span: scheme.span, text: "https".to_owned() }),
            None => added.take(),
        };
        if let Some(edit) = edit {
            flag.fix(true, "Scrape over https", vec![edit]);
        }
    }
}

/// Adds the scheme below the job's name, where that stands on a line of its own.
fn addition(repo: &Repo, job: &ScrapeJob) -> Option<Edit> {
    let name = job.name.as_ref().filter(|it| it.known && job.form == JobForm::Job)?;
    let masked = repo.documents_in(job.span.source).iter().any(|document| document.masked);
    let line = mend::line(repo, name.span).filter(|_| !masked)?;
    let text = repo.text(line);
    let column = text.find("job_name:")?;
    let lead = &text[..column];
    let alone = matches!(lead.trim(), "" | "-") && text.ends_with('\n');
    let indent = " ".repeat(column);
    alone.then(|| Edit { span: line.at_end(), text: format!("{indent}scheme: https\n") })
}
