//! `obsproof init`: a first configuration, and what the repository has and lacks.

use super::args::{Init, Scan};
use super::write::write_file;
use super::{Failure, load, print};
use crate::report::starter;

/// Writes `obsproof.toml` where there is none.
pub(super) fn run(arguments: &Init) -> Result<u8, Failure> {
    let scan = Scan { clock: arguments.clock.clone(), ..Scan::of(arguments.root.clone()) };
    let place = load::place(&scan.paths)?;
    if !place.only.is_empty() {
        return Err(Failure::new(format!("{} is no folder", arguments.root.display()))
            .help("name the folder of the repository: obsproof init PATH"));
    }
    let path = place.root.join("obsproof.toml");
    if !arguments.print && path.exists() {
        return Err(Failure::new("obsproof.toml is there already, and stays as it is")
            .help("`obsproof init --print` shows what a new one would say"));
    }
    let today = load::today(&scan)?;
    let report = super::report::whole(&scan, &place)?;
    let expires = in_a_year(&today);
    let text = starter::config(&report, &expires);
    if arguments.print {
        print(text.as_bytes())?;
        return Ok(0);
    }
    write_file(&path, text.as_bytes())?;
    let mut out = starter::overview(&report);
    out.push_str(
        "\nWrote obsproof.toml: read it, uncomment what is true. Then:\n  \
         obsproof check       what is wrong\n  \
         obsproof baseline    let what is there pass, and show what is new\n  \
         obsproof report      what is met of the standard, on what evidence\n",
    );
    print(out.as_bytes())?;
    Ok(0)
}

/// The same day of the next year; the last of February for a leap day.
fn in_a_year(today: &str) -> String {
    let year = today.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or_default();
    match today.get(4..) {
        Some("-02-29") => format!("{:04}-02-28", year + 1),
        rest => format!("{:04}{}", year + 1, rest.unwrap_or_default()),
    }
}
