//! Prints that are no records: what a program says to whoever runs it, or of its own logger.

use super::{Level, LogCall};
use crate::facts::code::file::{Call, File};
use crate::lang::sensitive::words;
use crate::parse::unit::ExprKind;

/// Whether the program ends well right after a print: `fmt.Println(version); os.Exit(0)`.
pub(super) fn is_last_word(file: &File<'_, '_>, call: &Call) -> bool {
    const ENDS: &[&str] = &[
        "Environment.Exit(0)",
        "System.exit(0)",
        "exit(0)",
        "os.Exit(0)",
        "process.exit()",
        "process.exit(0)",
        "std::process::exit(0)",
        "sys.exit()",
        "sys.exit(0)",
    ];
    let end = file.unit.place(call.id).end as usize;
    let after = file.unit.text.get(end..).unwrap_or_default();
    let next = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ')'));
    ENDS.iter().any(|it| next.starts_with(it))
}

/// Whether a print tells how a program is called: `Usage: …`, or what follows `printUsage(…)`.
pub(super) fn is_usage(file: &File<'_, '_>, call: &Call, record: &LogCall) -> bool {
    const PRINTS: &[&str] = &["printUsage(", "printHelp(", "print_usage(", "print_help("];
    let says = |text: &str| {
        let text = text.trim_start();
        text.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("usage:"))
    };
    let unit = file.unit;
    let message = [&record.message, &record.template].into_iter().flatten();
    let first = unit.args(call.id).first().map(|arg| unit.slice(&unit.place(arg.value)));
    let first = first.map(|text| text.trim_start_matches(|c: char| !c.is_alphanumeric()));
    let at = unit.place(call.id).start as usize;
    let line = |text: &str| text.trim_end().lines().next_back().map(str::to_owned);
    let head = unit.text.get(..at).unwrap_or_default();
    let start = head.rfind('\n').unwrap_or(0);
    let before = line(unit.text.get(..start).unwrap_or_default()).unwrap_or_default();
    message.map(|text| text.text.as_str()).chain(first).any(says)
        || PRINTS.iter().any(|it| before.contains(it))
}

/// Whether a print says that the program's own logger lost something, in the file that makes it:
/// `logging.rs`, `logging/lokiTransport.ts`.
pub(super) fn is_within_logger(path: &str, record: &LogCall) -> bool {
    const LOGS: &[&str] = &["log", "logger", "logging", "logs"];
    const LOSES: &[&str] = &["cannot", "could", "dropped", "fail", "failed", "lost", "unable"];
    let mut parts = path.rsplit('/');
    let stem = parts.next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let own = [stem, folder].iter().any(|it| LOGS.contains(&it.to_ascii_lowercase().as_str()));
    let message = [&record.message, &record.template].into_iter().flatten().next();
    let mut said = words(message.map_or("", |text| text.text.as_str()));
    said.extend(words(&record.function.text));
    own && said.iter().any(|word| LOSES.contains(&word.as_str()))
}

/// Whether a record right before a print tells of the same error: it is shown on the terminal as well.
pub(super) fn is_told_before(file: &File<'_, '_>, last: &LogCall, record: &LogCall) -> bool {
    /// Lines that a record takes.
    const LINES: usize = 4;
    let (from, to) = (last.method.span.end as usize, record.method.span.start as usize);
    let start = file.span(&(0..0)).start as usize;
    let between = from.checked_sub(start).zip(to.checked_sub(start));
    let between = between.and_then(|(from, to)| file.unit.text.get(from..to));
    let error = matches!(last.level, Some(Level::Error | Level::Fatal));
    let same = last.caught && record.caught && last.function.span == record.function.span;
    !last.printed
        && error
        && same
        && between.is_some_and(|text| {
            text.lines().count() <= LINES
                && !text.lines().any(|line| line.trim_start().starts_with('}'))
        })
}

/// Whether a print answers who asked for the version alone: `if *showVersion { fmt.Println(v); return }`.
pub(super) fn is_version(file: &File<'_, '_>, call: &Call) -> bool {
    /// Lines that such an answer takes.
    const LINES: usize = 8;
    const ENDS: &[&str] = &["return", "os.Exit", "process.exit", "sys.exit", "System.exit"];
    let place = file.unit.place(call.id);
    let before = file.unit.text.get(..place.start as usize).unwrap_or_default();
    let after = file.unit.text.get(place.end as usize..).unwrap_or_default();
    let next = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ')'));
    if !ENDS.iter().any(|it| next.starts_with(it)) {
        return false;
    }
    let mut lines = before.lines().rev();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let own = lines.next().map_or(0, depth);
    let around =
        lines.take(LINES).find(|line| !line.trim().is_empty() && depth(line) < own).unwrap_or("");
    let test = around.trim_start();
    test.starts_with("if")
        && !test.contains(['<', '>', '='])
        && words(test).iter().any(|word| word == "version")
}

/// Whether what a program makes is written as it is, without a word of its own:
/// `process.stdout.write(image.buffer)`.
pub(super) fn is_output(file: &File<'_, '_>, call: &Call) -> bool {
    let unit = file.unit;
    call.path == "process.stdout.write"
        && unit.args(call.id).first().is_some_and(|arg| {
            let mut parts = unit.all_in(arg.value).into_iter();
            !parts.any(|id| matches!(unit.expr(id), ExprKind::Text(_) | ExprKind::Template(_)))
        })
}
