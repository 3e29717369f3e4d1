//! Items written side by side where there are many; JSON with each value on a line of its own.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Items that one thread writes at a time.
const CHUNK: usize = 64;
/// Chunks that are in memory at a time.
const BATCH: usize = 16;

/// Writes items of a list, the comma and the line break between them included. `row` writes one, and
/// keeps what serves the next one it is given.
pub(super) fn rows<T: Sync, S: Default + Send>(
    items: &[T],
    row: impl Fn(&mut S, &T, &mut Vec<u8>) -> io::Result<()> + Sync,
    out: &mut dyn Write,
) -> io::Result<()> {
    side_by_side(items, b",\n", row, out)
}

/// Writes items with something between them. Most of the work is quoting and formatting: they are
/// written side by side, then joined.
pub(super) fn side_by_side<T: Sync, S: Default + Send>(
    items: &[T],
    between: &[u8],
    row: impl Fn(&mut S, &T, &mut Vec<u8>) -> io::Result<()> + Sync,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut left = items.len();
    // The room of one batch serves the next.
    let mut parts: Vec<(S, Vec<u8>)> = Vec::new();
    parts.resize_with(left.div_ceil(CHUNK).min(BATCH), Default::default);
    for batch in items.chunks(CHUNK * BATCH) {
        let chunks = batch.par_chunks(CHUNK).zip(&mut parts);
        chunks.try_for_each(|(chunk, (kept, text))| {
            text.clear();
            chunk.iter().try_for_each(|item| {
                row(kept, item, text)?;
                text.extend_from_slice(between);
                Ok::<_, io::Error>(())
            })
        })?;
        left -= batch.len();
        let filled = batch.len().div_ceil(CHUNK);
        for (number, (_, text)) in parts.iter().take(filled).enumerate() {
            // The standard output takes whole lines at once; none follows the last item.
            let last = left == 0 && number + 1 == filled;
            out.write_all(if last { text.strip_suffix(between).unwrap_or(text) } else { text })?;
        }
    }
    Ok(())
}

/// Writes a value as it stands inside `depth` others.
pub(super) fn nested(value: &impl Serialize, depth: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let formatter = Lines { depth, filled: false };
    value.serialize(&mut Serializer::with_formatter(out, formatter))?;
    Ok(())
}

/// Each value on a line of its own, as the library's own pretty form, with one write for a line
/// break and its blanks.
struct Lines {
    depth: usize,
    /// Whether the innermost list or object has a value.
    filled: bool,
}

/// A comma, a line break, and blanks for the deepest line there is.
const BREAK: &[u8] = b",\n                                ";

impl Lines {
    fn line<W: ?Sized + Write>(&self, comma: bool, out: &mut W) -> io::Result<()> {
        let end = (2 + 2 * self.depth).min(BREAK.len());
        out.write_all(&BREAK[usize::from(!comma)..end])
    }

    fn open<W: ?Sized + Write>(&mut self, mark: &[u8], out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(mark)
    }

    fn close<W: ?Sized + Write>(&mut self, mark: &[u8], out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.line(false, out)?;
        }
        out.write_all(mark)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(b"[", out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(b"]", out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(!first, out)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(b"{", out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(b"}", out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(!first, out)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}
