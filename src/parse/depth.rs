//! A byte scan of nesting: what is deeper than a parser may safely go is never parsed.

use super::yaml::MAX_DEPTH;

/// Whether brackets, braces, or `- ` on one line nest deeper than [`MAX_DEPTH`].
///
/// Quoted text is not looked into; the count may be high where quotes do not match, so it is
/// asked only about text that nothing else explains.
pub fn is_excessive(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'\n' => quoted = false,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    text.lines().any(|line| {
        line.as_bytes().chunks_exact(2).take_while(|pair| pair == b"- ").count() > MAX_DEPTH
    })
}
