//! The signal chain as rows of the record.

use super::Report;
use crate::finding::Finding;
use crate::render::Back;
use crate::repo::model::Model;
use crate::verdict::chain::{self, Chain, Layer, State};
use serde_json::{Value, json};

/// The chain of what was read.
pub fn of(report: &Report) -> Chain {
    let model = Model::new(&report.repo);
    let findings: Vec<&Finding> = report.judged.iter().map(|judged| &*judged.finding).collect();
    let mut chain = chain::chain(&model, &findings);
    if let Some(back) = Back::of(&report.repo, &report.behind) {
        let spans = chain.nodes.iter_mut().filter_map(|node| node.span.as_mut());
        spans.for_each(|span| *span = back.span(*span));
    }
    chain
}

/// The chain as the record writes it.
pub(super) fn rows(report: &Report, chain: &Chain) -> Value {
    let nodes = chain.nodes.iter().map(|node| {
        let gap = node.gap.as_ref();
        let findings = node.findings.iter().filter_map(|&index| report.judged.get(index));
        json!({
            "id": node.id(),
            "layer": node.layer.name(),
            "kind": node.kind,
            "name": report.step(&node.name),
            "note": report.step(&node.note),
            "path": node.span.map(|span| report.repo.path(span)),
            "line": node.span.map(|span| report.repo.line(span)),
            "gap": gap.map(|(state, why)| json!({ "state": state.name(), "why": report.step(why) })),
            "findings": findings.map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
        })
    });
    let links = chain.links.iter().map(|link| {
        json!({
            "from": chain.nodes[link.from].id(),
            "to": chain.nodes[link.to].id(),
            "state": link.state.name(),
            "why": report.step(&link.why),
        })
    });
    json!({
        "layers": Layer::ALL.map(Layer::name),
        "links_and_gaps": {
            "whole": chain.count(State::Whole),
            "unknown": chain.count(State::Unknown),
            "broken": chain.count(State::Broken),
        },
        "nodes": nodes.collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
    })
}
