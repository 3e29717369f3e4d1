//! What a server does to an alert before it sends it: external labels, then relabelling.

use super::{Labels, Value};
use crate::facts::prometheus::{PrometheusConfig, Relabel, ServerForm};
use crate::facts::scalar::Pairs;
use crate::lang::pattern::Pattern;
use std::collections::BTreeSet;

/// A server that sends alerts.
#[derive(Clone, Debug)]
pub(super) struct Sender<'r> {
    external: Option<&'r Pairs>,
    /// An operator runs it: it adds labels that name the server and its replica.
    operated: bool,
    /// Labels may be added that nothing here names.
    adds_more: bool,
    /// Labels may be rewritten by steps that nothing here shows.
    rewrites: bool,
    steps: &'r [Relabel],
}

impl<'r> Sender<'r> {
    pub(super) fn of(server: &'r PrometheusConfig) -> Sender<'r> {
        let external = server.external_labels.as_ref();
        Sender {
            external,
            operated: server.form == ServerForm::Operator,
            adds_more: server.open || external.is_some_and(|labels| labels.open),
            rewrites: server.alert_relabels_elsewhere || server.open,
            steps: &server.alert_relabels,
        }
    }

    /// A server nothing is known of, but that servers seldom rewrite what a rule sets.
    pub(super) fn unknown() -> Sender<'r> {
        Sender { external: None, operated: false, adds_more: true, rewrites: false, steps: &[] }
    }
}

/// The labels as they arrive, whichever of the servers sends them, and whether they certainly do.
pub(super) fn send<'r>(labels: Labels<'r>, senders: &[Sender<'r>]) -> (Labels<'r>, bool) {
    if let [only] = senders {
        return through(labels, only);
    }
    let mut joined: Option<Labels<'r>> = None;
    let mut sent = true;
    for sender in senders {
        let (one, arrives) = through(labels.clone(), sender);
        sent &= arrives;
        joined = Some(match joined {
            Some(known) => known.either(&one),
            None => one,
        });
    }
    (joined.unwrap_or_default(), sent)
}

fn through<'r>(mut labels: Labels<'r>, sender: &Sender<'r>) -> (Labels<'r>, bool) {
    for (label, value) in sender.external.iter().flat_map(|pairs| &pairs.entries) {
        if labels.get(&label.text) == Value::Absent {
            let known = value.known_text().filter(|text| !text.contains('$'));
            labels.set(&label.text, known.map_or(Value::Unknown, Value::Is));
        }
    }
    for label in ["prometheus", "prometheus_replica"].into_iter().filter(|_| sender.operated) {
        if labels.get(label) == Value::Absent {
            labels.set(label, Value::Unknown);
        }
    }
    if sender.adds_more {
        open(&mut labels);
    }
    if sender.rewrites {
        labels.forget();
    }
    let mut sent = !sender.rewrites;
    for step in sender.steps {
        sent &= rewrite(&mut labels, step);
    }
    (labels, sent)
}

/// Labels that are absent may be added.
fn open(labels: &mut Labels<'_>) {
    labels.closed = false;
    labels.named.retain(|(_, value)| *value != Value::Absent);
}

/// One step; whether the alert certainly passes it.
fn rewrite<'r>(labels: &mut Labels<'r>, step: &'r Relabel) -> bool {
    let pattern = match &step.regex {
        Some(regex) if regex.known => Pattern::new(&regex.text),
        Some(_) => {
            labels.forget();
            return false;
        }
        None => Pattern::new("(.*)"),
    };
    let kind = step.kind();
    match kind.as_str() {
        "labeldrop" | "labelkeep" => {
            let names: BTreeSet<&str> = labels.named().map(|(name, _)| name).collect();
            for name in names {
                match pattern.matches(name) {
                    Some(matched) if matched != (kind == "labeldrop") => {}
                    Some(_) => labels.set(name, Value::Absent),
                    None => labels.set(name, Value::Unknown),
                }
            }
            true
        }
        "replace" | "hashmod" | "lowercase" | "uppercase" => {
            match step
                .target_label
                .as_ref()
                .filter(|label| label.known && !label.text.contains('$'))
            {
                Some(target) => {
                    let value = constant(step).unwrap_or_default();
                    labels.set(&target.text, value);
                }
                None => labels.forget(),
            }
            true
        }
        "labelmap" => {
            labels.forget();
            true
        }
        "drop" | "keep" => match outcome(labels, step, &pattern) {
            Some(matches) => matches == (kind == "keep"),
            None => false,
        },
        _ => false,
    }
}

/// The value a step writes into every alert.
fn constant(step: &Relabel) -> Option<Value<'_>> {
    let everything =
        step.regex.as_ref().is_none_or(|regex| regex.text == ".*" || regex.text == "(.*)");
    let text = step.replacement.as_ref().filter(|text| text.known && !text.text.contains('$'))?;
    let written = everything && step.kind() == "replace";
    written.then(|| if text.text.is_empty() { Value::Absent } else { Value::Is(&text.text) })
}

/// Whether the source labels of a step match; `None` if that is not certain.
fn outcome(labels: &Labels<'_>, step: &Relabel, pattern: &Pattern) -> Option<bool> {
    let mut joined = Vec::new();
    for label in &step.source_labels {
        joined.push(labels.get(label.known_text()?).exact()?);
    }
    let plain = step.source_labels.len() == 1;
    plain.then(|| pattern.matches(&joined.join(";"))).flatten()
}
