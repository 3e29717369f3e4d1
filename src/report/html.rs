//! The self-contained page: one file that opens from disk, reads without JavaScript, and holds
//! nothing from elsewhere.
//!
//! A projection of the record; what is added is read from the report: the lines around a place,
//! what a rule says of itself, the picture of the chain. Templates, styles and script are files
//! beside this one.

mod chain;
mod controls;
mod draw;
mod findings;
mod owners;
mod picture;
mod requirements;
mod services;
mod snippet;
mod words;

use super::Report;
use super::record::Record;
use super::steps::{FIRST, Step, steps};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use findings::Book;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, escape_formatter};
use serde::Serialize;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// Marks the page before it is shown, so that views that are not open never flash by.
const EARLY: &str = "document.documentElement.className='js'";

const TEMPLATES: &[(&str, &str)] = &[
    ("about.html", include_str!("html/about.html")),
    ("chain.html", include_str!("html/chain.html")),
    ("controls.html", include_str!("html/controls.html")),
    ("findings.html", include_str!("html/findings.html")),
    ("macros.html", include_str!("html/macros.html")),
    ("overview.html", include_str!("html/overview.html")),
    ("owners.html", include_str!("html/owners.html")),
    ("page.html", include_str!("html/page.html")),
    ("requirements.html", include_str!("html/requirements.html")),
    ("services.html", include_str!("html/services.html")),
];

/// What the templates see.
#[derive(Serialize)]
struct Page<'a> {
    style: Value,
    script: Value,
    early: Value,
    policy: String,
    stamp: Option<String>,
    record: &'a serde_json::Value,
    steps: Steps,
    requirements: Vec<requirements::Row<'a>>,
    controls: controls::View<'a>,
    services: Vec<services::Row>,
    owners: Vec<owners::Row>,
    findings: findings::View,
    chain: chain::View,
}

#[derive(Serialize)]
struct Steps {
    first: Vec<StepRow>,
    more: usize,
}

#[derive(Serialize)]
struct StepRow {
    code: &'static str,
    severity: &'static str,
    count: usize,
    what: String,
    places: String,
    fix: &'static str,
    requirements: Vec<&'static str>,
    href: Option<String>,
}

/// The page as text.
///
/// # Errors
/// A template that cannot be run; the tests run all of them.
pub fn text(report: &Report, record: &Record) -> Result<String, Error> {
    let book = Book::of(report);
    let page = page(report, record, &book);
    environment()?.get_template("page.html")?.render(Serde(page))
}

fn page<'a>(report: &'a Report, record: &'a Record, book: &Book<'a>) -> Page<'a> {
    let value = record.value();
    let all = steps(report);
    let more = all.len().saturating_sub(FIRST);
    let first = all.into_iter().take(FIRST).map(|step| step_row(book, step)).collect();
    Page {
        style: Value::from_safe_string(STYLE.to_owned()),
        script: Value::from_safe_string(SCRIPT.to_owned()),
        early: Value::from_safe_string(EARLY.to_owned()),
        policy: policy(),
        stamp: record.stamp(),
        record: value,
        steps: Steps { first, more },
        requirements: requirements::rows(report, value, book),
        controls: controls::view(value, book),
        services: services::rows(report, value),
        owners: owners::rows(report),
        findings: book.view(record.chain()),
        chain: chain::view(report, record.chain(), book),
    }
}

fn step_row(book: &Book<'_>, step: Step) -> StepRow {
    StepRow {
        code: step.code,
        severity: step.severity.name(),
        count: step.count,
        what: step.what,
        places: step.places,
        fix: step.fix,
        requirements: step.requirements,
        href: book.of_code(step.code),
    }
}

/// Nothing is loaded and nothing is run but what stands in the page, by its hash.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {} {}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(EARLY),
        hash(SCRIPT)
    )
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(escaped);
    environment.add_filter("word", words::word);
    environment.add_filter("mark", words::mark);
    environment.add_filter("control", words::control);
    environment.add_filter("prose", words::prose);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Every text of the repository is shown and never obeyed: neither by the browser nor, where it
/// turns the direction of writing, by the reader's eye.
fn escaped(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.kind() == ValueKind::String && !value.is_safe() => {
            escape_formatter(out, state, &Value::from(words::shown(text)))
        }
        _ => escape_formatter(out, state, value),
    }
}
