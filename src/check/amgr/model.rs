//! Questions about routes and receivers that several rules ask.

use crate::check::{Case, refusal};
use crate::facts::alertmanager::{MatchOp, Matcher, Route};
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::routing::paging::is_heartbeat;
use crate::source::{Source, Span};

/// Whether Alertmanager reads the document a fact came from.
pub(super) fn is_read(case: &Case<'_>) -> bool {
    case.document().is_none_or(refusal::is_read)
}

/// Whether parts of this document may be filled in elsewhere.
pub(super) fn is_open(case: &Case<'_>, document: DocumentId) -> bool {
    case.repo.document(document).masked
        || case.repo.alertmanager(document).is_none_or(|config| config.open)
}

/// Whether no route of a configuration leads to a receiver.
pub(super) fn is_unrouted(repo: &Repo, document: DocumentId, receiver: &str) -> bool {
    let routes = repo.routing(document).routes();
    let mut named = routes.iter().filter_map(|route| route.receiver.as_ref());
    !routes.is_empty() && named.all(|name| name.known && name.text != receiver)
}

/// Whether a chart lays these values over its own, with a route and a receiver of their own.
pub(super) fn is_merged(case: &Case<'_>, document: DocumentId) -> bool {
    let host = case.repo.document(document).host;
    host.is_some_and(|host| {
        let host = case.repo.document(host);
        let release = host.object.as_ref().is_some_and(|object| object.kind == "HelmRelease");
        host.kind == Kind::HelmValues || release
    })
}

/// Whether a HelmRelease puts a value into this field from elsewhere: a `targetPath` that ends with it.
pub(super) fn is_injected(source: &Source, field: &str) -> bool {
    let ends = |path: &str| {
        let path = path.trim().trim_matches(['"', '\'']);
        path.contains("alertmanager") && path.rsplit('.').next() == Some(field)
    };
    let mut paths = source.text().lines().filter_map(|line| line.split_once("targetPath:"));
    !field.is_empty() && paths.any(|(_, path)| ends(path))
}

/// Whether the release these values are for lays values of a Secret over them.
pub(super) fn takes_secret(case: &Case<'_>, document: DocumentId) -> bool {
    let object = case.repo.document(document).object.as_ref();
    let Some(own) = object.filter(|object| object.kind == "HelmRelease") else { return false };
    case.repo.facts.documents.iter().any(|release| {
        let object = release.object.as_ref();
        let same = object.is_some_and(|it| it.kind == "HelmRelease" && it.name == own.name);
        same && release.host.is_none() && {
            let text = case.repo.text(release.span);
            text.split_once("valuesFrom:").is_some_and(|(_, rest)| rest.contains("kind: Secret"))
        }
    })
}

/// Whether this is the document of an operator's object, which is merged with others.
pub(super) fn is_object(case: &Case<'_>, document: DocumentId) -> bool {
    case.repo.alertmanager(document).is_some_and(|config| config.operator)
}

/// Whether the operator lays the routes of objects above the root of a chart's values: what these take
/// never gets there.
pub(super) fn is_below_objects(case: &Case<'_>, document: DocumentId) -> bool {
    let objects = || {
        let mut configs = case.repo.facts.alertmanagers.iter();
        configs.any(|config| config.operator && case.repo.is_ours(config.document))
    };
    is_merged(case, document) && objects()
}

/// Whether a document is read and whole enough to speak of.
pub(super) fn is_whole(document: &Document) -> bool {
    refusal::is_read(document) && !document.masked
}

/// Whether an alert with `label="value"` certainly satisfies this matcher by naming the value.
pub(super) fn names_value(matcher: &Matcher, label: &str, values: &[&str]) -> bool {
    matcher.known
        && matcher.label == label
        && match matcher.op {
            MatchOp::Equal => values.contains(&matcher.value.as_str()),
            MatchOp::Regex => alternatives(&matcher.value)
                .is_some_and(|words| words.iter().any(|word| values.contains(word))),
            MatchOp::NotEqual | MatchOp::NotRegex => false,
        }
}

/// `a|b|c` or `(a|b|c)` as words; `None` for any other pattern.
fn alternatives(pattern: &str) -> Option<Vec<&str>> {
    let inner = pattern.trim_start_matches("^").trim_end_matches('$');
    let inner = inner
        .strip_prefix("(?:")
        .or_else(|| inner.strip_prefix('('))
        .map_or(Some(inner), |rest| rest.strip_suffix(')'))?;
    let words: Vec<&str> = inner.split('|').collect();
    let plain =
        |word: &&str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    words.iter().all(plain).then_some(words)
}

/// Whether a route takes heartbeats only, by its matchers or the receiver it sends to.
pub(super) fn takes_heartbeats(case: &Case<'_>, route: &Route) -> bool {
    let tree = case.repo.routing(route.document);
    let Some(own) = tree.routes().get(route.index as usize) else { return false };
    let by_matcher = tree.upwards(own).flat_map(|route| &route.matchers).any(|matcher| {
        matches!(matcher.op, MatchOp::Equal | MatchOp::Regex) && is_heartbeat(&matcher.value)
    });
    by_matcher || tree.receiver(own).is_some_and(|receiver| is_heartbeat(&receiver.text))
}

/// The token that names a route among its siblings: what selects, else where it sends.
pub(super) fn naming(route: &Route) -> Span {
    let receiver = route.receiver.as_ref().map_or(route.span, |receiver| receiver.span);
    route.matchers_key.as_ref().map_or(receiver, |key| key.span)
}

/// The blanks that put a further key under this one, if the key starts its line (after dashes).
pub(super) fn indent_of(source: &Source, key: Span) -> Option<String> {
    let text = source.text().get(..key.start as usize)?;
    let line = &text[text.rfind('\n').map_or(0, |at| at + 1)..];
    line.chars().all(|c| c == ' ' || c == '-').then(|| " ".repeat(line.len()))
}
