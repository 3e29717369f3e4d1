//! Node exporters that see a container in place of the host. Rule: rules/infr/node-exporter-blind.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::metrics;
use crate::source::Origin;

/// Workloads that run some copies somewhere.
const ANYWHERE: &[&str] = &["Deployment", "StatefulSet", "ReplicaSet", "Job", "CronJob"];

pub(super) fn check(container: &Container, case: &mut Case<'_>) {
    let runs = metrics::exporter("node_exporter").is_some_and(|it| it.runs_in(container));
    if !runs || case.repo.origin(container.document.source) == Origin::Vendored {
        return case.skip();
    }
    let masked = case.repo.document(container.document).masked;
    if ANYWHERE.contains(&container.workload.as_str()) {
        let what = "does not run on every host: those without it have no metrics";
        case.flag(container.name.span).with("what", what);
    }
    // A stand-in is there to be scraped, whatever it sees.
    let stands_in = |word: &str| matches!(word, "mock" | "fake" | "dummy" | "stub");
    if container.name.text.split(['-', '_']).any(stands_in) {
        return;
    }
    // What a template fills in, nobody sees.
    if masked || container.args.iter().any(|arg| !arg.known) {
        return;
    }
    let root =
        container.mounts.iter().any(|mount| mount.source == "hostPath:/" || mount.source == "/");
    let told = ["path.rootfs", "path.root"].iter().any(|flag| container.flag(flag).is_some());
    if !(root && told) {
        let what =
            "sees its own filesystems: the host's root is not mounted and named by `--path.rootfs`";
        case.flag(container.name.span).with("what", what);
    }
    if !container.host_network && !container.host_pid {
        let what = "sees its own network and processes: it shares neither with the host";
        case.flag(container.name.span).with("what", what);
    }
}
