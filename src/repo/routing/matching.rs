//! One matcher against what is known of a label.

use crate::facts::alertmanager::{MatchOp, Matcher};
use crate::lang::pattern::Pattern;
use crate::repo::alerts::Value;

/// What holds for the alerts of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// For none of them.
    No,
    /// Nobody can tell.
    #[default]
    Maybe,
    /// For every one.
    Yes,
}

impl Answer {
    fn of(known: Option<bool>) -> Answer {
        match known {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Maybe,
        }
    }

    fn not(self) -> Answer {
        match self {
            Answer::No => Answer::Yes,
            Answer::Maybe => Answer::Maybe,
            Answer::Yes => Answer::No,
        }
    }
}

/// A matcher, ready to be asked.
#[derive(Clone, Debug)]
pub struct Condition<'r> {
    /// The label.
    pub label: &'r str,
    /// Comparison.
    pub op: MatchOp,
    /// Value or pattern.
    pub value: &'r str,
    /// As it is written; `None` where the operator adds it.
    pub matcher: Option<&'r Matcher>,
    pattern: Option<Pattern>,
    known: bool,
    /// Number of the label among those of the tree.
    pub(super) slot: usize,
}

impl<'r> Condition<'r> {
    /// From a matcher as written.
    pub fn of(matcher: &'r Matcher) -> Condition<'r> {
        Condition {
            label: &matcher.label,
            op: matcher.op,
            value: &matcher.value,
            matcher: Some(matcher),
            pattern: (matcher.known && matcher.op.is_regex()).then(|| Pattern::new(&matcher.value)),
            known: matcher.known,
            slot: 0,
        }
    }

    /// What the operator adds: `namespace="…"`, unknown where the object does not say which.
    pub(super) fn namespace(namespace: Option<&'r str>) -> Condition<'r> {
        Condition {
            label: "namespace",
            op: MatchOp::Equal,
            value: namespace.unwrap_or_default(),
            matcher: None,
            pattern: None,
            known: namespace.is_some(),
            slot: 0,
        }
    }

    /// The value it asks for, if it asks for exactly one that is not empty.
    pub fn exact(&self) -> Option<&'r str> {
        (self.known && self.op == MatchOp::Equal && !self.value.is_empty()).then_some(self.value)
    }

    /// The values it takes, if they can be listed and none is empty.
    pub(super) fn listed(&self) -> Option<Vec<&str>> {
        let words = || {
            let words = self.pattern.as_ref().filter(|_| self.op == MatchOp::Regex)?.words()?;
            Some(words.iter().map(String::as_str).collect())
        };
        let values: Vec<&str> = self.exact().map(|value| vec![value]).or_else(words)?;
        values.iter().all(|value| !value.is_empty()).then_some(values)
    }

    /// What the values that it takes begin with, as far as values are ASCII; none if that is not
    /// known.
    pub(super) fn beginnings(&self) -> &[Box<str>] {
        let pattern = self.pattern.as_ref().filter(|_| self.op == MatchOp::Regex);
        pattern.map_or(&[], Pattern::beginnings)
    }

    /// What they end with, likewise.
    pub(super) fn endings(&self) -> &[Box<str>] {
        let pattern = self.pattern.as_ref().filter(|_| self.op == MatchOp::Regex);
        pattern.map_or(&[], Pattern::endings)
    }

    /// Whether its text is understood.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Whether it holds for a label.
    pub fn holds(&self, value: &Value<'_>) -> Answer {
        if !self.known {
            return Answer::Maybe;
        }
        let positive = match value {
            Value::Absent => self.takes(""),
            Value::Is(text) => self.takes(text),
            Value::OneOf(values) => {
                let mut answers = values.iter().map(|text| self.takes(text));
                let first = answers.next().unwrap_or_default();
                if answers.all(|answer| answer == first) { first } else { Answer::Maybe }
            }
            Value::Present => self.takes_any_value(),
            Value::Unknown => {
                let (any, none) = (self.takes_any_value(), self.takes(""));
                if any == none { any } else { Answer::Maybe }
            }
        };
        match self.op {
            MatchOp::Equal | MatchOp::Regex => positive,
            MatchOp::NotEqual | MatchOp::NotRegex => positive.not(),
        }
    }

    /// Whether its value or pattern takes this text.
    fn takes(&self, text: &str) -> Answer {
        match &self.pattern {
            Some(pattern) => Answer::of(pattern.matches(text)),
            None => Answer::of(Some(self.value == text)),
        }
    }

    /// Whether its value or pattern takes every text that is not empty.
    fn takes_any_value(&self) -> Answer {
        match &self.pattern {
            Some(pattern) => Answer::of(pattern.matches_any_value()),
            None if self.value.is_empty() => Answer::No,
            None => Answer::Maybe,
        }
    }

    /// Whether every alert that satisfies `other` satisfies this.
    pub fn follows_from(&self, other: &Condition<'_>) -> bool {
        if !self.known || !other.known || self.label != other.label {
            return false;
        }
        let same = self.op == other.op && self.value == other.value;
        same || match other.op {
            MatchOp::Equal => {
                let value =
                    if other.value.is_empty() { Value::Absent } else { Value::Is(other.value) };
                self.holds(&value) == Answer::Yes
            }
            // One of listed words.
            MatchOp::Regex => {
                other.pattern.as_ref().and_then(Pattern::words).is_some_and(|words| {
                    words.iter().all(|word| self.holds(&Value::Is(word)) == Answer::Yes)
                })
            }
            MatchOp::NotEqual | MatchOp::NotRegex => false,
        }
    }

    /// As it is written in messages.
    pub fn shown(&self) -> String {
        format!("{}{}\"{}\"", self.label, self.op.sign(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn matcher(label: &str, op: MatchOp, value: &str) -> Matcher {
        Matcher {
            label: label.to_owned(),
            op,
            value: value.to_owned(),
            span: Span::new(SourceId(0), 0, 0),
            deprecated: None,
            known: true,
            fault: None,
        }
    }

    #[test]
    fn matchers_are_three_valued() {
        use Answer::{Maybe, No, Yes};
        use MatchOp::{Equal, NotEqual, NotRegex, Regex};
        let one_of = Value::OneOf(vec!["a", "b"]);
        for (op, pattern, value, expected) in [
            (Equal, "a", Value::Is("a"), Yes),
            (Equal, "a", Value::Is("b"), No),
            (Equal, "a", Value::Absent, No),
            (Equal, "", Value::Absent, Yes),
            (Equal, "", Value::Present, No),
            (Equal, "a", Value::Unknown, Maybe),
            (NotEqual, "a", Value::Absent, Yes),
            (NotEqual, "", Value::Present, Yes),
            (NotEqual, "a", Value::Present, Maybe),
            (Regex, "a|b", one_of.clone(), Yes),
            (Regex, "a|c", one_of.clone(), Maybe),
            (Regex, "c|d", one_of.clone(), No),
            (NotRegex, "c|d", one_of, Yes),
            (Regex, ".*", Value::Unknown, Yes),
            (Regex, ".+", Value::Unknown, Maybe),
            (Regex, ".+", Value::Present, Yes),
            (Regex, "", Value::Present, No),
            (NotRegex, ".*", Value::Unknown, No),
            (Regex, "^(?:a.)$", Value::Is("ab"), Yes),
            (Regex, "a", Value::Is("ab"), No),
        ] {
            let matcher = matcher("x", op, pattern);
            let found = Condition::of(&matcher).holds(&value);
            assert_eq!(found, expected, "{op:?} {pattern} {value:?}");
        }
    }

    #[test]
    fn what_follows_from_what() {
        use MatchOp::{Equal, NotEqual, Regex};
        for (op, value, of_op, of_value, expected) in [
            (Equal, "a", Equal, "a", true),
            (Regex, "a|b", Equal, "a", true),
            (Regex, "a|b", Regex, "a|b", true),
            (Regex, "a|b|c", Regex, "a|b", true),
            (Regex, "a|b", Regex, "a|b|c", false),
            (Equal, "a", Regex, "a|b", false),
            (NotEqual, "b", Equal, "a", true),
            (NotEqual, "a", Equal, "a", false),
            (Regex, "x.*", Regex, "xy.*", false),
            (Equal, "a", NotEqual, "b", false),
        ] {
            let (this, other) = (matcher("x", op, value), matcher("x", of_op, of_value));
            let found = Condition::of(&this).follows_from(&Condition::of(&other));
            assert_eq!(found, expected, "{op:?} {value} from {of_op:?} {of_value}");
        }
    }
}
