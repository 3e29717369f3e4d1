//! Manifests of packages.

use super::{Origin, Reader, first_line};
use crate::facts::manifest;
use crate::identify::Kind;
use crate::parse::offsets::OffsetMap;

impl Reader<'_> {
    /// A manifest, known by its name.
    pub(super) fn manifest(&mut self, text: &str, map: &OffsetMap, origin: &Origin) {
        let span = map.span(0, text.trim_end().len());
        let first = first_line(text, map);
        let document = self.push(Kind::Manifest, span, first, origin, 0);
        manifest::read(self.path, text, map, document, first, &mut self.facts);
    }
}
