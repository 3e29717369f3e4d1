//! Who is called, and who next: schedules and escalation policies, from Terraform and YAML.

use super::scalar::Scalar;
use super::subject::{Held, SubjectKind};
use super::terraform::{Resource, blocks};
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::BTreeSet;

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Role {
    /// Who is on call when.
    Schedule,
    /// Who is called in which order.
    Escalation,
    /// One step of an escalation that is written elsewhere.
    Step,
}

/// One entry of an on-call plan.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OnCall {
    /// Where it came from.
    pub document: DocumentId,
    /// What it says.
    pub role: Role,
    /// Its name.
    pub name: Scalar,
    /// Other names that a team may know it by: its label, its team, its owner.
    pub aliases: Vec<Scalar>,
    /// There may be more of it than is written: `for_each`, `count`, a name from a variable.
    pub open: bool,
    /// Steps of an escalation, where their number is certain.
    pub steps: Option<usize>,
    /// Whether it begins again after the last step, where that is certain.
    pub repeats: Option<bool>,
    /// Address of the resource, or of the escalation that a step belongs to.
    pub address: Option<String>,
    /// What it may call: addresses of resources, or names that a plan gives.
    pub calls: BTreeSet<String>,
}

impl Subject for OnCall {
    fn kind(&self) -> SubjectKind {
        SubjectKind::OnCall
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let role = match self.role {
            Role::Schedule => "schedule",
            Role::Escalation => "escalation",
            Role::Step => "escalation step",
        };
        format!("{role} {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

/// An entry with what every resource has.
fn entry(resource: &Resource<'_>, document: DocumentId, role: Role) -> Option<OnCall> {
    let label = Scalar::of(resource.name)?;
    let name = resource.scalar("name");
    let owners = ["team_id", "owner_team_id", "description"];
    let mut aliases: Vec<Scalar> = owners.iter().filter_map(|key| resource.scalar(key)).collect();
    aliases.extend(
        resource.blocks("teams").into_iter().flat_map(NodeRef::items).filter_map(Scalar::of),
    );
    let open = resource.is_counted() || name.as_ref().is_some_and(|name| !name.known);
    let name = match name.filter(|name| name.known) {
        Some(name) => {
            aliases.push(label);
            name
        }
        None => label,
    };
    Some(OnCall {
        document,
        role,
        name,
        aliases,
        open,
        steps: None,
        repeats: None,
        address: Some(resource.address()),
        calls: texts(resource.body).flat_map(|text| addresses(&text)).collect(),
    })
}

/// Types of resources that are called.
const CALLED: &[&str] = &[
    "pagerduty_schedule",
    "pagerduty_escalation_policy",
    "opsgenie_schedule",
    "opsgenie_escalation",
    "grafana_oncall_schedule",
    "grafana_oncall_escalation_chain",
];

/// Most values of an entry that are looked through.
const MOST: usize = 2_000;

/// All texts in a node.
fn texts(node: NodeRef<'_>) -> impl Iterator<Item = String> {
    let (mut stack, mut found) = (vec![node], Vec::new());
    for _ in 0..MOST {
        let Some(node) = stack.pop() else { break };
        found.extend(node.scalar().map(str::to_owned));
        stack.extend(node.pairs().map(|(_, value)| value).chain(node.items()));
    }
    found.into_iter()
}

/// Addresses of what is called in an expression: `[pagerduty_schedule.first.id]`.
fn addresses(text: &str) -> Vec<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let parts = text.split(|c: char| !word(c)).filter_map(|part| {
        let mut names = part.split('.');
        let (kind, label) = (names.next()?, names.next()?);
        CALLED.contains(&kind).then(|| format!("{kind}.{label}"))
    });
    parts.collect()
}

/// A schedule of PagerDuty, Opsgenie or Grafana OnCall.
pub fn read_schedule(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    facts.on_call.extend(entry(resource, document, Role::Schedule));
}

/// `pagerduty_escalation_policy`: `rule` blocks, begun again `num_loops` times.
pub fn read_pagerduty_policy(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(mut policy) = entry(resource, document, Role::Escalation) else { return };
    policy.steps = certain_count(resource.body, "rule");
    policy.repeats = loops(resource.scalar("num_loops").as_ref());
    facts.on_call.push(policy);
}

/// `opsgenie_escalation`: `rules` blocks, and a `repeat` block with a count.
pub fn read_opsgenie_escalation(
    resource: &Resource<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let Some(mut policy) = entry(resource, document, Role::Escalation) else { return };
    policy.steps = certain_count(resource.body, "rules");
    let repeat = resource.body.get("repeat");
    policy.repeats = match repeat {
        Some(repeat) if repeat.is_unknown() => None,
        _ => loops(repeat.and_then(|repeat| Scalar::under(repeat, "count")).as_ref()),
    };
    facts.on_call.push(policy);
}

/// `grafana_oncall_escalation_chain`: its steps are resources of their own.
pub fn read_grafana_chain(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    facts.on_call.extend(entry(resource, document, Role::Escalation));
}

/// `grafana_oncall_escalation`: one step of a chain.
pub fn read_grafana_step(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(mut step) = entry(resource, document, Role::Step) else { return };
    let chain = resource.scalar("escalation_chain_id");
    step.address = chain.and_then(|chain| {
        let path = chain.text.trim_start_matches("${").trim_end_matches('}').to_owned();
        path.trim().strip_suffix(".id").map(str::to_owned)
    });
    let kind = resource.scalar("type");
    let kind = kind.as_ref().and_then(Scalar::known_text);
    step.open |= resource.is_counted() || kind.is_none();
    // Waiting calls nobody.
    step.steps = kind.map(|kind| usize::from(!matches!(kind, "wait" | "repeat_escalation")));
    step.repeats = kind.map(|kind| kind == "repeat_escalation");
    facts.on_call.push(step);
}

/// How many blocks of a name there are, if that is certain.
fn certain_count(body: NodeRef<'_>, key: &str) -> Option<usize> {
    let found = blocks(body, key);
    let open = body.get(key).is_some_and(NodeRef::is_unknown)
        || found.iter().any(|block| block.is_unknown());
    (!open && !found.is_empty()).then_some(found.len())
}

/// Whether a number of repetitions says that there are any; without one there are none.
fn loops(count: Option<&Scalar>) -> Option<bool> {
    match count {
        None => Some(false),
        Some(count) => count.known_text()?.parse::<f64>().ok().map(|count| count > 0.0),
    }
}

/// Keys of a file that hold schedules, and those that hold escalations.
const SCHEDULES: &[&str] =
    &["schedules", "rotations", "oncall", "on_call", "on-call", "oncall_schedules"];
const ESCALATIONS: &[&str] =
    &["escalation_policies", "escalations", "escalation_policy", "escalation"];

/// A plan written as YAML.
pub fn read(root: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    plan(root, document, masked, 2, facts);
}

fn plan(
    root: NodeRef<'_>,
    document: DocumentId,
    masked: bool,
    depth: usize,
    facts: &mut FileFacts,
) {
    for (key, value) in root.entries() {
        let name = key.scalar().unwrap_or_default();
        let role = match name {
            _ if SCHEDULES.contains(&name) => Role::Schedule,
            _ if ESCALATIONS.contains(&name) => Role::Escalation,
            _ => continue,
        };
        let nested = value.entries().any(|(key, _)| {
            key.scalar().is_some_and(|key| SCHEDULES.contains(&key) || ESCALATIONS.contains(&key))
        });
        if nested && depth > 0 {
            plan(value, document, masked, depth - 1, facts);
            continue;
        }
        for item in value.items() {
            let named = ["name", "team", "service", "id"];
            let name = named.iter().find_map(|key| Scalar::under(item, key));
            facts.on_call.extend(name.map(|name| written(item, name, role, document, masked)));
        }
        for (key, body) in value.entries() {
            if body.is_mapping() || body.is_sequence() {
                let name = Scalar::of(key);
                facts.on_call.extend(name.map(|name| written(body, name, role, document, masked)));
            }
        }
    }
}

fn written(
    body: NodeRef<'_>,
    name: Scalar,
    role: Role,
    document: DocumentId,
    masked: bool,
) -> OnCall {
    let owners = ["name", "team", "service", "owner", "id", "description"];
    let aliases = owners.iter().filter_map(|key| Scalar::under(body, key)).collect();
    let open = masked || !name.known || body.is_unknown();
    let list = ["rules", "steps", "levels"].iter().find_map(|key| body.get(key));
    let list = if body.is_sequence() { Some(body) } else { list };
    let steps = list.filter(|list| list.is_sequence() && !open).map(|list| list.items().len());
    let again = ["num_loops", "repeat", "loops", "repeat_count"];
    let again = again.iter().find_map(|key| body.get(key));
    let repeats = match again {
        None => (!open).then_some(false),
        Some(again) => match again.scalar() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => loops(Scalar::of(again).as_ref()),
        },
    };
    let calls = texts(body).collect();
    OnCall { document, role, name, aliases, open, steps, repeats, address: None, calls }
}
