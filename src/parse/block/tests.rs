use crate::parse::offsets::OffsetMap;
use crate::parse::yaml::{self, Input};
use crate::source::SourceId;

/// Whether both read a text alike, and whether it was read here.
fn same(text: &str) -> (bool, bool) {
    let map = OffsetMap::slice(SourceId(0), 0);
    let input = Input { text, map: &map, masked: &[] };
    let here = super::read(text, |_| {}).is_some();
    let shown = |tree| format!("{tree:?}");
    (!here || shown(yaml::parse(&input)) == shown(yaml::from_yaml(&input)), here)
}

const RULES: &str = r#"# head
---
groups: # of rules
- name: a.b/c
  rules:

  - alert: High   # twice
    expr: |
      sum(rate(x{a="b"}[5m]))

        > 5 # no comment

    # between
    for: 5m
    for: 5m
    annotations:
      a: it's {{ $labels.x }}
      b: "a \"b\": \\ \u00e9"
      c: 'it''s ''here'''
      f: 'one  
        two

        ''x'' '
      g: "a
        b\n

        c"
      d: >-
        one
        two

        three
          four

      e: >
        é
  -   record: a:b
      expr: sum by (x)
        (rate(y[5m]))

        / 2
      list:
        - - 1
          - -2
        - x: y
        - {a: b, c: [d, "e f", 'g', {}, []]} # flow
    # end
- name: b
  empty:
  none: # of it

  # not here
  inside:
    - first:
    - second:
      third:
last:
---
# second
"a b": 'c'
'd':
"e/f":
  g: :h
  words:
    one two
      three
  flow:
    {a: b, "c": d}
  quoted:

    # why
    "a
    b"
  block:
    |
    text
list:
- 'k': 1
  l: "m" # n
- &first
  a: &second b
  c: &third
    - x

  # why
  d: &fourth
    y: "a \
      b\
      c"
- <<: *first
  a: *second # z
- &first {a: b}
- *first
- c: *third
  e:
    *fourth
---
- x
- "y": z
"#;

#[test]
fn what_is_read_here_is_read_as_the_parser_reads_it() {
    assert_eq!(same(RULES), (true, true));
    for text in [
        "a:\n-",
        "a: &b\n",
        "a: &b\n- c\n",
        "a: *b\n",
        "a: |\n  b",
        "a: [b, ]\n",
        "a: {b}\n",
        "a: [b c]\n",
        "a: b: c\n",
        "- a\n b: c\n",
        "a: |\n",
        "a\n",
    ] {
        assert_eq!(same(text), (true, false), "{text}");
    }
}

#[test]
fn every_edit_is_read_alike_or_left_to_the_parser() {
    let edits = [
        " ", "\n", ":", "- ", " #", "\"", "'", "|", "\\", "{", "\n  ", "\n---\n", "---", "...",
        "?", "&a ", "*first ", ": ", "\n \n",
    ];
    for (at, letter) in RULES.char_indices() {
        let (before, rest) = RULES.split_at(at);
        assert!(same(before).0, "{before}");
        let lost = format!("{before}{}", &rest[letter.len_utf8()..]);
        for edited in edits.iter().map(|edit| format!("{before}{edit}{rest}")).chain([lost]) {
            assert!(same(&edited).0, "{edited}");
        }
    }
}
