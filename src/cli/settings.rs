//! The configuration of a run: the file of the root, what it stands on, and its faults as shown.

use super::args::{Check, Scan};
use super::files::{self, File, Files};
use super::{Failure, decisions, ruleset};
use crate::catalogue;
use crate::config::{self, ConfigError, Layer, Place, Settings};
use crate::discover::Tree;
use crate::source::Source;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Most files that may stand on one another.
const DEEPEST: usize = 8;

const CONFIG: &str = "obsproof.toml";

/// The configuration (`--config`, else `obsproof.toml` in the root, else the defaults), and what
/// people decided.
pub(super) fn settings(scan: &Scan, root: &Path, today: &str) -> Result<Settings, Failure> {
    let path = match &scan.config {
        Some(path) => Some(path.clone()),
        // What goes by this name and is no file is told, not passed over.
        None => Some(root.join(CONFIG)).filter(|path| path.symlink_metadata().is_ok()),
    };
    let reads = Files::on_disk(root);
    let first = path.map(|path| reads.read(&path, shown_from(root, &path))).transpose()?;
    let mut settings = of_file(first, reads, today)?;
    decisions::read(&decisions::on_disk(root), today, &mut settings)?;
    Ok(settings)
}

/// The configuration among files that git holds; `--config` is read from disk, and so is what
/// stands outside of them.
pub(super) fn settings_held(
    scan: &Scan,
    root: &Path,
    files: &Tree,
    today: &str,
) -> Result<Settings, Failure> {
    if scan.config.is_some() {
        return settings(scan, root, today);
    }
    let reads = Files::held(root, files);
    let is_held = files.entries.iter().any(|entry| entry.path == CONFIG);
    let first = is_held.then(|| reads.read(&root.join(CONFIG), CONFIG.to_owned())).transpose()?;
    let mut settings = of_file(first, reads, today)?;
    decisions::read(&decisions::held(files), today, &mut settings)?;
    Ok(settings)
}

/// A configuration file with all that it stands on.
fn of_file(first: Option<File>, reads: Files<'_>, today: &str) -> Result<Settings, Failure> {
    let Some(first) = first else {
        ruleset::bring_into_force(reads, None)?;
        return Ok(Settings::default());
    };
    // One that git holds is named from the root.
    let root = reads.root;
    let real = root.join(&first.path).canonicalize().or_else(|_| first.path.canonicalize()).ok();
    let below = real.as_deref().and_then(|real| real.strip_prefix(root).ok());
    let file = below.map(|path| path.to_string_lossy().into_owned());
    let shown = first.shown.clone();
    let files = chain(first, reads)?;
    ruleset::bring_into_force(reads, standard_of(&files, reads)?)?;
    let mut settings = Settings::default();
    for (number, file) in files.into_iter().enumerate().rev() {
        let place = if number == 0 { Place::Root } else { Place::Base };
        let layer = Layer { name: &file.shown, text: file.text, place };
        settings = config::read_onto(layer, settings, today).map_err(faults)?;
    }
    pinned(&settings, &shown)?;
    Ok(Settings { file, ..settings })
}

/// Refuses to judge with another release or other rules than those that are pinned.
fn pinned(settings: &Settings, shown: &str) -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if let Some(wanted) = &settings.required_version
        && !config::fits_version(wanted, version)
    {
        let message = format!("{shown} wants obsproof {wanted}, and this is {version}");
        return Err(Failure::new(message).help("run that release, or change `required-version`"));
    }
    let own = catalogue::ruleset();
    match &settings.ruleset {
        Some(wanted) if !wanted.eq_ignore_ascii_case(own) => {
            Err(Failure::new(format!("{shown} wants the rules {wanted}, and these are {own}"))
                .help(
                    "run the release that has them, or look at the new ones and change `ruleset`",
                ))
        }
        _ => Ok(()),
    }
}

/// A path as it is shown: from the root where it is named from there.
fn shown_from(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// The standard that the nearest of these files names.
fn standard_of(files: &[File], reads: Files<'_>) -> Result<Option<File>, Failure> {
    let named = files.iter().find_map(|file| Some((file, config::standard_named(&file.text)?)));
    let Some((by, named)) = named else { return Ok(None) };
    let folder = by.path.parent().unwrap_or(Path::new(""));
    let path = folder.join(&named);
    // Faults are shown with their lines: those of files elsewhere are nobody's business.
    let real = |path: &Path| path.canonicalize().ok();
    let base = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if let (Some(file), Some(base)) = (real(&path), real(base))
        && !file.starts_with(&base)
    {
        return Err(Failure::new(format!("`standard` in {} names a file elsewhere", by.shown))
            .help("keep it in the folder of the file that names it, or below"));
    }
    let file = reads.read(&path, shown_from(reads.root, &path)).map_err(|failure| Failure {
        message: format!("{}, named by `standard` in {}", failure.message, by.shown),
        help: Some("the path is taken from the folder of the file that names it".to_owned()),
    })?;
    Ok(Some(file))
}

/// A file and all that it stands on, itself first.
fn chain(first: File, reads: Files<'_>) -> Result<Vec<File>, Failure> {
    let mut folder = first.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut seen = vec![first.path.canonicalize().unwrap_or_else(|_| first.path.clone())];
    let mut files = vec![first];
    while let Some(named) = files.last().and_then(|file| config::extends(&file.text)) {
        let by = files.last().map_or(String::new(), |file| file.shown.clone());
        let at = format!("{by}:{}", named.line);
        let path = folder.join(&named.file);
        let shown = shown_from(reads.root, &path);
        let file = reads.read(&path, shown.clone()).map_err(|failure| Failure {
            message: format!("{}, named by `extends` in {at}", failure.message),
            help: Some("the path is taken from the folder of the file that names it".to_owned()),
        })?;
        let hash = format!("{:x}", Sha256::digest(file.text.as_bytes()));
        match named.sha256.as_deref().map(|pin| pin.trim_start_matches("sha256:")) {
            Some(pin) if pin.eq_ignore_ascii_case(&hash) => {}
            Some(_) => {
                return Err(Failure::new(format!("{shown} is not the file that {at} pins"))
                    .help(format!("look what changed; then write extends-sha256 = \"{hash}\"")));
            }
            None => {
                return Err(Failure::new(format!("`extends` in {at} pins no content"))
                    .help(format!("write extends-sha256 = \"{hash}\" beside it")));
            }
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.contains(&real) || seen.len() >= DEEPEST {
            return Err(Failure::new(format!("`extends` in {at} goes round, or too deep"))
                .help(format!("at most {DEEPEST} files stand on one another, each once")));
        }
        seen.push(real);
        folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        files.push(file);
    }
    Ok(files)
}

/// The faults of a configuration file, each with its place.
pub(super) fn faults((source, errors): (Box<Source>, Vec<ConfigError>)) -> Failure {
    let shown = &source.path;
    let mut message = format!("{shown} cannot be used");
    for error in &errors {
        let at = source.position(error.span.start);
        let line = source.line_text(at.line);
        let width = (error.span.end - error.span.start).max(1) as usize;
        let width = width.min(line.chars().count().saturating_sub(at.column as usize - 1).max(1));
        let pad = " ".repeat(at.line.to_string().len());
        let mark = format!("{}{}", " ".repeat(at.column as usize - 1), "^".repeat(width));
        message.push_str(&format!(
            "\n{pad} --> {shown}:{}:{}\n{} | {line}\n{pad} | {mark} {}\n{pad} = {}",
            at.line, at.column, at.line, error.message, error.help
        ));
    }
    Failure::shown(message)
}

/// What holds for a path below the root: the files of the folders around it on top of the root's.
pub(super) fn around(
    settings: Settings,
    root: &Path,
    path: &Path,
    today: &str,
) -> Result<Settings, Failure> {
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let folders: Vec<PathBuf> = below.ancestors().map(Path::to_path_buf).collect();
    let mut settings = settings;
    for folder in folders.iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
        let file = root.join(folder).join("obsproof.toml");
        if file.symlink_metadata().is_err() {
            continue;
        }
        let folder = folder.to_string_lossy().replace('\\', "/");
        let shown = format!("{folder}/obsproof.toml");
        let text = files::read(&file, shown.clone())?.text;
        let layer = Layer { name: &shown, text, place: Place::Folder(&folder) };
        let nested = config::read_onto(layer, settings.around(&folder), today).map_err(faults)?;
        settings.nest(&folder, nested);
    }
    Ok(settings)
}

/// No flag sets what the configuration locks.
pub(super) fn unlocked(settings: &Settings, arguments: &Check) -> Result<(), Failure> {
    let flags = [
        ("select", !arguments.select.is_empty()),
        ("ignore", !arguments.ignore.is_empty()),
        ("class", !arguments.class.is_empty()),
        ("fail-on", arguments.fail_on.is_some()),
        ("profile", arguments.profile.is_some()),
    ];
    for (key, _) in flags.into_iter().filter(|(_, given)| *given) {
        if let Some(by) = settings.locked_by(key) {
            return Err(Failure::new(format!("`--{key}` sets what {by} locks"))
                .help("leave the flag out, or have it changed there"));
        }
    }
    Ok(())
}
