//! Spans that functions of the repository start for their callers (one hop): what a call certainly
//! calls is asked here, since the function stands in another file.

use super::calls::{Called, Callee, Calls};
use crate::facts::code::spans::{SpanFunction, SpanScope, WrappedSpan};
use crate::repo::Repo;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the spans that own functions start to those of the files that call them. Calls that count
/// as those of a library for their name alone, and are calls of an own function, are put right.
pub(super) fn settle(mut repo: Repo) -> Repo {
    if repo.facts.wrapped_spans.is_empty() || repo.facts.span_functions.is_empty() {
        return repo;
    }
    let (found, wrong) = spans(&repo);
    let scopes = &mut repo.facts.span_scopes;
    scopes.retain(|scope| !wrong.contains(&scope.at));
    scopes.extend(found);
    scopes.sort_by_key(|scope| (scope.document, scope.at));
    repo
}

/// The spans that own functions start, and the calls that libraries do not start one with.
fn spans(repo: &Repo) -> (Vec<SpanScope>, BTreeSet<Span>) {
    let mut functions: BTreeMap<&str, Vec<&SpanFunction>> = BTreeMap::new();
    for function in &repo.facts.span_functions {
        functions.entry(&function.name).or_default().push(function);
    }
    let (mut found, mut wrong) = (Vec::new(), BTreeSet::new());
    let mut calls = Calls::of(repo);
    for call in &repo.facts.wrapped_spans {
        let name = call.called.rsplit(['.', '/', ':']).next().unwrap_or_default();
        let named = functions.get(name).map_or(&[][..], Vec::as_slice);
        let meant = named.iter().filter(|function| match call.called.starts_with('?') {
            // On a value of an unknown type only one method can be meant, if there is no other.
            true => named.len() == 1 && calls.may_mean(&called(call), &callee(function)),
            false => calls.means(&called(call), &callee(function)),
        });
        let meant: Vec<_> = meant.collect();
        let [function] = meant.as_slice() else { continue };
        let scope = function.gives.as_ref().and_then(|gives| gives.scope(call));
        if call.taken {
            wrong.insert(call.at());
        }
        found.extend(scope);
    }
    (found, wrong)
}

fn called(call: &WrappedSpan) -> Called<'_> {
    Called { from: call.scope.document, name: &call.called, own: call.own }
}

fn callee(function: &SpanFunction) -> Callee<'_> {
    Callee {
        document: function.document,
        class: function.class.as_deref(),
        package: function.package.as_deref(),
    }
}
