//! A length of time by a clock that can be set. Rule: rules/metr/wall-clock-duration.yaml

use crate::check::Case;
use crate::facts::code::clocks::Measured;
use crate::finding::Edit;

pub(super) fn check(measured: &Measured, case: &mut Case<'_>) {
    if !measured.wall || measured.held && !case.repo.is_metric_use(measured.sink) {
        return;
    }
    let mut flag = case.flag(measured.now.span).with("what", measured.what);
    if let Some(start) = measured.start {
        flag = flag.related(start, "read first here");
    }
    flag = flag.related(measured.sink, "goes here");
    if let Some((start, text)) = measured.start.zip(measured.instead.as_ref()) {
        let edits = [start, measured.now.span];
        let edits = edits.into_iter().map(|span| Edit { span, text: text.clone() }).collect();
        flag.fix(false, "Read a clock that only goes forward", edits);
    }
}
