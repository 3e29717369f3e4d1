//! Fluent Bit's classic configuration: sections, keys and values by indentation.
//!
//! Follows the program's own reader: the first indented line fixes the indentation of the file,
//! a key ends at the first space, groups are indented twice. A fault costs its line only.

use super::text::{Fault, Piece};

/// A section, or a group inside one.
#[derive(Clone, Debug)]
pub struct Section {
    /// The name between the brackets.
    pub name: Piece,
    /// The section a group stands in.
    pub parent: Option<usize>,
    /// Keys and values, in order.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key.
    pub key: Piece,
    /// The value, without blanks around it.
    pub value: Piece,
}

/// A parsed file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Sections and groups, in order.
    pub sections: Vec<Section>,
    /// Paths of `@INCLUDE`.
    pub includes: Vec<Piece>,
    /// Commands such as `@SET NAME=value`, without the `@`.
    pub commands: Vec<Piece>,
    /// What the program refuses.
    pub faults: Vec<Fault>,
}

/// Parses a text; never fails.
pub fn parse(text: &str) -> Config {
    let mut parser = Parser {
        text,
        config: Config::default(),
        indent: None,
        section: None,
        group: None,
        faulty: false,
    };
    let mut start = 0;
    for line in text.split('\n') {
        let bare = line.strip_suffix('\r').unwrap_or(line);
        parser.line(start, bare);
        start += line.len() + 1;
    }
    parser.config
}

struct Parser<'t> {
    text: &'t str,
    config: Config,
    /// What the first indented line begins with.
    indent: Option<&'t str>,
    section: Option<usize>,
    group: Option<usize>,
    /// The section has a fault: what follows in it would only repeat that.
    faulty: bool,
}

/// How a line is indented.
enum Level {
    Entry(usize),
    Group(usize),
}

impl<'t> Parser<'t> {
    fn fault(&mut self, start: usize, end: usize, message: &'static str) {
        if std::mem::replace(&mut self.faulty, true) {
            return;
        }
        self.config.faults.push(Fault { piece: Piece::trimmed(self.text, start, end), message });
    }

    fn line(&mut self, start: usize, line: &'t str) {
        let end = start + line.len();
        match line.as_bytes().first() {
            None | Some(b'#') => {}
            Some(b'@') => self.command(start, line),
            Some(b'[') => self.header(start, line),
            Some(_) => {
                let first = line.len() - line.trim_start_matches([' ', '\t']).len();
                let indent = *self.indent.get_or_insert(&line[..first]);
                if first == 0 {
                    return self.fault(start, end, "a key must be indented below its section");
                }
                // The line that fixes the indentation may be blank itself.
                if first == line.len() && indent.len() == line.len() {
                    return;
                }
                match level(line, indent) {
                    Ok(level) => self.indented(start, line, level),
                    Err(message) => self.fault(start, end, message),
                }
            }
        }
    }

    fn command(&mut self, start: usize, line: &str) {
        let end = start + line.len();
        let word = line.get(..9).unwrap_or_default();
        if word.eq_ignore_ascii_case("@INCLUDE ") && line.len() > 9 {
            self.config.includes.push(Piece::trimmed(self.text, start + 9, end));
        } else if line.len() > 3 {
            self.config.commands.push(Piece::trimmed(self.text, start + 1, end));
        } else {
            self.fault(start, end, "this is no command");
        }
    }

    fn header(&mut self, start: usize, line: &str) {
        self.group = None;
        self.faulty = false;
        let end = line.find(']').unwrap_or(line.trim_end().len());
        if end == line.trim_end().len() {
            self.fault(start, start + line.len(), "this header has no `]`");
        }
        let name = Piece { start: start + 1, end: start + end.max(1) };
        self.section = Some(self.config.sections.len());
        self.config.sections.push(Section { name, parent: None, entries: Vec::new() });
    }

    fn indented(&mut self, start: usize, line: &'t str, level: Level) {
        let at = match level {
            Level::Entry(at) => {
                self.group = None;
                at
            }
            Level::Group(at) => at,
        };
        let body = &line[at..];
        let (start, end) = (start + at, start + line.len());
        if body.is_empty() || body.starts_with('#') {
            return;
        }
        if body.starts_with('[') && body.contains(' ')
            || body.trim_end().ends_with(']') && body.starts_with('[')
        {
            return self.group(start, body);
        }
        let Some(blank) = body.find(' ') else {
            return self.fault(start, end, "this key has no value");
        };
        let value = Piece::trimmed(self.text, start + blank + 1, end);
        if value.start == value.end {
            return self.fault(start, end, "this key has no value");
        }
        let entry = Entry { key: Piece { start, end: start + blank }, value };
        match self.group.or(self.section) {
            Some(section) => self.config.sections[section].entries.push(entry),
            None => self.fault(start, start + blank, "this key stands in no section"),
        }
    }

    fn group(&mut self, start: usize, body: &str) {
        let end = start + body.len();
        let Some(close) = body.find(']') else {
            return self.fault(start, end, "this group has no `]`");
        };
        let Some(parent) = self.section else {
            return self.fault(start, end, "this group stands in no section");
        };
        let name = Piece { start: start + 1, end: start + close };
        self.group = Some(self.config.sections.len());
        self.config.sections.push(Section { name, parent: Some(parent), entries: Vec::new() });
    }
}

/// Where the body of a line begins.
fn level(line: &str, indent: &str) -> Result<Level, &'static str> {
    let Some(rest) = line.strip_prefix(indent) else {
        let shared =
            line.bytes().zip(indent.bytes()).take_while(|(one, other)| one == other).count();
        return Err(match line.as_bytes().get(shared) {
            Some(b' ' | b'\t') => "tabs and spaces are mixed in the indentation",
            _ => "this line is indented less than the first key of the file",
        });
    };
    let extra = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    match extra {
        0 => Ok(Level::Entry(indent.len())),
        _ if extra == indent.len() => Ok(Level::Group(indent.len() + extra)),
        _ => Err("this line is indented more than the first key of the file"),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn faults(text: &str) -> Vec<(&str, &str)> {
        let found = parse(text).faults;
        found.into_iter().map(|fault| (&text[fault.piece.range()], fault.message)).collect()
    }

    #[test]
    fn sections_keys_and_commands_are_read() {
        let text = "@SET a=b\n# c\n[INPUT]\n    Name tail\n    # x\n\n    Path   /a b\r\n@INCLUDE x.conf\n[OUTPUT]\n    Name es\n";
        let config = parse(text);
        assert!(config.faults.is_empty(), "{:?}", faults(text));
        let names: Vec<_> = config.sections.iter().map(|one| &text[one.name.range()]).collect();
        assert_eq!(names, ["INPUT", "OUTPUT"]);
        let path = config.sections[0].entries[1];
        assert_eq!((&text[path.key.range()], &text[path.value.range()]), ("Path", "/a b"));
        assert_eq!(&text[config.includes[0].range()], "x.conf");
        assert_eq!(&text[config.commands[0].range()], "SET a=b");
    }

    #[test]
    fn groups_are_indented_twice() {
        let text = "[INPUT]\n  Name a\n  [x y]\n    k v\n  b c\n";
        let config = parse(text);
        assert!(config.faults.is_empty(), "{:?}", faults(text));
        assert_eq!(config.sections[1].parent, Some(0));
        assert_eq!((config.sections[0].entries.len(), config.sections[1].entries.len()), (2, 1));
    }

    #[test]
    fn a_fault_costs_its_line_only() {
        for (text, wrong) in [
            ("[INPUT\n", "[INPUT"),
            ("[INPUT]\n    Name a\n      b c\n    d e\n", "b c"),
            ("[INPUT]\n    Name a\n  b c\n", "b c"),
            ("[INPUT]\n    Name a\n\tb c\n", "b c"),
            ("[INPUT]\n    Name\n", "Name"),
            ("[INPUT]\nName a\n", "Name a"),
            ("    Name a\n", "Name"),
        ] {
            let found = faults(text);
            assert_eq!(found.iter().map(|fault| fault.0).collect::<Vec<_>>(), [wrong], "{text}");
        }
    }
}
