//! Formatters that let JSON scalars through. Rule: rules/logs/passthrough-formatter.yaml

use crate::check::{Case, mend};
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Passthrough { checked } = setup.setup else { return case.skip() };
    if !checked {
        let edit = object_only(case, setup.name.span);
        let flag = case.flag(setup.name.span);
        if let Some(edit) = edit {
            flag.fix(false, "let only objects through", vec![edit]);
        }
    }
}

/// `json.loads(…)` as a statement of its own, asked for an object; what is none is handled as text
/// that does not parse is.
fn object_only(case: &Case<'_>, loads: Span) -> Option<Edit> {
    let repo = case.repo;
    let line = mend::line(repo, loads)?;
    let text = repo.text(line);
    let statement = text.trim();
    let indent = &text[..text.len() - text.trim_start().len()];
    let whole = statement.strip_prefix("json.loads(").and_then(|it| mend::closing(it, b')'));
    let alone = whole.is_some_and(|end| end + "json.loads(".len() + 1 == statement.len());
    let rest = repo.source(loads.source).text().get(line.end as usize..)?;
    let handler = rest.lines().find(|line| line.trim_start().starts_with("except"))?;
    if !alone || !["ValueError", "Exception"].iter().any(|name| handler.contains(name)) {
        return None;
    }
    let step = if indent.contains('\t') { "\t" } else { "    " };
    let text = format!(
        "if not isinstance({statement}, dict):\n{indent}{step}raise ValueError(\"not an object\")"
    );
    let start = line.start as usize + indent.len();
    let span = Span::new(loads.source, start, start + statement.len());
    Some(Edit { span, text })
}
