//! What every scan needs: the root, the configuration, the clock.

use super::Failure;
use super::args::{Colour, Scan};
use crate::report::style::Style;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A root and the paths under it to which the scan is limited.
pub(super) struct Place {
    pub(super) root: PathBuf,
    pub(super) only: Vec<PathBuf>,
}

/// The root is the PATH given: a file's folder, the common folder of several.
pub(super) fn place(paths: &[PathBuf]) -> Result<Place, Failure> {
    let mut absolute = Vec::new();
    for path in paths {
        let real = real(path)?;
        std::fs::metadata(&real)
            .and_then(
                |metadata| {
                    if metadata.is_dir() { std::fs::read_dir(&real).map(|_| ()) } else { Ok(()) }
                },
            )
            .map_err(|error| {
                Failure::new(format!("cannot read {}: {}", path.display(), reason(&error)))
            })?;
        absolute.push(real);
    }
    if let [only] = &absolute[..]
        && only.is_dir()
    {
        return Ok(Place { root: only.clone(), only: Vec::new() });
    }
    let folder = |path: &Path| {
        if path.is_dir() {
            path.to_path_buf()
        } else {
            path.parent().map(Path::to_path_buf).unwrap_or_default()
        }
    };
    let mut root = absolute.first().map(|path| folder(path)).unwrap_or_default();
    for path in &absolute {
        while !path.starts_with(&root) && root.pop() {}
    }
    Ok(Place { root, only: absolute })
}

/// The absolute path of what exists.
pub(super) fn real(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| {
        Failure::new(format!("cannot read {}: {}", path.display(), reason(&error)))
            .help("give a file or folder that exists")
    })
}

pub(super) fn reason(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder",
        std::io::ErrorKind::PermissionDenied => "permission denied",
        _ => "the system refuses",
    }
}

/// Uses this many threads for the rest of the run.
pub(super) fn threads(scan: &Scan) -> Result<(), Failure> {
    let Some(threads) = scan.threads else { return Ok(()) };
    if threads == 0 {
        return Err(
            Failure::new("`--threads` takes a number from 1").help("leave it out for one a core")
        );
    }
    // A pool that exists already serves as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    Ok(())
}

/// Today as `YYYY-MM-DD`: `--clock`, else the system's clock in UTC.
pub(super) fn today(scan: &Scan) -> Result<String, Failure> {
    match &scan.clock {
        Some(clock) => {
            let day = clock.get(..10).unwrap_or(clock);
            let digits = |range: std::ops::Range<usize>| {
                day.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            };
            let valid = day.len() == 10
                && digits(0..4)
                && digits(5..7)
                && digits(8..10)
                && &day[4..5] == "-"
                && &day[7..8] == "-";
            if valid {
                Ok(day.to_owned())
            } else {
                Err(Failure::new(format!("`--clock {clock}` is no time"))
                    .help("write YYYY-MM-DD or an RFC 3339 time"))
            }
        }
        None => Ok(date(seconds())),
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

/// The run's time as RFC 3339 in UTC.
pub(super) fn now(scan: &Scan) -> String {
    match &scan.clock {
        Some(clock) if clock.len() > 10 => clock.clone(),
        Some(clock) => format!("{clock}T00:00:00Z"),
        None => {
            let now = seconds();
            let of_day = now % 86_400;
            format!(
                "{}T{:02}:{:02}:{:02}Z",
                date(now),
                of_day / 3_600,
                of_day / 60 % 60,
                of_day % 60
            )
        }
    }
}

/// The civil date of a Unix time (days from the epoch in the proleptic Gregorian calendar).
fn date(seconds: u64) -> String {
    let days = i64::try_from(seconds / 86_400).unwrap_or_default() + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether to colour standard output.
pub(super) fn style(colour: Colour) -> Style {
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    Style { colour }
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_are_civil() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_795_478_400), "2026-11-24");
    }
}
