//! Which release of a program a document is for: the tag of the image that runs with it, what an
//! operator's object or a chart states.

use super::Repo;
use super::runs::{COLLECTOR, Program};
use crate::facts::DocumentId;
use crate::facts::deploy::Container;
use crate::lang::path::folder;
use crate::lang::version::Version;
use crate::source::Span;

/// A release and where it is written.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// The release.
    pub version: Version,
    /// Where: the image, the line of an environment file, the field.
    pub span: Span,
}

/// The releases a document may run with, oldest first; empty where nothing says.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    /// Known ones.
    pub found: Vec<Release>,
    /// Something runs whose release is not written.
    pub open: bool,
}

impl Releases {
    /// Whether the document runs with this release or a later one; `None` where that is not
    /// certain.
    pub fn reach(&self, release: Version) -> Option<bool> {
        let (oldest, newest) = (self.found.first()?, self.found.last()?);
        match (self.open, oldest.version >= release, newest.version < release) {
            (true, ..) => None,
            (_, true, _) => Some(true),
            (_, _, true) => Some(false),
            _ => None,
        }
    }

    /// The oldest release, if every one is known.
    pub fn oldest(&self) -> Option<Release> {
        self.found.first().copied().filter(|_| !self.open)
    }

    /// The newest release, if every one is known.
    pub fn newest(&self) -> Option<Release> {
        self.found.last().copied().filter(|_| !self.open)
    }

    fn add(&mut self, release: Option<Release>) {
        match release {
            Some(release) => self.found.push(release),
            None => self.open = true,
        }
    }

    fn sorted(mut self) -> Releases {
        self.found.sort_by_key(|release| (release.version, release.span));
        self
    }
}

impl Repo {
    /// The releases of a program that a document runs with.
    pub fn releases(&self, document: DocumentId, program: Program) -> Releases {
        let mut releases = Releases::default();
        let own = |stated: &&crate::facts::deploy::StatedRelease| program.is(&stated.program);
        let host = self.document(document).host;
        let here = |id: DocumentId| id == document || Some(id) == host;
        // What the document, or the one it is part of, says itself.
        let stated = self.facts.releases.iter().filter(own);
        for one in stated.clone().filter(|one| here(one.document)) {
            releases.add(self.written(one.document, &one.release.text, one.release.span));
        }
        if !releases.found.is_empty() || releases.open {
            return releases.sorted();
        }
        let containers = self.runs_with(document, program);
        // What only stands somewhere in the same tree may run with something else.
        let near = containers.iter().any(|container| self.is_near(document, container));
        releases.open = !near && !containers.is_empty();
        for container in &containers {
            releases.add(self.release_of(container));
        }
        if !containers.is_empty() {
            return releases.sorted();
        }
        // A chart's release, for what stands in its folder.
        let path = &self.source(document.source).path;
        let charts = stated.filter(|one| {
            let chart = folder(&self.source(one.document.source).path);
            one.folder
                && path
                    .strip_prefix(chart)
                    .is_some_and(|rest| chart.is_empty() || rest.starts_with('/'))
        });
        let nearest = charts.max_by_key(|one| self.source(one.document.source).path.len());
        if let Some(one) = nearest {
            releases.add(self.written(one.document, &one.release.text, one.release.span));
        }
        releases.sorted()
    }

    /// The release of a container's image: its tag, or that of the image it is built from.
    pub fn release_of(&self, container: &Container) -> Option<Release> {
        let base = self.base_image(container);
        let image = match base {
            Some(base) => &base.image,
            None => container.image.as_ref()?,
        };
        let text = self.filled(container, &image.text);
        let tag = text.split('@').next()?.rsplit('/').next()?.split_once(':')?.1.to_owned();
        // Whoever builds a collector of his own numbers it as he likes.
        let version = Version::parse(&tag).filter(|it| it.major == 0 || !COLLECTOR.is(&text))?;
        // Where a variable holds it, that is the place to look at.
        let span = self.variable(container, &image.text).unwrap_or(image.span);
        Some(Release { version, span })
    }

    fn written(&self, document: DocumentId, text: &str, span: Span) -> Option<Release> {
        let folder = folder(&self.source(document.source).path);
        let text = fill(text, &mut |name| {
            self.runs().env(self, folder, name).map(|value| value.value.text.clone())
        });
        Some(Release { version: Version::parse(&text)?, span })
    }

    /// A text with the variables that Compose and Docker would put in; others stay.
    pub fn filled(&self, container: &Container, text: &str) -> String {
        fill(text, &mut |name| self.lookup(container, name).map(|(value, _)| value))
    }

    /// The value of a variable and where it stands: build arguments, then the environment file
    /// beside the manifest, then the default of a Dockerfile.
    fn lookup(&self, container: &Container, name: &str) -> Option<(String, Span)> {
        let manifest = folder(&self.source(container.document.source).path);
        let env = |name: &str| {
            let value = &self.runs().env(self, manifest, name)?.value;
            value.known.then(|| (value.text.clone(), value.span))
        };
        if let Some(given) = container.build_args.get(name) {
            let text = fill(&given.text, &mut |name| env(name).map(|(value, _)| value));
            if !text.is_empty() && !text.contains("${") {
                let span = name_in(&given.text).and_then(env).map_or(given.span, |(_, span)| span);
                return Some((text, span));
            }
        }
        let default = || {
            let base = self.base_image(container)?;
            let (_, value) = base.defaults.iter().rev().find(|(known, _)| known == name)?;
            Some((value.clone(), base.image.span))
        };
        env(name).or_else(default)
    }

    fn variable(&self, container: &Container, text: &str) -> Option<Span> {
        self.lookup(container, name_in(text)?).map(|(_, span)| span)
    }
}

/// The first variable of a text.
fn name_in(text: &str) -> Option<&str> {
    let rest = &text[text.find("${")? + 2..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    (end > 0).then(|| &rest[..end])
}

/// Replaces `${NAME}`, `${NAME:-default}` and `$NAME`; what nobody knows stays as written.
pub(super) fn fill(text: &str, value: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let braced = rest.strip_prefix("${");
        let body = braced.unwrap_or(&rest[1..]);
        let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
        let name = &body[..end];
        let (default, len) = match (braced, body.find('}')) {
            (Some(_), Some(close)) => {
                let after = &body[end..close.max(end)];
                let default = after.strip_prefix(":-").or_else(|| after.strip_prefix('-'));
                (default, close + 3)
            }
            (Some(_), None) => (None, rest.len()),
            (None, _) => (None, end + 1),
        };
        let known = value(name).filter(|value| !value.is_empty());
        let len = len.min(rest.len()).max(1);
        match known.or_else(|| default.map(str::to_owned)) {
            Some(value) if !name.is_empty() => filled.push_str(&value),
            _ => filled.push_str(&rest[..len]),
        }
        rest = &rest[len..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn variables_are_put_in_and_others_stay() {
        let mut value = |name: &str| (name == "V").then(|| "8.1".to_owned());
        let mut read = |text| fill(text, &mut value);
        assert_eq!(read("es:${V}"), "es:8.1");
        assert_eq!(read("es:$V"), "es:8.1");
        assert_eq!(read("es:${W:-7.1}-x"), "es:7.1-x");
        assert_eq!(read("es:${W}"), "es:${W}");
        assert_eq!(read("es:${W"), "es:${W");
        assert_eq!(read("$"), "$");
        assert_eq!(read("ä${V}ö"), "ä8.1ö");
    }
}
