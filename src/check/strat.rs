//! STRAT: the three-pillar strategy.

use super::{Builtin, Case};
use crate::facts::deploy::Container;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::scalar::Scalar;
use crate::lang::duration;
use crate::repo::Repo;
use crate::source::Origin;

mod bad_duration;
mod cardinality_limit_unenforced;
mod downsampling_without_backend;
mod interval_drift;
mod pillar_declared_not_implemented;
mod pillar_missing;
mod pillar_without_retention;
mod retention_drift;
mod sampling_rate_range;
pub(super) mod strategy_file_missing;
mod strategy_name_mismatch;
mod tier_order;
mod unstructured_format;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("STRAT001", Builtin::Repository(strategy_file_missing::check)),
    ("STRAT002", Builtin::Strategy(pillar_missing::check)),
    ("STRAT003", Builtin::Pillar(pillar_without_retention::check)),
    ("STRAT004", Builtin::Pillar(bad_duration::check)),
    ("STRAT005", Builtin::Pillar(sampling_rate_range::check)),
    ("STRAT006", Builtin::Pillar(interval_drift::check)),
    ("STRAT007", Builtin::Pillar(retention_drift::check)),
    ("STRAT008", Builtin::Pillar(tier_order::check)),
    ("STRAT009", Builtin::Pillar(downsampling_without_backend::check)),
    ("STRAT010", Builtin::Pillar(cardinality_limit_unenforced::check)),
    ("STRAT011", Builtin::Pillar(unstructured_format::check)),
    ("STRAT012", Builtin::Strategy(strategy_name_mismatch::check)),
    ("STRAT013", Builtin::Pillar(pillar_declared_not_implemented::check)),
];

/// Whole servers that run here, not fragments and not somebody else's.
fn servers<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a PrometheusConfig> {
    let repo: &'a Repo = case.repo;
    repo.facts.prometheus.iter().filter(move |server| {
        server.form != ServerForm::Fragment
            && repo.origin(server.document.source) != Origin::Vendored
    })
}

/// Containers that run here.
fn containers<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Container> {
    let repo: &'a Repo = case.repo;
    let own = |container: &&Container| repo.origin(container.document.source) != Origin::Vendored;
    repo.facts.containers.iter().filter(own)
}

/// A known scalar as a duration in milliseconds.
fn milliseconds(scalar: &Scalar) -> Option<i64> {
    duration::prometheus(scalar.known_text()?)
}
