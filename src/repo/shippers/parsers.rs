//! Which parsers a Fluent Bit knows.

use super::Set;
use crate::facts::shipper::{Role, Section};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::repo::Repo;
use crate::shippers;
use std::collections::BTreeSet;

/// Parsers of a set.
#[derive(Debug, Default)]
pub struct Parsers {
    /// Names of parsers, as written: they count letter by letter.
    pub plain: BTreeSet<String>,
    /// Names of multiline parsers, in lower case.
    pub multiline: BTreeSet<String>,
    /// A file of parsers that the repository does not hold.
    pub elsewhere: bool,
    /// Nothing can be concluded.
    pub open: bool,
}

/// The parsers that a set can use.
pub fn parsers(repo: &Repo, set: &Set) -> Parsers {
    let mut parsers = Parsers { open: set.open, ..Parsers::default() };
    let table = shippers::fluent_bit();
    parsers.multiline.extend(table.multiline_parsers.iter().map(|word| word.name.to_owned()));
    for section in repo.sections_of(set) {
        let name = section.value("name");
        match section.role {
            Role::Parser | Role::MultilineParser => {
                let Some(name) = name.and_then(|name| name.known_text()) else {
                    parsers.open = true;
                    continue;
                };
                if section.role == Role::Parser {
                    parsers.plain.insert(name.to_owned());
                } else {
                    parsers.multiline.insert(name.to_ascii_lowercase());
                }
            }
            _ => {}
        }
    }
    let service: Vec<&Section> = repo.with_role(set, Role::Service).collect();
    let files = service.iter().flat_map(|service| service.all("parsers_file"));
    let files: Vec<_> = files.collect();
    for file in &files {
        let Some(path) = file.value.known_text() else {
            parsers.elsewhere = true;
            continue;
        };
        let name = last(path);
        // Beside the one that Fluent Bit brings, another of its name is somebody's own.
        let twice =
            files.iter().filter(|it| it.value.known_text().map(last) == Some(name)).count() > 1;
        let here = set.documents.iter().any(|id| repo.member_name(repo.document(*id)) == name);
        match table.parser_file(name) {
            _ if here => {}
            _ if twice && name == path => parsers.elsewhere = true,
            Some(words) => parsers.plain.extend(words.iter().map(|word| word.name.to_owned())),
            None => parsers.elsewhere = true,
        }
    }
    // A chart, or the command line, may add files; a fragment has its settings elsewhere.
    let hosted = set.documents.iter().filter_map(|id| repo.document(*id).host);
    parsers.elsewhere |=
        hosted.into_iter().any(|host| repo.document(host).kind == Kind::HelmValues);
    // The file that is not here is most likely the program's own, under a path of its own.
    if parsers.elsewhere {
        let brought = table.parser_file("parsers.conf").unwrap_or_default();
        parsers.plain.extend(brought.iter().map(|word| word.name.to_owned()));
    }
    parsers.open |= service.is_empty();
    parsers
}
