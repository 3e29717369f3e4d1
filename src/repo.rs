//! The repo model: all facts of one run, indexed; cross-file questions are asked here.

pub mod images;
pub mod paths;
pub mod pillars;

use crate::config::Settings;
use crate::facts::{Document, DocumentId, FileFacts};
use crate::source::{Origin, Source, SourceId, Span};
use std::sync::OnceLock;

/// Everything known about a repository.
#[derive(Debug, Default)]
pub struct Repo {
    /// The files that were read, in path order.
    pub sources: Vec<Source>,
    /// All facts, files in path order.
    pub facts: FileFacts,
    /// Paths of all files of the repository, read or not: what a reference can resolve to.
    pub paths: Vec<String>,
    /// The configuration of the run.
    pub settings: Settings,
    documents_of: Vec<(u32, u32)>,
    evidence: OnceLock<Vec<pillars::Evidence>>,
}

impl Repo {
    /// Joins the facts of all files; `files` are in path order, one for each source.
    pub fn new(sources: Vec<Source>, files: Vec<FileFacts>, paths: Vec<String>) -> Repo {
        let mut facts = FileFacts::default();
        let mut documents_of = Vec::with_capacity(files.len());
        for file in files {
            let first = u32::try_from(facts.documents.len()).unwrap_or(u32::MAX);
            let count = u32::try_from(file.documents.len()).unwrap_or(u32::MAX);
            documents_of.push((first, count));
            facts.append(file);
        }
        Repo {
            sources,
            facts,
            paths,
            settings: Settings::default(),
            documents_of,
            evidence: OnceLock::new(),
        }
    }

    /// What the repository holds of each signal, in the order of the files.
    pub fn evidence(&self) -> &[pillars::Evidence] {
        self.evidence.get_or_init(|| pillars::gather(self))
    }

    /// The file with this number.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// Whose text a file is.
    pub fn origin(&self, id: SourceId) -> Origin {
        self.source(id).origin
    }

    /// The path a span stands in.
    pub fn path(&self, span: Span) -> &str {
        &self.source(span.source).path
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.source(span.source).slice(span)
    }

    /// The line (from 1) a span starts on.
    pub fn line(&self, span: Span) -> u32 {
        self.source(span.source).line_of(span.start)
    }

    /// The document with this id.
    pub fn document(&self, id: DocumentId) -> &Document {
        let (first, _) = self.documents_of[id.source.0 as usize];
        &self.facts.documents[(first + id.index) as usize]
    }

    /// The documents of a file.
    pub fn documents_in(&self, source: SourceId) -> &[Document] {
        let (first, count) = self.documents_of[source.0 as usize];
        &self.facts.documents[first as usize..(first + count) as usize]
    }

    /// Facts of one document, of any kind that knows its document.
    pub fn of_document<'a, T>(
        &'a self,
        facts: &'a [T],
        document: DocumentId,
    ) -> impl Iterator<Item = &'a T>
    where
        T: crate::facts::Subject,
    {
        facts.iter().filter(move |fact| fact.document() == Some(document))
    }
}

impl FileFacts {
    fn append(&mut self, other: FileFacts) {
        macro_rules! join {
            ($($field:ident),* $(,)?) => { $(self.$field.extend(other.$field);)* };
        }
        join!(
            documents,
            prometheus,
            scrape_jobs,
            remote_endpoints,
            credentials,
            rule_groups,
            alert_rules,
            recording_rules,
            rule_tests,
            alertmanagers,
            routes,
            receivers,
            integrations,
            inhibit_rules,
            strategies,
            pillars,
            pipelines,
            packages,
            containers,
            services,
            annotations,
            allows,
            skips,
        );
    }
}
