//! Matchers in the old form. Rule: rules/amgr/deprecated-matchers.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::{AlertmanagerConfig, Matcher};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(config: &AlertmanagerConfig, case: &mut Case<'_>) {
    if !model::is_read(case) || config.operator {
        return case.skip();
    }
    let repo = case.repo;
    let routes = repo.routing(config.document).routes();
    for route in routes {
        old_forms(&route.matchers, case);
    }
    for rule in repo.inhibit_rules(config.document) {
        old_forms(&rule.source, case);
        old_forms(&rule.target, case);
    }
}

fn old_forms(matchers: &[Matcher], case: &mut Case<'_>) {
    let keys: Vec<usize> = matchers
        .iter()
        .enumerate()
        .filter(|(_, one)| one.deprecated.is_some())
        .map(|(at, _)| at)
        .collect();
    for (number, &at) in keys.iter().enumerate() {
        let Some(key) = &matchers[at].deprecated else { continue };
        let meant = match key.text.split_once('_') {
            Some((side @ ("source" | "target"), _)) => format!("{side}_matchers"),
            _ => "matchers".to_owned(),
        };
        let end = keys.get(number + 1).copied().unwrap_or(matchers.len());
        let group = &matchers[at..end];
        // Further matchers in the new form, or the other old key, would have to be merged.
        let alone =
            keys.len() == 1 && group.iter().all(|one| one.known && one.span.start > key.span.end);
        let edit = alone.then(|| rewrite(key.span, group, &meant, case)).flatten();
        let flag = case.flag(key.span).with("key", &key.text).with("meant", &meant);
        if let Some(edit) = edit {
            flag.fix(true, format!("Rewrite as `{meant}`"), vec![edit]);
        }
    }
}

/// One edit from the key to the end of its mapping.
fn rewrite(key: Span, matchers: &[Matcher], meant: &str, case: &Case<'_>) -> Option<Edit> {
    let text = case.repo.source(key.source).text();
    let first = matchers.iter().map(|one| one.span.start).min()? as usize;
    let mut end = matchers.iter().map(|one| one.span.end).max()? as usize;
    if matchers.iter().any(|one| one.span.source != key.source) {
        return None;
    }
    let between = text.get(key.end as usize..first)?;
    if between.contains('{') {
        let rest = text.get(end..)?;
        let close = rest.find('}')?;
        if !rest[..close].trim_matches([' ', ',', '\n']).is_empty() {
            return None;
        }
        end += close + 1;
    } else if between.contains(['&', '*', '#', '!']) || text.get(first..end)?.contains('#') {
        return None;
    }
    let list: Vec<String> = matchers
        .iter()
        .map(|one| {
            let value = one.value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let text = format!("{}{}\"{value}\"", one.label, one.op.sign());
            format!("'{}'", text.replace('\'', "''"))
        })
        .collect();
    let span = Span::new(key.source, key.start as usize, end);
    Some(Edit { span, text: format!("{meant}: [{}]", list.join(", ")) })
}
