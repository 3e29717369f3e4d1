//! A runbook that says too little. Rule: rules/incr/runbook-thin.yaml

use crate::check::Case;
use crate::facts::markdown::{Heading, Page};
use std::collections::BTreeMap;

/// What a runbook must say, and words of headings that say it.
const PARTS: &[(&str, &[&str])] = &[
    (
        "what it means",
        &[
            "mean",
            "impact",
            "summary",
            "overview",
            "description",
            "what",
            "symptom",
            "about",
            "why",
            "background",
            "consequence",
            "severity",
            "explanation",
            "context",
            "goal",
            "purpose",
        ],
    ),
    (
        "how to diagnose it",
        &[
            "diagnos",
            "investigat",
            "troubleshoot",
            "debug",
            "check",
            "triage",
            "verif",
            "cause",
            "analysis",
            "identif",
            "detect",
            "confirm",
            "inspect",
            "examine",
            "find",
        ],
    ),
    (
        "how to mitigate it",
        &[
            "mitigat",
            "remed",
            "resol",
            "fix",
            "recover",
            "action",
            "step",
            "response",
            "workaround",
            "restor",
            "procedure",
            "what to do",
            "solution",
            "solve",
            "repair",
            "handling",
            "rollback",
        ],
    ),
    (
        "whom to call",
        &[
            "escalat", "contact", "on-call", "oncall", "on call", "owner", "who", "help",
            "support", "notif",
        ],
    ),
];

pub(super) fn check(page: &Page, case: &mut Case<'_>) {
    let repo = case.repo;
    let path = repo.path(page.title.span).to_owned();
    let Some(links) = repo.runbook_links().get(&path) else { return case.skip() };
    // The words are English; a page in another language says the same in others.
    let all = page.part(None).1;
    let foreign = all.iter().filter(|it| it.title.text.chars().any(is_foreign)).count();
    if foreign * 4 > all.len() {
        return;
    }
    let mut parts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for link in links {
        parts.entry(link.anchor.as_deref()).or_insert(link.alert);
    }
    for (anchor, alert) in parts {
        let (title, headings) = page.part(anchor);
        let lacks: Vec<&str> = PARTS
            .iter()
            .filter(|(part, words)| {
                !(says(headings, words) || (*part == "whom to call" && page.escalates))
            })
            .map(|(part, _)| *part)
            .collect();
        if lacks.len() > 1 {
            let alert = &repo.facts.alert_rules[alert];
            case.flag(title.span)
                .with("lacks", lacks.join(", "))
                .related(alert.name.span, "linked from this alert");
        }
    }
}

/// A letter that no English word has.
fn is_foreign(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii()
}

fn says(headings: &[Heading], words: &[&str]) -> bool {
    headings.iter().any(|heading| {
        let text = heading.title.text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}
