//! A grok pattern that does not compile. Rule: rules/lsth/grok-invalid.yaml

use crate::check::Case;
use crate::facts::logstash::patterns::GrokPattern;
use crate::facts::logstash::{Plugin, Role, Value};
use crate::facts::scalar::Scalar;
use crate::lang::distance::nearest;
use crate::lang::grok;
use crate::plugins;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Filter, "grok") {
        return case.skip();
    }
    let own: Vec<(&Scalar, &Value)> =
        plugin.value("pattern_definitions").map(Value::pairs).unwrap_or_default();
    let files = case.repo.patterns_of(plugin);
    let filed: BTreeSet<&str> =
        files.iter().flatten().map(|pattern| pattern.name.text.as_str()).collect();
    // Names may come from files that are mounted; what is unknown may define any.
    let open = plugin.open
        || (plugin.option("patterns_dir").is_some() && files.is_none())
        || own.iter().any(|(name, _)| !name.known)
        || matches!(plugin.value("pattern_definitions"), Some(Value::One(..)));
    let is_known = |name: &str| {
        plugins::has_pattern(name)
            || filed.contains(name)
            || own.iter().any(|(known, _)| known.text == name)
    };
    let mut patterns: Vec<&Scalar> = own.iter().flat_map(|(_, value)| value.scalars()).collect();
    for option in plugin.options.iter().filter(|option| option.name.text == "match") {
        let pairs = option.value.pairs();
        patterns.extend(pairs.iter().flat_map(|(_, value)| value.scalars()));
    }
    for pattern in patterns.into_iter().filter(|pattern| pattern.known) {
        let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
        for one in grok::references(&pattern.text) {
            let name = &pattern.text[one.name.clone()];
            if !open && !one.defined && !is_known(name) {
                let names = own.iter().map(|(name, _)| name.text.as_str());
                let names = names.chain(filed.iter().copied());
                let all = names.chain(plugins::patterns().map(|name| -> &str { name }));
                let hint = nearest(name, all, 2)
                    .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                case.flag(part(pattern, one.name.clone()))
                    .with("what", format!("there is no pattern `{name}`{hint}"));
            }
            let (Some(field), Some(kind)) = (&one.field, &one.conversion) else { continue };
            let (field, kind) = (&pattern.text[field.clone()], &pattern.text[kind.clone()]);
            if let Some(before) = kinds.insert(field, kind).filter(|before| *before != kind) {
                case.flag(part(pattern, one.whole)).with(
                    "what",
                    format!("`{field}` is converted to `{before}` and to `{kind}` in one pattern"),
                );
            }
        }
        if let Some((range, why)) = grok::fault(&pattern.text) {
            case.flag(part(pattern, range))
                .with("what", format!("the expression does not compile: {why}"));
        }
    }
}

/// A pattern of a file, which any filter may have beside those of other files.
pub(super) fn check_file(pattern: &GrokPattern, case: &mut Case<'_>) {
    let all = &case.repo.facts.grok_patterns;
    // A file nobody here names may be another program's.
    let named =
        case.repo.facts.logstash_plugins.iter().any(|plugin| {
            plugin.is(Role::Filter, "grok") && plugin.option("patterns_dir").is_some()
        });
    if !named {
        return case.skip();
    }
    let text = &pattern.expression.text;
    for one in grok::references(text) {
        let name = &text[one.name.clone()];
        let known = || plugins::has_pattern(name) || all.iter().any(|it| it.name.text == name);
        if !one.defined && !known() {
            case.flag(part(&pattern.expression, one.name.clone()))
                .with("what", format!("there is no pattern `{name}`"));
        }
    }
    if let Some((range, why)) = grok::fault(text) {
        case.flag(part(&pattern.expression, range))
            .with("what", format!("the expression does not compile: {why}"));
    }
}

/// The place of a part of a text that stands letter by letter.
fn part(scalar: &Scalar, range: Range<usize>) -> Span {
    let span = scalar.span;
    if span.range().len() != scalar.text.len() {
        return span;
    }
    let start = span.start as usize;
    Span::new(span.source, start + range.start, start + range.end)
}
