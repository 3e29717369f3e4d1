//! One file's annotations and allows.

use super::grammar::{self, Open, Role, Tag};
use super::outline::{self, Outline};
use super::{Annotation, Target, allow, bind, keys, markers};
use crate::facts::FileFacts;
use crate::facts::comment::{self, Comment, Form, Special};
use crate::facts::scalar::Scalar;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::Tree;
use crate::parse::yaml;
use crate::source::{Source, SourceId, Span};
use memchr::memmem::{self, Finder};
use std::ops::Range;
use std::sync::OnceLock;

/// Texts without which a file holds neither annotation nor allow.
const MARKS: &[&str] = &[
    "@nist",
    "nist_control",
    "NistControl",
    "nist:\"",
    "_nist",
    "nist-controls",
    "nist_800_53_r5",
    "@satisfies",
    "obsproof:",
];

/// Whether a text can hold annotations or allows: a literal search.
pub fn has_marks(text: &str) -> bool {
    // Nearly every text is free of the words that the marks share: looking for each alone is a
    // multiple faster than for all at once.
    const SHARED: [&str; 5] = ["nist", "obsproof:", "@satisfies", "NistControl", "@NIST"];
    static FINDERS: OnceLock<[Finder<'static>; 5]> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| SHARED.map(Finder::new));
    let bytes = text.as_bytes();
    let has = |mark: &str| memmem::find(bytes, mark.as_bytes()).is_some();
    finders.iter().any(|finder| finder.find(bytes).is_some())
        && (MARKS.iter().any(|mark| has(mark)) || has("@NIST"))
}

/// Reads the annotations and allows of a file of any kind that [has marks](has_marks). `trees` are its parsed documents as
/// far as somebody has parsed them: comments in embedded documents come from there.
pub fn read(id: SourceId, source: &Source, trees: &[&Tree], facts: &mut FileFacts) {
    let language = comment::language_of(&source.path, source.text());
    let mut scanned = comment::scan(source.text(), source.content_start(), language);
    for tree in trees {
        embedded(tree, source, &mut scanned.comments);
    }
    let outline = Outline::new(source, language, &scanned);
    let mut reader =
        Reader { id, source, outline: &outline, annotations: Vec::new(), allows: Vec::new() };
    for block in outline::blocks(&scanned.comments, source) {
        reader.block(block);
    }
    if language.has(Special::Markdown) {
        reader.bullets();
        reader.front_matter();
    } else {
        markers::read(&outline, id, &mut reader.annotations);
        reader.keys(trees);
    }
    reader.annotations.sort_by_key(|annotation| (annotation.tag_span, annotation.anchor_start()));
    facts.annotations.append(&mut reader.annotations);
    facts.allows.append(&mut reader.allows);
}

impl Annotation {
    fn anchor_start(&self) -> u32 {
        self.controls.first().map_or(self.tag_span.start, |control| control.span.start)
    }
}

/// Comments of documents inside block scalars, which the scan of the host passes over.
fn embedded(tree: &Tree, source: &Source, comments: &mut Vec<Comment>) {
    let mut number = comments.last().map_or(0, |comment| comment.number);
    let known = comments.len();
    for found in &tree.comments {
        let range = found.span.range();
        let text = source.text().get(range.clone()).unwrap_or_default();
        let seen = comments[..known].binary_search_by_key(&range.start, |c| c.range.start).is_ok();
        if seen || !text.starts_with('#') {
            continue;
        }
        number += 1;
        let inner = text.trim_start_matches('#').trim_start();
        let start = range.start + (text.len() - inner.len());
        comments.push(Comment {
            text: start..start + inner.trim_end().len(),
            range,
            form: Form::Line,
            number,
            trailing: found.trailing,
            fenced: false,
            owner: None,
        });
    }
    comments.sort_by_key(|comment| (comment.range.start, comment.range.end));
    comments.dedup_by_key(|comment| comment.range.start);
}

struct Reader<'a> {
    id: SourceId,
    source: &'a Source,
    outline: &'a Outline<'a>,
    annotations: Vec<Annotation>,
    allows: Vec<super::Allow>,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.id, range.start, range.end)
    }

    fn scalar(&self, range: &Range<usize>) -> Scalar {
        let text = self.source.text().get(range.clone()).unwrap_or_default().to_owned();
        Scalar { text, span: self.span(range), known: true, plain: true }
    }

    fn block(&mut self, block: &[Comment]) {
        let text = |comment: &Comment| &self.source.text()[comment.text.clone()];
        if !block
            .iter()
            .any(|comment| text(comment).contains('@') || text(comment).contains("obsproof:"))
        {
            return;
        }
        for comment in block {
            self.allows.extend(allow::read(self.outline, self.id, block, comment));
        }
        let first = self.annotations.len();
        let mut more: Vec<Tag> = Vec::new();
        let mut targets: Vec<(bool, usize, Target)> = Vec::new();
        let mut index = 0;
        while let Some(comment) = block.get(index) {
            index += 1;
            let tags = grammar::tags(text(comment), comment.text.start, false);
            for tag in tags {
                if tag.role == Role::More {
                    more.push(tag);
                    continue;
                }
                let list = tag.role == Role::List;
                let key = (list, if comment.trailing { comment.range.start } else { 0 });
                let target = match targets.iter().find(|known| (known.0, known.1) == key) {
                    Some((_, _, target)) => target.clone(),
                    None => {
                        let last = last_annotation(block, self.source);
                        let target = bind::target(self.outline, self.id, block, last, list);
                        targets.push((key.0, key.1, target.clone()));
                        target
                    }
                };
                let target = if tag.role == Role::Setting { Target::File } else { target };
                index += self.annotation(tag, comment, target, &block[index..]);
            }
        }
        self.attach(first, more, block);
    }

    /// Adds what a tag says; the number of further lines it took.
    fn annotation(
        &mut self,
        tag: Tag,
        comment: &Comment,
        target: Target,
        rest: &[Comment],
    ) -> usize {
        let mut annotation = Annotation {
            source: self.id,
            tag: tag.name.clone(),
            tag_span: self.span(&tag.span),
            controls: tag.ids.iter().map(|range| self.scalar(range)).collect(),
            text: tag.text.as_ref().map(|range| self.scalar(range)),
            evidence: Vec::new(),
            confidence: None,
            list: tag.role == Role::List,
            malformed: tag.fault.as_ref().map(|(fault, at)| (fault.clone(), self.span(at))),
            target,
            example: comment.fenced,
        };
        let Some(open) = tag.open else {
            self.annotations.push(annotation);
            return 0;
        };
        let mut taken = 0;
        let mut closed = false;
        let mut with_text = Vec::new();
        for line in rest {
            let text = &self.source.text()[line.text.clone()];
            if text.starts_with('@') {
                break;
            }
            let Some(found) = grammar::list_line(text, line.text.start, open) else { break };
            taken += 1;
            for (range, text) in found.ids {
                match text {
                    Some(text) => with_text.push((range, text)),
                    None => annotation.controls.push(self.scalar(&range)),
                }
            }
            if let Some((word, range)) = found.wrong {
                let fault = format!("lists `{word}`, which is no control id like `au-3`");
                annotation.malformed.get_or_insert((fault, self.span(&range)));
            }
            if found.closed {
                closed = true;
                break;
            }
        }
        if open == Open::Flow && !closed {
            annotation.malformed =
                Some(("opens a list that it does not close".to_owned(), annotation.tag_span));
        } else if annotation.controls.is_empty() && with_text.is_empty() {
            annotation
                .malformed
                .get_or_insert(("lists no control".to_owned(), annotation.tag_span));
        }
        let titled: Vec<Annotation> = with_text
            .into_iter()
            .map(|(range, text)| Annotation {
                controls: vec![self.scalar(&range)],
                text: Some(self.scalar(&text)),
                malformed: None,
                ..annotation.clone()
            })
            .collect();
        if !annotation.controls.is_empty() || annotation.malformed.is_some() {
            self.annotations.push(annotation);
        }
        self.annotations.extend(titled);
        taken
    }

    /// Gives `@evidence` and `@confidence` to the claims of their comment.
    fn attach(&mut self, first: usize, more: Vec<Tag>, block: &[Comment]) {
        for tag in more {
            let claims = self.annotations[first..].iter().any(|a| !a.controls.is_empty());
            let values: Vec<Scalar> = tag.ids.iter().map(|range| self.scalar(range)).collect();
            let text = tag.text.as_ref().map(|range| self.scalar(range));
            let mut fault = tag.fault.clone();
            if !claims {
                // Other tools know tags of these names: orphans are ours only beside `@nist`.
                if !self.source.text().contains("@nist") {
                    continue;
                }
                let orphan = "stands in a comment that annotates no control".to_owned();
                fault = Some((orphan, tag.span.clone()));
            }
            for annotation in &mut self.annotations[first..] {
                if tag.name == "evidence" {
                    annotation.evidence.extend(values.iter().cloned());
                } else {
                    annotation.confidence = annotation.confidence.take().or_else(|| text.clone());
                }
            }
            let Some((fault, at)) = fault else { continue };
            let at = self.span(&at);
            self.annotations.push(Annotation {
                source: self.id,
                tag: tag.name.clone(),
                tag_span: self.span(&tag.span),
                controls: Vec::new(),
                text,
                evidence: Vec::new(),
                confidence: None,
                list: false,
                malformed: Some((fault, at)),
                target: Target::File,
                example: block.first().is_some_and(|comment| comment.fenced),
            });
        }
    }

    /// Tags that begin a line of Markdown outside comments: `- @nist-controls: [au-2]`. There an
    /// `@` mostly addresses somebody, so only forms without fault count.
    fn bullets(&mut self) {
        let mut at = self.source.content_start();
        let mut fenced = false;
        for raw in self.source.text()[at..].split_inclusive('\n') {
            let start = at;
            at += raw.len();
            let line = raw.trim();
            if line.starts_with("```") || line.starts_with("~~~") {
                fenced = !fenced;
            }
            let body = line.trim_start_matches(['-', '*', '>', ' ', '`']);
            let from = start + raw.find(body).unwrap_or(0);
            if fenced || !body.starts_with("@nist") || self.outline.comment_at(from).is_some() {
                continue;
            }
            let comment = Comment {
                range: from..from + body.len(),
                text: from..from + body.len(),
                form: Form::Block,
                number: 0,
                trailing: true,
                fenced: false,
                owner: None,
            };
            for tag in grammar::tags(body, from, true) {
                if tag.open.is_none() && !tag.ids.is_empty() && tag.role != Role::More {
                    let block = std::slice::from_ref(&comment);
                    let target = bind::target(self.outline, self.id, block, &comment, true);
                    self.annotation(tag, &comment, target, &[]);
                }
            }
        }
    }

    fn front_matter(&mut self) {
        let start = self.source.content_start();
        let Some(end) = comment::front_matter(self.source.text(), start) else { return };
        let text = &self.source.text()[start..end];
        if !text.contains("nist") {
            return;
        }
        // The line that closes it opens a document of its own in YAML.
        let text = text.trim_end().trim_end_matches(['-', '.']);
        let map = OffsetMap::slice(self.id, start);
        let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
        keys::read(self.id, &tree, true, &mut self.annotations);
    }

    fn keys(&mut self, trees: &[&Tree]) {
        let text = self.source.text();
        let marked =
            ["nist-controls", "nist_controls", "_nist"].iter().any(|key| text.contains(key));
        if !marked {
            return;
        }
        for tree in trees {
            keys::read(self.id, tree, false, &mut self.annotations);
        }
        let data = matches!(self.outline.language.name, "yaml" | "json");
        if trees.is_empty() && data {
            let start = self.source.content_start();
            let map = OffsetMap::slice(self.id, start);
            let tree = yaml::parse(&yaml::Input { text: &text[start..], map: &map, masked: &[] });
            keys::read(self.id, &tree, false, &mut self.annotations);
        }
    }
}

/// The last line of a block that holds a tag.
fn last_annotation<'c>(block: &'c [Comment], source: &Source) -> &'c Comment {
    let tagged = |comment: &&Comment| {
        !grammar::tags(&source.text()[comment.text.clone()], 0, false).is_empty()
    };
    block.iter().rev().find(tagged).unwrap_or(&block[block.len() - 1])
}
