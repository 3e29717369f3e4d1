//! What of hosts, clusters, networks and storage is watched here.

use super::Repo;
use super::exporters::{Reads, kubelet};
use super::images::known_as;
use super::model::Model;
use super::model::metric::Use;
use crate::config::World;
use crate::facts::prometheus::{JobForm, ServerForm};
use crate::identify::Kind;
use crate::metrics;
use crate::source::Span;

/// Parts of an infrastructure that metrics show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Bytes and packets sent and received, and probes.
    Network,
    /// What goes wrong on the way.
    NetworkErrors,
    /// Filesystems, disks, volumes.
    Storage,
    /// Space that is left.
    Space,
    /// Inodes, and volume claims.
    Inodes,
    /// Containers.
    Containers,
}

const NETWORK: &[&str] = &[
    "node_network_",
    "container_network_",
    "probe_",
    "node_nf_conntrack_",
    "nf_conntrack_",
    "node_netstat_",
    "node_sockstat_",
    "windows_net_",
    "istio_",
    "envoy_",
    "linkerd_",
    "cilium_",
    "hubble_",
    "felix_",
    "calico_",
    "coredns_",
    "kubeproxy_",
    "ifHC",
    "ifIn",
    "ifOut",
    "snmp_",
    "system_network_",
    "k8s_pod_network_",
    "traefik_",
    "nginx_ingress_",
    "haproxy_",
];
const STORAGE: &[&str] = &[
    "node_filesystem_",
    "node_disk_",
    "node_md_",
    "node_zfs_",
    "kubelet_volume_stats_",
    "container_fs_",
    "windows_logical_disk_",
    "ceph_",
    "longhorn_",
    "minio_",
    "openebs_",
    "smartmon_",
    "smartctl_",
    "kube_persistentvolume",
    "system_disk_",
    "system_filesystem_",
    "k8s_volume_",
    "cortex_bucket_store_",
    "prometheus_tsdb_storage_",
];
const SPACE: &[&str] = &[
    "node_filesystem_avail_bytes",
    "node_filesystem_free_bytes",
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_used_bytes",
    "windows_logical_disk_free_bytes",
    "container_fs_usage_bytes",
    "ceph_cluster_total_used_bytes",
    "ceph_osd_utilization",
    "system_filesystem_usage_bytes",
    "system_filesystem_utilization_ratio",
    "k8s_volume_available_bytes",
];
const ERRORS: &[&str] = &[
    "err",
    "errs",
    "errors",
    "drop",
    "dropped",
    "fail",
    "failed",
    "failures",
    "retrans",
    "retranssegs",
];

impl Area {
    /// Whether a metric shows it.
    pub fn holds(self, name: &str) -> bool {
        let begins = |list: &[&str]| list.iter().any(|prefix| name.starts_with(prefix));
        match self {
            Area::Network => begins(NETWORK),
            Area::NetworkErrors => {
                let tells =
                    |words: Vec<String>| words.iter().any(|word| ERRORS.contains(&word.as_str()));
                name.starts_with("probe_") || begins(NETWORK) && tells(super::classes::tokens(name))
            }
            Area::Storage => begins(STORAGE),
            Area::Space => SPACE.contains(&name),
            Area::Inodes => {
                name.starts_with("kubelet_volume_stats_")
                    || name.starts_with("kube_persistentvolumeclaim_")
                    || matches!(name, "node_filesystem_files_free" | "node_filesystem_files")
                    || name.starts_with("container_fs_inodes")
            }
            Area::Containers => name.starts_with("container_"),
        }
    }
}

/// Where expressions read metrics of an area.
pub fn uses<'m, 'r>(model: &'m Model<'r>, area: Area) -> impl Iterator<Item = Use> + use<'m, 'r> {
    let names = model.uses().iter().filter(move |(name, _)| area.holds(name));
    names.flat_map(|(_, uses)| uses.iter().copied())
}

/// The first rules or dashboards of a repository that collects metrics.
pub fn anchor(model: &Model<'_>) -> Option<Span> {
    let documents = &model.repo.facts.documents;
    let kinds = [Kind::PrometheusRules, Kind::GrafanaDashboard];
    let own = |span: &Span| model.repo.origin(span.source) != crate::source::Origin::Vendored;
    let unread = documents
        .iter()
        .any(|document| kinds.contains(&document.kind) && (document.masked || document.broken));
    model.repo.scraping_anchor().filter(|_| !unread)?;
    kinds.iter().find_map(|kind| {
        documents.iter().filter(|document| document.kind == *kind).map(|it| it.anchor).find(own)
    })
}

/// Other programs that show what the node exporter shows.
const HOST_AGENTS: &[&str] = &[
    "Telegraf",
    "Netdata",
    "Metricbeat",
    "Datadog agent",
    "New Relic agent",
    "Dynatrace",
    "Elastic Agent",
    "Alloy",
    "Grafana Agent",
];

impl Repo {
    /// The key under which a server of this repository scrapes; `None` where nothing here does,
    /// or not all of it is here.
    pub fn scraping_anchor(&self) -> Option<Span> {
        let server = self
            .own_servers()
            .find(|server| server.form != ServerForm::Fragment && self.stands(server.document))?;
        self.holds_all(World::Endpoints).then(|| server.scrape_configs_key.unwrap_or(server.anchor))
    }

    /// Whether the repository describes a Kubernetes cluster.
    pub fn has_cluster(&self) -> bool {
        self.facts.documents.iter().any(|document| {
            matches!(document.kind, Kind::Kubernetes | Kind::PrometheusOperator)
                && document.host.is_none()
        })
    }

    /// Whether anything here deploys or scrapes what shows hosts.
    pub fn watches_hosts(&self) -> bool {
        let named =
            |name: &str| name.contains("node-exporter") || name.contains("windows-exporter");
        self.runs_or_scrapes(&["node_exporter", "windows_exporter"])
            || self.runs_image(|name| named(&name.replace('_', "-")))
            || self.runs_known(HOST_AGENTS)
            || self.receives(&["hostmetrics"])
            || self.own_jobs().any(|job| job.speaks_of(&["node-exporter", "windows-exporter"]))
    }

    /// Whether anything here deploys or scrapes what shows the objects of a cluster.
    pub fn watches_objects(&self) -> bool {
        self.runs_or_scrapes(&["kube-state-metrics"])
            || self.runs_known(HOST_AGENTS)
            || self.receives(&["k8scluster"])
    }

    /// Whether anything here shows containers.
    pub fn watches_containers(&self) -> bool {
        self.runs_or_scrapes(&["cadvisor"])
            || self.runs_known(HOST_AGENTS)
            || self.receives(&["kubeletstats", "dockerstats", "podmanstats"])
            || self.own_jobs().any(|job| {
                kubelet(job).is_some_and(|it| it.path.is_some_and(|it| it.contains("cadvisor")))
                    || job
                        .settings
                        .get("metrics_path")
                        .is_some_and(|it| it.text.contains("cadvisor"))
                    || (job.form != JobForm::Job && job.label().contains("kubelet"))
            })
    }

    fn runs_or_scrapes(&self, keys: &[&str]) -> bool {
        keys.iter().filter_map(|key| metrics::exporter(key)).any(|exporter| {
            self.own_containers().any(|container| exporter.runs_in(container))
                || self.own_jobs().any(|job| self.reads(job, exporter) == Reads::Yes)
        })
    }

    fn runs_image(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.own_containers().any(|container| container.image_name().is_some_and(&wanted))
            || self.facts.packages.iter().any(|package| wanted(&package.name.text))
    }

    fn runs_known(&self, names: &[&str]) -> bool {
        let known = |image: &str| known_as(image).is_some_and(|known| names.contains(&known.name));
        self.own_containers().any(|container| {
            container.image.as_ref().and_then(|image| image.known_text()).is_some_and(known)
        }) || self.facts.packages.iter().any(|package| known(&package.name.text))
    }

    fn receives(&self, kinds: &[&str]) -> bool {
        self.facts.pipelines.iter().any(|pipeline| {
            pipeline.receivers.items.iter().any(|receiver| {
                let kind = receiver.text.split('/').next().unwrap_or_default().replace('_', "");
                kinds.contains(&kind.as_str())
            })
        })
    }
}
