//! Tables as CSV that a spreadsheet opens as text: quoted as RFC 4180 says, and no cell is a formula.

use super::visible;

/// A table being written.
#[derive(Debug, Default)]
pub(super) struct Table {
    text: String,
}

impl Table {
    /// Adds a row.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        for (number, cell) in cells.into_iter().enumerate() {
            if number > 0 {
                self.text.push(',');
            }
            self.cell(cell);
        }
        self.text.push_str("\r\n");
    }

    /// The table as text.
    pub(super) fn text(self) -> String {
        self.text
    }

    fn cell(&mut self, cell: &str) {
        let cell = visible(cell);
        // A spreadsheet takes a cell that begins so for a formula; with `'` before it, for text.
        let risky =
            cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']);
        let quoted = risky || cell.contains(['"', ',', ';', '\n', '\r', '\t']);
        if !quoted {
            self.text.push_str(&cell);
            return;
        }
        self.text.push('"');
        if risky {
            self.text.push('\'');
        }
        self.text.push_str(&cell.replace('"', "\"\""));
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let mut table = Table::default();
        table.row(["plain", "a,b", "say \"x\"", "=1+1", " @SUM(A1)", "two\nlines", ""]);
        assert_eq!(
            table.text(),
            "plain,\"a,b\",\"say \"\"x\"\"\",\"'=1+1\",\"' @SUM(A1)\",two lines,\r\n"
        );
    }
}
