//! Attributes under a name they had. Rule: rules/otel/renamed-attribute.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::conventions::AttributeKey;
use crate::finding::Edit;
use crate::semconv;

pub(super) fn check(key: &AttributeKey, case: &mut Case<'_>) {
    let Some(rename) = semconv::renamed(&key.key.text) else { return };
    let repo = case.repo;
    let both = repo.sends_both_names();
    let quoted: Vec<String> = rename.new.iter().map(|name| format!("`{name}`")).collect();
    let written = repo.text(key.key.span);
    // The literal itself, between its quotes.
    let edit = (!key.constant && rename.one && !rename.values_changed)
        .then(|| {
            let start = written.find(rename.old)?;
            let text = written.replacen(rename.old, rename.new.first()?, 1);
            (start > 0 && !repo.reads_attribute(rename.old))
                .then_some(Edit { span: key.key.span, text })
        })
        .flatten();
    let mut flag = case
        .flag(key.key.span)
        .with("key", &key.key.text)
        .with("new", quoted.join(if rename.one { " and " } else { ", " }));
    if both {
        flag = flag.severity(Severity::Info);
    }
    if let Some(edit) = edit {
        flag.fix(false, "use the current name", vec![edit]);
    }
}
