use super::*;

fn faults(text: &str) -> Vec<(String, String)> {
    let tree = parse(text);
    tree.faults
        .iter()
        .map(|fault| (text[fault.extent.range()].to_owned(), fault.kind.message()))
        .collect()
}

fn first(text: &str) -> String {
    faults(text).first().map_or_else(String::new, |(place, message)| format!("{place} / {message}"))
}

/// The tree with names and leaves, for comparison.
fn shown(text: &str) -> String {
    let tree = parse(text);
    assert!(tree.faults.is_empty(), "{text}: {:?}", faults(text));
    let mut out = String::new();
    for id in 0..u32::try_from(tree.nodes.len()).unwrap_or(0) {
        let node = tree.node(id);
        let depth = tree.ancestors(id).count();
        let leaf = node.end == id + 1;
        let name = if leaf && node.name.start == node.name.end {
            &text[node.extent.range()]
        } else {
            &text[node.name.range()]
        };
        out.push_str(&format!("{}{:?} {name}\n", " ".repeat(depth), node.kind));
    }
    out
}

#[test]
fn a_pipeline_becomes_a_flat_tree() {
    let text = "input { beats { port => 5044 codec => json { charset => \"UTF-8\" } } }\n\
                filter {\n if [a][b] == \"x\" and !([c] in [1, 2]) { drop {} } else if [d] =~ /e\\/f/ { } else { mutate { add_field => { \"k\" => \"v\" \"l\" => [\"m\"] } } }\n}";
    let expected = "\
Section(Input) input
 Plugin beats
  Attribute port
   Number 5044
  Attribute codec
   Plugin json
    Attribute charset
     Text \"UTF-8\"
Section(Filter) filter
 Branch \n  If if
   Condition \n    Test(Equal) \n     Selector [a][b]
     Text \"x\"
    Boolean(And) and
    Not \n     Group \n      Condition \n       Test(In) \n        Selector [c]
        Array \n         Number 1
         Number 2
   Plugin drop
  If else if
   Condition \n    Test(Matches) \n     Selector [d]
     Regexp /e\\/f/
  Else else
   Plugin mutate
    Attribute add_field
     Hash \n      Entry \"k\"
       Text \"v\"
      Entry \"l\"
       Array \n        Text \"m\"
";
    assert_eq!(shown(text), expected);
}

#[test]
fn common_faults_are_named_where_they_stand() {
    let cases = [
        ("input { beats { port: 5044 } }", ": / `:` stands where `=>` must stand"),
        ("input { beats { port = 5044 } }", "= / `=` stands where `=>` must stand"),
        (
            "input { beats { port => 1, host => \"a\" } }",
            ", / options and entries are separated by blanks, not by a comma",
        ),
        (
            "filter { if level == \"x\" { drop {} } }",
            "level / `level` is no value: a field is written `[level]`, a text in quotes",
        ),
        ("---\ninput { stdin {} }", "--- / `---` begins a YAML document; a pipeline has none"),
        (
            "input {\n  beats {\n    port => 1\n}\noutput { stdout {} }\n",
            "beats / `beats` is never closed",
        ),
        (
            "input {\n  beats {\n    port => 1\n  }\noutput {\n  stdout {}\n}\n",
            "input / `input` is never closed",
        ),
        (
            "input {\n  beats {\n    port => 1\n\n  http { port => 1 }\n}\n",
            "beats / `beats` is never closed",
        ),
        ("input { stdin {} } }\noutput { stdout {} }", "} / `}` closes nothing"),
        ("inptu { stdin {} }", "inptu / `inptu` is no section: did you mean `input`?"),
        ("input { stdin {} }\n", ""),
        ("output { file { path => /var/log/x } }", "/var/log/x / `/var/log/x` needs quotes"),
        ("input { tcp { host => 10.0.0.1 } }", "10.0.0.1 / `10.0.0.1` needs quotes"),
        ("input { tcp { port => ${PORT} } }", "${PORT} / `${PORT}` needs quotes"),
        ("input { file { path => [\"a\", ] } }", ", / a list must not end with a comma"),
        (
            "input { file { path => [\"a\" \"b\"] } }",
            "\"b\" / a comma is missing before this item of the list",
        ),
        ("input { file { path => [\"a\" } }", "[ / `[` is never closed"),
        (
            "input { file { path => \"a\n } }\noutput { stdout { codec => \"json\" } }",
            "\" / this text is not closed on its line",
        ),
        ("filter { if [a] && [b] { drop {} } }", "&& / `&&` is no operator here: use `and`"),
        ("filter { if not [a] { drop {} } }", "not / `not` is no operator here: use `!`"),
        (
            "filter { if [a] { drop {} } elsif [b] { drop {} } }",
            "elsif / `elsif` is written `else if`",
        ),
        ("filter { mutate { add_tag \"x\" } }", "add_tag / `=>` is missing after `add_tag`"),
        ("filter { mutate { add_tag => } }", "add_tag / `add_tag =>` has no value"),
        ("filter { mutate { add_tag => } id => \"a\" }", "add_tag / `add_tag =>` has no value"),
        ("filter { if [a]\n drop {}\n }", "if / `{` is missing after `if`"),
        ("filter { mutate\n add_tag => \"x\"\n }\n }", "mutate / `{` is missing after `mutate`"),
        ("filter { if ([a] and [b] { drop {} } }", "( / `(` is never closed"),
    ];
    for (text, expected) in cases {
        assert_eq!(first(text), expected, "{text}");
    }
}

#[test]
fn the_reader_goes_on_after_a_fault() {
    let text = "input {\n  beats { port 5044 ; x }\n  http { port => 1 }\n}\nfilter {\n  mutate {\n    ; => 1\n  }\n  drop {}\n}\noutput { stdout {} }\n";
    let tree = parse(text);
    let plugins: Vec<&str> = tree
        .nodes
        .iter()
        .filter(|node| node.kind == Kind::Plugin)
        .map(|node| &text[node.name.range()])
        .collect();
    assert_eq!(plugins, ["beats", "http", "mutate", "drop", "stdout"]);
}

#[test]
fn bad_input_costs_no_more_than_its_length() {
    let deep = |open: &str| open.repeat(100_000);
    for text in [
        deep("input { a { b => ["),
        format!("input {{ a {{ b => {}", deep("[")),
        format!("input {{ a {{ b => {}", deep("{ cc => ")),
        format!("input {{ a {{ b => {}", deep("cc { dd => ")),
        format!("filter {{ {}", deep("if [a] { ")),
        format!("filter {{ if {}", deep("(")),
        format!("filter {{ if {}", deep("!(")),
        format!("filter {{ if {}", deep("aa(")),
        deep("}"),
        deep("\""),
        deep("\\\""),
        deep("input { \""),
        deep("${"),
        deep("a => "),
        deep("else "),
        deep("\u{1}\u{0}é"),
        deep("#\r"),
    ] {
        let started = std::time::Instant::now();
        let tree = parse(&text);
        assert!(tree.nodes.iter().all(|node| node.extent.end as usize <= text.len()));
        assert!(started.elapsed().as_secs() < 5, "{}", &text[..20]);
    }
}
