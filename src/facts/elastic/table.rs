//! Settings by the major releases that register them, as the build wrote them.

use crate::facts::schema::nearest;

/// The settings of one program.
#[derive(Debug)]
pub struct Table {
    /// The major releases that were asked.
    pub majors: &'static [u32],
    /// Settings of a node: key and a bit for each major, sorted by key.
    pub node: &'static [(&'static str, u16)],
    /// Settings of a node with a free part: `node.attr.*`.
    pub open_node: &'static [(&'static str, u16)],
    /// Settings of an index, without `index.`, sorted.
    pub index: &'static [(&'static str, u16)],
    /// Settings of an index with a free part.
    pub open_index: &'static [(&'static str, u16)],
    /// Settings that only the keystore may hold.
    pub secure: &'static [&'static str],
    /// Namespaces of modules and plugins that the archives do not list whole.
    pub foreign: &'static [&'static str],
}

impl Table {
    /// The majors that take a node's setting, as bits; 0 if none does.
    pub fn node(&self, key: &str) -> u16 {
        look_up(self.node, self.open_node, bare(key))
    }

    /// The majors that take an index setting (without `index.`).
    pub fn index(&self, key: &str) -> u16 {
        look_up(self.index, self.open_index, bare(key))
    }

    /// Whether the key lies in a namespace of which not all settings are known.
    pub fn is_foreign(&self, key: &str) -> bool {
        self.foreign.iter().any(|space| is_in(space, key)) || self.is_foreign_pool(key)
    }

    /// Whether the key is of a thread pool that the core does not have: plugins have theirs.
    fn is_foreign_pool(&self, key: &str) -> bool {
        let mut parts = key.splitn(3, '.');
        let (Some("thread_pool"), Some(pool), Some(_)) = (parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let prefix = format!("thread_pool.{pool}.");
        let at = self.node.partition_point(|(known, _)| *known < prefix.as_str());
        !self.node.get(at).is_some_and(|(known, _)| known.starts_with(&prefix))
    }

    /// Whether a setting may stand in the keystore only.
    pub fn is_secure(&self, key: &str) -> bool {
        self.secure.iter().any(|known| covers(known, key))
    }

    /// Whether any setting of the core begins with the same word.
    pub fn has_space(&self, key: &str) -> bool {
        let space = key.split('.').next().unwrap_or(key);
        let prefix = format!("{space}.");
        let at = self.node.partition_point(|(known, _)| *known < space);
        self.node[at..]
            .iter()
            .take(2)
            .any(|(known, _)| *known == space || known.starts_with(&prefix))
            || self.open_node.iter().any(|(known, _)| known.starts_with(&prefix))
    }

    /// The nearest setting of a node.
    pub fn near_node(&self, key: &str) -> Option<String> {
        nearest(self.node.iter().map(|(known, _)| *known), key)
    }

    /// Whether a major release is among `bits`.
    pub fn has(&self, bits: u16, major: u32) -> bool {
        self.majors.iter().position(|known| *known == major).is_some_and(|at| bits >> at & 1 == 1)
    }

    /// The first and the last major among `bits`.
    pub fn span(&self, bits: u16) -> Option<(u32, u32)> {
        let mut known = self.majors.iter().copied().filter(|major| self.has(bits, *major));
        let first = known.next()?;
        Some((first, known.next_back().unwrap_or(first)))
    }
}

/// A list may be written with the numbers of its items: `path.data.0`.
fn bare(key: &str) -> &str {
    match key.rsplit_once('.') {
        Some((list, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            list
        }
        _ => key,
    }
}

fn look_up(exact: &[(&str, u16)], open: &[(&str, u16)], key: &str) -> u16 {
    let found = exact.binary_search_by_key(&key, |(known, _)| known).map_or(0, |at| exact[at].1);
    open.iter().filter(|(known, _)| covers(known, key)).fold(found, |bits, (_, more)| bits | more)
}

/// Whether a key lies in a namespace: `xpack.ml` and `xpack.ml.enabled`, `s3` and `s3.client.x`.
fn is_in(space: &str, key: &str) -> bool {
    key.strip_prefix(space).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A `*` inside is one word, at the end any rest.
fn covers(pattern: &str, key: &str) -> bool {
    let mut words = key.split('.');
    let mut parts = pattern.split('.').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        match (part, words.next()) {
            (_, None) => return false,
            ("*", Some(_)) if last => return true,
            ("*", Some(_)) => {}
            (part, Some(word)) if part == word => {}
            _ => return false,
        }
    }
    words.next().is_none()
}

include!(concat!(env!("OUT_DIR"), "/elastic.rs"));

#[cfg(test)]
mod tests {
    use super::{ELASTICSEARCH, OPENSEARCH};

    #[test]
    fn settings_are_known_by_their_majors() {
        let table = &ELASTICSEARCH;
        for (key, majors) in [
            ("cluster.name", Some((6, 9))),
            ("node.roles", Some((7, 9))),
            ("node.master", Some((6, 7))),
            ("discovery.zen.minimum_master_nodes", Some((6, 7))),
            ("xpack.security.enabled", Some((6, 9))),
            ("node.attr.rack", Some((6, 9))),
            ("path.data.0", Some((6, 9))),
            ("cluster.remote.eu.seeds", Some((6, 9))),
            ("xpack.security.authc.realms.ldap.corp.url", Some((7, 9))),
            ("index.codec", Some((6, 9))),
            ("thread_pool.write.queue_size", Some((6, 9))),
            ("thread_pool.search.queue_size", Some((6, 9))),
            ("thread_pool.search.min_queue_size", Some((6, 7))),
            ("thread_pool.bulk.queue_size", Some((6, 6))),
            ("thread_pool.snapshot.max", Some((6, 9))),
            ("thread_pool.snapshot.queue_size", None),
            ("stack.templates.enabled", Some((7, 9))),
            ("network.hosts", None),
            ("index.number_of_shards", None),
        ] {
            assert_eq!(table.span(table.node(key)), majors, "{key}");
        }
        assert_ne!(table.index("number_of_shards"), 0);
        assert_ne!(OPENSEARCH.node("cluster.initial_cluster_manager_nodes"), 0);
        assert!(table.is_secure("bootstrap.password") && !table.is_secure("cluster.name"));
        assert!(OPENSEARCH.is_foreign("thread_pool.sql-worker.size"));
        assert!(!OPENSEARCH.is_foreign("thread_pool.write.queue"));
        assert!(table.has_space("network.x") && !table.has_space("nonsense.x"));
        assert_eq!(table.near_node("network.hosts").as_deref(), Some("network.host"));
    }
}
