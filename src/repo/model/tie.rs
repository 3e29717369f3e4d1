//! Which alert watches which objective, as far as it is certain.

use super::burn::{Condition, Scaled, conditions, selector_of};
use super::leaf::{Leaf, same_matcher};
use super::ratio::Ratio;
use super::{Model, Place};
use crate::facts::slo::Slo;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Kind, Matcher, Op, Selector};
use crate::repo::queries::Query;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};

/// Labels in which tools write an objective's name.
const NAMES: &[&str] = &["slo", "slo_name", "slo_id", "sloth_slo", "sloth_id", "objective"];
/// Labels that say whose series they are.
const SERVICES: &[&str] = &["service", "service_name", "sloth_service", "slo_service"];

/// How an alert is known to watch an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It names the objective.
    Named,
    /// It reads a series that is called after objectives of this name.
    Record,
    /// It computes the same share of events.
    SameShare,
    /// It computes the same quantile.
    SameQuantile,
}

/// One condition of an alert, and the objective it watches.
#[derive(Clone, Copy, Debug)]
pub struct Tie {
    /// Number of the alert's expression.
    pub alert: usize,
    /// Number of the objective.
    pub slo: usize,
    /// Number of the condition in the expression.
    pub condition: usize,
    /// How it is known.
    pub how: How,
    /// The share of bad events above which the alert fires, where that is what it compares.
    pub errors: Option<f64>,
}

/// All certain ties.
#[derive(Debug, Default)]
pub(super) struct Ties {
    /// By alert.
    all: Vec<Tie>,
    /// Numbers among all, by objective.
    of_slo: BTreeMap<usize, Vec<usize>>,
}

impl<'r> Model<'r> {
    /// The objectives that an alert's expression watches.
    pub fn ties_of_alert(&self, query: usize) -> &[Tie] {
        let all = &self.ties().all;
        let start = all.partition_point(|tie| tie.alert < query);
        let end = all.partition_point(|tie| tie.alert <= query);
        &all[start..end]
    }

    /// The alerts that watch an objective.
    pub fn ties_of_slo(&self, slo: usize) -> impl Iterator<Item = &Tie> {
        let ties = self.ties();
        ties.of_slo.get(&slo).into_iter().flatten().map(|&at| &ties.all[at])
    }

    fn ties(&self) -> &Ties {
        self.ties.get_or_init(|| {
            if self.repo.facts.slos.is_empty() {
                return Ties::default();
            }
            let all = Finder::new(self).all();
            let mut of_slo: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (at, tie) in all.iter().enumerate() {
                of_slo.entry(tie.slo).or_default().push(at);
            }
            Ties { all, of_slo }
        })
    }

    /// The conditions of an alert's expression.
    pub fn conditions<'q>(&self, query: &'q Query<'r>) -> Vec<Condition<'q, 'r>> {
        conditions(self, query)
    }
}

struct Finder<'m, 'r> {
    model: &'m Model<'r>,
    /// Objectives by the metrics their indicators read.
    by_metric: BTreeMap<&'r str, Vec<usize>>,
    /// The same by metric and a label that is pinned to a value.
    by_matcher: BTreeMap<(&'r str, &'r str, &'r str), Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    by_label: BTreeMap<String, Vec<usize>>,
    /// The keys of `by_name`, and what finds them all in a text.
    in_order: Vec<String>,
    names: Option<AhoCorasick>,
}

/// Adds a number that grows, once.
fn add(list: &mut Vec<usize>, index: usize) {
    if list.last() != Some(&index) {
        list.push(index);
    }
}

impl<'m, 'r> Finder<'m, 'r> {
    fn new(model: &'m Model<'r>) -> Finder<'m, 'r> {
        let mut finder = Finder {
            model,
            by_metric: BTreeMap::new(),
            by_matcher: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_label: BTreeMap::new(),
            in_order: Vec::new(),
            names: None,
        };
        for (index, slo) in model.repo.facts.slos.iter().enumerate() {
            for query in model.slis(slo) {
                for selector in model.sources(query.index) {
                    let Some(metric) = selector.metric() else { continue };
                    add(finder.by_metric.entry(metric).or_default(), index);
                    for it in selector.labels().filter(|it| it.op == MatchOp::Equal) {
                        let key = (metric, &*it.label.text, &*it.value);
                        add(finder.by_matcher.entry(key).or_default(), index);
                    }
                }
            }
            finder.by_label.entry(plain(&slo.label())).or_default().push(index);
            if let Some(name) = slo.name.as_ref().filter(|name| name.known) {
                finder.by_name.entry(plain(&name.text)).or_default().push(index);
            }
        }
        finder.in_order = finder.by_name.keys().filter(|name| !name.is_empty()).cloned().collect();
        finder.names = AhoCorasick::new(&finder.in_order).ok();
        finder
    }

    fn all(&self) -> Vec<Tie> {
        let mut ties = Vec::new();
        let alerts = self.model.queries().iter().filter(|query| query.alert().is_some());
        for query in alerts.filter(|query| query.is_sound()) {
            for (number, condition) in conditions(self.model, query).iter().enumerate() {
                self.tie(query, number, condition, &mut ties);
            }
        }
        ties
    }

    fn tie(&self, query: &Query<'r>, number: usize, it: &Condition<'_, 'r>, ties: &mut Vec<Tie>) {
        let scaled = Scaled::of(self.model, it.bound.value);
        let mut push = |slo: usize, how: How, errors: Option<f64>| {
            ties.push(Tie { alert: query.index, slo, condition: number, how, errors });
        };
        if let Some(selector) = selector_of(scaled.base) {
            for (slo, how) in self.named(selector) {
                push(slo, how, self.errors_of_name(it, &scaled, selector));
            }
        }
        let behind = selector_of(scaled.base).and_then(|selector| self.behind(selector));
        let ratio = Ratio::of(self.model, it.bound.value).map(|ratio| (ratio, Vec::new()));
        if let Some((ratio, narrowed)) = ratio.or(behind) {
            for slo in self.sharing(&ratio, &narrowed) {
                if let Some(error) = self.same_share(slo, &ratio, &narrowed) {
                    let error = error != (scaled.complement && !narrowed.is_empty());
                    push(slo, How::SameShare, threshold(it, ratio.factor, error));
                }
            }
        }
        for slo in self.reading(it.bound.value) {
            if self.same_quantile(slo, it.bound.value) {
                push(slo, How::SameQuantile, None);
            }
        }
    }

    /// The quotient that a selector reads a part of: a recorded name with matchers.
    fn behind(&self, selector: &'r Selector) -> Option<(Ratio<'m, 'r>, Vec<&'r Matcher>)> {
        let narrowed: Vec<&Matcher> = selector.labels().collect();
        let query = self.model.recorded(selector.metric()?).filter(|_| !narrowed.is_empty())?;
        let place = Place { query, node: query.ast().root()? };
        Some((Ratio::of(self.model, place)?, narrowed))
    }

    /// Objectives whose indicators may read the series of this selector, or fewer: what it pins,
    /// they pin too.
    fn within(&self, selector: &'r Selector) -> Option<&Vec<usize>> {
        let metric = selector.metric()?;
        let pinned = selector.labels().filter(|it| it.op == MatchOp::Equal);
        pinned
            .map(|it| self.by_matcher.get(&(metric, &*it.label.text, &*it.value)))
            .min_by_key(|list| list.map_or(0, Vec::len))
            .unwrap_or_else(|| self.by_metric.get(metric))
    }

    /// Objectives whose indicators read the series of this place, or fewer.
    fn reading(&self, place: Place<'_, 'r>) -> Vec<usize> {
        let place = self.model.follow(Place { query: place.query, node: place.node });
        let mut found: Vec<usize> = place
            .ast()
            .subtree(place.node)
            .filter_map(|(_, node)| match &node.kind {
                Kind::Selector(selector) => self.within(selector),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Objectives that may compute a quotient: a part of it where matchers narrow it, and then
    /// they pin what those pin.
    fn sharing(&self, ratio: &Ratio<'_, 'r>, narrowed: &[&'r Matcher]) -> Vec<usize> {
        let pinned = narrowed.iter().filter(|it| it.op == MatchOp::Equal);
        let whole = Leaf::of(self.model, ratio.whole);
        let metric = whole.as_ref().and_then(Leaf::metric);
        let lists = pinned.filter_map(|it| {
            let key = (metric?, &*it.label.text, &*it.value);
            Some(self.by_matcher.get(&key).map_or(&[][..], Vec::as_slice))
        });
        match lists.min_by_key(|list| list.len()) {
            Some(list) => list.to_vec(),
            None => self.reading(ratio.whole),
        }
    }

    /// Objectives that a selector names: in a label, or in the metric's own name.
    fn named(&self, selector: &Selector) -> Vec<(usize, How)> {
        let slos = &self.model.repo.facts.slos;
        let equal = |labels: &[&str]| {
            selector
                .labels()
                .find(|it| labels.contains(&&*it.label.text) && it.op == MatchOp::Equal)
                .map(|it| plain(&it.value))
        };
        let service = equal(SERVICES);
        let fits = |slo: &Slo| match (&service, &slo.service) {
            (Some(wanted), Some(service)) => *wanted == plain(&service.text),
            _ => true,
        };
        if let Some(name) = equal(NAMES) {
            let own = self.by_name.get(&name).into_iter().flatten().copied();
            let mut found: Vec<usize> = own.filter(|&slo| fits(&slos[slo])).collect();
            // Sloth's id is the service and the name.
            if found.is_empty() {
                found.extend(self.by_label.get(&name).into_iter().flatten());
            }
            return found.into_iter().map(|slo| (slo, How::Named)).collect();
        }
        let metric = selector.metric().unwrap_or_default().to_ascii_lowercase();
        let words: Vec<&str> = metric.split([':', '_']).collect();
        if !words.iter().any(|word| matches!(*word, "slo" | "sli")) {
            return Vec::new();
        }
        let whole = plain(&metric);
        let mut found = Vec::new();
        for (name, own) in self.names_in(&whole) {
            let called = match name.contains(|c: char| !c.is_ascii_alphanumeric()) {
                true => whole.contains(name.as_str()),
                false => {
                    words.contains(&name.as_str())
                        || (name.len() > 6 && whole.contains(name.as_str()))
                }
            };
            if !called {
                continue;
            }
            // A service in the name itself leaves the others out.
            let of_service = |slo: &usize| {
                slos[*slo].service.as_ref().is_some_and(|it| whole.contains(&bare(&it.text)))
            };
            let some = own.iter().any(of_service);
            found.extend(own.iter().filter(|slo| fits(&slos[**slo]) && (!some || of_service(slo))));
        }
        found.sort_unstable();
        found.into_iter().map(|slo| (slo, How::Record)).collect()
    }

    /// Names of objectives that stand in a text, and whose they are.
    fn names_in(&self, text: &str) -> impl Iterator<Item = (&String, &Vec<usize>)> {
        let held = self.names.iter().flat_map(|names| names.find_overlapping_iter(text));
        let numbers: BTreeSet<usize> = held.map(|it| it.pattern().as_usize()).collect();
        numbers.into_iter().filter_map(|number| {
            let name = self.in_order.get(number)?;
            self.by_name.get_key_value(name)
        })
    }

    /// The share of bad events at the threshold, of a series that its name tells.
    fn errors_of_name(
        &self,
        it: &Condition<'_, 'r>,
        scaled: &Scaled<'_, 'r>,
        selector: &Selector,
    ) -> Option<f64> {
        let name = selector.metric()?.to_ascii_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if any(&["burn", "budget", "latency", "duration", "seconds"]) {
            return None;
        }
        let bad = any(&["error", "fail", "bad", "unavailab"]);
        let good = any(&["availab", "success", "good", "uptime"]);
        let whole = scaled.whole.or_else(|| any(&["ratio"]).then_some(1.0))?;
        let error = match (bad, good) {
            (true, _) => !scaled.complement,
            (false, true) => scaled.complement,
            (false, false) => return None,
        };
        threshold(it, whole, error)
    }

    /// Whether a quotient is the share of an objective, or its complement: `Some(true)` for bad
    /// events.
    fn same_share(&self, slo: usize, ratio: &Ratio<'_, 'r>, narrowed: &[&Matcher]) -> Option<bool> {
        let slo = &self.model.repo.facts.slos[slo];
        let (own, part_is_bad) = self.model.sli_ratio(slo)?;
        let part_is_bad = part_is_bad?;
        let leaf = |place: Place<'_, 'r>| Leaf::of(self.model, place);
        let (part, whole) = (leaf(ratio.part)?, leaf(ratio.whole)?);
        let (own_part, own_whole) = (leaf(own.part)?, leaf(own.whole)?);
        let metrics = whole.metric() == own_whole.metric() && part.metric() == own_part.metric();
        // The alert must look at the objective's series, or at more.
        let within = narrowed
            .iter()
            .all(|one| own_whole.selector.labels().any(|other| same_matcher(one, other)));
        if !metrics || !within || own_whole.narrows(&whole).is_none() {
            return None;
        }
        let extra = part.narrows(&whole)?;
        let own_extra = own_part.narrows(&own_whole)?;
        let same = |op: fn(MatchOp) -> MatchOp| {
            extra.len() == own_extra.len()
                && extra.iter().all(|one| {
                    own_extra.iter().any(|other| {
                        one.label.text == other.label.text
                            && one.value == other.value
                            && one.op == op(other.op)
                    })
                })
        };
        let part_bad = if same(|op| op) {
            part_is_bad
        } else if extra.len() == 1 && same(opposite) {
            !part_is_bad
        } else {
            return None;
        };
        Some(part_bad != ratio.complement)
    }

    /// Whether a place is the quantile of an objective's own share, over its series or more.
    fn same_quantile(&self, slo: usize, place: Place<'_, 'r>) -> bool {
        let slo = &self.model.repo.facts.slos[slo];
        let Some(mine) = self.quantile(place) else { return false };
        self.model.slis(slo).into_iter().filter(|query| query.is_sound()).any(|query| {
            query.ast().all().any(|(node, _)| {
                self.quantile(Place { query, node }).is_some_and(|(quantile, leaf)| {
                    (quantile - mine.0).abs() < 1e-9
                        && leaf.metric() == mine.1.metric()
                        && leaf.narrows(&mine.1).is_some()
                })
            })
        })
    }

    fn quantile(&self, place: Place<'_, 'r>) -> Option<(f64, Leaf<'r>)> {
        let place = self.model.follow(Place { query: place.query, node: place.node });
        let Kind::Call(call) = place.kind() else { return None };
        let named = call.function.is_some_and(|it| it.name == "histogram_quantile");
        let [quantile, buckets] = *call.args else { return None };
        let quantile = self.model.constant(place.at(quantile)).filter(|_| named)?;
        Some((quantile, Leaf::of(self.model, place.at(buckets))?))
    }
}

/// The share of bad events at which a condition on a share of `whole` begins to hold.
fn threshold(it: &Condition<'_, '_>, whole: f64, error: bool) -> Option<f64> {
    let share = it.bound.bound / whole;
    match (it.bound.op, error) {
        (Op::Greater | Op::GreaterEqual, true) => Some(share),
        (Op::Less | Op::LessEqual, false) => Some(1.0 - share),
        _ => None,
    }
}

fn opposite(op: MatchOp) -> MatchOp {
    match op {
        MatchOp::Equal => MatchOp::NotEqual,
        MatchOp::NotEqual => MatchOp::Equal,
        MatchOp::Regex => MatchOp::NotRegex,
        MatchOp::NotRegex => MatchOp::Regex,
    }
}

/// Letters and digits in lower case, the rest as `_`.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect()
}

/// A service's name without the word itself.
fn bare(text: &str) -> String {
    let name = plain(text);
    name.strip_suffix("_service").unwrap_or(&name).to_owned()
}
