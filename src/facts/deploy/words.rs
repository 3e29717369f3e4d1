//! Maps, lists of `KEY=VALUE`, and the words of a command.

use crate::facts::scalar::{Pairs, Scalar};
use crate::parse::tree::NodeRef;

pub(super) fn map(node: Option<NodeRef<'_>>, open: bool) -> Pairs {
    node.map_or_else(|| Pairs { open, ..Pairs::default() }, |node| Pairs::of(node, open))
}

/// A map, or a list of `KEY=VALUE`.
pub(super) fn listed(node: Option<NodeRef<'_>>, open: bool) -> Pairs {
    let Some(node) = node else { return Pairs { open, ..Pairs::default() } };
    if !node.is_sequence() {
        let pairs = node.entries();
        let entries =
            pairs.filter_map(|(key, value)| Some((Scalar::of(key)?, Scalar::of(value)?))).collect();
        return Pairs { entries, open };
    }
    let pair = |item: NodeRef<'_>| {
        let whole = Scalar::of(item)?;
        let (key, value) = match whole.text.split_once('=') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            // `KEY` alone is taken from the caller's environment.
            None => (whole.text.clone(), format!("${{{}}}", whole.text)),
        };
        let given = whole.text.contains('=');
        let known = given && whole.known;
        let key_span = whole.place(0, key.len());
        let length = if given { value.len() } else { 0 };
        let value_span = whole.place(whole.text.len() - length, whole.text.len());
        Some((
            Scalar { text: key, span: key_span, known: !item.is_unknown(), plain: whole.plain },
            Scalar { text: value, span: value_span, known, plain: whole.plain },
        ))
    };
    Pairs { entries: node.items().filter_map(pair).collect(), open }
}

/// Words of a command: items of a list, or a string as a shell splits it. A list's item that is a
/// script for a shell (`sh -c "…"`) is split too.
pub(super) fn words(node: Option<NodeRef<'_>>) -> Vec<Scalar> {
    let Some(node) = node else { return Vec::new() };
    if let Some(line) = Scalar::template(node) {
        return split_words(&line);
    }
    let mut words: Vec<Scalar> = Vec::new();
    for item in node.items() {
        let script =
            words.last().is_some_and(|last| matches!(last.text.as_str(), "-c" | "-ec" | "-lc"));
        if script {
            words.extend(Scalar::template(item).iter().flat_map(split_words));
        } else {
            words.extend(Scalar::of(item));
        }
    }
    words
}

/// Splits at blanks outside quotes; quotes go. Words of a block or escaped text stand at all of it.
pub(super) fn split_words(line: &Scalar) -> Vec<Scalar> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut start = None;
    let mut quote = None;
    let text = &line.text;
    let mut chars = text.char_indices().peekable();
    let mut push = |word: &mut String, from: usize, to: usize| {
        let text = std::mem::take(word);
        let known = line.known && !crate::lang::placeholder::is_in(&text);
        words.push(Scalar { text, span: line.place(from, to), known, plain: false });
    };
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => {
                if let Some(from) = start.take() {
                    push(&mut word, from, at);
                }
            }
            (None, '\\') if chars.peek().is_some_and(|(_, next)| matches!(next, '\n' | '\r')) => {
                chars.next();
            }
            (None, '"' | '\'') => {
                start.get_or_insert(at);
                quote = Some(c);
            }
            (Some(open), c) if c == open => quote = None,
            _ => {
                start.get_or_insert(at);
                word.push(c);
            }
        }
    }
    if let Some(from) = start {
        push(&mut word, from, text.len());
    }
    words
}
