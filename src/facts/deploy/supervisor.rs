//! What supervisord starts: the commands of `[program:x]`, in its own file or in a script that
//! writes one.

use super::Supervised;
use super::words::split_words;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;

/// Reads the programs that are started with the others, and again when they end.
pub fn read_supervised(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    if !text.contains("[program:") {
        return;
    }
    let mut open: Option<Program> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_end();
        if body.starts_with('[') {
            facts.supervised.extend(open.take().and_then(|it| it.read(text, map, document)));
            open = body.starts_with("[program:").then(Program::default);
            continue;
        }
        let Some(program) = &mut open else { continue };
        // What is indented goes on with the line before.
        if body.starts_with([' ', '\t']) {
            if program.goes_on {
                program.command.1 = start + body.len();
            }
            continue;
        }
        let Some((key, value)) = body.split_once('=') else { continue };
        let value = value.trim();
        program.goes_on = key.trim_end() == "command";
        match key.trim_end() {
            "command" => {
                let from = start + (value.as_ptr() as usize - line.as_ptr() as usize);
                program.command = (from, from + value.len());
            }
            "autostart" | "autorestart" if value == "false" => program.ends = true,
            _ => {}
        }
    }
    facts.supervised.extend(open.and_then(|it| it.read(text, map, document)));
}

/// A section that is being read.
#[derive(Default)]
struct Program {
    /// Where its command stands.
    command: (usize, usize),
    /// The line before was one of its command.
    goes_on: bool,
    /// It is not started, or not again.
    ends: bool,
}

impl Program {
    fn read(self, text: &str, map: &OffsetMap, document: DocumentId) -> Option<Supervised> {
        let (from, to) = self.command;
        let command = text.get(from..to).filter(|it| !it.is_empty() && !self.ends)?;
        let line = Scalar {
            text: command.to_owned(),
            span: map.span(from, to),
            known: !placeholder::is_in(command),
            plain: true,
        };
        Some(Supervised { document, words: split_words(&line) })
    }
}
