//! The kind of a client, put where a span is started, in words that the file knows.

use crate::check::mend;
use crate::facts::code::spans::SpanScope;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::source::Span;

/// What makes the span one of a client.
pub(super) fn client(repo: &Repo, scope: &SpanScope) -> Option<Vec<Edit>> {
    let text = repo.source(scope.at.source).text();
    let kind = repo.document(scope.document).kind;
    if let Some(edit) = otherwise(repo, scope.at, kind) {
        return Some(vec![edit]);
    }
    match kind {
        Kind::Python => python(repo, scope.at, text),
        Kind::Go => go(repo, scope.at, text),
        Kind::Java => java(repo, scope.at, text).map(|edit| vec![edit]),
        Kind::Javascript | Kind::Typescript => javascript(repo, scope.at, text),
        Kind::Csharp if mend::count(repo, scope.at) == Some(1) => {
            Some(vec![mend::argument(repo, scope.at, "ActivityKind.Client")?])
        }
        Kind::Rust => rust(repo, scope.at, text).map(|edit| vec![edit]),
        _ => None,
    }
}

fn insert(at: Span, start: usize, text: impl Into<String>) -> Edit {
    Edit { span: Span::new(at.source, start, start), text: text.into() }
}

/// The kind that is given says that it is work of the service itself.
fn otherwise(repo: &Repo, at: Span, kind: Kind) -> Option<Edit> {
    let (old, new) = match kind {
        Kind::Python | Kind::Javascript | Kind::Typescript => {
            ("SpanKind.INTERNAL", "SpanKind.CLIENT")
        }
        Kind::Go => ("SpanKindInternal", "SpanKindClient"),
        Kind::Csharp => ("ActivityKind.Internal", "ActivityKind.Client"),
        _ => return None,
    };
    let arguments = mend::arguments(repo, at)?;
    let given = repo.text(arguments);
    let place = given.find(old).filter(|_| given.matches(old).count() == 1)?;
    let start = arguments.start as usize + place;
    let span = Span::new(at.source, start, start + old.len());
    Some(Edit { span, text: new.to_owned() })
}

fn python(repo: &Repo, at: Span, text: &str) -> Option<Vec<Edit>> {
    if repo.text(mend::arguments(repo, at)?).contains("kind") {
        return None;
    }
    let names = |module: &str| {
        let head = format!("from {module} import ");
        let lists = text.split(&head).skip(1).filter_map(|rest| match rest.strip_prefix('(') {
            Some(rest) => rest.split(')').next(),
            None => rest.lines().next(),
        });
        lists.flat_map(|list| list.split([',', '\n'])).map(str::trim).collect::<Vec<_>>()
    };
    let mut import = None;
    let kind = if names("opentelemetry.trace").contains(&"SpanKind") {
        "SpanKind.CLIENT"
    } else if names("opentelemetry").contains(&"trace") {
        "trace.SpanKind.CLIENT"
    } else if text.lines().any(|line| line.trim_end() == "import opentelemetry.trace") {
        "opentelemetry.trace.SpanKind.CLIENT"
    } else if !text.contains("SpanKind") {
        let mut start = 0;
        let line = text.split_inclusive('\n').find(|line| {
            start += line.len();
            line.starts_with("from opentelemetry")
        })?;
        let line_end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
        let new = format!("from opentelemetry.trace import SpanKind{line_end}");
        import = Some(insert(at, start - line.len(), new));
        "SpanKind.CLIENT"
    } else {
        return None;
    };
    let argument = mend::argument(repo, at, &format!("kind={kind}"))?;
    Some(import.into_iter().chain([argument]).collect())
}

fn go(repo: &Repo, at: Span, text: &str) -> Option<Vec<Edit>> {
    const TRACE: &str = "\"go.opentelemetry.io/otel/trace\"";
    let argument = mend::argument(repo, at, "trace.WithSpanKind(trace.SpanKindClient)")?;
    if text.lines().any(|line| line.trim().trim_start_matches("import ") == TRACE) {
        return Some(vec![argument]);
    }
    // The module comes with `otel`; nothing else may have its name.
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let taken = text.match_indices("trace").any(|(start, word)| {
        !text[..start].ends_with(part) && !text[start + word.len()..].starts_with(part)
    });
    let (mut start, mut last) = (0, None);
    for line in text.split_inclusive('\n').take_while(|line| !line.starts_with("func ")) {
        start += line.len();
        let path = line.trim();
        if path.starts_with("\"go.opentelemetry.io/otel") && path < TRACE && line != path {
            last = Some((start, &line[..line.len() - line.trim_start().len()]));
        }
    }
    let (start, indent) = last.filter(|(_, indent)| !taken && !indent.is_empty())?;
    Some(vec![insert(at, start, format!("{indent}{TRACE}\n")), argument])
}

fn java(repo: &Repo, at: Span, text: &str) -> Option<Edit> {
    let start = at.start as usize;
    let dot = text[..start].rfind('.').filter(|_| repo.text(at) == "startSpan")?;
    let chain = text[..dot].rsplit([';', '{', '}']).next()?;
    let known = |name: &str| text.contains(&format!("import io.opentelemetry.api.trace.{name};"));
    let kind = match known("SpanKind") || known("*") {
        true => "SpanKind",
        false => "io.opentelemetry.api.trace.SpanKind",
    };
    match chain.rfind("SpanKind.INTERNAL") {
        Some(found) => {
            let from = dot - chain.len() + found + "SpanKind.".len();
            let span = Span::new(at.source, from, from + "INTERNAL".len());
            Some(Edit { span, text: "CLIENT".to_owned() })
        }
        None if chain.contains(".setSpanKind(") || !text.contains("io.opentelemetry.api") => None,
        None => Some(insert(at, dot, format!(".setSpanKind({kind}.CLIENT)"))),
    }
}

fn javascript(repo: &Repo, at: Span, text: &str) -> Option<Vec<Edit>> {
    let (kind, import) = kind_of_javascript(at, text)?;
    let open = at.end as usize + text[at.end as usize..].find('(')? + 1;
    if text[at.end as usize..open - 1].trim() != "" {
        return None;
    }
    let rest = &text[open..];
    // The end of the first argument: that of the call, or a comma.
    let end = mend::closing(rest, b',').or_else(|| mend::closing(rest, b')'))?;
    if rest[..end].contains(['(', '[', '{']) {
        return None;
    }
    let edit = if rest[end..].starts_with(')') {
        mend::argument(repo, at, &format!("{{ kind: {kind} }}"))
            .filter(|_| !rest[..end].trim().is_empty())?
    } else {
        let second = rest[end + 1..].trim_start();
        let start = open + rest.len() - second.len();
        let function = ["(", "async ", "async(", "function"];
        if let Some(options) = second.strip_prefix('{') {
            let inner = &options[..mend::closing(options, b'}')?];
            if inner.contains("kind") || inner.contains("...") {
                return None;
            }
            let comma = if inner.trim().is_empty() { " " } else { "," };
            insert(at, start + 1, format!(" kind: {kind}{comma}"))
        } else if repo.text(at) == "startActiveSpan"
            && (function.iter().any(|word| second.starts_with(word)) || is_arrow(second))
        {
            insert(at, start, format!("{{ kind: {kind} }}, "))
        } else {
            return None;
        }
    };
    Some(import.into_iter().chain([edit]).collect())
}

/// `span => …`
fn is_arrow(text: &str) -> bool {
    let name = text.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
    name.len() < text.len() && name.trim_start().starts_with("=>")
}

/// What the kinds are called in the file, and the import that it takes.
fn kind_of_javascript(at: Span, text: &str) -> Option<(String, Option<Edit>)> {
    let sign = ["'@opentelemetry/api'", "\"@opentelemetry/api\""];
    let place = sign.iter().find_map(|sign| text.find(sign))?;
    let head = text[..place].trim_end();
    let head = head
        .strip_suffix("from")
        .or_else(|| head.strip_suffix("require(")?.trim_end().strip_suffix('='))?
        .trim_end();
    if let Some(names) = head.strip_suffix('}') {
        let open = names.rfind('{')?;
        let mut list = names[open + 1..].split(',').map(str::trim);
        if list.any(|name| name == "SpanKind") {
            return Some(("SpanKind.CLIENT".to_owned(), None));
        }
        let types = names[..open].trim_end().ends_with("type");
        let inner = &names[open + 1..];
        if types || text.contains("SpanKind") || inner.contains("//") {
            return None;
        }
        let blank = &inner[..inner.len() - inner.trim_start().len()];
        let new = match blank {
            "" => "SpanKind, ".to_owned(),
            blank => format!("{blank}SpanKind,"),
        };
        return Some(("SpanKind.CLIENT".to_owned(), Some(insert(at, open + 1, new))));
    }
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'));
    let name = head.rsplit(part).next().filter(|name| !name.is_empty())?;
    let before = head.strip_suffix(name)?.trim_end();
    let whole = ["* as", "const", "let", "var"].iter().any(|word| before.ends_with(word));
    whole.then(|| (format!("{name}.SpanKind.CLIENT"), None))
}

/// A field of the macro, or a step of the builder.
fn rust(repo: &Repo, at: Span, text: &str) -> Option<Edit> {
    let end = at.end as usize;
    if text[end..].starts_with("!(") {
        let name = Span::new(at.source, at.start as usize, end + 1);
        return mend::argument(repo, name, "otel.kind = \"client\"");
    }
    if repo.text(at) != "span_builder" {
        return None;
    }
    const INTERNAL: &str = ".with_kind(SpanKind::Internal)";
    let close = mend::arguments(repo, at)?.end as usize + 1;
    if text[close..].starts_with(INTERNAL) {
        let last = close + INTERNAL.len() - 1;
        let span = Span::new(at.source, last - "Internal".len(), last);
        return Some(Edit { span, text: "Client".to_owned() });
    }
    let known = text.contains("SpanKind") && !text[close..].starts_with(".with_kind");
    known.then(|| insert(at, close, ".with_kind(SpanKind::Client)"))
}
