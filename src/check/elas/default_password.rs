//! Passwords everybody knows. Rule: rules/elas/default-password.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::elastic::node::PROGRAM;
use crate::facts::scalar::Credential;
use crate::identify::Kind;

/// Passwords of examples and first starts.
const KNOWN: &[&str] = &[
    "",
    "changeme",
    "changeit",
    "changethis",
    "change_me",
    "change-me",
    "elastic",
    "elasticsearch",
    "password",
    "passw0rd",
    "password1",
    "password123",
    "pass",
    "admin",
    "admin123",
    "administrator",
    "secret",
    "secretpassword",
    "kibana",
    "kibana_system",
    "kibanaserver",
    "logstash",
    "logstash_internal",
    "logstash_system",
    "opensearch",
    "root",
    "test",
    "test123",
    "example",
    "default",
    "demo",
    "user",
    "guest",
    "123456",
    "12345678",
    "123456789",
    "1234",
    "12345",
    "qwerty",
    "letmein",
    "magicword",
    "changemeplease",
    "elastic123",
    "mypassword",
    "strongpassword",
    "foobar",
];

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != PROGRAM || !is_password(&credential.path) {
        return case.skip();
    }
    let value = &credential.value;
    // Without a value most programs take the account for one that is not used.
    let first = matches!(
        credential.path.as_str(),
        "ELASTIC_PASSWORD" | "OPENSEARCH_INITIAL_ADMIN_PASSWORD" | "bootstrap.password"
    );
    // In the values of a chart an empty one is there to be filled in, or makes the chart draw one.
    let kind = case.repo.document(credential.document).kind;
    if value.text.is_empty() && (!first || kind == Kind::HelmValues) {
        return;
    }
    if !value.known || !KNOWN.contains(&value.text.to_ascii_lowercase().as_str()) {
        return;
    }
    let path = case.repo.path(credential.key.span);
    let name = path.rsplit('/').next().unwrap_or(path);
    let sample = ["example", "sample", "template", "dist", "tpl"]
        .iter()
        .any(|word| name.split(['.', '-', '_']).any(|part| part == *word));
    let dotenv = kind == Kind::EnvFile;
    let what = if value.text.is_empty() { "empty" } else { "one that everybody tries first" };
    let span = if value.text.is_empty() { credential.key.span } else { value.span };
    let flag = case.flag(span).with("key", &credential.path).with("what", what);
    if sample {
        flag.severity(Severity::Info);
    } else if dotenv {
        flag.severity(Severity::Warning);
    }
}

/// Whether it is a user's password, no passphrase of a file.
fn is_password(key: &str) -> bool {
    key == "bootstrap.password" || !key.contains('.')
}
