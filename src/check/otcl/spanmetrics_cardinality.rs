//! Dimensions of span metrics with a value for everybody. Rule: rules/otcl/spanmetrics-cardinality.yaml

use super::model::{is_kind, is_used};
use crate::check::Case;
use crate::facts::collector::{Component, Section};

/// Attributes with as many values as there are users, requests or places.
const UNBOUNDED: &[&str] = &[
    "user.id",
    "user.email",
    "user.name",
    "user_id",
    "userid",
    "enduser.id",
    "customer.id",
    "customer_id",
    "account.id",
    "account_id",
    "session.id",
    "session_id",
    "request.id",
    "request_id",
    "http.request_id",
    "trace_id",
    "trace.id",
    "span_id",
    "span.id",
    "order.id",
    "order_id",
    "transaction.id",
    "transaction_id",
    "correlation_id",
    "message.id",
    "messaging.message.id",
    "email",
    "client.address",
    "client.port",
    "net.peer.ip",
    "net.sock.peer.addr",
    "network.peer.address",
    "http.client_ip",
    "source.address",
    "db.query.text",
    "db.statement",
    "url.query",
    "timestamp",
    "uuid",
    "guid",
    "k8s.pod.uid",
    "container.id",
];
/// Attributes with a value for each address: bearable with a limit.
const ADDRESSES: &[&str] = &["url.full", "http.target", "http.url", "url.path"];

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let counts = matches!(component.section, Section::Connectors | Section::Processors)
        && is_kind(&component.id.text, &["spanmetrics"]);
    // One that no pipeline takes makes no series.
    if !counts || !is_used(case.repo, component) {
        return case.skip();
    }
    let settings = &component.settings;
    let limited = settings.at("aggregation_cardinality_limit").is_some() || settings.open;
    for setting in &settings.entries {
        let named = setting.path.ends_with("].name") && setting.path.contains("dimensions[");
        let Some(name) = setting.scalar().and_then(|name| name.known_text()).filter(|_| named)
        else {
            continue;
        };
        let lower = name.to_ascii_lowercase();
        let wild = UNBOUNDED.contains(&lower.as_str());
        if wild || (ADDRESSES.contains(&lower.as_str()) && !limited) {
            case.flag(setting.span()).with("name", name);
        }
    }
}
