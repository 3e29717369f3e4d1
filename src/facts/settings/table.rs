//! The tables of `settings/`, as the build wrote them.

use crate::facts::schema::nearest;

/// The settings of one program.
#[derive(Debug)]
pub struct Table {
    /// Its name: `kibana`.
    pub name: &'static str,
    /// The program, as messages name it.
    pub program: &'static str,
    /// The newest release that was read.
    pub newest: &'static str,
    /// Namespaces of which every key is listed.
    pub closed: &'static [&'static str],
    /// Keys, sorted; `x.*` is anything below `x`, and `x` itself.
    pub keys: &'static [&'static str],
    /// Keys of older releases, sorted.
    pub removed: &'static [Removed],
}

/// A key that only older releases take.
#[derive(Debug)]
pub struct Removed {
    /// The key; `x.*` is anything below `x`, and `x` itself.
    pub key: &'static str,
    /// The first release that refuses it.
    pub since: &'static str,
    /// What it is called now.
    pub instead: Option<&'static str>,
}

/// What a table says of a key.
#[derive(Debug)]
pub enum Standing {
    /// The program takes it, or its namespace.
    Known,
    /// Older releases took it.
    Removed(&'static Removed),
    /// No release takes it.
    Unknown {
        /// Every key of its namespace is listed, or it is a slip of the pen.
        certain: bool,
        /// The nearest key there is.
        near: Option<String>,
    },
}

impl Table {
    /// The table with this name.
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// What it says of a key with all its parts.
    pub fn look_up(&self, key: &str) -> Standing {
        if let Some(removed) = self.removed.iter().find(|removed| covers(removed.key, key)) {
            return Standing::Removed(removed);
        }
        let space = key.split('.').next().unwrap_or_default();
        let listed = || self.keys.iter().any(|known| covers(known, key) || leads(key, known));
        // `a.b` is listed as a namespace: a program reads what its parts are.
        if !listed() {
            let near = self.near(key);
            let certain = self.closed.contains(&space) || near.is_some();
            return Standing::Unknown { certain, near };
        }
        let closed = self.closed.contains(&space);
        let exact = self
            .keys
            .iter()
            .any(|known| leads(key, known) || (covers(known, key) && (closed || !is_root(known))));
        match exact {
            true => Standing::Known,
            false => self.inside(key),
        }
    }

    /// A key that only its namespace stands for: known, unless keys below it are listed that
    /// all differ.
    fn inside(&self, key: &str) -> Standing {
        let Some((above, _)) = key.rsplit_once('.') else { return Standing::Known };
        let mut prefix = above;
        loop {
            let below = format!("{prefix}.");
            let listed = |known: &&&str| known.starts_with(&below) && !is_root(known);
            let mut siblings = self.keys.iter().filter(listed);
            if siblings.next().is_some() {
                return match self.near(key) {
                    Some(near) => Standing::Unknown { certain: true, near: Some(near) },
                    None => Standing::Known,
                };
            }
            match prefix.rsplit_once('.') {
                Some((shorter, _)) => prefix = shorter,
                None => return Standing::Known,
            }
        }
    }

    /// The nearest key of the table, as it would be written in place of `key`.
    fn near(&self, key: &str) -> Option<String> {
        let names = || self.keys.iter().map(|known| known.strip_suffix(".*").unwrap_or(known));
        if let Some(near) = nearest(names(), key) {
            return Some(near);
        }
        // A slip in the first word: `elasticsaerch.hosts`.
        let (space, rest) = key.split_once('.')?;
        let mut spaces: Vec<&'static str> =
            names().map(|known| known.split('.').next().unwrap_or(known)).collect();
        if spaces.contains(&space) {
            return None;
        }
        spaces.dedup();
        let right = nearest(spaces.into_iter(), space).filter(|_| space.len() > 5)?;
        Some(format!("{right}.{rest}"))
    }
}

/// `monitoring.*`: the whole of a plugin.
fn is_root(known: &str) -> bool {
    known.strip_suffix(".*").is_some_and(|root| !root.contains('.'))
}

/// Whether an entry of a table speaks of a key.
fn covers(entry: &str, key: &str) -> bool {
    match entry.strip_suffix(".*") {
        Some(above) => {
            key.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        None => entry == key,
    }
}

/// Whether an entry lies below a key: an empty mapping, or one that is filled in elsewhere.
fn leads(key: &str, entry: &str) -> bool {
    entry.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
}

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

#[cfg(test)]
mod tests {
    use super::{Standing, Table};

    /// How Kibana's table sees a key: `known`, `removed`, `unknown`, `maybe`.
    fn seen(key: &str) -> &'static str {
        match Table::named("kibana").map(|table| table.look_up(key)) {
            Some(Standing::Known) => "known",
            Some(Standing::Removed(_)) => "removed",
            Some(Standing::Unknown { certain: true, .. }) => "unknown",
            Some(Standing::Unknown { certain: false, .. }) => "maybe",
            None => "no table",
        }
    }

    #[test]
    fn keys_are_known_removed_or_unknown() {
        for (key, expected) in [
            ("server.host", "known"),
            ("elasticsearch.hosts", "known"),
            ("logging.appenders.console.type", "known"),
            ("xpack.fleet.agents.elasticsearch.hosts", "known"),
            ("xpack.security.session.idleTimeout", "known"),
            ("monitoring.ui.container.elasticsearch.enabled", "known"),
            ("server.ssl", "known"),
            ("xpack.security.enabled", "removed"),
            ("logging.dest", "removed"),
            ("elasticsearch.url", "removed"),
            ("logging.level", "unknown"),
            ("server.hots", "unknown"),
            ("elasticsaerch.hosts", "unknown"),
            ("xpack.security.encryptonKey", "unknown"),
            ("sentinl.settings.email", "maybe"),
        ] {
            assert_eq!(seen(key), expected, "{key}");
        }
    }
}
