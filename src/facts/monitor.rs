//! Monitors of hosted services as code: that they exist, how grave they are, whom they tell.

mod cloudformation;

use super::scalar::Scalar;
use super::terraform::Resource;
use super::{DocumentId, FileFacts};

pub(super) use cloudformation::read as read_template;

/// One monitor.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Monitor {
    /// Where it came from.
    pub document: DocumentId,
    /// Whose it is: `Datadog`, `CloudWatch`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub service: &'static str,
    /// Its name.
    pub name: Scalar,
    /// Its severity or priority, if it has one.
    pub severity: Option<Scalar>,
    /// What it tells: addresses, topics, handles. A text that names them counts as one.
    pub targets: Vec<Scalar>,
}

/// Types of resources, whose they are, and the keys of name, severity and targets.
pub(super) const TYPES: &[(&str, &str, &str, &str, &[&str])] = &[
    ("aws_cloudwatch_composite_alarm", "CloudWatch", "alarm_name", "", &["alarm_actions"]),
    ("aws_cloudwatch_metric_alarm", "CloudWatch", "alarm_name", "", &["alarm_actions"]),
    ("azurerm_monitor_metric_alert", "Azure Monitor", "name", "severity", &["action_group_id"]),
    ("datadog_monitor", "Datadog", "name", "priority", &["message"]),
    (
        "google_monitoring_alert_policy",
        "Google Cloud Monitoring",
        "display_name",
        "severity",
        &["notification_channels"],
    ),
];

/// Reads a resource of one of the types.
pub(super) fn read(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let kind = resource.kind.scalar().unwrap_or_default();
    let Some((_, service, name, severity, targets)) = TYPES.iter().find(|row| row.0 == kind) else {
        return;
    };
    let Some(name) = resource.scalar(name).or_else(|| Scalar::of(resource.name)) else { return };
    let mut told = Vec::new();
    for key in *targets {
        let own = resource.body.get(key);
        // An action group stands in a block of its own.
        let blocks = resource.blocks("action").into_iter().filter_map(|block| block.get(key));
        for value in own.into_iter().chain(blocks) {
            let listed: Vec<Scalar> = value.items().filter_map(Scalar::of).collect();
            told.extend(if listed.is_empty() {
                Scalar::of(value).into_iter().collect()
            } else {
                listed
            });
        }
    }
    // A message of Datadog tells whom it names with `@`.
    if *service == "Datadog" {
        told.retain(|text| !text.known || text.text.contains('@'));
    }
    facts.monitors.push(Monitor {
        document,
        service,
        name,
        severity: resource.scalar(severity),
        targets: told,
    });
}
