//! A shipper that ships its own log. Rule: rules/flnt/self-ingest-loop.yaml

use crate::check::Case;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::shippers::fluentd::Patterns;
use crate::repo::shippers::tags::meet;

/// Folders that hold the logs of all containers of a node.
const ALL: &[&str] = &[
    "/var/log/containers/*.log",
    "/var/log/containers/*",
    "/var/log/pods/*/*/*.log",
    "/var/log/pods/*/*/*.log*",
    "/var/log/pods/**/*.log",
];

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    match (section.program, section.role) {
        (Program::FluentBit | Program::Fluentd, Role::Input) if section.is("tail") => {
            tail(section, case)
        }
        (Program::FluentBit, Role::Filter) if section.is("rewrite_tag") => rewrite(section, case),
        (Program::Fluentd, Role::Output) if section.is("rewrite_tag_filter") => {
            retag(section, case)
        }
        _ => case.skip(),
    }
}

/// A tail of all containers that leaves its own out nowhere.
fn tail(section: &Section, case: &mut Case<'_>) {
    let Some(path) = section.value("path").filter(|path| path.known) else { return };
    if section.open || !path.text.split(',').any(|one| ALL.contains(&one.trim())) {
        return;
    }
    let Some(set) = super::set(section, case) else { return };
    // Set at all is enough: which containers it names, only the cluster knows.
    if section.property("exclude_path").is_some() || set.open {
        return;
    }
    let dropped = super::roles(section, case).is_none_or(|roles| roles.drops_own);
    if !dropped {
        let name = section.program.name();
        let fault = format!(
            "this takes the log of {name} itself as well: each record it logs about makes another one"
        );
        case.flag(path.span).with("fault", fault);
    }
}

/// A rule that gives records a tag which the same filter takes again.
fn rewrite(section: &Section, case: &mut Case<'_>) {
    let Some(pattern) = section.value("match").filter(|pattern| pattern.known) else { return };
    for rule in section.all("rule") {
        let words: Vec<&str> = rule.value.text.split_whitespace().collect();
        let [_, condition, tag, ..] = words[..] else { continue };
        let literal = rule.value.known && !tag.contains('$');
        // Where any record fits, the new one does too.
        let all = matches!(condition, ".*" | "^.*$" | "." | ".+" | "^.+$");
        if literal && all && meet(tag, &pattern.text) && !tag.contains('*') {
            let fault = format!(
                "`{tag}` is matched by `{}` of this filter again, without end",
                pattern.text
            );
            case.flag(rule.value.span)
                .with("fault", fault)
                .related(pattern.span, "takes the new tag");
        }
    }
}

/// `<match **>` that sends records through itself under a tag it takes again.
fn retag(section: &Section, case: &mut Case<'_>) {
    if section.open || section.header.text != "match" || section.property("@label").is_some() {
        return;
    }
    let mine = Patterns::of(section.argument.as_ref());
    let repo = case.repo;
    for rule in repo.inside(section).filter(|it| it.header.text == "rule") {
        let Some(tag) = rule.value("tag").and_then(|tag| tag.known_text()) else { continue };
        let all = rule
            .value("pattern")
            .is_some_and(|it| matches!(it.text.trim_matches('/'), ".*" | ".+" | "^.*$" | "."));
        let again = !tag.contains("${") && !tag.contains("__TAG") && mine.take(tag) == Some(true);
        if again && (all || mine.are_all()) {
            let span = rule.value("tag").map_or(rule.header.span, |tag| tag.span);
            let pattern = section.argument.as_ref().map_or("**", |argument| argument.text.as_str());
            let fault = format!("`{tag}` is taken by `<match {pattern}>` again, without end");
            case.flag(span).with("fault", fault);
        }
    }
}
