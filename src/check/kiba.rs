//! KIBA: Kibana, its objects, and searches on logs.

use super::{Builtin, Case};
use crate::catalogue::model::Severity;
use crate::facts::DocumentId;
use crate::lang::version::Version;
use crate::repo::runs::Program;

mod analysis_set_incomplete;
mod audit_off;
mod base_url;
mod encryption_key;
mod es_link_unprotected;
mod field_never_produced;
mod not_importable;
mod password_literal;
mod pattern_mismatch;
mod placeholder_left;
mod plaintext_ui;
mod query_invalid;
mod rate_without_total;
mod scoring_context;
mod security_contradiction;
mod silent_truncation;
mod superuser_account;
mod text_vs_keyword;
mod two_credentials;
mod unbounded_time;
mod unknown_or_removed_key;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("KIBA001", Builtin::KibanaConfig(unknown_or_removed_key::check)),
    ("KIBA002", Builtin::KibanaConfig(superuser_account::check)),
    ("KIBA003", Builtin::Credential(password_literal::check)),
    ("KIBA004", Builtin::KibanaConfig(security_contradiction::check)),
    ("KIBA005", Builtin::KibanaConfig(two_credentials::check)),
    ("KIBA006", Builtin::KibanaConfig(plaintext_ui::check)),
    ("KIBA007", Builtin::KibanaConfig(es_link_unprotected::check)),
    ("KIBA008", Builtin::KibanaConfig(encryption_key::check)),
    ("KIBA009", Builtin::KibanaConfig(audit_off::check)),
    ("KIBA010", Builtin::KibanaConfig(base_url::check)),
    ("KIBA011", Builtin::LogQuery(query_invalid::check)),
    ("KIBA012", Builtin::LogQuery(text_vs_keyword::check)),
    ("KIBA013", Builtin::LogQuery(field_never_produced::check)),
    ("KIBA014", Builtin::LogQuery(placeholder_left::check)),
    ("KIBA015", Builtin::Repository(analysis_set_incomplete::check)),
    ("KIBA016", Builtin::Document(not_importable::check)),
    ("KIBA017", Builtin::LogQuery(rate_without_total::check)),
    ("KIBA018", Builtin::LogQuery(silent_truncation::check)),
    ("KIBA019", Builtin::LogQuery(unbounded_time::check)),
    ("KIBA020", Builtin::LogQuery(scoring_context::check)),
    ("KIBA021", Builtin::Document(pattern_mismatch::check)),
];

/// How bad something is that releases from `since` on refuse: nothing before, a warning where
/// the release is not known.
pub(in crate::check) fn refused_since(
    case: &Case<'_>,
    document: DocumentId,
    program: Program,
    since: Version,
) -> Option<Severity> {
    match case.repo.releases(document, program).reach(since) {
        Some(true) => Some(Severity::Error),
        Some(false) => None,
        None => Some(Severity::Warning),
    }
}
