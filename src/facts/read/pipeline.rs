//! Texts that are pipelines of Logstash.

use super::{Origin, Parsed, Reader, broken};
use crate::facts::logstash;
use crate::identify::{self, Kind};
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

    /// A pipeline that stands between documents of YAML in one file, up to the mark of the next:
    /// neither Logstash nor a reader of YAML takes it there.
    pub(super) fn pipeline_among(
        &mut self,
        parsed: &Parsed<'_>,
        index: usize,
        origin: &Origin,
    ) -> bool {
        let plain = origin.host.is_none() && !parsed.masked && parsed.tree.roots.len() > 1;
        let Some(tear) = parsed.map.local(parsed.tree.roots[index].span).filter(|_| plain) else {
            return false;
        };
        // A reader of YAML is torn somewhere inside; the pipeline begins behind the mark above.
        let above = &parsed.text[..tear.start];
        let mark = above.rfind("\n---").and_then(|at| Some(at + 1 + above[at + 1..].find('\n')?));
        let start = mark.map_or(0, |at| at + 1);
        let text = &parsed.text[start..tear.start + broken::text_of(parsed, index).len()];
        // Objects hold pipelines too, in a text of theirs.
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let first = lines.find(|line| !line.starts_with('#')).unwrap_or_default();
        let section = ["input", "filter", "output"].iter().any(|word| {
            first.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('{'))
        });
        if !section || !identify::is_pipeline(text) {
            return false;
        }
        let map = OffsetMap::slice(self.source, parsed.map.span(start, start).start as usize);
        self.pipeline(text, &map, &[], origin);
        true
    }
}
