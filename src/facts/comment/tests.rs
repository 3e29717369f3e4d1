use super::{Form, language_of, scan};

/// The texts of the comments of a file with this name.
fn comments(name: &str, text: &str) -> Vec<String> {
    let scanned = scan(text, 0, language_of(name, text));
    scanned.comments.iter().map(|comment| text[comment.text.clone()].to_owned()).collect()
}

#[track_caller]
fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(comments(name, text), expected, "{name}: {text:?}");
}

#[test]
fn line_comments_of_each_language() {
    check("a.py", "x = 1  # one\n# two\n", &["one", "two"]);
    check("a.go", "x := 1 // one\n// two\n", &["one", "two"]);
    check("A.java", "int x; // one\n", &["one"]);
    check("a.js", "let x // one\n", &["one"]);
    check("a.ts", "let x: number // one\n", &["one"]);
    check("a.rs", "let x = 1; // one\n/// two\n", &["one", "two"]);
    check("A.cs", "int x; // one\n", &["one"]);
    check("a.sh", "x=1 # one\n", &["one"]);
    check("a.tf", "x = 1 # one\n// two\n", &["one", "two"]);
    check("a.toml", "x = 1 # one\n", &["one"]);
    check("a.sql", "select 1 -- one\n", &["one"]);
    check("a.lua", "x = 1 -- one\n", &["one"]);
    check("Dockerfile", "FROM a\n# one\n", &["one"]);
    check("a.yaml", "a: b # one\n", &["one"]);
}

#[test]
fn block_comments_come_line_by_line() {
    check("a.go", "/* one\n * two\n */\nx", &["one", "two"]);
    check("A.java", "/** one\n * two */ int x;\n", &["one", "two"]);
    check("a.html", "<p>x</p><!-- one -->\n", &["one"]);
    check("a.md", "# Head\n\n<!-- one -->\n", &["one"]);
}

#[test]
fn markers_inside_strings_are_no_comments() {
    check("a.py", "x = 'a # b'\ny = \"c # d\"\n", &[]);
    check("a.go", "x := \"http://host\"\ny := `// z`\n", &[]);
    check("a.js", "let x = `// ${1} # y`; let r = /[/]\\/\\/x/;\n", &[]);
    check("a.rs", "let x = r#\"// no\"#; let c = '\"'; // yes\n", &["yes"]);
    check("a.sh", "x=\"a # b\"\ny=a#b\n", &[]);
    check("a.yaml", "a: 'b # c'\nd: e#f\ng: |\n  # text\n", &[]);
    check("a.tf", "x = \"https://host\"\n", &[]);
    check("A.cs", "var x = @\"c:\\\"; // one\n", &["one"]);
}

#[test]
fn docstrings_are_comments_and_other_strings_are_not() {
    let text = "\"\"\"module\"\"\"\ndef f():\n    \"\"\"about f\"\"\"\n    x = \"\"\"text\"\"\"\n";
    let scanned = scan(text, 0, language_of("a.py", text));
    let docs: Vec<&str> = scanned
        .comments
        .iter()
        .filter(|one| one.form == Form::Docstring)
        .map(|one| &text[one.text.clone()])
        .collect();
    assert_eq!(docs, ["module", "about f"]);
}

#[test]
fn unclosed_things_end_with_the_file() {
    for (name, text) in [
        ("a.py", "\"\"\"never"),
        ("a.go", "/* never"),
        ("a.rs", "r#\"never"),
        ("a.js", "`${never"),
        ("a.lua", "--[[ never"),
        ("a.sh", "cat <<EOF\nnever"),
        ("a.md", "```python\n# never"),
        ("a.cpp", "R\"x(never"),
        ("a.html", "<!-- never"),
        ("a.yaml", "a: 'never"),
    ] {
        let scanned = scan(text, 0, language_of(name, text));
        assert!(scanned.comments.iter().all(|one| one.range.end <= text.len()), "{name}");
    }
}

#[test]
fn a_shebang_names_the_language() {
    check("tool", "#!/usr/bin/env python3\nx = 1 # one\n", &["one"]);
}
