//! Text queries on logs, read for the fields they speak of: KQL, Lucene, ES|QL, LogQL.
//!
//! No full grammar: words, operators and values in order, which is all that these four have in
//! common, and all that is asked of them. What is not understood is passed over.

use std::ops::Range;

/// What a query does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The value is asked for.
    Is,
    /// The value is shut out.
    IsNot,
    /// A pattern is asked for.
    Matches,
    /// A pattern is shut out.
    MatchesNot,
    /// Above a value, or at it.
    Above,
    /// Below a value, or at it.
    Below,
    /// Results are grouped by it.
    By,
    /// Results are sorted by it.
    Sort,
    /// A number is taken from it.
    Measure,
}

/// A field that a query names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where its name stands; empty for the whole line of a LogQL filter.
    pub field: Range<usize>,
    /// What is done with it.
    pub op: Op,
    /// Where the values stand, without their quotes.
    pub values: Vec<Range<usize>>,
}

/// Most mentions that one text gives.
const MOST: usize = 500;

/// The fields that a text query speaks of.
pub fn mentions(text: &str) -> Vec<Mention> {
    let tokens = lex(text);
    let mut found = Vec::new();
    let mut at = 0;
    let mut negated = false;
    while at < tokens.len() && found.len() < MOST {
        let token = &tokens[at];
        let word = text.get(token.range.clone()).unwrap_or_default();
        let after = tokens.get(at + 1).map(|next| (next, &text[next.range.clone()]));
        match (token.kind, after) {
            // `p = PERCENTILE(duration, 95)` names what a function gives.
            (Kind::Word, Some((_, "="))) if is_call(text, &tokens, at + 2) => {
                at += 2;
                continue;
            }
            (Kind::Word, Some((next, sign))) if next.kind == Kind::Sign && op(sign).is_some() => {
                let (values, end) = values(text, &tokens, at + 2);
                let op = op(sign).unwrap_or(Op::Is);
                let op = if negated { against(op) } else { op };
                found.push(Mention { field: token.range.clone(), op, values });
                (at, negated) = (end, false);
                continue;
            }
            // `|= "text"` filters lines.
            (Kind::Sign, Some((next, _)))
                if matches!(word, "|=" | "|~" | "!=" | "!~") && next.kind == Kind::Text =>
            {
                let op = match word {
                    "|=" => Op::Is,
                    "|~" => Op::Matches,
                    "!=" => Op::IsNot,
                    _ => Op::MatchesNot,
                };
                let nowhere = token.range.start..token.range.start;
                found.push(Mention { field: nowhere, op, values: vec![next.range.clone()] });
                at += 2;
                continue;
            }
            (Kind::Word, _) => {
                at = keyword(text, &tokens, at, &mut found);
                negated = word.eq_ignore_ascii_case("not");
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Whether a name with an opening bracket behind it stands here.
fn is_call(text: &str, tokens: &[Token], at: usize) -> bool {
    match tokens.get(at..at + 2) {
        Some([name, open]) => name.kind == Kind::Word && &text[open.range.clone()] == "(",
        _ => false,
    }
}

/// Whether a text is ES|QL: its first command names a source.
pub fn is_esql(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    ["from", "row", "ts", "show"].iter().any(|word| first.eq_ignore_ascii_case(word))
        && (text.contains('|') || first.eq_ignore_ascii_case("from"))
}

/// A word that is not compared: `by`, `sort`, `unwrap`, `like`, `in`, a function. Gives where to go on.
fn keyword(text: &str, tokens: &[Token], at: usize, found: &mut Vec<Mention>) -> usize {
    let word = text[tokens[at].range.clone()].to_ascii_lowercase();
    match word.as_str() {
        "by" | "sort" | "unwrap" => {
            let op = match word.as_str() {
                "by" => Op::By,
                "sort" => Op::Sort,
                _ => Op::Measure,
            };
            list(text, tokens, at + 1, op, found)
        }
        "avg" | "max" | "min" | "percentile" | "median" | "sum" => match tokens.get(at + 1..at + 3)
        {
            Some([open, field]) if &text[open.range.clone()] == "(" && field.kind == Kind::Word => {
                let measure =
                    Mention { field: field.range.clone(), op: Op::Measure, values: Vec::new() };
                // `sum (rate(…))` takes no field.
                let called =
                    tokens.get(at + 3).is_some_and(|next| &text[next.range.clone()] == "(");
                if !called {
                    found.push(measure);
                }
                at + 3
            }
            _ => at + 1,
        },
        _ => match tokens.get(at + 1) {
            Some(next) if next.kind == Kind::Word => {
                let sign = text[next.range.clone()].to_ascii_lowercase();
                if !matches!(sign.as_str(), "like" | "rlike" | "in") {
                    return at + 1;
                }
                let op = if sign == "in" { Op::Is } else { Op::Matches };
                let (values, end) = values(text, tokens, at + 2);
                found.push(Mention { field: tokens[at].range.clone(), op, values });
                end
            }
            _ => at + 1,
        },
    }
}

/// Names after `by` or `sort`, in brackets or not, up to what is no name.
fn list(text: &str, tokens: &[Token], mut at: usize, op: Op, found: &mut Vec<Mention>) -> usize {
    let inside = tokens.get(at).is_some_and(|token| &text[token.range.clone()] == "(");
    at += usize::from(inside);
    while let Some(token) = tokens.get(at).filter(|token| token.kind == Kind::Word) {
        let next = tokens.get(at + 1).map(|next| &text[next.range.clone()]);
        // `BY day = DATE_TRUNC(1 day, @timestamp)`: a name of its own.
        if next == Some("=") || next == Some("(") {
            return at;
        }
        found.push(Mention { field: token.range.clone(), op, values: Vec::new() });
        at += 1;
        if next != Some(",") {
            break;
        }
        at += 1;
    }
    at
}

/// A value, or the values of a list in brackets.
fn values(text: &str, tokens: &[Token], at: usize) -> (Vec<Range<usize>>, usize) {
    let Some(first) = tokens.get(at) else { return (Vec::new(), at) };
    if matches!(&text[first.range.clone()], "(" | "[" | "{") && first.kind == Kind::Sign {
        let mut values = Vec::new();
        let mut end = at + 1;
        while let Some(token) = tokens.get(end) {
            let word = &text[token.range.clone()];
            if token.kind == Kind::Sign && matches!(word, ")" | "]" | "}") {
                return (values, end + 1);
            }
            let joins = ["or", "and", "to", "not"].iter().any(|it| word.eq_ignore_ascii_case(it));
            if token.kind != Kind::Sign && !joins {
                values.push(token.range.clone());
            }
            end += 1;
        }
        return (values, end);
    }
    match first.kind {
        Kind::Sign => (Vec::new(), at),
        _ => (vec![first.range.clone()], at + 1),
    }
}

fn op(sign: &str) -> Option<Op> {
    Some(match sign {
        ":" | "=" | "==" => Op::Is,
        "!=" => Op::IsNot,
        "=~" => Op::Matches,
        "!~" => Op::MatchesNot,
        ">" | ">=" | ":>" | ":>=" => Op::Above,
        "<" | "<=" | ":<" | ":<=" => Op::Below,
        _ => return None,
    })
}

fn against(op: Op) -> Op {
    match op {
        Op::Is => Op::IsNot,
        Op::Matches => Op::MatchesNot,
        Op::Above => Op::Below,
        Op::Below => Op::Above,
        other => other,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Sign,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b if b.is_ascii_whitespace() => at += 1,
            b'"' | b'\'' | b'`' => {
                let end = closing(bytes, at);
                // A name in backticks is a name, unless it is LogQL's raw text.
                tokens.push(Token { kind: Kind::Text, range: at + 1..end });
                at = (end + 1).min(bytes.len());
            }
            b if is_word(b) => {
                let end = (at..bytes.len()).find(|&to| !is_word(bytes[to])).unwrap_or(bytes.len());
                tokens.push(Token { kind: Kind::Word, range: at..end });
                at = end;
            }
            _ => {
                let three = bytes.get(at..at + 3);
                let two = bytes.get(at..at + 2);
                let len = match (three, two) {
                    (Some(b":>=" | b":<="), _) => 3,
                    (
                        _,
                        Some(
                            b"==" | b"!=" | b"=~" | b"!~" | b">=" | b"<=" | b"|=" | b"|~" | b":>"
                            | b":<" | b"&&" | b"||",
                        ),
                    ) => 2,
                    _ => 1,
                };
                tokens.push(Token { kind: Kind::Sign, range: at..at + len });
                at += len;
            }
        }
    }
    tokens
}

/// Letters, digits, and what stands inside names of fields; all of a character outside ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(byte, b'_' | b'.' | b'@' | b'*' | b'-' | b'$' | b'?' | b'%' | b'/' | b'\\')
}

fn closing(bytes: &[u8], open: usize) -> usize {
    let quote = bytes[open];
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 1,
            byte if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Op, is_esql, mentions};

    fn read(text: &str) -> Vec<(String, Op, Vec<String>)> {
        let word = |range: &std::ops::Range<usize>| text[range.clone()].to_owned();
        mentions(text)
            .into_iter()
            .map(|one| (word(&one.field), one.op, one.values.iter().map(word).collect()))
            .collect()
    }

    fn one(field: &str, op: Op, values: &[&str]) -> (String, Op, Vec<String>) {
        (field.to_owned(), op, values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn kql_and_lucene() {
        assert_eq!(
            read("level: (ERROR or FATAL) and service.name : \"cart\" and not path: /health"),
            [
                one("level", Op::Is, &["ERROR", "FATAL"]),
                one("service.name", Op::Is, &["cart"]),
                one("path", Op::IsNot, &["/health"]),
            ]
        );
        assert_eq!(
            read("duration >= 1000 AND status:>=500"),
            [one("duration", Op::Above, &["1000"]), one("status", Op::Above, &["500"])]
        );
    }

    #[test]
    fn esql() {
        let text = "FROM app-* | WHERE level == \"ERROR\" AND user.id IN (\"a\", \"b\") \
                    | STATS n = COUNT(*), p = PERCENTILE(duration, 95) BY service.name, host | SORT n";
        assert!(is_esql(text));
        let found = read(text);
        assert!(found.contains(&one("level", Op::Is, &["ERROR"])));
        assert!(found.contains(&one("user.id", Op::Is, &["a", "b"])));
        assert!(found.contains(&one("duration", Op::Measure, &[])));
        assert!(found.contains(&one("service.name", Op::By, &[])));
        assert!(found.contains(&one("host", Op::By, &[])));
    }

    #[test]
    fn logql() {
        let text = "sum by (service) (count_over_time({app=\"x\", env=~\"p.*\"} |= \"error\" | json | level=\"error\" [5m]))";
        let found = read(text);
        assert!(found.contains(&one("service", Op::By, &[])));
        assert!(found.contains(&one("app", Op::Is, &["x"])));
        assert!(found.contains(&one("env", Op::Matches, &["p.*"])));
        assert!(found.contains(&one("", Op::Is, &["error"])));
        assert!(found.contains(&one("level", Op::Is, &["error"])));
        let timed =
            "quantile_over_time(0.95, {app=\"x\"} | json | unwrap duration [5m]) by (service)";
        assert!(read(timed).contains(&one("duration", Op::Measure, &[])));
    }

    #[test]
    fn whatever_stands_there_is_survived() {
        for text in ["", ":", "a:", "\"", "by", "by (", "ä: ö", "a:(b", "in in in", "sum(", "| | |"]
        {
            let _ = mentions(text);
        }
    }
}
