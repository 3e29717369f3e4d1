//! `check` asked the same of the same files before: what it said then it says again.

use super::check::{Format, Rendering};
use super::{Failure, stream};
use crate::cache::{Folder, Question};
use crate::discover::Tree;
use std::time::{Instant, SystemTime};

/// Stands for the seconds that a run took in a text that is kept: control characters of what is
/// read are never shown as they are.
pub(super) const TOOK: &str = "\0";

/// What is asked, and where answers are kept.
pub(super) struct Asked {
    question: Question,
    folder: Folder,
    format: Format,
    started: Instant,
}

/// When the run began.
#[derive(Clone, Copy)]
pub(super) struct Began {
    at: SystemTime,
    started: Instant,
}

impl Began {
    pub(super) fn now() -> Began {
        Began { at: SystemTime::now(), started: Instant::now() }
    }

    /// Seconds since then, as people read them.
    pub(super) fn took(self) -> String {
        seconds(self.started)
    }
}

impl Asked {
    /// `words` tell apart whatever makes a difference to the answer, but for the files.
    pub(super) fn of(
        folder: &Folder,
        format: Format,
        words: &str,
        tree: &Tree,
        began: Began,
    ) -> Option<Asked> {
        if !tree.unreadable.is_empty() {
            return None;
        }
        let files = tree.entries.iter().map(|entry| (entry.path.as_str(), entry.mark.as_ref()));
        let question = Question::of(words, began.at, files)?;
        Some(Asked { question, folder: folder.clone(), format, started: began.started })
    }

    /// Says what was said before; the exit code of then.
    pub(super) fn answer(&self) -> Result<Option<u8>, Failure> {
        let Some(answer) = self.question.answer(&self.folder) else { return Ok(None) };
        self.say(answer.text())?;
        Ok(Some(answer.code))
    }

    /// Says what a run found, and keeps it for the next time.
    pub(super) fn say_and_keep(&self, run: &Rendering<'_>, code: u8) -> Result<(), Failure> {
        let mut text = Vec::new();
        run.write(self.format, true, &mut text)?;
        self.say(&text)?;
        if run.is_whole() {
            self.question.keep(&self.folder, code, &text);
        }
        Ok(())
    }

    fn say(&self, text: &[u8]) -> Result<(), Failure> {
        // Programs are not told how long it took.
        let timed = Some(text).filter(|_| self.format == Format::Human);
        let at = timed.and_then(|text| memchr::memrchr(TOOK.as_bytes()[0], text));
        let (before, after) = at.map_or((text, &[][..]), |at| (&text[..at], &text[at + 1..]));
        let took = if at.is_some() { seconds(self.started) } else { String::new() };
        stream(|out| {
            out.write_all(before)?;
            out.write_all(took.as_bytes())?;
            out.write_all(after)
        })?;
        Ok(())
    }
}

fn seconds(since: Instant) -> String {
    format!("{:.2}", since.elapsed().as_secs_f64())
}
