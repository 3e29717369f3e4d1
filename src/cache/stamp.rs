//! What says that a file is what it was, without reading it.

use borsh::{BorshDeserialize, BorshSerialize};
use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the file system says of a file; it changes with the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Stamp {
    size: u64,
    device: u64,
    inode: u64,
    /// When the content was written: anybody can set it.
    modified: (i64, i64),
    /// When anything of the file was written: only the system sets it.
    changed: (i64, i64),
}

/// How far a file system's clock may lag, or its times be rounded.
const COARSE: Duration = Duration::from_secs(3);

impl Stamp {
    /// The stamp of a file; none on systems that do not tell enough.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        Some(Stamp {
            size: metadata.size(),
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// The stamp of a file; none on systems that do not tell enough.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Stamp> {
        None
    }

    /// Whether a change after this time would show: the file was last written well before it.
    ///
    /// What is written twice within one tick of a clock has the same times both times.
    pub fn is_settled(&self, before: SystemTime) -> bool {
        let Some(limit) = before.checked_sub(COARSE) else { return false };
        let Ok(limit) = limit.duration_since(UNIX_EPOCH) else { return false };
        let seconds = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        self.modified.0 < seconds && self.changed.0 < seconds
    }

    /// The stamp as bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        borsh::to_vec(self).unwrap_or_default()
    }
}

/// What says that a file is what it was.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Mark {
    /// What the file system says of it.
    Stamp(Stamp),
    /// What git calls its content.
    Object(String),
}
