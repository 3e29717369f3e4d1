//! Settings of components that hold credentials.

use super::{Component, Section};
use crate::facts::flat::Setting;
use crate::facts::scalar::{Credential, Scalar};

/// Keys whose value is a credential, without `_` and `-`.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "token",
    "apikey",
    "secret",
    "clientsecret",
    "secretkey",
    "secretaccesskey",
    "accesstoken",
    "bearertoken",
    "licensekey",
    "privatekey",
    "sharedkey",
    "connectionstring",
    "signingkey",
    "keypem",
    "caspassword",
    "privkeypassphrase",
    "authpassword",
    "privacypassword",
    "ingestionkey",
    "instrumentationkey",
];
/// Parts of a header's name that say that its value is one.
const HEADERS: &[&str] = &["authorization", "apikey", "token", "secret", "password", "licensekey"];

/// The credentials of a component.
pub(super) fn of(component: &Component) -> Vec<Credential> {
    let mut found = Vec::new();
    for setting in &component.settings.entries {
        let Some(value) = setting.scalar() else { continue };
        // Through an alias the same value comes again.
        let known = found.iter().any(|one: &Credential| one.value.span == value.span);
        if !known && is_secret(component, setting) && !value.text.is_empty() {
            let key = Scalar {
                text: setting.name().to_owned(),
                span: setting.key,
                known: true,
                plain: true,
            };
            let path =
                format!("{}.{}.{}", component.section.key(), component.id.text, setting.path);
            found.push(Credential {
                document: component.document,
                program: "otel-collector",
                key,
                path,
                value: value.clone(),
            });
        }
    }
    found
}

fn is_secret(component: &Component, setting: &Setting) -> bool {
    // A scrape configuration is a document of its own.
    if setting.path.starts_with("config.") {
        return false;
    }
    let name = plain(setting.name());
    let above = setting.path.rsplit('.').nth(1).unwrap_or_default();
    let in_headers = plain(above).ends_with("headers");
    let in_list = setting.name() == "value" && above.contains("headers[");
    let inline = component.section == Section::Extensions
        && component.kind() == "basicauth"
        && setting.path == "htpasswd.inline";
    let datadog = component.kind() == "datadog" && setting.path == "api.key";
    SECRETS.contains(&name.as_str())
        || inline
        || datadog
        || ((in_headers || in_list) && is_secret_header(component, setting, in_list))
}

fn is_secret_header(component: &Component, setting: &Setting, in_list: bool) -> bool {
    let name = match in_list {
        true => {
            let owner = setting.path.strip_suffix("value").unwrap_or_default();
            let name = component.settings.get(&format!("{owner}name"));
            name.map(|name| name.text.clone()).unwrap_or_default()
        }
        false => setting.name().to_owned(),
    };
    let name = plain(&name);
    HEADERS.iter().any(|part| name.contains(part))
}

fn plain(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}
