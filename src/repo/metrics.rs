//! Metrics of code: which declaration a use means, and what serves them.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::code::{
    Holder, INSTRUMENTED, Made, MetricDefinition, MetricServing, MetricUse, ServeForm, Target,
};
use crate::facts::manifest::Ecosystem;
use crate::facts::scalar::Scalar;
use crate::libraries;
use crate::parse::code::Language;
use crate::repo::services::Service;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What is joined once: uses and the declarations they mean.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Number of the declaration, by the word of the use.
    declared: BTreeMap<Span, usize>,
    /// Numbers of the uses of a declaration.
    uses: BTreeMap<usize, Vec<usize>>,
}

impl Repo {
    fn metric_links(&self) -> &Links {
        self.metric_links.get_or_init(|| {
            let finder = Finder::of(self);
            let mut links = Links::default();
            for (number, one) in self.facts.metric_uses.iter().enumerate() {
                if let Some(definition) = finder.find(one) {
                    links.declared.insert(one.method.span, definition);
                    links.uses.entry(definition).or_default().push(number);
                }
            }
            links
        })
    }

    /// The declaration that a use means.
    pub fn metric_of(&self, one: &MetricUse) -> Option<&MetricDefinition> {
        let number = self.metric_links().declared.get(&one.method.span)?;
        self.facts.metric_definitions.get(*number)
    }

    /// Whether a word does something with a metric whose declaration is known.
    pub fn is_metric_use(&self, word: Span) -> bool {
        self.metric_links().declared.contains_key(&word)
    }

    /// The uses of a declaration.
    pub fn uses_of(&self, definition: &MetricDefinition) -> impl Iterator<Item = &MetricUse> {
        let definitions = &self.facts.metric_definitions;
        let number = definitions.partition_point(|one| {
            (one.document, one.number) < (definition.document, definition.number)
        });
        let uses = self.metric_links().uses.get(&number).into_iter().flatten();
        uses.map(|&number| &self.facts.metric_uses[number])
    }

    /// Where metrics of the program that a file belongs to are served, sent or changed.
    pub fn servings(
        &self,
        document: DocumentId,
        form: ServeForm,
    ) -> impl Iterator<Item = &MetricServing> {
        let program = self.program(&self.source(document.source).path);
        self.facts.metric_servings.iter().filter(move |one| {
            one.form == form && self.program(&self.source(one.document.source).path) == program
        })
    }

    /// Whether metrics with names that nobody can read are declared: they may be any.
    pub fn has_unnamed_metrics(&self) -> bool {
        let definitions = &self.facts.metric_definitions;
        definitions.iter().any(|one| one.exposed.is_empty() && !self.is_rehearsal(one.document))
    }
}

impl Repo {
    /// Metrics that the code of a service declares, and what it imports.
    pub fn metrics_of<'r>(
        &'r self,
        service: &'r Service,
    ) -> impl Iterator<Item = &'r MetricDefinition> {
        self.facts.metric_definitions.iter().filter(|one| service.has(one.document))
    }

    /// Services that run, hold a document, and are no demonstration.
    pub fn running_with(&self, document: DocumentId) -> impl Iterator<Item = &Service> {
        let services = self.services_with(document).iter();
        let services = services.filter_map(|number| self.services().get(*number));
        services.filter(|it| it.runs() && !it.rehearsal)
    }

    /// What counts requests of a service by itself: a call, an agent, a dependency.
    pub fn automatic_metrics(&self, service: &Service) -> Option<Span> {
        let known = libraries::words("automatic-metrics");
        let in_code = self.facts.metric_servings.iter();
        let only_traces = self.only_traces(service);
        let mut in_code = in_code.filter(|one| {
            one.form == ServeForm::Automatic
                && service.has(one.document)
                && !(only_traces && one.of == Some(INSTRUMENTED))
        });
        let says = |text: &str| known.imports.iter().any(|word| text.contains(word));
        let told = |scalar: &&Scalar| says(&scalar.text);
        let of_container = |number: &usize| {
            let container = &self.facts.containers[*number];
            let pairs = container.env.entries.iter().chain(&container.annotations.entries);
            let texts = pairs.flat_map(|(key, value)| [key, value]);
            let filled = || {
                let mut pairs = container.env.entries.iter().filter(|(_, value)| !value.known);
                let pair = pairs.find(|(_, value)| says(&self.filled(container, &value.text)));
                pair.map(|(key, _)| key.span)
            };
            texts.chain(&container.args).find(told).map(|it| it.span).or_else(filled)
        };
        let of_image = |number: &usize| {
            let image = &self.facts.base_images[*number];
            let env = image.env.entries.iter().flat_map(|(key, value)| [key, value]);
            env.chain(&image.command).chain(&image.runs).find(told).map(|it| it.span)
        };
        let of_manifest = |number: &usize| {
            let manifest = &self.facts.manifests[*number];
            manifest.commands.iter().find(told).map(|it| it.span)
        };
        let of_script = |number: &usize| {
            let line = &self.facts.agent_lines[*number].text;
            told(&line).then_some(line.span)
        };
        let needed = || {
            let mut packages = self.dependencies_of(service);
            let counts = packages.find(|it| known.packages.contains(&it.name.text.as_str()));
            counts.map(|it| it.name.span)
        };
        in_code
            .next()
            .map(|one| one.at)
            .or_else(|| service.containers.iter().find_map(of_container))
            .or_else(|| service.images.iter().find_map(of_image))
            .or_else(|| service.manifests.iter().find_map(of_manifest))
            .or_else(|| service.agent_lines.iter().find_map(of_script))
            .or_else(needed)
    }

    /// Whether a package that is not here may serve what a client library holds, as its name says:
    /// `acme.io/go/prometheusx`.
    pub fn may_serve_metrics(&self, service: &Service) -> bool {
        const SPEAK: &[&str] = &["metric", "monitor", "observab", "prom", "telemetry"];
        const CLIENTS: &[&str] = &[
            "github.com/prometheus/",
            "github.com/VictoriaMetrics/",
            "github.com/rcrowley/go-metrics",
            "go.opentelemetry.io/",
            "k8s.io/metrics",
        ];
        if self.has_house_package(service) {
            return true;
        }
        let names = self.facts.manifests.iter().filter_map(|it| it.name.as_ref()?.known_text());
        let here: Vec<&str> = names.filter(|name| name.contains('/')).collect();
        let mut imports = self.modules_of(service).flat_map(|module| &module.imports);
        imports.any(|import| {
            let (host, rest) = import.split_once('/').unwrap_or_default();
            host.contains('.')
                && !host.starts_with('.')
                && SPEAK.iter().any(|word| rest.to_ascii_lowercase().contains(word))
                && !CLIENTS.iter().any(|known| import.starts_with(known))
                && !here.iter().any(|name| import.starts_with(name))
        })
    }

    /// Python: whether a service is built with a package of its own house that is not here, and may
    /// start the program with all that it serves: `flagsmith-common` for `flagsmith-api`.
    fn has_house_package(&self, service: &Service) -> bool {
        /// First words that name a framework or a cloud, and no house.
        const OPEN: &[&str] =
            &["", "aws", "azure", "django", "fastapi", "flask", "google", "py", "python"];
        const SHARED: &[&str] = &["base", "common", "core", "framework", "platform", "runtime"];
        let python = |kind: Ecosystem| kind == Ecosystem::Python;
        let manifests = self.facts.manifests.iter().filter(|it| python(it.ecosystem));
        let here: Vec<&str> = manifests.filter_map(|it| it.name.as_ref()?.known_text()).collect();
        let house = |name: &str| name.split(['-', '_']).next().unwrap_or_default().to_owned();
        let own = service.manifests.iter().map(|&it| &self.facts.manifests[it]);
        let own = own.filter(|it| python(it.ecosystem));
        let houses: Vec<String> =
            own.filter_map(|it| Some(house(it.name.as_ref()?.known_text()?))).collect();
        self.dependencies_of(service).any(|it| {
            let name = it.name.text.to_ascii_lowercase();
            let shared = name.rsplit(['-', '_']).next().is_some_and(|end| SHARED.contains(&end));
            let house = house(&name);
            shared
                && !OPEN.contains(&house.as_str())
                && houses.contains(&house)
                && !here.contains(&name.as_str())
        })
    }

    /// Whether the programs here are told apart by tenants, which their code calls users.
    pub fn calls_tenants_users(&self) -> bool {
        let known = libraries::words("tenants").imports;
        let mut imports = self.facts.modules.iter().flat_map(|module| &module.imports);
        imports.any(|import| known.contains(&import.as_str()))
    }

    /// The driver of a database that a service depends on.
    pub fn database_driver(&self, service: &Service) -> Option<Span> {
        let known = libraries::words("database-drivers");
        let mut packages = self.dependencies_of(service);
        let found = packages.find(|it| {
            !it.development && known.packages.contains(&it.name.text.to_lowercase().as_str())
        });
        found.map(|it| it.name.span)
    }

    /// What bounds how many series the metrics of code make: a limit of scrapes or of the strategy,
    /// a view, a step of a collector that drops or keeps.
    pub fn cardinality_guard(&self) -> Option<Span> {
        let strategy = || {
            let mut pillars = self.facts.pillars.iter();
            pillars.find_map(|it| it.named("cardinality_limit").next().map(|(key, _)| key.span))
        };
        let viewed = || {
            let mut servings = self.facts.metric_servings.iter();
            servings.find(|one| one.form == ServeForm::Viewed).map(|one| one.at)
        };
        let variable = || {
            let containers = self.facts.containers.iter().flat_map(|it| &it.env.entries);
            let limit =
                |name: &str| name.starts_with("OTEL_") && name.contains("CARDINALITY_LIMIT");
            containers.filter(|(name, _)| limit(&name.text)).map(|(name, _)| name.span).next()
        };
        let step = || {
            let mut pipelines = self.facts.pipelines.iter().filter(|it| it.signal() == "metrics");
            let drops = |id: &Scalar| {
                let kind = id.text.split('/').next().unwrap_or_default().replace('_', "");
                ["filter", "attributes", "transform", "metricstransform"].contains(&kind.as_str())
            };
            pipelines
                .find_map(|it| it.processors.items.iter().find(|id| drops(id)).map(|id| id.span))
        };
        self.limits_series().or_else(strategy).or_else(viewed).or_else(variable).or_else(step)
    }

    /// Whether something here chooses how histograms of instruments count: a variable of the SDK.
    pub fn chooses_histograms(&self) -> bool {
        const NAME: &str = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
        self.facts.containers.iter().any(|it| it.env.get(NAME).is_some())
            || self.facts.base_images.iter().any(|it| it.env.get(NAME).is_some())
            || self.facts.env_values.iter().any(|it| it.name.text == NAME)
    }
}

/// Declarations by what holds them.
struct Finder<'r> {
    repo: &'r Repo,
    by_number: BTreeMap<(DocumentId, usize), usize>,
    by_name: BTreeMap<&'r str, Vec<usize>>,
    /// What the files of a folder import: the folder, and a part of the path.
    imports: BTreeSet<(&'r str, &'r str)>,
}

impl<'r> Finder<'r> {
    fn of(repo: &'r Repo) -> Finder<'r> {
        let mut imports = BTreeSet::new();
        for module in &repo.facts.modules {
            let folder = folder_of(&repo.source(module.document.source).path);
            // The last part may be a version: `example.com/shop/metrics/v2`.
            let parts = module.imports.iter().flat_map(|it| it.rsplit('/').take(2));
            imports.extend(parts.map(|part| (folder, part)));
        }
        let (by_number, by_name) = (BTreeMap::new(), BTreeMap::new());
        let mut finder = Finder { repo, by_number, by_name, imports };
        for (number, one) in repo.facts.metric_definitions.iter().enumerate() {
            finder.by_number.insert((one.document, one.number), number);
            if let Some(holder) = &one.holder {
                finder.by_name.entry(&holder.name).or_default().push(number);
            }
        }
        finder
    }

    fn find(&self, one: &MetricUse) -> Option<usize> {
        match &one.target {
            Target::Here(number) => self.by_number.get(&(one.document, *number)).copied(),
            Target::Held(holder) => self.held(one, holder),
            Target::Unknown => None,
        }
    }

    /// The only declaration that is held under this name and can be meant.
    fn held(&self, one: &MetricUse, holder: &Holder) -> Option<usize> {
        let candidates = self.by_name.get(holder.name.as_str())?;
        let definitions = &self.repo.facts.metric_definitions;
        let path = &self.repo.source(one.document.source).path;
        let program = self.repo.program(path);
        let folder = folder_of(path);
        let mut found = None;
        for &number in candidates {
            let definition = &definitions[number];
            let other = &self.repo.source(definition.document.source).path;
            let same = definition.document == one.document;
            if definition.language != one.language || self.repo.program(other) != program {
                continue;
            }
            let Some(held) = &definition.holder else { continue };
            let fits = match (&holder.scope, &held.scope) {
                (None, None) if same => true,
                // Names of a package are seen by all its files.
                (None, None) => {
                    one.language == Language::Go
                        && folder_of(other) == folder
                        && matches!(definition.made, Made::Once | Made::Guarded)
                }
                (Some(scope), Some(held)) if scope == held => true,
                (Some(scope), _) => !same && is_module(other, scope),
                (None, Some(_)) => false,
            };
            let home = folder_of(other);
            // Two packages of Go may each have a type of this name.
            if one.language == Language::Go && home != folder && !self.knows(folder, home) {
                continue;
            }
            // What is put into a field of something unknown may be put into that of this class.
            let maybe = !holder.of_unknown && held.of_unknown && home == folder;
            if !fits && maybe || fits && found.replace(number).is_some() {
                return None;
            }
        }
        found
    }

    /// Whether the files of one folder import the package in another.
    fn knows(&self, folder: &str, other: &str) -> bool {
        let name = other.rsplit('/').next().unwrap_or(other);
        other.is_empty() || self.imports.contains(&(folder, name))
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file is the module, or stands in the package, of this name.
fn is_module(path: &str, name: &str) -> bool {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.split('.').next().unwrap_or(file);
    stem == name || folder.rsplit('/').next() == Some(name)
}
