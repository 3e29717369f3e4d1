//! From a root to its files: sorted, with a reason for every file passed over.
//!
//! The only stage that touches the file system. Nothing is followed out of the tree, nothing
//! is executed, and no file is opened that could block (FIFOs, devices). Files that git holds are
//! files like those on disk to every later stage.

pub mod delta;
mod held;
mod similar;

pub use held::held;

use crate::cache::{Mark, Stamp};
use crate::git;
use crate::source::{Again, Encoding, Source, encoded};
use ignore::WalkState;
use ignore::gitignore::Gitignore;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Why a file was not analysed; a closed list.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Skip {
    /// Template text that does not parse even when masked.
    Templated,
    /// Larger than the size cap.
    TooLarge,
    /// Text in no encoding that is read.
    NotUtf8,
    /// Not text.
    Binary,
    /// The system refused to open or read it.
    Unreadable,
    /// A FIFO, socket or device.
    SpecialFile,
    /// Nested deeper than is safe to parse.
    TooDeep,
    /// A dialect the tool recognises and does not check.
    Dialect,
    /// Somebody else's source code in this tree.
    Vendored,
    /// Source code written by a program.
    Generated,
}

impl Skip {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Skip::Templated => "templated",
            Skip::TooLarge => "too-large",
            Skip::NotUtf8 => "not-utf8",
            Skip::Binary => "binary",
            Skip::Unreadable => "unreadable",
            Skip::SpecialFile => "special-file",
            Skip::TooDeep => "too-deep",
            Skip::Dialect => "dialect",
            Skip::Vendored => "vendored",
            Skip::Generated => "generated",
        }
    }
}

/// Largest file that is read, in bytes.
pub const SIZE_CAP: u64 = 16 * 1024 * 1024;

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub enum Content {
    /// On disk.
    Disk(PathBuf),
    /// In git.
    Git(git::Blob),
    /// Here: what a fix or another program made of a file.
    Text(String),
}

impl Content {
    /// The bytes as they are.
    ///
    /// # Errors
    /// Why they are not read.
    pub fn bytes(&self) -> Result<Vec<u8>, Skip> {
        match self {
            Content::Disk(path) => read_capped(path).map(|(bytes, _)| bytes),
            Content::Text(text) => Ok(text.clone().into_bytes()),
            Content::Git(blob) => blob.read(SIZE_CAP).map_err(|missing| match missing {
                git::Missing::TooLarge => Skip::TooLarge,
                git::Missing::Unreadable => Skip::Unreadable,
            }),
        }
    }

    /// The bytes as they are, and whether the file is still what this mark says.
    ///
    /// # Errors
    /// Why they are not read.
    pub fn bytes_and_mark(&self, mark: &Mark) -> Result<(Vec<u8>, bool), Skip> {
        let (Content::Disk(path), Mark::Stamp(stamp)) = (self, mark) else {
            return self.bytes().map(|bytes| (bytes, false));
        };
        let (bytes, file) = read_capped(path)?;
        // Asked after the last byte was read: who wrote meanwhile has left a trace.
        let now = file.metadata().ok().as_ref().and_then(Stamp::of);
        Ok((bytes, now.as_ref() == Some(stamp)))
    }

    /// The text once more, of a file that was read before.
    pub fn again(self) -> Again {
        Box::new(move || decode(self.bytes().ok()?).ok().map(|(text, _)| text))
    }
}

/// One file of the tree.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where its bytes are.
    pub content: Content,
    /// Path relative to the root, with `/`, percent-encoded where not UTF-8.
    pub path: String,
    /// Its size in bytes where the walk saw it, so that large files can come first; else 0.
    pub size: u64,
    /// Why it is not read at all, if so.
    pub skip: Option<Skip>,
    /// What tells without reading it whether it is what it was.
    pub mark: Option<Mark>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub struct Tree {
    /// All files, sorted by path.
    pub entries: Vec<Entry>,
    /// Folders that could not be read, with the system's reason.
    pub unreadable: Vec<(String, String)>,
}

/// Walks `root`: `.gitignore` as ripgrep does, hidden folders included, `.git` not.
///
/// `only` limits the walk to these paths (files or folders under the root); empty means all.
pub fn walk(root: &Path, only: &[PathBuf]) -> Tree {
    let mut tree = Tree::default();
    let starts: Vec<&Path> =
        if only.is_empty() { vec![root] } else { only.iter().map(PathBuf::as_path).collect() };
    let blocked: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    for start in starts {
        // Files of folders above steer the walk as well.
        if let Some(file) = start.ancestors().find_map(waits) {
            tree.unreadable.push((relative(root, &file), NO_FILE.to_owned()));
            continue;
        }
        let seen = Arc::clone(&blocked);
        let found = Mutex::new(Vec::new());
        ignore::WalkBuilder::new(start)
            .hidden(false)
            .git_global(false)
            .ignore(true)
            .follow_links(false)
            .filter_entry(move |entry| {
                let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let waiting = if folder { waits(entry.path()) } else { None };
                if let (Some(file), Ok(mut seen)) = (&waiting, seen.lock()) {
                    seen.push(file.clone());
                }
                entry.file_name() != ".git" && waiting.is_none()
            })
            .threads(if is_small(start) { 1 } else { rayon::current_num_threads() })
            .build_parallel()
            .run(|| Box::new(|entry| note(&found, entry.map(|entry| entry_of(root, entry)))));
        for entry in found.into_inner().unwrap_or_default() {
            match entry {
                Ok(entry) => tree.entries.extend(entry),
                Err(error) => tree.refused(root, &error),
            }
        }
    }
    let blocked = blocked.lock().map(|mut blocked| std::mem::take(&mut *blocked));
    let blocked = blocked.unwrap_or_default();
    tree.unreadable.extend(blocked.iter().map(|file| (relative(root, file), NO_FILE.to_owned())));
    tree.entries.sort_by(|a, b| a.path.cmp(&b.path));
    tree.entries.dedup_by(|a, b| a.path == b.path);
    tree.unreadable.sort();
    tree
}

/// Most files and folders that one thread walks alone: threads that wait for each other sleep for a
/// millisecond at a time.
const SMALL: usize = 1024;

/// Whether a tree has few files and folders, those included that the walk will pass over.
fn is_small(start: &Path) -> bool {
    let mut folders = vec![start.to_path_buf()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            count += 1;
            if count > SMALL {
                return false;
            }
            let deeper = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if deeper && entry.file_name() != ".git" {
                folders.push(entry.path());
            }
        }
    }
    true
}

/// What is said of a pipe or device in the place of a file that steers the walk.
const NO_FILE: &str = "it is a pipe or a device, so its folder is not read";

/// The pipe or device that the walk would wait for in this folder, as it opens what steers it.
fn waits(folder: &Path) -> Option<PathBuf> {
    let steering = [".gitignore", ".ignore", ".git/info/exclude"];
    steering
        .iter()
        .map(|name| folder.join(name))
        .find(|file| fs::metadata(file).is_ok_and(|found| !found.is_file() && !found.is_dir()))
}

/// All files of a folder, whatever `.gitignore` says of them: output of a program.
pub fn all_files(folder: &Path) -> Tree {
    let mut tree = Tree::default();
    let mut walker = ignore::WalkBuilder::new(folder);
    for entry in walker.standard_filters(false).follow_links(false).build() {
        match entry {
            Ok(entry) => tree.entries.extend(entry_of(folder, entry)),
            Err(error) => tree.refused(folder, &error),
        }
    }
    tree.entries.sort_by(|a, b| a.path.cmp(&b.path));
    tree
}

/// What one step of the walk found; nothing of a folder.
type Found = Result<Option<Entry>, ignore::Error>;

fn note(found: &Mutex<Vec<Found>>, entry: Found) -> WalkState {
    if let (Ok(mut found), false) = (found.lock(), matches!(entry, Ok(None))) {
        found.push(entry);
    }
    WalkState::Continue
}

fn entry_of(root: &Path, entry: ignore::DirEntry) -> Option<Entry> {
    let kind = entry.file_type()?;
    if kind.is_dir() || kind.is_symlink() {
        return None;
    }
    let path = relative(root, entry.path());
    let metadata = entry.metadata().ok();
    let size = metadata.as_ref().filter(|_| kind.is_file()).map_or(0, |metadata| metadata.len());
    let skip = if !kind.is_file() {
        Some(Skip::SpecialFile)
    } else if size > SIZE_CAP {
        Some(Skip::TooLarge)
    } else {
        None
    };
    let mark = metadata.as_ref().and_then(Stamp::of).map(Mark::Stamp);
    Some(Entry { content: Content::Disk(entry.into_path()), path, size, skip, mark })
}

impl Tree {
    fn refused(&mut self, root: &Path, error: &ignore::Error) {
        let mut path = String::from(".");
        let mut inner = error;
        loop {
            match inner {
                ignore::Error::WithPath { path: at, err } => {
                    path = relative(root, at);
                    inner = err;
                }
                ignore::Error::WithDepth { err, .. }
                | ignore::Error::WithLineNumber { err, .. } => {
                    inner = err;
                }
                _ => break,
            }
        }
        self.unreadable.push((path, inner.to_string()));
    }
}

/// A path relative to the root, with `/`; bytes that are not UTF-8 are percent-encoded.
pub fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let mut out = String::new();
    for component in path.components() {
        if let std::path::Component::Normal(name) = component {
            if !out.is_empty() {
                out.push('/');
            }
            out.push_str(&encoded(name.as_encoded_bytes()));
        }
    }
    if out.is_empty() {
        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(out)
    } else {
        out
    }
}

/// Reads a file's text.
///
/// # Errors
/// Why it is not text that can be analysed.
pub fn load(entry: &Entry) -> Result<Source, Skip> {
    if let Some(skip) = entry.skip {
        return Err(skip);
    }
    of_bytes(entry, entry.content.bytes()?)
}

/// The text in the bytes of a file.
///
/// # Errors
/// Why they are not text that can be analysed.
pub fn of_bytes(entry: &Entry, bytes: Vec<u8>) -> Result<Source, Skip> {
    // Text that was UTF-16 is no longer what stands on disk.
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let sha256 = utf16.then(|| sha256(&bytes));
    let (text, encoding) = decode(bytes)?;
    let mut source = Source::new(entry.path.clone(), text, encoding);
    source.sha256 = sha256;
    Ok(source)
}

/// SHA-256 of bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_capped(path: &Path) -> Result<(Vec<u8>, File), Skip> {
    let metadata = fs::symlink_metadata(path).map_err(|_| Skip::Unreadable)?;
    if !metadata.is_file() {
        return Err(Skip::SpecialFile);
    }
    let file = File::open(path).map_err(|_| Skip::Unreadable)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(SIZE_CAP)).unwrap_or(0));
    // The file can grow between the walk and the read.
    let mut capped = file.take(SIZE_CAP + 1);
    capped.read_to_end(&mut bytes).map_err(|_| Skip::Unreadable)?;
    match bytes.len() as u64 > SIZE_CAP {
        true => Err(Skip::TooLarge),
        false => Ok((bytes, capped.into_inner())),
    }
}

/// Bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one.
///
/// # Errors
/// Why the bytes are no text that can be analysed.
pub fn decode(bytes: Vec<u8>) -> Result<(String, Encoding), Skip> {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if memchr::memchr(0, &bytes).is_some() => Err(Skip::Binary),
        _ => match String::from_utf8(bytes) {
            Ok(text) => Ok((text, Encoding::Utf8)),
            Err(error) if looks_binary(error.as_bytes()) => Err(Skip::Binary),
            Err(_) => Err(Skip::NotUtf8),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(String, Encoding), Skip> {
    if !bytes.len().is_multiple_of(2) {
        return Err(Skip::NotUtf8);
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) if text.contains('\0') => Err(Skip::Binary),
        Ok(text) => Ok((text, Encoding::Utf16)),
        Err(_) => Err(Skip::NotUtf8),
    }
}

/// Whether bytes that are no UTF-8 are no text in any encoding: many control characters.
fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let controls = head
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b));
    controls.count() * 50 > head.len()
}

/// Folders whose content is somebody else's.
const VENDORED: &[&str] =
    &["vendor", "node_modules", "third_party", "site-packages", "bower_components"];

/// Folders that pip was told to install packages into: what it writes of each of them says which other
/// entries beside it are theirs, and nothing else is put there.
pub fn installed(entries: &[Entry]) -> Vec<String> {
    /// Packages without which a folder may be the program's own, and was installed once.
    const MANY: usize = 3;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let Some(info) = entry.path.strip_suffix(".dist-info/METADATA") else { continue };
        if let Some((folder, _)) = info.rsplit_once('/') {
            *counts.entry(folder).or_default() += 1;
        }
    }
    let many = counts.into_iter().filter(|(_, count)| *count >= MANY);
    many.map(|(folder, _)| folder.to_owned()).collect()
}

/// Whether a path lies in a folder of somebody else's code.
///
/// `dependencies` are folders of Helm charts that a `Chart.yaml` beside them lists, and those that
/// pip fills.
pub fn is_vendored(path: &str, dependencies: &[String]) -> bool {
    let mut folders = path.split('/').collect::<Vec<_>>();
    folders.pop();
    folders.iter().any(|folder| VENDORED.contains(folder))
        || dependencies.iter().any(|chart| {
            path.strip_prefix(chart.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
}

/// Whether a file says, or `.gitattributes` says of it, that a program writes it.
pub fn is_generated(source: &Source, marks: &Gitignore) -> bool {
    let head = source.text().get(..source.text().len().min(2_000)).unwrap_or(source.text());
    let marked = head.lines().take(20).any(|line| {
        let comment = line.trim_start().starts_with(['#', '/', '*', ';', '<', '-']);
        comment
            && (line.contains("@generated")
                || (line.contains("DO NOT EDIT")
                    && line.to_ascii_lowercase().contains("generated")))
    });
    marked || is_compiled(source) || marks.matched(&source.path, false).is_ignore()
}

/// Whether a script is what a compiler made of another one: it says where its source is, or begins
/// as TypeScript's compiler begins, in a folder for what is built.
fn is_compiled(source: &Source) -> bool {
    let path = source.path.as_str();
    if ![".js", ".cjs", ".mjs"].iter().any(|end| path.ends_with(end)) {
        return false;
    }
    let last = source.text().trim_end().lines().next_back().unwrap_or_default();
    if last.starts_with("//# sourceMappingURL=") {
        return true;
    }
    let built = |folder: &str| matches!(folder, "build" | "compiled" | "dist" | "lib" | "out");
    let mut lines = source.text().lines().take(20);
    path.split('/').any(built)
        && lines.any(|line| line.starts_with("Object.defineProperty(exports, \"__esModule\""))
}
