//! Operators and aggregations, and what is known of each.

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the operators")]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `</`: keeps what a histogram observed up to a bound.
    TrimUpper,
    /// `>/`: keeps what a histogram observed above a bound.
    TrimLower,
    And,
    Or,
    Unless,
}

impl Op {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mul => "*",
            Op::Div => "/",
            Op::Mod => "%",
            Op::Pow => "^",
            Op::Atan2 => "atan2",
            Op::Equal => "==",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessEqual => "<=",
            Op::Greater => ">",
            Op::GreaterEqual => ">=",
            Op::TrimUpper => "</",
            Op::TrimLower => ">/",
            Op::And => "and",
            Op::Or => "or",
            Op::Unless => "unless",
        }
    }

    /// Binding strength: `or` 1 to `^` 6.
    pub fn strength(self) -> u8 {
        match self {
            Op::Or => 1,
            Op::And | Op::Unless => 2,
            Op::Add | Op::Sub => 4,
            Op::Mul | Op::Div | Op::Mod | Op::Atan2 => 5,
            Op::Pow => 6,
            _ => 3,
        }
    }

    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Op::Equal | Op::NotEqual | Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual
        )
    }

    /// `and`, `or`, `unless`.
    pub fn is_set(self) -> bool {
        matches!(self, Op::And | Op::Or | Op::Unless)
    }

    /// Operators that compute a new value: `+ - * / % ^ atan2`.
    pub fn is_arithmetic(self) -> bool {
        matches!(self, Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod | Op::Pow | Op::Atan2)
    }
}

/// Aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the aggregations")]
pub enum Aggregator {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    Topk,
    Bottomk,
    CountValues,
    Quantile,
    Limitk,
    LimitRatio,
}

impl Aggregator {
    const ALL: &[(&str, Aggregator)] = &[
        ("sum", Aggregator::Sum),
        ("avg", Aggregator::Avg),
        ("count", Aggregator::Count),
        ("min", Aggregator::Min),
        ("max", Aggregator::Max),
        ("group", Aggregator::Group),
        ("stddev", Aggregator::Stddev),
        ("stdvar", Aggregator::Stdvar),
        ("topk", Aggregator::Topk),
        ("bottomk", Aggregator::Bottomk),
        ("count_values", Aggregator::CountValues),
        ("quantile", Aggregator::Quantile),
        ("limitk", Aggregator::Limitk),
        ("limit_ratio", Aggregator::LimitRatio),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }

    /// Reads a name in lower case.
    pub(in crate::lang::promql) fn named(name: &[u8]) -> Option<Aggregator> {
        Self::ALL.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, op)| *op)
    }

    /// Whether it takes a parameter before what it aggregates.
    pub fn has_param(self) -> bool {
        matches!(
            self,
            Aggregator::Topk
                | Aggregator::Bottomk
                | Aggregator::CountValues
                | Aggregator::Quantile
                | Aggregator::Limitk
                | Aggregator::LimitRatio
        )
    }

    /// Whether it needs `--enable-feature=promql-experimental-functions`.
    pub fn is_experimental(self) -> bool {
        matches!(self, Aggregator::Limitk | Aggregator::LimitRatio)
    }

    /// Whether its output series are series of its input, labels untouched.
    pub fn keeps_series(self) -> bool {
        matches!(
            self,
            Aggregator::Topk | Aggregator::Bottomk | Aggregator::Limitk | Aggregator::LimitRatio
        )
    }
}
