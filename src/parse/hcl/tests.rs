use super::{Parsed, parse};
use crate::parse::embed::{Host, embedded};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Style};
use crate::parse::yaml::Input;
use crate::source::SourceId;

fn read(text: &str) -> Parsed {
    let map = OffsetMap::slice(SourceId(0), 0);
    parse(&Input { text, map: &map, masked: &[] })
}

fn root(parsed: &Parsed) -> NodeRef<'_> {
    parsed.tree.documents().next().unwrap_or_else(|| unreachable!("a text has one document"))
}

/// The value at a path, as it is written in the text.
fn written<'a>(parsed: &'a Parsed, text: &'a str, path: &[&str]) -> Option<&'a str> {
    root(parsed).at(path).map(|node| &text[node.span().range()])
}

const SERVICE: &str = r#"# Who is called.
resource "pagerduty_escalation_policy" "db" {
  name      = "db" // the team
  num_loops = 2
  teams     = [pagerduty_team.db.id, "P1"]

  rule {
    escalation_delay_in_minutes = 10
    target {
      type = "user_reference"
      id   = "${var.user}"
    }
  }
  rule {
    escalation_delay_in_minutes = 20
  }
  dynamic "target" {
    for_each = var.users
    content {
      id = target.value
    }
  }
  tags = { env = "prod", (var.key) = 1, "a.b" : true }
}
"#;

#[test]
fn a_block_is_laid_out_as_in_terraforms_json() {
    let parsed = read(SERVICE);
    assert!(parsed.tree.roots[0].issues.is_empty(), "{:?}", parsed.tree.roots[0].issues);
    let policy = ["resource", "pagerduty_escalation_policy", "db"];
    let body = root(&parsed).at(&policy).unwrap_or_else(|| unreachable!("the block is there"));
    let scalar = |key| body.get(key).and_then(NodeRef::scalar);
    assert_eq!(scalar("name"), Some("db"));
    assert_eq!(scalar("num_loops"), Some("2"));
    let name = [&policy[..], &["name"]].concat();
    assert_eq!(written(&parsed, SERVICE, &name), Some("\"db\""));
    let teams: Vec<_> = body.get("teams").into_iter().flat_map(NodeRef::items).collect();
    assert_eq!(teams.iter().map(|team| team.is_unknown()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(teams[0].scalar(), Some("pagerduty_team.db.id"));
    let rules: Vec<_> = body.get("rule").into_iter().flat_map(NodeRef::items).collect();
    assert_eq!(rules.len(), 2);
    let target = rules[0].at(&["target", "id"]);
    assert!(target.is_some_and(|id| id.is_unknown() && id.scalar() == Some("${var.user}")));
    assert!(body.get("target").is_some_and(NodeRef::is_unknown), "nobody knows how many");
    let tags = body.get("tags").into_iter().flat_map(NodeRef::pairs);
    let tags: Vec<_> = tags.map(|(key, value)| (key.scalar(), value.scalar())).collect();
    assert_eq!(tags[0], (Some("env"), Some("prod")));
    assert_eq!(tags[2], (Some("a.b"), Some("true")));
    let comments: Vec<_> = parsed.tree.comments.iter().map(|comment| &*comment.text).collect();
    assert_eq!(comments, [" Who is called.", " the team"]);
}

#[test]
fn heredocs_keep_the_place_of_every_letter() {
    let text = "a \"b\" {\n  x = <<-EOT\n    one: ${var.a}\n      two: $${b}\n  EOT\n  y = 1\n}\n";
    let parsed = read(text);
    let node = root(&parsed).at(&["a", "b", "x"]).unwrap_or_else(|| unreachable!());
    assert_eq!(node.scalar(), Some("one: ${var.a}\n  two: ${b}\n"));
    assert_eq!(node.style(), Some(Style::Literal));
    assert!(node.is_unknown());
    assert_eq!(written(&parsed, text, &["a", "b", "y"]), Some("1"));
    let map = OffsetMap::slice(SourceId(0), 0);
    let host = Host { text, map: &map, unknown: &parsed.unknown };
    let placed = embedded(node, host).unwrap_or_else(|| unreachable!());
    let at = |word: &str| {
        let start = placed.text.find(word).unwrap_or(0);
        &text[placed.map.span(start, start + word.len()).range()]
    };
    assert_eq!(at("one"), "one");
    assert_eq!(at("two"), "two");
    assert_eq!(at("{b}"), "{b}");
    assert_eq!(placed.unknown.len(), 1);
    assert_eq!(&placed.text[placed.unknown[0].clone()], "${var.a}");
}

#[test]
fn encoded_objects_are_objects_and_other_calls_are_unknown() {
    let text = "a = jsonencode({\n  x = [1, \"two\"]\n  y = { z = null }\n})\nb = merge({}, {})\nc = 1 + 2\nd = [for x in y : x]\ne = \"a\" == var.b ? 1 : 2\nf = -1.5e3 # end\n";
    let parsed = read(text);
    assert_eq!(root(&parsed).at(&["a", "x"]).map(|list| list.items().len()), Some(2));
    assert!(root(&parsed).at(&["a", "y", "z"]).is_some_and(NodeRef::is_null));
    for (key, raw) in [
        ("b", "merge({}, {})"),
        ("c", "1 + 2"),
        ("d", "[for x in y : x]"),
        ("e", "\"a\" == var.b ? 1 : 2"),
    ] {
        let node = root(&parsed).get(key).unwrap_or_else(|| unreachable!("{key}"));
        assert_eq!(node.scalar(), Some(raw));
        assert!(node.is_unknown(), "{key}");
    }
    assert_eq!(written(&parsed, text, &["f"]), Some("-1.5e3"));
}

#[test]
fn a_fault_costs_its_line_only() {
    let text = "a = 1\n= nonsense\nb {\n  c = \"open\n  d = 2\n}\ne = 3\n";
    let parsed = read(text);
    assert_eq!(parsed.tree.roots[0].issues.len(), 1);
    assert!(parsed.tree.roots[0].broken);
    assert_eq!(root(&parsed).at(&["b", "d"]).and_then(NodeRef::scalar), Some("2"));
    assert_eq!(root(&parsed).get("e").and_then(NodeRef::scalar), Some("3"));
}

#[test]
fn repeated_blocks_stand_apart_at_the_top() {
    let parsed = read("r \"a\" \"x\" {}\nr \"a\" \"y\" {}\n");
    let pairs: Vec<_> = root(&parsed).pairs().map(|(key, _)| key.scalar()).collect();
    assert_eq!(pairs, [Some("r"), Some("r")]);
}

#[test]
fn no_text_is_too_much() {
    for text in [
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"\"${".repeat(100_000),
        "a {".repeat(100_000),
        "}".repeat(100_000),
        "a = <<".to_owned() + &"<<x".repeat(100_000),
        "a = <<X\n${<<X\n".repeat(1_000),
        "a = { é = \"\\u12\" \n\"é".to_owned(),
        "a = jsonencode(".repeat(10_000),
        "\"".repeat(100_001),
        "a = 1e+é\nb = é".to_owned(),
    ] {
        let parsed = read(&text);
        assert_eq!(parsed.tree.roots.len(), 1);
    }
}
