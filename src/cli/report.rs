//! `obsproof report`.

use super::args::{Report as Arguments, Scan};
use super::check::level_named;
use super::load::Place;
use super::outputs::outputs;
use super::write::Staged;
use super::{Failure, load, print, rendered, settings};
use crate::audit;
use crate::config::{self, Gate};
use crate::discover;
use crate::git;
use crate::judge::View;
use crate::report::record::{Provenance, Record};
use crate::report::{Report, checklist, gate, html, intoto, markdown, oscal, plan, visible};
use crate::scan::{self, Request};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs the command; exits with 1 where `--fail-on` or `--gate` asks for it.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let outputs = outputs(&arguments.format, FORMATS, "--format json=evidence.json")?;
    let fail_on = match &arguments.fail_on {
        Some(level) => level_named(level)?,
        None => None,
    };
    let place = load::place(&arguments.scan.paths)?;
    let old = arguments.compare.as_deref().map(read_record).transpose()?;
    let asked = arguments.gate.as_deref().map(read_gate).transpose()?;
    let today = load::today(&arguments.scan)?;
    let (report, mut record) = make(&arguments.scan, &place)?;
    if let Some(old) = &old {
        let changes = audit::compare(old, record.value());
        record.attach("comparison", changes);
    }
    let gate = asked.unwrap_or_default();
    let judgements = audit::gate(record.value(), &gate, &today);
    if arguments.gate.is_some() {
        record.attach("gate", judgements.iter().map(audit::Judgement::value).collect());
    }
    write(&outputs, &report, &record, &gate)?;
    for judgement in judgements.iter().filter(|it| it.state != "reached") {
        let line = format!("gate: {}: {}\n", judgement.state, visible(&judgement.message));
        std::io::stderr().write_all(line.as_bytes())?;
    }
    let stands = fail_on.is_some_and(|level| report.open().any(|judged| judged.severity >= level));
    Ok(u8::from(stands || judgements.iter().any(audit::Judgement::fails)))
}

/// Scans a place and makes its record.
pub(super) fn make(scan: &Scan, place: &Place) -> Result<(Report, Record), Failure> {
    let report = whole(scan, place)?;
    let now = load::now(scan);
    let only = place.only.iter().map(|path| discover::relative(&place.root, path)).collect();
    let git = git::standing(&place.root, &report.repo.paths);
    let provenance = Provenance { root: &place.root, only, git: &git, now: &now };
    let record = Record::new(&report, &provenance);
    Ok((report, record))
}

/// Scans a place with every rule, and gives verdicts.
pub(super) fn whole(scan: &Scan, place: &Place) -> Result<Report, Failure> {
    load::threads(scan)?;
    let today = load::today(scan)?;
    let settings = settings::settings(scan, &place.root, &today)?;
    let view = View { all: true, today, ..View::default() };
    let rendered = rendered::read(scan, place)?;
    scan::scan(Request {
        root: &place.root,
        only: &place.only,
        settings,
        view,
        verdicts: true,
        keep_texts: false,
        rendered: &rendered,
        cache: load::cache(scan, &place.root),
        rules: None,
    })
    .map_err(settings::faults)
}

/// Makes all outputs, then writes them.
fn write(
    outputs: &[(Format, Option<PathBuf>)],
    report: &Report,
    record: &Record,
    gate: &Gate,
) -> Result<(), Failure> {
    let mut made: Vec<(Option<&Path>, String)> = Vec::new();
    let mut hashes: Vec<(String, String)> = Vec::new();
    // A statement binds the others, so it comes last.
    let (statements, others): (Vec<_>, Vec<_>) =
        outputs.iter().partition(|(format, _)| *format == Format::InToto);
    for (format, file) in others.into_iter().chain(statements) {
        let text = match format {
            Format::Html => html::text(report, record).map_err(|error| {
                Failure::new(format!("cannot write the page: {error:#}"))
                    .help("please report this; `--format json` holds the same")
            })?,
            Format::Markdown => markdown::text(report, record),
            Format::Json => record.json(),
            Format::Csv => checklist::csv(record),
            Format::Plan => plan::csv(record, &gate.targets),
            Format::Gate => gate::yaml(record, &gate.targets),
            Format::Oscal => oscal::results::text_of(record),
            Format::OscalComponent => oscal::component::text_of(record),
            Format::InToto => intoto::statement(record, &hashes),
        };
        if let Some(path) = file {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            hashes.push((visible(&name), discover::sha256(text.as_bytes())));
        }
        made.push((file.as_deref(), text));
    }
    let mut staged = Staged::default();
    for (path, text) in made.iter().filter_map(|(file, text)| Some(((*file)?, text))) {
        staged.add(path, text.as_bytes())?;
    }
    for (_, text) in made.iter().filter(|(file, _)| file.is_none()) {
        print(text.as_bytes())?;
    }
    staged.place()
}

/// Reads a report that was written as JSON.
pub(super) fn read_record(path: &Path) -> Result<Value, Failure> {
    audit::record(&bytes_of(path)?).map_err(|why| unusable(path, &why))
}

/// A report that cannot be used.
pub(super) fn unusable(path: &Path, why: &str) -> Failure {
    let name = visible(&path.display().to_string());
    Failure::new(format!("cannot use {name}: {why}"))
        .help("make one with `obsproof report --format json=FILE`")
}

fn read_gate(path: &Path) -> Result<Gate, Failure> {
    let name = path.display().to_string();
    let text = String::from_utf8(bytes_of(path)?)
        .map_err(|_| Failure::new(format!("{name} is not UTF-8")).help("save it as UTF-8 text"))?;
    config::read_gate(&name, text).map_err(settings::faults)
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    if path.is_dir() {
        return Err(Failure::new(format!("cannot read {name}: it is a folder")));
    }
    std::fs::read(path)
        .map_err(|error| Failure::new(format!("cannot read {name}: {}", load::reason(&error))))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Html,
    Markdown,
    Json,
    Csv,
    Plan,
    Gate,
    Oscal,
    OscalComponent,
    InToto,
}

const FORMATS: &[(&str, Format)] = &[
    ("markdown", Format::Markdown),
    ("html", Format::Html),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("plan", Format::Plan),
    ("gate", Format::Gate),
    ("oscal", Format::Oscal),
    ("oscal-component", Format::OscalComponent),
    ("in-toto", Format::InToto),
];
