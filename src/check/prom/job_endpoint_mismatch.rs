//! A job that scrapes something else than its name says.
//! Rule: rules/prom/job-endpoint-mismatch.yaml

use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;
use crate::repo::scrape::Address;
use crate::source::Span;

/// What a job certainly scrapes: the kubelet, at this path and place.
struct Kubelet {
    path: Option<String>,
    at: Option<Span>,
}

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let Some(name) = job.name.as_ref().filter(|name| name.known) else { return case.skip() };
    let plain = name.text.to_ascii_lowercase().replace(['-', '_', ' ', '.'], "");
    let (node, cadvisor) = (plain.contains("nodeexporter"), plain.contains("cadvisor"));
    if node == cadvisor {
        return case.skip();
    }
    let Some(kubelet) = kubelet(job) else { return };
    let what = match (&kubelet.path, node) {
        (Some(path), _) if path.contains("cadvisor") && cadvisor => return,
        (None, false) => return,
        (_, true) => "the kubelet: metrics of the node itself (`node_*`) never arrive",
        (Some(_), false) => {
            "the kubelet's own metrics: container metrics (`container_*`) never arrive"
        }
    };
    let flag = case.flag(name.span).with("job", name.text.clone()).with("what", what);
    if let Some(at) = kubelet.at {
        flag.related(at, "this is the kubelet");
    }
}

fn kubelet(job: &ScrapeJob) -> Option<Kubelet> {
    let path = job.path();
    if let Some((text, at)) = &path
        && is_kubelet_path(text)
    {
        return Some(Kubelet { path: Some(text.clone()), at: *at });
    }
    let path = path.map(|(path, _)| path);
    // Another path through the API server leads elsewhere.
    if path.as_ref().is_some_and(|path| path.starts_with("/api/v1/")) {
        return None;
    }
    let addresses = job.addresses();
    let is_port = |address: &&Address<'_>| address.port() == Some("10250");
    if let Some(address) = addresses.iter().find(is_port) {
        return Some(Kubelet { path, at: Some(address.span) });
    }
    // Nodes are discovered with the kubelet's port.
    let rewritten = job.relabels.iter().any(|step| step.writes("__address__"));
    let nodes = job.discovery.iter().find(|found| {
        let role = found.role.as_ref().and_then(|role| role.known_text());
        found.kind == "kubernetes" && role.is_some_and(|role| role.eq_ignore_ascii_case("node"))
    });
    let alone = job.discovery.len() == 1 && job.targets.is_empty() && !job.settings.open;
    nodes
        .filter(|_| alone && !rewritten && path.is_some())
        .map(|nodes| Kubelet { path, at: Some(nodes.key) })
}

/// `/api/v1/nodes/NODE/proxy/metrics`, also with the kubelet's port; another port is another
/// program on the node.
fn is_kubelet_path(path: &str) -> bool {
    let Some((_, rest)) = path.split_once("/nodes/") else { return false };
    let Some((node, rest)) = rest.split_once("/proxy/metrics") else { return false };
    let port = node.rsplit_once(':').map(|(_, port)| port);
    (rest.is_empty() || rest.starts_with('/')) && matches!(port, None | Some("10250"))
}
