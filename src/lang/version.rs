//! Release numbers: `8.15.0`, `v0.113.0`, `3.2-debian-12`.

use std::fmt;

/// A release: major, minor and patch number; what is not written is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

impl Version {
    /// A release by its numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Version {
        Version { major, minor, patch }
    }

    /// Reads a release or an image's tag; `None` for `latest` and other names.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.split(['-', '+', '_', ' ']).next()?;
        let mut numbers = text.split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let mut next = || numbers.next().transpose().map(Option::unwrap_or_default);
        // A date or a build number is no release.
        let found = Version { major, minor: next().ok()?, patch: next().ok()? };
        (found.major < 10_000).then_some(found)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn tags_are_read_as_releases_and_names_are_not() {
        let read = |text| Version::parse(text).map(|version| version.to_string());
        assert_eq!(read("8.15.0").as_deref(), Some("8.15.0"));
        assert_eq!(read("v0.113.0-amd64").as_deref(), Some("0.113.0"));
        assert_eq!(read("1.50").as_deref(), Some("1.50.0"));
        assert_eq!(read("9").as_deref(), Some("9.0.0"));
        assert_eq!(read("3.2.1-debian-12-r3").as_deref(), Some("3.2.1"));
        for name in ["latest", "", "main", "sha-1234", "8.x", "20240101"] {
            assert_eq!(read(name), None, "{name}");
        }
        assert!(Version::new(8, 15, 0) > Version::new(8, 9, 3));
    }
}
