//! Modes that code gives to files of logs.

use super::file::{Call, File};
use crate::facts::FileFacts;
use crate::facts::permissions::FileMode;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind};

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    for (call, api) in file.of_role(Role::FileMode) {
        let Some(mode) = mode(file, call, api) else { continue };
        let Some(path) = path(file, call, api) else { continue };
        facts.file_modes.extend(FileMode::of(file.document, mode, &path));
    }
}

/// The mode, where it is written out; of `{ mode: 0o666 }` its value, of
/// `Permissions::from_mode(0o666)` what that is given.
fn mode(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<Scalar> {
    let unit = file.unit;
    let given = file.names.resolved(file.argument(call, api, "mode")?);
    let value = match unit.expr(given) {
        ExprKind::Map { entries, .. } => {
            let named = |key: ExprId| match unit.expr(key) {
                ExprKind::Text(text) => text == "mode",
                ExprKind::Name(name) => *name == "mode",
                _ => false,
            };
            entries.iter().find(|(key, _)| key.is_some_and(named)).map(|(_, value)| *value)?
        }
        ExprKind::Call { args, .. } => args.first()?.value,
        _ => given,
    };
    let text = match unit.expr(value) {
        ExprKind::Number(number) => (*number).to_owned(),
        ExprKind::Text(text) => text.to_string(),
        _ => return None,
    };
    Some(Scalar { text, span: file.expr_span(value), known: true, plain: true })
}

/// The path: an argument, or what the call is made on (`Path("a.log").chmod(…)`).
fn path(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<String> {
    let unit = file.unit;
    let whole = match file.argument(call, api, "path") {
        Some(path) => path,
        None => match unit.expr(call.id) {
            ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, .. } => *of,
                _ => return None,
            },
            _ => return None,
        },
    };
    let texts = unit.all_in(file.names.resolved(whole)).into_iter();
    let mut texts = texts.filter_map(|id| unit.literal(file.names.resolved(id)).map(str::to_owned));
    texts.find(|text| text.contains("log") || text.contains("audit"))
}
