use super::{Config, parse};

fn faults(text: &str) -> Vec<(&str, &str)> {
    let found = parse(text).faults;
    found.into_iter().map(|fault| (&text[fault.piece.range()], fault.message)).collect()
}

fn value(config: &Config, element: usize, key: &str) -> String {
    let parameters = &config.elements[element].parameters;
    let found = parameters.iter().find(|parameter| parameter.key.text == key);
    found.map(|parameter| parameter.value.text.clone()).unwrap_or_default()
}

#[test]
fn elements_and_parameters_are_read() {
    let text = "# c\n<source> # d\n  @type tail\n  path /a b # e\n  flag\n  <parse>\n    format #x#y\n  </parse>\n</source>\n<match a.** {b,c}.*>\n  @type null\n</match>\n@include conf.d/*.conf\n";
    let config = parse(text);
    assert!(config.faults.is_empty(), "{:?}", faults(text));
    let names: Vec<_> = config.elements.iter().map(|one| &text[one.name.range()]).collect();
    assert_eq!(names, ["", "source", "parse", "match"]);
    assert_eq!(value(&config, 1, "path"), "/a b");
    assert_eq!(value(&config, 1, "flag"), "");
    assert_eq!(value(&config, 2, "format"), "#x#y");
    assert_eq!(config.elements[2].parent, Some(1));
    let argument = config.elements[3].argument.as_ref().map(|argument| argument.text.as_str());
    assert_eq!(argument, Some("a.** {b,c}.*"));
    assert_eq!(config.includes[0].path.text, "conf.d/*.conf");
}

#[test]
fn literals_go_over_several_lines() {
    let text = "a \"x\\\ny\nz\"\nb [1, # one\n 2]\nc {\"d\": \"#{ENV['X'] || \"}\"}\"}\ne \"#{ENV[\"Y\"]}\"\nf 'it\\'s'\n";
    let config = parse(text);
    assert!(config.faults.is_empty(), "{:?}", faults(text));
    assert_eq!(value(&config, 0, "a"), "xy\nz");
    assert_eq!(value(&config, 0, "b"), "[1, # one\n 2]");
    assert_eq!(value(&config, 0, "f"), "it's");
    let computed: Vec<_> =
        config.elements[0].parameters.iter().map(|it| it.value.computed).collect();
    assert_eq!(computed, [false, false, true, true, false]);
}

#[test]
fn a_fault_costs_its_line_only() {
    for (text, wrong) in [
        ("<source>\n  @type a\n", vec!["source"]),
        ("<match **>\n  <buffer>\n    a b\n</match>\n", vec!["buffer"]),
        ("</match>\n", vec!["</match>"]),
        ("<match a>\n</source>\n</match>\n", vec!["</source>"]),
        ("<match a\n  @type b\n</match>\n", vec!["<match a"]),
        ("<match a> b\n</match>\n", vec!["<match a>"]),
        ("<match a>\n</match\n", vec!["</match"]),
        ("<match a>\n  @tpye b\n</match>\n", vec!["@tpye"]),
        ("a \"b\n\nc d\n", vec!["\"b"]),
        ("a 'b\nc d\n", vec!["'b"]),
        ("a \"b\\qc\"\n", vec!["\\q"]),
        ("a \"b\" c\n", vec!["c"]),
        ("a [1, 2\nb c\n", vec!["[1, 2"]),
        ("a [one, two]\n", vec!["[one, two]"]),
    ] {
        let found = faults(text);
        assert_eq!(
            found.iter().map(|fault| fault.0).collect::<Vec<_>>(),
            wrong,
            "{text}: {found:?}"
        );
    }
}
