//! The functions of Prometheus 3.16, and those that were there before.

use super::types::Type;

/// A function.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Name.
    pub name: &'static str,
    /// Types of the arguments; the last one repeats if `optional` allows more.
    pub args: &'static [Type],
    /// Arguments that may be left out or added at the end.
    pub optional: Optional,
    /// Type of the result.
    pub returns: Type,
    /// Since which release, and whether it still is behind a flag.
    pub state: State,
}

/// How many arguments a function takes beside those it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optional {
    /// None.
    None,
    /// The last argument of the list may be missing, and up to this many may stand in its place.
    UpTo(usize),
    /// The last argument of the list may be missing or repeated without limit.
    Any,
}

/// Whether a server has a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every 2.x and 3.x server in use has it.
    Stable,
    /// Since this release.
    Since(u16, u16),
    /// Since this release behind `--enable-feature=promql-experimental-functions`.
    Experimental(u16, u16),
    /// No longer there.
    Removed {
        /// First release without it.
        from: (u16, u16),
        /// What took its place.
        successor: &'static str,
    },
}

impl Function {
    /// Fewest and most arguments; `None` for no limit.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let len = self.args.len();
        match self.optional {
            Optional::None => (len, Some(len)),
            Optional::UpTo(more) => (len.saturating_sub(1), Some(len.saturating_sub(1) + more)),
            Optional::Any => (len.saturating_sub(1), None),
        }
    }

    /// Type of an argument.
    pub fn arg(&self, index: usize) -> Option<Type> {
        self.args.get(index).or(self.args.last()).copied()
    }
}

/// Finds a function by its exact name.
pub fn named(name: &str) -> Option<&'static Function> {
    TABLE.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &TABLE[at])
}

/// All functions, by name.
pub fn all() -> &'static [Function] {
    TABLE
}

const S: Type = Type::Scalar;
const V: Type = Type::Vector;
const M: Type = Type::Range;
const T: Type = Type::Text;

const fn plain(name: &'static str, args: &'static [Type], returns: Type) -> Function {
    Function { name, args, optional: Optional::None, returns, state: State::Stable }
}

const fn up_to(name: &'static str, args: &'static [Type], more: usize) -> Function {
    Function { name, args, optional: Optional::UpTo(more), returns: V, state: State::Stable }
}

const fn at(function: Function, state: State) -> Function {
    Function { state, ..function }
}

const fn any(name: &'static str, args: &'static [Type]) -> Function {
    Function { name, args, optional: Optional::Any, returns: V, state: State::Stable }
}

const HOLT_WINTERS: State =
    State::Removed { from: (3, 0), successor: "double_exponential_smoothing" };

/// In the order of the names.
static TABLE: &[Function] = &[
    plain("abs", &[V], V),
    plain("absent", &[V], V),
    plain("absent_over_time", &[M], V),
    plain("acos", &[V], V),
    plain("acosh", &[V], V),
    plain("asin", &[V], V),
    plain("asinh", &[V], V),
    plain("atan", &[V], V),
    plain("atanh", &[V], V),
    plain("avg_over_time", &[M], V),
    plain("ceil", &[V], V),
    plain("changes", &[M], V),
    plain("clamp", &[V, S, S], V),
    plain("clamp_max", &[V, S], V),
    plain("clamp_min", &[V, S], V),
    plain("cos", &[V], V),
    plain("cosh", &[V], V),
    plain("count_over_time", &[M], V),
    up_to("day_of_month", &[V], 1),
    up_to("day_of_week", &[V], 1),
    up_to("day_of_year", &[V], 1),
    up_to("days_in_month", &[V], 1),
    plain("deg", &[V], V),
    plain("delta", &[M], V),
    plain("deriv", &[M], V),
    at(plain("double_exponential_smoothing", &[M, S, S], V), State::Experimental(3, 0)),
    at(plain("end", &[], S), State::Experimental(3, 12)),
    plain("exp", &[V], V),
    at(plain("first_over_time", &[M], V), State::Since(3, 14)),
    plain("floor", &[V], V),
    at(plain("histogram_avg", &[V], V), State::Since(2, 51)),
    at(plain("histogram_count", &[V], V), State::Since(2, 40)),
    at(plain("histogram_fraction", &[S, S, V], V), State::Since(2, 40)),
    plain("histogram_quantile", &[S, V], V),
    at(up_to("histogram_quantiles", &[V, T, S, S], 9), State::Experimental(3, 11)),
    at(plain("histogram_stddev", &[V], V), State::Since(2, 47)),
    at(plain("histogram_stdvar", &[V], V), State::Since(2, 47)),
    at(plain("histogram_sum", &[V], V), State::Since(2, 40)),
    at(plain("holt_winters", &[M, S, S], V), HOLT_WINTERS),
    up_to("hour", &[V], 1),
    plain("idelta", &[M], V),
    plain("increase", &[M], V),
    at(up_to("info", &[V, V], 1), State::Experimental(2, 55)),
    at(up_to("integral", &[M, S], 1), State::Experimental(3, 15)),
    plain("irate", &[M], V),
    any("label_join", &[V, T, T, T]),
    plain("label_replace", &[V, T, T, T, T], V),
    plain("last_over_time", &[M], V),
    plain("ln", &[V], V),
    plain("log10", &[V], V),
    plain("log2", &[V], V),
    at(plain("mad_over_time", &[M], V), State::Experimental(2, 49)),
    at(plain("max_of", &[S, S], S), State::Experimental(3, 13)),
    plain("max_over_time", &[M], V),
    at(plain("min_of", &[S, S], S), State::Experimental(3, 13)),
    plain("min_over_time", &[M], V),
    up_to("minute", &[V], 1),
    up_to("month", &[V], 1),
    plain("pi", &[], S),
    plain("predict_linear", &[M, S], V),
    plain("present_over_time", &[M], V),
    plain("quantile_over_time", &[S, M], V),
    plain("rad", &[V], V),
    at(plain("range", &[], S), State::Experimental(3, 12)),
    plain("rate", &[M], V),
    plain("resets", &[M], V),
    up_to("round", &[V, S], 1),
    plain("scalar", &[V], S),
    plain("sgn", &[V], V),
    plain("sin", &[V], V),
    plain("sinh", &[V], V),
    plain("sort", &[V], V),
    at(any("sort_by_label", &[V, T]), State::Experimental(2, 49)),
    at(any("sort_by_label_desc", &[V, T]), State::Experimental(2, 49)),
    plain("sort_desc", &[V], V),
    plain("sqrt", &[V], V),
    at(plain("start", &[], S), State::Experimental(3, 12)),
    at(plain("start_timestamp", &[V], V), State::Experimental(3, 14)),
    plain("stddev_over_time", &[M], V),
    plain("stdvar_over_time", &[M], V),
    at(plain("step", &[], S), State::Experimental(3, 12)),
    plain("sum_over_time", &[M], V),
    plain("tan", &[V], V),
    plain("tanh", &[V], V),
    plain("time", &[], S),
    plain("timestamp", &[V], V),
    at(plain("ts_of_first_over_time", &[M], V), State::Experimental(3, 7)),
    at(plain("ts_of_last_over_time", &[M], V), State::Experimental(3, 5)),
    at(plain("ts_of_max_over_time", &[M], V), State::Experimental(3, 5)),
    at(plain("ts_of_min_over_time", &[M], V), State::Experimental(3, 5)),
    plain("vector", &[S], V),
    up_to("year", &[V], 1),
];

/// The function whose name is nearest to a misspelt one.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::lang::distance::nearest(name, TABLE.iter().map(|function| function.name), 2)
}
