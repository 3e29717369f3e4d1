//! Plugins of Logstash and what they take, as data: compiled from `plugins/*.yaml`, which name the
//! release that was read and how to read the next.

/// A plugin, or what all plugins of a role take.
#[derive(Debug, PartialEq, Eq)]
pub struct Plugin {
    /// `input`, `filter`, `output` or `codec`.
    pub role: &'static str,
    /// Its name; empty for what all of its role take.
    pub name: &'static str,
    /// Its options, by name.
    pub options: &'static [Opt],
}

/// An option.
#[derive(Debug, PartialEq, Eq)]
pub struct Opt {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Type,
    /// The words it takes; empty for any.
    pub values: &'static [&'static str],
    /// It takes several of them.
    pub list: bool,
    /// The plugin does not start without it.
    pub required: bool,
    /// It will go.
    pub deprecated: bool,
    /// The first release that refuses it.
    pub obsolete: Option<&'static str>,
    /// What to use instead.
    pub renamed: Option<&'static str>,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// The plugin decides.
    Any,
    /// One text.
    Text,
    /// One number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// A hash.
    Hash,
    /// A codec.
    Codec,
    /// One secret text.
    Password,
    /// One address.
    Uri,
    /// A file that is there.
    Path,
    /// A size.
    Bytes,
    /// `[a][b]`
    Field,
}

include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

/// The bundled plugin of a role.
pub fn plugin(role: &str, name: &str) -> Option<&'static Plugin> {
    let at = PLUGINS.binary_search_by(|one| (one.role, one.name).cmp(&(role, name))).ok()?;
    PLUGINS.get(at)
}

/// The names of the bundled plugins of a role.
pub fn names(role: &str) -> impl Iterator<Item = &'static str> {
    PLUGINS.iter().filter(move |one| one.role == role).map(|one| one.name)
}

/// Whether this is a plugin of the project that is not bundled: it has to be installed.
pub fn is_other(role: &str, name: &str) -> bool {
    OTHERS.binary_search(&(role, name)).is_ok()
}

/// What every plugin of a role takes.
fn common(role: &str) -> &'static [Opt] {
    COMMON.iter().find(|one| one.role == role).map_or(&[], |one| one.options)
}

impl Plugin {
    /// An option of it, or of all plugins of its role.
    pub fn option(&self, name: &str) -> Option<&'static Opt> {
        let own = |options: &'static [Opt]| {
            options.binary_search_by(|one| one.name.cmp(name)).ok().and_then(|at| options.get(at))
        };
        own(self.options).or_else(|| own(common(self.role)))
    }

    /// The names of all its options that are not refused.
    pub fn option_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let all = self.options.iter().chain(common(self.role));
        all.filter(|one| one.obsolete.is_none()).map(|one| one.name)
    }
}

/// Whether grok's own patterns hold this name, in the older or the newer set.
pub fn has_pattern(name: &str) -> bool {
    let at = PATTERNS.partition_point(|(known, _)| *known < name);
    PATTERNS.get(at).is_some_and(|(known, _)| *known == name)
}

/// The names of grok's own patterns.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    PATTERNS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{Type, has_pattern, is_other, names, plugin};

    #[test]
    fn plugins_are_found_with_the_options_of_their_role() {
        let output = plugin("output", "elasticsearch").expect("bundled");
        assert_eq!(output.option("hosts").map(|one| one.kind), Some(Type::Uri));
        assert_eq!(output.option("id").map(|one| one.kind), Some(Type::Text));
        assert_eq!(output.option("ssl").and_then(|one| one.renamed), Some("ssl_enabled"));
        assert!(output.option("template_pattern").is_none());
        assert!(plugin("filter", "geo_ip").is_none());
        assert!(is_other("output", "mongodb") && !is_other("output", "elasticsearch"));
        assert!(names("input").count() > 30 && names("codec").count() > 15);
        assert!(has_pattern("IPORHOST") && !has_pattern("IPHOST"));
    }
}
