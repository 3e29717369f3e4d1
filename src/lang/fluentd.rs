//! Fluentd's configuration language (v1): elements, parameters, literals over several lines.
//!
//! Follows the program's own reader, odd corners included. A fault costs its line; an element
//! that is not closed ends where the one around it does.

mod literal;

use super::text::{Fault, Piece};
use literal::Boundary;

/// A literal: what it says, and where it stands.
#[derive(Clone, Debug)]
pub struct Value {
    /// The text without quotes and escapes; JSON as written.
    pub text: String,
    /// The place, quotes not included.
    pub piece: Piece,
    /// Holds `#{…}`: only the program knows the value.
    pub computed: bool,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub key: Value,
    /// Its value; empty where the name stands alone.
    pub value: Value,
}

/// An element: `<name argument>` to `</name>`. The first of all is the file itself.
#[derive(Clone, Debug)]
pub struct Element {
    /// `source`, `match`, `buffer`, …; empty for the file.
    pub name: Piece,
    /// What follows the name: tags, a label, keys.
    pub argument: Option<Value>,
    /// The element around it.
    pub parent: Option<usize>,
    /// Parameters, in order.
    pub parameters: Vec<Parameter>,
}

/// An `@include`.
#[derive(Clone, Debug)]
pub struct Include {
    /// The element it stands in.
    pub element: usize,
    /// The path.
    pub path: Value,
}

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Config {
    /// Elements, outer before inner; the first is the file.
    pub elements: Vec<Element>,
    /// Files that are read in place.
    pub includes: Vec<Include>,
    /// What the program refuses.
    pub faults: Vec<Fault>,
}

/// Names of parameters with `@` that the program knows.
const RESERVED: &[&str] = &["@type", "@id", "@label", "@log_level"];
/// Elements that take no other parameter with `@`.
const STRICT: &[&str] = &["match", "source", "filter", "system"];

/// Parses a text; never fails.
pub fn parse(text: &str) -> Config {
    let root = Element {
        name: Piece { start: 0, end: 0 },
        argument: None,
        parent: None,
        parameters: Vec::new(),
    };
    let config = Config { elements: vec![root], includes: Vec::new(), faults: Vec::new() };
    let mut parser = Parser { text, at: 0, open: vec![0], budget: 8 * text.len() + 4096, config };
    parser.run();
    parser.config
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Open elements, the innermost last; never empty.
    open: Vec<usize>,
    /// Bytes that literals without an end may still cost: a text of nothing else stays cheap.
    budget: usize,
    config: Config,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&mut self, piece: Piece, message: &'static str) {
        self.config.faults.push(Fault { piece, message });
    }

    fn element(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    fn run(&mut self) {
        loop {
            self.spacing();
            let rest = self.rest();
            if rest.is_empty() {
                break;
            } else if rest.starts_with("</") {
                self.close();
            } else if rest.starts_with('<') {
                self.start();
            } else if !self.include() {
                self.parameter();
            }
        }
        for element in self.open.drain(1..).collect::<Vec<_>>().into_iter().rev() {
            let name = self.config.elements[element].name;
            self.fault(name, "this element is not closed");
        }
    }

    /// Blanks, line breaks and comments.
    fn spacing(&mut self) {
        loop {
            self.at +=
                self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len();
            if self.byte() != Some(b'#') {
                return;
            }
            self.line();
        }
    }

    /// Passes blanks and line breaks; says whether the line ended.
    fn gap(&mut self) -> bool {
        let start = self.at;
        self.at +=
            self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.text[start..self.at].contains('\n') || self.rest().is_empty()
    }

    /// Goes to the end of the line.
    fn line(&mut self) {
        self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
    }

    /// What must be the end of the line: blanks, a comment, the break.
    fn line_end(&mut self) -> bool {
        let body = self.rest().trim_start_matches([' ', '\t']);
        let ends = body.is_empty() || body.starts_with(['\n', '\r', '#']);
        if ends {
            self.line();
        }
        ends
    }

    fn name(&mut self) -> Piece {
        let len = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let start = self.at;
        self.at += len.unwrap_or(self.rest().len());
        Piece { start, end: self.at }
    }

    fn start(&mut self) {
        let open = self.at;
        self.at += 1;
        let name = self.name();
        self.spacing();
        let argument = self.string(Boundary::Tag);
        self.spacing();
        let closed = self.byte() == Some(b'>');
        if closed {
            self.at += 1;
        }
        let parent = Some(self.element());
        let header = Piece { start: open, end: self.at };
        if !closed {
            let end = open + self.text[open..].find(['\n', '\r']).unwrap_or(self.text.len() - open);
            self.at = self.at.max(end);
            self.fault(Piece::trimmed(self.text, open, end), "this tag has no `>`");
        } else if !self.line_end() {
            self.line();
            self.fault(header, "something follows this tag on its line");
        }
        self.open.push(self.config.elements.len());
        self.config.elements.push(Element { name, argument, parent, parameters: Vec::new() });
    }

    fn close(&mut self) {
        let start = self.at;
        self.at += 2;
        let name = self.name();
        self.spacing();
        let whole = match self.byte() {
            Some(b'>') => {
                self.at += 1;
                self.line_end()
            }
            _ => false,
        };
        let piece = Piece { start, end: self.at };
        if !whole {
            self.line();
            let end = piece
                .end
                .min(start + self.text[start..].find(['\n', '\r']).unwrap_or(usize::MAX - start));
            self.fault(
                Piece::trimmed(self.text, start, end.max(start + 2)),
                "this end tag is malformed",
            );
        }
        let text = self.text;
        let named = |element: &usize| self.config.elements[*element].name;
        let at = self.open.iter().rposition(|element| {
            *element != 0 && text[named(element).range()] == text[name.range()]
        });
        let Some(at) = at else {
            return self.fault(piece, "no element of this name is open");
        };
        let unclosed: Vec<Piece> = self
            .open
            .drain(at..)
            .skip(1)
            .map(|element| self.config.elements[element].name)
            .collect();
        for name in unclosed {
            self.fault(name, "this element is not closed");
        }
    }

    /// `@include PATH`; `include` too, in the file itself.
    fn include(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix("@include").or_else(|| {
            let root = self.open.len() == 1;
            self.rest().strip_prefix("include").filter(|_| root)
        }) else {
            return false;
        };
        let blank = rest.trim_start_matches([' ', '\t']);
        if blank.len() == rest.len() || blank.starts_with(['\n', '\r']) || blank.is_empty() {
            return false;
        }
        self.at = self.text.len() - blank.len();
        let element = self.element();
        if let Some(path) = self.string(Boundary::Line) {
            self.config.includes.push(Include { element, path });
        }
        self.line();
        true
    }

    fn parameter(&mut self) {
        let start = self.at;
        let Some(key) = self.string(Boundary::Blank) else {
            self.line();
            return self.fault(Piece::trimmed(self.text, start, self.at), "this is no parameter");
        };
        let element = self.element();
        let end = self.at;
        if self.gap() {
            let value =
                Value { text: String::new(), piece: Piece { start: end, end }, computed: false };
            self.config.elements[element].parameters.push(Parameter { key, value });
            return;
        }
        let name = &self.text[self.config.elements[element].name.range()];
        if key.text.starts_with('@')
            && !RESERVED.contains(&key.text.as_str())
            && (element == 0 || STRICT.contains(&name))
        {
            self.fault(key.piece, "`@` is reserved, and there is no such parameter");
        }
        let value = self.literal().unwrap_or_else(|| Value {
            text: String::new(),
            piece: Piece { start: end, end },
            computed: false,
        });
        if !self.line_end() {
            let start = self.at;
            self.line();
            let rest = Piece::trimmed(self.text, start, self.at);
            self.fault(rest, "this follows a value that has already ended");
        }
        self.config.elements[element].parameters.push(Parameter { key, value });
    }
}

#[cfg(test)]
mod tests;
