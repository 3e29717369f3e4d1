//! Templates that the engine refuses. Rule: rules/elas/template-invalid.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::elastic::template::{Field, Form, IndexTemplate};
use crate::facts::scalar::Scalar;
use crate::facts::schema::nearest;
use crate::repo::logfamilies::overlap;

/// Types of fields, of the programs and of the plugins they are shipped with.
const TYPES: &[&str] = &[
    "aggregate_metric_double",
    "alias",
    "annotated_text",
    "binary",
    "boolean",
    "byte",
    "completion",
    "constant_keyword",
    "correlation_vector",
    "counted_keyword",
    "date",
    "date_nanos",
    "date_range",
    "dense_vector",
    "derived",
    "double",
    "double_range",
    "exponential_histogram",
    "flat_object",
    "flattened",
    "float",
    "float_range",
    "geo_point",
    "geo_shape",
    "half_float",
    "histogram",
    "icu_collation_keyword",
    "integer",
    "integer_range",
    "ip",
    "ip_range",
    "join",
    "keyword",
    "knn_vector",
    "long",
    "long_range",
    "match_only_text",
    "murmur3",
    "nested",
    "object",
    "passthrough",
    "pattern_text",
    "percolator",
    "point",
    "rank_feature",
    "rank_features",
    "rank_vectors",
    "scaled_float",
    "search_as_you_type",
    "semantic",
    "semantic_text",
    "shape",
    "short",
    "sparse_vector",
    "star_tree",
    "string",
    "text",
    "token_count",
    "unsigned_long",
    "version",
    "wildcard",
    "context_aware_grouping",
    "tdigest",
    "neural_sparse",
    "offset_source",
];
/// Values of `dynamic`.
const DYNAMIC: &[&str] =
    &["true", "false", "strict", "runtime", "strict_allow_templates", "false_allow_templates"];
/// Analyzers that need no definition, and those of widespread plugins.
const ANALYZERS: &[&str] = &[
    "standard",
    "simple",
    "whitespace",
    "stop",
    "keyword",
    "pattern",
    "fingerprint",
    "default",
    "snowball",
    "arabic",
    "armenian",
    "basque",
    "bengali",
    "brazilian",
    "bulgarian",
    "catalan",
    "chinese",
    "cjk",
    "czech",
    "danish",
    "dutch",
    "english",
    "estonian",
    "finnish",
    "french",
    "galician",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "latvian",
    "lithuanian",
    "norwegian",
    "persian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "sorani",
    "spanish",
    "swedish",
    "thai",
    "turkish",
    "ukrainian",
    "icu_analyzer",
    "kuromoji",
    "nori",
    "smartcn",
    "polish",
    "ik_max_word",
    "ik_smart",
    "pinyin",
    "ansj",
    "openkoreantext-analyzer",
    "default_search",
];

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    // What stands in a node's file is read by nobody.
    if template.in_node_file {
        return case.skip();
    }
    shape(template, case);
    shards(template, case);
    for field in &template.fields {
        of_field(template, field, case);
    }
    for dynamic in
        template.dynamic.iter().chain(template.fields.iter().filter_map(|it| it.dynamic.as_ref()))
    {
        if dynamic.known && !DYNAMIC.contains(&dynamic.text.as_str()) {
            refuse(case, dynamic, format!("`dynamic` has no value `{}`", dynamic.text));
        }
    }
    priority(template, case);
}

fn refuse(case: &mut Case<'_>, at: &Scalar, what: String) {
    case.flag(at.span).with("what", what);
}

/// Patterns that are missing, and parts at the wrong level.
fn shape(template: &IndexTemplate, case: &mut Case<'_>) {
    if template.form != Form::Composable {
        return;
    }
    let has = |key: &str| template.keys.iter().any(|own| own.text == key);
    if !template.open && template.patterns_key.is_none() && !has("index_patterns") {
        case.flag(template.anchor).with("what", "`index_patterns` is missing");
    }
    if !has("template") && !template.form_is_stated {
        return;
    }
    for key in template
        .keys
        .iter()
        .filter(|key| matches!(key.text.as_str(), "mappings" | "settings" | "aliases"))
    {
        refuse(case, key, format!("`{}` belongs below `template`", key.text));
    }
}

fn shards(template: &IndexTemplate, case: &mut Case<'_>) {
    for (key, least) in
        [("number_of_shards", 1), ("number_of_replicas", 0), ("number_of_routing_shards", 1)]
    {
        let Some(value) = template.setting(key).and_then(|setting| setting.value.as_ref()) else {
            continue;
        };
        let Some(text) = value.known_text() else { continue };
        if text.trim().parse::<u32>().map_or(true, |number| number < least) {
            refuse(case, value, format!("`{key}` is no whole number from {least} on"));
        }
    }
}

fn of_field(template: &IndexTemplate, field: &Field, case: &mut Case<'_>) {
    if let Some(kind) = field.kind.as_ref().filter(|kind| kind.known)
        && !TYPES.contains(&kind.text.as_str())
    {
        let near = nearest(TYPES.iter().copied(), &kind.text);
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        refuse(case, kind, format!("there is no type `{}`{hint}", kind.text));
    }
    let Some(analyzer) = field.analyzer.as_ref().filter(|analyzer| analyzer.known) else { return };
    let name = analyzer.text.as_str();
    let prefix = format!("analysis.analyzer.{name}");
    let defined = template.settings.has(&prefix);
    // Other templates of the same indices may define it.
    let alone = template.composed_of.is_empty()
        && matches!(template.form, Form::Composable | Form::Index)
        && !template.open
        && !template.settings.open;
    if ANALYZERS.contains(&name) || defined || !alone {
        return;
    }
    refuse(case, analyzer, format!("nothing here defines the analyzer `{name}`"));
}

/// Whether two names differ in the release they are for alone, of which one is installed: `engine-7x.json`.
fn are_releases(one: &str, other: &str) -> bool {
    let release = |part: &str| {
        let number = part.strip_prefix('v').or_else(|| part.strip_suffix('x'));
        number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (one, other) = (one.split(['-', '_', '.']), other.split(['-', '_', '.']));
    one.clone().count() == other.clone().count()
        && one.zip(other).all(|(one, other)| one == other || release(one) && release(other))
}

/// Another composable template of the same rank for the same indices.
fn priority(template: &IndexTemplate, case: &mut Case<'_>) {
    let repo = case.repo;
    let rank = |one: &IndexTemplate| match &one.priority {
        Some(priority) => priority.known_text().and_then(|text| text.parse::<i64>().ok()),
        None if one.open => None,
        None => Some(0),
    };
    // No index has capital letters: a script puts its own name in their place.
    let fixed = |it: &&Scalar| it.known && !it.text.contains(|c: char| c.is_ascii_uppercase());
    if template.form != Form::Composable {
        return;
    }
    let Some(own) = rank(template) else { return };
    let stem = |one: &IndexTemplate| match &one.name {
        Some(name) => name.clone(),
        None => {
            let path = repo.source(one.document.source).path.as_str();
            path.rsplit('/').next().unwrap_or(path).to_owned()
        }
    };
    let earlier = repo.facts.index_templates.iter().find(|other| {
        other.document < template.document
            && other.form == Form::Composable
            && rank(other) == Some(own)
            && repo.run_together(other.document, template.document)
            && stem(other) != stem(template)
            && !are_releases(&stem(other), &stem(template))
            && other.patterns.iter().filter(fixed).any(|one| {
                template.patterns.iter().filter(fixed).any(|two| overlap(&one.text, &two.text))
            })
    });
    if let Some(other) = earlier {
        let span = template.priority.as_ref().map_or(template.anchor, |priority| priority.span);
        let flag = case
            .flag(span)
            .with("what", format!("another template of priority {own} covers the same indices"))
            .related(other.anchor, "the other template");
        flag.severity(Severity::Warning);
    }
}
