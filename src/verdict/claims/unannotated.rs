//! Evidence that no annotation names (NIST008).

use super::claims;
use crate::catalogue;
use crate::finding::{Edit, Finding, Fix};
use crate::nist;
use crate::repo::Repo;
use crate::repo::standing::is_sample;
use crate::source::{Origin, SourceId, Span};
use crate::standard;
use crate::verdict::evidence::{self, Holds};
use crate::verdict::scope::Scope;
use std::collections::BTreeSet;

/// Files of the repository's own that are evidence for a control and do not say so, and how many
/// there are to look at.
pub(super) fn find(scope: &Scope<'_>, operated: bool) -> (usize, Vec<Finding>) {
    let repo = scope.repo;
    let named: BTreeSet<(SourceId, String)> =
        claims(repo).map(|(annotation, _, id)| (annotation.source, id.control)).collect();
    let mut seen: BTreeSet<(SourceId, &str)> = BTreeSet::new();
    let mut found = Vec::new();
    for backing in standard::backing().iter().filter(|_| operated) {
        for part in backing.parts {
            for query in part.evidence {
                let answer = evidence::ask(query, scope);
                if !matches!(answer.holds, Holds::Yes | Holds::Partly) {
                    continue;
                }
                for one in answer.evidence {
                    let source = one.span.source;
                    let own = repo.origin(source) == Origin::Own && !is_sample(repo.path(one.span));
                    let Some(mark) = comment(repo.path(one.span)).filter(|_| own) else { continue };
                    let first = seen.insert((source, backing.control));
                    if first && !named.contains(&(source, backing.control.to_owned())) {
                        found.extend(finding(repo, one.span, backing.control, part.text, mark));
                    }
                }
            }
        }
    }
    (seen.len(), found)
}

/// What begins a comment in a file of this name; none where it can have none.
fn comment(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "yaml" | "yml" | "py" | "tf" | "toml" | "conf" => Some("#"),
        "go" | "js" | "ts" | "tsx" | "java" | "rs" | "cs" => Some("//"),
        _ => None,
    }
}

fn finding(
    repo: &Repo,
    span: Span,
    control: &'static str,
    what: &'static str,
    mark: &str,
) -> Option<Finding> {
    let rule = catalogue::by_code("NIST008")?;
    let source = repo.source(span.source);
    let line = source.line_range(source.line_of(span.start));
    let start = u32::try_from(line.start).ok()?;
    let before = source.slice(Span { start, ..span });
    let indent: String = before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let title = format!("add `@nist {control}` above");
    let text = format!("{indent}{mark} @nist {control}\n");
    let edits = vec![Edit { span: Span { start, end: start, ..span }, text }];
    Some(Finding {
        rule,
        span: Some(span),
        document: None,
        service: None,
        owner: None,
        subject: format!("evidence for {}", nist::label(control)),
        severity: rule.severity,
        opinion: false,
        anywhere: false,
        captures: vec![
            ("control", nist::label(control)),
            ("id", control.to_owned()),
            ("what", what.to_owned()),
        ],
        related: Vec::new(),
        fix: Some(Box::new(Fix { safe: false, title, edits })),
    })
}
