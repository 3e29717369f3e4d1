//! Names whose values nobody can count: ids of users and requests, addresses, free text.
//!
//! A label of a metric makes one series for each value it takes. Names of machines and of parts of
//! a system are ids too, but there are only as many as there are machines.

use super::sensitive::words;

/// Things of which there is another one all the time, followed by `id`, `uuid`, `key` or alone.
const PASSING: &[&str] = &[
    "user",
    "customer",
    "account",
    "member",
    "visitor",
    "session",
    "request",
    "req",
    "trace",
    "span",
    "correlation",
    "transaction",
    "order",
    "payment",
    "invoice",
    "cart",
    "basket",
    "message",
    "msg",
    "email",
    "device",
    "person",
    "patient",
    "subscriber",
    "conversation",
    "login",
    "upload",
    "download",
    "idempotency",
];
/// Ids without a thing.
const ALONE: &[&str] = &["uuid", "guid", "traceid", "spanid", "userid", "sessionid", "requestid"];
/// Free text and secrets.
const TEXT: &[&str] = &[
    "email",
    "e_mail",
    "token",
    "access_token",
    "sql",
    "stack",
    "stacktrace",
    "stack_trace",
    "traceback",
    "sql_query",
    "sql_statement",
    "db_statement",
    "raw_query",
    "query_string",
    "user_agent",
    "useragent",
    "error_message",
    "exception_message",
    "err_msg",
    "error_msg",
    "request_body",
    "phone",
    "phone_number",
    "ip",
    "client_ip",
    "remote_ip",
    "source_ip",
    "src_ip",
    "user_ip",
    "ip_address",
    "ip_addr",
    "remote_addr",
    "remote_address",
    "client_addr",
    "client_address",
    "timestamp",
];
/// Words before or after that make it a part of the system.
const PARTS: &[&str] = &[
    "instance",
    "node",
    "pod",
    "shard",
    "partition",
    "tenant",
    "host",
    "server",
    "cluster",
    "container",
    "replica",
    "broker",
    "worker",
    "zone",
    "region",
    "volume",
    "machine",
    "type",
    "kind",
    "class",
    "status",
    "state",
    "tier",
    "role",
    "group",
    "plan",
    "count",
    "schema",
    "version",
    "name",
    "agent_family",
    "present",
    "valid",
    "hash_bucket",
    "source_type",
];

/// Whether a label of this name takes values without end.
pub fn is_unbounded(label: &str) -> bool {
    let words = words(label);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let joined = words.join("_");
    if TEXT.contains(&joined.as_str()) {
        return true;
    }
    if words.iter().any(|word| PARTS.contains(word)) {
        return false;
    }
    match words.as_slice() {
        [one] => ALONE.contains(one),
        [.., thing, "id" | "uuid" | "guid" | "email" | "phone" | "ip"] => PASSING.contains(thing),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_unbounded;

    #[test]
    fn ids_of_what_passes_have_no_end() {
        for label in [
            "user_id",
            "userId",
            "session_id",
            "requestID",
            "trace_id",
            "email",
            "ip",
            "uuid",
            "order_id",
            "token",
            "sql",
            "stack",
            "client_ip",
            "customer_uuid",
            "cart-id",
            "customer_email",
            "subscriberPhone",
        ] {
            assert!(is_unbounded(label), "{label}");
        }
    }

    #[test]
    fn names_of_parts_are_counted() {
        for label in [
            "instance_id",
            "node",
            "pod",
            "pod_ip",
            "shard_id",
            "partition_id",
            "tenant",
            "method",
            "user_type",
            "order_status",
            "token_type",
            "session_state",
            "id",
            "node_ip",
            "route",
            "status",
            "product",
            "payment_method",
            "client_id",
            "user",
            "query_type",
        ] {
            assert!(!is_unbounded(label), "{label}");
        }
    }
}
