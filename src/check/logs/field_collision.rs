//! Fields under names that are taken. Rule: rules/logs/field-collision.yaml

use crate::check::Case;
use crate::facts::code::logs::{FieldPass, Passing};

/// Attributes that `makeRecord` of Python's logging does not let anybody overwrite, as of 3.9 and
/// later; `taskName` is one only since 3.12.
const RECORD: &[&str] = &[
    "args",
    "asctime",
    "created",
    "exc_info",
    "exc_text",
    "filename",
    "funcName",
    "levelname",
    "levelno",
    "lineno",
    "message",
    "module",
    "msecs",
    "msg",
    "name",
    "pathname",
    "process",
    "processName",
    "relativeCreated",
    "stack_info",
    "thread",
    "threadName",
];

pub(super) fn check(pass: &FieldPass, case: &mut Case<'_>) {
    match &pass.passing {
        Passing::Extra => {
            if RECORD.contains(&pass.name.text.as_str()) {
                let fault = format!(
                    "`extra` with `{}` raises `KeyError`: the record has that attribute already",
                    pass.name.text
                );
                case.flag(pass.name.span).with("fault", fault);
            }
        }
        Passing::Through { wrapper, taken } => {
            let Some((param, span)) = taken else { return };
            let fault = format!(
                "a caller of `{wrapper}` who gives a field `{param}` gets a `TypeError`: `{}` has a parameter of that name",
                pass.name.text
            );
            case.flag(pass.name.span)
                .with("fault", fault)
                .related(*span, "the parameter that the field collides with");
        }
    }
}
