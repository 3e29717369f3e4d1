//! What runs with what: containers of a program, by their image or by what their image is built
//! from, and which of them read a document.

use super::Repo;
use super::versions::fill;
use crate::facts::deploy::{BaseImage, Container, Mount};
use crate::facts::{DocumentId, deploy};
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use std::collections::BTreeMap;

/// A program by the names of its images: last path segments, a final `*` takes any rest.
#[derive(Clone, Copy, Debug)]
pub struct Program(pub &'static [&'static str]);

/// Elasticsearch.
pub const ELASTICSEARCH: Program =
    Program(&["elasticsearch", "elasticsearch-oss", "elasticsearch-wolfi", "eck-elasticsearch"]);
/// OpenSearch.
pub const OPENSEARCH: Program = Program(&["opensearch", "opendistro-for-elasticsearch"]);
/// Kibana.
pub const KIBANA: Program = Program(&["kibana", "kibana-oss", "kibana-wolfi", "eck-kibana"]);
/// OpenSearch Dashboards.
pub const OPENSEARCH_DASHBOARDS: Program = Program(&["opensearch-dashboards"]);
/// Logstash.
pub const LOGSTASH: Program =
    Program(&["logstash", "logstash-oss", "logstash-wolfi", "eck-logstash"]);
/// Beats.
pub const BEATS: Program = Program(&[
    "filebeat*",
    "metricbeat*",
    "packetbeat*",
    "heartbeat*",
    "auditbeat*",
    "winlogbeat*",
    "journalbeat*",
    "functionbeat*",
]);
/// OpenTelemetry Collector distributions.
pub const COLLECTOR: Program = Program(&[
    "opentelemetry-collector*",
    "otel-collector*",
    "otelcol*",
    "otelcontribcol",
    "aws-otel-collector",
    "splunk-otel-collector",
    "elastic-otel-collector",
    "signoz-otel-collector",
]);
/// Jaeger, any release and part.
pub const JAEGER: Program = Program(&["jaeger", "jaeger-*", "all-in-one"]);
/// Fluentd.
pub const FLUENTD: Program = Program(&["fluentd*"]);
/// Fluent Bit.
pub const FLUENT_BIT: Program = Program(&["fluent-bit*", "aws-for-fluent-bit", "fluentbit*"]);
/// Vector.
pub const VECTOR: Program = Program(&["vector"]);
/// Loki.
pub const LOKI: Program = Program(&["loki"]);
/// Tempo.
pub const TEMPO: Program = Program(&["tempo"]);

impl Program {
    /// Whether an image, or the name of a chart, is of this program.
    pub fn is(self, image: &str) -> bool {
        let name = image_name(image);
        self.0.iter().any(|known| match known.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *known,
        })
    }
}

/// The last path segment of an image without tag and digest.
pub fn image_name(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split(':').next().unwrap_or(name)
}

/// Containers and their images, looked up.
#[derive(Debug, Default)]
pub struct Runs {
    /// Numbers of containers by the name of their image.
    by_name: BTreeMap<String, Vec<usize>>,
    /// Base images by the path of their Dockerfile.
    built: BTreeMap<String, usize>,
    /// Environment values by folder and name.
    env: BTreeMap<(String, String), usize>,
}

impl Runs {
    pub(super) fn of(repo: &Repo) -> Runs {
        let mut runs = Runs::default();
        let path = |id: DocumentId| repo.source(id.source).path.clone();
        for (number, base) in repo.facts.base_images.iter().enumerate() {
            runs.built.insert(path(base.document), number);
        }
        for (number, value) in repo.facts.env_values.iter().enumerate() {
            let file = path(value.document);
            if last(&file) == ".env" {
                let key = (folder(&file).to_owned(), value.name.text.clone());
                // The last line of a name counts.
                runs.env.insert(key, number);
            }
        }
        for (number, container) in repo.facts.containers.iter().enumerate() {
            let own = container.image.as_ref().map(|image| image.text.as_str());
            let base = runs.base(repo, container).map(|base| base.image.text.as_str());
            let mut names: Vec<&str> = own.into_iter().chain(base).map(image_name).collect();
            names.dedup();
            for name in names {
                runs.by_name.entry(name.to_owned()).or_default().push(number);
            }
        }
        runs
    }

    /// What the image of a built container starts from.
    fn base<'r>(&self, repo: &'r Repo, container: &Container) -> Option<&'r BaseImage> {
        let home = folder(&repo.source(container.document.source).path);
        // Compose takes variables from the file beside its own.
        let filled = |text: &str| {
            fill(text, &mut |name| {
                let value = &self.env(repo, home, name)?.value;
                value.known.then(|| value.text.clone())
            })
        };
        let context = join(home, &filled(&container.build.as_ref()?.text))?;
        let file = container.dockerfile.as_ref().map(|file| filled(&file.text));
        let path = join(&context, file.as_deref().unwrap_or("Dockerfile"))?;
        self.built.get(&path).map(|number| &repo.facts.base_images[*number])
    }

    /// The value of a variable in the `.env` of a folder.
    pub(super) fn env<'r>(
        &self,
        repo: &'r Repo,
        folder: &str,
        name: &str,
    ) -> Option<&'r deploy::EnvValue> {
        let key = (folder.to_owned(), name.to_owned());
        self.env.get(&key).map(|number| &repo.facts.env_values[*number])
    }
}

/// How closely a container belongs to a document; less is closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    /// Written in it, or reads it through a mount.
    Reads,
    /// Its image is built in a folder that holds the document.
    Built,
    /// Its manifest stands as many folders away.
    Near(usize),
}

/// Most steps between the folders of a document and of a container that may be one's other half.
const NEAR: usize = 3;

impl Repo {
    /// Containers of a program, by their image or by what that is built from.
    pub fn containers_of(&self, program: Program) -> Vec<&Container> {
        let runs = self.runs();
        let mut numbers: Vec<usize> = Vec::new();
        for name in program.0 {
            match name.strip_suffix('*') {
                None => numbers.extend(runs.by_name.get(*name).into_iter().flatten()),
                Some(prefix) => {
                    let range = runs.by_name.range(prefix.to_owned()..);
                    let fits = range.take_while(|(name, _)| name.starts_with(prefix));
                    numbers.extend(fits.flat_map(|(_, numbers)| numbers));
                }
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.facts.containers.get(number)).collect()
    }

    /// What the image of a built container starts from.
    pub fn base_image(&self, container: &Container) -> Option<&BaseImage> {
        self.runs().base(self, container)
    }

    /// The containers of a program that run with a document: those that mount it, else those
    /// whose image is built around it, else those of the nearest manifests.
    pub fn runs_with(&self, document: DocumentId, program: Program) -> Vec<&Container> {
        let mut ties: Vec<(Tie, &Container)> = self
            .containers_of(program)
            .into_iter()
            .filter_map(|container| Some((self.tie(document, container)?, container)))
            .collect();
        let Some(best) = ties.iter().map(|(tie, _)| *tie).min() else { return Vec::new() };
        ties.retain(|(tie, _)| *tie == best);
        ties.into_iter().map(|(_, container)| container).collect()
    }

    /// Whether a container certainly reads a document: its manifest holds it, or mounts it.
    pub fn mounts(&self, container: &Container, document: DocumentId) -> bool {
        self.tie(document, container) == Some(Tie::Reads)
    }

    /// Whether what runs a program reads another file of its kind in a document's folder, and not
    /// this one: of several to choose from, another was chosen.
    pub fn is_passed_over(&self, document: DocumentId, program: Program) -> bool {
        let containers = self.containers_of(program);
        let reads = |id| containers.iter().any(|container| self.mounts(container, id));
        let beside = |id: DocumentId| folder(&self.source(id.source).path);
        let mut others = self.facts.documents.iter().filter(|it| {
            it.id.source != document.source
                && it.kind == self.document(document).kind
                && beside(it.id) == beside(document)
        });
        !containers.is_empty() && !reads(document) && others.any(|it| reads(it.id))
    }

    /// Whether a document is certainly a container's: read by it, or part of what its image is
    /// built of.
    pub fn belongs(&self, container: &Container, document: DocumentId) -> bool {
        matches!(self.tie(document, container), Some(Tie::Reads | Tie::Built))
    }

    /// Whether a container stands near a document, if it has nothing else to do with it.
    pub(super) fn is_near(&self, document: DocumentId, container: &Container) -> bool {
        match self.tie(document, container) {
            Some(Tie::Near(steps)) => steps <= NEAR,
            tie => tie.is_some(),
        }
    }

    fn tie(&self, document: DocumentId, container: &Container) -> Option<Tie> {
        if !self.run_together(document, container.document) {
            return None;
        }
        let it = self.document(document);
        let hosted = it.host.is_some_and(|host| host == container.document);
        // A Compose file's own `configs` name one service each; an operator's object has one.
        if document == container.document
            || (hosted && self.document(container.document).kind != Kind::Compose)
            || container.mounts.iter().any(|mount| self.is_mounted(document, container, mount))
        {
            return Some(Tie::Reads);
        }
        let path = &self.source(document.source).path;
        let manifest = folder(&self.source(container.document.source).path);
        if let Some(context) = container.build.as_ref().and_then(|build| build.known_text())
            && let Some(context) = join(manifest, context)
            && (!context.is_empty() || manifest.is_empty())
            && is_below(path, &context)
            && !context.is_empty()
        {
            return Some(Tie::Built);
        }
        steps(folder(path), manifest).map(Tie::Near)
    }

    fn is_mounted(&self, document: DocumentId, container: &Container, mount: &Mount) -> bool {
        let it = self.document(document);
        if let Some(map) =
            mount.source.strip_prefix("configMap:").or_else(|| mount.source.strip_prefix("secret:"))
        {
            let object = it.object.as_ref().filter(|_| it.host.is_some());
            return object.is_some_and(|object| {
                matches!(object.kind.as_str(), "ConfigMap" | "Secret")
                    && object.name == map
                    && mount
                        .sub_path
                        .as_deref()
                        .is_none_or(|sub| object.data_key.as_deref() == Some(sub))
            });
        }
        if container.workload != "compose"
            || it.host.is_some()
            || mount.source.starts_with(['/', '~', '$'])
        {
            return false;
        }
        let path = &self.source(document.source).path;
        let manifest = folder(&self.source(container.document.source).path);
        let source = join(manifest, &mount.source);
        // A mount of the whole project says nothing about one file.
        source.is_some_and(|source| {
            !source.is_empty() && source != manifest && is_below(path, &source)
        })
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Steps from one folder to another, up and down; `None` where only the root joins two folders.
fn steps(one: &str, other: &str) -> Option<usize> {
    let parts = |folder: &'_ str| -> Vec<String> {
        folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (one, other) = (parts(one), parts(other));
    let common = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let apart = common == 0 && !one.is_empty() && !other.is_empty();
    (!apart).then_some(one.len() + other.len() - 2 * common)
}
