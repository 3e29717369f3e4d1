//! BEAT: what Beats read, and where they send it.

use super::Builtin;

mod credential_literal;
mod custom_index_without_template;
mod dead_end_output;
mod filestream_id;
mod json_not_decoded;
mod log_input;
mod open_monitoring;
mod transport_unprotected;
mod two_outputs;
mod unknown_key;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("BEAT001", Builtin::Beat(two_outputs::check)),
    ("BEAT002", Builtin::BeatInput(log_input::check)),
    ("BEAT003", Builtin::BeatInput(filestream_id::check)),
    ("BEAT004", Builtin::Beat(unknown_key::check)),
    ("BEAT005", Builtin::BeatInput(json_not_decoded::check)),
    ("BEAT006", Builtin::BeatOutput(custom_index_without_template::check)),
    ("BEAT007", Builtin::BeatOutput(transport_unprotected::check)),
    ("BEAT008", Builtin::Credential(credential_literal::check)),
    ("BEAT009", Builtin::BeatOutput(dead_end_output::check)),
    ("BEAT010", Builtin::Beat(open_monitoring::check)),
];
