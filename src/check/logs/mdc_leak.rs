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
    let within = |name: &str, path: &str| {
        let (before, arguments) = text.split_once(name)?;
        (before.is_empty() || before == path).then_some((before, arguments))
    };
    if let Some((_, arguments)) = within("LogContext.PushProperty(", "Serilog.Context.") {
        return serilog(repo, call, &word(arguments)?);
    }
    let whole = repo.source(call.source).text();
    let imports = |path: &str| whole.contains(path);
    if let Some((path, arguments)) = within("MDC.put(", "org.slf4j.") {
        // The contexts of JBoss have the name, and nothing that closes.
        let known = !path.is_empty() || imports("org.slf4j.MDC;") || imports("org.slf4j.*;");
        let form = (format!("{path}MDC.MDCCloseable"), format!("{path}MDC.putCloseable("));
        let name = word(arguments).filter(|_| known)?;
        return java(repo, call, &name, &form, arguments);
    }
    if let Some(arguments) = text.strip_prefix("ThreadContext.put(") {
        const CLOSES: &str = "org.apache.logging.log4j.CloseableThreadContext";
        let known = imports("org.apache.logging.log4j.ThreadContext;");
        let form = (format!("{CLOSES}.Instance"), format!("{CLOSES}.put("));
        let name = word(arguments).filter(|_| known)?;
        return java(repo, call, &name, &form, arguments);
    }
    structlog(repo, call, whole)
}

fn insert(call: Span, at: usize, text: &str) -> Edit {
    Edit { span: Span::new(call.source, at, at), text: text.to_owned() }
}

/// It lasts as long as the variable.
fn serilog(repo: &Repo, call: Span, name: &str) -> Option<Vec<Edit>> {
    let whole = repo.source(call.source).text();
    let start = call.start as usize;
    // `_ = LogContext.PushProperty(…);` throws away what would close it.
    let start = match whole[..start].strip_suffix("_ = ") {
        Some(before) => before.len(),
        None => start,
    };
    let statement = Span::new(call.source, start, call.end as usize);
    follows(repo, statement, ";")?;
    let span = Span::new(call.source, start, call.start as usize);
    Some(vec![Edit { span, text: format!("using var pushed{name} = ") }])
}

/// A type that closes, and what makes one, in the place of the call.
fn java(
    repo: &Repo,
    call: Span,
    name: &str,
    (class, put): &(String, String),
    arguments: &str,
) -> Option<Vec<Edit>> {
    let rest = follows(repo, call, ";")?.braces(repo)?;
    let (start, end) = (call.start as usize, call.end as usize);
    let given = end - arguments.len();
    let mut edits = vec![
        Edit {
            span: Span::new(call.source, start, given),
            text: format!("try ({class} closes{name} = {put}"),
        },
        Edit { span: Span::new(call.source, end, end + 1), text: ") {".to_owned() },
    ];
    edits.extend(rest.deeper());
    edits.push(insert(call, rest.end, &format!("{}}}{}", rest.indent, rest.line_end)));
    Some(edits)
}

fn structlog(repo: &Repo, call: Span, whole: &str) -> Option<Vec<Edit>> {
    let text = repo.text(call);
    let (module, arguments) = text.split_once("bind_contextvars(")?;
    let line = |start: &str| whole.lines().find(|line| line.starts_with(start));
    let mut edits = Vec::new();
    match module {
        "structlog.contextvars." => {}
        "contextvars." if line("from structlog import contextvars").is_some() => {}
        "" => {
            let import = line("from structlog.contextvars import ")?;
            let names = &import["from structlog.contextvars import ".len()..];
            let mut names = names.split(',').map(str::trim);
            // The name that is left over may be used elsewhere.
            if !names.clone().any(|name| name == "bound_contextvars") {
                names.find(|name| *name == "bind_contextvars")?;
                let at = whole.find(import)? + import.find("bind_contextvars")?;
                let only = whole.matches("bind_contextvars").count() == 2;
                let end = if only { at + "bind_contextvars".len() } else { at };
                let new = if only { "bound_contextvars" } else { "bound_contextvars, " };
                let span = Span::new(call.source, at, end);
                edits.push(Edit { span, text: new.to_owned() });
            }
        }
        _ => return None,
    }
    let rest = follows(repo, call, "")?;
    let (start, end) = (call.start as usize, call.end as usize);
    let span = Span::new(call.source, start, end - arguments.len());
    edits.push(Edit { span, text: format!("with {module}bound_contextvars(") });
    edits.push(insert(call, end, ":"));
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
    // A hook that only says that all is well is left before the work begins.
    let works = inside.contains('(') || ["yield", "await"].iter().any(|it| inside.contains(it));
    let whole = !lines.is_empty() && inside.ends_with('\n') && works;
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
