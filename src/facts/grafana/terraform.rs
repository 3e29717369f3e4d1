//! Grafana's alerting in Terraform: `grafana_rule_group`, `grafana_contact_point`,
//! `grafana_mute_timing`, `grafana_notification_policy`.

use super::{
    Fields, MAX_DEPTH, MAX_ROUTES, Names, Policies, Raw, Step, config, first, kind_of, number,
    secrets, templates,
};
use crate::facts::alertmanager::interval::{TimeInterval, TimeRange};
use crate::facts::alertmanager::{Integration, Receiver};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::terraform::{Resource, blocks};
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// `grafana_rule_group`: each `rule` block is an alert.
pub(in crate::facts) fn read_rule_group(
    resource: &Resource<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let group = resource.scalar("name").map(|name| name.text);
    let names = Names { name: "ref_id", source: "datasource_uid", range: "relative_time_range" };
    for rule in resource.blocks("rule") {
        let direct = blocks(rule, "notification_settings");
        let direct = direct.first().and_then(|it| Scalar::under(*it, "contact_point"));
        let alert = Raw {
            name: Scalar::under(rule, "name"),
            group: group.clone(),
            direct,
            hold: Scalar::under(rule, "for"),
            keep: Scalar::under(rule, "keep_firing_for"),
            steps: blocks(rule, "data")
                .into_iter()
                .filter_map(|step| Step::read(step, &names))
                .collect(),
        };
        // Resources of one document stand beside each other like groups of a file.
        let index = number(facts.alert_rules.len());
        facts.alert_rules.extend(alert.build(rule, document, index, resource.is_counted()));
    }
}

/// `grafana_contact_point`: a block for each integration.
pub(in crate::facts) fn read_contact_point(
    resource: &Resource<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    resource.keep_name(document, facts);
    let name = resource.scalar("name");
    let own = facts.receivers.iter().filter(|receiver| receiver.document == document);
    let index = number(own.count());
    let mut count = 0;
    for (key, _) in resource.body.pairs() {
        let kind = key.scalar().unwrap_or_default();
        if matches!(kind, "name" | "org_id" | "disable_provenance" | "dynamic" | "depends_on") {
            continue;
        }
        for entry in resource.blocks(kind).into_iter().filter(|entry| entry.is_mapping()) {
            count += 1;
            let settings = Pairs::of(entry, true);
            let path = format!("{}.{kind}", resource.address());
            facts.credentials.extend(secrets(entry, document, &path));
            facts.integrations.push(Integration {
                document,
                receiver: index,
                receiver_name: name.as_ref().map(|name| name.text.clone()),
                kind: kind_of(kind),
                key: key.span(),
                span: first(entry),
                texts: templates(&settings),
                settings,
            });
        }
    }
    facts.receivers.push(Receiver {
        document,
        index,
        span: resource.name.span(),
        name,
        integrations: count,
        open: resource.body.get("dynamic").is_some() || resource.is_counted(),
    });
}

/// `grafana_mute_timing`.
pub(in crate::facts) fn read_mute_timing(
    resource: &Resource<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    resource.keep_name(document, facts);
    let Some(name) = resource.scalar("name") else { return };
    let ranges = resource.blocks("intervals").into_iter().map(TimeRange::read);
    facts.time_intervals.push(TimeInterval::read(document, name, ranges));
}

/// `grafana_notification_policy`: the root, and its `policy` blocks.
pub(in crate::facts) fn read_policy(
    resource: &Resource<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    // One document has one tree; which of several holds, nobody can tell.
    if resource.is_counted() || facts.alertmanagers.iter().any(|it| it.document == document) {
        return;
    }
    let open = resource.body.get("dynamic").is_some();
    config(document, resource.kind.span(), open, facts);
    let mut reader = Policies { document, open, facts, next: 0 };
    reader.policy(resource.body, None, 0);
}

impl Policies<'_> {
    fn policy(&mut self, node: NodeRef<'_>, parent: Option<u32>, depth: usize) {
        if depth > MAX_DEPTH || self.next as usize >= MAX_ROUTES || !node.is_mapping() {
            return;
        }
        let children = blocks(node, "policy");
        let matchers = blocks(node, "matcher");
        let matcher = |block: NodeRef<'_>| {
            let label = Scalar::under(block, "label")?;
            let value = Scalar::under(block, "value")?;
            Some(super::matcher_of(&label, Scalar::under(block, "match").as_ref(), &value))
        };
        let fields = Fields {
            receiver: Scalar::under(node, "contact_point"),
            matchers: matchers.into_iter().filter_map(matcher).collect(),
            matchers_key: node.entry("matcher").and_then(|(key, _)| Scalar::template(key)),
            continues: Scalar::under(node, "continue"),
            children: number(children.len()),
        };
        let index = self.push(node, parent, fields, &["group_by"]);
        for child in children {
            self.policy(child, Some(index), depth + 1);
        }
    }
}
