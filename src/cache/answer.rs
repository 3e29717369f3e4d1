//! Whole answers: of the same files, asked the same, the same build says the same again.

use super::folder::Folder;
use super::shard::seal;
use super::{Hash, Mark, hash};
use crate::lang::quick::steady_hash;
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// Begins every answer, with the version of its form.
const MAGIC: &[u8; 16] = b"obsproof answer1";

/// Answers that are kept of one tree: it is asked in a few ways.
const SLOTS: u64 = 8;

/// Longest answer that is kept, in bytes.
const LONGEST: usize = 24 << 20;

/// What was asked, and the state of every file that it was asked of.
#[derive(Debug)]
pub struct Question {
    asked: Hash,
    state: Hash,
    slot: u64,
    /// Whether a change of any file after the question would show.
    settled: bool,
}

/// What was said, and how the run ended.
#[derive(Debug)]
pub struct Answer {
    /// The exit code.
    pub code: u8,
    /// The file that holds it.
    bytes: Vec<u8>,
}

impl Answer {
    /// The output.
    pub fn text(&self) -> &[u8] {
        &self.bytes[HEAD..]
    }
}

/// Bytes before the seal's end.
const SEALED: usize = MAGIC.len() + size_of::<Hash>();

/// Bytes before the text: the seal, the two parts of the question, the exit code.
const HEAD: usize = SEALED + 2 * size_of::<Hash>() + 1;

impl Question {
    /// What is asked (in any words that tell one question from another) of files, by path and mark;
    /// none where a file has no mark. `began` lies before the files were looked at.
    pub fn of<'f>(
        asked: &str,
        began: SystemTime,
        files: impl IntoIterator<Item = (&'f str, Option<&'f Mark>)>,
    ) -> Option<Question> {
        let mut state = Sha256::new();
        let mut settled = true;
        for (path, mark) in files {
            let Some(Mark::Stamp(stamp)) = mark else { return None };
            settled &= stamp.is_settled(began);
            state.update(path.as_bytes());
            state.update([0]);
            state.update(stamp.bytes());
        }
        let slot = steady_hash(asked) % SLOTS;
        Some(Question {
            asked: hash(asked.as_bytes()),
            state: state.finalize().into(),
            slot,
            settled,
        })
    }

    /// What was said to this question before.
    pub fn answer(&self, folder: &Folder) -> Option<Answer> {
        let bytes = folder.read(&self.name())?;
        let (head, body) = bytes.split_at_checked(SEALED)?;
        let whole = head.starts_with(MAGIC) && head[MAGIC.len()..] == seal(body, folder.tool());
        let about = [self.asked, self.state].concat();
        let &code = body.strip_prefix(about.as_slice()).filter(|_| whole)?.first()?;
        Some(Answer { code, bytes })
    }

    /// Keeps what is said; an answer that is long, or of files that may change unseen, is not kept.
    pub fn keep(&self, folder: &Folder, code: u8, text: &[u8]) {
        if !self.settled || text.len() > LONGEST || !folder.prepare() {
            return;
        }
        let body = [&self.asked, &self.state, [code].as_slice(), text].concat();
        let bytes = [MAGIC, seal(&body, folder.tool()).as_slice(), &body].concat();
        folder.write(&self.name(), &bytes);
    }

    fn name(&self) -> String {
        name_of(self.slot)
    }
}

/// Names of all answers in the folder of a tree.
pub(super) fn names() -> impl Iterator<Item = String> {
    (0..SLOTS).map(name_of)
}

fn name_of(slot: u64) -> String {
    format!("answer-{slot}")
}
