//! Which texts are kept: those that something may be pointed at in.

use super::{FileFacts, code};
use crate::identify::Kind;

impl FileFacts {
    /// Whether anything in the file may be pointed at: its text must be kept then.
    pub fn needs_text(&self) -> bool {
        let readable = |kind: Kind| {
            !kind.is_code()
                && !matches!(kind, Kind::Markdown | Kind::Text | Kind::Terraform)
                && !matches!(kind, Kind::Dockerfile | Kind::EnvFile | Kind::Manifest)
        };
        let nothing = self.alert_rules.is_empty()
            && self.routes.is_empty()
            && self.receivers.is_empty()
            && self.time_intervals.is_empty()
            && self.monitors.is_empty()
            && self.load_tests.is_empty()
            && self.analyses.is_empty()
            && self.on_call.is_empty()
            && self.metric_definitions.is_empty()
            && self.metric_uses.is_empty()
            && self.slo_evaluators.is_empty()
            && self.slo_readers.is_empty()
            && self.slos.is_empty()
            && self.file_modes.is_empty()
            && self.burn_formulas.is_empty()
            && self.correlation_ids.is_empty()
            && self.outbound_calls.is_empty()
            && self.extractions.is_empty()
            && self.injections.is_empty()
            && self.instrumentations.is_empty()
            && self.handoffs.is_empty()
            && self.wrappers.is_empty()
            && self.log_calls.is_empty()
            && self.logger_setups.is_empty()
            && self.field_passes.is_empty()
            && self.tracebacks.is_empty()
            && self.trace_analyses.is_empty()
            && self.sums.is_empty()
            && self.alert_handlers.is_empty()
            && self.incident_actions.is_empty()
            && self.code_secrets.is_empty()
            && self.span_scopes.is_empty()
            && self.span_attributes.is_empty()
            && self.span_guards.is_empty()
            && self.current_spans.is_empty()
            && self.sdk_setups.is_empty()
            && self.library_imports.is_empty()
            && self.attribute_keys.is_empty()
            && self.convention_constants.is_empty()
            && self.pages.is_empty()
            && self.env_values.is_empty()
            && self.base_images.is_empty()
            && self.listeners.is_empty()
            && self.manifests.is_empty()
            && self.annotations.is_empty()
            && self.allows.is_empty()
            && self.skips.is_empty();
        !nothing
            || self.documents.iter().any(|document| readable(document.kind))
            || self.responses.iter().any(|it| it.shows != code::responses::Shows::Nothing)
            || self.handlers.iter().any(code::handlers::Handler::says_something)
            || self.own_names.iter().any(|names| names.is_wanting())
            || self.measured.iter().any(|time| time.wall)
            || self.clean_ups.iter().any(|block| block.unbound.is_some())
            || self.modules.iter().any(|module| module.entry.is_some())
    }
}
