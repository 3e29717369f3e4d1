//! Options, values, and what they hold.

use super::fault::FaultKind;
use super::parse::{Frame, Lost, Parser, Step};
use super::scan::{is_name, is_space};
use super::tree::{Extent, Kind, NodeId, Section};

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A value was read to its end.
    Value,
    /// A list, a hash or a codec was opened.
    Opened,
}

impl Parser<'_> {
    /// Reads one value below `parent`.
    pub(super) fn value(&mut self, parent: NodeId) -> Step {
        let base = self.frames.len();
        if self.one_value(parent)? {
            return Ok(());
        }
        debug_assert!(self.frames.len() > base);
        self.steps(base, true)
    }

    pub(super) fn after_opening(&mut self) -> Step {
        let base = self.frames.len() - 1;
        self.steps(base, true)
    }

    /// Reads until the frames above `base` are closed.
    fn steps(&mut self, base: usize, mut first: bool) -> Step {
        while self.frames.len() > base {
            let Some(&frame) = self.frames.last() else { break };
            let leaf = match frame {
                Frame::Array(node) => self.item(node, first)?,
                Frame::Hash(node) => self.entry(node, first)?,
                Frame::Plugin(node) => self.option(node, first)?,
            };
            first = leaf == Next::Opened;
        }
        Ok(())
    }

    /// A leaf (true) or the opening of a list, a hash or a codec (false).
    fn one_value(&mut self, parent: NodeId) -> Result<bool, Lost> {
        let at = self.scan.at;
        let Some(byte) = self.scan.peek() else { return Err(self.expected("a value")) };
        if matches!(byte, b'"' | b'\'') {
            let Some(end) = self.scan.quoted_end(at, byte) else {
                return Err(self.lose(Extent::new(at, at + 1), FaultKind::OpenText));
            };
            let brace = self.scan.after_blanks(end);
            if self.scan.bytes.get(brace) == Some(&b'{') {
                return Ok(self.codec(at, end, brace, parent));
            }
            self.scan.at = end;
            self.leaf(Kind::Text, Extent::new(at, end), parent);
            return Ok(true);
        }
        match byte {
            b'[' => {
                self.scan.at += 1;
                let node = self.open(Kind::Array, at, Extent::default(), parent);
                self.frames.push(Frame::Array(node));
                return Ok(false);
            }
            b'{' => {
                self.scan.at += 1;
                let node = self.open(Kind::Hash, at, Extent::default(), parent);
                self.frames.push(Frame::Hash(node));
                return Ok(false);
            }
            _ => {}
        }
        let name = self.scan.name_end(at);
        if name > at {
            let brace = self.scan.after_blanks(name);
            if self.scan.bytes.get(brace) == Some(&b'{') {
                return Ok(self.codec(at, name, brace, parent));
            }
        }
        let word = self.scan.bareword_end(at).map(|end| (Kind::Bareword, end));
        let found = word.or_else(|| self.scan.number_end(at).map(|end| (Kind::Number, end)));
        let whole = self.scan.word_end(at);
        match found {
            Some((kind, end)) if end >= whole || !self.is_glued(end, parent) => {
                self.scan.at = end;
                self.leaf(kind, Extent::new(at, end), parent);
                Ok(true)
            }
            _ if whole > at => {
                let extent = Extent::new(at, whole);
                let text = self.scan.slice(extent).to_owned();
                self.fault(extent, FaultKind::Unquoted(text));
                self.scan.at = whole;
                self.leaf(Kind::Bareword, extent, parent);
                Ok(true)
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// Whether a value of an option ends in the middle of a word.
    fn is_glued(&self, end: usize, parent: NodeId) -> bool {
        let next = self.scan.bytes.get(end).copied();
        let option = self.tree.node(parent).kind == Kind::Attribute;
        next.is_some_and(|byte| byte != b'#' || option) && {
            // An entry may follow a number or a word at once, if it reads as one.
            let entry = self.tree.node(parent).kind == Kind::Entry
                && self.scan.bareword_end(end).or(self.scan.number_end(end)).is_some_and(|end| {
                    self.scan.bytes[self.scan.after_blanks(end)..].starts_with(b"=>")
                });
            !entry && next != Some(b'#') && next != Some(b')')
        }
    }

    fn codec(&mut self, at: usize, end: usize, brace: usize, parent: NodeId) -> bool {
        let node = self.open(Kind::Plugin, at, Extent::new(at, end), parent);
        self.scan.at = brace + 1;
        self.frames.push(Frame::Plugin(node));
        false
    }

    /// Closes the innermost frame, and the option or entry it is the value of.
    fn end_frame(&mut self, end: usize) {
        if let Some(frame) = self.frames.pop() {
            self.close_frame(frame, end);
            if !matches!(frame, Frame::Array(_)) {
                self.closed.push((frame.node(), end - 1));
            }
        }
    }

    /// Whether the block ends or the next option begins where a value must stand.
    fn lacks_value(&self) -> bool {
        let at = self.scan.at;
        let name = self.scan.name_end(at);
        let arrow = || self.scan.bytes[self.scan.after_blanks(name)..].starts_with(b"=>");
        self.scan.peek() == Some(b'}') || (name > at && arrow())
    }

    /// The value of an option or entry; the option ends with it unless it opened something.
    fn value_of(&mut self, owner: NodeId) -> Result<Next, Lost> {
        if self.lacks_value() {
            self.close(owner, self.scan.at);
            return Ok(Next::Value);
        }
        let leaf = self.one_value(owner)?;
        if leaf {
            self.close(owner, self.scan.at);
        }
        Ok(if leaf { Next::Value } else { Next::Opened })
    }

    /// The next item of a list, or its end.
    fn item(&mut self, node: NodeId, first: bool) -> Result<Next, Lost> {
        self.scan.skip();
        let at = self.scan.at;
        if self.scan.accept("]") {
            self.end_frame(at + 1);
            return Ok(Next::Value);
        }
        if matches!(self.scan.peek(), Some(b'}') | None) {
            let start = self.tree.node(node).extent.start as usize;
            self.fault(Extent::new(start, start + 1), FaultKind::Unclosed("[".to_owned()));
            self.end_frame(at);
            return Ok(Next::Value);
        }
        if !first {
            if self.scan.accept(",") {
                self.scan.skip();
                if self.scan.peek() == Some(b']') {
                    self.fault(Extent::new(at, at + 1), FaultKind::LastComma);
                    return Ok(Next::Value);
                }
            } else {
                let end = self.scan.name_end(at);
                if self.scan.bytes[self.scan.after_blanks(end)..].starts_with(b"=>") {
                    let start = self.tree.node(node).extent.start as usize;
                    self.fault(Extent::new(start, start + 1), FaultKind::Unclosed("[".to_owned()));
                    self.end_frame(at);
                    return Ok(Next::Value);
                }
                let extent = Extent::new(at, self.scan.word_end(at).max(at + 1));
                self.fault(self.whole_value(extent), FaultKind::NoComma);
                // A text that ends where the next item begins: a quote is missing before, and what
                // seems text is none from there on.
                if at > 0 && matches!(self.scan.bytes[at - 1], b'"' | b'\'') {
                    self.doubt();
                }
            }
        }
        Ok(if self.one_value(node)? { Next::Value } else { Next::Opened })
    }

    fn whole_value(&self, extent: Extent) -> Extent {
        let at = extent.start as usize;
        match self.scan.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                self.scan.quoted_end(at, quote).map_or(extent, |end| Extent::new(at, end))
            }
            _ => extent,
        }
    }

    /// The next entry of a hash, or its end.
    fn entry(&mut self, node: NodeId, first: bool) -> Result<Next, Lost> {
        self.scan.skip();
        if !first {
            self.comma();
        }
        let at = self.scan.at;
        if self.scan.accept("}") {
            self.end_frame(at + 1);
            return Ok(Next::Value);
        }
        let end = match self.scan.peek() {
            Some(quote @ (b'"' | b'\'')) => self.scan.quoted_end(at, quote),
            _ => self.scan.number_end(at).or_else(|| self.scan.bareword_end(at)),
        };
        let arrow = |end: usize| self.scan.bytes[self.scan.after_blanks(end)..].starts_with(b"=>");
        let whole = self.scan.word_end(at);
        let end = match end {
            Some(end) if arrow(end) || end >= whole => end,
            _ if whole > at && arrow(whole) => {
                let extent = Extent::new(at, whole);
                let text = self.scan.slice(extent).to_owned();
                self.fault(extent, FaultKind::Unquoted(text));
                whole
            }
            Some(end) => end,
            None => return Err(self.broken_name("a key or `}`")),
        };
        self.scan.at = end;
        let entry = self.open(Kind::Entry, at, Extent::new(at, end), node);
        self.arrow(entry)?;
        self.value_of(entry)
    }

    /// The next option of a plugin, or the plugin's end.
    fn option(&mut self, node: NodeId, first: bool) -> Result<Next, Lost> {
        let blank = self.scan.peek().is_some_and(is_space);
        let before = self.scan.at;
        self.scan.skip();
        let comma = !first && self.comma();
        let at = self.scan.at;
        if self.scan.accept("}") {
            self.end_frame(at + 1);
            return Ok(Next::Value);
        }
        let Some(name) = self.name() else { return Err(self.broken_name("an option or `}`")) };
        if !first && !blank && !comma {
            let open_text = self.tree.nodes.last().filter(|last| {
                last.kind == Kind::Text && self.scan.slice(last.extent).contains('\n')
            });
            match open_text.map(|last| last.extent.start as usize) {
                Some(start) => {
                    return Err(self.lose(Extent::new(start, start + 1), FaultKind::OpenText));
                }
                None => {
                    let extent = if before == at { name } else { Extent::new(before, before + 1) };
                    self.fault(extent, FaultKind::Glued);
                }
            }
        }
        if self.is_nested(name, node) {
            self.scan.at = at;
            self.unclosed(name);
            return Err(Lost);
        }
        let option = self.open(Kind::Attribute, at, name, node);
        self.arrow(option)?;
        self.value_of(option)
    }

    /// Whether a name in a plugin begins the next plugin, because the brace before is lost.
    pub(super) fn is_nested(&self, name: Extent, plugin: NodeId) -> bool {
        let next = self.scan.after_blanks(name.end as usize);
        let start = self.tree.node(plugin).extent.start as usize;
        let word = self.scan.slice(name);
        let opens = self.scan.bytes.get(next) == Some(&b'{');
        let branch = word == "if" && !self.scan.bytes[next..].starts_with(b"=>");
        let begins = self.scan.begins_line(name.start as usize);
        let out = begins && self.scan.indent(name.start as usize) <= self.scan.indent(start);
        let section = Section::ALL.iter().any(|(known, _)| *known == word) && begins;
        (opens && (out || section)) || branch
    }

    /// Passes a comma that has no place here.
    fn comma(&mut self) -> bool {
        let at = self.scan.at;
        if !self.scan.accept(",") {
            return false;
        }
        self.fault(Extent::new(at, at + 1), FaultKind::Comma);
        self.scan.skip();
        true
    }

    /// Something that is neither a name nor the end of the block.
    fn broken_name(&mut self, what: &'static str) -> Lost {
        let at = self.scan.at;
        let Some(byte) = self.scan.peek() else {
            self.unclosed(Extent::new(at, at));
            return Lost;
        };
        if matches!(byte, b'"' | b'\'') {
            let culprit = self.open_text_before(at).unwrap_or(at);
            return self.lose(Extent::new(culprit, culprit + 1), FaultKind::OpenText);
        }
        let culprit = self.open_text_before(at);
        match culprit {
            Some(start) => self.lose(Extent::new(start, start + 1), FaultKind::OpenText),
            None => self.expected(what),
        }
    }

    /// The text before `at` that runs over a line break, where it probably was left open.
    fn open_text_before(&self, at: usize) -> Option<usize> {
        let last = self.tree.nodes.last()?;
        let near = last.kind == Kind::Text && last.extent.end as usize <= at;
        (near && self.scan.slice(last.extent).contains('\n')).then_some(last.extent.start as usize)
    }

    /// `=>` after the name of `owner`, or what was meant to be one.
    fn arrow(&mut self, owner: NodeId) -> Step {
        self.scan.skip();
        let at = self.scan.at;
        let name = self.tree.node(owner).name;
        let written = self.scan.slice(name);
        let word = || super::tree::unquoted(written).to_owned();
        if self.scan.accept("=>") {
            self.scan.skip();
            if self.lacks_value() {
                let text = word();
                self.fault(name, FaultKind::NoValue(text));
            }
            return Ok(());
        }
        for sign in ["->", "==", "=", ":"] {
            if self.scan.accept(sign) {
                self.fault(Extent::new(at, at + sign.len()), FaultKind::Arrow(sign.to_owned()));
                self.scan.skip();
                return Ok(());
            }
        }
        let value = self
            .scan
            .peek()
            .is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'[' | b'{' | b'$') || is_name(byte));
        let text = word();
        let same_line = !self.scan.slice(Extent::new(name.end as usize, at)).contains('\n');
        if value && same_line {
            self.fault(name, FaultKind::NoArrow(text));
            return Ok(());
        }
        self.close(owner, at);
        Err(self.lose(name, FaultKind::NoArrow(text)))
    }
}
