//! What every scan needs: the root, the configuration, the clock.

use super::Failure;
use super::args::{Colour, Scan};
use crate::cache::Folder;
use crate::lang::day;
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

/// Where what is read is kept for the next run: `OBSPROOF_CACHE_DIR`, where that is empty
/// nowhere, else the user's own place for caches, unless that is in the tree.
pub(super) fn cache(scan: &Scan, root: &Path) -> Option<Folder> {
    if scan.no_cache {
        return None;
    }
    let top = match std::env::var_os("OBSPROOF_CACHE_DIR") {
        Some(top) if top.is_empty() => return None,
        Some(top) => std::path::absolute(top).ok()?,
        None => caches().filter(|top| !is_below(top, root))?.join("obsproof"),
    };
    Folder::of(&top, root, &std::env::current_exe().ok()?)
}

/// Whether a folder is below another, or will be when it is made.
fn is_below(folder: &Path, root: &Path) -> bool {
    let there = folder.ancestors().find_map(|above| above.canonicalize().ok());
    there.is_none_or(|there| there.starts_with(root))
}

/// The user's own place for caches.
fn caches() -> Option<PathBuf> {
    let place =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    let home = |below: &str| place("HOME").map(|home| home.join(below));
    place("XDG_CACHE_HOME").or_else(|| match std::env::consts::OS {
        "windows" => place("LOCALAPPDATA"),
        "macos" => home("Library/Caches"),
        _ => home(".cache"),
    })
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
            let valid =
                day::number(day).is_some() && (clock == day || is_time(&clock[day.len()..]));
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

/// What follows the day in RFC 3339: `T09:30:00Z`, `T09:30:00.5+02:00`.
fn is_time(rest: &str) -> bool {
    let pair = |text: &str, most: u32| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let Some(rest) = rest.strip_prefix('T').filter(|rest| rest.is_ascii() && rest.len() > 8) else {
        return false;
    };
    let (time, rest) = rest.split_at(8);
    let parts: Vec<&str> = time.split(':').collect();
    let is_time = matches!(parts[..], [hour, minute, second]
        if pair(hour, 23) && pair(minute, 59) && pair(second, 60));
    let zone = match rest.strip_prefix('.') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        Some(_) => return false,
        None => rest,
    };
    let offset = zone.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':'));
    is_time
        && (zone == "Z" || offset.is_some_and(|(hour, minute)| pair(hour, 23) && pair(minute, 59)))
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

/// The day of a Unix time.
fn date(seconds: u64) -> String {
    day::text(i64::try_from(seconds / 86_400).unwrap_or_default())
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
    use super::is_time;

    #[test]
    fn a_time_has_its_zone() {
        for time in ["T00:00:00Z", "T23:59:60+02:00", "T09:30:00.25-11:30"] {
            assert!(is_time(time), "{time}");
        }
        for time in [
            "",
            "T",
            "T00:00:00",
            " 00:00:00Z",
            "T24:00:00Z",
            "T00:00:00.Z",
            "T0:00:00Z",
            "T00:00:00+2",
        ] {
            assert!(!is_time(time), "{time}");
        }
    }
}
