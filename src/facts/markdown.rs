//! Markdown pages by their headings: runbooks and descriptions of how incidents are handled.

use super::scalar::Scalar;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::source::Span;

/// A heading, or a line that begins with bold words as a heading would.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Heading {
    /// 1 to 6; bold words are below all.
    pub level: u8,
    /// Its text without marks.
    pub title: Scalar,
}

/// A page.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Page {
    /// The file.
    pub document: DocumentId,
    /// Its title: of the front matter, or its first heading; else its first line.
    pub title: Scalar,
    /// Its first lines of prose, without marks: what it says that it is about.
    pub opening: String,
    /// Its headings in order.
    pub headings: Vec<Heading>,
    /// The text speaks of passing a problem on.
    pub escalates: bool,
    /// How many of these it speaks of: how severe incidents are, who does what, who is told.
    pub process: usize,
}

/// The level of bold words.
const BOLD: u8 = 7;

impl Subject for Page {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Page
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("page {}", self.title.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.title.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "title" { self.title.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "title").then_some(self.title.span)
    }
}

impl Page {
    /// The headings below the one that a link's `#anchor` names; all of them without such a one.
    pub fn part(&self, anchor: Option<&str>) -> (&Scalar, &[Heading]) {
        let named = anchor.and_then(|anchor| {
            self.headings.iter().position(|heading| slug(&heading.title.text) == slug(anchor))
        });
        let Some(at) = named else { return (&self.title, &self.headings) };
        let level = self.headings[at].level;
        let rest = &self.headings[at + 1..];
        let end = rest.iter().position(|heading| heading.level <= level).unwrap_or(rest.len());
        (&self.headings[at].title, &rest[..end])
    }
}

/// Letters and digits as an anchor has them.
fn slug(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Reads a page whose text begins at `base` of its file.
pub fn read(text: &str, base: usize, document: DocumentId, facts: &mut FileFacts) {
    let mut reader = Reader { base, document, headings: Vec::new(), title: None };
    reader.lines(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).map(str::trim);
    let Some(first) = first else { return };
    let lower = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let process = [
        says(&["severity", "severities", "sev1", "sev-1", "sev 1", "priority 1"]),
        says(&["commander", "responsib", "roles", "incident lead", "incident manager"]),
        says(&["communicat", "status page", "stakeholder", "war room", "notify"]),
    ];
    let heading = reader.headings.first().filter(|heading| heading.level < BOLD);
    let title = reader.title.take().or_else(|| heading.map(|heading| heading.title.clone()));
    facts.pages.push(Page {
        document,
        title: title.unwrap_or_else(|| reader.scalar(text, first, first)),
        opening: opening(text),
        headings: reader.headings,
        escalates: lower.contains("escalat"),
        process: process.into_iter().filter(|said| *said).count(),
    });
}

/// The first paragraph that is prose: no heading, badge, link alone, table, list or code, and nothing
/// that only announces a list.
fn opening(text: &str) -> String {
    /// Most lines that are looked at, most bytes that are kept.
    const MAX: (usize, usize) = (80, 400);
    let mut found = String::new();
    let mut announced = String::new();
    let mut fence = false;
    for line in text.lines().take(MAX.0) {
        let body = line.trim().trim_start_matches(['>', ' ']);
        if body.starts_with("```") || body.starts_with("~~~") {
            fence = !fence;
            continue;
        }
        let item = !announced.is_empty() && found.is_empty() && is_item(body);
        let prose = if fence || item || body.starts_with(['#', '|', '-', '=']) {
            String::new()
        } else {
            prose(body)
        };
        let words = prose.split_whitespace().count();
        if words >= 3 || (!found.is_empty() && words > 0) {
            found.push_str(&prose);
            found.push(' ');
        } else if announced.is_empty() && found.trim_end().ends_with(':') {
            announced = std::mem::take(&mut found);
        } else if !found.is_empty() {
            break;
        }
        if found.len() > MAX.1 {
            break;
        }
    }
    if found.is_empty() { announced } else { found }
}

/// Whether a line begins an item of a list.
fn is_item(line: &str) -> bool {
    let mark = line.split_whitespace().next().unwrap_or_default();
    let number = mark.strip_suffix(['.', ')']);
    matches!(mark, "*" | "+") || number.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
}

/// A line without tags, pictures and the targets of links.
fn prose(line: &str) -> String {
    let mut found = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['<', '!', '[', ']']) {
        found.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        rest = match mark {
            "<" => after.split_once('>').map_or("", |(_, after)| after),
            "!" if after.starts_with('[') => after.split_once(')').map_or("", |(_, after)| after),
            "]" if after.starts_with('(') => after.split_once(')').map_or("", |(_, after)| after),
            "!" => {
                found.push('!');
                after
            }
            _ => after,
        };
    }
    found.push_str(rest);
    found.replace(['*', '`', '_'], "").trim().to_owned()
}

struct Reader {
    base: usize,
    document: DocumentId,
    headings: Vec<Heading>,
    title: Option<Scalar>,
}

impl Reader {
    /// A part of the text as a scalar.
    fn scalar(&self, text: &str, part: &str, shown: &str) -> Scalar {
        let start = self.base + (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let span = Span::new(self.document.source, start, start + part.len());
        Scalar { text: shown.to_owned(), span, known: true, plain: true }
    }

    fn lines(&mut self, text: &str) {
        let mut fence: Option<&str> = None;
        let mut front = false;
        let mut before: &str = "";
        for (number, raw) in text.lines().enumerate() {
            let line = raw.trim_end();
            let body = line.trim_start();
            if line == "---" && (number == 0 || front) {
                front = number == 0;
                before = "";
                continue;
            }
            if front {
                self.front_matter(text, line);
                continue;
            }
            let mark = ["```", "~~~"].into_iter().find(|mark| body.starts_with(mark));
            match (fence, mark) {
                (None, Some(mark)) => fence = Some(mark),
                (Some(open), Some(mark)) if open == mark => fence = None,
                (None, None) => self.line(text, body, before),
                _ => {}
            }
            before = if fence.is_some() { "" } else { body };
        }
    }

    fn front_matter(&mut self, text: &str, line: &str) {
        let Some(value) = line.strip_prefix("title:") else { return };
        let value = value.trim().trim_matches(['"', '\'']);
        if !value.is_empty() && self.title.is_none() {
            self.title = Some(self.scalar(text, value, value));
        }
    }

    fn line(&mut self, text: &str, body: &str, before: &str) {
        let level = body.len() - body.trim_start_matches('#').len();
        if (1..=6).contains(&level) && body[level..].starts_with([' ', '\t']) {
            let title = body[level..].trim().trim_end_matches('#').trim_end();
            return self.push(text, u8::try_from(level).unwrap_or(6), title);
        }
        let under = |mark: char| body.len() > 2 && body.chars().all(|c| c == mark);
        if !before.is_empty() && (under('=') || under('-')) {
            return self.push(text, if under('=') { 1 } else { 2 }, before);
        }
        let item = body.trim_start_matches(['-', '*', '+', ' ']);
        for mark in ["**", "__"] {
            let bold = body[body.len() - item.len()..].trim_start();
            let start =
                body.find(mark).filter(|&at| body[..at].trim_matches(['-', '+', ' ']).is_empty());
            let Some(start) = start.filter(|_| !bold.is_empty()) else { continue };
            let inner = &body[start + 2..];
            if let Some(end) = inner.find(mark) {
                return self.push(text, BOLD, inner[..end].trim_end_matches(':'));
            }
        }
    }

    fn push(&mut self, text: &str, level: u8, title: &str) {
        if !title.is_empty() {
            let shown = title.replace(['`', '*'], "");
            let title = self.scalar(text, title, shown.trim());
            self.headings.push(Heading { level, title });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, read};
    use crate::facts::{DocumentId, FileFacts};
    use crate::source::SourceId;

    fn page(text: &str) -> Page {
        let mut facts = FileFacts::default();
        read(text, 0, DocumentId { source: SourceId(0), index: 0 }, &mut facts);
        facts.pages.pop().unwrap_or_else(|| unreachable!("a text is a page"))
    }

    #[test]
    fn headings_of_all_forms_are_read_and_code_is_not() {
        let text = "Title\n=====\n\n## Impact\ntext\n```sh\n# no heading\n```\n- **Diagnosis:** look\n\nSteps\n-----\n### `Last` ###\n";
        let page = page(text);
        let found: Vec<_> =
            page.headings.iter().map(|one| (one.level, one.title.text.as_str())).collect();
        assert_eq!(
            found,
            [(1, "Title"), (2, "Impact"), (7, "Diagnosis"), (2, "Steps"), (3, "Last")]
        );
        assert_eq!(&text[page.headings[2].title.span.range()], "Diagnosis");
        assert_eq!(page.title.text, "Title");
    }

    #[test]
    fn a_part_is_what_stands_below_its_heading() {
        let page =
            page("---\ntitle: \"All alerts\"\n---\n# A\n## Disk Full\n### Impact\n## Other\n");
        assert_eq!(page.title.text, "All alerts");
        let (title, below) = page.part(Some("disk-full"));
        assert_eq!((title.text.as_str(), below.len()), ("Disk Full", 1));
        assert_eq!(page.part(None).1.len(), 4);
    }
}
