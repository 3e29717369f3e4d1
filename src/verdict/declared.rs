//! What declarations do to a verdict: roles, what others run, what does not apply.

use super::{Assessed, ClauseResult, Exempt, Role, Verdict};
use crate::config::{Declaration, Stated};
use crate::repo::Repo;
use crate::standard::Requirement;

/// The declared role, with its reason.
pub(super) fn role(repo: &Repo) -> Option<(Role, String, usize)> {
    let (word, (number, declaration)) = repo.declared_role()?;
    let role = Role::named(word)?;
    Some((role, said(declaration), number))
}

/// Changes what was computed by what is declared of the requirement as a whole.
pub(super) fn apply(repo: &Repo, assessed: &mut Assessed) {
    let requirement = assessed.requirement;
    if let Some((number, declaration)) = repo.declared_not_applicable(requirement.id)
        && assessed.verdict != Verdict::NotApplicable
    {
        match assessed.clauses.iter().flat_map(|clause| &clause.evidence).next() {
            None => {
                assessed.verdict = Verdict::NotApplicable;
                assessed.reason = said(declaration);
                assessed.exempt = Some(Exempt::Declaration);
                assessed.declared.push(number);
            }
            // What is there applies, whoever says otherwise.
            Some(seen) => {
                let place = format!("{}:{}", repo.path(seen.span), repo.line(seen.span));
                let against = format!("; declared not applicable, but see {place}");
                assessed.reason.push_str(&against);
            }
        }
    }
    if assessed.verdict == Verdict::NotMet
        && let Some((verdict, reason, number)) = managed(repo, requirement)
    {
        assessed.verdict = verdict;
        assessed.reason = reason;
        assessed.declared.push(number);
    }
}

/// The verdict where others run what is asked for, and nothing here serves it.
fn managed(repo: &Repo, requirement: &Requirement) -> Option<(Verdict, String, usize)> {
    requirement.managed.iter().find_map(|&(what, in_part)| {
        let (number, declaration) = repo.declared_managed(what)?;
        let verdict = if in_part { Verdict::Partly } else { Verdict::NeedsAttestation };
        let by = match &declaration.provider {
            Some(provider) => format!(" by {}", provider.text),
            None => " by others".to_owned(),
        };
        let kept = match &declaration.retention {
            Some(retention) => format!(", kept {}", retention.text),
            None => String::new(),
        };
        Some((verdict, format!("{what} managed{by}{kept}: {}", said(declaration)), number))
    })
}

/// What its clauses owe to equivalents, in words: `Loki for ELK`.
pub(super) fn equivalents(clauses: &[ClauseResult]) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for equivalent in clauses.iter().flat_map(|clause| &clause.equivalents) {
        if equivalent.declaration.is_some() && !texts.contains(&equivalent.text.as_str()) {
            texts.push(&equivalent.text);
        }
    }
    texts
}

fn said(declaration: &Declaration) -> String {
    let reason = declaration.reason.as_ref().map_or("", |reason| reason.text.as_str());
    let what = match &declaration.stated {
        Stated::Role(_) | Stated::NotApplicable(_) | Stated::Managed(_) => String::new(),
        stated => format!("{}: ", stated.text()),
    };
    format!("{what}{reason} ({})", declaration.signature())
}
