//! Settings that reach no program. Rule: rules/jaeg/configmap-unused.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::configmap::{ConfigMap, MapReference};
use crate::facts::jaeger::{Form, flags, is_settings};

pub(super) fn check(map: &ConfigMap, case: &mut Case<'_>) {
    if map.object.kind != "ConfigMap" || !is_settings(map) {
        return case.skip();
    }
    let repo = case.repo;
    let named = |reference: &&MapReference| {
        !reference.secret && repo.run_together(reference.document, map.document)
    };
    let references = || repo.facts.map_references.iter().filter(named);
    let mine = || references().filter(|reference| is_name(&reference.name.text, &map.object.name));
    let whole = mine().find(|reference| reference.whole_environment);
    let dashed = map.data.entries.iter().map(|(key, _)| key).find(|key| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        key.known && !key.text.chars().all(plain) && flags::is_setting(&key.text)
    });
    if let (Some(reference), Some(key)) = (whole, dashed) {
        case.flag(key.span)
            .with("what", format!("`{}` is no name that Jaeger reads", key.text))
            .related(reference.name.span, "every key becomes a variable here");
        return;
    }
    let unknown = references().any(|reference| !reference.name.known);
    let runs = |part: &&crate::facts::jaeger::Part| {
        matches!(part.form, Form::Container(_) | Form::Object(_))
            && repo.run_together(part.document, map.document)
    };
    let Some(part) = repo.facts.jaeger_parts.iter().find(runs) else { return };
    let readable = repo.holds_all(World::Exporters) || repo.is_demo(map.document);
    if mine().next().is_none() && !unknown && readable {
        case.flag(map.anchor)
            .with("what", format!("nothing refers to ConfigMap `{}`", map.object.name))
            .related(part.name.span, "this program does not read it");
    }
}

/// Whether a reference means this map: kustomize adds a hash to names.
fn is_name(reference: &str, name: &str) -> bool {
    let hashed = |rest: &str| {
        rest.strip_prefix('-').is_some_and(|hash| {
            hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    reference.strip_prefix(name).is_some_and(|rest| rest.is_empty() || hashed(rest))
        || name.strip_prefix(reference).is_some_and(hashed)
}
