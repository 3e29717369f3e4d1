//! The graph of Vector components: what feeds what.

use super::Set;
use crate::facts::shipper::{Program, Property, Role, Section};
use crate::repo::Repo;
use std::collections::{BTreeMap, BTreeSet};

/// Components of a set and the outputs that others can name.
#[derive(Debug, Default)]
pub struct Graph<'r> {
    /// By name; the first of a name.
    pub components: BTreeMap<&'r str, &'r Section>,
    /// Outputs, as `inputs` name them, and the component of each.
    pub outputs: BTreeMap<String, &'r str>,
    /// Components whose further outputs nobody can know, by name.
    pub open: BTreeSet<&'r str>,
}

/// The graph of a set.
pub fn graph<'r>(repo: &'r Repo, set: &'r Set) -> Graph<'r> {
    let mut graph = Graph::default();
    if set.program != Program::Vector {
        return graph;
    }
    for section in repo.sections_of(set) {
        let name = section.header.text.as_str();
        graph.components.entry(name).or_insert(section);
        if section.role == Role::Output {
            continue;
        }
        let (own, named, open) = outputs(section);
        if own {
            graph.outputs.insert(name.to_owned(), name);
        }
        for output in named {
            graph.outputs.insert(format!("{name}.{output}"), name);
        }
        if open || section.open {
            graph.open.insert(name);
        }
    }
    graph
}

/// Whether a component has an output without a name, its named outputs, and whether it may have
/// more of them.
fn outputs(section: &Section) -> (bool, Vec<String>, bool) {
    let Some(kind) = section.plugin_name() else { return (true, Vec::new(), true) };
    match (section.role, kind.as_str()) {
        (Role::Filter, "route" | "swimlanes") => {
            let table = if kind == "route" { "route." } else { "lanes." };
            let mut names = keys_below(section, table);
            names.push("_unmatched".to_owned());
            (false, names, false)
        }
        (Role::Filter, "exclusive_route") => {
            let routes = section.all("routes.name").filter_map(|it| it.value.known_text());
            let mut names: Vec<String> = routes.map(str::to_owned).collect();
            names.push("_unmatched".to_owned());
            let open = section.all("routes.name").any(|it| !it.value.known);
            (false, names, open)
        }
        (Role::Filter, "remap") => match section.property("reroute_dropped") {
            None => (true, Vec::new(), false),
            Some(_) => match section.switch("reroute_dropped") {
                Some(true) => (true, vec!["dropped".to_owned()], false),
                Some(false) => (true, Vec::new(), false),
                None => (true, Vec::new(), true),
            },
        },
        (
            Role::Filter,
            "tag_cardinality_limit"
            | "lua"
            | "wasm"
            | "compound"
            | "pipelines"
            | "sample"
            | "throttle",
        ) => (true, Vec::new(), true),
        (Role::Input, "opentelemetry" | "datadog_agent") => (true, Vec::new(), true),
        _ => (true, Vec::new(), false),
    }
}

/// The next part of keys that begin with a table's name, once each.
fn keys_below(section: &Section, table: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for property in &section.properties {
        let rest = property.key.text.strip_prefix(table);
        let name = rest.and_then(|rest| rest.split('.').next()).map(str::to_owned);
        if let Some(name) = name.filter(|name| names.last() != Some(name)) {
            names.push(name);
        }
    }
    names
}

/// What an entry of `inputs` names.
#[derive(Debug, PartialEq, Eq)]
pub enum Named<'r> {
    /// Outputs of these components.
    Components(Vec<&'r str>),
    /// A component that has only outputs with names.
    NeedsOutput(&'r str),
    /// A component that has no such output.
    NoOutput(&'r str),
    /// Nothing.
    Nothing,
    /// Nobody can know.
    Unknown,
}

impl<'r> Graph<'r> {
    /// What an entry of `inputs` of a component names.
    pub fn named(&self, of: &Section, input: &Property) -> Named<'r> {
        let Some(text) = input.value.known_text() else { return Named::Unknown };
        let me = of.header.text.as_str();
        if text.contains(['*', '?', '[']) {
            return match glob::pattern(text) {
                Some(pattern) => {
                    let fits = self
                        .outputs
                        .iter()
                        .filter(|(output, owner)| **owner != me && glob::fits(&pattern, output));
                    let found: BTreeSet<&str> = fits.map(|(_, owner)| *owner).collect();
                    match found.is_empty() {
                        true if self.open.is_empty() => Named::Nothing,
                        true => Named::Unknown,
                        false => Named::Components(found.into_iter().collect()),
                    }
                }
                None => Named::Unknown,
            };
        }
        if let Some(owner) = self.outputs.get(text) {
            return Named::Components(vec![owner]);
        }
        let sends = |name: &str| {
            self.components.get_key_value(name).filter(|(_, it)| it.role != Role::Output)
        };
        if let Some((name, _)) = sends(text) {
            return Named::NeedsOutput(name);
        }
        match text.rsplit_once('.').and_then(|(name, _)| sends(name)) {
            Some((name, _)) if self.open.contains(name) => Named::Components(vec![name]),
            Some((name, _)) => Named::NoOutput(name),
            None => Named::Nothing,
        }
    }

    /// Names of components on a cycle, the first of each cycle by its name.
    pub fn cycles(&self) -> Vec<Vec<&'r str>> {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        let mut feeds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, section) in &self.components {
            let mut sources: BTreeSet<&str> = BTreeSet::new();
            for input in section.all("inputs") {
                if let Named::Components(names) = self.named(section, input) {
                    sources.extend(names);
                }
            }
            left.insert(name, sources.len());
            for source in sources {
                feeds.entry(source).or_default().push(name);
            }
        }
        // Takes away what nothing feeds any more, and what feeds nothing; cycles are left.
        let mut free: Vec<&str> =
            left.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        while let Some(name) = free.pop() {
            if !gone.insert(name) {
                continue;
            }
            for next in feeds.get(name).into_iter().flatten() {
                if let Some(count) = left.get_mut(next) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(next);
                    }
                }
            }
        }
        self.walk(&gone, &feeds)
    }

    /// From what is left, follows the feeds until a component comes again.
    fn walk(
        &self,
        gone: &BTreeSet<&str>,
        feeds: &BTreeMap<&str, Vec<&'r str>>,
    ) -> Vec<Vec<&'r str>> {
        let mut cycles: Vec<Vec<&str>> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for start in self.components.keys().filter(|name| !gone.contains(*name)) {
            let mut path: Vec<&str> = Vec::new();
            let mut at: Option<&str> = Some(start);
            while let Some(name) = at.filter(|name| !seen.contains(name)) {
                seen.insert(name);
                path.push(name);
                let next = feeds.get(name).into_iter().flatten().copied();
                let mut next = next.filter(|next| !gone.contains(next));
                let all: Vec<&str> = next.by_ref().collect();
                if let Some(back) =
                    all.iter().find_map(|next| path.iter().position(|it| it == next))
                {
                    cycles.push(path[back..].to_vec());
                    break;
                }
                at = all.into_iter().find(|next| !seen.contains(next));
            }
        }
        cycles
    }

    /// Components that another one reads, by name.
    pub fn consumed(&self) -> BTreeSet<&'r str> {
        let mut consumed = BTreeSet::new();
        for section in self.components.values() {
            for input in section.all("inputs") {
                match self.named(section, input) {
                    Named::Components(names) => consumed.extend(names),
                    Named::NeedsOutput(name) | Named::NoOutput(name) => {
                        consumed.insert(name);
                    }
                    Named::Unknown => consumed.extend(self.components.keys().copied()),
                    Named::Nothing => {}
                }
            }
        }
        consumed
    }
}

/// Wildcards in `inputs`: `*`, `?`, `[a-z]`.
mod glob {
    use regex::Regex;

    pub(super) fn pattern(text: &str) -> Option<Regex> {
        let mut regex = String::from("^");
        let mut set = false;
        for c in text.chars() {
            match c {
                '*' if !set => regex.push_str(".*"),
                '?' if !set => regex.push('.'),
                '[' if !set => {
                    set = true;
                    regex.push('[');
                }
                ']' if set => {
                    set = false;
                    regex.push(']');
                }
                '!' if set && regex.ends_with('[') => regex.push('^'),
                '-' if set => regex.push('-'),
                c => regex.push_str(&regex::escape(&c.to_string())),
            }
        }
        regex.push('$');
        Regex::new(&regex).ok()
    }

    pub(super) fn fits(pattern: &Regex, text: &str) -> bool {
        pattern.is_match(text)
    }
}
