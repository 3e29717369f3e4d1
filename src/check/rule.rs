//! RULE: rule files and recording rules.

use super::Builtin;

mod average_of_ratios;
mod bad_duration;
mod bad_name;
mod bad_promql;
mod bad_template;
mod consumer_before_producer;
mod duplicate_rule;
mod family_missing;
mod function_not_available;
mod group_interval_long;
mod group_name;
mod level_claims_aggregation;
mod level_not_in_output;
mod parse;
mod rate_of_sum;
mod record_name_shape;
mod record_not_reused;
mod recording_rules_missing;
mod rule_shape;
mod rules_not_loaded;
mod ruletests_missing;
mod total_kept;
mod unit_lost;
mod unknown_field;
mod unused_record;
mod window_in_name;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("RULE001", Builtin::Document(parse::check)),
    ("RULE002", Builtin::Document(unknown_field::check)),
    ("RULE003", Builtin::Document(rule_shape::check)),
    ("RULE004", Builtin::Document(bad_duration::check)),
    ("RULE004", Builtin::AlertRule(bad_duration::check_provisioned)),
    ("RULE005", Builtin::Document(group_name::check)),
    ("RULE006", Builtin::Expression(bad_promql::check)),
    ("RULE007", Builtin::Document(bad_name::check)),
    ("RULE008", Builtin::AlertRule(bad_template::check)),
    ("RULE009", Builtin::Repository(duplicate_rule::check)),
    ("RULE010", Builtin::Expression(function_not_available::check)),
    ("RULE020", Builtin::RecordingRule(record_name_shape::check)),
    ("RULE021", Builtin::Expression(window_in_name::check)),
    ("RULE022", Builtin::Expression(level_not_in_output::check)),
    ("RULE023", Builtin::Expression(level_claims_aggregation::check)),
    ("RULE024", Builtin::RecordingRule(total_kept::check)),
    ("RULE025", Builtin::Expression(unit_lost::check)),
    ("RULE026", Builtin::Expression(average_of_ratios::check)),
    ("RULE027", Builtin::Expression(rate_of_sum::check)),
    ("RULE028", Builtin::Expression(consumer_before_producer::check)),
    ("RULE029", Builtin::RuleGroup(group_interval_long::check)),
    ("RULE030", Builtin::RecordingRule(unused_record::check)),
    ("RULE031", Builtin::Repository(record_not_reused::check)),
    ("RULE032", Builtin::Document(rules_not_loaded::check)),
    ("RULE033", Builtin::Document(ruletests_missing::check)),
    ("RULE050", Builtin::Repository(recording_rules_missing::check)),
    ("RULE051", Builtin::Repository(family_missing::check)),
];
