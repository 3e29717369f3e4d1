//! `continue` with nothing to go on to. Rule: rules/amgr/continue-useless.yaml

use super::model;
use crate::check::{Case, mend};
use crate::facts::alertmanager::Route;
use crate::finding::Edit;

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
    let part = mend::key_before(case.repo, continues.span, "continue")
        .and_then(|key| mend::entry(case.repo, key, continues.span));
    let flag = case.flag(continues.span);
    if let Some(span) = part {
        flag.fix(true, "Remove `continue`", vec![Edit { span, text: String::new() }]);
    }
}
