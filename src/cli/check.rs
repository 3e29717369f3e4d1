//! `obsproof check`.

use super::args::{Check, SarifProfile};
use super::{Failure, baseline, change, load, settings, stream};
use crate::catalogue::model::{Class, Rule, Severity};
use crate::config::{self, Profile};
use crate::discover::Tree;
use crate::judge::View;
use crate::report::{Report, concise, files, github, human, json, sarif};
use crate::scan::{self, Request};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Runs the command; the exit code says whether findings stand.
pub(super) fn run(arguments: &Check) -> Result<u8, Failure> {
    let outputs = outputs(&arguments.format)?;
    let part = arguments.staged || arguments.since.is_some();
    let place = if part { change::place } else { load::place }(&arguments.scan.paths)?;
    load::threads(&arguments.scan)?;
    let today = load::today(&arguments.scan)?;
    let change = change::read(arguments, &place)?;
    let settings = match &change {
        Some(change) if arguments.staged => {
            let files = &change.versions.after;
            settings::settings_held(&arguments.scan, &place.root, files, &today)?
        }
        _ => settings::settings(&arguments.scan, &place.root, &today)?,
    };
    settings::unlocked(&settings, arguments)?;
    let fail_on = match &arguments.fail_on {
        Some(level) => level_named(level)?,
        None => settings.fail_on,
    };
    let view = view(arguments, today)?;
    // Only people are told how the repository stands with the standard, and not at every commit.
    let verdicts = !part && outputs.iter().any(|(format, _)| *format == Format::Human);
    let known = {
        let held = change.as_ref().filter(|_| arguments.staged);
        let held = held.map(|change| &change.versions.after);
        baseline::asked(arguments.baseline.as_ref(), &settings, &place.root, held)?
    };
    let whole = place.only.is_empty();
    let request = Request { root: &place.root, only: &place.only, settings, view, verdicts };
    let mut report = match change {
        None => {
            let mut report = scan::scan(request).map_err(settings::faults)?;
            known.iter().for_each(|it| baseline::apply(it, &mut report, &place.root, whole));
            report
        }
        Some(mut change) => {
            // Where nothing changed nothing is shown, whatever there is.
            let nothing = change.versions.delta.is_empty();
            let after = std::mem::take(&mut change.versions.after);
            let after = if nothing { Tree::default() } else { after };
            let mut report = scan::scan_tree(request.clone(), after).map_err(settings::faults)?;
            let known = known.iter().filter(|_| !nothing);
            known.for_each(|it| baseline::apply(it, &mut report, &place.root, true));
            scan::narrow(request, &mut report, change.versions).map_err(settings::faults)?;
            report.compared = Some(change.compared);
            report
        }
    };
    report.headline = report.assessment.headline();
    for (format, file) in &outputs {
        match file {
            Some(path) => {
                let mut bytes = Vec::new();
                render(&report, *format, arguments, false, &mut bytes)?;
                write_file(path, &bytes)?;
            }
            None => stream(|out| render(&report, *format, arguments, true, out))?,
        }
    }
    let failed = fail_on.is_some_and(|level| {
        report.open().any(|judged| judged.severity >= level && !judged.finding.rule.preview)
    });
    // The program ends here; giving back every fact one by one takes a twentieth of a run.
    std::mem::forget(report);
    Ok(u8::from(failed))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
}

const FORMATS: &[(&str, Format)] = &[
    ("human", Format::Human),
    ("concise", Format::Concise),
    ("json", Format::Json),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
];

fn outputs(formats: &[String]) -> Result<Vec<(Format, Option<PathBuf>)>, Failure> {
    let mut outputs: Vec<(Format, Option<PathBuf>)> = Vec::new();
    for word in formats {
        let (name, file) = match word.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (word.as_str(), None),
        };
        let Some((_, format)) = FORMATS.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = FORMATS.iter().map(|(known, _)| *known).collect();
            let help = match config::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("the formats are {}", known.join(", ")),
            };
            return Err(Failure::new(format!("unknown format `{name}`")).help(help));
        };
        if file.is_none() && outputs.iter().any(|(_, file)| file.is_none()) {
            return Err(Failure::new("two formats for one standard output")
                .help("give all but one a file: --format sarif=out.sarif"));
        }
        outputs.push((*format, file));
    }
    Ok(outputs)
}

/// A severity or `never`.
pub(super) fn level_named(word: &str) -> Result<Option<Severity>, Failure> {
    match (word, Severity::named(word)) {
        ("never", _) => Ok(None),
        (_, Some(severity)) => Ok(Some(severity)),
        _ => Err(Failure::new(format!("unknown level `{word}` in --fail-on"))
            .help("a level is error, warning, info or never")),
    }
}

fn rules_named(words: &[String], flag: &str) -> Result<Vec<&'static Rule>, Failure> {
    words
        .iter()
        .map(|word| {
            config::resolve_rule(word).map_err(|message| {
                let (what, near) = message.split_once("; ").unwrap_or((&message, ""));
                let near = if near.is_empty() { String::new() } else { format!("{near} ") };
                Failure::new(format!("{what} in {flag}"))
                    .help(format!("{near}`obsproof rules` lists all"))
            })
        })
        .collect()
}

fn view(arguments: &Check, today: String) -> Result<View, Failure> {
    let classes = arguments
        .class
        .iter()
        .map(|word| {
            Class::named(word).ok_or_else(|| {
                Failure::new(format!("unknown class `{word}` in --class"))
                    .help("a class is validity, semantic or compliance")
            })
        })
        .collect::<Result<_, _>>()?;
    let profile = match &arguments.profile {
        None => None,
        Some(word) => Some(Profile::named(word).ok_or_else(|| {
            Failure::new(format!("unknown profile `{word}` in --profile"))
                .help("a profile is dev, production or unspecified")
        })?),
    };
    Ok(View {
        all: arguments.all,
        only: rules_named(&arguments.select, "--select")?,
        ignore: rules_named(&arguments.ignore, "--ignore")?,
        classes,
        profile,
        today,
    })
}

fn render(
    report: &Report,
    format: Format,
    arguments: &Check,
    to_terminal: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => {
            let mut style = load::style(arguments.scan.color);
            style.colour &= to_terminal;
            let terminal = to_terminal && std::io::stdout().is_terminal();
            if arguments.files {
                files::write(report, out)?;
            }
            human::write(report, style, terminal, out)
        }
        Format::Concise => concise::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => {
            let profile = match arguments.sarif_profile {
                SarifProfile::Full => sarif::Profile::Full,
                SarifProfile::Github => sarif::Profile::Github,
            };
            sarif::write(report, profile, out)
        }
        Format::Github => github::write(report, out),
    }
}

/// Writes a file at once: a reader never sees half of it.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let refused = |error: std::io::Error| {
        Failure::new(format!("cannot write {}: {error}", path.display()))
            .help("does its folder exist?")
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.{}.part", std::process::id()));
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path)).map_err(|error| {
        // A full disk leaves a part of it.
        let _ = std::fs::remove_file(&part);
        refused(error)
    })
}
