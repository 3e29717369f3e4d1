//! How programs set up OpenTelemetry: what code does in several files, and what the environment
//! adds.

mod address;
mod units;

pub use address::{Endpoint, Reach};
pub use units::{ENVIRONMENT, Identity};

use super::Repo;
use super::runs::image_name;
use super::services::Service;
use crate::facts::DocumentId;
use crate::facts::code::setup::{LibraryImport, SdkSetup};
use crate::facts::deploy::BaseImage;
use crate::facts::manifest::Dependency;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::OtelVariable;
use crate::lang::placeholder;
use crate::lang::quick::QuickMap;
use crate::semconv;
use crate::source::Span;

/// Steps and variables by the document they stand in.
#[derive(Debug, Default)]
pub struct SdkIndex {
    setups: QuickMap<DocumentId, Vec<usize>>,
    variables: QuickMap<DocumentId, Vec<usize>>,
}

impl SdkIndex {
    fn of(repo: &Repo) -> SdkIndex {
        let mut index = SdkIndex::default();
        for (number, setup) in repo.facts.sdk_setups.iter().enumerate() {
            index.setups.entry(setup.document).or_default().push(number);
        }
        for (number, variable) in repo.facts.otel_variables.iter().enumerate() {
            index.variables.entry(variable.document).or_default().push(number);
        }
        index
    }
}

impl Repo {
    fn sdk_index(&self) -> &SdkIndex {
        self.sdk.get_or_init(|| SdkIndex::of(self))
    }

    /// The steps of set-up in a file.
    pub fn setups_of(&self, document: DocumentId) -> impl Iterator<Item = &SdkSetup> {
        let numbers = self.sdk_index().setups.get(&document).into_iter().flatten();
        numbers.map(|&number| &self.facts.sdk_setups[number])
    }

    /// A variable that is set where another one is.
    pub fn variable_beside<'r>(
        &'r self,
        variable: &OtelVariable,
        name: &str,
    ) -> Option<&'r OtelVariable> {
        let numbers = self.sdk_index().variables.get(&variable.document).into_iter().flatten();
        let mut all = numbers.map(|&number| &self.facts.otel_variables[number]);
        all.find(|other| other.container == variable.container && other.name.text == name)
    }

    /// Whether something of the repository reads a variable by its name: code, or a file that
    /// puts its value in.
    pub fn uses_variable(&self, variable: &OtelVariable) -> bool {
        let name = &variable.name.text;
        if self.facts.variable_mentions.iter().any(|(_, known)| known == name) {
            return true;
        }
        self.mentioned().fills_in(name)
    }

    /// What bridges a retired API to OpenTelemetry, in the same program.
    pub fn bridge_of(&self, document: DocumentId) -> Option<&LibraryImport> {
        let service = self.service_of(document);
        let imports = self.facts.library_imports.iter();
        let mut bridges = imports.filter(|import| import.retired.is_none());
        bridges.find(|import| service.is_none_or(|service| service.has(import.document)))
    }

    /// What instruments the program of a step from outside, and where that is said.
    pub fn instruments_from_outside(&self, setup: &SdkSetup) -> Option<(Span, &'static str)> {
        self.agent_of(self.service_of(setup.document)?)
    }

    /// The agent that a service runs under.
    pub fn agent_of(&self, service: &Service) -> Option<(Span, &'static str)> {
        let facts = &self.facts;
        let images = service.images.iter().map(|&number| &facts.base_images[number]);
        let containers = service.containers.iter().map(|&number| &facts.containers[number]);
        let manifests = service.manifests.iter().map(|&number| &facts.manifests[number]);
        let words = images
            .clone()
            .flat_map(|image| image.command.iter().chain(image.env.entries.iter().map(|it| &it.1)))
            .chain(containers.clone().flat_map(|container| {
                container.args.iter().chain(container.env.entries.iter().map(|it| &it.1))
            }))
            .chain(manifests.clone().flat_map(|manifest| &manifest.commands))
            .chain(service.agent_lines.iter().map(|&number| &facts.agent_lines[number].text));
        let mut named = words.filter_map(|it| Some((it.span, semconv::agent_in(&it.text)?)));
        if let Some(found) = named.next() {
            return Some(found);
        }
        // `-javaagent:${AGENT}`, which the same image names.
        for image in images.clone() {
            for (name, value) in image.env.entries.iter().filter(|(_, value)| !value.known) {
                if let Some(agent) = semconv::agent_in(&filled_in(image, &value.text)) {
                    return Some((name.span, agent));
                }
            }
        }
        // What Compose takes from its own environment.
        for container in containers.clone() {
            for (name, value) in container.env.entries.iter().filter(|(_, value)| !value.known) {
                if let Some(agent) = semconv::agent_in(&self.filled(container, &value.text)) {
                    return Some((name.span, agent));
                }
            }
        }
        let installed = images.clone().flat_map(|image| &image.runs);
        let mut installed = installed.filter(|run| run.text.contains("ENTRYPOINT"));
        if let Some(run) = installed.next() {
            return Some((run.span, semconv::agent_in(&run.text)?));
        }
        let loaded = semconv::agent_variables();
        let mut pairs = images
            .flat_map(|image| &image.env.entries)
            .chain(containers.clone().flat_map(|container| &container.env.entries));
        if let Some((name, _)) = pairs.find(|(name, _)| loaded.contains(&name.text.as_str())) {
            return Some((name.span, "an agent"));
        }
        let mut annotations = containers.flat_map(|container| &container.annotations.entries);
        let injected = annotations.find(|(name, value)| {
            semconv::is_agent_annotation(&name.text) && value.text != "false"
        });
        if let Some((name, _)) = injected {
            return Some((name.span, "an operator or a mesh"));
        }
        let starter = self.dependencies_of(service).find(|it| {
            semconv::is_agent_dependency(&it.name.text) || is_built_on_opentelemetry(it)
        });
        starter.map(|it| (it.name.span, "a starter"))
    }

    /// Whether an agent runs in the same pod and makes spans of what the program does from outside.
    fn is_watched(&self, service: &Service) -> bool {
        let containers = &self.facts.containers;
        service.containers.iter().map(|&it| &containers[it]).any(|own| {
            let beside = containers.iter().filter(|it| {
                it.document == own.document && it.owner == own.owner && it.workload != "compose"
            });
            let mut images = beside.filter_map(|it| it.image.as_ref());
            let watches = |it: &&Scalar| {
                it.text.contains("autoinstrumentation-go")
                    || semconv::is_node_agent(image_name(&it.text))
            };
            images.any(|it| watches(&it))
        })
    }

    /// Whether options of a runtime, which may load an agent, come from where nobody can look.
    pub fn hides_agent(&self, service: &Service) -> bool {
        const OPTIONS: &[&str] =
            &["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "NODE_OPTIONS"];
        // An agent that lies in the image is switched on where it runs.
        let images = service.images.iter().map(|&number| &self.facts.base_images[number]);
        let mut texts = images.flat_map(|image| image.copies.iter().chain(&image.runs));
        // Settings of Azure's agent lie beside it, wherever that comes from.
        let lies =
            ["opentelemetry-javaagent", "applicationinsights.json", "applicationinsights-agent"];
        if texts.any(|text| lies.iter().any(|name| text.text.contains(name))) {
            return true;
        }
        // So is one that the build lays beside the program.
        if self
            .dependencies_of(service)
            .any(|it| it.name.text.ends_with(":opentelemetry-javaagent"))
        {
            return true;
        }
        let mut containers = service.containers.iter().map(|&it| &self.facts.containers[it]);
        containers.any(|container| {
            let options = OPTIONS.iter().filter_map(|name| container.env.get(name));
            let mut open = options.filter(|value| !value.known);
            open.any(|value| placeholder::is_in(&self.filled(container, &value.text)))
        })
    }
}

/// Whether a release of a package is one that is built on OpenTelemetry and sets it up: Application
/// Insights of .NET and of Node since 3.0.
fn is_built_on_opentelemetry(needed: &Dependency) -> bool {
    let major = |version: &Scalar| {
        let plain = version.text.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
        plain.split('.').next()?.parse::<u32>().ok()
    };
    let version = needed.version.as_ref().and_then(major);
    let name = needed.name.text.as_str();
    (name.starts_with("Microsoft.ApplicationInsights.") || name == "applicationinsights")
        && version.is_some_and(|version| version >= 3)
}

/// A text of an image with the variables that the image itself sets.
fn filled_in(image: &BaseImage, text: &str) -> String {
    let set = image.env.entries.iter().map(|(name, value)| (&name.text, &value.text));
    let all = set.chain(image.defaults.iter().map(|(name, value)| (name, value)));
    all.fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    })
}
