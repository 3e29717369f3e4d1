//! Templates that a shell's variables are put into before their program reads them.

use super::Masked;
use crate::lang::path::last;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::Tree;
use crate::parse::yaml;

/// A text that cannot be read as it is, with its `${VARIABLES}` as unknown scalars; nothing where
/// they are not why, but in a file that is called a template.
pub fn fill(path: &str, text: &str, map: &OffsetMap) -> Option<Masked> {
    let name = last(path).to_ascii_lowercase();
    let called = ["template", "tmpl", "tpl"].iter().any(|word| name.contains(word));
    if !text.contains("${") {
        return None;
    }
    let mut filled = String::with_capacity(text.len());
    let mut unknown = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let inside = &rest[at + 2..];
        let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = inside.find(|c: char| !named(c)).filter(|end| inside[*end..].starts_with('}'));
        filled.push_str(&rest[..at]);
        let Some(end) = end else {
            filled.push_str("${");
            rest = inside;
            continue;
        };
        let start = filled.len();
        // As long as it was: every place stays. A word of these is known for a stand-in, also where the
        // text is a template besides.
        filled.extend(std::iter::repeat_n('_', end + 3));
        unknown.push(start..filled.len());
        rest = &inside[end + 1..];
    }
    filled.push_str(rest);
    let filled = Masked { text: filled, unknown, map: map.clone() };
    let sound = || filled.parse().roots.iter().all(|root| !root.broken);
    (!filled.unknown.is_empty() && (called || sound())).then_some(filled)
}

impl Masked {
    /// The tree of it.
    pub fn parse(&self) -> Tree {
        yaml::parse(&yaml::Input { text: &self.text, map: &self.map, masked: &self.unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    #[test]
    fn variables_of_templates_are_unknown_and_places_stay() {
        let text = "a: [${IDS}]\nb: ${x:-1}\n";
        let map = OffsetMap::whole(Span::new(SourceId(0), 0, text.len()));
        assert!(fill("prometheus.yml", "a: [${IDS}]\nb: [1\n", &map).is_none());
        let filled = fill("prometheus-template.yml", text, &map).map(|it| (it.text, it.unknown));
        let ids = std::iter::once(4..10).collect();
        assert_eq!(filled, Some(("a: [______]\nb: ${x:-1}\n".to_owned(), ids)));
    }
}
