//! Anchors and the aliases that name them: `- &down`, `labels: &labels`, `<<: *down`.

use super::{Event, Reader, Waiting};
use std::collections::HashMap;

/// The anchors of a document.
#[derive(Default)]
pub(super) struct Anchors<'t> {
    /// The number of the last anchor of a name.
    numbers: HashMap<&'t str, usize>,
    /// Of all documents: no two have the same number.
    count: usize,
}

impl Anchors<'_> {
    /// Begins another document.
    pub(super) fn forget(&mut self) {
        self.numbers.clear();
    }
}

impl<'t, S: FnMut(Event<'t>)> Reader<'t, S> {
    /// The name behind the mark that stands here, and where it ends.
    fn name(&self, at: usize) -> Option<(&'t str, usize)> {
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        let length = self.bytes[at + 1..].iter().take_while(|&&byte| part(byte)).count();
        let end = at + 1 + length;
        let whole = length > 0 && matches!(self.byte(end), b' ' | b'\n');
        whole.then(|| (&self.text[at + 1..end], end))
    }

    /// An anchor and its value: on the same line, or a collection below.
    pub(super) fn anchor(&mut self, at: usize, parent: usize) -> Option<()> {
        let (name, end) = self.name(at)?;
        self.anchors.count += 1;
        let number = self.anchors.count;
        self.anchors.numbers.insert(name, number);
        (self.sink)(Event::Anchor { number });
        let next = end + self.blanks(end);
        match self.byte(next) {
            b'\n' => {
                self.at = next + 1;
                self.waiting = Some(Waiting { column: parent, anchored: true, end });
                Some(())
            }
            b'&' | b'*' => None,
            _ => self.value(next, parent),
        }
    }

    /// An alias; one that names nothing is left to the parser.
    pub(super) fn alias(&mut self, at: usize) -> Option<()> {
        let (name, end) = self.name(at)?;
        let number = *self.anchors.numbers.get(name)?;
        (self.sink)(Event::Alias { number, range: at..end });
        self.rest(end)
    }
}
