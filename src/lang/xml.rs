//! Elements of XML in the order of the text, as far as configurations of loggers need them: names,
//! attributes and the text right after the tag. Nothing is refused, nothing nests.

use std::ops::Range;

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attribute<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its value as written.
    pub value: &'t str,
    /// Where the value stands, without its quotes.
    pub at: Range<usize>,
}

/// An opening tag, and the text up to the next one.
#[derive(Clone, Debug)]
pub struct Element<'t> {
    /// Its name.
    pub name: &'t str,
    /// Where that stands.
    pub at: Range<usize>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'t>>,
    /// The text after it, blanks around it left out.
    pub text: &'t str,
    /// Where that stands.
    pub text_at: Range<usize>,
    /// Names of the elements it stands in, outermost first.
    pub inside: Vec<&'t str>,
    /// The number of the element right around it.
    pub around: Option<usize>,
}

impl<'t> Element<'t> {
    /// An attribute by its name.
    pub fn get(&self, name: &str) -> Option<&Attribute<'t>> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}

/// Deepest nesting whose names are kept.
const MAX_DEPTH: usize = 64;

/// All elements; comments are left out.
pub fn elements(text: &str) -> Vec<Element<'_>> {
    let mut found = Vec::new();
    let mut inside: Vec<&str> = Vec::new();
    let mut numbers: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + next;
        let rest = &text[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(text.len(), |end| start + end + 3);
            continue;
        }
        let Some(len) = rest.find('>') else { break };
        let end = start + len;
        let body = &text[start + 1..end];
        at = end + 1;
        if let Some(name) = body.strip_prefix('/') {
            if let Some(depth) = inside.iter().rposition(|open| *open == name.trim()) {
                inside.truncate(depth);
                numbers.truncate(depth);
            }
            continue;
        }
        let name = body.split([' ', '\n', '\t', '\r', '/']).next().unwrap_or_default();
        if name.is_empty() || name.starts_with(['!', '?']) {
            continue;
        }
        let after = text[at..].find('<').map_or(text.len(), |next| at + next);
        let content = &text[at..after];
        let lead = content.len() - content.trim_start().len();
        let plain = content.trim();
        found.push(Element {
            name,
            at: start + 1..start + 1 + name.len(),
            attributes: attributes(text, start + 1 + name.len()..end),
            text: plain,
            text_at: at + lead..at + lead + plain.len(),
            inside: inside.clone(),
            around: numbers.last().copied(),
        });
        if !body.ends_with('/') && inside.len() < MAX_DEPTH {
            inside.push(name);
            numbers.push(found.len() - 1);
        }
    }
    found
}

fn attributes(text: &str, range: Range<usize>) -> Vec<Attribute<'_>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(next) = text[at..range.end].find('=') {
        let equals = at + next;
        let name = text[at..equals].trim();
        let quote = text[equals + 1..range.end].trim_start();
        let Some(mark) = quote.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let start = range.end - quote.len() + 1;
        let Some(len) = text[start..range.end].find(mark) else { break };
        let name = name.rsplit([' ', '\n', '\t']).next().unwrap_or(name);
        found.push(Attribute { name, value: &text[start..start + len], at: start..start + len });
        at = start + len + 1;
    }
    found
}
