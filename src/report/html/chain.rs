//! The signal chain in words: step by step, where each thing leads and what is said of it.

use super::findings::{Book, Fault};
use super::picture::{self, Picture};
use crate::report::{Report, visible};
use crate::verdict::chain::{Chain, Layer, Node, State};
use serde::Serialize;

/// Ways that one row names; the record has all.
const MOST: usize = 12;

/// The picture and the lists.
#[derive(Serialize)]
pub(super) struct View {
    picture: Picture,
    layers: Vec<Step>,
    whole: usize,
    unknown: usize,
    broken: usize,
    breaks: Vec<Break>,
    more_breaks: usize,
}

#[derive(Serialize)]
struct Step {
    name: &'static str,
    title: &'static str,
    broken: usize,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    name: String,
    note: String,
    place: Option<String>,
    gap: Option<Way>,
    ways: Vec<Way>,
    more: usize,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Way {
    to: Option<String>,
    name: String,
    state: &'static str,
    why: String,
}

/// A place where the chain certainly is broken.
#[derive(Serialize)]
struct Break {
    id: String,
    name: String,
    kind: &'static str,
    to: Option<String>,
    why: String,
}

/// Breaks that the first screen of the chain names.
const BREAKS: usize = 12;

/// A step as a heading.
pub(super) fn title(layer: Layer) -> &'static str {
    match layer {
        Layer::Service => "Services",
        Layer::Signal => "Signals",
        Layer::Pipeline => "Pipelines",
        Layer::Store => "Stores",
        Layer::Rules => "Rules",
        Layer::Alert => "Alerts, dashboards",
        Layer::Route => "Routes",
        Layer::Person => "People",
    }
}

/// What a step holds, in the middle of a sentence.
pub(super) fn many(layer: Layer) -> &'static str {
    match layer {
        Layer::Service => "services",
        Layer::Signal => "signals",
        Layer::Pipeline => "pipelines",
        Layer::Store => "stores",
        Layer::Rules => "rules",
        Layer::Alert => "alerts",
        Layer::Route => "routes",
        Layer::Person => "people",
    }
}

/// The chain as the page shows it.
pub(super) fn view(report: &Report, chain: &Chain, book: &Book<'_>) -> View {
    let mut breaks = breaks(report, chain);
    let more_breaks = breaks.len().saturating_sub(BREAKS);
    breaks.truncate(BREAKS);
    let mut ways: Vec<Vec<usize>> = vec![Vec::new(); chain.nodes.len()];
    for (at, link) in chain.links.iter().enumerate() {
        ways[link.from].push(at);
    }
    let layers = Layer::ALL.map(|layer| {
        let nodes = chain.nodes.iter().enumerate().filter(|(_, node)| node.layer == layer);
        let rows: Vec<Row> =
            nodes.map(|(at, node)| row(report, chain, book, node, &ways[at])).collect();
        let broken = |row: &&Row| {
            row.gap.iter().chain(&row.ways).any(|way| way.state == State::Broken.name())
        };
        let broken = rows.iter().filter(broken).count();
        Step { name: layer.name(), title: title(layer), broken, rows }
    });
    View {
        picture: picture::draw(report, chain),
        layers: layers.into(),
        whole: chain.count(State::Whole),
        unknown: chain.count(State::Unknown),
        broken: chain.count(State::Broken),
        breaks,
        more_breaks,
    }
}

fn row(report: &Report, chain: &Chain, book: &Book<'_>, node: &Node, ways: &[usize]) -> Row {
    let mut all: Vec<Way> = ways
        .iter()
        .map(|&at| {
            let link = &chain.links[at];
            let to = &chain.nodes[link.to];
            Way {
                to: Some(to.id()),
                name: report.step(&to.name),
                state: link.state.name(),
                why: report.step(&link.why),
            }
        })
        .collect();
    // What is broken is told first.
    all.sort_by_key(|way| way.state != State::Broken.name());
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let gap = node.gap.as_ref().map(|(state, why)| Way {
        to: None,
        name: String::new(),
        state: state.name(),
        why: report.step(why),
    });
    let prints = node.findings.iter().filter_map(|&index| report.judged.get(index));
    let place = |span| format!("{}:{}", visible(report.repo.path(span)), report.repo.line(span));
    Row {
        id: node.id(),
        kind: node.kind,
        name: report.step(&node.name),
        note: report.step(&node.note),
        place: node.span.map(place),
        gap,
        ways: all,
        more,
        faults: book.faults(prints.map(|judged| judged.fingerprint.as_str())),
    }
}

fn breaks(report: &Report, chain: &Chain) -> Vec<Break> {
    let one = |node: &Node, to: Option<&Node>, why: &str| Break {
        id: node.id(),
        name: report.step(&node.name),
        kind: node.kind,
        to: to.map(|to| report.step(&to.name)),
        why: report.step(why),
    };
    let gaps = chain.nodes.iter().enumerate().filter_map(|(at, node)| {
        let (state, why) = node.gap.as_ref()?;
        (*state == State::Broken).then(|| (at, one(node, None, why)))
    });
    let links = chain.links.iter().filter(|link| link.state == State::Broken);
    let links = links.map(|link| {
        let (from, to) = (&chain.nodes[link.from], &chain.nodes[link.to]);
        (link.from, one(from, Some(to), &link.why))
    });
    let mut all: Vec<(usize, Break)> = gaps.chain(links).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, it)| it).collect()
}
