//! Roles that are declared more than once. Rule: rules/decl/role-declared-twice.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::{Declaration, Refusal, Stated};

pub(super) fn check(declaration: &Declaration, case: &mut Case<'_>) {
    let Stated::Role(role) = &declaration.stated else { return case.skip() };
    let all = &case.repo.settings.declarations;
    let role_of = |it: &Declaration| match &it.stated {
        Stated::Role(role) => Some(role.clone()),
        _ => None,
    };
    match declaration.refusal {
        Some(Refusal::Contradicted) => {
            let others = all.iter().filter(|it| it.refusal == Some(Refusal::Contradicted));
            let mut others = others.filter(|it| it.file == declaration.file);
            let other = others.find(|it| it.stated != declaration.stated);
            let Some((other, that)) = other.and_then(|it| Some((it, role_of(it)?))) else { return };
            let flag = case
                .flag(declaration.key.span)
                .with("role", role)
                .with("fault", format!("`{that}` too (line {}): neither counts", other.line));
            if let Some(span) = other.key.span {
                flag.related(span, format!("declares `{that}`"));
            }
        }
        Some(Refusal::Repeated) => {
            let Some(first) = all.iter().find(|it| it.counts() && role_of(it).is_some()) else {
                return;
            };
            let flag = case
                .flag(declaration.key.span)
                .severity(Severity::Info)
                .with("role", role)
                .with("fault", format!("line {} says so before: only that one counts", first.line));
            if let Some(span) = first.key.span {
                flag.related(span, "the one that counts");
            }
        }
        _ => {}
    }
}
