//! What a repository brings of its own: rules in `.obsproof/rules/`, and another standard.

use super::args::Scan;
use super::files::{File, Files};
use super::settings::faults;
use super::{Failure, load};
use crate::catalogue::load::{LoadError, RuleFile};
use crate::catalogue::model::Rule;
use crate::catalogue::{self, Other};
use crate::config::ConfigError;
use crate::source::{Encoding, Source, Span};
use crate::standard::load::Known;
use crate::{nist, standard, verdict};
use std::path::Path;

/// Where a repository keeps its own rules.
pub(super) const FOLDER: &str = ".obsproof/rules";

/// Deepest folder below it that is read.
const DEEPEST: usize = 8;

/// A rule file of the repository.
pub(super) struct Own {
    /// Its path from the root.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// What it says.
    pub(super) file: RuleFile,
}

/// Takes the repository's rules, and the standard if there is another, for the rest of the run.
pub(super) fn bring_into_force(files: Files<'_>, other: Option<File>) -> Result<(), Failure> {
    let own = own_rules(files)?;
    let rules: Vec<Rule> = own.iter().map(|own| own.file.rule).collect();
    let Some(File { shown, text, .. }) = other else {
        named_requirements(&own)?;
        if !rules.is_empty() {
            catalogue::extend(rules, None);
        }
        return Ok(());
    };
    // Its clauses may name rules of the repository, which are not in force yet.
    let known = Known {
        query: verdict::is_query,
        rule: |code| catalogue::by_code(code).is_some() || is_code(code),
        control: |id| nist::control(id).is_some(),
    };
    let loaded =
        standard::load::load(&text, known).map_err(|errors| shown_faults(&shown, &text, errors))?;
    let missing = loaded.requirements.iter().flat_map(|it| it.clauses).flat_map(|it| it.rules);
    let mut missing = missing.filter(|code| {
        catalogue::by_code(code).is_none() && !rules.iter().any(|rule| rule.code == **code)
    });
    if let Some(code) = missing.next() {
        return Err(Failure::new(format!("{shown} names the rule `{code}`, which there is not"))
            .help(format!("`obsproof rules` lists those of the tool; your own are in {FOLDER}")));
    }
    let standard = standard::take(loaded);
    named_requirements(&own)?;
    let served = |rule: &Rule| standard.served(rule.code, rule.requirements);
    catalogue::extend(rules, Some(&Other { text: &text, served: &served }));
    Ok(())
}

fn is_code(code: &str) -> bool {
    code.len() > 3 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The rule files of the repository, by path.
pub(super) fn own_rules(files: Files<'_>) -> Result<Vec<Own>, Failure> {
    let paths = files.below(FOLDER, DEEPEST, &["yaml", "yml"]).map_err(|error| {
        Failure::new(format!("cannot read {FOLDER}: {}", load::reason(&error)))
            .help("its rules would be missing from the result")
    })?;
    let root = files.root;
    let mut own: Vec<Own> = Vec::new();
    for path in paths {
        let shown = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let File { text, .. } = files.read(&path, shown.clone())?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = catalogue::load::load(&name, &text)
            .map_err(|errors| shown_faults(&shown, &text, errors))?;
        let others: Vec<Rule> = own.iter().map(|own| own.file.rule).collect();
        if let Some((key, message)) = catalogue::refused(&file.rule, &others) {
            let span = key_span(&text, key);
            return Err(shown_faults(&shown, &text, vec![LoadError { span, message }]));
        }
        own.push(Own { path: shown, text, file });
    }
    Ok(own)
}

/// Own rules name requirements and controls that there are.
fn named_requirements(own: &[Own]) -> Result<(), Failure> {
    for Own { path, text, file } in own {
        let unknown = |ids: &[&str], exists: &dyn Fn(&str) -> bool| {
            ids.iter().find(|id| !exists(id)).map(|id| (*id).to_owned())
        };
        let requirement =
            unknown(file.rule.requirements, &|id| standard::requirement(id).is_some());
        let control = unknown(file.rule.controls, &|id| nist::control(id).is_some());
        let fault = requirement
            .map(|id| ("requirements", format!("`{id}` is no requirement of the standard")))
            .or(control.map(|id| ("controls", format!("`{id}` is no control of NIST SP 800-53"))));
        if let Some((key, message)) = fault {
            let error = LoadError { span: key_span(text, key), message };
            return Err(shown_faults(path, text, vec![error]));
        }
    }
    Ok(())
}

/// The place of a key at the left edge of a rule file.
fn key_span(text: &str, key: &str) -> Span {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(key) && line[key.len()..].starts_with(':') {
            return Span::new(crate::source::SourceId(0), offset, offset + key.len());
        }
        offset += line.len();
    }
    Span::new(crate::source::SourceId(0), 0, 0)
}

/// Faults of a rule file or a standard, shown at their places.
pub(super) fn shown_faults(path: &str, text: &str, errors: Vec<LoadError>) -> Failure {
    let source = Source::new(path, text.to_owned(), Encoding::Utf8);
    let help = "docs/rules.md says what a rule file holds".to_owned();
    let errors = errors
        .into_iter()
        .map(|LoadError { span, message }| ConfigError { span, message, help: help.clone() })
        .collect();
    faults((Box::new(source), errors))
}

/// Brings into force what the repository around this folder has, for commands that do not scan.
pub(super) fn of_folder(root: &Path) -> Result<(), Failure> {
    let root = load::real(root)?;
    let scan = Scan::of(root.clone());
    let today = load::today(&scan)?;
    super::settings::settings(&scan, &root, &today).map(|_| ())
}
