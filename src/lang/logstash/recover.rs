//! Blocks that are never closed, and where to go on after a fault.

use super::fault::FaultKind;
use super::parse::Frame;
use super::parse::Parser;
use super::scan::is_space;
use super::tree::{Extent, Node, NodeId, Section};

impl Parser<'_> {
    /// Notes a block that is never closed: the one whose end is indented less than its beginning,
    /// or the innermost that is open. `stops` is where that shows.
    pub(super) fn unclosed(&mut self, stops: Extent) {
        if std::mem::replace(&mut self.missing, true) {
            return;
        }
        let starts_line = |start: usize| self.scan.indent(start);
        let ragged = self.closed.iter().find(|(node, end)| {
            let start = self.tree.node(*node).extent.start as usize;
            self.scan.begins_line(*end) && starts_line(start) > starts_line(*end)
        });
        let at = stops.start as usize;
        let edge = if stops.start == stops.end { 0 } else { self.scan.indent(at) };
        let frames = self.frames.iter().map(|frame| frame.node());
        let open: Vec<NodeId> = self.blocks.iter().copied().chain(frames).collect();
        let inner = open
            .iter()
            .rev()
            .find(|node| self.scan.indent(self.tree.node(**node).extent.start as usize) >= edge);
        let Some(&node) = ragged.map(|(node, _)| node).or(inner).or(open.last()) else { return };
        let owner = self.owner_of(node);
        let name = Some(owner.name).filter(|name| name.end > name.start);
        let extent = name
            .unwrap_or(Extent::new(owner.extent.start as usize, owner.extent.start as usize + 1));
        let what = self.scan.slice(extent).to_owned();
        self.fault(extent, FaultKind::Unclosed(what));
        if let Some(last) = self.tree.faults.last_mut() {
            last.stops = (stops != last.extent).then_some(stops);
        }
    }

    /// The node that names a block: a hash is named by its option.
    fn owner_of(&self, node: NodeId) -> Node {
        let own = *self.tree.node(node);
        if own.name.end > own.name.start { own } else { *self.tree.node(own.parent) }
    }

    /// Goes on behind the plugin that was not understood, or before what looks like the next.
    pub(super) fn recover(&mut self) {
        let plugin = self.frames.first().map(|frame| frame.node());
        let mut depth =
            self.frames.iter().filter(|frame| !matches!(frame, Frame::Array(_))).count();
        let indent =
            plugin.map_or(0, |node| self.scan.indent(self.tree.node(node).extent.start as usize));
        let mut fresh = self.scan.begins_line(self.scan.at);
        let from = self.scan.at;
        // Up to where a quote of each sort is known to stay open.
        let mut open_until = [0; 2];
        let mut line = 0;
        while let Some(byte) = self.scan.peek() {
            let at = self.scan.at;
            if fresh && self.resumes(at, indent) && (at > from || plugin.is_some()) {
                break;
            }
            fresh = false;
            self.scan.at += 1;
            match byte {
                b'\n' => {
                    while self.scan.peek().is_some_and(is_space) {
                        self.scan.at += 1;
                    }
                    fresh = true;
                }
                b'{' => depth += 1,
                b'}' if depth <= 1 => {
                    // Outside of a plugin the brace ends the block.
                    if plugin.is_none() && depth == 0 {
                        self.scan.at = at;
                    }
                    break;
                }
                b'}' => depth -= 1,
                b'#' => self.pass_line(),
                b'"' | b'\'' => {
                    let open = &mut open_until[usize::from(byte == b'"')];
                    if at >= *open {
                        if at >= line {
                            let rest = &self.scan.bytes[at..];
                            line = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                        }
                        match self.scan.quoted_end(at, byte).filter(|&end| end <= line) {
                            Some(end) => self.scan.at = end,
                            None => *open = line,
                        }
                    }
                }
                _ => {}
            }
        }
        let end = self.scan.at;
        while let Some(frame) = self.frames.pop() {
            self.close_frame(frame, end);
        }
    }

    fn pass_line(&mut self) {
        let rest = &self.scan.bytes[self.scan.at..];
        self.scan.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// Whether a line that begins at `at` begins a plugin or a section that is no deeper.
    fn resumes(&self, at: usize, indent: usize) -> bool {
        let name = self.scan.name_end(at);
        let word = &self.scan.text[at..name];
        let brace = self.scan.bytes.get(self.scan.after_blanks(name)) == Some(&b'{');
        let section = Section::ALL.iter().any(|(known, _)| *known == word) && brace;
        section || (name > at && (brace || word == "if") && self.scan.indent(at) <= indent)
    }

    /// Goes on before the next line that begins a section.
    pub(super) fn pass_to_section(&mut self) {
        loop {
            self.pass_line();
            self.scan.skip();
            let at = self.scan.at;
            if self.scan.peek().is_none() {
                return;
            }
            let word = &self.scan.text[at..self.scan.name_end(at)];
            if Section::ALL.iter().any(|(known, _)| *known == word)
                || matches!(self.scan.peek(), Some(b'}'))
                || !word.is_empty()
            {
                return;
            }
        }
    }
}
