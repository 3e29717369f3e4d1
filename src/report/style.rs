//! Colours of the terminal's own palette, or none.

/// Whether output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Emit escape sequences, and box characters.
    pub colour: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// An error.
    pub fn error(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// A warning.
    pub fn warning(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    /// A note.
    pub fn note(self, text: &str) -> String {
        self.paint("1;36", text)
    }

    /// Something to read first.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Something to read last.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}
