//! Buckets whose objects are deleted after a time: Terraform (Amazon, Google, Azure) and CloudFormation.

use super::scalar::Scalar;
use super::terraform::{Resource, blocks};
use super::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// What deletes the objects of a bucket.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BucketRule {
    /// Where it came from.
    pub document: DocumentId,
    /// The names it is known by: its own, and those of resources.
    pub names: Vec<String>,
    /// Days after which objects are deleted.
    pub days: Scalar,
    /// It is no bucket, but a group of logs.
    pub group: bool,
    /// Objects go to another, cheaper class before.
    pub tiered: bool,
}

/// Reads the resource that gives a bucket of Amazon its rules, or the rules inside a bucket.
pub fn read_amazon(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let names = names(resource, &["bucket", "bucket_prefix"]);
    for rule in resource.blocks("rule").into_iter().chain(resource.blocks("lifecycle_rule")) {
        let off = Scalar::under(rule, "status").is_some_and(|it| it.text == "Disabled")
            || Scalar::under(rule, "enabled").is_some_and(|it| it.boolean() == Some(false));
        let tiered = rule.get("transition").is_some();
        for days in blocks(rule, "expiration").iter().filter_map(|it| Scalar::under(*it, "days")) {
            push(&names, days, tiered, off || is_narrow(rule), document, facts);
        }
    }
}

/// Reads a group of logs of Amazon; `0` keeps them for ever.
pub fn read_log_group(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let names = names(resource, &["name", "name_prefix"]);
    let days = resource.scalar("retention_in_days");
    let number = |days: &Scalar| days.known_text().and_then(|text| text.parse::<f64>().ok());
    if let Some(days) = days.filter(|days| number(days).is_some_and(|days| days > 0.0)) {
        facts.bucket_rules.push(BucketRule { document, names, days, group: true, tiered: false });
    }
}

/// Reads a bucket of Google.
pub fn read_google(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let names = names(resource, &["name"]);
    let rules = resource.blocks("lifecycle_rule");
    let deletes = |rule: NodeRef<'_>| {
        blocks(rule, "action")
            .iter()
            .any(|action| action.get("type").and_then(NodeRef::scalar) == Some("Delete"))
    };
    let tiered = rules.iter().any(|rule| !deletes(*rule));
    for rule in rules.into_iter().filter(|rule| deletes(*rule)) {
        for condition in blocks(rule, "condition") {
            let old = ["num_newer_versions", "with_state", "matches_prefix"];
            let narrow = old.iter().any(|key| condition.get(key).is_some());
            if let Some(days) = Scalar::under(condition, "age") {
                push(&names, days, tiered, narrow, document, facts);
            }
        }
    }
}

/// Reads the policy of a storage account of Azure: its rules name containers, or mean all of them.
pub fn read_azure(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let account = names(resource, &["storage_account_id"]);
    for rule in resource.blocks("rule") {
        let off = Scalar::under(rule, "enabled").is_some_and(|it| it.boolean() == Some(false));
        let filters = blocks(rule, "filters");
        let narrow = filters.iter().any(|filter| filter.get("match_blob_index_tag").is_some());
        let prefixes: Vec<Scalar> = filters
            .iter()
            .filter_map(|filter| filter.get("prefix_match"))
            .flat_map(NodeRef::items)
            .filter_map(Scalar::of)
            .collect();
        // What follows the container's name is a part of it.
        let part = |prefix: &Scalar| prefix.text.trim_end_matches('/').contains('/');
        let left_out = off || narrow || prefixes.iter().any(part);
        let names: Vec<String> =
            account.iter().cloned().chain(prefixes.into_iter().map(|it| it.text)).collect();
        for base in blocks(rule, "actions").iter().flat_map(|it| blocks(*it, "base_blob")) {
            let tiered = base
                .pairs()
                .any(|(key, _)| key.scalar().is_some_and(|key| key.starts_with("tier_to_")));
            let days = base.pairs().find(|(key, _)| {
                key.scalar().is_some_and(|key| key.starts_with("delete_after_days_since_"))
            });
            if let Some(days) = days.and_then(|(_, value)| Scalar::of(value)) {
                push(&names, days, tiered, left_out, document, facts);
            }
        }
    }
}

/// Reads the buckets of a CloudFormation template.
pub fn read_template(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for (name, resource) in root.get("Resources").into_iter().flat_map(NodeRef::entries) {
        if resource.get("Type").and_then(NodeRef::scalar) != Some("AWS::S3::Bucket") {
            continue;
        }
        let Some(properties) = resource.get("Properties") else { continue };
        let given = Scalar::under(properties, "BucketName").map(|given| given.text);
        let names: Vec<String> =
            name.scalar().map(str::to_owned).into_iter().chain(given).collect();
        let rules = properties.at(&["LifecycleConfiguration", "Rules"]);
        for rule in rules.into_iter().flat_map(NodeRef::items) {
            let off = Scalar::under(rule, "Status").is_none_or(|it| it.text != "Enabled");
            let narrow = ["Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"]
                .iter()
                .filter_map(|key| rule.get(key))
                .any(|value| value.scalar().is_none_or(|text| !text.is_empty()));
            let tiered = rule.get("Transitions").is_some() || rule.get("Transition").is_some();
            if let Some(days) = Scalar::under(rule, "ExpirationInDays") {
                push(&names, days, tiered, off || narrow, document, facts);
            }
        }
    }
}

fn push(
    names: &[String],
    days: Scalar,
    tiered: bool,
    left_out: bool,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    if !left_out && days.known_text().is_some_and(|text| text.parse::<f64>().is_ok()) {
        let names = names.to_vec();
        facts.bucket_rules.push(BucketRule { document, names, days, group: false, tiered });
    }
}

/// Whether a rule is for part of the bucket only.
fn is_narrow(rule: NodeRef<'_>) -> bool {
    let filled = |node: NodeRef<'_>| {
        node.scalar().is_none_or(|text| !text.is_empty())
            && (node.pairs().len() > 0 || node.scalar().is_some())
    };
    rule.get("prefix").is_some_and(filled)
        || blocks(rule, "filter")
            .iter()
            .any(|filter| filter.pairs().any(|(_, value)| filled(value)))
}

/// The name of the resource, and what its attributes call the bucket: a text, or another
/// resource, as in `aws_s3_bucket.logs.id`.
fn names(resource: &Resource<'_>, keys: &[&str]) -> Vec<String> {
    let own = resource.name.scalar().map(str::to_owned);
    let named = keys.iter().filter_map(|key| resource.scalar(key));
    own.into_iter().chain(named.map(|name| name.text)).collect()
}
