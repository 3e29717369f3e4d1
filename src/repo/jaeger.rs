//! What runs of Jaeger, in which release, with which settings.

use super::Repo;
use crate::config::Profile;
use crate::facts::DocumentId;
use crate::facts::configmap::ConfigMap;
use crate::facts::deploy::Container;
use crate::facts::jaeger::flags::{self, Release};
use crate::facts::jaeger::{Component, Form, JaegerConfig, Part};
use crate::facts::scalar::Scalar;
use crate::source::Span;

/// First release of the chart that runs version 2.
const CHART_OF_V2: u32 = 4;

/// The last day on which version 1 got updates, as its maintainers announced it
/// (github.com/jaegertracing/jaeger/issues/6321, jaegertracing.io/download).
pub const END_OF_V1: &str = "2025-12-31";

/// A value of a setting.
#[derive(Clone, Debug)]
pub enum Given<'r> {
    /// It is written: text and place.
    Text(&'r str, Span),
    /// It is set, and nobody can know to what.
    Unknown(Span),
    /// It is not set.
    Not,
    /// It may be set out of sight.
    Maybe,
}

impl Part {
    /// Its release, if its image or chart says one.
    pub fn release(&self) -> Option<Release> {
        match &self.form {
            Form::Container(container) => release(container.image_tag()?),
            _ => None,
        }
    }

    /// Whether it is version 1: by its tag, its chart, or because nothing of version 2 has its
    /// name. `None` where nobody can know.
    pub fn is_v1(&self) -> Option<bool> {
        match &self.form {
            Form::Container(_) if !self.name.known => None,
            Form::Container(_) => match (self.component, self.release()) {
                (Component::Operator, _) => Some(true),
                (_, Some((major, _))) => Some(major < 2),
                (component, None) => Some(component.is_v1()),
            },
            Form::Chart(_) if self.component == Component::Operator => Some(true),
            Form::Chart(package) => {
                let version = package.version.as_ref()?.known_text()?;
                let digits = version.trim_start_matches(['^', '~', '=', 'v', ' ']);
                let major: u32 = digits.split('.').next()?.parse().ok()?;
                Some(major < CHART_OF_V2)
            }
            Form::Object(_) => Some(true),
            Form::Config(_) => Some(false),
            Form::Base => {
                let tag = self.name.known_text()?.rsplit_once(':').map(|(_, tag)| tag);
                match tag.filter(|tag| !tag.contains('/')).and_then(release) {
                    Some((major, _)) => Some(major < 2),
                    None => Some(self.component.is_v1()),
                }
            }
            Form::Values(_) | Form::Sidecar | Form::Variable(_) => None,
        }
    }

    /// Whether somebody else than the project built its image.
    pub fn is_vendors(&self) -> bool {
        let image = &self.name.text;
        let path = image.rsplit_once('/').map_or("", |(path, _)| path);
        matches!(self.form, Form::Container(_) | Form::Base)
            && !path.is_empty()
            && !path.split('/').any(|segment| segment == "jaegertracing")
    }
}

/// Major and minor number of a tag.
pub fn release(tag: &str) -> Option<Release> {
    let mut numbers = tag.trim_start_matches('v').split(['.', '-', '_', '+']);
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
    Some((major, minor))
}

impl Repo {
    /// Parts of Jaeger that are the repository's own.
    pub fn own_jaegers(&self) -> impl Iterator<Item = &Part> {
        self.facts.jaeger_parts.iter().filter(|part| self.is_ours(part.document))
    }

    /// Whether a document is part of a test, an example or a demonstration.
    pub fn is_demo(&self, document: DocumentId) -> bool {
        self.profile(document.source) == Profile::Dev
    }

    /// Whether a configuration of version 2 may be one of several that are loaded together.
    pub fn is_layered(&self, config: &JaegerConfig) -> bool {
        let several = |part: &Part| {
            part.container().is_some_and(|container| {
                let configs =
                    |arg: &&Scalar| arg.text == "--config" || arg.text.starts_with("--config=");
                container.args.iter().filter(configs).count() > 1
            })
        };
        config.service_key.is_none() || self.facts.jaeger_parts.iter().any(several)
    }

    /// ConfigMaps of a name.
    pub fn config_maps<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r ConfigMap> {
        let maps = self.facts.config_maps.iter();
        maps.filter(move |map| map.object.kind == "ConfigMap" && map.object.name == name)
    }

    /// The value of a setting of a Jaeger program of version 1: its flag, its variable, or the
    /// ConfigMap the variable comes from.
    pub fn jaeger_setting<'r>(&'r self, container: &'r Container, variable: &str) -> Given<'r> {
        if let Some(flag) = flags::flag(variable)
            && let Some((value, span)) = container.flag_value(flag.name)
        {
            return value.map_or(Given::Unknown(span), |value| Given::Text(value, span));
        }
        let sources = || container.env_sources.iter();
        let named = sources()
            .find(|source| source.variable.as_ref().is_some_and(|known| known.text == variable));
        if let Some(source) = named {
            let key = source.key.as_ref().map(|key| key.text.as_str());
            return self.given_in(&source.map.text, key.unwrap_or(variable), source.map.span);
        }
        if let Some(value) = container.env.get(variable) {
            return match value.known_text() {
                Some(text) => Given::Text(text, value.span),
                None => Given::Unknown(value.span),
            };
        }
        for source in sources().filter(|source| source.variable.is_none()) {
            match self.given_in(&source.map.text, variable, source.map.span) {
                Given::Unknown(_) => return Given::Maybe,
                Given::Not | Given::Maybe => {}
                found => return found,
            }
        }
        let whole = || sources().filter(|source| source.variable.is_none());
        let seen = whole().count() > 0
            && whole().all(|source| {
                !source.secret && self.config_maps(&source.map.text).next().is_some()
            });
        let masked = self.document(container.document).masked;
        let open = masked || (container.env.open && !seen);
        match open || container.args.iter().any(|arg| !arg.known) {
            true => Given::Maybe,
            false => Given::Not,
        }
    }

    fn given_in<'r>(&'r self, map: &'r str, key: &str, at: Span) -> Given<'r> {
        let mut maps = self.config_maps(map);
        let (Some(found), None) = (maps.next(), maps.next()) else { return Given::Unknown(at) };
        match found.data.get(key) {
            Some(value) if value.known => Given::Text(&value.text, value.span),
            Some(value) => Given::Unknown(value.span),
            None if found.data.open => Given::Unknown(at),
            None => Given::Not,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn tags_are_releases_or_not() {
        for (tag, expected) in [
            ("1.50", Some((1, 50))),
            ("1.76.0", Some((1, 76))),
            ("v2.20.0", Some((2, 20))),
            ("2", Some((2, 0))),
            ("1.57.0-debian-12-r0", Some((1, 57))),
            ("latest", None),
        ] {
            assert_eq!(release(tag), expected, "{tag}");
        }
    }
}
