//! Which tags the inputs of a Fluent Bit can give, and which patterns can match them.

use super::Set;
use crate::facts::scalar::Scalar;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::Repo;
use crate::shippers;
use regex::Regex;

/// Inputs whose records bring their own tags, or take them from an address.
const DYNAMIC: &[&str] = &[
    "forward",
    "http",
    "opentelemetry",
    "elasticsearch",
    "splunk",
    "prometheus_remote_write",
    "stream_processor",
    "emitter",
    "lib",
    "calyptia_fleet",
];
/// Longest text that patterns are compared in.
const LONGEST: usize = 512;

/// What a tag can be: a text with `*` for any text.
#[derive(Clone, Debug)]
pub struct Tag<'r> {
    /// The text.
    pub glob: String,
    /// The input or filter that gives it.
    pub from: &'r Section,
}

/// The tags of a set; `None` where nobody can know them all.
pub fn tags<'r>(repo: &'r Repo, set: &'r Set) -> Option<Vec<Tag<'r>>> {
    if set.open || set.program != Program::FluentBit {
        return None;
    }
    let mut tags = Vec::new();
    for section in repo.sections_of(set) {
        match section.role {
            Role::Input => {
                // Routes of its own lead past the tags.
                if section.property("routes").is_some() {
                    return None;
                }
                tags.push(Tag { glob: input_tag(section)?, from: section });
            }
            Role::Filter => emitted(section, &mut tags),
            Role::Service if section.property("streams_file").is_some() => return None,
            Role::Other
                if !matches!(
                    section.header.text.to_ascii_lowercase().as_str(),
                    "plugins" | "upstream_servers"
                ) =>
            {
                return None;
            }
            _ => {}
        }
    }
    Some(tags)
}

/// The tag of an input, as a text with `*`; `None` for an input that cannot be known.
pub fn input_tag(section: &Section) -> Option<String> {
    let plugin = section.plugin_name()?;
    if DYNAMIC.contains(&plugin.as_str()) {
        return Some("*".to_owned());
    }
    Some(match section.value("tag") {
        Some(tag) => open(tag),
        // What is misspelt, or brought along, gives tags that nobody knows.
        None => {
            shippers::fluent_bit().plugin("input", &plugin)?;
            format!("{plugin}.*")
        }
    })
}

/// Tags that a filter gives to records it sends through again.
fn emitted<'r>(section: &'r Section, tags: &mut Vec<Tag<'r>>) {
    if section.is("rewrite_tag") {
        for rule in section.all("rule") {
            let glob = match rule.value.text.split_whitespace().nth(2) {
                Some(tag) => with_variables(tag),
                None => "*".to_owned(),
            };
            tags.push(Tag { glob, from: section });
        }
    } else if section.is("log_to_metrics") {
        let glob = section.value("tag").map_or_else(|| "*".to_owned(), open);
        tags.push(Tag { glob, from: section });
    }
}

/// A tag with `*` for what is filled in later.
fn open(tag: &Scalar) -> String {
    if tag.known { with_variables(&tag.text) } else { blanked(&tag.text) }
}

/// `*` for `$TAG`, `$TAG[1]`, `$key`, `$key['x']`, `<name>`.
fn with_variables(tag: &str) -> String {
    match tag.find(['$', '<']) {
        Some(at) => format!("{}*", &tag[..at]),
        None => tag.to_owned(),
    }
}

/// `*` from the first placeholder on; what stands before it is certain.
fn blanked(text: &str) -> String {
    let at = ["${", "{{", "{%", "<%", "$("].iter().filter_map(|open| text.find(open)).min();
    format!("{}*", &text[..at.unwrap_or(0)])
}

/// Whether a section's `Match` or `Match_Regex` can match a tag; `None` where nobody can know.
pub fn matches(section: &Section, glob: &str) -> Option<bool> {
    if let Some(pattern) = section.value("match_regex") {
        let regex = Regex::new(&format!("^(?:{})", pattern.known_text()?)).ok()?;
        if !glob.contains('*') {
            if regex.is_match(glob) {
                return Some(true);
            }
        } else {
            return None;
        }
    }
    match section.value("match") {
        Some(pattern) => Some(meet(glob, pattern.known_text()?)),
        None => Some(false),
    }
}

/// Whether some text fits both patterns of `*`.
pub fn meet(one: &str, other: &str) -> bool {
    if one.len() > LONGEST || other.len() > LONGEST {
        return true;
    }
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // Row by row: whether the rest of both can be one text.
    let mut below = vec![false; other.len() + 1];
    for at in (0..=one.len()).rev() {
        let mut row = vec![false; other.len() + 1];
        for to in (0..=other.len()).rev() {
            row[to] = match (one.get(at), other.get(to)) {
                (None, None) => true,
                (Some(b'*'), None) => below[to],
                (None, Some(b'*')) => row[to + 1],
                (Some(b'*'), Some(_)) | (Some(_), Some(b'*')) => below[to] || row[to + 1],
                (Some(a), Some(b)) => a == b && below[to + 1],
                _ => false,
            };
        }
        below = row;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use super::{blanked, meet, with_variables};

    #[test]
    fn patterns_meet_where_one_text_fits_both() {
        for (one, other, expected) in [
            ("app.*", "app.x", true),
            ("app.*", "*", true),
            ("app.*", "kube.*", false),
            ("*.log", "app.*", true),
            ("a*c", "*b*", true),
            ("app", "app", true),
            ("app", "apps", false),
            ("app", "app*", true),
            ("", "*", true),
            ("", "a", false),
            ("*", "*", true),
            ("kube.var.log.*", "kube.*", true),
            ("cpu.*", "cpu.local", true),
        ] {
            assert_eq!(meet(one, other), expected, "{one} {other}");
            assert_eq!(meet(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_filled_in_can_be_any_text() {
        assert_eq!(with_variables("new.$TAG[1].x"), "new.*");
        assert_eq!(blanked("app.${HOST}.x"), "app.*");
    }
}
