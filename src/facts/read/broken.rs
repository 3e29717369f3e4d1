//! Documents that stop at a syntax error.

use super::{Origin, Parsed, Reader};
use crate::facts::skip::{Skip, SkipReason};
use crate::facts::{DocumentId, TextIssue};
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
    pub(super) fn broken_stream(&mut self, parsed: &Parsed<'_>, index: usize, origin: &Origin) {
        let rules = identify::classify_text(parsed.text) == Some(Kind::PrometheusRules);
        let mut origin = origin.clone();
        // Of rules the first document is loaded, and what comes after it is not.
        origin.stream_index = if rules { u32::try_from(index).unwrap_or(u32::MAX) } else { 0 };
        self.broken(parsed, index, parsed.text, &origin);
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
