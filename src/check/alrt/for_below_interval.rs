//! A `for` that no evaluation can see. Rule: rules/alrt/for-below-interval.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::lang::duration;
use crate::repo::servers;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let hold = alert.hold.as_ref();
    let Some((hold, length)) =
        hold.and_then(|hold| Some((hold, duration::prometheus(hold.known_text()?)?)))
    else {
        return case.skip();
    };
    let groups = case.repo.groups(alert.document);
    let group = groups.binary_search_by_key(&alert.group, |group| group.index);
    let interval = group
        .ok()
        .and_then(|at| groups.get(at))
        .and_then(|group| servers::evaluation_interval(case.repo, group));
    if let Some(interval) = interval.filter(|interval| 0 < length && length < *interval) {
        case.flag(hold.span).with("for", &hold.text).with("interval", duration::display(interval));
    }
}
