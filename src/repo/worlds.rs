//! Open and closed worlds: of which kinds of facts the repository holds all that could answer.
//!
//! "Nowhere else" may be concluded in a closed world only. What is taken for closed here is what
//! shows no sign of more: a chart that brings its own, a template, a file that did not parse, a
//! path that leads out of the repository. `whole` and `elsewhere` in the configuration decide
//! over it.

use super::{Repo, paths};
use crate::config::{WORLDS, World};
use crate::facts::Document;
use crate::facts::alertmanager::AlertmanagerConfig;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::repo::standing::is_sample;
use crate::source::{Origin, SourceId};
use std::collections::BTreeSet;

impl Repo {
    /// Whether the repository holds all facts of a kind that there are: by what it is told, else
    /// by what it shows.
    pub fn holds_all(&self, world: World) -> bool {
        if self.settings.elsewhere.contains(&world) {
            return false;
        }
        self.settings.whole.contains(&world) || self.closed().contains(&world)
    }

    fn closed(&self) -> &[World] {
        self.worlds.get_or_init(|| {
            let view = View::of(self);
            let worlds = WORLDS.iter().map(|(world, _)| *world);
            worlds.filter(|world| view.is_closed(*world)).collect()
        })
    }
}

/// What the repository shows of things that are not in it.
struct View<'r> {
    repo: &'r Repo,
    /// A chart is deployed whose objects are not here, or filled in by values.
    charts: bool,
    /// Programs make configuration here.
    generated: bool,
    /// Another ruler than the servers here evaluates rules.
    rulers: bool,
}

impl<'r> View<'r> {
    fn of(repo: &'r Repo) -> View<'r> {
        let values = repo.facts.documents.iter().any(|document| {
            document.host.is_some_and(|host| repo.document(host).kind == Kind::HelmValues)
        });
        let makes = |path: &String| {
            [".libsonnet", ".jsonnet", ".cue", ".dhall"].iter().any(|end| path.ends_with(end))
        };
        View {
            repo,
            charts: values || !repo.facts.packages.is_empty(),
            generated: repo.paths.iter().any(makes),
            rulers: repo.has_ruler(),
        }
    }

    fn is_closed(&self, world: World) -> bool {
        match world {
            World::Alerts => self.rules_are_here() && !self.repo.facts.alert_rules.is_empty(),
            World::Records => {
                self.rules_are_here()
                    && self.has_rules()
                    && !self.samples_come_in()
                    && !self.reads_foreign_records()
            }
            World::Routes => self.routes_are_here(),
            World::Endpoints => self.endpoints_are_here(),
            World::Metrics => self.endpoints_are_here() && !self.samples_come_in(),
            World::Exporters => self.programs_are_here(),
        }
    }

    fn is_own(&self, source: SourceId) -> bool {
        self.repo.origin(source) != Origin::Vendored && !is_sample(&self.repo.source(source).path)
    }

    /// Whether every document of these kinds was read as a whole.
    fn is_readable(&self, kinds: &[Kind]) -> bool {
        let hidden = |document: &Document| document.masked || document.broken;
        let documents = self.repo.facts.documents.iter();
        let mut own = documents
            .filter(|document| kinds.contains(&document.kind) && self.is_own(document.id.source));
        let mut skips = self.repo.facts.skips.iter();
        !own.any(hidden) && !skips.any(|skip| skip.kind.is_none_or(|kind| kinds.contains(&kind)))
    }

    fn servers(&self) -> impl Iterator<Item = &'r PrometheusConfig> {
        self.repo.own_servers().filter(|server| self.is_own(server.document.source))
    }

    fn rules_are_here(&self) -> bool {
        let found = |server: &PrometheusConfig| {
            server.form != ServerForm::File
                || server.rule_files.iter().all(|entry| {
                    entry.known && !paths::resolve(self.repo, server, &entry.text).is_empty()
                })
        };
        !self.charts
            && !self.generated
            && !self.rulers
            && self.is_readable(&[Kind::PrometheusRules, Kind::PrometheusOperator])
            && self.servers().all(|server| !server.open && found(server))
    }

    /// Whether there are rules here, or a server that would load them: dashboards alone are shown
    /// beside the rules of others.
    fn has_rules(&self) -> bool {
        let facts = &self.repo.facts;
        let rules = facts.alert_rules.len() + facts.recording_rules.len();
        rules > 0 || self.servers().next().is_some()
    }

    /// Whether another repository records what the rules here read: most of many names, and no server
    /// says which rules it has.
    fn reads_foreign_records(&self) -> bool {
        const MANY: usize = 5;
        let rules = self.repo.facts.recording_rules.iter();
        let recorded: BTreeSet<&str> = rules.map(|rule| rule.name.text.as_str()).collect();
        let queries = self.repo.queries().filter(|query| query.rule().is_some());
        let names: BTreeSet<String> = queries
            .flat_map(|query| {
                let names = query.ast().selectors().filter_map(|(_, it)| it.metric());
                names.filter(|it| it.contains(':')).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        let foreign = names.iter().filter(|it| !recorded.contains(it.as_str())).count();
        self.servers().next().is_none() && foreign >= MANY && foreign > names.len() - foreign
    }

    fn routes_are_here(&self) -> bool {
        let own = |config: &&AlertmanagerConfig| self.is_own(config.document.source);
        let mut configs = self.repo.facts.alertmanagers.iter().filter(own).peekable();
        let chart = |name: &str| name.contains("prometheus") || name.contains("alertmanager");
        // A chart whose values hold the configuration takes it from there.
        let in_values = |config: &AlertmanagerConfig| {
            let host = self.repo.document(config.document).host;
            host.is_some_and(|host| self.repo.document(host).kind == Kind::HelmValues)
        };
        let values = self.repo.facts.alertmanagers.iter().any(in_values);
        let charts =
            !values && self.repo.facts.packages.iter().any(|package| chart(&package.name.text));
        configs.peek().is_some()
            && configs.all(|config| !config.open && !config.operator)
            && !charts
            && !self.rulers
            && self.is_readable(&[Kind::AlertmanagerConfig])
    }

    fn endpoints_are_here(&self) -> bool {
        let mut servers = self.servers().peekable();
        let written = |server: &PrometheusConfig| {
            !server.open
                && server.scrape_config_files.is_empty()
                && self.repo.jobs(server.document).iter().all(|job| {
                    !job.settings.open
                        && !job
                            .discovery
                            .iter()
                            .any(|it| matches!(it.kind.as_str(), "file" | "http"))
                })
        };
        servers.peek().is_some()
            && servers.all(written)
            && !self.charts
            && !self.generated
            && self.is_readable(&[
                Kind::PrometheusConfig,
                Kind::PrometheusFragment,
                Kind::PrometheusOperator,
            ])
    }

    /// Whether samples come to a server otherwise than from its jobs' own series: pushed, read
    /// from elsewhere, or from another Prometheus.
    fn samples_come_in(&self) -> bool {
        let facts = &self.repo.facts;
        let reads = facts.remote_endpoints.iter().any(|it| it.direction == "remote_read");
        let federates = facts.scrape_jobs.iter().any(|job| {
            job.settings.get("metrics_path").is_some_and(|path| path.text.contains("federate"))
        });
        // What is pushed to a gateway or to the server itself has any name.
        let gateway = |text: &str| text.contains("pushgateway");
        let receives = |arg: &Scalar| {
            let flags = ["remote-write-receiver", "otlp-receiver", "otlp-write-receiver"];
            flags.iter().any(|flag| arg.text.contains(flag))
        };
        let pushed = facts.containers.iter().any(|container| {
            container.image_name().is_some_and(gateway) || container.args.iter().any(receives)
        }) || facts.scrape_jobs.iter().any(|job| job.speaks_of(&["pushgateway"]));
        reads || federates || pushed || self.servers().any(|server| server.otlp_key.is_some())
    }

    fn programs_are_here(&self) -> bool {
        let own = |source: SourceId| self.is_own(source);
        let machines = |path: &String| path.ends_with(".tf") || path.ends_with(".tofu");
        self.repo.facts.containers.iter().any(|container| own(container.document.source))
            && !self.charts
            && !self.generated
            && !self.repo.paths.iter().any(machines)
            && self.is_readable(&[Kind::Kubernetes, Kind::Compose, Kind::PrometheusOperator])
    }
}
