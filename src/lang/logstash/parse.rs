//! Sections, statements, plugins and values.

use super::fault::{Fault, FaultKind};
use super::scan::Scanner;
use super::tree::{Extent, Kind, Node, NodeId, Section, Tree};

/// A fault was noted; the reader has to look for a place to go on.
pub(super) struct Lost;
pub(super) type Step = Result<(), Lost>;

/// Most faults after which the reader had to leave text out.
const MAX_LOST: usize = 32;
/// Most faults of all.
const MAX_FAULTS: usize = 1_000;

/// Reads a text; never fails.
pub fn parse(text: &str) -> Tree {
    let mut parser = Parser {
        scan: Scanner::new(text),
        tree: Tree { nodes: Vec::with_capacity(text.len() / 16), faults: Vec::new() },
        blocks: Vec::new(),
        frames: Vec::new(),
        closed: Vec::new(),
        lost: 0,
        missing: false,
        last_section: None,
    };
    parser.sections();
    if let Some(at) = parser.scan.cut_comment {
        let extent = Extent::new(at, at + 1);
        parser
            .fault(extent, FaultKind::Expected("the end of the line, not a lone carriage return,"));
    }
    let mut tree = parser.tree;
    // A block that was closed too early got more statements later: it holds them.
    for id in (0..tree.nodes.len()).rev() {
        let Node { parent, end, .. } = tree.nodes[id];
        let above = &mut tree.nodes[parent as usize].end;
        *above = end.max(*above);
    }
    tree.faults.sort_by_key(|fault| fault.stops.unwrap_or(fault.extent).start);
    tree
}

/// An open part of a value.
#[derive(Clone, Copy)]
pub(super) enum Frame {
    Plugin(NodeId),
    Hash(NodeId),
    Array(NodeId),
}

impl Frame {
    pub(super) fn node(self) -> NodeId {
        match self {
            Frame::Plugin(node) | Frame::Hash(node) | Frame::Array(node) => node,
        }
    }
}

pub(super) struct Parser<'t> {
    pub(super) scan: Scanner<'t>,
    pub(super) tree: Tree,
    /// Open sections and arms.
    pub(super) blocks: Vec<NodeId>,
    /// Open plugins, hashes and lists.
    pub(super) frames: Vec<Frame>,
    /// Blocks that were closed: where they begin and end.
    pub(super) closed: Vec<(NodeId, usize)>,
    lost: usize,
    /// A block that is never closed was reported.
    pub(super) missing: bool,
    last_section: Option<Section>,
}

impl<'t> Parser<'t> {
    pub(super) fn open(
        &mut self,
        kind: Kind,
        start: usize,
        name: Extent,
        parent: NodeId,
    ) -> NodeId {
        let id = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
        let parent = if parent == u32::MAX { id } else { parent };
        let extent = Extent::new(start, start);
        self.tree.nodes.push(Node { kind, extent, name, parent, end: id + 1 });
        id
    }

    pub(super) fn close(&mut self, id: NodeId, end: usize) {
        let last = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
        let node = &mut self.tree.nodes[id as usize];
        node.extent = Extent::new(node.extent.start as usize, end);
        node.end = last;
    }

    pub(super) fn leaf(&mut self, kind: Kind, extent: Extent, parent: NodeId) {
        let id = self.open(kind, extent.start as usize, Extent::default(), parent);
        self.close(id, extent.end as usize);
    }

    pub(super) fn fault(&mut self, extent: Extent, kind: FaultKind) {
        if self.tree.faults.len() < MAX_FAULTS {
            self.tree.faults.push(Fault { extent, kind, stops: None, lost: false });
        }
    }

    /// Notes a fault after which text has to be left out.
    pub(super) fn lose(&mut self, extent: Extent, kind: FaultKind) -> Lost {
        self.fault(extent, kind);
        self.doubt();
        self.lost += 1;
        Lost
    }

    /// What follows the last fault may be its consequence.
    pub(super) fn doubt(&mut self) {
        if let Some(last) = self.tree.faults.last_mut() {
            last.lost = true;
        }
    }

    pub(super) fn expected(&mut self, what: &'static str) -> Lost {
        let extent = self.scan.letter(self.scan.at);
        self.lose(extent, FaultKind::Expected(what))
    }

    fn sections(&mut self) {
        while self.lost < MAX_LOST {
            self.scan.skip();
            let at = self.scan.at;
            if self.scan.peek().is_none() {
                return;
            }
            if self.scan.starts("---") {
                self.fault(Extent::new(at, at + 3), FaultKind::Document);
                self.scan.at += 3;
            } else if self.scan.peek() == Some(b'}') {
                self.fault(Extent::new(at, at + 1), FaultKind::Stray);
                self.scan.at += 1;
            } else if let Some((section, name)) = self.section_word() {
                self.section(section, name);
            } else if !self.homeless(at) {
                let end = self.scan.word_end(at).max(at + self.scan.letter(at).range().len());
                let extent = Extent::new(at, end);
                self.lose(extent, FaultKind::Expected("`input`, `filter` or `output`"));
                self.scan.at = end;
                self.pass_to_section();
            }
        }
    }

    /// The section that begins here; a word near to one, or a statement without one, is a fault.
    fn section_word(&mut self) -> Option<(Section, Extent)> {
        let at = self.scan.at;
        for (word, section) in Section::ALL {
            let brace = self.scan.after_blanks(at + word.len());
            let whole = self.scan.name_end(at) == at + word.len();
            if self.scan.starts(word) && (whole || self.scan.bytes.get(brace) == Some(&b'{')) {
                return Some((section, Extent::new(at, at + word.len())));
            }
        }
        let end = self.scan.name_end(at);
        let brace = self.scan.after_blanks(end);
        if end == at || self.scan.bytes.get(brace) != Some(&b'{') {
            return None;
        }
        let name = Extent::new(at, end);
        let word = self.scan.slice(name);
        let near = Section::ALL.iter().find(|(known, _)| {
            crate::lang::distance::within(word, known, if word.len() > 4 { 2 } else { 1 }).is_some()
        });
        if let Some(&(_, section)) = near {
            self.fault(name, FaultKind::Section(word.to_owned(), Some(section)));
            return Some((section, name));
        }
        None
    }

    /// Statements after a brace too many, which closed the section above: they are still its own.
    fn homeless(&mut self, at: usize) -> bool {
        let end = self.scan.name_end(at);
        let word = &self.scan.text[at..end];
        let opens = self.scan.bytes.get(self.scan.after_blanks(end)) == Some(&b'{');
        if word.is_empty() || !(opens || word == "if") {
            return false;
        }
        let above = self.last_section.unwrap_or(Section::Filter);
        self.lose(Extent::new(at, end), FaultKind::Section(word.to_owned(), None));
        let id = self.open(Kind::Section(above), at, Extent::new(at, at), u32::MAX);
        self.blocks.push(id);
        self.statements();
        true
    }

    fn section(&mut self, section: Section, name: Extent) {
        self.scan.at = name.end as usize;
        self.last_section = Some(section);
        let id = self.open(Kind::Section(section), name.start as usize, name, u32::MAX);
        self.scan.skip();
        if !self.scan.accept("{") {
            let word = self.scan.slice(name).to_owned();
            self.fault(name, FaultKind::NoBrace(word));
        }
        self.blocks.push(id);
        self.statements();
    }

    /// Statements up to the end of the section.
    fn statements(&mut self) {
        while let Some(&block) = self.blocks.last() {
            if self.lost >= MAX_LOST {
                return self.close_all(self.scan.at);
            }
            self.scan.skip();
            let at = self.scan.at;
            match self.scan.peek() {
                None => {
                    self.unclosed(Extent::new(at, at));
                    return self.close_all(at);
                }
                Some(b'}') => {
                    self.scan.at += 1;
                    self.blocks.pop();
                    self.close(block, at + 1);
                    self.closed.push((block, at));
                    if !matches!(self.tree.node(block).kind, Kind::Section(_)) {
                        self.alternative(block);
                    }
                }
                Some(_) if self.is_section_start(at) => {
                    self.unclosed(Extent::new(at, self.scan.name_end(at)));
                    return self.close_all(at);
                }
                Some(_) => {
                    if self.statement(block).is_err() {
                        self.recover();
                    }
                }
            }
        }
    }

    /// Whether a section begins here, though one is open; a plugin may have the same name.
    pub(super) fn is_section_start(&self, at: usize) -> bool {
        let end = self.scan.name_end(at);
        let word = &self.scan.text[at..end];
        if !Section::ALL.iter().any(|(known, _)| *known == word) {
            return false;
        }
        let brace = self.scan.after_blanks(end);
        if self.scan.bytes.get(brace) != Some(&b'{') {
            return false;
        }
        let body = self.scan.after_blanks(brace + 1);
        let name = self.scan.name_end(body);
        let after = self.scan.after_blanks(name);
        let quoted = matches!(self.scan.bytes.get(body), Some(b'"' | b'\''));
        let option = name > body && self.scan.bytes[after..].starts_with(b"=>");
        !option && !quoted && self.scan.bytes.get(body) != Some(&b'}')
    }

    pub(super) fn close_all(&mut self, at: usize) {
        while let Some(frame) = self.frames.pop() {
            self.close_frame(frame, at);
        }
        while let Some(block) = self.blocks.pop() {
            self.close(block, at);
            if !matches!(self.tree.node(block).kind, Kind::Section(_)) {
                let branch = self.tree.node(block).parent;
                self.close(branch, at);
            }
        }
    }

    pub(super) fn close_frame(&mut self, frame: Frame, at: usize) {
        self.close(frame.node(), at);
        let parent = self.tree.node(frame.node()).parent;
        if matches!(self.tree.node(parent).kind, Kind::Attribute | Kind::Entry) {
            self.close(parent, at);
        }
    }

    /// What may follow the end of an arm: another arm, or the end of the branch.
    fn alternative(&mut self, arm: NodeId) {
        let branch = self.tree.node(arm).parent;
        let end = self.scan.at;
        let last = self.tree.node(arm).kind == Kind::Else;
        self.scan.skip();
        let at = self.scan.at;
        if !last && self.scan.starts("else") {
            let inner = self.scan.after_blanks(at + 4);
            let name = self.scan.name_end(at);
            let named = self.scan.bytes.get(self.scan.after_blanks(name)) == Some(&b'{');
            if self.scan.bytes[inner..].starts_with(b"if") && (name == at + 4 || !named) {
                self.scan.at = inner + 2;
                return self.arm(Kind::If, at, branch);
            }
            if self.scan.bytes.get(inner) == Some(&b'{') && !self.holds_options(inner) {
                self.scan.at = at + 4;
                return self.arm(Kind::Else, at, branch);
            }
        }
        let name = self.scan.name_end(at);
        let word = &self.scan.text[at..name];
        let next = self.scan.after_blanks(name);
        if !last
            && matches!(word, "elsif" | "elif" | "elseif")
            && self.scan.bytes.get(next) != Some(&b'{')
        {
            self.fault(Extent::new(at, name), FaultKind::ElseIf(word.to_owned()));
            self.scan.at = name;
            return self.arm(Kind::If, at, branch);
        }
        self.scan.at = end;
        self.close(branch, end);
    }

    /// Whether a block that begins at `brace` holds options, not statements.
    fn holds_options(&self, brace: usize) -> bool {
        let body = self.scan.after_blanks(brace + 1);
        let name = self.scan.name_end(body);
        name > body && self.scan.bytes[self.scan.after_blanks(name)..].starts_with(b"=>")
    }

    /// An arm up to its opening brace; a fault in its condition is noted.
    fn arm(&mut self, kind: Kind, start: usize, branch: NodeId) {
        let name = Extent::new(start, self.scan.at);
        let arm = self.open(kind, start, name, branch);
        self.blocks.push(arm);
        if kind == Kind::If {
            self.scan.skip();
            if self.condition(arm).is_err() {
                return self.recover_condition();
            }
        }
        self.scan.skip();
        if !self.scan.accept("{") {
            let word = Extent::new(start, start + if kind == Kind::If { 2 } else { 4 });
            let text = self.scan.slice(word).to_owned();
            // What is still on the line belongs to the condition.
            if !self.scan.begins_line(self.scan.at) && self.scan.peek().is_some() {
                self.expected("an operator or `{`");
                return self.recover_condition();
            }
            self.fault(word, FaultKind::NoBrace(text));
        }
    }

    /// Goes on after a condition that was not understood: behind the brace that ends its line.
    pub(super) fn recover_condition(&mut self) {
        while let Some(frame) = self.frames.pop() {
            self.close_frame(frame, self.scan.at);
        }
        let rest = &self.scan.bytes[self.scan.at..];
        let len = rest.iter().position(|byte| matches!(byte, b'{' | b'\n')).unwrap_or(rest.len());
        self.scan.at += len;
        self.scan.accept("{");
    }

    /// A branch or a plugin.
    fn statement(&mut self, block: NodeId) -> Step {
        let at = self.scan.at;
        if self.is_branch(at) {
            let branch = self.open(Kind::Branch, at, Extent::default(), block);
            self.scan.at = at + 2;
            self.arm(Kind::If, at, branch);
            return Ok(());
        }
        let Some(name) = self.name() else {
            let extent = self.scan.letter(at);
            return Err(self.lose(extent, FaultKind::Expected("a plugin, `if` or `}`")));
        };
        self.scan.skip();
        if !self.scan.accept("{") {
            let word = self.scan.slice(name).to_owned();
            if self.scan.starts("=>") {
                return Err(self.lose(name, FaultKind::Expected("a plugin")));
            }
            let next = self.scan.name_end(self.scan.at);
            let after = self.scan.after_blanks(next);
            let options = next > self.scan.at && self.scan.bytes[after..].starts_with(b"=>");
            let ends = self.scan.peek() == Some(b'}');
            if !options && !ends {
                return Err(self.lose(name, FaultKind::NoBrace(word)));
            }
            self.fault(name, FaultKind::NoBrace(word));
        }
        let plugin = self.open(Kind::Plugin, at, name, block);
        self.frames.push(Frame::Plugin(plugin));
        self.after_opening()
    }

    /// `if`, unless it is a plugin's name.
    fn is_branch(&self, at: usize) -> bool {
        if !self.scan.starts("if") {
            return false;
        }
        let name = self.scan.name_end(at);
        self.scan.bytes.get(self.scan.after_blanks(name)) != Some(&b'{')
            && (name == at + 2
                || self.scan.bytes.get(at + 2).is_some_and(|byte| !byte.is_ascii_alphabetic())
                || self.is_call(at + 2))
    }

    /// `name(`, as a method is called.
    pub(super) fn is_call(&self, at: usize) -> bool {
        let end = self.scan.bareword_end(at);
        end.is_some_and(|end| self.scan.bytes.get(self.scan.after_blanks(end)) == Some(&b'('))
    }

    /// A plain or quoted name.
    pub(super) fn name(&mut self) -> Option<Extent> {
        let at = self.scan.at;
        let end = match self.scan.peek()? {
            quote @ (b'"' | b'\'') => self.scan.quoted_end(at, quote)?,
            _ => Some(self.scan.name_end(at)).filter(|&end| end > at)?,
        };
        self.scan.at = end;
        Some(Extent::new(at, end))
    }
}
