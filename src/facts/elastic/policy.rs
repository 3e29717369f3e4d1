//! Lifecycle policies: ILM, ISM, and the lifecycle of a data stream.

use super::template::StreamLifecycle;
use super::{Endpoint, request_of};
use crate::facts::scalar::Scalar;
use crate::facts::subject::SubjectKind;
use crate::facts::terraform::Resource;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Which reader a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Manager {
    /// Elasticsearch's index lifecycle management.
    Ilm,
    /// OpenSearch's index state management.
    Ism,
    /// The lifecycle of a data stream.
    Stream,
}

/// A policy.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LifecyclePolicy {
    /// Where it came from.
    pub document: DocumentId,
    /// `phases`, `states`, `data_retention`, or the first key.
    pub anchor: Span,
    /// Who reads it.
    pub manager: Manager,
    /// Its name, where a request or an id says it.
    pub name: Option<String>,
    /// Phases, or states, in the order of the file.
    pub phases: Vec<Phase>,
    /// ISM: `default_state`.
    pub default_state: Option<Scalar>,
    /// ISM: patterns of `ism_template`.
    pub patterns: Vec<Scalar>,
    /// Of a data stream.
    pub stream: Option<StreamLifecycle>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

/// A phase or a state.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Phase {
    /// Its name.
    pub name: Scalar,
    /// `min_age`.
    pub min_age: Option<Scalar>,
    /// What is done in it.
    pub actions: Vec<Action>,
    /// ISM: where it leads, and the age that leads there.
    pub transitions: Vec<(Scalar, Option<Scalar>)>,
    /// Keys it has.
    pub keys: Vec<Scalar>,
}

/// An action of a phase.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Action {
    /// Its name.
    pub name: Scalar,
    /// Its options, scalars only.
    pub options: Vec<(Scalar, Option<Scalar>)>,
}

impl Action {
    /// An option's value.
    pub fn option(&self, key: &str) -> Option<&Scalar> {
        self.options.iter().find(|(name, _)| name.text == key)?.1.as_ref()
    }
}

impl Phase {
    /// An action by its name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name.text == name)
    }
}

/// Reads a policy.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let request = request_of(id, facts);
    let endpoint = request.as_ref().map(|(endpoint, _)| *endpoint);
    let body = root.get("policy").filter(|policy| policy.is_mapping()).unwrap_or(root);
    let named = body.get("policy_id").or_else(|| root.get("_id")).and_then(NodeRef::scalar);
    let name = request.map(|(_, name)| name).filter(|name| !name.is_empty());
    let document = &facts.documents[id.index as usize];
    let mut policy = LifecyclePolicy {
        document: id,
        anchor: document.anchor,
        manager: Manager::Ilm,
        name: name.or_else(|| named.map(str::to_owned)),
        phases: Vec::new(),
        default_state: Scalar::under(body, "default_state"),
        patterns: Vec::new(),
        stream: None,
        open: masked,
    };
    if let Some((key, phases)) = body.entry("phases").filter(|(_, node)| node.is_mapping()) {
        policy.anchor = key.span();
        policy.phases = phases.entries().filter_map(|(k, v)| phase(k, v)).collect();
    } else if let Some((key, states)) = body.entry("states").filter(|(_, it)| it.is_sequence()) {
        policy.manager = Manager::Ism;
        policy.anchor = key.span();
        policy.phases = states.items().filter_map(state).collect();
        policy.patterns = ism_patterns(body);
    } else if endpoint == Some(Endpoint::StreamLifecycle) {
        let key = body.entry("data_retention").map(|(key, _)| key.span());
        policy.manager = Manager::Stream;
        policy.anchor = key.unwrap_or(policy.anchor);
        policy.stream = Some(StreamLifecycle::of(policy.anchor, body));
    } else {
        return;
    }
    facts.lifecycle_policies.push(policy);
}

/// Phases that a resource of Terraform has as blocks.
const PHASES: &[&str] = &["hot", "warm", "cold", "frozen", "delete"];

/// Reads a policy that Terraform puts in place: actions stand in the phase itself.
pub fn read_resource(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let phase = |key: NodeRef<'_>, node: NodeRef<'_>| {
        let entries = node.entries();
        let actions = entries.filter(|(key, _)| key.scalar() != Some("min_age"));
        let actions = actions.filter_map(|(key, node)| {
            let node = node.items().next().unwrap_or(node);
            let mut found = action(key, node)?;
            // The provider's own switch.
            found.options.retain(|(name, _)| name.text != "enabled");
            Some(found)
        });
        Some(Phase {
            name: Scalar::of(key)?,
            min_age: Scalar::under(node, "min_age"),
            actions: actions.collect(),
            transitions: Vec::new(),
            keys: Vec::new(),
        })
    };
    let mut phases = Vec::new();
    for (key, node) in resource.body.entries() {
        if key.scalar().is_some_and(|key| PHASES.contains(&key)) {
            let bodies = if node.is_sequence() { node.items().collect() } else { vec![node] };
            phases.extend(bodies.into_iter().filter_map(|body| phase(key, body)));
        }
    }
    let name = resource.scalar("name").and_then(|name| Some(name.known_text()?.to_owned()));
    let first = phases.first().map_or(resource.name.span(), |phase| phase.name.span);
    facts.lifecycle_policies.push(LifecyclePolicy {
        document,
        anchor: first,
        manager: Manager::Ilm,
        name: name.or_else(|| resource.name.scalar().map(str::to_owned)),
        phases,
        default_state: None,
        patterns: Vec::new(),
        stream: None,
        open: resource.body.get("dynamic").is_some() || resource.is_counted(),
    });
}

fn phase(key: NodeRef<'_>, node: NodeRef<'_>) -> Option<Phase> {
    let actions = node.get("actions").map(NodeRef::entries).unwrap_or_default();
    Some(Phase {
        name: Scalar::of(key)?,
        min_age: Scalar::under(node, "min_age"),
        actions: actions.into_iter().filter_map(|(name, node)| action(name, node)).collect(),
        transitions: Vec::new(),
        keys: keys(node),
    })
}

fn keys(node: NodeRef<'_>) -> Vec<Scalar> {
    node.pairs().filter_map(|(key, _)| Scalar::of(key)).collect()
}

fn action(name: NodeRef<'_>, node: NodeRef<'_>) -> Option<Action> {
    let option =
        |(key, value): (NodeRef<'_>, NodeRef<'_>)| Some((Scalar::of(key)?, Scalar::of(value)));
    Some(Action { name: Scalar::of(name)?, options: node.entries().filter_map(option).collect() })
}

fn state(node: NodeRef<'_>) -> Option<Phase> {
    let actions = node.get("actions").into_iter().flat_map(NodeRef::items);
    let transitions = node.get("transitions").into_iter().flat_map(NodeRef::items);
    // `retry` and `timeout` stand beside the action's own key.
    let own = |item: NodeRef<'_>| {
        let mut entries = item.entries();
        let found = entries.find(|(key, _)| !matches!(key.scalar(), Some("retry" | "timeout")))?;
        action(found.0, found.1)
    };
    Some(Phase {
        name: Scalar::under(node, "name")?,
        min_age: None,
        actions: actions.filter_map(own).collect(),
        transitions: transitions
            .filter_map(|item| {
                let age = item.get("conditions").and_then(|conditions| {
                    Scalar::under(conditions, "min_index_age")
                        .or_else(|| Scalar::under(conditions, "min_rollover_age"))
                });
                Some((Scalar::under(item, "state_name")?, age))
            })
            .collect(),
        keys: keys(node),
    })
}

fn ism_patterns(body: NodeRef<'_>) -> Vec<Scalar> {
    let Some(template) = body.get("ism_template") else { return Vec::new() };
    let parts: Vec<NodeRef<'_>> =
        if template.is_sequence() { template.items().collect() } else { vec![template] };
    let lists = parts.into_iter().filter_map(|part| part.get("index_patterns"));
    lists.flat_map(|list| list.items().filter_map(Scalar::of).collect::<Vec<_>>()).collect()
}

impl LifecyclePolicy {
    /// The lifecycle that a template gives its data streams.
    pub fn of_stream(document: DocumentId, stream: StreamLifecycle, open: bool) -> LifecyclePolicy {
        LifecyclePolicy {
            document,
            anchor: stream.span,
            manager: Manager::Stream,
            name: None,
            phases: Vec::new(),
            default_state: None,
            patterns: Vec::new(),
            stream: Some(stream),
            open,
        }
    }

    /// A phase or state by its name.
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name.text == name)
    }

    /// Where it deletes, and after what age if that is written; `None` if it never does.
    pub fn deletion(&self) -> Option<(Span, Option<&Scalar>)> {
        match self.manager {
            Manager::Ilm => {
                let phase = self.phase("delete")?;
                let action = phase.action("delete")?;
                Some((action.name.span, phase.min_age.as_ref()))
            }
            Manager::Ism => {
                let phase = self.phases.iter().find(|phase| phase.action("delete").is_some())?;
                let leads = self.phases.iter().flat_map(|from| &from.transitions);
                let mut leads = leads.filter(|(to, _)| to.text == phase.name.text);
                let age = leads.next().and_then(|(_, age)| age.as_ref());
                let start = self.default_state.as_ref().map(|state| state.text.as_str());
                let reached = start == Some(phase.name.text.as_str()) || self.leads_to(phase);
                reached.then(|| {
                    (phase.action("delete").map_or(phase.name.span, |it| it.name.span), age)
                })
            }
            Manager::Stream => {
                let stream = self.stream.as_ref()?;
                let off = stream.enabled.as_ref().and_then(Scalar::boolean) == Some(false);
                let age = stream.retention.as_ref().filter(|_| !off)?;
                Some((age.span, Some(age)))
            }
        }
    }

    fn leads_to(&self, phase: &Phase) -> bool {
        let mut transitions = self.phases.iter().flat_map(|from| &from.transitions);
        transitions.any(|(to, _)| to.text == phase.name.text || !to.known)
    }

    /// The action that starts a new index, if there is one.
    pub fn rollover(&self) -> Option<&Action> {
        self.phases.iter().find_map(|phase| phase.action("rollover"))
    }
}

impl Subject for LifecyclePolicy {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LifecyclePolicy
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("lifecycle policy {name}"),
            None => "lifecycle policy".to_owned(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}
