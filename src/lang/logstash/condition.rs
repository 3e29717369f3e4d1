//! Conditions: tests, negations, groups, and the operators between them.

use super::fault::FaultKind;
use super::parse::{Parser, Step};
use super::scan::is_name;
use super::tree::{Boolean, Extent, Kind, NodeId, Test};

const TESTS: [(&str, Test); 8] = [
    ("==", Test::Equal),
    ("!=", Test::Unequal),
    ("<=", Test::AtMost),
    (">=", Test::AtLeast),
    ("<", Test::Less),
    (">", Test::Greater),
    ("=~", Test::Matches),
    ("!~", Test::Differs),
];

const BOOLEANS: [(&str, Boolean); 4] =
    [("and", Boolean::And), ("or", Boolean::Or), ("xor", Boolean::Xor), ("nand", Boolean::Nand)];

impl Parser<'_> {
    /// Reads the condition of an arm, up to what follows it.
    pub(super) fn condition(&mut self, arm: NodeId) -> Step {
        let top = self.open(Kind::Condition, self.scan.at, Extent::default(), arm);
        // Open groups: the group, its condition, and the negation around it.
        let mut groups: Vec<(NodeId, NodeId, Option<NodeId>)> = Vec::new();
        loop {
            let parent = groups.last().map_or(top, |group| group.1);
            self.scan.skip();
            let at = self.scan.at;
            if self.scan.accept("(") {
                groups.push(self.group(at, parent, None));
                continue;
            }
            if self.scan.accept("!") {
                let not = self.open(Kind::Not, at, Extent::default(), parent);
                self.scan.skip();
                let inner = self.scan.at;
                if self.scan.accept("(") {
                    groups.push(self.group(inner, not, Some(not)));
                    continue;
                }
                self.negated(not)?;
            } else {
                self.test(parent)?;
            }
            if !self.after_test(top, &mut groups)? {
                return Ok(());
            }
        }
    }

    fn group(
        &mut self,
        at: usize,
        parent: NodeId,
        not: Option<NodeId>,
    ) -> (NodeId, NodeId, Option<NodeId>) {
        let group = self.open(Kind::Group, at, Extent::default(), parent);
        let condition = self.open(Kind::Condition, self.scan.at, Extent::default(), group);
        (group, condition, not)
    }

    fn negated(&mut self, not: NodeId) -> Step {
        let at = self.scan.at;
        match self.scan.selector_end(at) {
            Some(end) => {
                self.scan.at = end;
                self.leaf(Kind::Selector, Extent::new(at, end), not);
            }
            None => self.loose_word(not)?,
        }
        self.close(not, self.scan.at);
        Ok(())
    }

    /// What follows a test: true if an operator demands another one.
    fn after_test(
        &mut self,
        top: NodeId,
        groups: &mut Vec<(NodeId, NodeId, Option<NodeId>)>,
    ) -> Result<bool, super::parse::Lost> {
        loop {
            let end = self.scan.at;
            self.scan.skip();
            let at = self.scan.at;
            let parent = groups.last().map_or(top, |group| group.1);
            if let Some((word, boolean)) = BOOLEANS.iter().find(|(word, _)| self.scan.starts(word))
            {
                self.scan.at += word.len();
                self.leaf(Kind::Boolean(*boolean), Extent::new(at, at + word.len()), parent);
                return Ok(true);
            }
            for (sign, boolean, right) in [("&&", Boolean::And, "and"), ("||", Boolean::Or, "or")] {
                if self.scan.accept(sign) {
                    let extent = Extent::new(at, at + 2);
                    self.fault(extent, FaultKind::Operator(sign.to_owned(), right));
                    self.leaf(Kind::Boolean(boolean), extent, parent);
                    return Ok(true);
                }
            }
            let Some(&(group, condition, not)) = groups.last() else {
                self.scan.at = end;
                self.close(top, end);
                return Ok(false);
            };
            if !self.scan.accept(")") {
                let start = self.tree.node(group).extent.start as usize;
                let extent = Extent::new(start, start + 1);
                return Err(self.lose(extent, FaultKind::Unclosed("(".to_owned())));
            }
            groups.pop();
            self.close(condition, end);
            self.close(group, at + 1);
            if let Some(not) = not {
                self.close(not, at + 1);
            }
        }
    }

    /// One value, or two with an operator between them.
    fn test(&mut self, parent: NodeId) -> Step {
        let at = self.scan.at;
        let test = self.open(Kind::Test(Test::Truthy), at, Extent::default(), parent);
        self.operand(test)?;
        let end = self.scan.at;
        self.scan.skip();
        let Some(kind) = self.operator() else {
            self.scan.at = end;
            self.close(test, end);
            return Ok(());
        };
        self.tree.nodes[test as usize].kind = Kind::Test(kind);
        self.scan.skip();
        let start = self.scan.at;
        let pattern = matches!(kind, Test::Matches | Test::Differs);
        if pattern && !matches!(self.scan.peek(), Some(b'"' | b'\'' | b'/')) {
            let extent = Extent::new(
                start,
                self.scan.word_end(start).max(start + 1).min(self.scan.text.len()),
            );
            return Err(
                self.lose(extent, FaultKind::Expected("a pattern between slashes or in quotes"))
            );
        }
        self.operand(test)?;
        self.close(test, self.scan.at);
        Ok(())
    }

    fn operator(&mut self) -> Option<Test> {
        let at = self.scan.at;
        if self.scan.accept("in") {
            return Some(Test::In);
        }
        if self.scan.accept("not ") {
            self.scan.skip();
            if self.scan.accept("in") {
                return Some(Test::NotIn);
            }
            self.scan.at = at;
            return None;
        }
        for (sign, test) in TESTS {
            if self.scan.accept(sign) {
                return Some(test);
            }
        }
        // `=` alone compares in other languages.
        if self.scan.accept("=") {
            self.fault(Extent::new(at, at + 1), FaultKind::Operator("=".to_owned(), "=="));
            return Some(Test::Equal);
        }
        None
    }

    /// A text, a number, a field, a list, a call or a pattern.
    fn operand(&mut self, parent: NodeId) -> Step {
        let mut calls: Vec<NodeId> = Vec::new();
        loop {
            let owner = calls.last().copied().unwrap_or(parent);
            if self.is_call(self.scan.at) {
                let at = self.scan.at;
                let name = Extent::new(at, self.scan.name_end(at));
                let call = self.open(Kind::Call, at, name, owner);
                self.scan.at = self.scan.after_blanks(name.end as usize) + 1;
                self.scan.skip();
                calls.push(call);
                if self.scan.peek() != Some(b')') {
                    continue;
                }
            } else {
                self.plain_operand(owner)?;
            }
            loop {
                let Some(&call) = calls.last() else { return Ok(()) };
                self.scan.skip();
                let at = self.scan.at;
                if self.scan.accept(",") {
                    self.scan.skip();
                    break;
                }
                if !self.scan.accept(")") {
                    let name = self.tree.node(call).name;
                    let text = format!("{}(", self.scan.slice(name));
                    return Err(self.lose(name, FaultKind::Unclosed(text)));
                }
                self.close(call, at + 1);
                calls.pop();
            }
        }
    }

    fn plain_operand(&mut self, parent: NodeId) -> Step {
        let at = self.scan.at;
        let found = match self.scan.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let Some(end) = self.scan.quoted_end(at, quote) else {
                    return Err(self.lose(Extent::new(at, at + 1), FaultKind::OpenText));
                };
                Some((Kind::Text, end))
            }
            Some(b'[') => match self.scan.selector_end(at) {
                Some(end) => Some((Kind::Selector, end)),
                None => return self.value(parent),
            },
            Some(b'/') => self.scan.quoted_end(at, b'/').map(|end| (Kind::Regexp, end)),
            _ => self.scan.number_end(at).map(|end| (Kind::Number, end)),
        };
        match found {
            Some((kind, end)) => {
                self.scan.at = end;
                self.leaf(kind, Extent::new(at, end), parent);
                Ok(())
            }
            None => self.loose_word(parent),
        }
    }

    /// A word where a field or a text must stand.
    fn loose_word(&mut self, parent: NodeId) -> Step {
        let at = self.scan.at;
        let rest = &self.scan.bytes[at..];
        let inner = |byte: &u8| is_name(*byte) || matches!(byte, b'.' | b'@');
        let len = rest.iter().position(|byte| !inner(byte)).unwrap_or(rest.len());
        let extent = Extent::new(at, at + len);
        let word = self.scan.slice(extent).to_owned();
        match word.as_str() {
            "" => {
                let extent = self.scan.letter(at);
                Err(self
                    .lose(extent, FaultKind::Expected("a field in brackets, a text or a number")))
            }
            "not" => Err(self.lose(extent, FaultKind::Operator(word, "!"))),
            _ => {
                self.fault(extent, FaultKind::Field(word));
                self.scan.at += len;
                self.leaf(Kind::Bareword, extent, parent);
                Ok(())
            }
        }
    }
}
