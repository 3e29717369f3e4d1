//! Alerts take the routes that Alertmanager's own tool says they take, and what is certain of an
//! alert with unknown labels holds for every value they could have.
//!
//! `tests/parity/README.md` says how the verdicts are made.

use obsproof::repo::alerts::{Labels, Value};
use obsproof::repo::model::Model;
use obsproof::repo::routing::{Answer, Tree};
use obsproof::scan;
use obsproof::source::{Encoding, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

struct Case {
    config: String,
    alerts: Vec<(BTreeMap<String, String>, BTreeSet<String>)>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/routing/verdicts.json");
    let text = fs::read_to_string(path).expect("verdicts");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let alert = |alert: &serde_json::Value| {
        let labels = serde_json::from_value(alert["labels"].clone()).expect("labels");
        let receivers = serde_json::from_value(alert["receivers"].clone()).expect("receivers");
        (labels, receivers)
    };
    let list = file["cases"].as_array().expect("cases");
    list.iter()
        .map(|case| Case {
            config: case["config"].as_str().expect("a text").to_owned(),
            alerts: case["alerts"].as_array().expect("alerts").iter().map(alert).collect(),
        })
        .collect()
}

fn with_tree<T>(config: &str, ask: impl FnOnce(&Tree<'_>) -> T) -> T {
    let path = "alertmanager.yml".to_owned();
    let source = Source::new(path.clone(), config.to_owned(), Encoding::Utf8);
    let repo = scan::model(vec![source], vec![path]);
    let model = Model::new(&repo);
    ask(&model.routing().managers[0].tree)
}

/// Receivers that certainly are told, and those that may be.
fn told(tree: &Tree<'_>, labels: &Labels<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    let walk = tree.walk(&tree.look(labels), Answer::Yes);
    let names = |sure: Answer| {
        let taken = walk.taken.iter().filter(|taken| taken.sure >= sure);
        taken
            .filter_map(|taken| tree.receiver(taken.node))
            .map(|(_, name)| name.text.clone())
            .collect()
    };
    (names(Answer::Yes), names(Answer::Maybe))
}

#[test]
fn every_alert_takes_the_routes_that_amtool_says() {
    let mut count = 0;
    let mut differing = Vec::new();
    for case in cases() {
        with_tree(&case.config, |tree| {
            for (labels, expected) in &case.alerts {
                count += 1;
                let known = labels.iter().map(|(name, value)| (&**name, Value::Is(value)));
                let (sure, possible) = told(tree, &Labels::closed(known));
                // Text beyond ASCII is not claimed to be known to patterns with classes.
                let ascii = labels.values().all(|value| value.is_ascii());
                let agreed = sure.is_subset(expected) && expected.is_subset(&possible);
                if !agreed || (ascii && sure != *expected) {
                    differing.push(format!("{}\n{labels:?}\n{expected:?} {sure:?}", case.config));
                }
            }
        });
    }
    assert!(count >= 400, "{count}");
    assert!(differing.is_empty(), "{}: {}", differing.len(), differing.join("\n"));
}

#[test]
fn what_is_claimed_of_unknown_labels_holds_for_all_their_values() {
    let mut claims = 0;
    for case in cases() {
        with_tree(&case.config, |tree| {
            for (labels, expected) in &case.alerts {
                for hidden in ["severity", "team", "alertname", "namespace"] {
                    let weaker = [
                        Some(Value::Unknown),
                        labels.get(hidden).map(|_| Value::Present),
                        labels.get(hidden).map(|value| {
                            let mut values = vec![value.as_str(), "other"];
                            values.sort_unstable();
                            Value::OneOf(values)
                        }),
                    ];
                    for weak in weaker.into_iter().flatten() {
                        let known = labels
                            .iter()
                            .filter(|(name, _)| *name != hidden)
                            .map(|(name, value)| (&**name, Value::Is(value)))
                            .chain([(hidden, weak.clone())]);
                        let (sure, possible) = told(tree, &Labels::closed(known));
                        claims += sure.len();
                        assert!(
                            sure.is_subset(expected) && expected.is_subset(&possible),
                            "{}\n{labels:?} without {hidden} ({weak:?}): {expected:?}, {sure:?}, {possible:?}",
                            case.config
                        );
                    }
                }
            }
        });
    }
    assert!(claims > 500, "{claims}");
}
