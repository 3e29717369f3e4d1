//! `obsproof check`.

use super::args::{Check, SarifProfile};
use super::asked::{Asked, Began, TOOK};
use super::outputs::outputs;
use super::write::Staged;
use super::{Failure, baseline, change, fix, load, rendered, settings, stream};
use crate::catalogue;
use crate::catalogue::model::{Class, Rule, Severity};
use crate::config::{self, Profile, Settings};
use crate::discover;
use crate::identify;
use crate::judge::View;
use crate::report::{Report, concise, files, github, gitlab, human, json, junit, sarif};
use crate::scan::Request;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Runs the command; the exit code says whether findings stand.
pub(super) fn run(arguments: &Check) -> Result<u8, Failure> {
    let began = Began::now();
    let outputs = outputs(&arguments.format, FORMATS, "--format sarif=out.sarif")?;
    let part = arguments.staged || arguments.since.is_some();
    let place = if part { change::place } else { load::place }(&arguments.scan.paths)?;
    load::threads(&arguments.scan)?;
    let today = load::today(&arguments.scan)?;
    let change = change::read(arguments, &place)?;
    let settings = settings_of(arguments, &place.root, change.as_ref(), &today)?;
    settings::unlocked(&settings, arguments)?;
    let fail_on = fail_on(arguments, &settings)?;
    let mut view = view(arguments, today)?;
    // Only people are told how the repository stands with the standard, and not at every commit.
    let verdicts = !part && outputs.iter().any(|(format, _)| *format == Format::Human);
    let held = change.as_ref().filter(|_| arguments.staged).map(|change| &change.versions.after);
    let known = baseline::asked(arguments.baseline.as_ref(), &settings, &place.root, held)?;
    view.whole = known.is_some();
    let mode = mode(arguments, &outputs)?;
    let (root, only) = (place.root.as_path(), place.only.as_slice());
    let rendered = &rendered::read(&arguments.scan, &place)?;
    let keep_texts = mode.is_some();
    let cache = load::cache(&arguments.scan, root);
    // What tells kinds apart takes as long to make as the walk.
    rayon::spawn(identify::prepare);
    let walked = change.is_none().then(|| discover::walk(root, only));
    let alone = matches!(outputs[..], [(_, None)]) && mode.is_none() && known.is_none();
    let plain = alone && rendered.texts.is_empty();
    let asked = walked.as_ref().zip(cache.as_ref()).filter(|_| plain);
    let asked = asked.and_then(|(tree, folder)| {
        let style = (load::style(arguments.scan.color), io::stdout().is_terminal());
        let shown = (&outputs, arguments.sarif_profile, arguments.files, fail_on, style);
        let words = format!("{:?}", (shown, &view, only, &settings, catalogue::ruleset()));
        Asked::of(folder, outputs[0].0, &words, tree, began)
    });
    if let Some(code) = asked.as_ref().map(Asked::answer).transpose()?.flatten() {
        return Ok(code);
    }
    let request =
        Request { root, only, settings, view, verdicts, keep_texts, rendered, cache, rules: None };
    let scan = fix::Scan { arguments, place: &place, request, known };
    let fixed = fix::run(&scan, change, walked, mode)?;
    let mut report = fixed.report;
    report.headline = report.assessment.headline();
    let failed = u8::from(fail_on.is_some_and(|level| fails(&report, level)));
    let took = if asked.is_some() { TOOK.to_owned() } else { began.took() };
    let rendering = Rendering { report: &report, arguments, fail_on, took };
    let diff = mode.map(|mode| mode.diff);
    match asked {
        Some(asked) => asked.say_and_keep(&rendering, failed)?,
        None => rendering.write_all(&outputs, diff == Some(true))?,
    }
    let aloud = outputs.iter().any(|(format, file)| *format == Format::Human && file.is_none());
    fixed.said.tell(aloud && diff == Some(false))?;
    // The program ends here; giving back every fact one by one takes a twentieth of a run.
    std::mem::forget(report);
    Ok(if fixed.said.refused() { 2 } else { failed })
}

/// The settings that hold; with `--staged` those of the index.
fn settings_of(
    arguments: &Check,
    root: &Path,
    change: Option<&change::Change>,
    today: &str,
) -> Result<Settings, Failure> {
    match change {
        Some(change) if arguments.staged => {
            settings::settings_held(&arguments.scan, root, &change.versions.after, today)
        }
        _ => settings::settings(&arguments.scan, root, today),
    }
}

/// The least severity that fails the run.
fn fail_on(arguments: &Check, settings: &Settings) -> Result<Option<Severity>, Failure> {
    arguments.fail_on.as_ref().map_or(Ok(settings.fail_on), |level| level_named(level))
}

/// Whether something of this severity or a higher one is open; rules in preview fail nothing.
fn fails(report: &Report, level: Severity) -> bool {
    report.open().any(|judged| judged.severity >= level && !judged.finding.rule.preview)
}

/// What is to be done with fixes.
fn mode(
    arguments: &Check,
    outputs: &[(Format, Option<PathBuf>)],
) -> Result<Option<fix::Mode>, Failure> {
    let Check { fix, diff, unsafe_fixes, .. } = *arguments;
    if unsafe_fixes && !(fix || diff) {
        return Err(Failure::new("`--unsafe-fixes` says which fixes, not what to do with them")
            .help("add --fix to make them, or --diff to see them first"));
    }
    let other = outputs.iter().any(|(format, file)| file.is_none() && *format != Format::Human);
    if diff && other {
        return Err(Failure::new("a format and the diff for one standard output")
            .help("give the format a file: --format json=findings.json"));
    }
    Ok((fix || diff).then_some(fix::Mode { unsafe_too: unsafe_fixes, diff }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

const FORMATS: &[(&str, Format)] = &[
    ("human", Format::Human),
    ("concise", Format::Concise),
    ("json", Format::Json),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("junit", Format::Junit),
];

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
    let named = |word: &String| {
        config::resolve_rule(word).map_err(|message| {
            let (what, near) = message.split_once("; ").unwrap_or((&message, ""));
            let help = match near {
                _ if Path::new(word).exists() => {
                    format!("paths stand before {flag}, which takes all words after it")
                }
                "" => "`obsproof rules` lists all".to_owned(),
                near => format!("{near} `obsproof rules` lists all"),
            };
            Failure::new(format!("{what} in {flag}")).help(help)
        })
    };
    words.iter().map(named).collect()
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
        whole: false,
    })
}

/// What is written of a run.
pub(super) struct Rendering<'a> {
    report: &'a Report,
    arguments: &'a Check,
    fail_on: Option<Severity>,
    /// Seconds that the run took.
    took: String,
}

impl Rendering<'_> {
    /// Writes each format to where it is wanted; a `diff` stands alone on the standard output.
    fn write_all(&self, outputs: &[(Format, Option<PathBuf>)], diff: bool) -> Result<(), Failure> {
        let mut staged = Staged::default();
        for (format, path) in
            outputs.iter().filter_map(|(format, file)| Some((format, file.as_ref()?)))
        {
            let mut bytes = Vec::new();
            self.write(*format, false, &mut bytes)?;
            staged.add(path, &bytes)?;
        }
        for (format, _) in outputs.iter().filter(|(_, file)| file.is_none() && !diff) {
            stream(|out| self.write(*format, true, out))?;
        }
        staged.place()
    }

    /// Whether the tool itself did all that it should.
    pub(super) fn is_whole(&self) -> bool {
        self.report.outcomes.iter().all(|outcome| outcome.panics.is_empty())
    }

    /// Writes one format.
    pub(super) fn write(
        &self,
        format: Format,
        to_terminal: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Rendering { report, arguments, fail_on, ref took } = *self;
        match format {
            Format::Human => {
                let mut style = load::style(arguments.scan.color);
                style.colour &= to_terminal;
                let terminal = to_terminal && std::io::stdout().is_terminal();
                if arguments.files {
                    files::write(report, out)?;
                }
                human::write(report, style, terminal, took, out)
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
            Format::Gitlab => gitlab::write(report, out),
            Format::Junit => junit::write(report, fail_on, out),
        }
    }
}
