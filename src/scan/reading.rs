//! Files to facts: read in parallel, or known from the last run.

use super::{number, warm};
use crate::cache::{self, Cache, Name};
use crate::config::Settings;
use crate::discover::{self, Entry, Skip};
use crate::facts::skip::SkipReason;
use crate::facts::{FileFacts, read};
use crate::render::Rendered;
use crate::repo::Batch;
use crate::report::{FileRow, FileStatus};
use crate::source::{Encoding, Origin, Part, Source};
use ignore::gitignore::Gitignore;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

/// Most files whose facts are joined before those of all: an empty list of facts has its size too.
const BATCH: usize = 64;

/// Files that are read in a row, as ranges in their order: few enough files, and few enough bytes,
/// for all threads to have work.
fn batches(entries: &[Entry]) -> Vec<Range<usize>> {
    let parts = rayon::current_num_threads() * 16;
    let bytes = entries.iter().map(|entry| entry.size).sum::<u64>() / parts as u64;
    let files = (entries.len() / parts).clamp(1, BATCH);
    let mut batches = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, entry) in entries.iter().enumerate() {
        if index > start && (index - start >= files || size + entry.size > bytes) {
            batches.push(start..index);
            (start, size) = (index, 0);
        }
        size += entry.size;
    }
    if start < entries.len() {
        batches.push(start..entries.len());
    }
    batches
}

/// What a batch of files gave: their texts, their facts, the rows of the report.
pub(super) type Read = (Vec<Source>, Batch, Vec<FileRow>);

/// What is known before files are read.
pub(super) struct Reading<'a> {
    pub(super) charts: &'a [String],
    pub(super) generated: Gitignore,
    pub(super) settings: &'a Settings,
    pub(super) keep_texts: bool,
    pub(super) rendered: &'a Rendered,
    /// Templates that rendered texts stand for.
    pub(super) covered: &'a BTreeSet<String>,
    pub(super) cache: Option<&'a Cache>,
}

/// A file that was read, or known.
pub(super) struct Taken {
    pub(super) source: Source,
    pub(super) facts: FileFacts,
    pub(super) row: Option<FileRow>,
}

impl Taken {
    /// A file that was not read.
    fn skipped(entry: &Entry, skip: Skip) -> Taken {
        let source = Source::new(entry.path.clone(), String::new(), Encoding::Utf8);
        let facts = FileFacts::default();
        let row = row(&source, &facts, Some(skip));
        Taken { source, facts, row }
    }
}

impl Reading<'_> {
    /// Reads all files. The largest batches come first: who reads them last lets the others wait.
    pub(super) fn all(&self, entries: &[Entry]) -> Vec<Read> {
        let mut batches: Vec<_> = batches(entries).into_iter().enumerate().collect();
        let size =
            |range: &Range<usize>| entries[range.clone()].iter().map(|it| it.size).sum::<u64>();
        batches.sort_by_key(|(_, range)| Reverse(size(range)));
        let read = batches.into_iter().par_bridge();
        let read = read.map(|(number, range)| (number, self.batch(range.start, &entries[range])));
        let mut read: Vec<_> = read.collect();
        read.sort_unstable_by_key(|(number, _)| *number);
        read.into_iter().map(|(_, read)| read).collect()
    }

    /// Reads files in a row, the first of this number.
    fn batch(&self, first: usize, entries: &[Entry]) -> Read {
        let mut sources = Vec::with_capacity(entries.len());
        let mut files = Vec::with_capacity(entries.len());
        let mut rows = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let taken = self.take(first + index, entry);
            rows.extend(taken.row);
            sources.push(taken.source);
            files.push(taken.facts);
        }
        (sources, Batch::of(files), rows)
    }

    /// Reads a file, or knows what reading it gave.
    fn take(&self, index: usize, entry: &Entry) -> Taken {
        if let Some(skip) = entry.skip {
            return Taken::skipped(entry, skip);
        }
        // The settings' own text is shown and never let go of.
        let own = self.settings.is_own_file(&entry.path);
        let Some(cache) = self.cache.filter(|_| !own) else {
            let mut taken = match entry.content.bytes() {
                Ok(bytes) => self.read(index, entry, bytes),
                Err(skip) => Taken::skipped(entry, skip),
            };
            if !own {
                self.let_go(&mut taken.source, &taken.facts, entry);
            }
            return taken;
        };
        let name = Name { path: &entry.path, mode: self.mode(entry) };
        let sure = entry.mark.as_ref().and_then(|mark| cache.sure(name, mark));
        if let Some(taken) = sure.and_then(|known| warm::recall(cache, known, index, entry)) {
            return taken;
        }
        let bytes = match entry.content.bytes() {
            Ok(bytes) => bytes,
            Err(skip) => return Taken::skipped(entry, skip),
        };
        let hash = cache::hash(&bytes);
        let known = cache.known(name, hash, entry.mark.clone());
        let known = known.and_then(|known| warm::recall(cache, (hash, known), index, entry));
        if let Some(taken) = known {
            return taken;
        }
        let mut taken = self.read(index, entry, bytes);
        warm::keep(cache, name, hash, entry, &taken);
        self.let_go(&mut taken.source, &taken.facts, entry);
        taken
    }

    /// Keeps of a text what will be asked for: of source code and pages that is little.
    fn let_go(&self, source: &mut Source, facts: &FileFacts, entry: &Entry) {
        if source.part != Part::Plain {
            return;
        }
        if !facts.needs_text() {
            source.forget();
        } else if !self.keep_texts
            && facts.documents.iter().all(|document| document.kind.is_read_once())
        {
            source.put_away(entry.content.clone().again());
        }
    }

    fn is_vendored(&self, entry: &Entry) -> bool {
        discover::is_vendored(&entry.path, self.charts)
    }

    /// What other files say of a file.
    fn mode(&self, entry: &Entry) -> u8 {
        let marked = self.generated.matched(&entry.path, false).is_ignore();
        u8::from(self.is_vendored(entry)) | u8::from(marked) << 1
    }

    /// Reads the bytes of a file.
    fn read(&self, index: usize, entry: &Entry, bytes: Vec<u8>) -> Taken {
        let mut source = match discover::of_bytes(entry, bytes) {
            Ok(source) => source,
            Err(skip) => return Taken::skipped(entry, skip),
        };
        if self.is_vendored(entry) {
            source.origin = Origin::Vendored;
        } else if discover::is_generated(&source, &self.generated) {
            source.origin = Origin::Generated;
        }
        let rendered = self.rendered.texts.contains_key(&entry.path);
        if rendered {
            (source.part, source.origin) = (Part::Rendered, Origin::Own);
        }
        let skip = match source.origin {
            Origin::Vendored => Some(Skip::Vendored),
            Origin::Generated => Some(Skip::Generated),
            Origin::Own => None,
        };
        let skip = skip.filter(|_| crate::identify::is_code(&source));
        if skip.is_some() {
            source.forget();
        }
        let mut facts = match skip {
            Some(_) => FileFacts::default(),
            None => read::read(number(index), &source),
        };
        if skip.is_none() && rendered {
            // What a person allows stands in the template.
            facts.allows.clear();
        } else if skip.is_none() && self.covered.contains(&entry.path) {
            source.part = Part::Template;
            let FileFacts { allows, mentions, .. } = facts;
            facts = FileFacts { allows, mentions, ..FileFacts::default() };
        }
        let row = row(&source, &facts, skip);
        Taken { source, facts, row }
    }
}

/// The report's row for a file; none for a file that is nothing the tool knows.
fn row(source: &Source, facts: &FileFacts, skip: Option<Skip>) -> Option<FileRow> {
    let reason = skip.or(facts.skips.first().map(|skip| reason_of(skip.reason)));
    if reason.is_none() && facts.documents.is_empty() && source.part == Part::Plain {
        return None;
    }
    let broken = facts.documents.iter().any(|document| document.broken);
    let status = match (skip, reason) {
        (Some(_), _) => FileStatus::Skipped,
        (None, Some(_)) if facts.documents.is_empty() => FileStatus::Skipped,
        (None, Some(_)) => FileStatus::Partly,
        (None, None) if broken => FileStatus::Partly,
        (None, None) => FileStatus::Checked,
    };
    let documents = facts
        .documents
        .iter()
        .map(|document| (document.kind, source.line_of(document.span.start)))
        .collect();
    Some(FileRow { path: source.path.clone(), status, reason, documents })
}

fn reason_of(reason: SkipReason) -> Skip {
    match reason {
        SkipReason::Templated => Skip::Templated,
        SkipReason::TooDeep => Skip::TooDeep,
        SkipReason::Dialect => Skip::Dialect,
        SkipReason::Generated => Skip::Generated,
        SkipReason::TooLarge => Skip::TooLarge,
    }
}
