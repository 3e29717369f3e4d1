//! What must hold for any text at all. `tests/fuzz.rs` runs the same over random edits.

use obsproof::catalogue::rules;
use obsproof::facts::{FileFacts, Subject};
use obsproof::lang::promql::{self, Extent, Parsed, fingerprint, fold, labels, print};
use obsproof::lang::template::{self, Language};
use obsproof::lang::text::Piece;
use obsproof::lang::{console, logsearch, logstash, matcher, re2};
use obsproof::lang::{fluentbit, fluentd, river};
use obsproof::parse::code::Language as Code;
use obsproof::parse::unit;
use obsproof::repo::Repo;
use obsproof::source::{Encoding, Source};
use obsproof::{check, scan};

fn inside(extent: Extent, text: &str, what: &str) {
    assert!(text.get(extent.range()).is_some(), "{what} points outside: {extent:?}");
}

fn expression(parsed: &Parsed, text: &str) {
    for (id, node) in parsed.ast.all() {
        inside(node.extent, text, "a node");
        assert!(node.first <= id.0, "children stand before their parents");
    }
    for fault in &parsed.faults {
        inside(fault.extent, text, "a fault");
    }
    for need in &parsed.needs {
        inside(need.extent, text, "a need");
    }
    let count = parsed.ast.nodes.len();
    assert_eq!(fold::fold(&parsed.ast).len(), count);
    assert_eq!(fingerprint::fingerprints(&parsed.ast).len(), count);
    assert_eq!(labels::flow(&parsed.ast, |_| None).len(), count);
}

/// An expression: every place lies inside, and what is printed reads as the same again.
pub fn promql(text: &str) {
    if let Some(parsed) = promql::parse_with_gaps(text) {
        expression(&parsed, text);
    }
    let parsed = promql::parse(text);
    expression(&parsed, text);
    let Some(root) = parsed.ast.root().filter(|_| parsed.faults.is_empty()) else { return };
    let printed = print::print(&parsed.ast, text, root);
    let again = promql::parse(&printed);
    assert!(again.faults.is_empty(), "{printed}: {:?}", again.faults);
    let root = again.ast.root().expect("a tree");
    assert_eq!(print::print(&again.ast, &printed, root), printed);
}

/// A template in both languages: every place lies inside.
pub fn template(text: &str) {
    for language in [Language::Prometheus, Language::Alertmanager] {
        let parsed = template::parse(text, language);
        for fault in &parsed.faults {
            inside(fault.extent, text, "a fault");
        }
        for step in &parsed.steps {
            inside(step.extent, text, "a step");
        }
        assert!(parsed.main().count() <= parsed.steps.len());
    }
}

/// Requests to a search engine: paths and bodies stand in the text.
pub fn console(text: &str) {
    for request in console::console(text).iter().chain(&console::curl(text)) {
        assert!(text.get(request.path_at.clone()).is_some(), "a path stands in the text");
        if let Some(body) = &request.body {
            assert!(body.end <= text.len(), "a body ends in the text");
            assert!(
                body.runs.iter().all(|&(inner, at)| inner <= body.text.len() && at <= body.end)
            );
        }
    }
}

/// A regular expression, and a matcher of Alertmanager that holds it.
pub fn re2(text: &str) {
    let plain = re2::fault(text);
    let anchored = re2::fault_anchored(text);
    // A group around it mends nothing, but for a parenthesis that closes it early.
    assert!(plain.is_none() || anchored.is_some() || text.contains(')'), "{text}: {plain:?}");
    let _ = matcher::parse(text);
}

/// A Logstash pipeline: every place lies inside, and each node holds its children.
pub fn logstash(text: &str) {
    let tree = logstash::parse(text);
    for (id, node) in tree.nodes.iter().enumerate() {
        assert!(text.get(node.extent.range()).is_some(), "a node points outside");
        assert!(text.get(node.name.range()).is_some(), "a name points outside");
        assert!(node.parent as usize <= id && node.end as usize <= tree.nodes.len());
        assert!(tree.node(node.parent).end >= node.end, "a node ends after its parent");
    }
    for fault in &tree.faults {
        assert!(text.get(fault.extent.range()).is_some(), "a fault points outside");
    }
}

/// A configuration of Fluentd and of Fluent Bit: every place lies inside, and no element stands
/// before the one around it.
pub fn fluent(text: &str) {
    let inside = |piece: Piece| assert!(text.get(piece.range()).is_some(), "outside: {piece:?}");
    let config = fluentd::parse(text);
    for (index, element) in config.elements.iter().enumerate() {
        inside(element.name);
        assert!(element.parent.is_none_or(|parent| parent < index));
        for parameter in &element.parameters {
            inside(parameter.key.piece);
            inside(parameter.value.piece);
        }
    }
    for fault in &config.faults {
        inside(fault.piece);
    }
    let config = fluentbit::parse(text);
    for section in &config.sections {
        inside(section.name);
        for entry in &section.entries {
            inside(entry.key);
            inside(entry.value);
        }
    }
    for fault in &config.faults {
        inside(fault.piece);
    }
    for block in river::blocks(text) {
        inside(block.name);
        for (name, value) in block.attributes {
            inside(name);
            inside(value);
        }
    }
}

/// A configuration: no rule fails on it, and every place lies inside.
pub fn file(text: &str) {
    named("config.yml", text);
}

/// Terraform: as a configuration.
pub fn hcl(text: &str) {
    named("main.tf", text);
}

/// Languages of source code, each with a path that its files may have.
pub const CODE: &[(Code, &str)] = &[
    (Code::Csharp, "src/App.cs"),
    (Code::Go, "shop/main.go"),
    (Code::Java, "src/main/java/shop/App.java"),
    (Code::Javascript, "src/app.js"),
    (Code::Python, "app.py"),
    (Code::Rust, "src/main.rs"),
    (Code::Typescript, "src/app.ts"),
    (Code::Tsx, "src/app.tsx"),
];

/// Source code, read as a program in every language there is.
pub fn code(text: &str) {
    for (language, _) in CODE {
        program(*language, text);
    }
}

/// Source code in one language: every part of the program, every fact and every finding lies
/// inside, at borders of characters.
pub fn program(language: Code, text: &str) {
    if let Some(unit) = unit::parse(language, text) {
        let inside = |at: &unit::Place, what: &str| {
            let range = at.start as usize..at.end as usize;
            assert!(text.get(range).is_some(), "{what} points outside: {at:?}");
        };
        unit.exprs.iter().for_each(|it| inside(&it.at, "an expression"));
        unit.stmts.iter().for_each(|it| inside(&it.at, "a statement"));
        unit.functions.iter().for_each(|it| inside(&it.at, "a function"));
        unit.functions.iter().for_each(|it| inside(&it.name_at, "a function's name"));
        unit.classes.iter().for_each(|it| inside(&it.name_at, "a class's name"));
        unit.imports.iter().for_each(|it| inside(&it.at, "an import"));
        unit.comments.iter().for_each(|at| inside(at, "a comment"));
        unit.faults.iter().for_each(|at| inside(at, "a fault"));
    }
    let path = CODE.iter().find(|(known, _)| *known == language).map_or("app.py", |(_, path)| path);
    named(path, text);
}

/// Facts of code stand in the text.
fn facts(repo: &Repo) {
    fn anchors<T: Subject>(repo: &Repo, facts: &[T]) {
        for fact in facts {
            let Some(span) = fact.anchor() else { continue };
            let text = repo.source(span.source).text();
            assert!(text.get(span.range()).is_some(), "{} points outside", fact.title());
        }
    }
    let FileFacts { log_calls, logger_setups, handlers, responses, modules, .. } = &repo.facts;
    anchors(repo, log_calls);
    anchors(repo, logger_setups);
    anchors(repo, handlers);
    anchors(repo, responses);
    anchors(repo, modules);
    let FileFacts { metric_definitions, metric_uses, measured, clean_ups, .. } = &repo.facts;
    anchors(repo, metric_definitions);
    anchors(repo, metric_uses);
    anchors(repo, measured);
    anchors(repo, clean_ups);
    let FileFacts { span_scopes, span_attributes, span_guards, current_spans, .. } = &repo.facts;
    anchors(repo, span_scopes);
    anchors(repo, span_attributes);
    anchors(repo, span_guards);
    anchors(repo, current_spans);
    let FileFacts { sdk_setups, outbound_calls, extractions, injections, handoffs, .. } =
        &repo.facts;
    anchors(repo, sdk_setups);
    anchors(repo, outbound_calls);
    anchors(repo, extractions);
    anchors(repo, injections);
    anchors(repo, handoffs);
    let FileFacts { incident_actions, alert_handlers, code_secrets, correlation_ids, .. } =
        &repo.facts;
    anchors(repo, incident_actions);
    anchors(repo, alert_handlers);
    anchors(repo, code_secrets);
    anchors(repo, correlation_ids);
}

fn named(path: &str, text: &str) {
    let source = Source::new(path, text.to_owned(), Encoding::Utf8);
    let repo = scan::model(vec![source], vec![path.to_owned()]);
    facts(&repo);
    let all: Vec<_> = rules().iter().collect();
    for outcome in check::check(&repo, &all) {
        assert!(outcome.panics.is_empty(), "{} failed", outcome.rule.code);
        for finding in &outcome.findings {
            let related = finding.related.iter().map(|related| related.span);
            for span in finding.span.into_iter().chain(related) {
                let text = repo.source(span.source).text();
                assert!(text.get(span.range()).is_some(), "{} points outside", outcome.rule.code);
            }
        }
    }
}

/// A text query on logs: every name and value lies inside, at borders of characters.
pub fn logsearch(text: &str) {
    for mention in logsearch::mentions(text) {
        assert!(text.get(mention.field.clone()).is_some(), "a name points outside");
        for value in mention.values {
            assert!(text.get(value).is_some(), "a value points outside");
        }
    }
}
