//! Where the cache lies on disk: written at once or not at all, read by its owner alone.

use super::stamp::Stamp;
use super::{Hash, hash};
use object::{Object, ReadCache};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Largest file that is read.
const CAP: u64 = 32 << 20;
/// Most bytes that all trees together take.
const ROOM: u64 = 1 << 30;
/// How long a tree that nobody scans is kept.
const LAST: Duration = Duration::from_secs(30 * 86_400);
/// How often room is made.
const EACH: Duration = Duration::from_secs(86_400);

/// Keeps the cache out of every walk and every commit, wherever it lies.
const IGNORED: [(&str, &str); 3] = [
    (".gitignore", "*\n"),
    (".ignore", "*\n"),
    (
        "CACHEDIR.TAG",
        "Signature: 8a477f597d28d172789f06886806bc55\n# Made by obsproof; see --no-cache.\n",
    ),
];

/// The folder of one tree and one build.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Of all trees.
    top: PathBuf,
    /// Of this tree.
    tree: PathBuf,
    /// The hash of the program.
    tool: Hash,
}

impl Folder {
    /// The folder for a tree below `top`; none if the program cannot tell which build it is.
    ///
    /// `root` is the tree's place on disk, `program` the program's own file.
    pub fn of(top: &Path, root: &Path, program: &Path) -> Option<Folder> {
        let top = top.join("v1");
        let tool = tool(&top, program)?;
        let place = hash(root.as_os_str().as_encoded_bytes());
        let name = format!("{}-{}", hex(&place[..8]), hex(&tool[..8]));
        Some(Folder { tree: top.join("trees").join(name), top, tool })
    }

    /// The hash of the program, which all that is kept is sealed with.
    pub(super) fn tool(&self) -> &Hash {
        &self.tool
    }

    /// The bytes of a file of the cache.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        read(&self.tree.join(name))
    }

    /// Makes the folders; whether they are there now, and nobody else can write them.
    pub(super) fn prepare(&self) -> bool {
        label(&self.top).is_ok() && make(&self.tree).is_ok() && own_folder(&self.tree)
    }

    /// Writes a file of the cache, or leaves what is there.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        // A cache that cannot be written is a slower one.
        let _ = write(&self.tree.join(name), bytes);
    }

    /// Removes a file of the cache.
    pub(super) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.tree.join(name));
    }

    /// Once a day: removes trees that nobody scans any more, and the oldest if all take too much.
    pub(super) fn sweep(&self) {
        let mark = self.top.join("swept");
        let now = SystemTime::now();
        let age = |metadata: &Metadata| now.duration_since(metadata.modified().ok()?).ok();
        if fs::metadata(&mark).ok().and_then(|it| age(&it)).is_some_and(|age| age < EACH)
            || write(&mark, b"").is_err()
        {
            return;
        }
        let Ok(entries) = fs::read_dir(self.top.join("trees")) else { return };
        let mut trees: Vec<(Duration, PathBuf, u64)> = entries
            .flatten()
            .filter_map(|entry| {
                let age = age(&entry.metadata().ok()?).unwrap_or_default();
                Some((age, entry.path(), size(&entry.path())))
            })
            .filter(|(_, path, _)| *path != self.tree)
            .collect();
        trees.sort();
        let mut taken = size(&self.tree);
        for (age, path, size) in trees {
            taken = taken.saturating_add(size);
            if age > LAST || taken > ROOM {
                let _ = fs::remove_dir_all(path);
            }
        }
    }
}

/// The hash of the program. Where no linker gave it an id, all of it is read, which takes longer than
/// a small scan: that is kept under what the file system says of it.
fn tool(top: &Path, program: &Path) -> Option<Hash> {
    if let Some(id) = File::open(program).ok().and_then(build_id) {
        return Some(hash(&[b"build ", id.as_slice()].concat()));
    }
    let stamp = fs::metadata(program).ok().as_ref().and_then(Stamp::of);
    let name = stamp.map(|stamp| {
        let named = [stamp.bytes(), program.as_os_str().as_encoded_bytes().to_vec()].concat();
        top.join("builds").join(hex(&hash(&named)[..16]))
    });
    if let Some(known) = name.as_deref().and_then(read) {
        return known.try_into().ok();
    }
    let tool = hash_of(File::open(program).ok()?)?;
    if let Some(name) = name
        && stamp.is_some_and(|stamp| stamp.is_settled(SystemTime::now()))
        && label(top).is_ok()
        && name.parent().is_some_and(|folder| make(folder).is_ok())
    {
        let _ = write(&name, &tool);
    }
    Some(tool)
}

/// Shortest id that stands for a program's content: a hash of 64 bits.
const SHORTEST: usize = 8;

/// The hash by which the linker knows what it wrote.
fn build_id(program: File) -> Option<Vec<u8>> {
    let parts = ReadCache::new(program);
    let file = object::File::parse(&parts).ok()?;
    let id = match file.build_id().ok()? {
        Some(id) => id.to_vec(),
        None => file.mach_uuid().ok()??.to_vec(),
    };
    (id.len() >= SHORTEST).then_some(id)
}

/// The hash of what a file holds, part by part: a program is larger than all that a run reads.
fn hash_of(mut file: File) -> Option<Hash> {
    let mut part = vec![0; 1 << 17];
    let mut hasher = Sha256::new();
    loop {
        match file.read(&mut part) {
            Ok(0) => return Some(hasher.finalize().into()),
            Ok(length) => hasher.update(&part[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Says in the top folder what it is, before anything else stands there.
fn label(top: &Path) -> io::Result<()> {
    make(top)?;
    for (name, text) in IGNORED {
        let path = top.join(name);
        if !path.exists() {
            write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|it| it.len()).sum()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let found = fs::symlink_metadata(path).ok()?;
    if !found.is_file() || found.len() > CAP || !is_own(&found) {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).ok()?);
    File::open(path).ok()?.take(CAP).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes a file at once: a run beside this one sees the old one or the new one.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = fs::remove_file(&part);
    let written = options.open(&part).and_then(|mut file| file.write_all(bytes));
    let done = written.and_then(|()| fs::rename(&part, path));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn own_folder(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && is_own(&found))
}

/// Whether only this user can have written it.
#[cfg(unix)]
fn is_own(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
