//! A name that promises events. Rule: rules/strat/strategy-name-mismatch.yaml

use crate::check::Case;
use crate::facts::strategy::Strategy;

/// Words after which events are not promised.
const WITHOUT: &[&str] = &["no", "not", "without", "minus", "except", "excluding"];

pub(super) fn check(strategy: &Strategy, case: &mut Case<'_>) {
    let Some((name, text)) =
        strategy.strategy.as_ref().and_then(|name| Some((name, name.known_text()?)))
    else {
        return case.skip();
    };
    let present = strategy.blocks.iter().any(|block| block.text == "events");
    if promises_events(text) && !present && !strategy.open {
        let empty = strategy.empty.iter().find(|block| block.text == "events");
        let flag = case.flag(name.span).with("value", text);
        if let Some(empty) = empty {
            flag.related(empty.span, "the block holds nothing");
        }
    }
}

fn promises_events(text: &str) -> bool {
    let words = words(text);
    words.iter().enumerate().any(|(at, word)| {
        let denied = at > 0 && WITHOUT.contains(&words[at - 1].as_str());
        matches!(word.as_str(), "event" | "events") && !denied
    })
}

/// The words of `three_pillars_plus_events` and `threePillarsPlusEvents`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in text.chars() {
        let starts = c.is_uppercase() && lower_before;
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
