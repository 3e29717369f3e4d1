//! AMGR: Alertmanager.

use super::Builtin;

mod bad_duration;
mod bad_matcher;
mod bad_template;
mod continue_useless;
pub(super) mod credentials;
mod deprecated_matchers;
mod double_credential;
mod empty_receiver;
mod group_by;
mod inline_secret;
mod integration_incomplete;
mod model;
mod pagerduty_v1_key;
mod parse_or_no_route;
mod placeholder_credential;
mod receiver_name;
mod repeat_below_group;
mod repeat_not_multiple;
mod repeat_storm;
mod required_part_missing;
mod resolved_not_sent;
mod root_route;
mod smtp_weak;
mod template_annotation_missing;
mod template_grouplabel;
mod time_interval;
mod undefined_receiver;
mod unknown_field;
mod unused_receiver;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("AMGR001", Builtin::Document(parse_or_no_route::check)),
    ("AMGR002", Builtin::Document(unknown_field::check)),
    ("AMGR003", Builtin::Route(undefined_receiver::check)),
    ("AMGR004", Builtin::Document(receiver_name::check)),
    ("AMGR005", Builtin::AlertmanagerConfig(root_route::check)),
    ("AMGR006", Builtin::Document(bad_duration::check)),
    ("AMGR007", Builtin::Document(bad_matcher::check)),
    ("AMGR008", Builtin::Route(group_by::check)),
    ("AMGR009", Builtin::Document(time_interval::check)),
    ("AMGR010", Builtin::Document(integration_incomplete::check)),
    ("AMGR011", Builtin::Notification(bad_template::check)),
    ("AMGR012", Builtin::Document(double_credential::check)),
    ("AMGR020", Builtin::Receiver(unused_receiver::check)),
    ("AMGR021", Builtin::Receiver(empty_receiver::check)),
    ("AMGR022", Builtin::Route(repeat_below_group::check)),
    ("AMGR023", Builtin::Route(repeat_not_multiple::check)),
    ("AMGR024", Builtin::Route(repeat_storm::check)),
    ("AMGR033", Builtin::Notification(template_annotation_missing::check)),
    ("AMGR034", Builtin::Notification(template_grouplabel::check)),
    ("AMGR036", Builtin::AlertmanagerConfig(deprecated_matchers::check)),
    ("AMGR037", Builtin::Integration(pagerduty_v1_key::check)),
    ("AMGR038", Builtin::Credential(inline_secret::check)),
    ("AMGR039", Builtin::Credential(placeholder_credential::check)),
    ("AMGR040", Builtin::AlertmanagerConfig(smtp_weak::check)),
    ("AMGR041", Builtin::Integration(resolved_not_sent::check)),
    ("AMGR042", Builtin::Route(continue_useless::check)),
    ("AMGR051", Builtin::AlertmanagerConfig(required_part_missing::check)),
];
