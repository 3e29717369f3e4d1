//! Log files that nobody takes away. Rule: rules/logs/unrotated-file.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::File { rotates } = setup.setup else { return case.skip() };
    let repo = case.repo;
    let rotated = || repo.paths.iter().any(|path| path.contains("logrotate"));
    if !rotates && !rotated() {
        case.flag(setup.name.span).with("name", setup.name.text.clone());
    }
}
