//! Random edits of real-looking files: no input makes any stage panic, and every span of every
//! finding lies inside its file.

use obsproof::catalogue::rules;
use obsproof::judge::{View, judge};
use obsproof::repo::model::Model;
use obsproof::source::{Encoding, Source};
use obsproof::{check, scan, verdict};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn texts(folder: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("fixtures").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            texts(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path)
            && text.len() < 20_000
        {
            found.push(text);
        }
    }
}

fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    texts(&root.join("fixtures"), &mut found);
    texts(&root.join("tests/parity/good"), &mut found);
    assert!(found.len() > 20);
    found
}

/// Pieces that change structure when they are put somewhere.
const PIECES: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\t",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "#",
    "&a ",
    "*a",
    "<<: *a\n",
    "|",
    ">-\n",
    "---\n",
    "{{ .Values.x }}",
    "{{- if .x }}\n",
    "${X}",
    "ü",
    "\u{feff}",
    "\r\n",
    "null",
    "[1, {a: b}]",
    "@nist au-3 ",
    "obsproof: allow(ALRT005) ",
    "%",
    "!!binary ",
    "0",
    "99999999999999999999",
];

fn survives(path: &str, text: String) {
    let source = Source::new(path, text, Encoding::Utf8);
    let repo = scan::model(vec![source], vec![path.to_owned()]);
    let all: Vec<_> = rules().iter().collect();
    let mut outcomes = check::check(&repo, &all);
    for outcome in &outcomes {
        assert!(outcome.panics.is_empty(), "{} panicked", outcome.rule.code);
    }
    let view = View { all: true, today: "2026-01-01".to_owned(), ..View::default() };
    let judged = judge(&repo, &mut outcomes, &view);
    for entry in &judged {
        let related = entry.finding.related.iter().map(|related| related.span);
        for span in entry.finding.span.into_iter().chain(related) {
            let text = repo.source(span.source).text();
            assert!(text.get(span.range()).is_some(), "{} points outside", entry.finding.rule.code);
        }
    }
    let findings: Vec<_> = judged.iter().map(|entry| &*entry.finding).collect();
    let assessment = verdict::assess(&Model::new(&repo), &outcomes, &findings);
    assert_eq!(assessment.requirements.len(), 57);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_makes_a_stage_panic(
        file in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..12), 1..6),
    ) {
        let corpus = corpus();
        let mut text = file.get(&corpus).clone();
        for (at, piece, cut) in edits {
            let mut start = at.index(text.len() + 1);
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + cut).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, PIECES[piece.index(PIECES.len())]);
        }
        survives("config.yml", text);
    }
}

#[test]
fn the_unedited_corpus_survives_under_any_name() {
    for text in corpus() {
        for name in ["a.yml", "a.json", "a.py", "a.md", "a.conf", "Dockerfile", "noending"] {
            survives(name, text.clone());
        }
    }
}
