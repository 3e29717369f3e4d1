//! What panels show of objectives: the series of their indicators, recorded budgets, burn rates.

use super::Model;
use super::leaf::same_matcher;
use crate::facts::slo::Slo;
use crate::lang::matcher::MatchOp;
use crate::lang::placeholder;
use crate::lang::promql::Ast;
use crate::lang::promql::ast::{Binary, Kind, NodeId, Op, Selector};
use crate::repo::queries::Query;
use std::collections::{BTreeMap, BTreeSet};

/// Records that stand on records are followed this far.
const DEPTH: usize = 8;
/// More series than this say nothing particular.
const MOST: usize = 64;
/// Labels by which tools tell the series of objectives apart.
const NAMING: &[&str] = &["slo", "sloth_slo", "sloth_id", "slo_name", "slo_id", "objective"];

/// Which queries of panels show what; numbers are those of [`Model::queries`].
#[derive(Debug, Default)]
pub struct Shown {
    /// For each objective, by its number among the facts: queries that read its series.
    pub objectives: Vec<Vec<usize>>,
    /// Queries that read the remaining error budget.
    pub budgets: Vec<usize>,
    /// Queries that read burn rates, or other series made for objectives.
    pub others: Vec<usize>,
}

impl Shown {
    pub(super) fn of(model: &Model<'_>) -> Shown {
        let panels: Vec<&Query<'_>> =
            model.queries().iter().filter(|query| query.panel().is_some()).collect();
        let mut read: BTreeMap<&str, Vec<(usize, &Selector)>> = BTreeMap::new();
        let mut shown = Shown::default();
        let ratios: Vec<f64> = model.repo.facts.slos.iter().filter_map(Slo::ratio).collect();
        let mut made = Vec::new();
        for query in panels {
            for selector in series(model, query.ast()) {
                let Some(metric) = selector.metric() else { continue };
                read.entry(metric).or_default().push((query.index, selector));
                if is_made_for_slos(metric) {
                    made.push((query.index, selector));
                }
            }
            if is_budget(model, query, &ratios) {
                shown.budgets.push(query.index);
            } else if has_burn(model, query, &ratios) {
                shown.others.push(query.index);
            }
        }
        shown.others.extend(made.iter().map(|(index, _)| *index));
        shown.others.sort_unstable();
        shown.others.dedup();
        let show = |slo: &Slo| {
            let mut found = showing(model, slo, &read);
            found.extend(made.iter().filter(|(_, made)| is_about(made, slo)).map(|made| made.0));
            found.into_iter().collect()
        };
        shown.objectives = model.repo.facts.slos.iter().map(show).collect();
        shown
    }

    /// Whether any panel shows anything of any objective.
    pub fn is_anything(&self) -> bool {
        !self.budgets.is_empty()
            || !self.others.is_empty()
            || self.objectives.iter().any(|queries| !queries.is_empty())
    }
}

/// The series an expression reads, those behind recorded names too.
pub fn series<'r>(model: &Model<'r>, ast: &'r Ast) -> Vec<&'r Selector> {
    let mut found: Vec<&'r Selector> = ast.selectors().map(|(_, selector)| selector).collect();
    let mut from = 0;
    for _ in 0..DEPTH {
        let here = found.len();
        for at in from..here.min(MOST) {
            let record = found[at].metric().and_then(|name| model.recorded(name));
            if let Some(record) = record {
                found.extend(record.ast().selectors().map(|(_, selector)| selector));
            }
        }
        from = here;
    }
    found
}

/// The selectors of an objective's indicator; `None` if it has no PromQL.
fn indicator(slo: &Slo) -> Option<Vec<&Selector>> {
    let asts = slo.queries().map(|query| query.expression.parsed.as_ref());
    let mut found = Vec::new();
    for parsed in asts {
        found.extend(parsed?.ast.selectors().map(|(_, selector)| selector));
    }
    (!found.is_empty()).then_some(found)
}

/// Queries that read every series of an indicator, perhaps by a variable or of all services.
fn showing(
    model: &Model<'_>,
    slo: &Slo,
    read: &BTreeMap<&str, Vec<(usize, &Selector)>>,
) -> BTreeSet<usize> {
    let mut all: Option<BTreeSet<usize>> = None;
    for wanted in indicator(slo).unwrap_or_default() {
        let queries: BTreeSet<usize> = wanted
            .metric()
            .and_then(|metric| read.get(metric))
            .into_iter()
            .flatten()
            .filter(|(_, selector)| covers(selector, wanted))
            .map(|(index, _)| *index)
            .collect();
        all = Some(match all {
            Some(known) => known.intersection(&queries).copied().collect(),
            None => queries,
        });
    }
    let mut found = all.unwrap_or_default();
    // A record of the indicator itself.
    let panels = || model.queries().iter().filter(|query| query.panel().is_some());
    if found.is_empty()
        && let Some(own) = indicator(slo)
    {
        found.extend(
            panels()
                .filter(|query| {
                    let read = series(model, query.ast());
                    read.len() > query.ast().selectors().count()
                        && own.iter().all(|wanted| read.iter().any(|one| covers(one, wanted)))
                })
                .map(|query| query.index),
        );
    }
    found
}

/// Whether a selector takes in what another takes, as far as it is written down: every matcher
/// is among the other's, or a variable.
fn covers(selector: &Selector, wanted: &Selector) -> bool {
    let free = |matcher: &crate::lang::promql::ast::Matcher| {
        placeholder::is_in(&matcher.value) || placeholder::is_in(&matcher.label.text)
    };
    selector.metric().is_some()
        && selector.metric() == wanted.metric()
        && selector.labels().all(|matcher| {
            free(matcher) || wanted.labels().any(|known| same_matcher(known, matcher))
        })
}

/// Whether a query shows exactly one indicator: it reads the series of this one, and no other's.
pub fn is_exactly<'r>(model: &Model<'r>, query: &Query<'r>, slo: &Slo) -> bool {
    let Some(own) = indicator(slo) else { return false };
    let direct: Vec<&Selector> = query.ast().selectors().map(|(_, selector)| selector).collect();
    let read = match own.iter().any(|one| direct.iter().any(|it| it.metric() == one.metric())) {
        true => direct,
        // Behind recorded names: what those read themselves.
        false => {
            let all = series(model, query.ast());
            all.into_iter()
                .filter(|one| one.metric().is_none_or(|name| model.recorded(name).is_none()))
                .collect()
        }
    };
    let same = |one: &Selector, other: &Selector| {
        one.labels().count() == other.labels().count()
            && one.metric().is_some()
            && one.metric() == other.metric()
            && one.labels().all(|mine| other.labels().any(|known| same_matcher(known, mine)))
    };
    !read.is_empty()
        && read.iter().all(|one| own.iter().any(|wanted| same(one, wanted)))
        && own.iter().all(|wanted| read.iter().any(|one| same(one, wanted)))
}

/// Whether a name is one that tools and people give to series made for objectives.
fn is_made_for_slos(metric: &str) -> bool {
    let name = metric.to_ascii_lowercase();
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    ["error_budget", "errorbudget", "burn_rate", "burnrate"].iter().any(|part| name.contains(part))
        || words().any(|word| matches!(word, "slo" | "sli" | "slos" | "pyrra" | "sloth"))
}

/// Whether a series made for objectives is one of this objective, or of all.
fn is_about(selector: &Selector, slo: &Slo) -> bool {
    let names = [&slo.name, &slo.service]
        .map(|scalar| scalar.as_ref().and_then(|scalar| scalar.known_text()).unwrap_or_default());
    let fits = |value: &str, names: &[&str]| {
        let word = |text: &str| text.to_ascii_lowercase().replace(['-', '_', '.'], "");
        let value = word(value);
        names.iter().any(|name| {
            let name = word(name);
            !name.is_empty() && (value == name || value.ends_with(&name))
        })
    };
    selector.labels().all(|matcher| {
        let label = &*matcher.label.text;
        let free = placeholder::is_in(&matcher.value)
            || placeholder::is_in(label)
            || matcher.op != MatchOp::Equal;
        let by_name = NAMING.contains(&label);
        let by_service = matches!(label, "service" | "sloth_service");
        free || match (by_name, by_service) {
            (true, _) => fits(&matcher.value, &names),
            (_, true) => fits(&matcher.value, &names[1..]),
            _ => true,
        }
    })
}

/// Divisions by what an objective leaves: `… / (1 - 0.999)`.
fn burns<'q>(
    model: &'q Model<'_>,
    query: &'q Query<'_>,
    ratios: &'q [f64],
) -> impl Iterator<Item = NodeId> + 'q {
    query.ast().all().filter_map(move |(id, node)| {
        let Kind::Binary(division) = &node.kind else { return None };
        let leaves = |budget: f64| {
            let near = |other: f64| (budget - other).abs() < 1e-9;
            ratios.iter().any(|ratio| near(1.0 - ratio) || near(100.0 * (1.0 - ratio)))
        };
        let divisor = model.constants_of(query)[division.right.index()];
        let named = || reads(query, division.right, "objective");
        (division.op == Op::Div && divisor.map_or_else(named, leaves)).then_some(id)
    })
}

fn reads(query: &Query<'_>, node: NodeId, word: &str) -> bool {
    query.ast().subtree(node).any(|(_, node)| match &node.kind {
        Kind::Selector(selector) => selector.metric().is_some_and(|name| name.contains(word)),
        _ => false,
    })
}

fn has_burn(model: &Model<'_>, query: &Query<'_>, ratios: &[f64]) -> bool {
    burns(model, query, ratios).next().is_some()
}

/// Whether a query reads how much of a budget is left.
fn is_budget(model: &Model<'_>, query: &Query<'_>, ratios: &[f64]) -> bool {
    let ast = query.ast();
    let named = ast.selectors().any(|(_, selector)| {
        selector.metric().is_some_and(|name| name.to_ascii_lowercase().contains("budget"))
    });
    let rest = |binary: &Binary| {
        binary.op == Op::Sub && model.constants_of(query)[binary.left.index()].is_some()
    };
    let subtracts = || {
        ast.nodes.iter().any(|node| match &node.kind {
            Kind::Binary(binary) => {
                rest(binary) && model.constants_of(query)[binary.right.index()].is_none()
            }
            _ => false,
        })
    };
    named || (has_burn(model, query, ratios) && subtracts())
}
