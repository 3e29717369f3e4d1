//! Evidence of OpenTelemetry in the services' own code and around it.

use super::each::{Has, each_service};
use super::{Answer, Evidence};
use crate::facts::code::outbound::{OutboundCall, Protocol};
use crate::facts::code::setup::{SdkSetup, Step};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::propagation::Reach;
use crate::repo::sdk::ENVIRONMENT;
use crate::repo::services::Service;
use crate::verdict::scope::Scope;

fn at(setup: &SdkSetup) -> Evidence {
    Evidence { span: setup.name.span, fact: setup.name.text.clone() }
}

/// The agent that a service runs under.
fn agent(repo: &Repo, service: &Service) -> Option<Evidence> {
    let (span, name) = repo.agent_of(service)?;
    Some(Evidence { span, fact: name.to_owned() })
}

/// The first step of a service that is of a kind.
fn step(repo: &Repo, service: &Service, is: impl Fn(&Step) -> bool) -> Option<Evidence> {
    repo.setups_in(service).find(|setup| is(&setup.step)).map(at)
}

/// All of it with this evidence, nothing without.
fn all_or_nothing(found: Option<Evidence>) -> Has {
    found.map_or(Has::Nothing, |found| Has::All(vec![found]))
}

fn is_setup(step: &Step) -> bool {
    matches!(step, Step::Provider(_) | Step::Registered(..) | Step::Bootstrap)
}

/// What shows that a service starts an SDK.
fn started_in(repo: &Repo, service: &Service) -> Option<Evidence> {
    step(repo, service, is_setup).or_else(|| agent(repo, service))
}

/// Whether every service starts an SDK or runs under an agent.
pub(super) fn started(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let own = started_in(scope.repo, service);
        let calls = || step(scope.repo, service, |it| matches!(it, Step::Instrument(..)));
        match own {
            Some(found) => Has::All(vec![found]),
            None => calls().map_or(Has::Nothing, |found| {
                Has::Part(vec![found], "libraries are instrumented, no SDK is started")
            }),
        }
    })
}

/// Whether what services record is sent.
pub(super) fn exporter(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let sends = |step: &Step| match step {
            Step::Exporter(exporter) => !matches!(exporter.kind, "console" | "memory" | "jaeger"),
            Step::Provider(provider) => provider.automatic,
            _ => false,
        };
        let found = step(scope.repo, service, sends).or_else(|| agent(scope.repo, service));
        let here = |it: &Step| matches!(it, Step::Exporter(_) | Step::Processor(_));
        match found {
            Some(found) => Has::All(vec![found]),
            None => step(scope.repo, service, here).map_or(Has::Nothing, |found| {
                Has::Part(vec![found], "no supported exporter over the network")
            }),
        }
    })
}

/// Whether telemetry says whose it is: name, release and environment.
pub(super) fn resource(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let identity = scope.repo.identity_of(service);
        let evidence: Vec<Evidence> = identity
            .keys
            .iter()
            .filter(|(key, _)| key.starts_with("service.") || key.starts_with("deployment."))
            .map(|(key, span)| Evidence { span: *span, fact: key.clone() })
            .collect();
        let whole = identity.has(&["service.name"])
            && identity.has(&["service.version"])
            && identity.has(ENVIRONMENT);
        match (whole, evidence.is_empty()) {
            (true, _) => Has::All(evidence),
            (false, false) => Has::Part(evidence, "not name, version and environment"),
            (false, true) => match started_in(scope.repo, service) {
                Some(found) if identity.open => {
                    Has::Part(vec![found], "attributes may be set where they cannot be seen")
                }
                _ => Has::Nothing,
            },
        }
    })
}

/// Whether context is passed on in a form that is chosen, or that the SDK chooses by itself.
pub(super) fn propagator(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        let chosen = step(repo, service, |it| matches!(it, Step::Propagators(_)));
        let variable = repo.env_of(service, "OTEL_PROPAGATORS").values.into_iter().next();
        let variable = variable
            .map(|value| Evidence { span: value.span, fact: "OTEL_PROPAGATORS".to_owned() });
        let own = repo.setups_in(service).find(|setup| {
            let kind = repo.document(setup.document).kind;
            // The SDKs of these languages propagate by default; of others only what sets up all.
            let default =
                matches!(kind, Kind::Python | Kind::Javascript | Kind::Typescript | Kind::Csharp);
            setup.provider().is_some_and(|provider| default || provider.automatic)
        });
        all_or_nothing(chosen.or(variable).or_else(|| agent(repo, service)).or_else(|| own.map(at)))
    })
}

/// Whether a sampler decides: one that is set, or the default that keeps to the caller's decision.
pub(super) fn sampler(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let set = step(scope.repo, service, |it| matches!(it, Step::Sampler(_) | Step::SamplerSet));
        all_or_nothing(set.or_else(|| started_in(scope.repo, service)))
    })
}

/// Whether there is a set-up that can be judged.
pub(super) fn sound(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| all_or_nothing(started_in(scope.repo, service)))
}

/// Whether services are instrumented by something but their own hand.
pub(super) fn automatic(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        let library = step(repo, service, |it| {
            matches!(it, Step::Instrument(_, "server" | "client" | "both" | "spans"))
        });
        let wrapper = || {
            let wrappers = repo.facts.wrappers.iter();
            let mut own = wrappers.filter(|wrapper| service.has(wrapper.document));
            let name = &own.next()?.name;
            Some(Evidence { span: name.span, fact: name.text.clone() })
        };
        let bootstrap = || step(repo, service, |it| matches!(it, Step::Bootstrap));
        match agent(repo, service).or(library).or_else(wrapper).or_else(bootstrap) {
            Some(found) => Has::All(vec![found]),
            None => started_in(repo, service)
                .map_or(Has::Nothing, |found| Has::Part(vec![found], "spans by hand only")),
        }
    })
}

/// Whether services say their names, all in the same words.
pub(super) fn named(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let identity = scope.repo.identity_of(service);
        let span = identity.keys.get("service.name").copied();
        all_or_nothing(span.map(|span| Evidence { span, fact: "service.name".to_owned() }))
    })
}

/// What a service does with traces.
fn reach<'r>(repo: &'r Repo, service: &Service) -> Option<&'r Reach> {
    let number = repo.services().iter().position(|known| std::ptr::eq(known, service))?;
    repo.all_reaches().get(number)
}

/// Calls of a service that could carry context.
fn calls<'r>(repo: &'r Repo, service: &'r Service) -> impl Iterator<Item = &'r OutboundCall> {
    let carries =
        |call: &&OutboundCall| call.protocol != Protocol::Database && !call.patched.is_empty();
    repo.facts.outbound_calls.iter().filter(carries).filter(|call| service.has(call.document))
}

/// Whether calls of other services carry the context.
pub(super) fn outbound(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        let reach = reach(repo, service);
        let carried = |call: &OutboundCall| {
            call.injects || reach.is_some_and(|reach| reach.patches(call.patched))
        };
        let all: Vec<&OutboundCall> = calls(repo, service).collect();
        let evidence: Vec<Evidence> = all
            .iter()
            .filter(|call| carried(call))
            .map(|call| Evidence { span: call.name.span, fact: call.path.clone() })
            .collect();
        match (evidence.len(), all.len()) {
            (found, whole) if found == whole => Has::All(evidence),
            (0, _) => Has::Nothing,
            _ => Has::Part(evidence, "some calls carry no context"),
        }
    })
}

/// Whether what services are asked picks the context up.
pub(super) fn inbound(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        if service.listens.is_empty() && service.consumes.is_empty() {
            return Has::All(Vec::new());
        }
        let read = repo.facts.extractions.iter().find(|it| service.has(it.document));
        let read = read.map(|it| Evidence { span: it.name.span, fact: it.name.text.clone() });
        let served = reach(repo, service).is_some_and(Reach::serves);
        let server = || {
            step(repo, service, |it| matches!(it, Step::Instrument(_, "server" | "both" | "spans")))
                .or_else(|| agent(repo, service))
                .or_else(|| started_in(repo, service))
        };
        all_or_nothing(read.or_else(|| served.then(server).flatten()))
    })
}

/// Whether context has a way to go: several services, or one that calls others.
pub(super) fn remote(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    let services: Vec<&Service> = repo.standing_services().map(|(_, service)| service).collect();
    let certain = services.iter().filter(|it| it.is_certain() || !it.is_readable()).count();
    let calls = services.iter().flat_map(|service| calls(repo, service));
    let mut evidence: Vec<Evidence> =
        calls.map(|call| Evidence { span: call.name.span, fact: call.path.clone() }).collect();
    if evidence.is_empty() && certain > 1 {
        evidence.extend(services.iter().map(|service| Evidence {
            span: service.anchor,
            fact: format!("service {}", service.name),
        }));
    }
    match evidence.is_empty() && services.iter().any(|service| !service.is_readable()) {
        true => Answer::unknown("a service in a language that is not read".to_owned()),
        false => Answer::found(evidence),
    }
}
