//! Variables of a service's environment, wherever they are set.

use super::super::Repo;
use super::Service;
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::lang::path::{folder, join};
use crate::lang::placeholder;

/// What a variable is set to.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// Its values, one for each place that sets it.
    pub values: Vec<Scalar>,
    /// It may be set where nobody can look: by a Secret, a file that is not here, masked text.
    pub open: bool,
}

impl Env {
    /// Whether certainly nothing that runs the service sets it.
    pub fn is_absent(&self) -> bool {
        self.values.is_empty() && !self.open
    }
}

impl Repo {
    /// What runs a service sets for a variable: its containers, what they take in, its
    /// Dockerfiles, environment files beside its code, and its commands.
    pub fn env_of(&self, service: &Service, name: &str) -> Env {
        let mut env = Env::default();
        for &number in &service.containers {
            self.container_env(&self.facts.containers[number], name, &mut env);
        }
        for &number in &service.images {
            let image = &self.facts.base_images[number];
            env.values.extend(image.env.get(name).cloned());
            env.values.extend(assigned(&image.command, name));
        }
        for &number in &service.manifests {
            let commands = &self.facts.manifests[number].commands;
            env.values.extend(commands.iter().filter_map(|line| assigned_in(line, name)));
        }
        env.values.extend(self.runs().env(self, &service.root, name).map(|it| it.value.clone()));
        env.values.sort_by_key(|value| value.span);
        env.values.dedup_by_key(|value| value.span);
        env
    }

    /// What one container is given for a variable.
    pub fn container_env(&self, container: &Container, name: &str, env: &mut Env) {
        let home = folder(&self.source(container.document.source).path);
        if let Some(value) = container.env.get(name) {
            env.values.push(self.value_of(container, value));
        }
        env.values.extend(assigned(&container.args, name));
        let mut found = false;
        for source in &container.env_sources {
            let asked = source.variable.as_ref().is_none_or(|variable| variable.text == name);
            if !asked {
                continue;
            }
            let key = source.key.as_ref().map_or(name, |key| key.text.as_str());
            let maps =
                self.facts.config_maps.iter().filter(|map| map.object.name == source.map.text);
            let mut known = false;
            for map in maps {
                known = !map.data.open;
                if let Some(value) = map.data.get(key) {
                    env.values.push(value.clone());
                    found = true;
                }
            }
            env.open |= !known && !found;
        }
        let mut read = true;
        for file in &container.env_files {
            let path = file.known_text().and_then(|file| join(home, file));
            let source = path.and_then(|path| self.source_at(&path));
            read &= source.is_some();
            let lines = self
                .facts
                .env_values
                .iter()
                .filter(|line| source == Some(line.document.source) && line.name.text == name);
            env.values.extend(lines.map(|line| line.value.clone()));
        }
        let masked = self.document(container.document).masked;
        env.open |= masked || !read;
    }

    /// A value with the variables that Compose puts in, where that makes it known.
    fn value_of(&self, container: &Container, value: &Scalar) -> Scalar {
        if value.known {
            return value.clone();
        }
        let text = self.filled(container, &value.text);
        let known = !placeholder::is_in(&text) && !text.is_empty();
        Scalar { text, known, ..value.clone() }
    }
}

/// `NAME=value` among the words of a command.
fn assigned(words: &[Scalar], name: &str) -> Option<Scalar> {
    words.iter().find_map(|word| {
        let value = word.text.strip_prefix(name)?.strip_prefix('=')?;
        Some(word.tail(word.text.len() - value.len()))
    })
}

/// `NAME=value` in a command that was not split.
fn assigned_in(line: &Scalar, name: &str) -> Option<Scalar> {
    let at = line.text.split_whitespace().find_map(|word| {
        let value = word.strip_prefix(name)?.strip_prefix('=')?;
        Some((value.as_ptr() as usize - line.text.as_ptr() as usize, value.len()))
    })?;
    let (start, len) = at;
    Some(Scalar {
        text: line.text[start..start + len].trim_matches(['"', '\'']).to_owned(),
        span: line.place(start, start + len),
        ..line.clone()
    })
}
