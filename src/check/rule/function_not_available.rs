//! Parts of PromQL that the servers here do not have. Rule: rules/rule/function-not-available.yaml

use crate::check::Case;
use crate::lang::promql::functions::State;
use crate::lang::promql::{Feature, Need};
use crate::repo::queries::Query;
use crate::repo::servers::Server;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let servers = case.repo.evaluating();
    if servers.is_empty() || (query.alert().is_none() && query.record().is_none()) {
        return case.skip();
    }
    for need in &query.parsed.needs {
        // Nobody knows which server evaluates the rule: all of them must lack it.
        let lacks: Vec<String> =
            servers.iter().filter_map(|server| lack(need.feature, server)).collect();
        let (Some(lack), true) = (lacks.first(), lacks.len() == servers.len()) else { continue };
        let (span, what) = (case.place(query, need.extent), named(need));
        let server = servers[0].span;
        case.flag(span)
            .with("what", what)
            .with("lack", lack.as_str())
            .related(server, "the release is written here");
    }
}

fn named(need: &Need) -> String {
    match need.feature {
        Feature::Function(function) => format!("`{}`", function.name),
        Feature::Aggregation(op) => format!("`{}`", op.name()),
        Feature::Fill => "`fill`".to_owned(),
        Feature::DurationArithmetic => "arithmetic with durations".to_owned(),
        Feature::ExtendedRange => "an anchored or smoothed range".to_owned(),
        Feature::QuotedName => "a quoted name".to_owned(),
    }
}

/// Why a server does not have a feature; `None` if it has.
fn lack(feature: Feature, server: &Server) -> Option<String> {
    let (major, minor) = server.release;
    let from = |since: (u16, u16)| {
        (server.release < since).then(|| {
            format!("is there from {}.{} on, and this is {major}.{minor}", since.0, since.1)
        })
    };
    let flag = |since: (u16, u16), flag: &str| {
        from(since)
            .or_else(|| (!server.has(flag)).then(|| format!("needs `--enable-feature={flag}`")))
    };
    const EXPERIMENTAL: &str = "promql-experimental-functions";
    match feature {
        Feature::Function(function) => match function.state {
            State::Stable => None,
            // Functions leave the experiment: before that release, the flag brought them.
            State::Since(..) if server.has(EXPERIMENTAL) => None,
            State::Since(major, minor) => from((major, minor)),
            State::Experimental(major, minor) => flag((major, minor), EXPERIMENTAL),
            State::Removed { from, successor } => (server.release >= from)
                .then(|| format!("is gone since {}.{}; use `{successor}`", from.0, from.1)),
        },
        Feature::Aggregation(_) => flag((2, 54), EXPERIMENTAL),
        Feature::Fill => flag((3, 10), "promql-binop-fill-modifiers"),
        Feature::DurationArithmetic if server.release >= (3, 14) => None,
        Feature::DurationArithmetic => flag((3, 4), "promql-duration-expr"),
        Feature::ExtendedRange => flag((3, 7), "promql-extended-range-selectors"),
        Feature::QuotedName => from((3, 0)),
    }
}
