//! Version 1 after its end. Rule: rules/jaeg/v1-end-of-life.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::chart::PROGRAMS;
use crate::facts::jaeger::{ChartValues, Component, Form, Part};
use crate::lang::version::Version;
use crate::repo::jaeger::END_OF_V1;

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    if let Form::Values(values) = &part.form {
        return images(values, case);
    }
    // The operator runs nothing but version 1; a rule of its own speaks of it and its objects.
    let pins = match part.form {
        Form::Container(_) | Form::Base => part.component != Component::Operator,
        Form::Chart(_) => part.component == Component::Installation,
        _ => false,
    };
    if !pins {
        return case.skip();
    }
    let over = case.repo.today.is_empty() || case.repo.today.as_str() > END_OF_V1;
    // Where a variable holds the release, that is the place to look at.
    let filled = part.container().filter(|_| !part.name.known);
    let filled = filled.and_then(|container| case.repo.release_of(container));
    let second = Version::parse("2.0");
    let first = match (&filled, second) {
        (Some(release), Some(second)) => Some(release.version < second),
        _ => part.is_v1(),
    };
    if first != Some(true) || !over {
        return;
    }
    let span = match &part.form {
        Form::Container(_) if filled.is_some() => filled.map_or(part.name.span, |it| it.span),
        Form::Chart(package) => package.version.as_ref().map_or(part.name.span, |it| it.span),
        _ => part.name.span,
    };
    let what = match &part.form {
        Form::Chart(package) => {
            let version = package.version.as_ref().map_or("", |version| version.text.as_str());
            format!("release {version} of the chart `jaeger`")
        }
        _ => format!("`{}`", part.name.text),
    };
    let flag = case.flag(span).with("what", what).with("end", END_OF_V1);
    if part.is_vendors() {
        flag.severity(Severity::Info);
    }
}

/// Images of version 1 that the values of a chart name.
fn images(values: &ChartValues, case: &mut Case<'_>) {
    let over = case.repo.today.is_empty() || case.repo.today.as_str() > END_OF_V1;
    for (section, component) in PROGRAMS.iter().filter(|_| over) {
        let tag = values.settings.scalar(&format!("{section}.image.tag"));
        let first = tag.and_then(|tag| tag.known_text()).is_some_and(|tag| {
            let tag = tag.strip_prefix('v').unwrap_or(tag);
            tag == "1" || tag.starts_with("1.")
        });
        if let Some(tag) = tag.filter(|_| first) {
            let what = format!("`{}` of the {}", tag.text, component.name());
            case.flag(tag.span).with("what", what).with("end", END_OF_V1);
        }
    }
}
