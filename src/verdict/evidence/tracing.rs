//! Evidence of tracing: the store, what it keeps traces on and how long, who sees them, and which
//! share is kept.

use super::pending::hides;
use super::{Answer, Evidence, Holds};
use crate::facts::telemetry::Share;
use crate::repo::traces::{Retention, Shown, Storage, TraceStore};
use crate::verdict::scope::Scope;

const JAEGER: &str = "jaeger";
const HOSTED: &str = "hosted";

/// What one store says to a question: whether it holds, in a few words, and where.
type Said = (Holds, String, Option<Evidence>);

/// The answer of Jaeger where there is one, else of the store that stands in for it.
fn ask(scope: &Scope<'_>, question: impl Fn(&TraceStore) -> Said) -> Answer {
    let stores: Vec<&TraceStore> =
        scope.repo.trace_stores().iter().filter(|store| scope.counts(store.document)).collect();
    if stores.is_empty() {
        return match hides(scope.repo, &[".tf"]) {
            true => Answer::unknown("may stand in what is not read".to_owned()),
            false => Answer::found(Vec::new()),
        };
    }
    let product = match stores.iter().find(|store| store.product == JAEGER) {
        Some(_) => JAEGER,
        None => {
            let own = stores.iter().find(|store| store.product != HOSTED);
            own.map_or(HOSTED, |store| store.product)
        }
    };
    let said: Vec<Said> = stores
        .iter()
        .filter(|store| store.product == product)
        .map(|store| question(store))
        .collect();
    let answer = joined(said);
    match product {
        JAEGER => answer,
        HOSTED => match answer.holds {
            Holds::Yes | Holds::Partly => Answer::partly(
                "traces go to a hosted service: declare `managed = [\"traces\"]` in obsproof.toml",
                answer.evidence,
            ),
            Holds::No | Holds::Unknown => answer,
        },
        product => answer.standing_in(scope, product, JAEGER),
    }
}

/// What several stores say together: the worst that is certain.
fn joined(said: Vec<Said>) -> Answer {
    let rank = |holds: Holds| match holds {
        Holds::Yes => 0,
        Holds::Partly => 1,
        Holds::No => 2,
        Holds::Unknown => 3,
    };
    let some = said.iter().any(|(holds, ..)| matches!(holds, Holds::Yes | Holds::Partly));
    let evidence: Vec<Evidence> =
        said.iter().filter_map(|(.., evidence)| evidence.clone()).collect();
    let worst = said.into_iter().max_by_key(|(holds, ..)| rank(*holds));
    match worst {
        Some((Holds::No, note, _)) if some => Answer::partly(note, evidence),
        Some((Holds::Unknown, note, _)) => Answer::unknown(note),
        Some((holds, note, _)) => Answer::new(holds, note, evidence),
        None => Answer::found(evidence),
    }
}

fn at(span: crate::source::Span, fact: impl Into<String>) -> Option<Evidence> {
    Some(Evidence { span, fact: fact.into() })
}

/// A store of traces.
pub(super) fn store(scope: &Scope<'_>) -> Answer {
    ask(scope, |store| (Holds::Yes, "found".to_owned(), at(store.span, store.product)))
}

/// Whether traces outlive a restart.
pub(super) fn storage(scope: &Scope<'_>) -> Answer {
    ask(scope, |store| match &store.storage {
        Storage::Lasting(kind, span) => (Holds::Yes, format!("kept on {kind}"), at(*span, kind)),
        Storage::Memory(span) => (Holds::No, "kept in memory".to_owned(), at(*span, "in memory")),
        Storage::Unknown => {
            (Holds::Unknown, "what traces are kept on is not here".to_owned(), None)
        }
    })
}

/// Whether people can look at traces.
pub(super) fn query(scope: &Scope<'_>) -> Answer {
    ask(scope, |store| match store.shown {
        Shown::Yes(span) => (Holds::Yes, "shown".to_owned(), at(span, "query")),
        Shown::No => (Holds::No, "nothing shows them".to_owned(), None),
        Shown::Unknown => (Holds::Unknown, "who shows traces is not here".to_owned(), None),
    })
}

/// Whether traces are deleted after a stated time.
pub(super) fn retention(scope: &Scope<'_>) -> Answer {
    ask(scope, |store| match store.retention {
        Retention::For(_, span) => (Holds::Yes, "stated".to_owned(), at(span, "retention")),
        Retention::Stated(span) => (Holds::Yes, "stated".to_owned(), at(span, "deletion")),
        Retention::Default(_) => (
            Holds::Partly,
            "deleted after the program's default".to_owned(),
            at(store.span, "default"),
        ),
        Retention::Never => (Holds::No, "nothing deletes traces".to_owned(), None),
        Retention::Moot => (Holds::No, "a restart deletes them".to_owned(), None),
        Retention::Unknown => {
            (Holds::Unknown, "how long traces are kept is not here".to_owned(), None)
        }
    })
}

/// Whether the way to the storage is written down, so that rules can judge it.
pub(super) fn credentials(scope: &Scope<'_>) -> Answer {
    let links = scope.repo.facts.storage_links.iter();
    let links: Vec<Evidence> = links
        .filter(|link| scope.counts(link.document))
        .filter_map(|link| at(link.setting.span, "link to the store"))
        .collect();
    let answer = ask(scope, |store| match &store.storage {
        Storage::Lasting(kind, span) => (Holds::Yes, format!("link to {kind}"), at(*span, kind)),
        Storage::Memory(span) => {
            (Holds::Yes, "no link to protect".to_owned(), at(*span, "in memory"))
        }
        Storage::Unknown => {
            (Holds::Unknown, "the link to the storage is not here".to_owned(), None)
        }
    });
    match answer.holds {
        Holds::Unknown if !links.is_empty() => Answer::found(links),
        _ => answer,
    }
}

/// Whether a layer says which share of traces is kept.
pub(super) fn sampling(scope: &Scope<'_>) -> Answer {
    let facts = &scope.repo.facts;
    let mut stated = Vec::new();
    let mut bare = Vec::new();
    for sampler in facts.samplers.iter().filter(|it| scope.counts(it.document)) {
        let evidence = Evidence { span: sampler.value.span, fact: sampler.setting.text.clone() };
        // A type without a value, or one that leaves the value to others.
        match (sampler.share, sampler.value.text.as_str()) {
            (Share::Unknown, "probabilistic" | "traceidratio" | "parentbased_traceidratio") => {
                bare.push(evidence);
            }
            _ => stated.push(evidence),
        }
    }
    for strategies in facts.sampling_strategies.iter().filter(|it| scope.counts(it.document)) {
        let evidence = Evidence { span: strategies.anchor, fact: "sampling strategies".to_owned() };
        match strategies.default.is_some() || strategies.open {
            true => stated.push(evidence),
            false => bare.push(evidence),
        }
    }
    match (stated.is_empty(), bare.is_empty(), scope.repo.has_sampling()) {
        (false, ..) => Answer::found(stated),
        (true, false, _) => Answer::partly("the rate is left to a default", bare),
        (true, true, Some(_)) => Answer::found(Vec::new()),
        (true, true, None) => Answer::unknown("sampling may stand in what is not read".to_owned()),
    }
}

/// Whether anything here takes or sends traces.
pub(super) fn any(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    let found = repo.evidence_of_pillar("traces").filter(|it| scope.counts(it.document));
    let evidence: Vec<Evidence> =
        found.map(|it| Evidence { span: it.span, fact: it.what.clone() }).collect();
    match evidence.is_empty() && repo.may_trace() {
        true => Answer::unknown("source code may send traces".to_owned()),
        false => Answer::found(evidence),
    }
}
