//! Vector's folders: `sinks/store.toml` holds the sink `store` and nothing else.

use crate::shippers;

/// What a file below one of the folders is, if its place and its ending say so.
pub fn part(path: &str) -> Option<&'static str> {
    let (folders, name) = path.rsplit_once('/')?;
    let (_, ending) = name.rsplit_once('.')?;
    if !matches!(ending, "toml" | "yaml" | "yml" | "json") {
        return None;
    }
    match folders.rsplit('/').next()? {
        "sources" => Some("source"),
        "transforms" => Some("transform"),
        "sinks" => Some("sink"),
        _ => None,
    }
}

/// Whether a text is one component: its type is one that Vector has, and it says what it takes.
pub(super) fn is_component(role: &str, text: &str) -> bool {
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let line = line.trim_start_matches(['{', ' ', '"']);
            let rest = line.strip_prefix(key)?.trim_start_matches(['"', ' ']);
            Some(rest.strip_prefix(['=', ':'])?.trim_matches([' ', '"', '\'', ',', '\r']))
        })
    };
    value("type").is_some_and(|kind| shippers::vector().plugin(role, kind).is_some())
        && (role == "source" || value("inputs").is_some())
}

#[cfg(test)]
mod tests {
    use super::{is_component, part};

    #[test]
    fn components_are_known_by_their_place_and_type() {
        assert_eq!(part("vector/sinks/store.toml"), Some("sink"));
        assert_eq!(part("vector/store.toml"), None);
        assert_eq!(part("sinks/store.rs"), None);
        assert!(is_component("sink", "type = \"loki\"\ninputs = [\"app\"]\n"));
        assert!(is_component("source", "type: file\ninclude: [/var/log/a.log]\n"));
        assert!(!is_component("sink", "type: loki\n"));
        assert!(!is_component("sink", "type: kitchen\ninputs: [a]\n"));
    }
}
