//! A template that is written over without one of its own. Rule:
//! rules/lsth/template-overwrite-blind.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::identify::Kind;

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Output, "elasticsearch") {
        return case.skip();
    }
    if plugin.open || plugin.text("data_stream") == Some("true") {
        return;
    }
    let template = plugin.option("template").is_some();
    let managed = plugin.flag("manage_template");
    let overwrite = plugin
        .option("template_overwrite")
        .filter(|_| plugin.flag("template_overwrite") == Some(true));
    if let Some(option) = overwrite.filter(|_| !template && managed != Some(false)) {
        case.flag(option.name.span).with(
            "what",
            "the template of the plugin itself is written over whatever stands in the store: no `template` names another",
        );
    }
    let off = plugin.option("manage_template").filter(|_| managed == Some(false));
    let here =
        case.repo.facts.documents.iter().any(|document| document.kind == Kind::IndexTemplate);
    // Without an index of its own the store has a template for it.
    let own = plugin.text("index").is_some_and(|index| !index.contains("[@metadata]["))
        || plugin.text("ilm_rollover_alias").is_some();
    if let Some(option) = off.filter(|_| !here && own) {
        case.flag(option.name.span).with(
            "what",
            "no template is installed, and the repository holds none: every field gets whatever type its first value looks like",
        );
    }
}
