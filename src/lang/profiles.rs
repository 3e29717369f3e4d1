//! Names of profiles and of files that say that a setting is not for production.

/// Words of paths and profiles that say that this is not for production.
const REHEARSALS: &[&str] = &[
    "dev",
    "development",
    "local",
    "test",
    "tests",
    "testing",
    "debug",
    "staging",
    "stage",
    "qa",
    "uat",
    "sandbox",
    "integration",
    "preprod",
    "ci",
    "it",
    "e2e",
    "sample",
    "example",
    "default-dev",
];

/// Whether a profile, or each of several, is one for development.
pub fn is_rehearsed(profiles: &str) -> bool {
    let mut names = profiles.split(['|', ',', '&', ' ']).filter(|name| !name.is_empty());
    names.all(|name| match name.strip_prefix('!') {
        Some(other) => other.contains("prod") || other.contains("live"),
        None => REHEARSALS.contains(&name),
    })
}

/// Whether a path, in small letters, says so by one of its words.
pub fn is_path_of_rehearsal(path: &str) -> bool {
    path.split(['/', '.', '-', '_']).any(|part| REHEARSALS.contains(&part))
}
