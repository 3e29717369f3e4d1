//! A metric that is made more than once. Rule: rules/metr/duplicate-registration.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{Made, MetricDefinition, Registry};
use crate::source::Span;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let refused = definition.says("twice") == Some("refused");
    if !refused || definition.registry != Registry::Default || definition.exposed.is_empty() {
        return case.skip();
    }
    if case.repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    let span = definition.name.span;
    match &definition.made {
        Made::Handler(at) => say(case, span, "each time a request is handled", *at),
        Made::Loop(at) => say(case, span, "in each round of a loop", *at),
        Made::Constructor { class, objects, takes } => {
            if first_of_class(definition, case, *class) {
                constructed(case, span, *class, objects, *takes);
            }
        }
        Made::Once => twice(definition, case),
        Made::Function | Made::Guarded => {}
    }
}

fn say(case: &mut Case<'_>, span: Span, what: &str, at: Span) {
    case.flag(span).with("what", format!("is made {what}")).related(at, "here");
}

/// Whether no other metric of the same constructor was told already.
fn first_of_class(definition: &MetricDefinition, case: &Case<'_>, class: Span) -> bool {
    let mut all = case.repo.facts.metric_definitions.iter().filter(|one| {
        one.document == definition.document
            && one.registry == Registry::Default
            && matches!(&one.made, Made::Constructor { class: other, .. } if *other == class)
    });
    all.next().is_some_and(|first| std::ptr::eq(first, definition))
}

fn constructed(case: &mut Case<'_>, span: Span, class: Span, objects: &[Span], takes: bool) {
    match objects {
        [first, second, ..] => {
            let what = "is made with each object, and the file makes more than one";
            let flag = case.flag(span).with("what", what).related(*first, "one object");
            flag.related(*second, "another one");
        }
        // Told what to be by its arguments, it is meant for more than one.
        [_] if takes => {
            let what = "is made with each object: a second one is refused";
            case.flag(span).severity(Severity::Info).with("what", what).related(class, "its class");
        }
        _ => {}
    }
}

/// Another declaration of the name that the same process loads.
fn twice(definition: &MetricDefinition, case: &mut Case<'_>) {
    let repo = case.repo;
    let program = |one: &MetricDefinition| repo.program(repo.path(one.name.span));
    let earlier = repo
        .definitions_of(&definition.exposed)
        .take_while(|other| !std::ptr::eq(*other, definition))
        .find(|other| {
            other.made == Made::Once
                && other.registry == Registry::Default
                && other.says("twice") == Some("refused")
                && other.language == definition.language
                // Files beside each other may be scripts of their own.
                && (other.document == definition.document
                    || imported(repo, other.document, definition.document))
                && program(other) == program(definition)
        });
    if let Some(other) = earlier {
        case.flag(definition.name.span)
            .with("what", "is declared a second time")
            .related(other.name.span, "declared first here");
    }
}

/// Whether both files are parts of one package that is loaded as a whole.
fn imported(
    repo: &crate::repo::Repo,
    one: crate::facts::DocumentId,
    other: crate::facts::DocumentId,
) -> bool {
    let path = |id: crate::facts::DocumentId| repo.source(id.source).path.as_str();
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(it, _)| it.to_owned());
    path(one).ends_with(".go") && folder(path(one)) == folder(path(other))
}
