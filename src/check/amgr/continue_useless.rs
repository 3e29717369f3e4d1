//! `continue` with nothing to go on to. Rule: rules/amgr/continue-useless.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let document = case.document();
    let whole = document.is_none_or(model::is_whole) && !model::is_open(case, route.document);
    let (Some(parent), true) = (route.parent, whole) else { return case.skip() };
    let Some(continues) = route.continues.as_ref().filter(|value| value.boolean() == Some(true))
    else {
        return;
    };
    let tree = case.repo.routing(route.document);
    let later = tree
        .routes()
        .iter()
        .skip(route.index as usize + 1)
        .take_while(|next| next.parent >= Some(parent))
        .any(|next| next.parent == Some(parent));
    if later {
        return;
    }
    let source = case.repo.source(continues.span.source);
    let start = (continues.span.start as usize).saturating_sub("continue: ".len());
    let key = Span::new(continues.span.source, start, start + "continue".len());
    let line = (source.slice(key) == "continue")
        .then(|| model::line_of(source, key, continues.span))
        .flatten();
    let flag = case.flag(continues.span);
    if let Some(span) = line {
        flag.fix(true, "Remove `continue`", vec![Edit { span, text: String::new() }]);
    }
}
