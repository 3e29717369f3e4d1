//! The built-in rules: one row each, in the table of their family.

use super::{
    Builtin, alrt, amgr, beat, cros, dash, decl, elas, incd, incr, infr, jaeg, kiba, logs, lsth,
    metr, nist, otcl, otel, perf, pql, prom, rule, slo, strat, trac, xref,
};
use super::{atte, flnt, waiv};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLES: &[&[(&str, Builtin)]] = &[
    alrt::BUILTINS,
    amgr::BUILTINS,
    atte::BUILTINS,
    beat::BUILTINS,
    cros::BUILTINS,
    dash::BUILTINS,
    decl::BUILTINS,
    elas::BUILTINS,
    flnt::BUILTINS,
    incd::BUILTINS,
    incr::BUILTINS,
    infr::BUILTINS,
    jaeg::BUILTINS,
    kiba::BUILTINS,
    logs::BUILTINS,
    lsth::BUILTINS,
    metr::BUILTINS,
    nist::BUILTINS,
    otcl::BUILTINS,
    otel::BUILTINS,
    perf::BUILTINS,
    pql::BUILTINS,
    prom::BUILTINS,
    rule::BUILTINS,
    slo::BUILTINS,
    strat::BUILTINS,
    trac::BUILTINS,
    waiv::BUILTINS,
    xref::BUILTINS,
];

/// The function of a rule.
pub(super) fn builtin(code: &str) -> Option<Builtin> {
    builtins(code).first().copied()
}

/// The functions of a rule: one for each kind of fact that it looks at.
pub(super) fn builtins(code: &str) -> &'static [Builtin] {
    static BY_CODE: LazyLock<BTreeMap<&str, Vec<Builtin>>> = LazyLock::new(|| {
        let mut by_code: BTreeMap<&str, Vec<Builtin>> = BTreeMap::new();
        for (code, builtin) in TABLES.iter().copied().flatten() {
            by_code.entry(code).or_default().push(*builtin);
        }
        by_code
    });
    BY_CODE.get(code).map_or(&[], Vec::as_slice)
}

/// All codes in the tables.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().map(|(code, _)| *code)
}
