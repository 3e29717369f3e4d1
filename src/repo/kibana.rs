//! A Kibana as it runs: the settings of its file, and what its container is given on top.

use super::Repo;
use super::runs::{self, Program};
use crate::facts::deploy::Container;
use crate::facts::kibana::{self, Form, KibanaConfig};
use crate::facts::settings::Setting;
use crate::source::SourceId;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The settings of one Kibana together; later ones win.
#[derive(Debug)]
pub struct Kibana<'r> {
    /// Which program it is.
    pub program: kibana::Program,
    parts: Vec<&'r KibanaConfig>,
    /// The containers that run with it.
    pub containers: Vec<&'r Container>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

impl kibana::Program {
    /// What runs it.
    pub fn image(self) -> Program {
        match self {
            kibana::Program::Kibana => runs::KIBANA,
            kibana::Program::Dashboards => runs::OPENSEARCH_DASHBOARDS,
        }
    }
}

impl<'r> Kibana<'r> {
    /// A setting, from where it counts.
    pub fn get(&self, key: &str) -> Option<&'r Setting> {
        self.parts.iter().rev().find_map(|part| part.settings.get(key))
    }

    /// A setting of the store: `hosts` is `elasticsearch.hosts`.
    pub fn store(&self, key: &str) -> Option<&'r Setting> {
        self.get(&format!("{}.{key}", self.program.store()))
    }

    /// Whether a key, or one below it, is set.
    pub fn has(&self, key: &str) -> bool {
        self.parts.iter().any(|part| part.settings.has(key))
    }
}

impl Repo {
    /// Whether a program of the repository makes an object of Kibana with this id.
    pub fn makes_object(&self, id: &str) -> bool {
        id.len() >= SHORTEST && self.made_objects.get_or_init(|| made_objects(self)).contains(id)
    }

    /// The Kibana that a configuration is the first part of; `None` for a container whose file
    /// is here too.
    pub fn kibana<'r>(&'r self, config: &'r KibanaConfig) -> Option<Kibana<'r>> {
        let program = config.program;
        let configs = &self.facts.kibanas;
        let containers = match config.form {
            Form::Container(name) => self
                .containers_of(program.image())
                .into_iter()
                .filter(|container| container.name.span == name)
                .collect(),
            _ => self.runs_with(config.document, program.image()),
        };
        let of_container = |part: &&KibanaConfig| match part.form {
            Form::Container(name) => containers.iter().any(|one| one.name.span == name),
            _ => false,
        };
        if let Form::Container(name) = config.form {
            let covered = configs.iter().any(|file| {
                file.program == program
                    && !matches!(file.form, Form::Container(_))
                    && self
                        .runs_with(file.document, program.image())
                        .iter()
                        .any(|one| one.name.span == name)
            });
            if covered {
                return None;
            }
        }
        let mut parts = vec![config];
        if !matches!(config.form, Form::Container(_)) {
            parts.extend(configs.iter().filter(of_container));
        }
        // A file that is mounted from elsewhere may say what the container does not.
        let unseen = matches!(config.form, Form::Container(_))
            && containers.iter().any(|one| {
                one.build.is_some()
                    || one.mounts.iter().any(|mount| mount.target.contains("config"))
            });
        let open = unseen || parts.iter().any(|part| part.settings.open);
        Some(Kibana { program, parts, containers, open })
    }
}

/// Ids of fewer bytes are words that stand in any program.
const SHORTEST: usize = 6;

/// What may be an id in code that speaks of Kibana's objects.
fn made_objects(repo: &Repo) -> BTreeSet<String> {
    let sources: BTreeSet<SourceId> = repo
        .facts
        .documents
        .iter()
        .filter(|document| document.kind.is_code())
        .map(|document| document.id.source)
        .collect();
    let ids = |source: &SourceId| -> Vec<String> {
        let text = repo.source(*source).look();
        if !["saved_objects", "index-pattern", "data_views"].iter().any(|it| text.contains(it)) {
            return Vec::new();
        }
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | ':');
        let words = text.split(|c: char| !inside(c));
        words.filter(|word| word.len() >= SHORTEST).map(str::to_owned).collect()
    };
    let sources: Vec<SourceId> = sources.into_iter().collect();
    sources.par_iter().flat_map_iter(ids).collect()
}
