//! A tail that forgets where it was. Rule: rules/flnt/tail-without-state.yaml

use crate::check::Case;
use crate::facts::deploy::{Container, Mount};
use crate::facts::scalar::Scalar;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::runs::{self, FLUENT_BIT, FLUENTD};

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if section.role != Role::Input || !section.is("tail") {
        return case.skip();
    }
    let (key, program) = match section.program {
        Program::FluentBit => ("DB", FLUENT_BIT),
        Program::Fluentd => ("pos_file", FLUENTD),
        _ => return case.skip(),
    };
    match section.value(key) {
        // A file that is read once, to its end, is not taken up again.
        None if section.open || section.switch("exit_on_eof") == Some(true) => {}
        None => {
            let fault = format!("no `{key}`: after a restart lines are read twice or not at all");
            case.flag(section.name_span()).with("fault", fault);
        }
        Some(state) => volatile(section, state, program, case),
    }
}

/// Where the state lies on a volume that goes with the pod.
fn volatile(section: &Section, state: &Scalar, program: runs::Program, case: &mut Case<'_>) {
    let Some(path) = state.known_text().filter(|path| path.starts_with('/')) else { return };
    for container in case.repo.containers_of(program) {
        if container.workload == "compose" || !case.repo.mounts(container, section.document) {
            continue;
        }
        let Some(mount) = mount_of(container, path).filter(|mount| mount.source == "emptyDir")
        else {
            continue;
        };
        let fault = "this lies on a volume that goes with the pod: a new pod reads lines twice or not at all";
        case.flag(state.span)
            .with("fault", fault)
            .related(mount.span, "an `emptyDir` is mounted here");
        return;
    }
}

/// The innermost mount that holds a path.
fn mount_of<'c>(container: &'c Container, path: &str) -> Option<&'c Mount> {
    let holds = |mount: &&Mount| {
        let target = mount.target.trim_end_matches('/');
        path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    container.mounts.iter().filter(holds).max_by_key(|mount| mount.target.len())
}
