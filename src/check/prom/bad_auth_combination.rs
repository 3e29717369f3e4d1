//! Ways to authenticate that exclude each other. Rule: rules/prom/bad-auth-combination.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

/// Fields of which the loader takes one, or one only with another.
const FIELDS: &[&str] = &[
    "basic_auth",
    "basicAuth",
    "azureAd",
    "authorization",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
    "sigv4",
    "azuread",
    "google_iam",
    "username",
    "username_file",
    "username_ref",
    "password",
    "password_file",
    "password_ref",
    "type",
    "credentials",
    "credentials_file",
    "credentials_ref",
    "client_secret",
    "client_secret_file",
    "client_secret_ref",
    "ca",
    "ca_file",
    "ca_ref",
    "cert",
    "cert_file",
    "cert_ref",
    "key",
    "key_file",
    "key_ref",
    "access_key",
    "secret_key",
];

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    let combination = issue.refusal == Refusal::Conflict
        || (issue.refusal == Refusal::Missing
            && matches!(issue.context, "TLSConfig" | "SigV4Config"));
    // `type` says elsewhere what kind of record or role is meant.
    let own_type = issue.field != "type" || issue.context.starts_with("Authorization");
    combination && own_type && FIELDS.contains(&issue.field.as_str())
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
