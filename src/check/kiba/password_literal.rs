//! A secret in Kibana's settings. Rule: rules/kiba/password-literal.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::amgr::credentials::{self, Sort};
use crate::facts::scalar::Credential;

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "kibana" {
        return case.skip();
    }
    if credentials::sort(credential) != Sort::Literal {
        return;
    }
    let sample = credentials::is_sample(case.repo.path(credential.key.span));
    let flag = case.flag(credential.value.span);
    if sample {
        flag.severity(Severity::Info);
    }
}
