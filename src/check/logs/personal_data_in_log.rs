//! Personal data in log records. Rule: rules/logs/personal-data-in-log.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::logs::{LogCall, Logged, Way};
use crate::lang::sensitive::{self, Kind, Sensitive};
use crate::repo::cleansing::Masked;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    for value in &call.values {
        let Some(found) = personal(value) else { continue };
        let key = value.key.as_ref().map_or("", |key| key.text.as_str());
        let masked = value.way == Way::Field && case.repo.is_masked(call, key) == Masked::Always;
        if !key.is_empty() && (masked || case.repo.is_removed_by_collector(key)) {
            continue;
        }
        // Who did it, and from where, belongs into an audit record.
        let wanted = found.kind == Kind::Address && is_audit(call);
        let severity = if wanted { Severity::Info } else { Severity::Warning };
        let article = if found.what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        let what = format!("{article} {}", found.what);
        case.flag(value.span).with("what", what).severity(severity);
    }
}

/// What a value says about a person, by its own name or by its key.
fn personal(value: &Logged) -> Option<Sensitive> {
    let of = |name: &str| {
        let kinds = [Kind::Personal, Kind::Address];
        sensitive::of_name(name).filter(|found| kinds.contains(&found.kind))
    };
    let name = value.name.as_deref();
    if let Some(found) = name.and_then(of) {
        return Some(found);
    }
    let key = value.key.as_ref().filter(|key| key.known)?;
    if value.constant.as_deref().is_some_and(is_mask) {
        return None;
    }
    let found = of(&key.text)?;
    let other = name.is_some_and(|name| {
        let own = sensitive::words(name);
        sensitive::words(&key.text).iter().any(|word| own.contains(word))
    });
    (!other).then_some(found)
}

/// Whether a text stands for a value that was left out.
fn is_mask(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !lower.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
        || ["redacted", "masked", "hidden", "xxx", "***"].iter().any(|word| lower.contains(word))
}

fn is_audit(call: &LogCall) -> bool {
    let texts = [&call.message, &call.template].into_iter().flatten().map(|text| &text.text);
    texts
        .chain([&call.function.text, &call.method.text])
        .any(|text| text.to_ascii_lowercase().contains("audit"))
}
