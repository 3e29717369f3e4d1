//! Storage that no rule or panel shows. Rule: rules/infr/storage-untracked.yaml

use super::network_untracked::coverage_of;
use crate::check::Case;
use crate::repo::coverage::Area;

pub(super) fn check(case: &mut Case<'_>) {
    coverage_of(case, Area::Storage);
}
