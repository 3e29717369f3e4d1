//! Texts in quotes, over several lines too.

use super::Reader;
use crate::parse::plain::{Event, escape};
use crate::parse::tree::Style;
use std::borrow::Cow;

impl<'t, S: FnMut(Event<'t>)> Reader<'t, S> {
    pub(super) fn double(&mut self, start: usize, parent: usize) -> Option<()> {
        let mut from = start + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let stop = from + memchr::memchr3(b'"', b'\\', b'\n', self.bytes.get(from..)?)?;
            match self.bytes[stop] {
                b'"' => {
                    append(&mut text, &self.text[from..stop]);
                    let range = start..stop + 1;
                    (self.sink)(Event::Scalar { text, style: Style::Double, range });
                    return self.rest(stop + 1);
                }
                b'\\' if self.byte(stop + 1) == b'\n' => {
                    append(&mut text, &self.text[from..stop]);
                    from = self.continued(stop + 2, parent)?;
                }
                b'\\' => {
                    append(&mut text, &self.text[from..stop]);
                    let (letter, length) = escape(self.text.get(stop + 1..)?)?;
                    text.to_mut().push(letter);
                    from = stop + 1 + length;
                }
                _ => from = self.fold(from, stop, parent, &mut text)?,
            }
        }
    }

    pub(super) fn single(&mut self, start: usize, parent: usize) -> Option<()> {
        let mut from = start + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let stop = from + memchr::memchr2(b'\'', b'\n', self.bytes.get(from..)?)?;
            if self.bytes[stop] == b'\n' {
                from = self.fold(from, stop, parent, &mut text)?;
                continue;
            }
            let twice = self.byte(stop + 1) == b'\'';
            append(&mut text, &self.text[from..stop + usize::from(twice)]);
            if !twice {
                let range = start..stop + 1;
                (self.sink)(Event::Scalar { text, style: Style::Single, range });
                return self.rest(stop + 1);
            }
            from = stop + 2;
        }
    }

    /// Where the text goes on behind a line break that a backslash takes away.
    fn continued(&self, line: usize, parent: usize) -> Option<usize> {
        let column = self.bytes.get(line..)?.iter().take_while(|&&byte| byte == b' ').count();
        (column > parent && self.byte(line + column) != b'\n').then_some(line + column)
    }

    /// Folds the line break at `stop` in quotes, and the empty lines behind it; gives where the text
    /// goes on.
    fn fold(
        &self,
        from: usize,
        stop: usize,
        parent: usize,
        text: &mut Cow<'t, str>,
    ) -> Option<usize> {
        append(text, self.text[from..stop].trim_end_matches(' '));
        let (mut line, mut breaks) = (stop + 1, 1);
        loop {
            let column = self.blanks(line);
            if line + column >= self.bytes.len() {
                return None;
            }
            if self.byte(line + column) != b'\n' {
                match breaks {
                    1 => text.to_mut().push(' '),
                    _ => text.to_mut().extend(std::iter::repeat_n('\n', breaks - 1)),
                }
                return (column > parent).then_some(line + column);
            }
            line += column + 1;
            breaks += 1;
        }
    }
}

fn append<'t>(text: &mut Cow<'t, str>, run: &'t str) {
    match text.is_empty() {
        true => *text = Cow::Borrowed(run),
        false => text.to_mut().push_str(run),
    }
}
