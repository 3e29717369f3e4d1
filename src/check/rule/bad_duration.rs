//! Durations the rule loader refuses. Rule: rules/rule/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::rules::AlertRule;
use crate::facts::schema::Refusal;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::duration;

const PROMETHEUS: &str = "Prometheus refuses the whole rule file";

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    let issues = document.schema_issues.iter();
    for issue in issues.filter(|issue| issue.refusal == Refusal::BadDuration) {
        let written = case.repo.text(issue.span).to_owned();
        let flag = refusal::flag(issue, case).with("who", PROMETHEUS);
        let digits = written.trim_matches(['"', '\'']);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let text = written.replace(digits, &format!("{digits}s"));
            let edit = Edit { span: issue.span, text };
            flag.fix(false, "count in seconds", vec![edit]);
        }
    }
}

/// An alert of a provisioning file of Grafana, which reads waits as Prometheus does.
pub(super) fn check_provisioned(alert: &AlertRule, case: &mut Case<'_>) {
    if case.repo.document(alert.document).kind != Kind::GrafanaProvisioning {
        return case.skip();
    }
    for (field, wait) in
        [("for", alert.hold.as_ref()), ("keepFiringFor", alert.keep_firing_for.as_deref())]
    {
        let Some(wait) = wait.filter(|wait| wait.known && !wait.text.is_empty()) else {
            continue;
        };
        if duration::prometheus(&wait.text).is_none() && !wait.text.contains('$') {
            let who = refusal::who(case);
            case.flag(wait.span)
                .with("field", field)
                .with("what", format!("takes a duration such as 5m, not `{}`", wait.text))
                .with("who", who);
        }
    }
}
