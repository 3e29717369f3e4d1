//! How far the context of traces reaches: which services make spans, and which of their libraries
//! hand context on by themselves.

use super::Repo;
use super::services::Service;
use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::lang::quick::QuickMap;
use std::collections::BTreeSet;

/// What a service does with traces.
#[derive(Debug, Default)]
pub struct Reach {
    /// Its code makes a provider of spans.
    pub traced: bool,
    /// Something that runs it instruments all it knows.
    pub agent: bool,
    /// The languages of the code that does; JavaScript stands for TypeScript as well.
    pub languages: BTreeSet<Kind>,
    /// What is instrumented for requests it makes.
    pub clients: BTreeSet<&'static str>,
    /// What is instrumented for requests it answers.
    pub servers: BTreeSet<&'static str>,
    /// Threads hand context on.
    pub threads: bool,
    /// It has functions that must be waited for.
    pub waits: bool,
}

impl Reach {
    /// Whether one of these libraries, in words, writes context into its requests by itself.
    pub fn patches(&self, libraries: &str) -> bool {
        self.agent
            || self.clients.contains("all")
            || libraries.split(' ').any(|it| it == "always" || self.clients.contains(it))
    }

    /// Whether anything makes spans of the requests it answers.
    pub fn serves(&self) -> bool {
        self.agent || !self.servers.is_empty()
    }
}

/// Words of commands and variables that put an agent into a program.
const AGENTS: &[&str] = &[
    "opentelemetry-instrument",
    "opentelemetry-javaagent",
    "-javaagent:",
    "auto-instrumentations-node/register",
    "OpenTelemetry.AutoInstrumentation",
];

/// Annotations by which an operator does it.
const INJECTS: &str = "instrumentation.opentelemetry.io/inject-";

/// Variables that name an agent.
const VARIABLES: &[&str] =
    &["JAVA_TOOL_OPTIONS", "JAVA_OPTS", "_JAVA_OPTIONS", "NODE_OPTIONS", "CORECLR_PROFILER_PATH"];

impl Repo {
    /// What the services that a document is part of do with traces; none where it is of no service.
    pub fn reaches(&self, document: DocumentId) -> impl Iterator<Item = &Reach> {
        let all = self.all_reaches();
        self.services_with(document).iter().filter_map(|number| all.get(*number))
    }

    /// What the services that a document is part of do with traces, if code in its language makes
    /// spans there: a script beside a server is none of it.
    pub fn traced_reaches(&self, document: DocumentId) -> impl Iterator<Item = &Reach> {
        let own = language(self, document);
        self.reaches(document).filter(move |reach| reach.languages.contains(&own))
    }

    /// What each service does with traces, in the order of `services`.
    pub fn all_reaches(&self) -> &[Reach] {
        self.reaches.get_or_init(|| gather(self))
    }
}

pub(super) fn language(repo: &Repo, document: DocumentId) -> Kind {
    match repo.document(document).kind {
        Kind::Typescript => Kind::Javascript,
        kind => kind,
    }
}

fn gather(repo: &Repo) -> Vec<Reach> {
    let facts = &repo.facts;
    let providers: BTreeSet<DocumentId> = facts.span_providers.iter().copied().collect();
    let waiting: BTreeSet<DocumentId> = facts.async_files.iter().copied().collect();
    let mut instrumented: QuickMap<DocumentId, Vec<usize>> = QuickMap::default();
    for (number, one) in facts.instrumentations.iter().enumerate() {
        instrumented.entry(one.document).or_default().push(number);
    }
    let of = |service: &Service| {
        let mut reach = Reach { agent: has_agent(repo, service), ..Reach::default() };
        let mut spans = None;
        for document in &service.documents {
            if providers.contains(document) {
                reach.traced = true;
                reach.languages.insert(language(repo, *document));
            }
            reach.waits |= waiting.contains(document);
            for number in instrumented.get(document).into_iter().flatten() {
                let one = &facts.instrumentations[*number];
                if matches!(one.side, "client" | "both") {
                    reach.clients.insert(one.of);
                }
                if matches!(one.side, "server" | "both") {
                    reach.servers.insert(one.of);
                }
                reach.threads |= one.side == "threads";
                spans = spans.or((one.side == "spans").then_some(one.of));
            }
        }
        // What makes spans of requests for whatever takes them.
        if reach.traced {
            reach.servers.extend(spans);
        }
        reach
    };
    repo.services().iter().map(of).collect()
}

/// Whether what runs a service puts an agent into it.
fn has_agent(repo: &Repo, service: &Service) -> bool {
    let facts = &repo.facts;
    let says = |text: &Scalar| AGENTS.iter().any(|word| text.text.contains(word));
    let containers = service.containers.iter().map(|number| &facts.containers[*number]);
    let images = service.images.iter().map(|number| &facts.base_images[*number]);
    let manifests = service.manifests.iter().map(|number| &facts.manifests[*number]);
    let annotated = |key: &str| key.starts_with(INJECTS);
    let variable = |name: &&str| repo.env_of(service, name).values.iter().any(says);
    containers.clone().any(|it| it.args.iter().any(says))
        || containers.into_iter().any(|it| it.annotations.keys().any(annotated))
        || images.into_iter().any(|it| it.command.iter().any(says) || it.runs.iter().any(says))
        || manifests.into_iter().any(|it| it.commands.iter().any(says))
        || VARIABLES.iter().any(variable)
}
