//! Evidence of objectives: what each states, what computes it, and who is told.

use super::{Answer, Evidence, Holds};
use crate::facts::Subject;
use crate::facts::alertmanager::Integration;
use crate::facts::slo::{Generated, Slo, SloDialect};
use crate::identify::Kind;
use crate::repo::model::Place;
use crate::repo::model::burn::{Burn, window};
use crate::repo::model::objective::is_budget;
use crate::repo::model::tie::{How, Tie};
use crate::verdict::scope::Scope;

/// How far an objective has what is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Whole,
    Part,
    Nothing,
}

fn whole(there: bool) -> Grade {
    if there { Grade::Whole } else { Grade::Nothing }
}

fn slos<'s, 'a>(scope: &'s Scope<'a>) -> impl Iterator<Item = &'a Slo> + 's {
    let all: &'a [Slo] = &scope.repo.facts.slos;
    all.iter().filter(|slo| scope.counts(slo.document))
}

fn evidence(slo: &Slo) -> Evidence {
    Evidence { span: slo.anchor, fact: slo.title() }
}

/// All objectives, some, or none.
fn each<'a>(scope: &Scope<'a>, what: &str, grade: impl Fn(&'a Slo) -> Grade) -> Answer {
    let (mut total, mut full, mut found) = (0, 0, Vec::new());
    for slo in slos(scope) {
        total += 1;
        match grade(slo) {
            Grade::Whole => full += 1,
            Grade::Part => {}
            Grade::Nothing => continue,
        }
        found.push(evidence(slo));
    }
    match (total, found.len()) {
        (0, _) => Answer::found(found),
        (_, 0) => Answer::new(Holds::No, format!("0 of {total} {what}"), found),
        _ if full == total => Answer::found(found),
        _ => Answer::partly(format!("{full} of {total} {what}"), found),
    }
}

/// Objectives, in files or as resources; burn rates alone show that there are some elsewhere.
pub(super) fn documents(scope: &Scope<'_>) -> Answer {
    let files = scope.repo.facts.documents.iter().filter(|it| it.kind == Kind::Slo);
    let mut found: Vec<Evidence> = files
        .filter(|document| scope.counts(document.id))
        .map(|document| Evidence { span: document.anchor, fact: Kind::Slo.name().to_owned() })
        .collect();
    let resources = slos(scope).filter(|slo| scope.repo.document(slo.document).kind != Kind::Slo);
    found.extend(resources.map(evidence));
    if !found.is_empty() {
        return Answer::found(found);
    }
    let burns = budget_rules(scope);
    match burns.is_empty() {
        true => Answer::found(burns),
        false => Answer::partly("burn rates without the objectives they stand on", burns),
    }
}

/// Recording rules of error budgets that are loaded.
fn budget_rules(scope: &Scope<'_>) -> Vec<Evidence> {
    let rules = scope.repo.facts.recording_rules.iter();
    rules
        .filter(|rule| is_budget(&rule.name.text) && scope.loads(rule.document))
        .map(|rule| Evidence { span: rule.name.span, fact: format!("records {}", rule.name.text) })
        .collect()
}

pub(super) fn objectives(scope: &Scope<'_>) -> Answer {
    each(scope, "state an objective", |slo| whole(slo.objective.is_some() || slo.open))
}

pub(super) fn windows(scope: &Scope<'_>) -> Answer {
    each(scope, "state a window", |slo| {
        let own = matches!(slo.dialect, SloDialect::Sloth | SloDialect::Generator);
        whole(own || slo.window.is_some() || slo.open)
    })
}

pub(super) fn indicators(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each(scope, "have an indicator that can be read", |slo| {
        let Some(indicator) = repo.indicator(slo) else { return whole(slo.open) };
        let faulty = indicator.queries.iter().any(|query| {
            query.expression.parsed.as_ref().is_some_and(|parsed| !parsed.faults.is_empty())
        });
        if faulty { Grade::Part } else { Grade::Whole }
    })
}

/// A number that is no share has no budget to state.
pub(super) fn budgets(scope: &Scope<'_>) -> Answer {
    let model = scope.model;
    each(scope, "have an error budget or let one be derived", |slo| {
        let free = slo.objective.is_some() && !model.is_share(slo);
        whole(slo.budget.is_some() || slo.ratio().is_some() || free || slo.open)
    })
}

pub(super) fn alert_settings(scope: &Scope<'_>) -> Answer {
    each(scope, "say when to alert", |slo| {
        let set = slo.alerting.key.is_some() || slo.open;
        whole(match slo.alerting.generated {
            Generated::Yes | Generated::Partly | Generated::Unknown => true,
            Generated::Off => false,
            Generated::Never => set,
        })
    })
}

/// Critical services with at least one objective.
pub(super) fn critical_services(scope: &Scope<'_>) -> Answer {
    let critical = &scope.repo.settings.critical_services;
    let all: Vec<Evidence> = slos(scope).map(evidence).collect();
    if critical.is_empty() {
        return match all.is_empty() {
            true => Answer::found(all),
            false => Answer::partly("no list of critical services is given", all),
        };
    }
    let mut found = Vec::new();
    let mut promised = 0;
    for service in critical {
        let of_service = slos(scope).find(|slo| slo.is_of(service));
        promised += usize::from(of_service.is_some());
        found.extend(of_service.map(evidence));
    }
    match promised {
        0 => Answer::found(Vec::new()),
        count if count == critical.len() => Answer::found(found),
        count => {
            let note = format!("{count} of {} critical services have one", critical.len());
            Answer::partly(note, found)
        }
    }
}

/// What computes objectives: a tool's own form, rules of the budget, a program that reads them.
pub(super) fn evaluation(scope: &Scope<'_>) -> Answer {
    let tools = slos(scope).filter(|slo| slo.dialect.is_evaluated());
    let mut found: Vec<Evidence> = tools.map(evidence).collect();
    found.extend(budget_rules(scope));
    found.extend(readers(scope));
    Answer::found(found)
}

fn readers(scope: &Scope<'_>) -> Vec<Evidence> {
    let readers = scope.repo.facts.slo_readers.iter();
    readers
        .filter(|reader| scope.counts(reader.document))
        .map(|reader| Evidence { span: reader.span, fact: format!("reads `{}`", reader.key) })
        .collect()
}

/// Every objective is computed: by its tool, by rules or by a program that reads the file.
pub(super) fn all_evaluated(scope: &Scope<'_>) -> Answer {
    let others = !budget_rules(scope).is_empty() || !readers(scope).is_empty();
    if slos(scope).next().is_none() {
        return Answer::found(budget_rules(scope));
    }
    each(scope, "are computed by something", |slo| whole(others || slo.dialect.is_evaluated()))
}

/// What computes them runs on its own: rules and tools do, a program needs something that
/// starts it.
pub(super) fn scheduled(scope: &Scope<'_>) -> Answer {
    let tools = slos(scope).filter(|slo| slo.dialect.is_evaluated());
    let mut found: Vec<Evidence> = tools.map(evidence).collect();
    found.extend(budget_rules(scope));
    for reader in &scope.repo.facts.slo_readers {
        let path = scope.repo.path(reader.span);
        let file = path.rsplit('/').next().unwrap_or(path);
        let started = scope.repo.facts.containers.iter().find_map(|container| {
            container.args.iter().find(|arg| arg.text.contains(file)).map(|arg| arg.span)
        });
        found.extend(started.map(|span| Evidence { span, fact: format!("runs {file}") }));
    }
    Answer::found(found)
}

fn ties<'a>(scope: &'a Scope<'_>, slo: &Slo) -> impl Iterator<Item = &'a Tie> {
    scope.model.ties_of_slo(slo.number).filter(|tie| {
        let alert = scope.model.queries()[tie.alert].alert();
        alert.is_some_and(|alert| scope.loads(alert.document))
    })
}

/// Whether a tool or a policy makes the alerts.
fn is_generated(slo: &Slo) -> bool {
    matches!(slo.alerting.generated, Generated::Yes | Generated::Partly)
}

pub(super) fn burn_alerts(scope: &Scope<'_>) -> Answer {
    each(scope, "have a burn-rate alert", |slo| {
        let burns = |tie: &Tie| tie.errors.is_some() || matches!(tie.how, How::Named);
        if is_generated(slo) || ties(scope, slo).any(burns) {
            Grade::Whole
        } else if ties(scope, slo).next().is_some()
            || (slo.alerting.generated == Generated::Never && scope.model.is_read(slo))
        {
            Grade::Part
        } else {
            Grade::Nothing
        }
    })
}

pub(super) fn multi_window(scope: &Scope<'_>) -> Answer {
    let model = scope.model;
    each(scope, "are watched over a long and a short window", |slo| {
        let paired = |tie: &Tie| {
            let query = &model.queries()[tie.alert];
            let conditions = model.conditions(query);
            let Some(own) = conditions.get(tie.condition) else { return false };
            let length = |place: Place<'_, '_>| window(model, Place { query, node: place.node });
            let mine = length(own.bound.value);
            conditions.iter().any(|other| {
                other.branch == own.branch
                    && Burn::of(model, other).is_some() | tie.errors.is_some()
                    && length(other.bound.value).is_some()
                    && length(other.bound.value) != mine
            })
        };
        whole(is_generated(slo) || ties(scope, slo).any(paired))
    })
}

/// The alerts of objectives reach a receiver.
pub(super) fn alerts_routed(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    let managers = repo.facts.alertmanagers.iter().any(|it| scope.counts(it.document));
    let people: Vec<&Integration> = repo
        .facts
        .integrations
        .iter()
        .filter(|it| scope.counts(it.document) && it.reaches_people())
        .collect();
    let told = !people.is_empty();
    each(scope, "have an alert that reaches a receiver", |slo| {
        // Where the repository has no Alertmanager, what the tool sends is routed elsewhere.
        if is_generated(slo) && (!managers || told) {
            return Grade::Whole;
        }
        let reaches = |tie: &Tie| {
            let alert = scope.model.queries()[tie.alert].alert();
            let number = alert.and_then(|alert| {
                repo.facts.alert_rules.iter().position(|known| std::ptr::eq(known, alert))
            });
            number.is_some_and(|number| {
                scope.model.routing().reached(number).any(|it| it.receiver.is_some())
            })
        };
        let read = || !is_generated(slo) && scope.model.is_read(slo);
        if ties(scope, slo).any(reaches) {
            Grade::Whole
        } else if told && read() {
            Grade::Part
        } else {
            Grade::Nothing
        }
    })
}
