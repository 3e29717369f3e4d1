//! A secret in the repository. Rule: rules/amgr/inline-secret.yaml

use super::credentials::{self, Sort};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::scalar::Credential;

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "alertmanager" {
        return case.skip();
    }
    if credentials::sort(credential) == Sort::Literal {
        let sample = credentials::is_sample(case.repo.path(credential.key.span));
        let flag = case.flag(credential.value.span);
        if sample {
            flag.severity(Severity::Info);
        } else if credentials::is_issued(credential.value.text.trim()) {
            flag.anywhere();
        }
    }
}
