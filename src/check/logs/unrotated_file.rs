//! Log files that nobody takes away. Rule: rules/logs/unrotated-file.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::facts::deploy::Container;

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::File { rotates, ends, .. } = setup.setup else { return case.skip() };
    let repo = case.repo;
    let rotated = || repo.paths.iter().any(|path| path.contains("logrotate"));
    // What is run by hand, or once, ends before a disk is full.
    if !rotates && !repo.is_errand(setup.document) && !rotated() {
        let what = match ends {
            Some(size) => format!("that takes no more records when it holds {size}"),
            None => "that grows until the disk is full".to_owned(),
        };
        case.flag(setup.name.span).with("name", setup.name.text.clone()).with("what", what);
    }
}

pub(super) fn check_container(container: &Container, case: &mut Case<'_>) {
    let Some(driver) = &container.log_driver else { return case.skip() };
    if driver.grows() {
        let what = "that grows until the disk is full";
        case.flag(driver.name.span).with("name", driver.name.text.clone()).with("what", what);
    }
}

pub(super) fn check_daemon(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Driver(driver) = &setup.setup else { return case.skip() };
    if driver.grows() {
        let what = "that grows until the disk is full";
        case.flag(driver.name.span).with("name", driver.name.text.clone()).with("what", what);
    }
}
