//! Exact questions to analysed text. Rule: rules/kiba/text-vs-keyword.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::query::{FieldUse, Form, How, LogQuery};
use crate::finding::Edit;
use crate::repo::mapping::{Mapped, holds_words};

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    // A data view tells Kibana which fields it may group by.
    if !matches!(query.form, Form::Body | Form::Wrapped) {
        return case.skip();
    }
    for used in query.uses.iter().filter(|used| used.known()) {
        let name = used.field();
        let asks = matches!(used.how, How::Exact | How::Bucket | How::Sort);
        if !asks || name.ends_with(".keyword") || name.ends_with(".raw") || name.starts_with('_') {
            continue;
        }
        match case.repo.mapping_of(query.document, name) {
            Mapped::As(field) => {
                let text =
                    |kind: &str| matches!(kind, "text" | "match_only_text" | "annotated_text");
                let is_text = field.kind.as_ref().is_some_and(|kind| text(&kind.text));
                let whole = field.analyzer.as_ref().is_some_and(|it| it.text == "keyword");
                if is_text && !whole {
                    let keyword = field.subfields.iter().any(|kind| kind == "keyword");
                    let span = field.kind.as_ref().map_or(field.key, |kind| kind.span);
                    let flag = said(used, case).related(span, "it is text here");
                    if keyword {
                        flag.fix(false, "Ask the keyword beside it", edits(used));
                    }
                }
            }
            Mapped::Dynamic(span) if is_string(used) => {
                said(used, case).related(span, "what no mapping names becomes text here").fix(
                    false,
                    "Ask the keyword beside it",
                    edits(used),
                );
            }
            Mapped::Nowhere if used.how != How::Exact && is_guess(used, case) => {
                let what = "becomes analysed text where no mapping names it, and the store then refuses to group or sort by it";
                said(used, case).with("what", what).severity(Severity::Info);
            }
            _ => {}
        }
    }
}

fn said<'c>(used: &FieldUse, case: &'c mut Case<'_>) -> crate::check::Flag<'c> {
    let name = used.field().to_owned();
    let what = match used.how {
        How::Bucket => "is analysed text, and the store refuses to group by it",
        How::Sort => "is analysed text, and the store refuses to sort by it",
        _ => {
            "is analysed text: its words are compared in lower case, one by one, and the exact value is not found"
        }
    };
    let span = case.repo.place(&used.text, used.range.clone());
    let flag = case.flag(span).with("field", name);
    if used.how == How::Exact && is_one_word(used) {
        let what = "is analysed text: whatever has this word in it is found, not only this value";
        return flag.with("what", what).severity(Severity::Info);
    }
    flag.with("what", what)
}

/// Whether all that is asked for are single words in lower case, which analysed text has as well.
fn is_one_word(used: &FieldUse) -> bool {
    let mut values = used.known_values().peekable();
    let word = |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_lowercase());
    values.peek().is_some() && values.all(word)
}

fn edits(used: &FieldUse) -> Vec<Edit> {
    let text = format!("\"{}.keyword\"", used.field());
    vec![Edit { span: used.text.span, text }]
}

/// Whether the field holds strings: it is asked for one, or its name says so.
fn is_string(used: &FieldUse) -> bool {
    let mut values = used.known_values().peekable();
    let plain = |value: &str| value.parse::<f64>().is_ok() || matches!(value, "true" | "false");
    match values.peek() {
        Some(_) => !values.any(plain) && used.values.iter().all(|(text, _)| !text.plain),
        None => used.how != How::Exact && holds_words(used.field()),
    }
}

/// Nothing here says how it is indexed: worth a word where nobody brings mappings of their own.
fn is_guess(used: &FieldUse, case: &Case<'_>) -> bool {
    let facts = &case.repo.facts;
    facts.beats.is_empty() && holds_words(used.field()) && !used.field().contains('.')
}
