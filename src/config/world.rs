//! Kinds of facts of which a repository may hold all there are, or some.

/// A kind of facts that rules about absence ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum World {
    /// Alerts that reach the Alertmanagers of the repository.
    Alerts,
    /// Alertmanagers that get the alerts of the repository, and their routes.
    Routes,
    /// Metrics that the servers of the repository hold.
    Metrics,
    /// Exporters and other programs that run.
    Exporters,
    /// Recorded names.
    Records,
    /// What the servers of the repository scrape.
    Endpoints,
}

/// All of them with the words of the configuration.
pub const WORLDS: &[(World, &str)] = &[
    (World::Alerts, "alerts"),
    (World::Routes, "routes"),
    (World::Metrics, "metrics"),
    (World::Exporters, "exporters"),
    (World::Records, "records"),
    (World::Endpoints, "endpoints"),
];

/// The words alone.
pub(super) const WORDS: &[&str] =
    &["alerts", "routes", "metrics", "exporters", "records", "endpoints"];

impl World {
    /// The word used in configuration and output.
    pub fn name(self) -> &'static str {
        WORLDS.iter().find(|(world, _)| *world == self).map_or("", |(_, name)| name)
    }

    /// Reads the word.
    pub fn named(name: &str) -> Option<World> {
        WORLDS.iter().find(|(_, word)| *word == name).map(|(world, _)| *world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_kinds() {
        let named: Vec<&str> = WORLDS.iter().map(|(_, word)| *word).collect();
        assert_eq!(named, WORDS);
        assert_eq!(World::named(World::Records.name()), Some(World::Records));
    }
}
