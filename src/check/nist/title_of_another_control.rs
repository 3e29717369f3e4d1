//! A text that is another control's title. Rule: rules/nist/title-of-another-control.yaml
//!
//! A text is free to say what the code does; it is a fault only where it says what another
//! control is called: the same words, or at least 0.8 of that title's words where they make up
//! at least 0.6 of the text. The second bound keeps sentences out that merely hold a short title.
//! Titles of revision 4 count as well; where a text holds one of each control (`Audit Events`,
//! `Audit Generation`), the titles of revision 5 decide which is nearer.

use super::ids;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::annotation::Annotation;
use crate::finding::Edit;
use crate::nist::{self, Control};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
];

/// Words that praise or announce and name nothing.
const QUALIFIERS: &[&str] = &[
    "complete",
    "comprehensive",
    "detailed",
    "full",
    "implementation",
    "implemented",
    "implements",
    "proper",
    "robust",
    "structured",
];

type Words = BTreeSet<String>;

static TITLES: LazyLock<Vec<(&'static Control, Words)>> = LazyLock::new(|| {
    let active = nist::controls().iter().filter(|control| control.withdrawn.is_none());
    active
        .flat_map(|control| {
            let titles = [Some(control.title), control.title_r4];
            titles.into_iter().flatten().map(move |title| (control, words(title)))
        })
        .collect()
});

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    let text = annotation.text.as_ref().filter(|text| text.known && !annotation.example);
    let (Some(text), false) = (text, annotation.list && annotation.controls.len() > 1) else {
        return case.skip();
    };
    let own: Vec<&Control> = ids(annotation)
        .flat_map(|(_, id)| [nist::control(&id.control), nist::control(id.base())])
        .flatten()
        .collect();
    // Of a control that does not exist, or is withdrawn, other rules speak.
    let gone = ids(annotation).any(|(_, id)| nist::control(&id.control).is_none());
    if own.is_empty() || gone || own.iter().any(|control| control.withdrawn.is_some()) {
        return case.skip();
    }
    let said = words(&text.text);
    if own.iter().any(|control| words(control.title) == said) {
        return;
    }
    let first = own[0];
    if let Some(old) = first.title_r4.filter(|old| words(old) == said) {
        let flag = case.flag(text.span).severity(Severity::Info).with("text", &text.text).with(
            "fault",
            format!(
                "is the title `{old}` of revision 4; {} is now called {}",
                first.label, first.title
            ),
        );
        if text.text.len() == text.span.range().len() {
            let edits = vec![Edit { span: text.span, text: first.title.to_owned() }];
            flag.fix(true, format!("write `{}`", first.title), edits);
        }
        return;
    }
    let mut best = own.iter().map(|control| nearness(control, &said)).fold((0.0, 0.0), larger);
    let mut named = None;
    for (control, title) in TITLES.iter() {
        let other = !own.iter().any(|own| own.id == control.id);
        // A title of one word is in many a sentence.
        let close = *title == said
            || title.len() > 1 && share(&said, title) >= 0.8 && share(title, &said) >= 0.6;
        if other && close && nearness(control, &said) > best {
            best = nearness(control, &said);
            named = Some(*control);
        }
    }
    if let Some(other) = named {
        case.flag(text.span)
            .with("text", &text.text)
            .with("fault", format!("names {} ({}), not {}", other.label, other.title, first.label));
    }
}

/// The largest share of a title of this control that `said` holds, and that of its present title.
fn nearness(control: &Control, said: &Words) -> (f64, f64) {
    let now = share(said, &words(control.title));
    (control.title_r4.map_or(now, |old| now.max(share(said, &words(old)))), now)
}

fn larger(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    if b > a { b } else { a }
}

/// The share of `title` that `said` holds.
fn share(said: &Words, title: &Words) -> f64 {
    if title.is_empty() {
        return 0.0;
    }
    title.intersection(said).count() as f64 / title.len() as f64
}

/// Lower-case words without stop words, qualifiers and the plural's `s`.
fn words(text: &str) -> Words {
    text.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .filter(|word| ![STOP_WORDS, QUALIFIERS].iter().any(|list| list.contains(&word.as_str())))
        .map(|word| match word.strip_suffix('s') {
            Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => word,
        })
        .collect()
}
