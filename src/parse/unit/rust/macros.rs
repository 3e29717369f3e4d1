//! Macros: the arguments of those that are written like calls.
//!
//! The grammar knows their tokens only. What stands between the brackets is read again as the
//! arguments of a call, with the few signs that macros add put as Rust has them; every
//! replacement is as long as what it replaces, so that places stay.

use super::super::build::Builder;
use super::super::{Arg, Block, CallForm, ExprKind};
use super::items;
use super::values::expression;
use crate::parse::code::{self, Language};

/// What makes the tokens a call.
const HEAD: &str = "fn f(){f(";
const TAIL: &str = ");}";

/// Larger bodies are programs of their own kind.
const MAX_BODY: usize = 20_000;

pub(super) fn call<'a>(b: &mut Builder<'_, 'a>, node: usize) -> ExprKind<'a> {
    let Some(name) = b.field(node, "macro") else { return ExprKind::Other(Vec::new()) };
    let callee = expression(b, name);
    let args = match b.child(node, "token_tree") {
        Some(tree) => arguments(b, tree),
        None => Vec::new(),
    };
    ExprKind::Call { callee, args, form: CallForm::Macro }
}

/// The arguments between the brackets of a token tree.
pub(super) fn arguments<'a>(b: &mut Builder<'_, 'a>, tree: usize) -> Vec<Arg<'a>> {
    let at = b.at(tree);
    let body = b.unit.slice(&(at.start + 1..at.end.saturating_sub(1)));
    if body.trim().is_empty() || body.len() > MAX_BODY {
        return Vec::new();
    }
    let text = format!("{HEAD}{}{TAIL}", plain(body));
    let Some(inner) = code::parse(Language::Rust, &text) else { return Vec::new() };
    let list = inner.of_kind("arguments").next();
    let Some(list) = list.filter(|_| inner.faults.is_empty()) else { return Vec::new() };
    let shift = i64::from(at.start) + 1 - i64::try_from(HEAD.len()).unwrap_or_default();
    b.within(&inner, shift, |b| {
        let mut args = Vec::new();
        for item in b.named(list) {
            let pair = b.field(item, "left").zip(b.field(item, "right"));
            let pair = pair.filter(|_| b.kind(item) == "assignment_expression");
            let (name, value) = match pair {
                Some((name, value)) => (Some(b.text(name).trim_matches('"')), value),
                None => (None, item),
            };
            args.push(Arg { name, value: expression(b, value), spread: false });
        }
        args
    })
}

/// The invocation that a statement is.
fn invocation(b: &Builder<'_, '_>, node: usize) -> Option<usize> {
    match b.kind(node) {
        "macro_invocation" => Some(node),
        _ => b.named(node).first().copied().filter(|&it| b.kind(it) == "macro_invocation"),
    }
}

/// Whether a macro declares statics that are made when they are first used.
pub(super) fn holds_statics(b: &Builder<'_, '_>, node: usize) -> bool {
    let name = invocation(b, node).and_then(|it| b.field(it, "macro")).map(|name| b.text(name));
    name.is_some_and(|name| name.ends_with("lazy_static") || name.ends_with("thread_local"))
}

/// The statics of `lazy_static! { static ref A: T = …; }`.
pub(super) fn statics(b: &mut Builder<'_, '_>, node: usize) -> Block {
    let tree = invocation(b, node).and_then(|it| b.child(it, "token_tree"));
    let Some(at) = tree.map(|tree| b.at(tree)) else { return Block::new() };
    let body = b.unit.slice(&(at.start + 1..at.end.saturating_sub(1)));
    if body.len() > MAX_BODY {
        return Block::new();
    }
    let text = body.replace("static ref ", "static     ");
    let Some(inner) = code::parse(Language::Rust, &text) else { return Block::new() };
    b.within(&inner, i64::from(at.start) + 1, |b| items(b, 0))
}

/// `%a`, `?a` become `&a`; `target: "a"` becomes `target= "a"`; `; k => v` becomes `, k = v`.
fn plain(body: &str) -> String {
    let mut bytes = body.as_bytes().to_vec();
    let mut depth = 0usize;
    let mut at = 0;
    // Whether an argument, or its value, begins here.
    let mut begins = true;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = end_of_text(&bytes, at);
                begins = false;
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'%' | b'?' if begins => bytes[at] = b'&',
            b';' if depth == 0 => bytes[at] = b',',
            b'=' if depth == 0 && bytes.get(at + 1) == Some(&b'>') => bytes[at + 1] = b' ',
            b':' if depth == 0 => {
                let path = bytes.get(at + 1) == Some(&b':') || (at > 0 && bytes[at - 1] == b':');
                if !path {
                    bytes[at] = b'=';
                }
            }
            _ => {}
        }
        begins = match bytes[at] {
            b',' | b'=' if depth == 0 => true,
            byte if byte.is_ascii_whitespace() => begins,
            _ => false,
        };
        at += 1;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// One past the quote that ends a text.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
