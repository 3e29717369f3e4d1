//! `obsproof verify`.

use super::args::{Scan, Verify};
use super::load::Place;
use super::report::{make, read_record, unusable};
use super::{Failure, load, print};
use crate::audit::{self, Difference, list, text, words};
use crate::catalogue;
use crate::report::visible;
use serde_json::Value;
use std::path::{Component, Path};

/// Runs the command: 0 where the report holds, 1 where anything differs.
pub(super) fn run(arguments: &Verify) -> Result<u8, Failure> {
    let old = read_record(&arguments.report)?;
    let time = text(&old["run"], "time");
    let scan = Scan {
        config: arguments.config.clone(),
        rendered: arguments.rendered.clone(),
        // Files of values that it names are among what was read.
        render_command: old["rendered"]["command"].as_str().map(str::to_owned),
        threads: arguments.threads,
        // Ends of waivers, attestations and declarations are judged as on that day.
        clock: Some(time.to_owned()),
        no_cache: true,
        ..Scan::of(arguments.path.clone())
    };
    if !old["rendered"].is_null() && scan.rendered.is_none() {
        let command = visible(text(&old["rendered"], "command"));
        let how = if command.is_empty() { String::new() } else { format!(" ({command})") };
        return Err(Failure::new("the report was made with rendered input, and there is none now")
            .help(format!(
                "render it again{how}, and name the folder: --rendered DIR, or - for standard input"
            )));
    }
    load::today(&scan).map_err(|_| unusable(&arguments.report, "its `run` holds no time"))?;
    let root = load::place(&scan.paths)?.root;
    let only = words(&old["scope"], "only");
    let below =
        |path: &&str| Path::new(path).components().all(|it| matches!(it, Component::Normal(_)));
    if let Some(path) = only.iter().find(|path| !below(path)) {
        return Err(Failure::new(format!(
            "the report names `{}`, which is not below its root",
            visible(path)
        ))
        .help("it was not made by obsproof, or was changed"));
    }
    let only = only.iter().map(|path| root.join(path)).collect();
    let (_, record) = make(&scan, &Place { root, only })?;
    let new = record.value();
    let (then, now) = (text(&old["tool"], "ruleset"), catalogue::ruleset());
    let same_rules = then == now;
    let mut differences = audit::recompute(&old);
    differences.extend(audit::verify(&old, new, same_rules));
    let name = visible(&arguments.report.display().to_string());
    let mut out = format!("{name}: {}\n", made(&old));
    out.push_str(&notes(&old, new));
    out.push_str(&told(&differences));
    if !same_rules {
        print(out.as_bytes())?;
        let version = text(&old["tool"], "version");
        return Err(Failure::new(format!(
            "the verdicts were made with other rules ({then}) than these ({now})"
        ))
        .help(format!("run the obsproof that has them (the report names {version}): files and their hashes were compared, verdicts were not")));
    }
    if differences.is_empty() {
        out.push_str(&format!(
            "It holds: {} verdicts are the same, computed again from {} files.\n",
            list(new, "requirements").len(),
            list(new, "files").len()
        ));
    }
    print(out.as_bytes())?;
    Ok(u8::from(!differences.is_empty()))
}

fn made(record: &Value) -> String {
    let source = &record["sources"][0];
    let root = visible(text(source, "root"));
    let commit = match text(source, "commit") {
        "" => String::new(),
        commit => format!(" at {}", visible(commit.get(..12).unwrap_or(commit))),
    };
    let tool = &record["tool"];
    let (version, time) = (visible(text(tool, "version")), visible(text(&record["run"], "time")));
    format!("made by obsproof {version} of {root}{commit}, {time}")
}

/// What is said of both and is no difference of the evidence.
fn notes(old: &Value, new: &Value) -> String {
    let mut out = String::new();
    let stamp = words(old, "not_evidence").join("; ");
    if !stamp.is_empty() {
        out.push_str(&format!("  note: it is stamped NOT EVIDENCE: {}\n", visible(&stamp)));
    }
    let commit = |record: &Value| text(&record["sources"][0], "commit").to_owned();
    let (then, now) = (commit(old), commit(new));
    if then != now {
        let word = |commit: &str| match commit {
            "" => "no commit".to_owned(),
            commit => visible(commit.get(..12).unwrap_or(commit)),
        };
        out.push_str(&format!("  note: it was made at {}, here is {}\n", word(&then), word(&now)));
    }
    out
}

fn told(differences: &[Difference]) -> String {
    let mut out = String::new();
    for difference in differences {
        out.push_str(&format!("  {:<9} {}\n", difference.what, visible(&difference.message)));
    }
    match differences.len() {
        0 => {}
        1 => out.push_str("1 difference\n"),
        count => out.push_str(&format!("{count} differences\n")),
    }
    out
}
