use super::*;

fn faults(text: &str, language: Language) -> Vec<String> {
    let told = |fault: &Fault| format!("{}: {}", &text[fault.extent.range()], fault.message);
    parse(text, language).faults.iter().map(told).collect()
}

#[test]
fn good_templates_are_accepted() {
    for text in [
        "",
        "plain } }} text",
        "{{ $labels.instance }} is {{ $value | humanize }}",
        "{{- .Labels.job -}} ",
        "{{/* a comment */}}{{- /* trimmed */ -}}",
        "{{ if eq $labels.a `x` }}a{{ else if gt $value 1e3 }}b{{ else }}c{{ end }}",
        "{{ with query \"up\" | first }}{{ . | value }}{{ else with 1 }}{{ end }}",
        "{{ range $i, $e := query `up` }}{{ $i }}{{ if $e }}{{ break }}{{ end }}{{ continue }}{{ end }}",
        "{{ range query `up` }}{{ .Labels.job }}{{ else }}none{{ end }}",
        "{{ define `t` }}{{ . }}{{ end }}{{ template \"t\" (args 1 2) }}",
        "{{ block \"b\" . }}{{ .x }}{{ end }}",
        "{{ printf \"%.2f\" (0x1p-2) }}{{ print 1+2i 'a' '\\n' 0b11 0o7 1_000 .5 -0 nil true }}",
        "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}",
        "{{ (index $labels \"a\").b.c }}",
        "{{ \"}}\" }}{{ \"\\u00e9\\x41\\101\" }}",
        "{{\n  $value\n  | humanize\n}}",
        "{{ $labels.größe }}",
    ] {
        assert_eq!(faults(text, Language::Prometheus), Vec::<String>::new(), "{text}");
    }
    let text = "{{ range .Alerts.Firing }}{{ .Labels.SortedPairs.Values | join `,` }}{{ end }}";
    assert_eq!(faults(text, Language::Alertmanager), Vec::<String>::new());
}

#[test]
fn faults_say_where_and_what_was_expected() {
    for (text, expected) in [
        (
            "{{ $value | humanise }}",
            "humanise: there is no function `humanise`, did you mean `humanize`?",
        ),
        (
            "{{ $value | toJson }}",
            "toJson: there is no function `toJson` here: only Alertmanager's templates have it",
        ),
        ("{{ $lables.x }}", "$lables: there is no variable `$lables` here"),
        ("{{ $value ", "{{: this action is never closed: expected `}}`"),
        ("{{ if $value }}x", "if: this `if` is never closed: expected `{{end}}`"),
        (
            "x{{ end }}",
            "end: `end` closes nothing: no `if`, `range`, `with`, `define` or `block` is open",
        ),
        ("{{ }}", "}}: this action has no value"),
        ("{{ (1 }}", "}}: a `(` is never closed: expected `)`"),
        ("{{ 1) }}", "): no `(` is open here"),
        ("{{ \"a }}", "\"a }}: this text has no closing `\"` on its line"),
        (
            "{{ 'ab' }}",
            "'ab': single quotes hold exactly one character: write text in double quotes",
        ),
        ("{{ 1 | 2 }}", "2: nothing can be piped into a plain value: expected a function"),
        ("{{ break }}", "break: `break` stands outside `range`"),
        (
            "{{ /* no */ }}",
            "/: unexpected `/`: a comment begins right after `{{`, as in `{{/* … */}}`",
        ),
        ("{{ $a, $b := 1 }}", ",: this action declares too many variables"),
        ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "else: a second `else`: expected `end`"),
        (
            "{{ 099 }}",
            "099: this whole number is too large, or has a digit that octal numbers lack",
        ),
        (
            "{{ define `a` }}x{{ end }}{{ define `a` }}y{{ end }}",
            "`a`: the template `a` is defined twice in one text",
        ),
    ] {
        assert_eq!(faults(text, Language::Prometheus), vec![expected.to_owned()], "{text}");
    }
}

#[test]
fn more_than_the_first_fault_is_told() {
    let text = "{{ $a }}{{ if }}x{{ end }}{{ humanise (foo) }}{{ \"a }}";
    assert_eq!(faults(text, Language::Prometheus).len(), 5);
}

#[test]
fn depth_and_size_have_no_limit() {
    let close = "{{ end }}".repeat(100_000);
    for open in ["{{ if 1 }}", "{{ range $x := 1 }}", "{{ with $y := 2 }}", "{{ block `b` . }}"] {
        let deep = format!("{}x{close}", open.repeat(100_000));
        let parsed = parse(&deep, Language::Alertmanager);
        let twice = parsed.faults.iter().filter(|fault| !fault.message.contains("twice")).count();
        assert_eq!(twice, 0, "{open}");
        assert!(!parse(&open.repeat(100_000), Language::Alertmanager).faults.is_empty());
    }
    let nested = |depth: usize| format!("{{{{ {}1{} }}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(10_000), Language::Prometheus).faults.is_empty());
    assert_eq!(parse(&nested(10_001), Language::Prometheus).faults.len(), 1);
    assert!(!parse(&nested(100_000), Language::Prometheus).faults.is_empty());
    let chain = format!("{{{{ if 1 }}}}{}{{{{ end }}}}", "{{ else if 2 }}".repeat(100_000));
    assert!(parse(&chain, Language::Prometheus).faults.is_empty());
    let fields = format!("{{{{ {} }}}}", ".a".repeat(100_000));
    assert!(parse(&fields, Language::Prometheus).faults.is_empty());
    let declared = "{{ $x := 1 }}{{ $x }}".repeat(50_000);
    assert!(parse(&declared, Language::Prometheus).faults.is_empty());
}

#[test]
fn steps_outside_definitions_are_the_main_template() {
    let parsed =
        parse("a{{ define `t` }}b{{ end }}c{{ block `u` . }}d{{ end }}", Language::Alertmanager);
    let main: Vec<usize> = parsed.main().map(|(number, _)| number).collect();
    assert_eq!(main, [0, 4, 5, 6, 7]);
    assert_eq!(parsed.definitions.len(), 2);
}
