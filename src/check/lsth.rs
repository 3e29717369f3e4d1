//! LSTH: Logstash.

use super::Builtin;

mod datastream_conflict;
mod date_filter_gap;
mod ecs_field_clash;
mod grok_invalid;
mod json_never_parsed;
mod mutate_order;
mod obsolete_option;
mod option_type;
mod output_no_auth;
mod parse_failure_lost;
mod password_literal;
mod pipelines_file;
mod queue_volatile;
mod stdout_in_prod;
mod syntax_error;
mod template_overwrite_blind;
mod transport_unprotected;
mod unauthenticated_ingest;
mod unknown_option;
mod unknown_plugin;
mod unknown_setting;
mod unsafe_index_name;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("LSTH001", Builtin::LogstashPipeline(syntax_error::check)),
    ("LSTH002", Builtin::LogstashPlugin(unknown_plugin::check)),
    ("LSTH003", Builtin::LogstashPlugin(unknown_option::check)),
    ("LSTH004", Builtin::LogstashPlugin(obsolete_option::check)),
    ("LSTH005", Builtin::LogstashPlugin(option_type::check)),
    ("LSTH006", Builtin::LogstashPlugin(output_no_auth::check)),
    ("LSTH007", Builtin::LogstashPlugin(transport_unprotected::check)),
    ("LSTH008", Builtin::Credential(password_literal::check)),
    ("LSTH009", Builtin::LogstashPlugin(unauthenticated_ingest::check)),
    ("LSTH010", Builtin::LogstashPipeline(json_never_parsed::check)),
    ("LSTH011", Builtin::LogstashPlugin(unsafe_index_name::check)),
    ("LSTH012", Builtin::LogstashPlugin(stdout_in_prod::check)),
    ("LSTH013", Builtin::LogstashPlugin(date_filter_gap::check)),
    ("LSTH014", Builtin::LogstashPlugin(parse_failure_lost::check)),
    ("LSTH015", Builtin::LogstashPlugin(grok_invalid::check)),
    ("LSTH015", Builtin::GrokPattern(grok_invalid::check_file)),
    ("LSTH016", Builtin::LogstashNode(queue_volatile::check)),
    ("LSTH017", Builtin::LogstashPlugin(datastream_conflict::check)),
    ("LSTH018", Builtin::LogstashPlugin(template_overwrite_blind::check)),
    ("LSTH019", Builtin::LogstashPlugin(mutate_order::check)),
    ("LSTH020", Builtin::LogstashEntry(pipelines_file::check)),
    ("LSTH021", Builtin::LogstashPlugin(ecs_field_clash::check)),
    ("LSTH022", Builtin::LogstashNode(unknown_setting::check)),
];
