//! Answers that a framework replaces: `abort(502, str(e))` ends in the page of its `errorhandler`.

use crate::facts::code::file::{Call, File};
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind, Function};
use std::collections::BTreeSet;

/// A page that takes the place of answers with some status, and shows nothing of the error.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ErrorPage {
    /// The file.
    pub document: DocumentId,
    /// The status; none where it is for all of them.
    pub status: Option<u16>,
}

/// Reads the pages that a file has for errors.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for function in &unit.functions {
        for mark in &function.decorators {
            let page = file.call(*mark).and_then(|call| Some((call, call.role(Role::ErrorPage)?)));
            let Some((call, api)) = page else { continue };
            let Some(of) = file.argument(call, api, "of") else { continue };
            let status = number(unit.slice(&unit.place(of)));
            // `werkzeug.exceptions.HTTPException`, `Exception`.
            let all = || unit.slice(&unit.place(of)).ends_with("Exception");
            if (status.is_some() || all()) && !shows(file, function) {
                facts.error_pages.push(ErrorPage { document: file.document, status });
            }
        }
    }
}

/// The status that an answer is given up with: 0 where nobody knows.
pub(super) fn status(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<u16> {
    api.get("leaves")?;
    let given = file.argument(call, api, "status");
    Some(given.and_then(|id| number(file.unit.slice(&file.unit.place(id)))).unwrap_or_default())
}

/// The status in a text: `502`, `status.HTTP_502_BAD_GATEWAY`.
fn number(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| part.len() == 3)
        .and_then(|part| part.parse().ok())
}

/// Whether a page may show the error that it is given: it does more than to ask for its name and
/// number, and to record it.
fn shows(file: &File<'_, '_>, function: &Function<'_>) -> bool {
    const PARTS: &[&str] = &["code", "headers", "name", "status_code"];
    const ASKS: &[&str] = &["getattr", "hasattr", "isinstance", "type"];
    let unit = file.unit;
    let error = function.params.iter().map(|param| param.name).rfind(|name| *name != "request");
    let Some(error) = error else { return false };
    let all = unit.all_under(&function.body);
    let is_error = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    let mut harmless: BTreeSet<ExprId> = BTreeSet::new();
    for id in &all {
        match unit.expr(*id) {
            ExprKind::Member { of, name } if PARTS.contains(name) => {
                harmless.insert(*of);
            }
            ExprKind::Call { args, .. } => {
                let asks = file.called(*id).is_some_and(|name| ASKS.contains(&name));
                let of_text = args
                    .iter()
                    .any(|arg| unit.literal(arg.value).is_some_and(|text| !PARTS.contains(&text)));
                let logs = file.call(*id).is_some_and(|call| call.role(Role::Log).is_some());
                if (asks && !of_text) || logs {
                    harmless.extend(unit.all_in(*id));
                }
            }
            _ => {}
        }
    }
    all.into_iter().any(|id| is_error(id) && !harmless.contains(&id))
}
