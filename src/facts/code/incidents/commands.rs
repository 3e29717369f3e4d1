//! Commands that change a running system: `exec.Command("kubectl", "rollout", "restart", …)`.

use crate::facts::code::file::File;
use crate::facts::code::routines::Routine;
use crate::lang::duties::words;
use crate::parse::unit::{ExprId, ExprKind};

/// How calls that run a command end, as they are written.
const RUNS: &[&str] = &[
    "exec.Command",
    "exec.CommandContext",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "os.system",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "execa",
    "spawn",
    "spawnSync",
    "ProcessBuilder",
    "Process.Start",
    "Command::new",
];

/// Programs that hold running systems.
const HOLDERS: &[&str] = &[
    "aws",
    "docker",
    "gcloud",
    "helm",
    "kubectl",
    "nomad",
    "service",
    "supervisorctl",
    "systemctl",
];

/// What is done to them.
const ACTS: &[&str] = &[
    "cordon", "delete", "drain", "evict", "failover", "kill", "reboot", "restart", "rollback",
    "rollout", "scale", "stop", "undo",
];

/// Whether a function runs a command that changes a running system.
pub(super) fn acts(file: &File<'_, '_>, routine: &Routine) -> bool {
    let unit = file.unit;
    let runs = |id: &ExprId| match unit.expr(*id) {
        ExprKind::Call { callee, .. } => {
            let text = unit.slice(&unit.place(*callee));
            RUNS.iter().any(|end| {
                text.strip_suffix(end).is_some_and(|rest| {
                    rest.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
                })
            })
        }
        _ => false,
    };
    // `Command::new("kubectl").args(["rollout", "restart"])`: the whole chain counts.
    let any = routine.exprs.iter().any(runs);
    let all = |list: &[&str]| {
        routine.exprs.iter().any(|id| match unit.expr(*id) {
            ExprKind::Text(text) => words(text).iter().any(|word| list.contains(&word.as_str())),
            ExprKind::Template(_) => {
                words(unit.slice(&unit.place(*id))).iter().any(|word| list.contains(&word.as_str()))
            }
            _ => false,
        })
    };
    any && all(HOLDERS) && all(ACTS)
}
