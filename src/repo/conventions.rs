//! Names of attributes: whether the old and the new ones are sent.

use super::Repo;

impl Repo {
    /// Whether programs are told to send attributes under their old and their current names.
    pub fn sends_both_names(&self) -> bool {
        self.facts.otel_variables.iter().any(|variable| {
            variable.name.text == "OTEL_SEMCONV_STABILITY_OPT_IN"
                && variable.value.text.contains("/dup")
        })
    }
}
