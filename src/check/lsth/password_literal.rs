//! A secret in a pipeline. Rule: rules/lsth/password-literal.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::amgr::credentials::{self, Sort};
use crate::facts::scalar::Credential;

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "logstash" {
        return case.skip();
    }
    let sort = credentials::sort(credential);
    // `%{field}` takes the secret from the event.
    if sort == Sort::None || credential.value.text.contains("%{") {
        return;
    }
    let text = credential.value.text.to_ascii_lowercase();
    // Of the stand-ins these two are what the programs come with.
    let works = matches!(text.as_str(), "changeme" | "change_me" | "change-me");
    let sample = credentials::is_sample(case.repo.path(credential.key.span));
    let flag = case.flag(credential.value.span);
    if sample || (sort == Sort::StandIn && !works) {
        flag.severity(Severity::Info);
    }
}
