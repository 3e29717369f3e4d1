//! What the expressions of a repository mean together: recorded names are followed into their
//! expressions, labels flow through them, values have a scale.

pub mod analyses;
pub mod burn;
pub mod leaf;
pub mod metric;
mod metricsql;
pub mod objective;
pub mod performance;
pub mod ratio;
pub mod records;
pub mod scale;
pub mod shown;
pub mod texts;
pub mod tie;

pub use records::{Record, Records};

use super::Repo;
use super::alerts::{self, Alert};
use super::arrivals::Arrivals;
use super::classes::{Classes, Lexicon, Spoken};
use super::exporters::reduced::Reduced;
use super::notifications::Notifications;
use super::queries::Query;
use super::routing::paging::{Unheard, Unpaged};
use super::routing::{self, Routing};
use super::shippers::Shipping;
use super::up;
use crate::facts::dashboard::Panel;
use crate::facts::rules::{AlertRule, RecordingRule};
use crate::lang::promql::ast::{Kind, Modifiers, Node, NodeId, Op, Selector};
use crate::lang::promql::labels::{Flow, LabelSet, Presence, flow};
use crate::lang::promql::{Ast, fingerprint, fold};
use crate::lang::quick::{QuickMap, QuickSet};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// Records that stand on records are followed this far.
const DEPTH: usize = 16;

/// The expressions of a repository, joined; what is asked for is computed once.
pub struct Model<'r> {
    /// The repository.
    pub repo: &'r Repo,
    /// Whether anybody asks for opinions: a long file of records holds one for each.
    pub opinions: bool,
    queries: OnceLock<Vec<Query<'r>>>,
    records: OnceLock<Records<'r>>,
    labels: OnceLock<Vec<Flow<'r>>>,
    constants: OnceLock<Vec<Vec<Option<f64>>>>,
    prints: OnceLock<Vec<Vec<u64>>>,
    slis: OnceLock<BTreeMap<Span, usize>>,
    texts: OnceLock<texts::AlertTexts<'r>>,
    pub(super) notifications: OnceLock<Notifications<'r>>,
    ties: OnceLock<tie::Ties>,
    reaches: OnceLock<BTreeMap<&'r str, f64>>,
    alerted: OnceLock<objective::Alerted<'r>>,
    thresholds: OnceLock<objective::Thresholds<'r>>,
    homes: OnceLock<HashMap<usize, usize>>,
    pub(super) arrivals: OnceLock<Arrivals<'r>>,
    uses: OnceLock<BTreeMap<&'r str, Vec<metric::Use>>>,
    alerts: OnceLock<Vec<Alert<'r>>>,
    routing: OnceLock<Routing<'r>>,
    metricsql: OnceLock<bool>,
    vmalert: OnceLock<bool>,
    shown: OnceLock<shown::Shown>,
    pub(super) reduced: OnceLock<Vec<Reduced<'r>>>,
    filters: OnceLock<Vec<Option<bool>>>,
    label_names: OnceLock<QuickSet<&'r str>>,
    by_name: OnceLock<BTreeMap<Span, usize>>,
    unpaged: OnceLock<Unpaged>,
    unheard: OnceLock<Unheard<'r>>,
    up_uses: OnceLock<Vec<up::UpUse<'r>>>,
    pub(super) classes: OnceLock<Vec<Classes>>,
    pub(super) spoken: OnceLock<QuickMap<&'r str, Spoken>>,
    pub(super) lexicon: OnceLock<Lexicon>,
    providers: OnceLock<QuickMap<&'r str, Vec<metric::Provider<'r>>>>,
    sources: OnceLock<Vec<OnceLock<Vec<&'r Selector>>>>,
    performance: OnceLock<performance::Performance>,
    figures: OnceLock<analyses::Figures>,
    shipping: OnceLock<Shipping<'r>>,
}

/// A node of one of the expressions.
#[derive(Clone, Copy, Debug)]
pub struct Place<'q, 'r> {
    /// The expression.
    pub query: &'q Query<'r>,
    /// The node.
    pub node: NodeId,
}

impl<'q, 'r> Place<'q, 'r> {
    /// The tree it stands in.
    pub fn ast(self) -> &'r Ast {
        self.query.ast()
    }

    /// The node itself.
    pub fn get(self) -> &'r Node {
        self.ast().node(self.node)
    }

    /// What the node is.
    pub fn kind(self) -> &'r Kind {
        &self.get().kind
    }

    /// Another node of the same expression.
    pub fn at(self, node: NodeId) -> Place<'q, 'r> {
        Place { node, ..self }
    }
}

impl<'r> Model<'r> {
    /// A model of `repo`; nothing is computed yet.
    pub fn new(repo: &'r Repo) -> Model<'r> {
        Model {
            repo,
            opinions: true,
            queries: OnceLock::new(),
            records: OnceLock::new(),
            labels: OnceLock::new(),
            constants: OnceLock::new(),
            prints: OnceLock::new(),
            slis: OnceLock::new(),
            texts: OnceLock::new(),
            notifications: OnceLock::new(),
            ties: OnceLock::new(),
            reaches: OnceLock::new(),
            alerted: OnceLock::new(),
            thresholds: OnceLock::new(),
            homes: OnceLock::new(),
            arrivals: OnceLock::new(),
            uses: OnceLock::new(),
            alerts: OnceLock::new(),
            routing: OnceLock::new(),
            metricsql: OnceLock::new(),
            vmalert: OnceLock::new(),
            shown: OnceLock::new(),
            reduced: OnceLock::new(),
            filters: OnceLock::new(),
            label_names: OnceLock::new(),
            by_name: OnceLock::new(),
            unpaged: OnceLock::new(),
            unheard: OnceLock::new(),
            up_uses: OnceLock::new(),
            classes: OnceLock::new(),
            spoken: OnceLock::new(),
            lexicon: OnceLock::new(),
            providers: OnceLock::new(),
            sources: OnceLock::new(),
            performance: OnceLock::new(),
            figures: OnceLock::new(),
            shipping: OnceLock::new(),
        }
    }

    /// Computes, on all processors, what most rules ask for.
    ///
    /// What is computed in parallel inside a cell is computed here, before the rules run in
    /// parallel: a thread that waits for the others takes up another rule, and that rule must not
    /// ask for the cell that the thread is filling.
    pub fn prepare(&self) {
        // Records flow one after the other: meanwhile another thread does what they do not ask for.
        rayon::join(
            || self.queries().first().map(|query| self.labels_of(query)),
            || {
                rayon::join(|| self.repo.services(), || self.repo.mentioned());
                self.texts();
                if let Some(query) = self.queries().first() {
                    self.providers();
                    self.constants_of(query);
                    self.fingerprints_of(query);
                }
            },
        );
        // What only one thread can do, beside what all do.
        rayon::join(
            || {
                self.up_uses();
                self.notifications();
                self.routing();
            },
            || self.classes(),
        );
    }

    /// What the sections of log shippers mean together.
    pub fn shipping(&self) -> &Shipping<'r> {
        self.shipping.get_or_init(|| Shipping::of(self.repo))
    }

    /// All expressions, each at the place of its number.
    pub fn queries(&self) -> &[Query<'r>] {
        self.queries.get_or_init(|| {
            let facts = &self.repo.facts;
            let most = facts.alert_rules.len() + facts.recording_rules.len();
            let mut queries = Vec::with_capacity(most);
            queries.extend(self.repo.queries());
            queries
        })
    }

    /// What every alerting rule raises, each at the place of its rule.
    pub fn alerts(&self) -> &[Alert<'r>] {
        self.alerts.get_or_init(|| alerts::all(self))
    }

    /// What one alerting rule raises.
    pub fn alert_of(&self, rule: &AlertRule) -> Option<&Alert<'r>> {
        let by_name = self.by_name.get_or_init(|| {
            self.alerts().iter().map(|alert| (alert.rule.name.span, alert.index)).collect()
        });
        self.alerts().get(*by_name.get(&rule.name.span)?)
    }

    /// Critical alerts that wake nobody, by the route where they arrive.
    pub fn unpaged(&self) -> &Unpaged {
        self.unpaged.get_or_init(|| routing::paging::unpaged(self))
    }

    /// Critical alerts that reach a receiver without integrations only, by the receiver.
    pub fn unheard(&self) -> &Unheard<'r> {
        self.unheard.get_or_init(|| routing::paging::unheard(self))
    }

    /// Where alerts read `up`.
    pub fn up_uses(&self) -> &[up::UpUse<'r>] {
        self.up_uses.get_or_init(|| up::uses(self))
    }

    /// The way of every alert to its receivers.
    pub fn routing(&self) -> &Routing<'r> {
        self.routing.get_or_init(|| routing::all(self))
    }

    /// The expression behind a name that one rule of the repository records, or copies of one.
    pub fn recorded(&self, name: &str) -> Option<&Query<'r>> {
        self.records().get(name)?.only().map(|index| &self.queries()[index])
    }

    /// Looks through parentheses, and through bare recorded names into what they record.
    pub fn follow<'q>(&'q self, mut place: Place<'q, 'r>) -> Place<'q, 'r> {
        for _ in 0..DEPTH {
            place = place.at(place.ast().bare(place.node));
            let Kind::Selector(selector) = place.kind() else { return place };
            let Some(query) = self.behind(selector) else { return place };
            let Some(root) = query.ast().root() else { return place };
            place = Place { query, node: root };
        }
        place
    }

    /// The expression behind a selector that is a recorded name and nothing else.
    fn behind(&self, selector: &Selector) -> Option<&Query<'r>> {
        let name = selector.name.as_ref()?;
        let plain = selector.matchers.is_empty() && selector.modifiers == Modifiers::default();
        self.recorded(&name.text).filter(|query| {
            // Labels that the rule adds would be lost on the way.
            plain && query.record().is_some_and(|rule| rule.labels.entries.is_empty())
        })
    }

    /// What is known about the labels of a node.
    pub fn labels(&self, place: Place<'_, 'r>) -> &LabelSet<'r> {
        self.labels_of(place.query).of(place.node)
    }

    /// What is known about the labels of every node of an expression.
    pub fn labels_of(&self, query: &Query<'r>) -> &Flow<'r> {
        &self.flows()[query.index]
    }

    /// Whether something decides which of the series that exist come through: a comparison, a
    /// set operation, `absent`. A recorded name that cannot be followed may hide one.
    pub fn is_filtered(&self, place: Place<'_, 'r>) -> bool {
        let filters = self.filters.get_or_init(|| {
            let queries = self.queries();
            let mut filters = vec![None; queries.len()];
            for index in self.in_order_of_use() {
                let query = &queries[index];
                let root = query.ast().root();
                filters[index] =
                    root.map(|node| self.filtered(Place { query, node }, filters.as_slice()));
            }
            filters
        });
        self.filtered(place, filters)
    }

    /// `known` has the answers for the records that stand before; what reads itself is not known.
    fn filtered(&self, place: Place<'_, 'r>, known: &[Option<bool>]) -> bool {
        place.ast().subtree(place.node).any(|(_, node)| match &node.kind {
            Kind::Binary(binary) => {
                (binary.op.is_comparison() && binary.returns_bool.is_none())
                    || matches!(binary.op, Op::And | Op::Unless)
            }
            Kind::Call(call) => call
                .function
                .is_none_or(|function| matches!(function.name, "absent" | "absent_over_time")),
            Kind::Selector(selector) => match selector.metric() {
                None | Some("ALERTS" | "ALERTS_FOR_STATE") => true,
                Some(name) => match self.recorded(name) {
                    Some(query) => known[query.index].unwrap_or(true),
                    None => name.contains(':') || self.records().contains(name),
                },
            },
            Kind::Invalid => true,
            _ => false,
        })
    }

    /// The queries of a panel.
    pub fn queries_of(&self, panel: &Panel) -> &[Query<'r>] {
        let queries = self.queries();
        let place = |panel: &Panel| (panel.document, panel.index);
        let of = |query: &Query<'_>| query.panel().map(place);
        // Panels stand last, in their order.
        let start = queries.partition_point(|query| of(query) < Some(place(panel)));
        let end = queries.partition_point(|query| of(query) <= Some(place(panel)));
        &queries[start..end]
    }

    /// What is made of traces.
    pub fn figures(&self) -> &analyses::Figures {
        self.figures.get_or_init(|| analyses::Figures::of(self))
    }

    /// What expressions do to watch performance.
    pub fn performance(&self) -> &performance::Performance {
        self.performance.get_or_init(|| performance::Performance::of(self))
    }

    /// What panels show of objectives.
    pub fn on_panels(&self) -> &shown::Shown {
        self.shown.get_or_init(|| shown::Shown::of(self))
    }

    /// Every label that an expression of a rule names.
    pub fn label_names(&self) -> &QuickSet<&'r str> {
        self.label_names.get_or_init(|| {
            let mut names = QuickSet::default();
            for query in self.queries().iter().filter(|query| query.rule().is_some()) {
                for node in &query.ast().nodes {
                    match &node.kind {
                        Kind::Selector(selector) => {
                            names.extend(selector.labels().map(|matcher| &*matcher.label.text));
                        }
                        Kind::Aggregate(aggregate) => {
                            let labels = aggregate.grouping.iter().flat_map(|it| &it.labels);
                            names.extend(labels.map(|label| &*label.text));
                        }
                        _ => {}
                    }
                }
            }
            names
        })
    }

    /// The text of a place in one line, shortened.
    pub fn shown(&self, place: Place<'_, 'r>) -> String {
        let text = place.query.print(place.node);
        match text.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    /// The value of a node that is a constant.
    pub fn constant(&self, place: Place<'_, 'r>) -> Option<f64> {
        self.constants_of(place.query)[place.node.index()]
    }

    /// The values of all nodes of an expression that are constants.
    pub fn constants_of(&self, query: &Query<'_>) -> &[Option<f64>] {
        let constants = self.constants.get_or_init(|| {
            self.queries().par_iter().map(|query| fold::fold(query.ast())).collect()
        });
        &constants[query.index]
    }

    /// A number for every node of an expression that equal expressions share.
    pub fn fingerprints_of(&self, query: &Query<'_>) -> &[u64] {
        let prints = self.prints.get_or_init(|| {
            self.queries().par_iter().map(|query| fingerprint::fingerprints(query.ast())).collect()
        });
        &prints[query.index]
    }

    /// The number of a whole expression; `None` if it is at fault.
    pub fn fingerprint(&self, query: &Query<'_>) -> Option<u64> {
        self.fingerprints_of(query).last().copied().filter(|_| query.is_sound())
    }

    fn flows(&self) -> &[Flow<'r>] {
        self.labels.get_or_init(|| {
            let queries = self.queries();
            let mut flows: Vec<Option<Flow<'r>>> = vec![None; queries.len()];
            for index in self.in_order_of_use() {
                flows[index] = Some(self.flow(&queries[index], &flows));
            }
            let known = &flows;
            let rest: Vec<_> = queries
                .par_iter()
                .map(|query| match &known[query.index] {
                    Some(_) => None,
                    None => Some(self.flow(query, known)),
                })
                .collect();
            flows.into_iter().zip(rest).map(|(one, two)| one.or(two).unwrap_or_default()).collect()
        })
    }

    fn flow(&self, query: &Query<'r>, known: &[Option<Flow<'r>>]) -> Flow<'r> {
        flow(query.ast(), |selector| {
            let record = self.recorded(selector.metric()?)?;
            let set = known[record.index].as_ref()?.root()?;
            Some(self.with_rule_labels(record.record()?, set.clone()))
        })
    }

    /// Labels of a record: those of its rule and group win over those of the expression.
    pub fn with_rule_labels(&self, rule: &'r RecordingRule, mut set: LabelSet<'r>) -> LabelSet<'r> {
        let groups = self.repo.groups(rule.document);
        let at = groups.binary_search_by_key(&rule.group, |group| group.index);
        let group = at.ok().and_then(|at| groups.get(at));
        for pairs in group.map(|group| &group.labels).into_iter().chain([&rule.labels]) {
            for (label, value) in &pairs.entries {
                let presence = match value.known_text() {
                    Some("") => Presence::Absent,
                    Some(text) => Presence::Is(text),
                    None => Presence::Possible,
                };
                set.set(&label.text, presence);
            }
            set.closed &= !pairs.open;
        }
        set
    }

    /// The unique records, each after those it reads; what reads itself keeps its place and is
    /// read as a plain metric.
    fn in_order_of_use(&self) -> Vec<usize> {
        let queries = self.queries();
        let mut order = Vec::new();
        let mut seen = vec![false; queries.len()];
        let mut stack = Vec::new();
        for query in queries.iter().filter(|query| query.record().is_some()) {
            stack.push((query.index, false));
            while let Some((index, done)) = stack.pop() {
                if done {
                    order.push(index);
                    continue;
                }
                if std::mem::replace(&mut seen[index], true) {
                    continue;
                }
                stack.push((index, true));
                for (_, selector) in queries[index].ast().selectors() {
                    let read = selector.metric().and_then(|name| self.recorded(name));
                    stack.extend(read.map(|read| (read.index, false)));
                }
            }
        }
        order
    }
}
