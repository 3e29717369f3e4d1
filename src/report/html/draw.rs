//! Pictures: boxes in columns and rows, and lines between them.

use serde::Serialize;

/// Where boxes stand: how large they are, and the steps from one to the next.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// Left of the first column, above the first row.
    pub left: usize,
    pub top: usize,
    /// A box.
    pub wide: usize,
    pub high: usize,
    /// From column to column, from row to row.
    pub step: usize,
    pub row: usize,
}

/// The size of a picture.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Frame {
    pub width: usize,
    pub height: usize,
}

/// A corner of a box.
pub(super) type Point = (usize, usize);

impl Grid {
    /// The upper left corner of a box.
    pub(super) fn corner(&self, column: usize, row: usize) -> Point {
        (self.left + column * self.step, self.top + row * self.row)
    }

    /// The middle of a box's right side.
    pub(super) fn exit(&self, (x, y): Point) -> Point {
        (x + self.wide, y + self.high / 2)
    }

    /// The middle of a box's left side.
    pub(super) fn entry(&self, (x, y): Point) -> Point {
        (x, y + self.high / 2)
    }

    /// A line from one box to another, and its middle. Within a column it leaves to the right and
    /// comes back.
    pub(super) fn line(&self, from: Point, to: Point) -> (String, Point) {
        let (x1, y1) = self.exit(from);
        if from.0 == to.0 {
            let (x2, y2) = self.exit(to);
            let out = x1 + self.step.saturating_sub(self.wide) - 4;
            return (
                format!("M{x1} {y1}C{out} {y1} {out} {y2} {x2} {y2}"),
                (out - 6, (y1 + y2) / 2),
            );
        }
        let (x2, y2) = self.entry(to);
        let bend = (x2 - x1) / 2;
        let path = format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2 - bend);
        (path, ((x1 + x2) / 2, (y1 + y2) / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn lines_join_boxes_beside_and_below_each_other() {
        let grid = Grid { left: 1, top: 10, wide: 100, high: 40, step: 130, row: 50 };
        let (first, below, beside) = (grid.corner(0, 0), grid.corner(0, 2), grid.corner(1, 1));
        assert_eq!((first, below, beside), ((1, 10), (1, 110), (131, 60)));
        assert_eq!(grid.line(first, beside), ("M101 30C116 30 116 80 131 80".into(), (116, 55)));
        assert_eq!(grid.line(first, below), ("M101 30C127 30 127 130 101 130".into(), (121, 80)));
    }
}
