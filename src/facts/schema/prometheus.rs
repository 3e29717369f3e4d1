//! What Prometheus refuses and no field condition can say.

use super::Refusal;
use super::checks::{Known, known_text, set, text, value_span};
use super::fields::Fields;
use super::scalars::{duration_ms, url_fault};
use super::table::Type;
use super::walk::Walker;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Header names that the HTTP client sets itself.
const RESERVED: &[&str] = &[
    "authorization",
    "host",
    "content-encoding",
    "content-length",
    "content-type",
    "user-agent",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "www-authenticate",
    "accept-encoding",
    "x-prometheus-remote-write-version",
    "x-prometheus-remote-read-version",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
];

pub(crate) fn refuse<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    match fields.table.name {
        "GlobalConfig" => {
            timeout(walker, fields);
            protocols(walker, fields);
            external_labels(walker, fields);
        }
        "ScrapeConfig" => {
            timeout(walker, fields);
            protocols(walker, fields);
            escaping(walker, fields);
        }
        "RelabelConfig" => super::relabel::refuse(walker, fields),
        "OTLPConfig" => attributes(walker, fields),
        "Authorization"
            if text(fields, "type")
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("basic")) =>
        {
            let message = "cannot be basic here: that is what `basic_auth` is for".to_owned();
            conflict(walker, fields, "type", message);
        }
        "OAuth2" => oauth2(walker, fields),
        "TLSConfig" => {
            for name in ["min_version", "max_version"] {
                blank(walker, fields, name, false);
            }
        }
        "RuntimeConfig" => {}
        "TracingConfig" => {
            blank(walker, fields, "client_type", false);
            headers(walker, fields, "headers");
        }
        "AlertmanagerConfig" => blank(walker, fields, "api_version", false),
        "RemoteWriteConfig" => {
            blank(walker, fields, "protobuf_message", true);
            headers(walker, fields, "headers");
            if let Some((key, value)) = fields.entry("queue_config")
                && value.is_null()
                && !value.is_unknown()
            {
                let message = "is null, which sets every value of it to 0".to_owned();
                missing(walker, fields, "queue_config", key.span(), message);
            }
        }
        "RemoteReadConfig" => headers(walker, fields, "headers"),
        "AzureSDConfig" => blank(walker, fields, "authentication_method", true),
        "DigitalOceanSDConfig" | "TritonSDConfig" => blank(walker, fields, "role", true),
        "DNSSDConfig" => blank(walker, fields, "type", true),
        "OCISDConfig" => blank(walker, fields, "auth", true),
        "OpenStackSDConfig" => blank(walker, fields, "availability", true),
        "HTTPSDConfig" | "PuppetDBSDConfig" => url(walker, fields, "url", &["http", "https"]),
        "EurekaSDConfig" | "KumaSDConfig" => url(walker, fields, "server", &[]),
        "DockerSDConfig" | "DockerSwarmSDConfig" => parses(walker, fields, "host"),
        "UyuniSDConfig" => parses(walker, fields, "server"),
        "KubernetesSDConfig" => super::kubernetes::refuse(walker, fields),
        "AzureADManagedIdentity"
        | "AzureADWorkloadIdentity"
        | "AzureADOAuth"
        | "AzureADCertificate" => {
            uuid(walker, fields, "client_id");
            if fields.table.name == "AzureADWorkloadIdentity" {
                uuid(walker, fields, "tenant_id");
            }
        }
        _ => {}
    }
    if fields.table.field("http_headers").is_some() && fields.table.name != "AWSSDConfig" {
        headers(walker, fields, "http_headers");
    }
    if fields.table.field("no_proxy").is_some() && !fields.table.name.ends_with("Unchecked") {
        no_proxy(walker, fields);
    }
}

pub(super) fn bad(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str, message: String) {
    let span = value_span(fields, name);
    walker.push(Refusal::BadValue, span, fields.table.name, name, message, None);
}

pub(super) fn conflict(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str, message: String) {
    let span = value_span(fields, name);
    walker.push(Refusal::Conflict, span, fields.table.name, name, message, None);
}

fn missing(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str, span: Span, message: String) {
    walker.push(Refusal::Missing, span, fields.table.name, name, message, None);
}

/// A key that is there and empty: `null` counts if the default is what it takes away.
pub(super) fn blank(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &'static str, null: bool) {
    let Some((key, value)) = fields.entry(name) else { return };
    // A quoted empty text is no member of the enum: said where the value is read.
    let member = matches!(fields.table.field(name).map(|field| &field.ty), Some(Type::Enum(_)));
    let nothing = value.is_null() && !value.is_unknown() && null;
    if nothing || (known_text(value) == Some("") && !value.is_null() && !member) {
        missing(walker, fields, name, key.span(), "must not be empty".to_owned());
    }
}

/// The value of a setting of the whole document; the empty text where it is absent.
fn global<'t>(walker: &Walker<'t>, name: &str) -> Option<&'t str> {
    let global = match walker.root.get("global") {
        Some(global) => global,
        None if walker.reading.open => return None,
        None => return Some(""),
    };
    match global.get(name) {
        Some(value) => known_text(value),
        None if global.is_unknown() || walker.reading.open => None,
        None => Some(""),
    }
}

/// A duration that counts as `otherwise` where it is absent or zero; `None`: nobody knows.
fn or_zero(text: Option<&str>, otherwise: u64) -> Option<u64> {
    match text? {
        "" => Some(otherwise),
        text => duration_ms(text).map(|ms| if ms == 0 { otherwise } else { ms }),
    }
}

fn timeout(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let Some(timeout) = fields.get("scrape_timeout").and_then(known_text).and_then(duration_ms)
    else {
        return;
    };
    let fragment = walker.reading.root.name != "prometheus-config";
    let own = text(fields, "scrape_interval");
    let interval = if fields.table.name == "GlobalConfig" {
        or_zero(own, 60_000)
    } else {
        // A fragment's global section stands in another file.
        let outer =
            if fragment { None } else { or_zero(global(walker, "scrape_interval"), 60_000) };
        match or_zero(own, 0) {
            Some(0) => outer,
            own => own,
        }
    };
    if interval.is_some_and(|interval| timeout > interval) {
        let interval = interval.map(words).unwrap_or_default();
        let message = format!("is above the scrape interval of {interval}");
        conflict(walker, fields, "scrape_timeout", message);
    }
}

/// A duration in the largest unit that holds it whole.
fn words(ms: u64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let unit = units.iter().find(|(size, _)| ms.is_multiple_of(*size) && ms > 0);
    unit.map_or_else(|| format!("{ms}ms"), |(size, name)| format!("{}{name}", ms / size))
}

fn protocols(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    let items: Vec<NodeRef<'_>> =
        fields.get("scrape_protocols").into_iter().flat_map(NodeRef::items).take(100).collect();
    for item in items {
        let Some(text) = known_text(item) else { continue };
        let lower = text.to_ascii_lowercase();
        if seen.iter().any(|(known, exact)| *known == lower && *exact != text) {
            let message = format!("holds `{text}` twice");
            let context = fields.table.name;
            let name = "scrape_protocols";
            walker.push(Refusal::Conflict, item.span(), context, name, message, None);
        }
        seen.push((lower, text));
    }
}

pub(super) fn is_legacy_label(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn external_labels(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    if text(fields, "metric_name_validation_scheme") != Some("legacy") {
        return;
    }
    for (key, _) in fields.get("external_labels").into_iter().flat_map(NodeRef::entries) {
        let Some(name) = known_text(key).filter(|name| !is_legacy_label(name)) else { continue };
        let message = format!("`{name}` is no label name under the legacy scheme");
        let context = fields.table.name;
        walker.push(Refusal::BadValue, key.span(), context, "external_labels", message, None);
    }
}

/// The validation scheme that holds for a scrape job: `utf8`, `legacy`, or nobody knows.
pub(super) fn scheme<'t>(walker: &Walker<'t>, own: Option<&'t str>) -> Option<&'t str> {
    match own? {
        "" if walker.reading.root.name != "prometheus-config" => None,
        "" => global(walker, "metric_name_validation_scheme"),
        own => Some(own),
    }
}

fn escaping(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let own = text(fields, "metric_name_validation_scheme");
    let Some(scheme) = scheme(walker, own) else { return };
    let inherited = match own {
        Some("") => global(walker, "metric_name_escaping_scheme"),
        _ => Some(""),
    };
    let escaping = match text(fields, "metric_name_escaping_scheme") {
        Some("") => inherited,
        other => other,
    };
    if scheme == "legacy" && escaping == Some("allow-utf-8") {
        const REFUSED: &str = "cannot be allow-utf-8 while the validation scheme is legacy";
        let (name, message) = match fields.get("metric_name_escaping_scheme") {
            Some(_) => ("metric_name_escaping_scheme", REFUSED.to_owned()),
            None => ("job_name", format!("takes `metric_name_escaping_scheme`, which {REFUSED}")),
        };
        conflict(walker, fields, name, message);
    }
}

fn attributes(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    for name in ["promote_resource_attributes", "ignore_resource_attributes"] {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        let items: Vec<NodeRef<'_>> =
            fields.get(name).into_iter().flat_map(NodeRef::items).take(1000).collect();
        for item in items {
            let Some(text) = known_text(item) else { continue };
            let bare = text.trim();
            if bare.is_empty() {
                let message = "holds an empty entry".to_owned();
                let span = if item.span().start < item.span().end {
                    item.span()
                } else {
                    value_span(fields, name)
                };
                walker.push(Refusal::BadValue, span, fields.table.name, name, message, None);
            } else if seen.iter().any(|(known, exact)| *known == bare && *exact != text) {
                let message = format!("holds `{bare}` twice");
                let context = fields.table.name;
                walker.push(Refusal::Conflict, item.span(), context, name, message, None);
            }
            seen.push((bare, text));
        }
    }
    let strategy = text(fields, "translation_strategy");
    let untranslated = matches!(strategy, Some("NoTranslation" | "NoUTF8EscapingWithSuffixes"));
    if untranslated && global(walker, "metric_name_validation_scheme") == Some("legacy") {
        let message = "keeps UTF-8 names, which the legacy validation scheme refuses".to_owned();
        conflict(walker, fields, "translation_strategy", message);
    }
}

fn oauth2(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let Some(grant) = text(fields, "grant_type") else { return };
    let bearer = grant == "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let names: &[&'static str] = if bearer {
        &["client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref"]
    } else {
        &["client_secret", "client_secret_file", "client_secret_ref"]
    };
    let mut given: Vec<Span> = names
        .iter()
        .filter(|name| set(walker, fields, name) == Known::Yes)
        .filter_map(|name| fields.entry(name).map(|(key, _)| key.span()))
        .collect();
    given.sort_by_key(|span| span.start);
    for &span in given.iter().skip(1) {
        let message = "cannot stand beside another: only one of them may be set".to_owned();
        walker.push(Refusal::Conflict, span, fields.table.name, names[0], message, None);
    }
    if bearer {
        let algorithm = text(fields, "signature_algorithm");
        if algorithm.is_some_and(|name| !matches!(name, "" | "RS256" | "RS384" | "RS512")) {
            let message = "takes RS256, RS384 or RS512".to_owned();
            bad(walker, fields, "signature_algorithm", message);
        }
    }
}

fn headers(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str) {
    let Some(map) = fields.get(name).filter(|map| map.is_mapping()) else { return };
    for (key, _) in map.entries() {
        let Some(header) = known_text(key) else { continue };
        let lower = header.to_ascii_lowercase();
        let scraped = name == "http_headers" && lower == "x-prometheus-scrape-timeout-seconds";
        if scraped || RESERVED.contains(&lower.as_str()) {
            let message = format!("cannot set `{header}`: the client sets it itself");
            let context = fields.table.name;
            walker.push(Refusal::BadValue, key.span(), context, name, message, None);
        }
    }
}

fn no_proxy(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let absent = match fields.get("proxy_url") {
        Some(value) => value.is_null() && !value.is_unknown(),
        None => !fields.open,
    };
    let environment = set(walker, fields, "proxy_from_environment") != Known::No;
    if absent && !environment && set(walker, fields, "no_proxy") == Known::Yes {
        conflict(walker, fields, "no_proxy", "needs `proxy_url` beside it".to_owned());
    }
}

fn parses(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str) {
    let fault = fields.get(name).and_then(known_text).and_then(url_fault);
    if let Some(fault) = fault {
        bad(walker, fields, name, format!("takes a URL, and this {fault}"));
    }
}

/// A URL with scheme and host; the scheme is one of `schemes`, if there are any.
fn url(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str, schemes: &[&str]) {
    let Some(text) = fields.get(name).and_then(known_text).filter(|text| !text.is_empty()) else {
        return;
    };
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let known = schemes.is_empty() || schemes.iter().any(|one| one.eq_ignore_ascii_case(scheme));
    let fault = match url_fault(text) {
        Some(fault) => Some(fault),
        None if scheme.is_empty() => Some("has no scheme"),
        None if !known => Some("has a scheme other than http and https"),
        None if rest.is_empty() || rest.starts_with(['/', '?', '#']) => Some("has no host"),
        None => None,
    };
    if let Some(fault) = fault {
        bad(walker, fields, name, format!("takes a URL, and this {fault}"));
    }
}

fn uuid(walker: &mut Walker<'_>, fields: &Fields<'_>, name: &str) {
    let Some(text) = fields.get(name).and_then(known_text).filter(|text| !text.is_empty()) else {
        return;
    };
    let bare = text
        .strip_prefix("urn:uuid:")
        .or_else(|| text.strip_prefix('{').and_then(|text| text.strip_suffix('}')))
        .unwrap_or(text);
    let dashed = bare.len() == 36 && [8, 13, 18, 23].iter().all(|&at| bare.as_bytes()[at] == b'-');
    let digits: String = bare.chars().filter(|&c| c != '-').collect();
    let hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !(hex && (dashed || bare.len() == 32)) {
        bad(walker, fields, name, "takes a UUID".to_owned());
    }
}
