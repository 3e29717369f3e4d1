//! The control matrix, and its coverage as a picture: one tile a control, a row a family.

use super::draw::{Frame, Grid};
use super::findings::{Book, Fault};
use super::requirements::{list, texts};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

const GRID: Grid = Grid { left: LABEL, top: 0, wide: 88, high: 34, step: 94, row: 40 };
const LABEL: usize = 34;
const ACROSS: usize = 11;
/// Space between families.
const BETWEEN: usize = 12;

/// All controls, and their picture.
#[derive(Serialize)]
pub(super) struct View<'a> {
    rows: Vec<Row<'a>>,
    states: Vec<(&'static str, usize)>,
    picture: Picture,
}

#[derive(Serialize)]
struct Row<'a> {
    row: &'a Value,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Picture {
    #[serde(flatten)]
    frame: Frame,
    families: Vec<Family>,
    tiles: Vec<Tile>,
}

#[derive(Serialize)]
struct Family {
    name: String,
    x: usize,
    y: usize,
}

#[derive(Serialize)]
struct Tile {
    id: String,
    x: usize,
    y: usize,
    state: String,
    title: String,
}

const STATES: &[&str] =
    &["evidenced", "partly-evidenced", "contradicted", "claimed", "not-covered"];

/// The controls of the record.
pub(super) fn view<'a>(record: &'a Value, book: &Book<'_>) -> View<'a> {
    let mut sorted: Vec<&Value> = list(&record["controls"]).collect();
    sorted.sort_by_key(|row| rank(row));
    let rows: Vec<Row<'a>> = sorted
        .into_iter()
        .map(|row| Row { row, faults: book.faults(texts(&row["contradicted_by"])) })
        .collect();
    let count = |state: &str| rows.iter().filter(|it| it.row["verdict"] == state).count();
    let states = STATES.iter().map(|state| (*state, count(state))).collect();
    let picture = picture(&rows);
    View { rows, states, picture }
}

fn picture(rows: &[Row<'_>]) -> Picture {
    let mut families: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        let id = row.row["id"].as_str().unwrap_or_default();
        families.entry(id.split('-').next().unwrap_or(id)).or_default().push(row.row);
    }
    let width = GRID.corner(ACROSS, 0).0;
    let mut picture =
        Picture { frame: Frame { width, height: 0 }, families: Vec::new(), tiles: Vec::new() };
    let (mut x, mut y) = (0, 0);
    for (family, controls) in families {
        let (wide, _) = GRID.corner(controls.len().min(ACROSS), 0);
        if x > 0 && x + wide > width {
            (x, y) = (0, y + GRID.row + BETWEEN);
        }
        picture.families.push(Family { name: family.to_uppercase(), x, y });
        for (at, control) in controls.iter().enumerate() {
            let text = |key: &str| control[key].as_str().unwrap_or_default().to_owned();
            let (left, top) = GRID.corner(at % ACROSS, at / ACROSS);
            picture.tiles.push(Tile {
                id: text("id"),
                x: x + left,
                y: y + top,
                state: text("verdict"),
                title: text("title"),
            });
        }
        y += (controls.len().max(1) - 1) / ACROSS * GRID.row;
        x = if controls.len() > ACROSS { width } else { x + wide + BETWEEN };
    }
    picture.frame.height = y + GRID.high + 1;
    picture
}

/// Number and enhancement of a control: `AU-2` stands before `AU-11`.
fn rank(row: &Value) -> (String, u32, u32) {
    let id = row["id"].as_str().unwrap_or_default();
    let (family, rest) = id.split_once('-').unwrap_or((id, ""));
    let (number, more) = rest.split_once('.').unwrap_or((rest, "0"));
    (family.to_owned(), number.parse().unwrap_or(0), more.parse().unwrap_or(0))
}
