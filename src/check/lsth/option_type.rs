//! A value of another type, a word that is none of those allowed, an option that is missing.
//! Rule: rules/lsth/option-type.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Setting, Sort, Value};
use crate::lang::path::is_called_template;
use crate::plugins::{self, Opt, Type};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    let Some(known) = plugins::plugin(plugin.role.word(), &plugin.name.text) else {
        return case.skip();
    };
    let name = plugin.name.text.as_str();
    let template = is_called_template(case.repo.path(plugin.name.span));
    let mut first: BTreeMap<&str, &Setting> = BTreeMap::new();
    for option in &plugin.options {
        let Some(table) = known.option(&option.name.text) else { continue };
        if table.obsolete.is_some() {
            continue;
        }
        // `VAR_THREADS`: what makes the pipeline of it puts the value there.
        let form = option.value.scalar().is_some_and(|it| is_variable(&it.text));
        if template && form {
            continue;
        }
        if let Some((span, what)) = fault(table, &option.value) {
            case.flag(span).with("what", what);
        }
        let again = first.insert(table.name, option);
        if let Some(again) = again.filter(|again| is_single(table) && differ(again, option)) {
            case.flag(option.name.span)
                .with("what", format!("`{}` takes one value and stands here twice", table.name))
                .related(again.name.span, "the first of the two");
        }
    }
    if plugin.open || !plugin.name.known {
        return;
    }
    // It starts without, and every event fails.
    if plugin.is(Role::Filter, "grok") && plugin.option("match").is_none() {
        let what = "`grok` has no `match`: it tags every event `_grokparsefailure`";
        case.flag(plugin.name.span).with("what", what).severity(Severity::Warning);
    }
    for need in known.options.iter().filter(|one| one.required).map(|one| one.name) {
        if plugin.option(need).is_none() {
            case.flag(plugin.name.span).with("what", format!("`{name}` needs `{need}`"));
        }
    }
}

/// Whether a word is written as variables are.
fn is_variable(word: &str) -> bool {
    word.contains('_')
        && word.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

fn is_single(table: &Opt) -> bool {
    !table.list && !matches!(table.kind, Type::Any | Type::Array | Type::Hash | Type::Codec)
}

fn differ(one: &Setting, other: &Setting) -> bool {
    match (one.value.scalar(), other.value.scalar()) {
        (Some(one), Some(other)) => one.known && other.known && one.text != other.text,
        _ => false,
    }
}

/// What the plugin refuses in a value, and where.
fn fault(table: &Opt, value: &Value) -> Option<(Span, String)> {
    let name = table.name;
    let says = |what: &str| format!("`{name}` takes {what}");
    match value {
        Value::Unread(_) => None,
        Value::Codec(_, scalar) => {
            let wrong = !matches!(table.kind, Type::Any | Type::Codec | Type::Hash | Type::Array);
            wrong.then(|| (scalar.span, says("no plugin")))
        }
        Value::List(items, span) => {
            if table.list {
                return items.iter().find_map(|item| fault_of_item(table, item));
            }
            if table.kind == Type::Hash {
                let odd = items.len() % 2 == 1;
                let pairs = says("pairs: a hash, or a list with an even number of items");
                return odd.then_some((*span, pairs));
            }
            if items.len() < 2 {
                return items.first().and_then(|item| fault_of_item(table, item));
            }
            is_single(table).then(|| (*span, says("one value, not a list")))
        }
        Value::Hash(entries, span) => {
            let scalar = matches!(
                table.kind,
                Type::Number | Type::Boolean | Type::Bytes | Type::Field | Type::Uri
            ) || !table.values.is_empty();
            (scalar && !entries.is_empty()).then(|| (*span, says("one value, not a hash")))
        }
        Value::One(..) => fault_of_item(table, value),
    }
}

fn fault_of_item(table: &Opt, value: &Value) -> Option<(Span, String)> {
    let Value::One(scalar, sort) = value else { return None };
    let text = scalar.known_text()?;
    let name = table.name;
    let wrong = if !table.values.is_empty() {
        let any = table.values.contains(&text);
        (!any).then(|| format!("`{name}` takes {}, not `{text}`", listed(table.values)))
    } else {
        match table.kind {
            Type::Number => (*sort != Sort::Number && !is_number(text))
                .then(|| format!("`{name}` takes a number, not `{text}`")),
            Type::Boolean => (!matches!(text, "true" | "false"))
                .then(|| format!("`{name}` takes `true` or `false`, not `{text}`")),
            Type::Hash => Some(format!("`{name}` takes a hash, not one value")),
            Type::Bytes => (!text.starts_with(|c: char| c.is_ascii_digit()))
                .then(|| format!("`{name}` takes a size such as `10 MiB`, not `{text}`")),
            _ => None,
        }
    };
    wrong.map(|what| (scalar.span, what))
}

/// A text that Ruby prints back as it is, read as a number.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = whole.len() > 1 && whole.starts_with('0');
    all(whole) && !leading && part.is_none_or(all)
}

fn listed(values: &[&str]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(value);
        }
    }
    let quoted: Vec<String> = seen.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
