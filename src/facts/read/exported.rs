//! Objects that Kibana exported, one a line.

use super::Reader;
use crate::facts::{DocumentId, query};
use crate::parse::embed::Host;
use crate::parse::offsets::OffsetMap;
use crate::parse::{depth, yaml};

impl Reader<'_> {
    /// Exported objects, one a line.
    pub(super) fn objects(&mut self, text: &str, map: &OffsetMap, document: DocumentId) {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end().len();
            let body = &text[start..end];
            if body.starts_with('{') && !depth::is_excessive(body) {
                let map = map.compose(&[(0, start)], body.len(), end);
                let tree = yaml::parse(&yaml::Input { text: body, map: &map, masked: &[] });
                let host = Host { text: body, map: &map, unknown: &[] };
                if let Some(root) = tree.documents().next() {
                    query::read_object(root, host, document, &mut self.facts);
                }
            }
            start += line.len();
        }
    }
}
