//! Texts that are pipelines of Logstash.

use super::{Origin, Reader};
use crate::facts::logstash;
use crate::identify::Kind;
use crate::parse::mask;
use crate::parse::offsets::OffsetMap;
use std::ops::Range;

impl Reader<'_> {
    /// A Logstash pipeline; a template's actions are masked first.
    pub(super) fn pipeline(
        &mut self,
        text: &str,
        map: &OffsetMap,
        unknown: &[Range<usize>],
        origin: &Origin,
    ) {
        let id = self.whole(Kind::LogstashPipeline, text, map, origin);
        match mask::mask_pipeline(text, map) {
            Some(masked) => {
                self.facts.documents[id.index as usize].masked = true;
                let mask::Masked { text, unknown, map } = masked;
                logstash::read(&text, &map, &unknown, id, &mut self.facts);
            }
            None => logstash::read(text, map, unknown, id, &mut self.facts),
        }
    }
}
