//! `absent()` that one lost scrape sets off. Rule: rules/alrt/absent-short-for.yaml

use super::alert_of;
use crate::check::Case;
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Op};
use crate::repo::queries::Query;
use crate::repo::servers;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let masked = case.document().is_some_and(|document| document.masked);
    let hold = match &alert.hold {
        Some(hold) => hold.known_text().and_then(duration::prometheus),
        None => (!masked).then_some(0),
    };
    let Some(hold) = hold else { return case.skip() };
    // `absent` fires by itself where it stands at the top or in a branch of `or`.
    let mut stack = vec![root.node];
    while let Some(node) = stack.pop() {
        let place = root.at(root.ast().bare(node));
        match place.kind() {
            Kind::Binary(binary) if binary.op == Op::Or => {
                stack.extend([binary.right, binary.left]);
            }
            Kind::Binary(binary) if binary.op.is_comparison() => stack.push(binary.left),
            Kind::Call(call) if call.function.is_some_and(|known| known.name == "absent") => {
                let arg = call.args.first().map(|arg| place.ast().kind(place.ast().bare(*arg)));
                let Some(Kind::Selector(selector)) = arg else { continue };
                let Some(interval) = servers::scrape_interval_of(case.repo, selector) else {
                    continue;
                };
                #[expect(clippy::cast_possible_truncation, reason = "scrape intervals are short")]
                let interval = (interval * 1000.0) as i64;
                if hold < 2 * interval {
                    let at = match &alert.hold {
                        Some(hold) => hold.span,
                        None => case.place(query, call.name),
                    };
                    case.flag(at)
                        .with("for", duration::display(hold))
                        .with("interval", duration::display(interval));
                    return;
                }
            }
            _ => {}
        }
    }
}
