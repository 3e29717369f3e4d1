//! INFR: hosts, clusters and containers, and the exporters that show them.

use super::Builtin;

mod collector_off_but_used;
mod container_metrics_missing;
mod deployed_not_scraped;
mod exporter_unpinned;
mod kube_state_metrics_missing;
mod network_untracked;
mod node_exporter_blind;
mod node_exporter_missing;
mod scraped_not_deployed;
mod storage_untracked;
mod used_not_collected;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("INFR001", Builtin::Repository(node_exporter_missing::check)),
    ("INFR002", Builtin::Container(deployed_not_scraped::check)),
    ("INFR003", Builtin::ScrapeJob(scraped_not_deployed::check)),
    ("INFR004", Builtin::Expression(used_not_collected::check)),
    ("INFR005", Builtin::Repository(kube_state_metrics_missing::check)),
    ("INFR006", Builtin::Repository(container_metrics_missing::check)),
    ("INFR007", Builtin::Repository(network_untracked::check)),
    ("INFR008", Builtin::Repository(storage_untracked::check)),
    ("INFR009", Builtin::Container(collector_off_but_used::check)),
    ("INFR010", Builtin::Container(node_exporter_blind::check)),
    ("INFR011", Builtin::Container(exporter_unpinned::check)),
];
