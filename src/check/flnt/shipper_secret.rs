//! A shipper's secret in the repository. Rule: rules/flnt/shipper-secret.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::amgr::credentials::{self, Sort};
use crate::facts::scalar::Credential;

const PROGRAMS: &[&str] = &["Fluentd", "Fluent Bit", "Vector", "Promtail", "Alloy"];

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if !PROGRAMS.contains(&credential.program) {
        return case.skip();
    }
    let text = credential.value.text.trim();
    // A field of the record, or a file that holds the secret.
    if text.starts_with(['$', '/']) || credentials::sort(credential) != Sort::Literal {
        return;
    }
    let sample = credentials::is_sample(case.repo.path(credential.key.span));
    let flag = case.flag(credential.value.span).with("program", credential.program);
    if sample {
        flag.severity(Severity::Info);
    }
}
