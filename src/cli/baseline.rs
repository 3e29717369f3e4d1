//! `obsproof baseline`, and the baseline of a check.

use super::args::Baseline as Arguments;
use super::write::write_file;
use super::{Failure, load, print, rendered, settings};
use crate::config::Settings;
use crate::discover::delta::{Sample, renames};
use crate::discover::{Content, SIZE_CAP, Tree};
use crate::git::{Format, Repository, blob_id};
use crate::judge::View;
use crate::judge::baseline::{Baseline, Covered, Refusal};
use crate::report::Report;
use crate::scan::{self, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where a baseline is written when nobody says where.
const FILE: &str = ".obsproof/baseline.json";

/// Writes the findings that stand now, or of an older baseline those that still do.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let place = load::place(&arguments.scan.paths)?;
    if !place.only.is_empty() {
        return Err(Failure::new("a baseline holds the findings of a whole folder")
            .help("give the folder: obsproof baseline FOLDER"));
    }
    load::threads(&arguments.scan)?;
    let today = load::today(&arguments.scan)?;
    let settings = settings::settings(&arguments.scan, &place.root, &today)?;
    let named = arguments.output.clone();
    let configured = settings.baseline.as_ref().map(|file| place.root.join(file));
    let path = named.or(configured).unwrap_or_else(|| place.root.join(FILE));
    let old = if path.exists() { Some(read(&path, true)?) } else { None };
    if arguments.prune && old.is_none() {
        return Err(Failure::new(format!("there is no baseline {}", path.display()))
            .help("make one first: obsproof baseline"));
    }
    let view = View { today, whole: true, ..View::default() };
    let (root, only) = (&place.root, &place.only);
    let rendered = &rendered::read(&arguments.scan, &place)?;
    let cache = load::cache(&arguments.scan, root);
    let keep_texts = false;
    let request = Request {
        root,
        only,
        settings,
        view,
        verdicts: false,
        keep_texts,
        rendered,
        cache,
        rules: None,
    };
    let mut report = scan::scan(request).map_err(settings::faults)?;
    let blob = |path: &str| named_content(&place.root.join(path));
    let made = match &old {
        Some(old) if arguments.prune => {
            apply(old, &mut report, &place.root, true);
            Baseline::kept(&report.repo, &report.judged, blob)
        }
        _ => Baseline::of(&report.repo, &report.judged, blob),
    };
    if let Some(folder) = path.parent().filter(|folder| folder.ends_with(".obsproof")) {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::new(format!("cannot make {}: {error}", folder.display()))
                .help("give a file in a folder that can be written: --output FILE")
        })?;
    }
    write_file(&path, made.text().as_bytes())?;
    print(summary(&made, old.as_ref(), &path, arguments.prune).as_bytes())?;
    Ok(0)
}

fn summary(made: &Baseline, old: Option<&Baseline>, path: &Path, prune: bool) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let near = path.strip_prefix(here).unwrap_or(path);
    let shown = crate::report::visible(&near.display().to_string());
    let count = |count: usize, one: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
    };
    let (findings, files) = (count(made.len(), "finding"), count(made.files.len(), "file"));
    let mut text = format!("{shown}: {findings} in {files}");
    if let Some(old) = old {
        let (added, dropped) = made.against(old);
        text.push_str(&if prune {
            format!(", {} fewer than before", old.len().saturating_sub(made.len()))
        } else {
            format!(", {added} added, {dropped} dropped")
        });
    }
    format!(
        "{text}\nuse it: obsproof check --baseline {shown}, or baseline = \"…\" in obsproof.toml\n"
    )
}

/// The baseline that a check is asked to use: `--baseline`, else the key of the configuration.
pub(super) fn asked(
    file: Option<&PathBuf>,
    settings: &Settings,
    root: &Path,
    held: Option<&Tree>,
) -> Result<Option<Baseline>, Failure> {
    if let Some(path) = file {
        return read(path, false).map(Some);
    }
    let Some(name) = &settings.baseline else { return Ok(None) };
    let entry = held.and_then(|tree| tree.entries.iter().find(|entry| entry.path == *name));
    match (held, entry) {
        (Some(_), None) => Err(missing(Path::new(name))),
        (Some(_), Some(entry)) => {
            let bytes = entry.content.bytes().map_err(|skip| {
                Failure::new(format!("cannot read {name} from git: {}", skip.name()))
            })?;
            parse(Path::new(name), bytes, false).map(Some)
        }
        (None, _) => read(&root.join(name), false).map(Some),
    }
}

fn missing(path: &Path) -> Failure {
    Failure::new(format!("there is no baseline {}", path.display()))
        .help("make one: obsproof baseline, or take the key `baseline` out of obsproof.toml")
}

fn read(path: &Path, any_version: bool) -> Result<Baseline, Failure> {
    if !path.exists() {
        return Err(missing(path));
    }
    let bytes = Content::Disk(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
        .bytes()
        .map_err(|skip| {
        Failure::new(format!("cannot read the baseline {}: {}", path.display(), skip.name()))
            .help("--baseline takes a file that obsproof baseline wrote")
    })?;
    parse(path, bytes, any_version)
}

fn parse(path: &Path, bytes: Vec<u8>, any_version: bool) -> Result<Baseline, Failure> {
    let shown = path.display();
    let refused = match String::from_utf8(bytes) {
        Err(_) => Refusal::Broken("it is not UTF-8".to_owned()),
        Ok(text) => match Baseline::read(&text, any_version) {
            Ok(baseline) => return Ok(baseline),
            Err(refusal) => refusal,
        },
    };
    Err(match refused {
        Refusal::Broken(why) => Failure::new(format!("{shown} is no baseline: {why}"))
            .help("restore it from git, or make it anew: obsproof baseline"),
        Refusal::Schema(schema) => Failure::new(format!(
            "{shown} has the format `{schema}`, which this version cannot read"
        ))
        .help("make it anew: obsproof baseline"),
        Refusal::Version(what) => Failure::new(format!("the baseline {shown} was made {what}"))
            .help(
                "obsproof baseline --prune takes over what is still there and hides nothing new; \
                 obsproof baseline makes it anew",
            ),
    })
}

/// Gives the findings of the baseline their status; says in the report what it covers.
pub(super) fn apply(baseline: &Baseline, report: &mut Report, root: &Path, whole: bool) {
    let seen: BTreeSet<&str> = report.repo.paths.iter().map(String::as_str).collect();
    let renamed = renamed(baseline, report, root, &seen);
    let looked_at = |path: &str| whole || seen.contains(path);
    let Covered { kept, gone } =
        baseline.cover(&report.repo, &mut report.judged, &renamed, looked_at);
    report.baseline = Some(Covered { kept, gone });
}

/// Files of the baseline that have another name now: new paths to old ones. git is asked for the
/// old content where it still has it.
fn renamed(
    baseline: &Baseline,
    report: &Report,
    root: &Path,
    seen: &BTreeSet<&str>,
) -> BTreeMap<String, String> {
    let lost = baseline.files.iter().filter(|file| !seen.contains(file.path.as_str()));
    let lost: Vec<_> = lost.collect();
    if lost.is_empty() {
        return BTreeMap::new();
    }
    let known: BTreeSet<&str> = baseline.files.iter().map(|file| file.path.as_str()).collect();
    let places = report.judged.iter().filter_map(|judged| judged.finding.span);
    let new: BTreeSet<&str> =
        places.map(|span| report.repo.path(span)).filter(|path| !known.contains(path)).collect();
    let repository = Repository::around(root).ok().flatten();
    let removed: Vec<Sample> = lost
        .iter()
        .map(|file| {
            let blob = repository.as_ref().and_then(|it| it.blob(&file.blob));
            let bytes = blob.and_then(|blob| blob.read(SIZE_CAP).ok());
            Sample { path: file.path.clone(), id: Some(file.blob.clone()), bytes }
        })
        .collect();
    let added: Vec<Sample> = new
        .into_iter()
        .map(|path| {
            let text = report.repo.sources.iter().find(|source| source.path == path);
            let bytes = text.map(|source| normal(source.look().as_bytes().to_vec()));
            let id = bytes.as_deref().map(|bytes| blob_id(bytes, Format::Sha1));
            Sample { path: path.to_owned(), id, bytes }
        })
        .collect();
    renames(&removed, &added)
        .into_iter()
        .map(|(new, old)| (added[new].path.clone(), removed[old].path.clone()))
        .collect()
}

/// The name git gives to what a file holds, with the line ends that git keeps.
fn named_content(path: &Path) -> String {
    let bytes = Content::Disk(path.to_path_buf()).bytes().unwrap_or_default();
    blob_id(&normal(bytes), Format::Sha1)
}

fn normal(bytes: Vec<u8>) -> Vec<u8> {
    if memchr::memmem::find(&bytes, b"\r\n").is_none() {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if !(byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
            out.push(byte);
        }
    }
    out
}
