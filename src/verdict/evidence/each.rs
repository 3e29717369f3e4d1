//! Questions that are put to every service.

use super::{Answer, Evidence, Holds};
use crate::repo::services::Service;
use crate::verdict::scope::Scope;

/// What one service has of what is asked.
#[derive(Clone, Debug)]
pub(in crate::verdict) enum Has {
    /// All of it.
    All(Vec<Evidence>),
    /// A part of it; what is missing, in a few words.
    Part(Vec<Evidence>, &'static str),
    /// Nothing.
    Nothing,
}

/// Puts a question to every service that runs here. One in a language that is not read is unknown
/// where nothing was found in what could be read of it.
pub(in crate::verdict) fn each_service(scope: &Scope<'_>, ask: impl Fn(&Service) -> Has) -> Answer {
    let mut evidence = Vec::new();
    let mut by_service = Vec::new();
    let (mut lacking, mut partly, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (number, service) in scope.repo.standing_services() {
        if !scope.counts(service.document) {
            continue;
        }
        let name = service.name.as_str();
        let holds = match ask(service) {
            // What may be no service proves nothing, whatever it has.
            _ if !service.is_certain() && service.is_readable() => {
                unknown.push(format!("{name}: {}", service.open_reason()));
                Holds::Unknown
            }
            Has::All(mut found) => {
                evidence.append(&mut found);
                Holds::Yes
            }
            Has::Part(mut found, missing) => {
                evidence.append(&mut found);
                partly.push(format!("{name} ({missing})"));
                Holds::Partly
            }
            Has::Nothing if !service.is_readable() => {
                unknown.push(format!("{name}: {}", service.unread_reason()));
                Holds::Unknown
            }
            Has::Nothing => {
                lacking.push(name.to_owned());
                Holds::No
            }
        };
        by_service.push((number, holds));
    }
    let count = |wanted: Holds| by_service.iter().filter(|(_, holds)| *holds == wanted).count();
    let (yes, some, no) = (count(Holds::Yes), count(Holds::Partly), count(Holds::No));
    let holds = match (yes + some, no, unknown.len()) {
        (0, 0, 0) | (0, _, 0) => Holds::No,
        (0, _, _) => Holds::Unknown,
        (_, 0, 0) if some == 0 => Holds::Yes,
        _ => Holds::Partly,
    };
    let mut notes = Vec::new();
    let mut say = |words: &str, names: &[String]| {
        if !names.is_empty() {
            notes.push(format!("{words}{}", shown(names)));
        }
    };
    say("missing in ", &lacking);
    say("partly in ", &partly);
    say("unknown: ", &unknown);
    let note = match (by_service.len(), notes.is_empty()) {
        (0, _) => "no service found".to_owned(),
        (count, true) => format!("in {count} of {count} services"),
        (_, false) => notes.join("; "),
    };
    let mut answer = Answer::new(holds, note, evidence);
    answer.by_service = by_service;
    answer
}

/// The first few names.
fn shown(names: &[String]) -> String {
    const MOST: usize = 5;
    let mut text = names[..names.len().min(MOST)].join(", ");
    if names.len() > MOST {
        text.push_str(&format!(" and {} more", names.len() - MOST));
    }
    text
}
