//! Templates are read as Prometheus and Alertmanager read them: recorded verdicts of promtool and
//! amtool, and no edit of a template stops the parser.
//!
//! `tests/parity/README.md` says how the verdicts are made.

use obsproof::lang::template::data::{Type, follow};
use obsproof::lang::template::{Language, parse};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The cases that one program judged.
fn verdicts(program: &str) -> Vec<(String, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/template/verdicts.json");
    let text = fs::read_to_string(path).expect("verdicts");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let lists = file.as_object().expect("an object");
    let (_, cases) = lists.iter().find(|(name, _)| name.contains(program)).expect("the program");
    serde_json::from_value(cases.clone()).expect("cases")
}

#[test]
fn the_programs_and_this_parser_agree_on_every_case() {
    for (program, language, least) in
        [("check rules", Language::Prometheus, 700), ("check-config", Language::Alertmanager, 500)]
    {
        let cases = verdicts(program);
        assert!(cases.len() > least);
        let differing: Vec<_> = cases
            .iter()
            .map(|(text, accepted)| (text, accepted, parse(text, language).faults))
            .filter(|(_, accepted, faults)| faults.is_empty() != (**accepted == true))
            .collect();
        assert!(differing.is_empty(), "{program}: {differing:#?}");
    }
}

#[test]
fn what_is_refused_and_what_fails_when_run_are_told_apart() {
    for (text, verdict) in verdicts("template render") {
        let refused = !parse(&text, Language::Alertmanager).faults.is_empty();
        assert_eq!(refused, verdict == "parse", "{text}");
    }
}

/// What is said to fail when a text is run does fail, unless the data never lead there.
#[test]
fn fields_that_there_are_not_fail_when_a_text_is_run() {
    let (mut told, mut false_alarms) = (0, Vec::new());
    for (text, verdict) in verdicts("template render") {
        let parsed = parse(&text, Language::Alertmanager);
        if !parsed.faults.is_empty() {
            continue;
        }
        let steps = parsed.main().map(|(step, _)| step);
        let faults = follow(&parsed, steps, Type::Data).faults;
        told += usize::from(!faults.is_empty());
        if !faults.is_empty() && verdict != "run" {
            false_alarms.push((text, faults));
        }
    }
    assert!(told > 20, "{told}");
    assert!(false_alarms.is_empty(), "{false_alarms:#?}");
}

/// Pieces that templates are made of, whole and broken.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    "{{/*",
    "*/}}",
    " ",
    "\n",
    "(",
    ")",
    "|",
    ":=",
    "=",
    ",",
    "$",
    "$x",
    "$labels",
    ".",
    ".a",
    ".Labels.b",
    "if ",
    "else ",
    "else if ",
    "end",
    "range ",
    "with ",
    "define ",
    "template ",
    "block ",
    "break",
    "continue",
    "nil",
    "true",
    "\"t\"",
    "`t`",
    "'c'",
    "\"",
    "`",
    "'",
    "\\",
    "0x",
    "1e9",
    "1+2i",
    "08",
    "humanize ",
    "toUpper ",
    "printf ",
    "é",
    "\u{0}",
    "{",
    "}",
    "%",
];

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let text = pieces.concat();
        for language in [Language::Prometheus, Language::Alertmanager] {
            let parsed = parse(&text, language);
            for step in &parsed.steps {
                prop_assert!(text.get(step.extent.range()).is_some());
            }
            for fault in &parsed.faults {
                prop_assert!(text.get(fault.extent.range()).is_some(), "{:?}", fault);
            }
            for definition in &parsed.definitions {
                prop_assert!(definition.first <= definition.end);
                prop_assert!(definition.end < parsed.steps.len().max(1));
            }
            // Texts and actions stand in order and do not overlap.
            for pair in parsed.steps.windows(2) {
                prop_assert!(pair[0].extent.end <= pair[1].extent.start);
            }
        }
    }
}
