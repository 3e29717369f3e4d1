//! Steps of one `mutate` that run in another order than they stand. Rule:
//! rules/lsth/mutate-order.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Setting, Value};
use crate::facts::scalar::Scalar;
use crate::lang::logstash::event::is_same;

/// The steps in the order in which they run; what all filters can do comes last.
const ORDER: &[&str] = &[
    "coerce",
    "rename",
    "update",
    "replace",
    "convert",
    "gsub",
    "uppercase",
    "capitalize",
    "lowercase",
    "strip",
    "split",
    "join",
    "merge",
    "copy",
    "add_field",
];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Filter, "mutate") {
        return case.skip();
    }
    let rank = |option: &Setting| ORDER.iter().position(|name| option.name.text == *name);
    for maker in &plugin.options {
        let Some(late) = rank(maker) else { continue };
        for made in made(maker) {
            for user in &plugin.options {
                let Some(early) = rank(user).filter(|early| *early < late) else { continue };
                let takes = taken(user);
                let Some(field) = takes.iter().find(|field| is_same(&field.text, &made.text))
                else {
                    continue;
                };
                // A field that is there before, and is changed first, is no mistake.
                if plugin.options.iter().any(|other| {
                    rank(other).is_some_and(|other| other < early)
                        && self::made(other).iter().any(|one| is_same(&one.text, &made.text))
                }) {
                    continue;
                }
                case.flag(field.span)
                    .with("user", ORDER[early])
                    .with("maker", ORDER[late])
                    .with("field", &field.text)
                    .related(made.span, "the field is made here, later");
            }
        }
    }
}

/// Fields that a step makes anew.
fn made(option: &Setting) -> Vec<&Scalar> {
    match option.name.text.as_str() {
        "rename" | "copy" => {
            option.value.pairs().into_iter().filter_map(|(_, value)| value.scalar()).collect()
        }
        "add_field" => option.value.pairs().into_iter().map(|(key, _)| key).collect(),
        _ => Vec::new(),
    }
}

/// Fields that a step takes.
fn taken(option: &Setting) -> Vec<&Scalar> {
    match option.name.text.as_str() {
        "convert" | "split" | "join" | "rename" | "copy" => {
            option.value.pairs().into_iter().map(|(key, _)| key).collect()
        }
        "gsub" => option.value.scalars().into_iter().step_by(3).collect(),
        "uppercase" | "capitalize" | "lowercase" | "strip" => match &option.value {
            Value::Hash(..) => Vec::new(),
            value => value.scalars(),
        },
        _ => Vec::new(),
    }
}
