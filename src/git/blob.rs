//! The names git gives to contents.

use gix::objs::Kind;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// SHA-1, as nearly all do.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Format {
    /// The word git uses.
    pub fn name(self) -> &'static str {
        match self {
            Format::Sha1 => "sha1",
            Format::Sha256 => "sha256",
        }
    }

    pub(super) fn kind(self) -> gix::hash::Kind {
        match self {
            Format::Sha1 => gix::hash::Kind::Sha1,
            Format::Sha256 => gix::hash::Kind::Sha256,
        }
    }

    pub(super) fn of(kind: gix::hash::Kind) -> Format {
        if kind == gix::hash::Kind::Sha256 { Format::Sha256 } else { Format::Sha1 }
    }
}

/// The name git gives to a file with this content: `git hash-object --no-filters`.
pub fn blob_id(bytes: &[u8], format: Format) -> String {
    id(bytes, format.kind()).map(|id| id.to_string()).unwrap_or_default()
}

/// As git hashes an object; none where its bytes attack SHA-1.
pub(super) fn id(bytes: &[u8], kind: gix::hash::Kind) -> Option<gix::ObjectId> {
    gix::objs::compute_hash(kind, Kind::Blob, bytes).ok()
}

/// The name of a file's content, read piece by piece.
pub(super) fn id_of_file(path: &Path, kind: gix::hash::Kind) -> io::Result<Option<gix::ObjectId>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut hasher = gix::hash::hasher(kind);
    hasher.update(&gix::objs::encode::loose_header(Kind::Blob, length));
    let mut piece = vec![0u8; 1 << 16];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
    }
    Ok(hasher.try_finalize().ok())
}

#[cfg(test)]
mod tests {
    use super::{Format, blob_id};

    #[test]
    fn blobs_are_named_as_git_names_them() {
        assert_eq!(blob_id(b"", Format::Sha1), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n", Format::Sha1), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(
            blob_id(b"", Format::Sha256),
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
        );
    }
}
