//! An option that the plugin does not have. Rule: rules/lsth/unknown-option.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::Plugin;
use crate::lang::distance::nearest;
use crate::lang::version::Version;
use crate::plugins;
use crate::repo::runs::LOGSTASH;

/// Before this release plugins had options that are gone since.
const MODERN: Version = Version::new(7, 0, 0);

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    let Some(known) = plugins::plugin(plugin.role.word(), &plugin.name.text) else {
        return case.skip();
    };
    for option in &plugin.options {
        let name = &option.name.text;
        if !option.name.known || known.option(name).is_some() {
            continue;
        }
        let old = case.repo.releases(plugin.document, LOGSTASH).reach(MODERN) == Some(false)
            || case.repo.fetches_older(MODERN);
        let hint = nearest(name, known.option_names(), 2)
            .map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        let flag = case
            .flag(option.name.span)
            .with("plugin", &plugin.name.text)
            .with("option", name)
            .with("hint", hint);
        if old {
            flag.severity(Severity::Warning);
        }
    }
}
