//! Value scale: whether a value is a proven share of a whole.

use super::leaf::{Leaf, RATES};
use super::{Model, Place};
use crate::lang::promql::ast::{Aggregator, Kind, Op};

/// What is proven about the values of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From 0 to this whole: 1 for a ratio, 100 for a percentage.
    Share {
        /// The value that stands for everything.
        whole: f64,
        /// No rounding or extrapolation can lead beyond the bounds.
        exact: bool,
    },
    /// Nothing.
    Unknown,
}

impl Scale {
    /// The whole, if the value is a share of one.
    pub fn whole(self) -> Option<f64> {
        match self {
            Scale::Share { whole, .. } => Some(whole),
            Scale::Unknown => None,
        }
    }

    /// The same share of a whole that is this many times as large; no share of a negative one.
    fn times(self, factor: f64) -> Option<Scale> {
        match self {
            Scale::Share { whole, exact } if factor > 0.0 => {
                Some(Scale::Share { whole: whole * factor, exact })
            }
            _ => None,
        }
    }
}

/// Gauges that are parts of others, from the exporters' sources: part and whole.
const PARTS: &[(&str, &str)] = &[
    ("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"),
    ("node_memory_MemFree_bytes", "node_memory_MemTotal_bytes"),
    ("node_memory_Cached_bytes", "node_memory_MemTotal_bytes"),
    ("node_memory_Buffers_bytes", "node_memory_MemTotal_bytes"),
    ("node_memory_SwapFree_bytes", "node_memory_SwapTotal_bytes"),
    ("node_filesystem_avail_bytes", "node_filesystem_size_bytes"),
    ("node_filesystem_free_bytes", "node_filesystem_size_bytes"),
    ("node_filesystem_files_free", "node_filesystem_files"),
    ("node_nf_conntrack_entries", "node_nf_conntrack_entries_limit"),
    ("node_filefd_allocated", "node_filefd_maximum"),
    ("kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"),
    ("kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"),
    ("kubelet_volume_stats_inodes_free", "kubelet_volume_stats_inodes"),
    ("kubelet_volume_stats_inodes_used", "kubelet_volume_stats_inodes"),
    ("windows_logical_disk_free_bytes", "windows_logical_disk_size_bytes"),
    ("process_open_fds", "process_max_fds"),
    ("jvm_memory_committed_bytes", "jvm_memory_max_bytes"),
];

/// How deep a scale is looked for; deeper nesting proves nothing.
const DEPTH: usize = 64;

/// The scale of a node.
pub fn of<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> Scale {
    Finder { model }.scale(place, DEPTH).unwrap_or(Scale::Unknown)
}

struct Finder<'m, 'r> {
    model: &'m Model<'r>,
}

impl<'r> Finder<'_, 'r> {
    fn scale(&self, place: Place<'_, 'r>, depth: usize) -> Option<Scale> {
        let depth = depth.checked_sub(1)?;
        let place = self.model.follow(Place { query: place.query, node: place.node });
        match place.kind() {
            Kind::Binary(binary) => {
                let (left, right) = (place.at(binary.left), place.at(binary.right));
                match binary.op {
                    op if op.is_comparison() && binary.returns_bool.is_some() => {
                        Some(Scale::Share { whole: 1.0, exact: true })
                    }
                    op if op.is_comparison() => self.filtered(left, right, depth),
                    Op::And | Op::Unless => self.scale(left, depth),
                    Op::Or => {
                        let scale = self.scale(left, depth)?;
                        (Some(scale) == self.scale(right, depth)).then_some(scale)
                    }
                    // What stands for many may be another part of the same whole.
                    Op::Div if binary.joins_right() => None,
                    Op::Div => self.quotient(left, right, depth),
                    Op::Mul => self.product(left, right, depth),
                    // The rest of a whole is a share of the same whole.
                    Op::Sub => {
                        let whole = self.model.constant(left)?;
                        let scale = self.scale(right, depth)?;
                        (scale.whole() == Some(whole)).then_some(scale)
                    }
                    _ => None,
                }
            }
            Kind::Aggregate(aggregate) => match aggregate.op {
                Aggregator::Avg
                | Aggregator::Min
                | Aggregator::Max
                | Aggregator::Topk
                | Aggregator::Bottomk => {
                    let inner = place.at(aggregate.inner?);
                    idle_cpu(self.model, inner)
                        .filter(|_| aggregate.op != Aggregator::Topk)
                        .or_else(|| self.scale(inner, depth))
                }
                _ => None,
            },
            Kind::Call(call) => match (call.function?.name, &*call.args) {
                ("avg_over_time" | "min_over_time" | "max_over_time" | "last_over_time", [arg]) => {
                    match place.ast().kind(*arg) {
                        Kind::Subquery(subquery) => self.scale(place.at(subquery.inner), depth),
                        Kind::Range { inner, .. } => self.scale(place.at(*inner), depth),
                        _ => None,
                    }
                }
                ("sort" | "sort_desc" | "abs" | "label_replace" | "label_join", [arg, ..]) => {
                    self.scale(place.at(*arg), depth)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A comparison keeps the values of its vector side.
    fn filtered(&self, left: Place<'_, 'r>, right: Place<'_, 'r>, depth: usize) -> Option<Scale> {
        match self.model.constant(left) {
            Some(_) => self.scale(right, depth),
            None => self.scale(left, depth),
        }
    }

    fn quotient(&self, left: Place<'_, 'r>, right: Place<'_, 'r>, depth: usize) -> Option<Scale> {
        if let Some(divisor) = self.model.constant(right) {
            return self.scale(left, depth)?.times(1.0 / divisor);
        }
        // `100 * part / whole` multiplies first.
        if let Kind::Binary(product) = self.model.follow(left).kind()
            && product.op == Op::Mul
        {
            let left = self.model.follow(left);
            let (first, second) = (left.at(product.left), left.at(product.right));
            let (factor, part) = match (self.model.constant(first), self.model.constant(second)) {
                (Some(factor), None) => (factor, second),
                (None, Some(factor)) => (factor, first),
                _ => return None,
            };
            return self.quotient(part, right, depth)?.times(factor);
        }
        let part = Leaf::of(self.model, left)?;
        let whole = Leaf::of(self.model, right)?;
        is_part(&part, &whole).then_some(Scale::Share { whole: 1.0, exact: true })
    }

    fn product(&self, left: Place<'_, 'r>, right: Place<'_, 'r>, depth: usize) -> Option<Scale> {
        let (factor, vector) = match (self.model.constant(left), self.model.constant(right)) {
            (None, Some(factor)) => (factor, left),
            (Some(factor), None) => (factor, right),
            _ => return None,
        };
        self.scale(vector, depth)?.times(factor)
    }
}

/// Whether one side counts a part of what the other counts: sums and counts of values that are
/// not negative.
fn is_part(part: &Leaf<'_>, whole: &Leaf<'_>) -> bool {
    let additive =
        part.aggregations.iter().all(|(op, _)| matches!(op, Aggregator::Sum | Aggregator::Count));
    if !additive || !part.is_aggregated_like(whole) {
        return false;
    }
    let counted = part.aggregations.iter().any(|(op, _)| *op == Aggregator::Count);
    let not_negative = counted
        || part.function.is_some_and(|name| RATES.contains(&name) || name == "count_over_time");
    let subset = not_negative && part.reads_like(whole) && part.narrows(whole).is_some();
    subset || is_gauge_part(part, whole)
}

/// A known part of a known whole, both selected alike.
fn is_gauge_part(part: &Leaf<'_>, whole: &Leaf<'_>) -> bool {
    let names = part.metric().zip(whole.metric());
    part.function.is_none()
        && whole.function.is_none()
        && names.is_some_and(|(part, whole)| PARTS.contains(&(part, whole)))
        && part.narrows(whole).is_some_and(|extra| extra.is_empty())
        && super::leaf::same_time(&part.selector.modifiers, &whole.selector.modifiers)
}

/// `rate(node_cpu_seconds_total{mode="…"}[…])`: seconds of one CPU in one second.
fn idle_cpu<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> Option<Scale> {
    let leaf = Leaf::of(model, place)?;
    let one_mode = matches!(leaf.pinned("mode"), crate::facts::subject::Held::Text(_));
    let is_rate = matches!(leaf.function, Some("rate" | "irate"));
    (one_mode
        && is_rate
        && leaf.aggregations.is_empty()
        && leaf.metric() == Some("node_cpu_seconds_total"))
    .then_some(Scale::Share { whole: 1.0, exact: false })
}
