//! Encoding that fails on what callers pass. Rule: rules/logs/encoder-may-throw.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::sensitive::words;

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Encoder { open, guarded, end } = setup.setup else { return case.skip() };
    let Some(open) = open.filter(|_| !guarded) else { return };
    // A logger for who looks for a fault on a machine of their own.
    let path = &case.repo.source(setup.document.source).path;
    let stem = path.rsplit('/').next().unwrap_or(path);
    if words(stem).iter().any(|word| matches!(word.as_str(), "debug" | "dev" | "local")) {
        return;
    }
    let encoder = &setup.name.text;
    let python = case.repo.document(setup.document).kind == Kind::Python;
    let flag = case.flag(setup.name.span).with("encoder", encoder);
    let flag = flag.related(open, "values of any type come in here");
    if python {
        let edit = Edit { span: end, text: ", default=str".to_owned() };
        flag.fix(true, "Encode what JSON does not know as text", vec![edit]);
    }
}
