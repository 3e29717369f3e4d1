//! What the code and the environment of a service say together.

use crate::facts::DocumentId;
use crate::facts::code::setup::{SdkSetup, Step};
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::{Layer, Share};
use crate::lang::path::{folder, join};
use crate::lang::placeholder;
use crate::repo::Repo;
use crate::repo::images::known_as;
use crate::repo::services::Service;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Attributes that say whose telemetry it is.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Keys that are certainly set, and where the first of each is.
    pub keys: BTreeMap<String, Span>,
    /// More may be set where nobody can look.
    pub open: bool,
}

impl Identity {
    /// Whether one of these keys is set.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.keys.contains_key(*key))
    }

    fn add(&mut self, key: &str, span: Span) {
        self.keys.entry(key.to_owned()).or_insert(span);
    }

    /// Pairs of `OTEL_RESOURCE_ATTRIBUTES`; a placeholder in place of pairs may hold any.
    fn add_pairs(&mut self, pairs: &Scalar) {
        let mut at = 0;
        for pair in pairs.text.split(',') {
            let start = at + pair.len() - pair.trim_start().len();
            at += pair.len() + 1;
            match pair.split_once('=') {
                Some((key, _)) if !placeholder::is_in(key) => {
                    let key = key.trim();
                    self.add(key, pairs.place(start, start + key.len()));
                }
                _ if pair.trim().is_empty() => {}
                _ => self.open = true,
            }
        }
    }
}

/// Whether a module by its name may be a wrapper around an SDK.
fn may_set_up(import: &str) -> bool {
    let import = import.to_ascii_lowercase();
    // What stands in the same crate was read.
    if ["crate::", "self::", "super::"].iter().any(|own| import.starts_with(own)) {
        return false;
    }
    // The API alone sets nothing up, and a crate of this name writes logs.
    if import.contains("opentelemetry") || import.starts_with("tracing") {
        return false;
    }
    // A logger of JavaScript.
    if import == "tracer" {
        return false;
    }
    // Its packages for servers start the SDK themselves since release 8.
    let sentry = import.strip_prefix("@sentry/");
    if sentry.is_some_and(|it| !["browser", "react", "vue", "angular"].contains(&it)) {
        return true;
    }
    import.split(['/', '.', ':', '-', '_', '@']).any(|part| WRAPPERS.contains(&part))
}

/// Parts of such names.
const WRAPPERS: &[&str] =
    &["otel", "telemetry", "tracing", "tracer", "observability", "instrumentation", "apm"];

/// Endings of source files.
const ENDINGS: &[&str] = &["js", "ts", "mjs", "cjs", "tsx", "py", "go", "rs", "java", "cs"];

/// The files that may load a set-up which is not theirs, sorted.
fn loading(repo: &Repo) -> Vec<DocumentId> {
    let stem = |path: &str| {
        let last = path.rsplit(['/', '.', ':']).find(|part| !ENDINGS.contains(part));
        last.unwrap_or_default().to_owned()
    };
    let setting = repo.facts.sdk_setups.iter().filter(|it| it.provider().is_some());
    let stems: BTreeSet<String> =
        setting.map(|setup| stem(&repo.source(setup.document.source).path)).collect();
    let loads = |import: &String| stems.contains(&stem(import)) || may_set_up(import);
    let modules = repo.facts.modules.iter().filter(|module| module.imports.iter().any(loads));
    let mut found: Vec<DocumentId> = modules.map(|module| module.document).collect();
    found.sort_unstable();
    found
}

/// Names under which the environment of a deployment goes.
pub const ENVIRONMENT: &[&str] = &["deployment.environment.name", "deployment.environment"];

impl Repo {
    /// The steps of set-up in the code of a service, and in what it imports.
    pub fn setups_in<'r>(&'r self, service: &'r Service) -> impl Iterator<Item = &'r SdkSetup> {
        service.documents.iter().flat_map(|document| self.setups_of(*document))
    }

    /// The steps in the program of a document; of all programs where it belongs to none.
    pub fn setups_around(&self, document: DocumentId) -> Vec<&SdkSetup> {
        match self.service_of(document) {
            Some(service) if service.has(document) => self.setups_in(service).collect(),
            _ => self.facts.sdk_setups.iter().collect(),
        }
    }

    /// Whose telemetry a service says it sends.
    pub fn identity_of(&self, service: &Service) -> Identity {
        let mut identity = Identity { open: !service.is_readable(), ..Identity::default() };
        for setup in self.setups_in(service) {
            match &setup.step {
                Step::Resource(resource) => {
                    identity.open |= resource.open;
                    for attribute in &resource.attributes {
                        identity.add(&attribute.key, attribute.span);
                    }
                }
                Step::Provider(provider) => {
                    // Azure's distribution asks the platform what the service is called.
                    identity.open |= provider.open || setup.name.text.contains("AzureMonitor");
                    if provider.named {
                        identity.add("service.name", setup.name.span);
                    }
                }
                _ => {}
            }
        }
        let name = self.env_of(service, "OTEL_SERVICE_NAME");
        if let Some(value) = name.values.iter().find(|value| !value.text.is_empty()) {
            identity.add("service.name", value.span);
        }
        let pairs = self.env_of(service, "OTEL_RESOURCE_ATTRIBUTES");
        pairs.values.iter().for_each(|value| identity.add_pairs(value));
        let asked = ["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"];
        let mut mentions = self.facts.variable_mentions.iter();
        let mentioned = mentions
            .any(|(document, known)| asked.contains(&known.as_str()) && service.has(*document));
        // Agents and operators name a service by what they find around it.
        identity.open |= self.names_somebody()
            || name.open
            || pairs.open
            || mentioned
            || self.is_named_aside(service)
            || self.names_in_file(service)
            || self.takes_defaults(service)
            || self.agent_of(service).is_some();
        identity
    }

    /// Whether nothing is known to run a service, and a workload of an unknown image, which may be it,
    /// names its telemetry.
    fn is_named_aside(&self, service: &Service) -> bool {
        let names = |container: &Container| {
            container.env.entries.iter().any(|(name, _)| name.text == "OTEL_SERVICE_NAME")
                && container.image.as_ref().is_some_and(|it| known_as(&it.text).is_none())
        };
        let placed = |it: &usize| self.services().iter().any(|one| one.containers.contains(it));
        service.containers.is_empty()
            && self
                .facts
                .containers
                .iter()
                .enumerate()
                .any(|(number, it)| names(it) && !placed(&number))
    }

    /// Whether a package of .NET that sets services up for their owner's house is built in, and nothing
    /// here sends anything.
    fn takes_defaults(&self, service: &Service) -> bool {
        let mut needed = self.dependencies_of(service);
        needed.any(|it| it.name.text.ends_with(".ServiceDefaults"))
            && !self.setups_in(service).any(|setup| setup.exporter().is_some())
    }

    /// Whether a file of variables beside a service, which who deploys it fills in, names its
    /// telemetry: `.env.default`.
    fn names_in_file(&self, service: &Service) -> bool {
        self.facts.env_values.iter().any(|it| {
            let names = match it.name.text.as_str() {
                "OTEL_SERVICE_NAME" => true,
                "OTEL_RESOURCE_ATTRIBUTES" => it.value.text.contains("service.name="),
                _ => false,
            };
            let home = folder(&self.source(it.document.source).path);
            names && (home.is_empty() || home == service.root)
        })
    }

    /// Whether a container that nobody can say whose it is names the telemetry it sends: a chart
    /// whose images are all values, a patch that adds variables.
    fn names_somebody(&self) -> bool {
        let names = |container: &Container| {
            let image = container.image.as_ref();
            let hidden = image.is_none_or(|it| !it.known || placeholder::is_in(&it.text));
            hidden && container.env.get("OTEL_SERVICE_NAME").is_some()
        };
        let containers = self.facts.containers.iter().enumerate();
        let mut naming = containers.filter(|(_, container)| names(container));
        let owned = |number: &usize| {
            self.services().iter().any(|service| service.containers.binary_search(number).is_ok())
        };
        naming.any(|(number, _)| !owned(&number))
    }

    /// Whether a collector here, or something between, decides which traces are kept.
    pub fn samples_later(&self) -> bool {
        self.facts
            .samplers
            .iter()
            .any(|sampler| matches!(sampler.layer, Layer::Collector | Layer::Tail | Layer::Remote))
            || !self.facts.sampling_strategies.is_empty()
    }

    /// Whether what starts a service beside its code decides which traces it keeps; `None` where
    /// nobody can know.
    pub fn samples_by_environment(&self, service: &Service) -> Option<bool> {
        let env = self.env_of(service, "OTEL_TRACES_SAMPLER");
        let mut certain = true;
        for value in &env.values {
            match value.known_text() {
                Some("" | "always_on" | "parentbased_always_on") => {}
                Some(_) => return Some(true),
                None => certain = false,
            }
        }
        let object = self.facts.samplers.iter().any(|sampler| {
            let code = self.document(sampler.document).kind.is_code();
            sampler.layer == Layer::Head && !code && sampler.share != Share::Of(1.0)
        });
        (certain && !env.open && !object).then_some(false)
    }

    /// Whether nothing here sets a sampler beside code.
    pub fn sets_no_sampler(&self) -> bool {
        let named = |name: &str| name == "OTEL_TRACES_SAMPLER";
        !self.facts.otel_variables.iter().any(|variable| named(&variable.name.text))
            && !self.facts.variable_mentions.iter().any(|(_, name)| named(name))
            && !self.facts.samplers.iter().any(|sampler| {
                sampler.layer == Layer::Head && !self.document(sampler.document).kind.is_code()
            })
    }

    /// Whether a service starts an SDK or runs under an agent; `None` where nobody can know.
    pub fn is_instrumented(&self, service: &Service) -> Option<bool> {
        let told = self.setups_in(service).any(|setup| match setup.step {
            Step::Instrument(_, side) => side != "spans",
            ref step => matches!(step, Step::Provider(_) | Step::Registered(..)),
        });
        if told || self.agent_of(service).is_some() || self.is_watched(service) {
            return Some(true);
        }
        // An operator takes whole namespaces, and some programs watch whole nodes.
        let facts = &self.facts;
        let object = |document: &crate::facts::Document| {
            document.object.as_ref().is_some_and(|object| object.kind == "Instrumentation")
        };
        let node = facts
            .containers
            .iter()
            .filter_map(crate::facts::deploy::Container::image_name)
            .any(crate::semconv::is_node_agent);
        let hidden = node
            || self.hides_agent(service)
            || self.has_sidecar(service)
            || self.loads_setup(service)
            || facts.documents.iter().any(object)
            || !service.is_readable();
        if hidden { None } else { Some(false) }
    }

    /// Whether Dapr runs a service: its sidecar makes spans and figures of all calls.
    pub fn has_sidecar(&self, service: &Service) -> bool {
        const CLIENTS: &[&str] = &["@dapr/", "Dapr.", "dapr", "github.com/dapr/", "io.dapr"];
        let client = |name: &str| CLIENTS.iter().any(|known| name.starts_with(known));
        if self.dependencies_of(service).any(|it| client(&it.name.text)) {
            return true;
        }
        let mut at = service.root.as_str();
        loop {
            if join(at, "dapr.yaml").is_some_and(|path| self.has_path(&path)) {
                return true;
            }
            if at.is_empty() {
                return false;
            }
            at = folder(at);
        }
    }

    /// Whether a service imports something by the name of a file here that sets an SDK up, where
    /// the import does not lead there: an image may put the file beside it.
    fn loads_setup(&self, service: &Service) -> bool {
        let loading = self.setup_loading.get_or_init(|| loading(self));
        service.documents.iter().any(|document| loading.binary_search(document).is_ok())
    }

    /// A processor of a collector that may add attributes to what services send.
    pub fn adds_attributes(&self) -> Option<Span> {
        const ADDING: &[&str] = &[
            "k8sattributes",
            "k8s_attributes",
            "resource",
            "resourcedetection",
            "resource_detection",
            "transform",
            "attributes",
        ];
        let components = self.facts.components.iter();
        let mut adding = components.filter(|component| ADDING.contains(&component.kind()));
        adding.next().map(|component| component.id.span)
    }
}
