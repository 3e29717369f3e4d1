//! Runs the stages: files to facts in parallel, facts to the repo model, rules, judgement, report.

mod reading;
mod warm;

use crate::cache::{Cache, Folder};
use crate::catalogue::model::Rule;
use crate::check::Outcome;
use crate::config::{self, ConfigError, Layer, Place, Settings};
use crate::discover::delta::Delta;
use crate::discover::{self, Content, Entry, Tree};
use crate::facts::read;
use crate::judge::change::{self, Before};
use crate::judge::{self, Judged, View};
use crate::render::{self, Back, Behind, Charts, Rendered};
use crate::repo::Repo;
use crate::repo::model::Model;
use crate::report::Report;
use crate::source::{Source, SourceId};
use crate::verdict::{self, Assessment};
use crate::{catalogue, check};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;
use reading::Reading;
use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What to scan, and how.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The root of the repository.
    pub root: &'a Path,
    /// Paths to which the walk is limited; empty for the whole root.
    pub only: &'a [PathBuf],
    /// The configuration.
    pub settings: Settings,
    /// What the user asked to see.
    pub view: View,
    /// Whether anything will be said about the standard's requirements.
    pub verdicts: bool,
    /// Keep every text that holds a fact: it will be edited.
    pub keep_texts: bool,
    /// What templates came to.
    pub rendered: &'a Rendered,
    /// Where what is read may be kept for the next run.
    pub cache: Option<Folder>,
    /// Rules that are asked for, and those that silence them; `None` for all.
    pub rules: Option<BTreeSet<&'static str>>,
}

/// Reads the facts of all sources (in path order) and joins them; `paths` are all files of the
/// repository, read or not.
pub fn model(sources: Vec<Source>, paths: Vec<String>) -> Repo {
    let files = sources
        .par_iter()
        .enumerate()
        .map(|(index, source)| read::read(number(index), source))
        .collect();
    Repo::new(sources, files, paths)
}

/// Scans a repository and judges it.
///
/// # Errors
/// The faults of a folder's configuration, and the source they point into.
pub fn scan(request: Request<'_>) -> Result<Report, Refused> {
    let tree = discover::walk(request.root, request.only);
    scan_tree(request, tree)
}

/// The faults of a configuration, and the source they point into.
pub type Refused = (Box<Source>, Vec<ConfigError>);

/// Scans these files and judges them.
///
/// # Errors
/// As [`scan`].
pub fn scan_tree(mut request: Request<'_>, mut tree: Tree) -> Result<Report, Refused> {
    let Request { settings, view, cache, keep_texts, rendered, .. } = &mut request;
    tree.entries.retain(|entry| !is_excluded(&entry.path, &settings.exclude));
    let names = chart_names(&tree.entries, rendered);
    let behind = add_rendered(&mut tree.entries, rendered, names);
    let mut charts = chart_dependencies(&tree.entries);
    charts.extend(discover::installed(&tree.entries));
    for (folder, text) in folder_settings(&tree.entries, &charts, settings.file.as_deref()) {
        let name = format!("{folder}/obsproof.toml");
        let layer = Layer { name: &name, text, place: Place::Folder(&folder) };
        let nested = config::read_onto(layer, settings.around(&folder), &view.today)?;
        settings.nest(&folder, nested);
    }
    tree.entries.retain(|entry| !is_excluded(&entry.path, &settings.at(&entry.path).exclude));
    // Texts that will be edited are all at hand, and what was rendered is new each time.
    let plain = !*keep_texts && rendered.texts.is_empty();
    let cache = cache.take().filter(|_| plain).map(Cache::open);
    let files = Files { tree, charts, behind };
    let run = |cache: Option<&Cache>| run(&request, &files, cache);
    Ok(match &cache {
        Some(cache) => remembering(cache, run),
        None => run(None),
    })
}

/// Scans with the help of a cache. Where it may have led astray, the scan is made without it.
fn remembering(cache: &Cache, run: impl Fn(Option<&Cache>) -> Report) -> Report {
    let report = catch_unwind(AssertUnwindSafe(|| run(Some(cache)))).ok();
    let doubted = report.is_none() || cache.is_doubted();
    if doubted {
        cache.forget();
    }
    let panicked = |report: &Report| report.outcomes.iter().any(|it| !it.panics.is_empty());
    match report.filter(|report| !doubted && !panicked(report)) {
        Some(report) => report,
        None => run(None),
    }
}

/// The files of a run, and what is known of them before they are read.
struct Files {
    tree: Tree,
    /// Folders of charts that others depend on.
    charts: Vec<String>,
    /// What rendered texts were made of.
    behind: Behind,
}

fn run(request: &Request<'_>, files: &Files, cache: Option<&Cache>) -> Report {
    let Request { settings, view, verdicts, keep_texts, rendered, .. } = request;
    let Files { tree, charts, behind } = files;
    let covered = &behind.covered;
    let generated = generated_marks(&tree.entries);
    let keep_texts = *keep_texts;
    let reading = Reading { charts, generated, settings, keep_texts, rendered, covered, cache };
    let read = reading.all(&tree.entries);
    let mut sources = Vec::with_capacity(tree.entries.len());
    let mut batches = Vec::with_capacity(read.len());
    let mut rows = Vec::new();
    for (mut texts, batch, mut listed) in read {
        sources.append(&mut texts);
        batches.push(batch);
        rows.append(&mut listed);
    }
    let real = tree.entries.iter().filter(|entry| !entry.path.starts_with(render::OUTSIDE));
    let paths = real.map(|entry| entry.path.clone()).collect::<Vec<_>>();
    let seen = paths.len();
    let mut repo = Repo::of_batches(sources, batches, paths);
    repo.configure(settings.clone());
    repo.today.clone_from(&view.today);
    let judge = || conclude(&repo, view, *verdicts, behind, request.rules.as_ref());
    let save = || cache.into_iter().for_each(Cache::save);
    let ((outcomes, judged, assessment), ()) = rayon::join(judge, save);
    let mut report = Report::new(repo, outcomes, judged, rows, seen, tree.unreadable.clone());
    report.assessment = assessment;
    report.rendered = (*rendered).clone();
    report.behind = behind.clone();
    report
}

/// Folders with a configuration of their own and its text, the outer ones first.
fn folder_settings(
    entries: &[Entry],
    charts: &[String],
    root: Option<&str>,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in entries {
        let Some(folder) = entry.path.strip_suffix("/obsproof.toml") else { continue };
        if Some(entry.path.as_str()) == root || discover::is_vendored(&entry.path, charts) {
            continue;
        }
        let Ok(source) = discover::load(entry) else { continue };
        found.push((folder.to_owned(), source.text().to_owned()));
    }
    found.sort_by_key(|(folder, _)| folder.matches('/').count());
    found
}

/// Two versions of the files, and what one changes of the other.
#[derive(Debug)]
pub struct Versions {
    /// The files before the change.
    pub before: Tree,
    /// The files with it.
    pub after: Tree,
    /// The change.
    pub delta: Delta,
    /// Paths to which findings are limited; empty for all.
    pub only: Vec<String>,
}

/// Shows what a change answers for; `report` is of the files with it. The files before it are
/// scanned too where only they can tell.
///
/// # Errors
/// As [`scan`].
pub fn narrow(
    request: Request<'_>,
    report: &mut Report,
    versions: Versions,
) -> Result<(), Refused> {
    let Versions { before, delta, only, .. } = versions;
    let undecided = change::undecided(&report.repo, &report.judged, &delta);
    let old = (!undecided.is_empty() && is_read(report, &before, &delta))
        .then(|| {
            let rules = check::asked_for(&undecided);
            scan_tree(Request { verdicts: false, rules, ..request }, before)
        })
        .transpose()?;
    let before = old.as_ref().map(|old| Before { repo: &old.repo, judged: &old.judged });
    change::narrow(&report.repo, &mut report.judged, before, &delta, &only);
    // As the model of a run, see `conclude`.
    std::mem::forget(old);
    Ok(())
}

/// Whether anything changed that is read: files that came or went always are, by their paths.
fn is_read(report: &Report, before: &Tree, delta: &Delta) -> bool {
    let listed =
        |path: &str| report.files.binary_search_by(|row| row.path.as_str().cmp(path)).is_ok();
    !delta.gone.is_empty()
        || delta.files.iter().any(|file| {
            let named = file.path.rsplit('/').next().unwrap_or_default();
            let steers = named.starts_with('.') || ["Chart.yaml", "obsproof.toml"].contains(&named);
            file.before.as_ref() != Some(&file.path)
                || steers
                || listed(&file.path)
                || was_read(before, &file.path)
        })
}

/// Whether a file held anything before that the tool knows.
fn was_read(before: &Tree, path: &str) -> bool {
    let entry = before.entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
    let Some(entry) = entry.ok().and_then(|at| before.entries.get(at)) else { return true };
    discover::load(entry).is_ok_and(|source| {
        let facts = read::read(number(0), &source);
        facts.needs_text() || !facts.documents.is_empty()
    })
}

/// What the rules find, what becomes of it, and what it means for the requirements.
pub fn conclude(
    repo: &Repo,
    view: &View,
    verdicts: bool,
    behind: &Behind,
    rules: Option<&BTreeSet<&'static str>>,
) -> (Vec<Outcome>, Vec<Judged>, Assessment) {
    // Only verdicts show whether a waiver of a requirement is needed.
    let asked = repo.settings.waivers.iter().any(|waiver| waiver.requirement().is_some());
    let verdicts = verdicts || asked;
    // Verdicts rest on all rules; where there are none, a rule that nobody would see need not run.
    let visible = if verdicts { None } else { view.visible(repo) };
    let sought = |rule: &Rule| {
        let mut lists = rules.into_iter().chain(&visible);
        verdicts || lists.all(|list| list.contains(rule.code))
    };
    let rules: Vec<_> = catalogue::rules().iter().filter(|rule| sought(rule)).collect();
    // A run has a few models at most; giving back their parts one by one takes longer than it is
    // worth.
    let mut model = ManuallyDrop::new(Model::new(repo));
    model.opinions = verdicts || view.asks_for_opinions(repo);
    let mut outcomes = check::check_model(&model, &rules);
    let whole = verdict::examine(&model, &mut outcomes);
    render::findings(repo, behind, &mut outcomes);
    let mut judged = judge::judge(repo, &mut outcomes, view);
    let mut assessment = Assessment::default();
    if verdicts {
        let findings: Vec<_> = judged.iter().map(|judged| &*judged.finding).collect();
        let waived: Vec<_> = judged.iter().map(|judged| judged.waiver).collect();
        assessment = verdict::assess_waived(whole, &outcomes, &findings, &waived);
        put_back(repo, behind, &mut assessment);
    }
    let needed = &assessment.needed_waivers;
    if let Some(places) = judge::waiver::add_unused(repo, &mut judged, needed, view) {
        assessment.renumber(&places);
    }
    (outcomes, judged, assessment)
}

/// Puts evidence and claims in rendered texts back into what these were made of.
fn put_back(repo: &Repo, behind: &Behind, assessment: &mut Assessment) {
    let Some(back) = Back::of(repo, behind) else { return };
    for clause in assessment.requirements.iter_mut().flat_map(|it| &mut it.clauses) {
        let mut seen = BTreeSet::new();
        for piece in &mut clause.evidence {
            piece.span = back.span(piece.span);
        }
        clause.evidence.retain(|piece| seen.insert((piece.span, piece.fact.clone())));
    }
    for row in &mut assessment.controls {
        row.claimed_by.iter_mut().for_each(|span| *span = back.span(*span));
        row.claimed_by.sort_unstable();
        row.claimed_by.dedup();
    }
}

fn number(index: usize) -> SourceId {
    SourceId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The charts by their folders; only where something was rendered.
fn chart_names(entries: &[Entry], rendered: &Rendered) -> Charts {
    let mut charts = Charts::new();
    if rendered.texts.is_empty() {
        return charts;
    }
    for entry in entries {
        let Some(folder) = entry.path.strip_suffix("Chart.yaml") else { continue };
        let Ok(source) = discover::load(entry) else { continue };
        if let Some(chart) = render::chart(&source) {
            charts.insert(folder.to_owned(), chart);
        }
    }
    charts
}

/// Adds rendered files to those of the tree; what they were made of.
fn add_rendered(entries: &mut Vec<Entry>, rendered: &Rendered, charts: Charts) -> Behind {
    if rendered.texts.is_empty() {
        return Behind::default();
    }
    let behind = render::behind(rendered, entries, charts);
    entries.retain(|entry| !rendered.texts.contains_key(&entry.path));
    entries.extend(rendered.texts.iter().map(|(path, text)| Entry {
        content: Content::Text(text.clone()),
        size: text.len() as u64,
        path: path.clone(),
        skip: None,
        mark: None,
    }));
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    behind
}

fn is_excluded(path: &str, exclude: &[String]) -> bool {
    exclude.iter().any(|prefix| {
        let prefix = prefix.trim_end_matches('/');
        path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Folders of charts that a `Chart.yaml` beside them lists as dependencies.
fn chart_dependencies(entries: &[Entry]) -> Vec<String> {
    let mut folders = Vec::new();
    for entry in entries.iter().filter(|entry| entry.path.ends_with("Chart.yaml")) {
        let Ok(source) = discover::load(entry) else { continue };
        let base = entry.path.strip_suffix("Chart.yaml").unwrap_or_default();
        folders.extend(
            crate::facts::read::chart_dependencies(&source)
                .into_iter()
                .map(|name| format!("{base}charts/{name}")),
        );
    }
    folders
}

/// The files that `.gitattributes` marks as generated.
fn generated_marks(entries: &[Entry]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for entry in entries.iter().filter(|entry| entry.path.ends_with(".gitattributes")) {
        let Ok(source) = discover::load(entry) else { continue };
        let base = entry.path.strip_suffix(".gitattributes").unwrap_or_default();
        for line in source.text().lines() {
            let mut words = line.split_whitespace();
            let Some(pattern) = words.next() else { continue };
            if words.any(|word| matches!(word, "linguist-generated" | "linguist-generated=true")) {
                // A pattern without `/` holds anywhere below its folder.
                let deep = if pattern.contains('/') { "" } else { "**/" };
                let pattern = format!("/{base}{deep}{}", pattern.trim_start_matches('/'));
                // A pattern git cannot read marks nothing.
                let _ = builder.add_line(None, &pattern);
            }
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
