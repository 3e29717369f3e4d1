//! Values that stay beside the records of the next request. Rule: rules/logs/mdc-leak.yaml

use crate::check::Case;
use crate::facts::code::correlation::{CorrelationId, IdForm};
use crate::finding::Edit;
use crate::repo::Repo;
use crate::source::{SourceId, Span};

pub(super) fn check(id: &CorrelationId, case: &mut Case<'_>) {
    let IdForm::Put { cleared, anywhere } = id.form else { return case.skip() };
    let repo = case.repo;
    let services = repo.services_with(id.document);
    let same = |other: &CorrelationId| {
        other.document == id.document
            || services.is_empty()
            || services.iter().any(|number| repo.services()[*number].has(other.document))
    };
    let clears = || {
        let mut all = repo.facts.correlation_ids.iter();
        anywhere && all.any(|other| other.form == IdForm::Cleared && same(other))
    };
    if !cleared && !clears() {
        let edits = closing(repo, id.name.span);
        let flag = case.flag(id.name.span);
        if let Some(edits) = edits {
            flag.fix(false, "take it away behind what follows", edits);
        }
    }
}

/// The form that closes itself, around all that follows in the same block.
fn closing(repo: &Repo, call: Span) -> Option<Vec<Edit>> {
    let text = repo.text(call);
    let cut = |from: usize, to: usize| {
        let start = call.start as usize;
        Span::new(call.source, start + from, start + to)
    };
    let edit =
        |from: usize, to: usize, text: &str| Edit { span: cut(from, to), text: text.to_owned() };
    if let Some(rest) = text.strip_prefix("LogContext.PushProperty(") {
        // It lasts as long as the variable.
        let name = word(rest)?;
        let begin = edit(0, 0, &format!("using var pushed{name} = "));
        return (follows(repo, call, ";").is_some()).then(|| vec![begin]);
    }
    if let Some(rest) = text.strip_prefix("MDC.put(") {
        // The contexts of JBoss and of Log4j have the name, and nothing that closes.
        let whole = repo.source(call.source).text();
        if !["org.slf4j.MDC", "org.slf4j.*"].iter().any(|path| whole.contains(path)) {
            return None;
        }
        let name = word(rest)?;
        let rest = follows(repo, call, ";")?.braces(repo)?;
        let mut edits = vec![
            edit(0, 0, &format!("try (MDC.MDCCloseable closes{name} = ")),
            edit("MDC.".len(), "MDC.put".len(), "putCloseable"),
            edit(text.len(), text.len() + 1, ") {"),
        ];
        edits.extend(rest.deeper());
        let end = Span::new(call.source, rest.end, rest.end);
        let text = format!("{}}}{}", rest.indent, rest.line_end);
        edits.push(Edit { span: end, text });
        return Some(edits);
    }
    let bind = "bind_contextvars(";
    let at = text.find(bind).filter(|at| text[..*at].ends_with("structlog.contextvars."))?;
    let rest = follows(repo, call, "")?;
    let mut edits = vec![
        edit(0, 0, "with "),
        edit(at, at + bind.len(), "bound_contextvars("),
        edit(text.len(), text.len(), ":"),
    ];
    edits.extend(rest.deeper());
    Some(edits)
}

/// The first argument as part of a name: `requestId` becomes `RequestId`.
fn word(arguments: &str) -> Option<String> {
    let first = arguments.split([',', ')']).next()?.trim().trim_matches('"');
    let letters: String = first.chars().filter(char::is_ascii_alphanumeric).collect();
    let head = letters.chars().next()?;
    Some(format!("{}{}", head.to_ascii_uppercase(), &letters[1..]))
}

/// What follows a statement in its block.
struct Rest {
    source: SourceId,
    /// First bytes of its lines that hold anything.
    lines: Vec<usize>,
    /// Behind its last line.
    end: usize,
    /// What the statement is moved in by.
    indent: String,
    /// One step of it.
    step: String,
    line_end: &'static str,
}

/// The lines behind a statement that stands alone on its own, in the same block.
fn follows(repo: &Repo, call: Span, closes: &str) -> Option<Rest> {
    let text = repo.source(call.source).text();
    let begin = text[..call.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[begin..call.start as usize];
    let tail = text[call.end as usize..].split('\n').next()?;
    if !indent.trim().is_empty() || indent.is_empty() || tail.trim_end() != closes {
        return None;
    }
    let line_end = if tail.ends_with('\r') { "\r\n" } else { "\n" };
    let mut at = call.end as usize + tail.len() + 1;
    let (mut lines, mut end) = (Vec::new(), at);
    let mut outer = "";
    for line in text.get(at..)?.split_inclusive('\n') {
        let lead = &line[..line.len() - line.trim_start().len()];
        let blank = line.trim().is_empty();
        if !blank && !lead.starts_with(indent) {
            outer = lead;
            break;
        }
        if !blank {
            lines.push(at);
            end = at + line.len();
        }
        at += line.len();
    }
    // Texts of several lines would change with the lines they stand on.
    let inside = text.get(call.end as usize..end)?;
    let plain = !["\"\"\"", "\'\'\'", "\\\n"].iter().any(|sign| inside.contains(sign));
    let step = indent.strip_prefix(outer).filter(|step| !step.is_empty())?.to_owned();
    let whole = !lines.is_empty() && inside.ends_with('\n');
    let indent = indent.to_owned();
    (plain && whole).then_some(Rest { source: call.source, lines, end, indent, step, line_end })
}

impl Rest {
    /// The same, if all that is opened in it is closed in it and the block ends behind it.
    fn braces(self, repo: &Repo) -> Option<Rest> {
        let text = repo.source(self.source).text();
        let inside = text.get(*self.lines.first()?..self.end)?;
        let even = inside.matches('{').count() == inside.matches('}').count();
        (even && text[self.end..].trim_start().starts_with('}')).then_some(self)
    }

    /// Moves its lines in.
    fn deeper(&self) -> impl Iterator<Item = Edit> {
        let place = |at: &usize| Span::new(self.source, *at, *at);
        self.lines.iter().map(move |at| Edit { span: place(at), text: self.step.clone() })
    }
}
