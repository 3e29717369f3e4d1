//! Names that a program gives itself in its records and in labels of all its metrics.

use super::file::File;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::Role;
use crate::parse::unit::{Arg, ExprId, ExprKind, FunctionId};

/// A name that a program gives itself.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OwnName {
    /// The file.
    pub document: DocumentId,
    /// The name.
    pub name: Scalar,
    /// What says it.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub by: &'static str,
}

/// Fields that name the service.
const KEYS: &[&str] = &["service", "service.name", "service_name", "serviceName", "Service"];

/// Beginnings of the names of calls that bind fields to a logger.
const BINDS: &[&str] = &["With", "with", "bind", "child", "addField", "AddField"];

/// Reads the names that a file gives its program: where it sets loggers and registries up.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    for call in &file.calls {
        let name = call.name();
        let role = |role: Role| call.role(role).is_some();
        let by = if role(Role::Identity) {
            "a label of all its metrics"
        } else if role(Role::Logger)
            || role(Role::LogFormat)
            || (BINDS.iter().any(|start| name.starts_with(start)) && is_logger(file, call.id))
        {
            "a field of all its records"
        } else {
            continue;
        };
        // Elsewhere a field of that name may speak of a service that is called.
        if sets_up(file, call.id) || role(Role::Identity) || call.path.ends_with("createLogger") {
            let found = named(file, call.id);
            let of = |name| OwnName { document: file.document, name, by };
            facts.own_identities.extend(found.map(of));
        }
    }
    for expr in &file.unit.exprs {
        let ExprKind::Map { entries, .. } = &expr.kind else { continue };
        for (key, value) in entries {
            let constant =
                key.is_some_and(|key| matches!(file.unit.expr(key), ExprKind::Name("ConstLabels")));
            if constant && let Some(name) = named(file, *value) {
                let by = "a label of all its metrics";
                facts.own_identities.push(OwnName { document: file.document, name, by });
            }
        }
    }
}

/// Whether a call is made on a logger, or gives one.
fn is_logger(file: &File<'_, '_>, call: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(call) else { return false };
    let ExprKind::Member { of, .. } = file.unit.expr(*callee) else { return false };
    let text = file.unit.slice(&file.unit.place(*of)).to_ascii_lowercase();
    ["log", "enrich"].iter().any(|word| text.contains(word))
}

/// Whether a call stands where a program begins: outside of functions, or in its main function.
fn sets_up(file: &File<'_, '_>, call: ExprId) -> bool {
    let id = file.unit.function_of(call);
    id == FunctionId(0) || matches!(file.unit.function(id).name, "main" | "Main" | "init")
}

/// The text that stands beside a key that names the service, anywhere in an expression.
fn named(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    let unit = file.unit;
    let is_key = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) => KEYS.contains(name),
        _ => unit.literal(id).is_some_and(|text| KEYS.contains(&text)),
    };
    let text = |id: ExprId| file.scalar(id).filter(|it| !it.text.is_empty());
    unit.all_in(id).into_iter().find_map(|at| match unit.expr(at) {
        ExprKind::Call { args, .. } => {
            let by_name = |arg: &Arg<'_>| arg.name.is_some_and(|name| KEYS.contains(&name));
            let named = args.iter().find(|arg| by_name(arg)).map(|arg| arg.value);
            let beside = || {
                let mut pairs = args.windows(2);
                let pair = pairs
                    .find(|pair| unit.literal(pair[0].value).is_some() && is_key(pair[0].value));
                pair.map(|pair| pair[1].value)
            };
            named.or_else(beside).and_then(text)
        }
        ExprKind::Map { entries, .. } => entries
            .iter()
            .find(|(key, _)| key.is_some_and(is_key))
            .and_then(|(_, value)| text(*value)),
        _ => None,
    })
}
