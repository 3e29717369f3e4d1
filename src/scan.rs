//! The stages up to the repo model, over texts already in memory.

use crate::facts::read;
use crate::repo::Repo;
use crate::source::{Source, SourceId};
use rayon::prelude::*;

/// Reads the facts of all sources (in path order) and joins them; `paths` are all files of the
/// repository, read or not.
pub fn model(sources: Vec<Source>, paths: Vec<String>) -> Repo {
    let files = sources
        .par_iter()
        .enumerate()
        .map(|(index, source)| {
            read::read(SourceId(u32::try_from(index).unwrap_or(u32::MAX)), source)
        })
        .collect();
    Repo::new(sources, files, paths)
}
