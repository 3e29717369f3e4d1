//! RULE: rule files and recording rules.

use super::Builtin;

mod bad_duration;
mod bad_name;
mod bad_promql;
mod function_not_available;
mod group_name;
mod parse;
mod rule_shape;
mod ruletests_missing;
mod unknown_field;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("RULE001", Builtin::Document(parse::check)),
    ("RULE002", Builtin::Document(unknown_field::check)),
    ("RULE003", Builtin::Document(rule_shape::check)),
    ("RULE004", Builtin::Document(bad_duration::check)),
    ("RULE005", Builtin::Document(group_name::check)),
    ("RULE006", Builtin::Expression(bad_promql::check)),
    ("RULE007", Builtin::Document(bad_name::check)),
    ("RULE010", Builtin::Expression(function_not_available::check)),
    ("RULE033", Builtin::Document(ruletests_missing::check)),
];
