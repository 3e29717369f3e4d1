//! Grafana Alloy's configuration language: blocks with labels, attributes, nothing evaluated.

use super::text::Piece;

/// A block: `loki.write "default" { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its name.
    pub name: Piece,
    /// Its label, without quotes.
    pub label: Option<Piece>,
    /// The block around it.
    pub parent: Option<usize>,
    /// Attributes, in order: a name and the text of an expression.
    pub attributes: Vec<(Piece, Piece)>,
}

/// Reads the blocks of a text, outer before inner; what is no block or attribute is passed over.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = at..text[at..].find('\n').map_or(text.len(), |len| at + len);
        let piece = Piece::trimmed(text, line.start, line.end);
        let body = &text[piece.range()];
        at = line.end + 1;
        if body.is_empty() || body.starts_with("//") {
            continue;
        }
        if body.starts_with('}') {
            open.pop();
            continue;
        }
        let name = Piece { start: piece.start, end: piece.start + word(body) };
        let rest = Piece::trimmed(text, name.end, piece.end);
        let after = &text[rest.range()];
        if name.start == name.end {
            continue;
        } else if after.starts_with('=') && !after.starts_with("==") {
            let start = Piece::trimmed(text, rest.start + 1, line.end).start;
            let end = expression(text, start);
            let value = Piece::trimmed(text, start, end.max(start));
            if let Some(block) = open.last() {
                blocks[*block].attributes.push((name, value));
            }
            at = at.max(end);
        } else if let Some(head) = after.strip_suffix('{').or_else(|| after.strip_suffix("{}")) {
            let label = head.trim().strip_prefix('"').and_then(|label| label.strip_suffix('"'));
            let label = label.map(|label| {
                let start = rest.start + after.find('"').unwrap_or(0) + 1;
                Piece { start, end: start + label.len() }
            });
            let parent = open.last().copied();
            if !after.ends_with('}') {
                open.push(blocks.len());
            }
            blocks.push(Block { name, label, parent, attributes: Vec::new() });
        }
    }
    blocks
}

/// Length of the name a line begins with.
fn word(body: &str) -> usize {
    body.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(body.len())
}

/// Where an expression ends: at the line's end, or where its last bracket closes.
fn expression(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut quote) = (start, 0_usize, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'"'), b'\\') => at += 1,
            (Some(b'"'), b'\n') => quote = None,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'`')) => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, b'\n') if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    at.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn blocks_labels_and_attributes_are_read() {
        let text = "// c\nloki.source.file \"a\" {\n  targets = [\n    {x = \"}\"},\n  ]\n  forward_to = [loki.write.b.receiver]\n}\nloki.write \"b\" {\n  endpoint {\n    url = \"http://loki:3100\"\n  }\n}\n";
        let found = blocks(text);
        let names: Vec<_> = found.iter().map(|block| &text[block.name.range()]).collect();
        assert_eq!(names, ["loki.source.file", "loki.write", "endpoint"]);
        assert_eq!(found[2].parent, Some(1));
        let label = found[1].label.map(|label| &text[label.range()]);
        assert_eq!(label, Some("b"));
        let values: Vec<_> = found
            .iter()
            .flat_map(|block| &block.attributes)
            .map(|it| &text[it.1.range()])
            .collect();
        assert_eq!(values[1..], ["[loki.write.b.receiver]", "\"http://loki:3100\""]);
    }
}
