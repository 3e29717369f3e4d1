use crate::facts::FileFacts;
use crate::source::{Encoding, Source, SourceId};

/// Tag, controls and text of each annotation of a file with this name.
fn read(name: &str, text: &str) -> Vec<(String, Vec<String>, Option<String>, bool)> {
    let source = Source::new(name, text.to_owned(), Encoding::Utf8);
    let mut facts = FileFacts::default();
    super::read(SourceId(0), &source, &[], &mut facts);
    facts
        .annotations
        .into_iter()
        .map(|one| {
            let controls = one.controls.into_iter().map(|control| control.text).collect();
            (one.tag, controls, one.text.map(|text| text.text), one.malformed.is_some())
        })
        .collect()
}

#[track_caller]
fn check(name: &str, text: &str, tag: &str, controls: &[&str], said: Option<&str>) {
    let found = read(name, text);
    let expected: Vec<String> = controls.iter().map(|&control| control.to_owned()).collect();
    assert_eq!(
        found.first().map(|one| (one.0.as_str(), &one.1, one.2.as_deref(), one.3)),
        Some((tag, &expected, said, false)),
        "{text:?}: {found:?}"
    );
}

#[test]
fn all_forms_of_tags_are_read() {
    check("a.py", "# @nist au-3 \"Content\"\nx = 1\n", "nist", &["au-3"], Some("Content"));
    check("a.py", "# @nist au-3\nx = 1\n", "nist", &["au-3"], None);
    check("a.go", "// @nist au-3, au-12\nvar x = 1\n", "nist", &["au-3", "au-12"], None);
    check(
        "a.go",
        "// @nist-implements ac-2.a \"text\"\nvar x = 1\n",
        "nist-implements",
        &["ac-2.a"],
        Some("text"),
    );
    check("a.yaml", "a: b  # @nist au-4 \"Capacity\"\n", "nist", &["au-4"], Some("Capacity"));
    check(
        "a.py",
        "# @nist-controls: [au-2, au-3]\nx = 1\n",
        "nist-controls",
        &["au-2", "au-3"],
        None,
    );
    check(
        "a.md",
        "# Head\n\n<!-- @nist-controls: [au-2] -->\n\ntext\n",
        "nist-controls",
        &["au-2"],
        None,
    );
    check(
        "a.js",
        "/**\n * @nist si-11 \"Errors\"\n */\nfunction f() {}\n",
        "nist",
        &["si-11"],
        Some("Errors"),
    );
    check("a.yaml", "nist-controls: [au-2, au-9]\n", "nist-controls", &["au-2", "au-9"], None);
    check(
        "a.json",
        "{\"_nist_controls\": [\"au-2\"], \"a\": 1}\n",
        "nist-controls",
        &["au-2"],
        None,
    );
}

#[test]
fn addresses_handles_and_strings_are_no_annotations() {
    for (name, text) in [
        ("a.py", "mail = 'someone@nist.gov'\n# write to someone@nist.gov\n"),
        ("a.py", "x = '@nist au-3'\n"),
        ("a.js", "import x from '@nist/au-3'\n"),
        ("a.go", "// see https://example.org/@nist/au-3\n"),
        ("a.md", "Follow @nistcontrols on the net.\n"),
    ] {
        assert_eq!(read(name, text), [], "{text:?}");
    }
}

#[test]
fn examples_in_documentation_claim_nothing() {
    let source = Source::new(
        "a.md",
        "# H\n\n```python\n# @nist au-3\nx = 1\n```\n".to_owned(),
        Encoding::Utf8,
    );
    let mut facts = FileFacts::default();
    super::read(SourceId(0), &source, &[], &mut facts);
    assert!(facts.annotations.iter().all(|one| one.example));
}
