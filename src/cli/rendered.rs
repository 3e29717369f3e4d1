//! `--rendered`: output of other programs, read before the repository is.

use super::Failure;
use super::args::Scan;
use super::load::Place;
use crate::discover;
use crate::render::{OUTSIDE, Rendered};
use std::io::Read;
use std::path::Path;

/// Reads what `--rendered` names; nothing without it.
pub(super) fn read(scan: &Scan, place: &Place) -> Result<Rendered, Failure> {
    let command = scan.render_command.clone();
    let Some(folder) = &scan.rendered else { return Ok(Rendered::default()) };
    let mut rendered = Rendered { command, ..Rendered::default() };
    if folder.as_os_str() == "-" {
        rendered.texts.insert(format!("{OUTSIDE}-"), standard_input()?);
        return Ok(rendered);
    }
    let shown = folder.display();
    let real = folder.canonicalize().ok().filter(|real| real.is_dir()).ok_or_else(|| {
        Failure::new(format!("`--rendered {shown}` is no folder"))
            .help("render into one first: helm template NAME CHART --output-dir rendered")
    })?;
    if place.root.starts_with(&real) {
        return Err(Failure::new(format!("`--rendered {shown}` holds the repository itself"))
            .help("name the folder that has only the rendered files"));
    }
    let inside = real.strip_prefix(&place.root).ok().map(|_| place.root.as_path());
    let tree = discover::all_files(&real);
    for entry in tree.entries.iter().filter(|entry| is_text(&entry.path)) {
        let source = discover::load(entry).map_err(|skip| {
            Failure::new(format!("cannot read {}: {}", entry.path, skip.name()))
                .help("rendered files are UTF-8 text")
        })?;
        let path = match inside {
            Some(root) => discover::relative(root, &real.join(&entry.path)),
            None => format!("{OUTSIDE}{}", entry.path),
        };
        rendered.texts.insert(path, source.text().to_owned());
    }
    if rendered.texts.is_empty() {
        return Err(Failure::new(format!("`--rendered {shown}` holds no YAML or JSON"))
            .help("render into it first: helm template NAME CHART --output-dir rendered"));
    }
    Ok(rendered)
}

fn is_text(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("yaml" | "yml" | "json"))
}

fn standard_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(discover::SIZE_CAP + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
    if bytes.len() as u64 > discover::SIZE_CAP {
        return Err(Failure::new("more comes from standard input than is read of one file")
            .help("render into a folder: helm template NAME CHART --output-dir rendered"));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new("`--rendered -`: nothing comes from standard input")
            .help("helm template NAME CHART | obsproof check --rendered -"));
    }
    match discover::decode(bytes) {
        Ok((text, _)) => Ok(text),
        Err(skip) => Err(Failure::new(format!("standard input is no text: {}", skip.name()))
            .help("helm template NAME CHART | obsproof check --rendered -")),
    }
}
