//! The built-in rules: one row each, in the table of their family.

use super::{
    Builtin, alrt, amgr, beat, cros, dash, decl, elas, incd, incr, infr, jaeg, kiba, logs, lsth,
    metr, nist, otcl, otel, perf, pql, prom, rule, slo, strat, trac, xref,
};
use super::{atte, flnt, waiv};

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
    builtins(code).next()
}

/// The functions of a rule: one for each kind of fact that it looks at.
pub(super) fn builtins(code: &str) -> impl Iterator<Item = Builtin> {
    let rows = TABLES.iter().copied().flatten();
    rows.filter(move |(known, _)| *known == code).map(|(_, builtin)| *builtin)
}

/// All codes in the tables.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().map(|(code, _)| *code)
}
