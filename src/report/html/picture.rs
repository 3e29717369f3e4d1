//! The signal chain drawn: a column a step, a box a thing, a line a way.
//!
//! A picture holds some sixty boxes at most. Of a step with more the troubled ones stay, what is
//! alike is one box, and the rest is one box that says how many.

use super::chain::{many, title};
use super::draw::{Frame, Grid};
use crate::catalogue::model::Severity;
use crate::judge::Status;
use crate::report::Report;
use crate::verdict::chain::{Chain, Layer, Node, State};
use serde::Serialize;
use std::collections::BTreeMap;

const GRID: Grid = Grid { left: 1, top: 34, wide: 132, high: 40, step: 162, row: 52 };
/// Characters of a name and of a note that fit into a box.
const FITS: usize = 15;
const NOTE: usize = 19;
/// What the number of findings takes of the note.
const BADGE: usize = 5;

/// Most boxes of a step.
fn most(layer: Layer) -> usize {
    match layer {
        Layer::Service | Layer::Alert => 9,
        Layer::Pipeline => 8,
        Layer::Store => 6,
        Layer::Signal | Layer::Rules | Layer::Route | Layer::Person => 7,
    }
}

/// What the template draws.
#[derive(Serialize)]
pub(super) struct Picture {
    #[serde(flatten)]
    frame: Frame,
    columns: Vec<Column>,
    boxes: Vec<Boxed>,
    lines: Vec<Line>,
    stubs: Vec<Stub>,
    folded: bool,
}

#[derive(Serialize)]
struct Column {
    title: &'static str,
    x: usize,
    empty: bool,
}

#[derive(Serialize)]
struct Boxed {
    x: usize,
    y: usize,
    layer: &'static str,
    href: String,
    title: String,
    note: String,
    full: String,
    errors: usize,
    warnings: usize,
    several: bool,
}

#[derive(Serialize)]
struct Line {
    path: String,
    state: &'static str,
    x: usize,
    y: usize,
    why: String,
}

#[derive(Serialize)]
struct Stub {
    x: usize,
    y: usize,
    state: &'static str,
    why: String,
}

/// One box: the nodes in it.
struct Cell {
    layer: Layer,
    members: Vec<usize>,
    name: String,
    note: String,
    row: usize,
    /// The rest of a step: it stands last.
    rest: bool,
}

/// Draws the chain.
pub(super) fn draw(report: &Report, chain: &Chain) -> Picture {
    let mut cells: Vec<Cell> = Vec::new();
    for layer in Layer::ALL {
        cells.extend(fold(report, chain, layer));
    }
    let mut cell_of = vec![0; chain.nodes.len()];
    for (number, cell) in cells.iter().enumerate() {
        for &member in &cell.members {
            cell_of[member] = number;
        }
    }
    let ways = ways(chain, &cells, &cell_of);
    place(&mut cells, &ways);
    let tallest = cells.iter().map(|cell| cell.row + 1).max().unwrap_or(1);
    Picture {
        frame: Frame {
            // With room for what leaves the last step and comes back to it.
            width: GRID.corner(Layer::ALL.len(), 0).0,
            height: GRID.top + GRID.row * tallest,
        },
        columns: columns(&cells),
        boxes: cells.iter().map(|cell| boxed(report, chain, cell)).collect(),
        lines: ways.iter().map(|(ends, way)| line(&cells, *ends, way)).collect(),
        stubs: cells.iter().filter_map(|cell| stub(chain, cell)).collect(),
        folded: cells.iter().any(|cell| cell.members.len() > 1),
    }
}

/// The boxes of a step.
fn fold(report: &Report, chain: &Chain, layer: Layer) -> Vec<Cell> {
    let nodes: Vec<usize> =
        (0..chain.nodes.len()).filter(|&at| chain.nodes[at].layer == layer).collect();
    let most = most(layer);
    let alike = layer == Layer::Signal || nodes.len() > most;
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for at in nodes {
        let node = &chain.nodes[at];
        let key = match &node.group {
            Some(group) if alike => format!("g {group}"),
            _ => format!("n {at}"),
        };
        if !groups.contains_key(&key) {
            order.push(key.clone());
        }
        groups.entry(key).or_default().push(at);
    }
    let mut all: Vec<Vec<usize>> = order.iter().filter_map(|key| groups.remove(key)).collect();
    let mut rest: Vec<usize> = Vec::new();
    if all.len() > most {
        let mut ranked: Vec<usize> = (0..all.len()).collect();
        ranked.sort_by_key(|&at| std::cmp::Reverse(trouble(report, chain, &all[at])));
        let mut kept: Vec<usize> = ranked[..most - 1].to_vec();
        kept.sort_unstable();
        let mut out = Vec::new();
        for (at, members) in all.into_iter().enumerate() {
            match kept.binary_search(&at) {
                Ok(_) => out.push(members),
                Err(_) => rest.extend(members),
            }
        }
        all = out;
    }
    let mut cells: Vec<Cell> = all.into_iter().map(|it| cell(report, chain, layer, it)).collect();
    if !rest.is_empty() {
        let name = format!("and {} more", rest.len());
        let note = title(layer).to_lowercase();
        cells.push(Cell { layer, members: rest, name, note, row: 0, rest: true });
    }
    cells
}

/// How much there is to see: what is broken counts most, then errors, warnings, and what is open.
fn trouble(report: &Report, chain: &Chain, members: &[usize]) -> (usize, usize, usize) {
    let broken = |at: &&usize| {
        let gap = chain.nodes[**at].gap.as_ref();
        gap.is_some_and(|(state, _)| *state == State::Broken)
    };
    let (errors, warnings) = faults(report, chain, members);
    (members.iter().filter(broken).count(), errors, warnings)
}

/// Open errors and warnings.
fn faults(report: &Report, chain: &Chain, members: &[usize]) -> (usize, usize) {
    let mut counts = (0, 0);
    for &index in members.iter().flat_map(|&at| &chain.nodes[at].findings) {
        match report.judged.get(index).filter(|judged| judged.status == Status::Open) {
            Some(judged) if judged.severity == Severity::Error => counts.0 += 1,
            Some(judged) if judged.severity == Severity::Warning => counts.1 += 1,
            _ => {}
        }
    }
    counts
}

fn cell(report: &Report, chain: &Chain, layer: Layer, members: Vec<usize>) -> Cell {
    let first = &chain.nodes[members[0]];
    let count = members.len();
    let (name, note) = match (&first.group, layer) {
        (Some(group), Layer::Signal)
            if first.kind != "exporter" && first.kind != "missing series" =>
        {
            let from = match count {
                1 => "of 1 service".to_owned(),
                count => format!("of {count} services"),
            };
            (capital(group), from)
        }
        (Some(group), _) if count > 1 => {
            let what = if first.kind == "dashboard" { "dashboards" } else { many(layer) };
            (group.clone(), format!("{count} {what}"))
        }
        _ => (first.name.clone(), note(first)),
    };
    Cell { layer, members, name: report.step(&name), note: report.step(&note), row: 0, rest: false }
}

fn note(node: &Node) -> String {
    match node.note.as_str() {
        "" => node.kind.to_owned(),
        note => note.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Between two boxes: how many ways are in which state, and one reason.
#[derive(Default)]
struct Ways {
    whole: usize,
    unknown: usize,
    broken: usize,
    why: String,
}

impl Ways {
    fn state(&self) -> State {
        match (self.broken, self.whole) {
            (1.., _) => State::Broken,
            (0, 1..) => State::Whole,
            (0, 0) => State::Unknown,
        }
    }
}

/// The ways that are drawn: what merely is read is told in words, unless it is broken.
fn ways(chain: &Chain, cells: &[Cell], cell_of: &[usize]) -> BTreeMap<(usize, usize), Ways> {
    let mut ways: BTreeMap<(usize, usize), Ways> = BTreeMap::new();
    for link in &chain.links {
        let (from, to) = (cell_of[link.from], cell_of[link.to]);
        let (left, right) = (cells[from].layer, cells[to].layer);
        let read = left == Layer::Signal && right >= Layer::Rules && link.state != State::Broken;
        // What stands in one step is handed on within it: by connectors, by servers, by policies.
        if left > right || from == to || read {
            continue;
        }
        let way = ways.entry((from, to)).or_default();
        match link.state {
            State::Whole => way.whole += 1,
            State::Unknown => way.unknown += 1,
            State::Broken => way.broken += 1,
        }
        if way.why.is_empty() || link.state == State::Broken {
            way.why.clone_from(&link.why);
        }
    }
    ways
}

/// Rows by the middle of what leads to a box, so that few lines cross.
fn place(cells: &mut [Cell], ways: &BTreeMap<(usize, usize), Ways>) {
    for layer in Layer::ALL {
        let mut here: Vec<usize> =
            (0..cells.len()).filter(|&at| cells[at].layer == layer).collect();
        let middle = |at: usize| {
            let leads = |(from, to): &&(usize, usize)| *to == at && cells[*from].layer != layer;
            let before: Vec<usize> =
                ways.keys().filter(leads).map(|(from, _)| cells[*from].row).collect();
            match before.len() {
                0 => None,
                count => Some(before.iter().sum::<usize>() * 100 / count),
            }
        };
        let middles: BTreeMap<usize, Option<usize>> =
            here.iter().map(|&at| (at, middle(at))).collect();
        let last = here.len();
        here.sort_by_key(|at| (cells[*at].rest, middles[at].unwrap_or(last * 100), *at));
        for (row, at) in here.into_iter().enumerate() {
            cells[at].row = row;
        }
    }
}

fn corner(cell: &Cell) -> (usize, usize) {
    let column = Layer::ALL.iter().position(|layer| *layer == cell.layer).unwrap_or_default();
    GRID.corner(column, cell.row)
}

fn columns(cells: &[Cell]) -> Vec<Column> {
    let of = |layer| cells.iter().any(|cell| cell.layer == layer);
    let all = Layer::ALL.iter().enumerate();
    all.map(|(at, &layer)| Column {
        title: title(layer),
        x: GRID.corner(at, 0).0,
        empty: !of(layer),
    })
    .collect()
}

fn boxed(report: &Report, chain: &Chain, cell: &Cell) -> Boxed {
    let (x, y) = corner(cell);
    let (errors, warnings) = faults(report, chain, &cell.members);
    let href = match cell.members[..] {
        [only] => format!("n-{}", chain.nodes[only].id()),
        _ => format!("chain-{}", cell.layer.name()),
    };
    Boxed {
        x,
        y,
        layer: cell.layer.name(),
        href,
        title: short(&cell.name, FITS),
        note: short(&cell.note, if errors + warnings > 0 { NOTE - BADGE } else { NOTE }),
        full: cell.name.clone(),
        errors,
        warnings,
        several: cell.members.len() > 1,
    }
}

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn line(cells: &[Cell], (from, to): (usize, usize), way: &Ways) -> Line {
    let (path, (x, y)) = GRID.line(corner(&cells[from]), corner(&cells[to]));
    let mut why = way.why.clone();
    if way.whole + way.unknown + way.broken > 1 {
        let counts = [(way.whole, "whole"), (way.unknown, "unknown"), (way.broken, "broken")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        why = format!("{}: {why}", counts.join(", "));
    }
    Line {
        path,
        state: way.state().name(),
        x,
        y,
        why: format!("{} → {}: {why}", cells[from].name, cells[to].name),
    }
}

/// What should lead on from a box and does not.
fn stub(chain: &Chain, cell: &Cell) -> Option<Stub> {
    let gaps = cell.members.iter().filter_map(|&at| chain.nodes[at].gap.as_ref());
    let worst = gaps.max_by_key(|(state, _)| *state)?;
    let (x, y) = GRID.exit(corner(cell));
    Some(Stub { x, y, state: worst.0.name(), why: worst.1.clone() })
}
