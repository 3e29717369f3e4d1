//! `obsproof report`.

use super::args::Report as Arguments;
use super::check::{level_named, write_file};
use super::{Failure, load, print, settings};
use crate::discover;
use crate::git;
use crate::judge::View;
use crate::report::record::Provenance;
use crate::report::{html, markdown, record};
use crate::scan::{self, Request};
use std::path::PathBuf;

/// Runs the command; exits with 1 only where `--fail-on` asks for it.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let outputs = outputs(&arguments.format)?;
    let fail_on = match &arguments.fail_on {
        Some(level) => level_named(level)?,
        None => None,
    };
    let place = load::place(&arguments.scan.paths)?;
    load::threads(&arguments.scan)?;
    let today = load::today(&arguments.scan)?;
    let settings = settings::settings(&arguments.scan, &place.root, &today)?;
    let view = View { all: true, today, ..View::default() };
    let report = scan::scan(Request {
        root: &place.root,
        only: &place.only,
        settings,
        view,
        verdicts: true,
    })
    .map_err(settings::faults)?;
    let now = load::now(&arguments.scan);
    let only = place.only.iter().map(|path| discover::relative(&place.root, path)).collect();
    let git = git::standing(&place.root, &report.repo.paths);
    let provenance = Provenance { root: &place.root, only, git: &git, now: &now };
    let record = record::Record::new(&report, &provenance);
    for (format, file) in &outputs {
        let text = match format {
            Format::Html => html::text(&report, &record).map_err(|error| {
                Failure::new(format!("cannot write the page: {error:#}"))
                    .help("please report this; `--format json` holds the same")
            })?,
            Format::Markdown => markdown::text(&report, &record),
            Format::Json => record.json(),
        };
        match file {
            Some(path) => write_file(path, text.as_bytes())?,
            None => print(text.as_bytes())?,
        }
    }
    let failed = fail_on.is_some_and(|level| report.open().any(|judged| judged.severity >= level));
    Ok(u8::from(failed))
}

#[derive(Clone, Copy)]
enum Format {
    Html,
    Markdown,
    Json,
}

fn outputs(formats: &[String]) -> Result<Vec<(Format, Option<PathBuf>)>, Failure> {
    formats
        .iter()
        .map(|word| {
            let (name, file) = match word.split_once('=') {
                Some((name, file)) => (name, Some(PathBuf::from(file))),
                None => (word.as_str(), None),
            };
            match name {
                "html" => Ok((Format::Html, file)),
                "markdown" => Ok((Format::Markdown, file)),
                "json" => Ok((Format::Json, file)),
                _ => Err(Failure::new(format!("unknown format `{name}`"))
                    .help("a report is markdown, html or json, or FORMAT=FILE")),
            }
        })
        .collect()
}
