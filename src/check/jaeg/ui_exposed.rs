//! The UI, open to everybody. Rule: rules/jaeg/ui-exposed.yaml

use crate::check::Case;
use crate::facts::jaeger::{Component, Form, Part};
use crate::facts::scalar::Pairs;
use crate::repo::publish::Published;
use crate::source::Span;

const UI: u16 = 16686;

/// Parts of annotations that put a login before what they stand on.
const LOGINS: &[&str] = &[
    "auth-url",
    "auth-signin",
    "auth-type",
    "auth-secret",
    "oauth2",
    "oauth-proxy",
    "middlewares",
    "alb.ingress.kubernetes.io/auth",
    "iap",
    "whitelist-source-range",
    "allowlist-source-range",
];

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let shows = matches!(part.component, Component::AllInOne | Component::Query | Component::V2);
    let (Form::Container(container), true) = (&part.form, shows) else { return case.skip() };
    if case.repo.is_demo(part.document) {
        return;
    }
    let Published::Yes(span, how) = case.repo.published(container, UI) else { return };
    if has_login(case, part, span) {
        return;
    }
    case.flag(span).with("how", how).related(container.name.span, "the UI runs here");
}

/// Whether a login stands before the UI: an annotation of what publishes it, or a proxy beside it.
fn has_login(case: &Case<'_>, part: &Part, span: Span) -> bool {
    let says = |pairs: &Pairs| {
        pairs.open || pairs.keys().any(|key| LOGINS.iter().any(|login| key.contains(login)))
    };
    let facts = &case.repo.facts;
    let entrances = facts.entrances.iter().filter(|it| span_in(case, it.document, span));
    let services = facts.services.iter().filter(|it| span_in(case, it.document, span));
    let proxies = facts.containers.iter().filter(|it| it.document == part.document);
    entrances.into_iter().any(|entrance| says(&entrance.annotations))
        || services.into_iter().any(|service| says(&service.annotations))
        || proxies.into_iter().any(|proxy| {
            proxy.image_name().is_some_and(|name| {
                ["oauth2-proxy", "oauth-proxy", "keycloak-gatekeeper", "pomerium", "authelia"]
                    .iter()
                    .any(|it| name.contains(it))
            })
        })
}

fn span_in(case: &Case<'_>, document: crate::facts::DocumentId, span: Span) -> bool {
    let whole = case.repo.document(document).span;
    document.source == span.source && whole.start <= span.start && span.end <= whole.end
}
