//! Whole answers: of the same files, asked the same, the same build says the same again.

use super::folder::Folder;
use super::shard::seal;
use super::{Hash, Mark, hash};
use crate::lang::quick::steady_hash;
use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// Begins every answer, with the version of its form.
const MAGIC: &[u8; 16] = b"obsproof answer1";

/// Answers that are kept of one tree: it is asked in a few ways.
const SLOTS: u64 = 8;

/// Longest answer that is kept, in bytes.
const LONGEST: usize = 16 << 20;

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
#[derive(Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Answer {
    /// The exit code.
    pub code: u8,
    /// The output.
    pub text: Vec<u8>,
}

/// An answer as it is kept.
#[derive(BorshSerialize, BorshDeserialize)]
struct Kept {
    asked: Hash,
    state: Hash,
    answer: Answer,
}

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
        let body = MAGIC.len() + folder.tool().len();
        let head = bytes.get(..body).filter(|head| head.starts_with(MAGIC))?;
        (head[MAGIC.len()..] == seal(&bytes[body..], folder.tool())).then_some(())?;
        let kept = Kept::try_from_slice(&bytes[body..]).ok()?;
        (kept.asked == self.asked && kept.state == self.state).then_some(kept.answer)
    }

    /// Keeps what is said; an answer that is long, or of files that may change unseen, is not kept.
    pub fn keep(&self, folder: &Folder, answer: Answer) {
        if !self.settled || answer.text.len() > LONGEST || !folder.prepare() {
            return;
        }
        let kept = Kept { asked: self.asked, state: self.state, answer };
        let Ok(body) = borsh::to_vec(&kept) else { return };
        let bytes = [MAGIC, seal(&body, folder.tool()).as_slice(), &body].concat();
        folder.write(&self.name(), &bytes);
    }

    fn name(&self) -> String {
        format!("answer-{}", self.slot)
    }
}
