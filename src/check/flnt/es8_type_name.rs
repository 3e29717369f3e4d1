//! Document types that Elasticsearch 8 refuses. Rule: rules/flnt/es8-type-name.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::shipper::{Role, Section};
use crate::finding::Edit;
use crate::lang::version::Version;
use crate::repo::runs::ELASTICSEARCH;
use crate::source::Span;

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if !super::is_fluent_bit(section, Role::Output) || !section.is("es") {
        return case.skip();
    }
    let off = match section.property("suppress_type_name") {
        None if section.open => return,
        None => None,
        Some(_) if section.switch("suppress_type_name") == Some(false) => {
            section.value("suppress_type_name")
        }
        Some(_) => return,
    };
    let reached = case.repo.releases(section.document, ELASTICSEARCH);
    let refused = reached.reach(Version::new(8, 0, 0));
    if refused == Some(false) {
        return;
    }
    let span = off.map_or(section.name_span(), |off| off.span);
    let edits = match off {
        Some(off) => vec![Edit { span: off.span, text: "On".to_owned() }],
        None => inserted(section, case).into_iter().collect(),
    };
    let stated = reached.newest().filter(|_| refused == Some(true));
    let store = stated.map_or_else(
        || "Elasticsearch 8 and later".to_owned(),
        |release| format!("Elasticsearch {}", release.version),
    );
    let mut flag = case.flag(span).with("store", store);
    if let Some(release) = stated {
        flag = flag.related(release.span, "the release that is written to");
    }
    if refused.is_none() {
        flag = flag.severity(Severity::Warning);
    }
    if !edits.is_empty() {
        flag.fix(true, "Suppress the type name", edits);
    }
}

/// A line after that of the plugin's name, indented as it is.
fn inserted(section: &Section, case: &Case<'_>) -> Option<Edit> {
    let name = section.property("name")?;
    let text = case.repo.source(name.key.span.source).text();
    let (key, end) = (name.key.span.start as usize, name.value.span.end as usize);
    let line = text[..key].rfind('\n').map_or(0, |at| at + 1);
    let end = end + text[end..].find('\n').unwrap_or(text.len() - end);
    // A name in a JSON object or a flow mapping has no line of its own.
    let lead = &text[line..key];
    if lead.contains(|c: char| !c.is_whitespace() && c != '-')
        || text[key..end].contains(['{', ',', '}'])
    {
        return None;
    }
    let indent: String = lead.chars().map(|c| if c == '-' { ' ' } else { c }).collect();
    let entry = if section.structured { "suppress_type_name: on" } else { "Suppress_Type_Name On" };
    let end = end - usize::from(text[..end].ends_with('\r'));
    let span = Span::new(name.key.span.source, end, end);
    Some(Edit { span, text: format!("\n{indent}{entry}") })
}
