//! ELAS: Elasticsearch and OpenSearch nodes, index templates, lifecycle policies.

use super::Builtin;

mod anonymous_access;
mod audit_off;
mod default_password;
mod http_tls_off;
mod index_settings_in_node_file;
mod mapping_explosion;
mod mapping_incomplete;
mod no_lifecycle;
mod no_snapshot;
mod open_and_unsecured;
mod policy_invalid;
mod policy_never_deletes;
mod removed_setting;
mod replicas_on_single_node;
mod result_window_raised;
mod rollover_unwired;
mod secret_in_node_file;
mod security_off;
mod single_node_with_masters;
mod template_invalid;
mod transport_tls_off;
mod unknown_setting;
mod wildcard_delete_allowed;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("ELAS001", Builtin::NodeConfig(index_settings_in_node_file::check)),
    ("ELAS002", Builtin::Cluster(unknown_setting::check)),
    ("ELAS003", Builtin::Cluster(security_off::check)),
    ("ELAS004", Builtin::Cluster(open_and_unsecured::check)),
    ("ELAS005", Builtin::Cluster(http_tls_off::check)),
    ("ELAS006", Builtin::Cluster(transport_tls_off::check)),
    ("ELAS007", Builtin::Cluster(anonymous_access::check)),
    ("ELAS008", Builtin::Cluster(audit_off::check)),
    ("ELAS009", Builtin::Cluster(single_node_with_masters::check)),
    ("ELAS010", Builtin::Cluster(replicas_on_single_node::check)),
    ("ELAS011", Builtin::Cluster(removed_setting::check)),
    ("ELAS012", Builtin::Cluster(secret_in_node_file::check)),
    ("ELAS013", Builtin::IndexTemplate(template_invalid::check)),
    ("ELAS014", Builtin::IndexTemplate(no_lifecycle::check)),
    ("ELAS014", Builtin::LogstashPlugin(no_lifecycle::check_logstash)),
    ("ELAS014", Builtin::BeatOutput(no_lifecycle::check_beat)),
    ("ELAS014", Builtin::ShipperSection(no_lifecycle::check_shipper)),
    ("ELAS015", Builtin::LifecyclePolicy(policy_never_deletes::check)),
    ("ELAS016", Builtin::LifecyclePolicy(policy_invalid::check)),
    ("ELAS017", Builtin::IndexTemplate(rollover_unwired::check)),
    ("ELAS018", Builtin::IndexTemplate(mapping_incomplete::check)),
    ("ELAS019", Builtin::IndexTemplate(mapping_explosion::check)),
    ("ELAS020", Builtin::IndexTemplate(result_window_raised::check)),
    ("ELAS021", Builtin::Credential(default_password::check)),
    ("ELAS022", Builtin::Cluster(wildcard_delete_allowed::check)),
    ("ELAS023", Builtin::Cluster(no_snapshot::check)),
];
