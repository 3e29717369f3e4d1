//! A job that scrapes something else than its name says.
//! Rule: rules/prom/job-endpoint-mismatch.yaml

use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;
use crate::repo::exporters::kubelet;

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
