//! A receiver no route leads to. Rule: rules/amgr/unused-receiver.yaml

use super::model;
use crate::check::{Case, mend};
use crate::facts::alertmanager::Receiver;
use crate::finding::Edit;

pub(super) fn check(receiver: &Receiver, case: &mut Case<'_>) {
    let routes = case.repo.routing(receiver.document).routes();
    let open = model::is_open(case, receiver.document);
    let name = receiver.name.as_ref().filter(|name| name.known && !name.text.is_empty());
    let (Some(name), false) = (name, open || routes.is_empty() || !model::is_read(case)) else {
        return case.skip();
    };
    // The chart's own route for its heartbeat stays where the values name no routes, and leads there.
    let of_chart =
        name.text == "null" && routes.len() == 1 && model::is_merged(case, receiver.document);
    if !of_chart && model::is_unrouted(case.repo, receiver.document, &name.text) {
        let lines = mend::block(case.repo, receiver.span)
            .filter(|lines| case.repo.text(*lines).trim_start().starts_with("- "));
        let flag = case.flag(name.span);
        if let Some(span) = lines {
            let edit = Edit { span, text: String::new() };
            flag.fix(false, "remove the receiver", vec![edit]);
        }
    }
}
