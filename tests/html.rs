//! The page is well-formed, holds nothing from elsewhere, and shows texts of the repository
//! without obeying them. What a browser makes of it is tested by `tests/workflows/page.sh`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn page(root: &Path, more: &[&str]) -> String {
    let output = assert_cmd::Command::cargo_bin("obsproof")
        .expect("the program")
        .arg("report")
        .arg(root)
        .args(["--format", "html", "--clock", "2026-11-01"])
        .args(more)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// An element's start: its name and attributes.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

const VOID: &[&str] = &["meta", "link", "input", "br"];

/// Reads the page strictly: every attribute quoted, every element closed in order, no `<` or `&`
/// but in markup. Returns the elements and the texts of `script` and `style`.
fn parse(html: &str) -> (Vec<Tag>, Vec<(String, String)>) {
    let rest = html.trim_start().strip_prefix("<!doctype html>").expect("a doctype");
    let mut rest = rest;
    let (mut tags, mut raw, mut open) = (Vec::new(), Vec::new(), Vec::<String>::new());
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(closing) = rest.strip_prefix('/') {
            let (name, after) = closing.split_once('>').expect("a closing tag ends");
            assert_eq!(open.pop().as_deref(), Some(name), "elements close in order");
            rest = after;
            continue;
        }
        let (tag, after, closed) = start(rest);
        rest = after;
        if tag.name == "script" || tag.name == "style" {
            let end = format!("</{}>", tag.name);
            let (text, after) = rest.split_once(&end).expect("it is closed");
            raw.push((tag.name.clone(), text.to_owned()));
            rest = after;
        } else if !closed && !VOID.contains(&tag.name.as_str()) {
            open.push(tag.name.clone());
        }
        tags.push(tag);
    }
    check_text(rest);
    assert!(open.is_empty(), "not closed: {open:?}");
    (tags, raw)
}

fn check_text(text: &str) {
    for (at, _) in text.match_indices('&') {
        let end = text[at..].find(';').map(|end| &text[at..at + end]);
        let entity = end.is_some_and(|it| it.len() < 9 && !it.contains(char::is_whitespace));
        assert!(entity, "a bare `&` in {:?}", &text[at..text.len().min(at + 40)]);
    }
    assert!(!text.contains('>'), "a bare `>` in {text:?}");
}

/// Reads the start of an element behind its `<`.
fn start(text: &str) -> (Tag, &str, bool) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').expect("a name");
    let name = text[..end].to_owned();
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "an element: {name:?}");
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut rest = text[end..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return (Tag { name, attributes }, after, true);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, after, false);
        }
        let end = rest.find(|c: char| c == '=' || c == '>' || c.is_whitespace()).expect("a name");
        let key = rest[..end].to_owned();
        let known = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        assert!(known && !key.is_empty(), "an attribute of {name}: {key:?}");
        assert!(attributes.iter().all(|(other, _)| *other != key), "{key} twice at {name}");
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (inside, after) = after.split_once('"').expect("a value ends");
            assert!(!inside.contains('<'), "`<` in {key}");
            value = inside.to_owned();
            rest = after;
        } else {
            assert!(!rest.starts_with('='), "a value without quotes: {key}");
        }
        attributes.push((key, value));
        rest = rest.trim_start();
    }
}

/// Everything that holds for any page.
fn sound(html: &str) -> Vec<Tag> {
    let (tags, raw) = parse(html);
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(ids.insert(id.to_owned()), "the id {id} twice");
    }
    for tag in &tags {
        for (key, value) in &tag.attributes {
            assert!(!key.starts_with("on") && key != "style", "{key} at {}", tag.name);
            if key == "src" || key == "href" || key == "action" {
                let ours = value == "data:," || value.starts_with('#');
                assert!(ours, "{} leads to {value}", tag.name);
            }
        }
        if let Some(target) = tag.get("href").and_then(|href| href.strip_prefix('#')) {
            assert!(ids.contains(target), "nothing is at #{target}");
        }
        for key in ["aria-labelledby", "for", "aria-describedby"] {
            let named = tag.get(key).is_none_or(|id| ids.contains(id));
            assert!(named, "{key} of {} names nothing", tag.name);
        }
    }
    let policy = tags
        .iter()
        .find(|tag| tag.get("http-equiv") == Some("Content-Security-Policy"))
        .and_then(|tag| tag.get("content"))
        .expect("a policy")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(raw.len(), 3);
    for (name, text) in &raw {
        let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{name} is allowed by its hash");
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("url("));
    }
    let one = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    for landmark in ["main", "nav", "header", "footer", "title"] {
        assert!(one(landmark) >= 1, "{landmark}");
    }
    tags
}

#[test]
fn pages_are_sound() {
    for name in ["shop", "standard"] {
        let html = page(&fixture(name), &[]);
        let tags = sound(&html);
        let ids: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        for number in 1..=17 {
            assert!(ids.contains(format!("OBS-R{number:02}").as_str()), "OBS-R{number:02}");
        }
        for view in
            ["overview", "requirements", "controls", "services", "owners", "findings", "chain"]
        {
            assert!(ids.contains(view), "{view}");
        }
    }
}

#[test]
fn an_empty_folder_makes_a_sound_page() {
    let folder = tempfile::tempdir().expect("a folder");
    sound(&page(folder.path(), &[]));
}

#[test]
fn every_finding_of_the_record_is_on_the_page() {
    let root = fixture("shop");
    let html = page(&root, &[]);
    let output = assert_cmd::Command::cargo_bin("obsproof")
        .expect("the program")
        .arg("report")
        .arg(&root)
        .args(["--format", "json", "--clock", "2026-11-01"])
        .output()
        .expect("it runs");
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = record["findings"].as_array().expect("findings");
    assert!(findings.len() > 10);
    for finding in findings {
        let id = format!("id=\"f-{}\"", finding["fingerprint"].as_str().expect("a text"));
        assert_eq!(html.matches(&id).count(), 1, "{id}");
    }
    for requirement in record["requirements"].as_array().expect("requirements") {
        let id = requirement["id"].as_str().expect("an id");
        let verdict = requirement["verdict"].as_str().expect("a verdict");
        let row = html.split(&format!("id=\"{id}\"")).nth(1).expect("a row");
        assert!(row.starts_with(&format!(" data-verdict=\"{verdict}\"")), "{id} is {verdict}");
    }
    for node in record["chain"]["nodes"].as_array().expect("nodes") {
        let id = format!("id=\"n-{}\"", node["id"].as_str().expect("an id"));
        assert_eq!(html.matches(&id).count(), 1, "{id}");
    }
}

#[test]
fn texts_of_the_repository_are_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().expect("a folder");
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;";
    let quoted = evil.replace('"', "\\\"");
    let rules = format!(
        "groups:\n  - name: \"{quoted}\"\n    rules:\n      - alert: \"{quoted}\"\n        expr: rate(x[5m]) / rate(x[5m]) > 2 # {evil}\n        labels: {{severity: critical, team: \"{quoted}\"}}\n        annotations: {{summary: \"{quoted} {{{{ $value | humanizePercentage }}}}\"}}\n"
    );
    let name = "rules/<b onclick=alert(3)>\"&'é.yml";
    fs::create_dir_all(folder.path().join("rules")).expect("made");
    fs::write(folder.path().join(name), rules).expect("written");
    let manager = format!(
        "route: {{receiver: \"{quoted}\"}}\nreceivers: [{{name: \"{quoted}\", slack_configs: [{{channel: \"{quoted}\", api_url: 'https://hooks.slack.com/services/T0/B0/veryverysecret'}}]}}]\n"
    );
    fs::write(folder.path().join("alertmanager.yml"), manager).expect("written");
    let html = page(folder.path(), &[]);
    let tags = sound(&html);
    assert_eq!(tags.iter().filter(|tag| tag.name == "script").count(), 2);
    assert!(
        !tags
            .iter()
            .any(|tag| tag.name == "img" || tag.name == "b" && tag.get("onclick").is_some())
    );
    assert!(html.contains("&lt;img src=x onerror=alert(2)&gt;"), "the text is shown");
    assert!(!html.contains("veryverysecret"), "no credential is");
}

#[test]
fn letters_that_turn_the_line_are_made_visible() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: \"Safe\u{202e}evil\"\n        expr: up == 0\n";
    fs::write(folder.path().join("rules.yml"), rules).expect("written");
    let html = page(folder.path(), &[]);
    assert!(!html.contains('\u{202e}') && html.contains("Safe\u{fffd}evil"));
}

#[test]
fn a_page_is_the_same_for_any_number_of_threads() {
    let one = page(&fixture("standard"), &["--threads", "1"]);
    let four = page(&fixture("standard"), &["--threads", "4"]);
    assert!(one == four);
}

#[test]
fn many_findings_are_told_once_and_all_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rules = String::from("groups:\n  - name: many\n    rules:\n");
    for number in 0..300 {
        rules.push_str(&format!("      - alert: A{number}\n        expr: up == {number}\n"));
    }
    fs::write(folder.path().join("rules.yml"), rules).expect("written");
    let html = page(folder.path(), &[]);
    let tags = sound(&html);
    let articles = tags.iter().filter(|it| it.get("id").is_some_and(|id| id.starts_with("f-")));
    let groups = tags.iter().filter(|it| it.get("id").is_some_and(|id| id.starts_with("g-")));
    let (articles, groups) = (articles.count(), groups.count());
    assert!(articles > 600 && groups < articles / 20, "{groups} groups of {articles} findings");
    let boxes = tags.iter().filter(|it| it.get("class").is_some_and(|it| it.starts_with("box")));
    assert!(boxes.count() <= 61, "the picture stays small");
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("not/there.html");
    let output = assert_cmd::Command::cargo_bin("obsproof")
        .expect("the program")
        .arg("report")
        .arg(fixture("shop"))
        .arg("--format")
        .arg(format!("html={}", missing.display()))
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write"));
    let file = folder.path().join("page.html");
    let status = assert_cmd::Command::cargo_bin("obsproof")
        .expect("the program")
        .arg("report")
        .arg(fixture("shop"))
        .arg("--format")
        .arg(format!("html={}", file.display()))
        .output()
        .expect("it runs")
        .status;
    assert!(status.success());
    sound(&fs::read_to_string(&file).expect("a page"));
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "nothing else is left");
}
