//! What expressions do to watch performance: baselines, anomalies, forecasts, saturation.

use super::{Model, Place};
use crate::lang::promql::Ast;
use crate::lang::promql::ast::{Aggregator, Binary, Kind, NodeId, Op, Selector};
use crate::lang::quick::QuickMap;
use crate::repo::queries::{Home, Query};

/// One day, in seconds.
pub const DAY: f64 = 86_400.0;

/// What an expression is about, by the names it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    /// How long something takes.
    Latency,
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
    /// Disks, filesystems and volumes.
    Disk,
    /// Network traffic.
    Network,
    /// Promised resources: quotas, requests and limits.
    Quota,
}

impl Quantity {
    /// Whether it is a resource that can run out.
    pub fn is_resource(self) -> bool {
        self != Quantity::Latency
    }
}

/// Parts of metric names that tell what they measure.
const WORDS: &[(Quantity, &[&str])] = &[
    (
        Quantity::Latency,
        &[
            "duration",
            "latency",
            "response_time",
            "request_seconds",
            "p50",
            "p90",
            "p95",
            "p99",
            "quantile",
        ],
    ),
    (Quantity::Cpu, &["cpu", "node_load"]),
    (Quantity::Memory, &["memory", "_mem_", "heap"]),
    (Quantity::Disk, &["filesystem", "disk", "volume_stats", "container_fs_", "_fs_"]),
    (Quantity::Network, &["network", "_net_"]),
    (
        Quantity::Quota,
        &[
            "resourcequota",
            "resource_limits",
            "resource_requests",
            "allocatable",
            "conntrack_entries",
            "filefd",
            "_fds",
            "hpa_",
            "horizontalpodautoscaler",
        ],
    ),
];

/// The quantities that a metric's name names.
pub fn quantities(metric: &str) -> impl Iterator<Item = Quantity> {
    let name = metric.to_ascii_lowercase();
    WORDS
        .iter()
        .filter(move |(_, words)| words.iter().any(|word| name.contains(word)))
        .map(|(quantity, _)| *quantity)
}

/// A part of an expression that serves performance.
#[derive(Clone, Debug)]
pub struct Found {
    /// Number of the expression.
    pub query: usize,
    /// The part.
    pub node: NodeId,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What the expression is about.
    pub quantities: Vec<Quantity>,
}

/// Everything of the kind in the repository.
#[derive(Debug, Default)]
pub struct Performance {
    /// Values over a day or more that are recorded or compared with.
    pub baselines: Vec<Found>,
    /// Comparisons of the present with the usual.
    pub anomalies: Vec<Found>,
    /// Forecasts.
    pub forecasts: Vec<Found>,
    /// Alerts on what runs out, and panels that show how much is left.
    pub saturations: Vec<Found>,
    /// Every expression of rules and panels that is about something.
    pub tracked: Vec<Found>,
}

impl Performance {
    pub(super) fn of(model: &Model<'_>) -> Performance {
        let mut all = Performance::default();
        // Many expressions read one name.
        let named: QuickMap<&str, Vec<Quantity>> =
            model.uses().keys().map(|&name| (name, quantities(name).collect())).collect();
        for query in model.queries() {
            if matches!(query.home, Home::Sli(_)) || !query.is_sound() {
                continue;
            }
            let mut about: Vec<Quantity> = query
                .ast()
                .selectors()
                .filter_map(|(_, selector)| named.get(selector.metric()?))
                .flatten()
                .copied()
                .collect();
            about.sort_unstable();
            about.dedup();
            all.read(model, query, &about);
        }
        all
    }

    fn read<'r>(&mut self, model: &Model<'r>, query: &Query<'r>, about: &[Quantity]) {
        let ast = query.ast();
        let Some(root) = ast.root() else { return };
        let found = |node: NodeId, what: &'static str| Found {
            query: query.index,
            node,
            what,
            quantities: about.to_vec(),
        };
        if about.iter().any(|quantity| quantity.is_resource()) {
            self.tracked.push(found(root, "is tracked"));
            let alerts = query.alert().is_some() && model.is_filtered(Place { query, node: root });
            if alerts || is_capacity_panel(query, about) {
                self.saturations.push(found(root, "shows what runs out"));
            }
        }
        for (node, kind) in ast.all().map(|(id, node)| (id, &node.kind)) {
            match kind {
                Kind::Call(call) => match call.function.map_or("", |function| function.name) {
                    "predict_linear" => {
                        self.forecasts.push(found(node, "is forecast"));
                        self.anomalies.push(found(node, "is forecast"));
                    }
                    "holt_winters" | "double_exponential_smoothing" => {
                        self.anomalies.push(found(node, "is smoothed"));
                    }
                    name if name.ends_with("_over_time") && query.record().is_some() => {
                        let long = call.args.iter().any(|arg| is_long(ast, *arg));
                        if long {
                            self.baselines.push(found(node, "is recorded over a day or more"));
                        }
                    }
                    _ => {}
                },
                Kind::Binary(binary) => {
                    if compares_days(ast, binary) {
                        self.baselines.push(found(node, "is compared with an earlier day"));
                        self.anomalies.push(found(node, "is compared with an earlier day"));
                    } else if is_deviation(ast, binary) {
                        self.anomalies.push(found(node, "is measured in deviations"));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a range or subquery is a day long at least.
fn is_long(ast: &Ast, node: NodeId) -> bool {
    let seconds = match ast.kind(ast.bare(node)) {
        Kind::Range { window, .. } => window.seconds,
        Kind::Subquery(subquery) => subquery.window.seconds,
        _ => None,
    };
    seconds.is_some_and(|seconds| seconds >= DAY)
}

/// The offset of a selector in seconds; 0 without one.
pub fn offset(selector: &Selector) -> Option<f64> {
    selector.modifiers.offset.map_or(Some(0.0), |offset| offset.seconds)
}

/// Parts of more nodes are no quantity that somebody compares with another.
const LARGEST: u32 = 500;

fn is_large(ast: &Ast, node: NodeId) -> bool {
    node.0 - ast.node(node).first > LARGEST
}

fn offsets(ast: &Ast, node: NodeId) -> Vec<(&str, f64)> {
    ast.subtree(node)
        .filter_map(|(_, node)| match &node.kind {
            Kind::Selector(selector) => Some((selector.metric()?, offset(selector)?)),
            _ => None,
        })
        .collect()
}

/// Whether one side reads a metric now and the other side the same a day ago or earlier.
pub fn compares_days(ast: &Ast, binary: &Binary) -> bool {
    let relates = binary.op.is_comparison() || matches!(binary.op, Op::Div | Op::Sub);
    if !relates || is_large(ast, binary.left) || is_large(ast, binary.right) {
        return false;
    }
    let (left, right) = (offsets(ast, binary.left), offsets(ast, binary.right));
    left.iter().any(|(metric, before)| {
        right.iter().any(|(other, after)| other == metric && (before - after).abs() >= DAY)
    })
}

/// Whether a node is, or holds, a standard deviation.
pub fn deviates(ast: &Ast, node: NodeId) -> bool {
    !is_large(ast, node)
        && ast.subtree(node).any(|(_, node)| match &node.kind {
            Kind::Call(call) => call.function.is_some_and(|function| {
                matches!(function.name, "stddev_over_time" | "stdvar_over_time" | "mad_over_time")
            }),
            Kind::Aggregate(aggregate) => {
                matches!(aggregate.op, Aggregator::Stddev | Aggregator::Stdvar)
            }
            Kind::Selector(selector) => selector
                .metric()
                .is_some_and(|name| name.contains("stddev") || name.contains("zscore")),
            _ => false,
        })
}

/// `(x - mean) / deviation`, or a comparison with a bound made of deviations.
fn is_deviation(ast: &Ast, binary: &Binary) -> bool {
    let distance = || {
        ast.subtree(binary.left).any(|(_, node)| match &node.kind {
            Kind::Binary(inner) => inner.op == Op::Sub,
            _ => false,
        })
    };
    match binary.op {
        Op::Div => deviates(ast, binary.right) && distance(),
        op if op.is_comparison() => {
            deviates(ast, binary.right) != deviates(ast, binary.left)
                && !matches!(ast.kind(ast.bare(binary.right)), Kind::Number { .. })
        }
        _ => false,
    }
}

/// Whether a panel shows how much of something is left.
fn is_capacity_panel(query: &Query<'_>, about: &[Quantity]) -> bool {
    let Some(panel) = query.panel() else { return false };
    let title = panel.name().to_ascii_lowercase();
    let titled = ["capacity", "saturation", "forecast", "quota", "headroom", "commitment"];
    about.contains(&Quantity::Quota) || titled.iter().any(|word| title.contains(word))
}
