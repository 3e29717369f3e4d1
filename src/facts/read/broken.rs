//! Documents that stop at a syntax error.

use super::{Origin, Parsed, Reader};
use crate::facts::skip::{Skip, SkipReason};
use crate::facts::{Document, DocumentId, TextIssue};
use crate::identify::{self, Kind};
use crate::parse::json;
use crate::parse::tree::{IssueKind, NodeRef};

impl Reader<'_> {
    /// What is no JSON though YAML reads it.
    pub(super) fn strict(&mut self, parsed: &Parsed<'_>, node: NodeRef<'_>, id: DocumentId) {
        let place = parsed.map.local(node.span());
        let text = place.and_then(|range| Some((range.start, parsed.text.get(range)?)));
        let Some((start, text)) = text.filter(|(_, text)| text.starts_with('{')) else { return };
        if let Some((range, message)) = json::fault(text) {
            let span = parsed.map.span(start + range.start, start + range.end);
            let issue = TextIssue { kind: IssueKind::Syntax, span, message, first: None };
            self.facts.documents[id.index as usize].text_issues.push(issue);
        }
    }

    /// A text in which no document was known: a lost line may have cut one in two.
    fn broken_stream(&mut self, parsed: &Parsed<'_>, index: usize, origin: &Origin) {
        let rules = identify::classify_text(parsed.text) == Some(Kind::PrometheusRules);
        let mut origin = origin.clone();
        // Of rules the first document is loaded, and what comes after it is not.
        origin.stream_index = if rules { u32::try_from(index).unwrap_or(u32::MAX) } else { 0 };
        self.broken(parsed, index, parsed.text, &origin);
    }

    /// A text that a lost or shifted line tore in two: its program reads what stands before the tear
    /// alone, and that is no document of any kind. `before` is the first document that was found in it.
    pub(super) fn torn(
        &mut self,
        parsed: &Parsed<'_>,
        tear: usize,
        before: Option<usize>,
        origin: &Origin,
    ) {
        let Some(before) = before else { return self.broken_stream(parsed, tear, origin) };
        let found = &mut self.facts.documents[before..];
        let known = |document: &Document| (document.stream_index as usize) < tear;
        if tear == 0 || parsed.masked || has_marker(parsed.text) || found.iter().any(known) {
            return;
        }
        let kind = identify::classify_text(parsed.text).filter(|kind| READ_ONCE.contains(kind));
        let Some(kind) = kind.filter(|kind| !is_taken(parsed, *kind)) else { return };
        match found.iter_mut().find(|it| it.broken && it.stream_index as usize == tear) {
            Some(document) => (document.kind, document.stream_index) = (kind, 0),
            None => self.broken(parsed, tear, parsed.text, origin),
        }
    }

    /// A document of a stream that is no YAML, or nothing but text to a reader of it.
    pub(super) fn unread(&mut self, parsed: &Parsed<'_>, index: usize, origin: &Origin) {
        if self.pipeline_among(parsed, index, origin) {
            return;
        }
        let root = &parsed.tree.roots[index];
        match root.node {
            Some(node) => self.root(parsed, root, parsed.tree.node(node), origin),
            None => self.broken(parsed, index, text_of(parsed, index), origin),
        }
    }

    /// A document that stopped at a syntax error, known by the keys of its lines.
    pub(super) fn broken(
        &mut self,
        parsed: &Parsed<'_>,
        index: usize,
        text: &str,
        origin: &Origin,
    ) {
        if origin.host.is_none() && is_prose(self.path) {
            return;
        }
        let root = &parsed.tree.roots[index];
        let too_deep = root.issues.iter().any(|issue| issue.kind == IssueKind::TooDeep);
        let kind = identify::classify_text(text).or(origin.kind);
        if too_deep || (kind.is_some() && parsed.masked && !parsed.filled_in) {
            let reason = if too_deep { SkipReason::TooDeep } else { SkipReason::Templated };
            self.facts.skips.push(Skip { span: root.span, reason, kind });
            return;
        }
        let Some(kind) = kind.filter(|_| root.broken) else { return };
        let anchor = root.issues.first().map_or(root.span, |issue| issue.span);
        let id = self.push(kind, root.span, anchor, origin, origin.stream_index);
        let document = &mut self.facts.documents[id.index as usize];
        document.text_issues = root.issues.clone();
        document.broken = true;
    }
}

/// Kinds of which a program reads the first document of a file alone.
const READ_ONCE: &[Kind] =
    &[Kind::PrometheusConfig, Kind::PrometheusRules, Kind::AlertmanagerConfig];

/// Whether the program of a kind takes the first document as it is.
fn is_taken(parsed: &Parsed<'_>, kind: Kind) -> bool {
    let keys = match kind {
        Kind::PrometheusConfig => identify::PROMETHEUS,
        Kind::PrometheusRules => &["groups"],
        _ => &[],
    };
    let root = parsed.tree.roots.first().and_then(|root| root.node);
    root.is_some_and(|id| {
        let mut pairs = parsed.tree.node(id).pairs().peekable();
        pairs.peek().is_some()
            && pairs.all(|(key, _)| key.scalar().is_some_and(|it| keys.contains(&it)))
    })
}

/// Whether a line of a text, behind its head, begins another document.
fn has_marker(text: &str) -> bool {
    let head =
        |line: &&str| line.is_empty() || line.starts_with(['#', '%']) || line.starts_with("---");
    text.lines().skip_while(head).any(|line| line.starts_with("---"))
}

/// Endings of pages: what in them looks like keys is an example among words.
const PROSE: &[&str] = &["adoc", "asciidoc", "rst", "txt", "md", "mdx", "html", "org", "tex"];

fn is_prose(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| PROSE.contains(&ending))
}

/// The text of a document, up to the next.
pub(super) fn text_of<'a>(parsed: &Parsed<'a>, index: usize) -> &'a str {
    let local =
        |index: usize| parsed.tree.roots.get(index).and_then(|root| parsed.map.local(root.span));
    let start = local(index).map_or(0, |range| range.start);
    let end = local(index + 1).map_or(parsed.text.len(), |next| next.start.max(start));
    parsed.text.get(start..end).unwrap_or_default()
}
