//! Tracebacks where no error is handled. Rule: rules/logs/traceback-outside-handler.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::logs::Traceback;
use crate::finding::Edit;

pub(super) fn check(traceback: &Traceback, case: &mut Case<'_>) {
    if traceback.handled || traceback.hook {
        return;
    }
    let (handling, outside) = traceback.callers;
    // Without an error of its own, only a call that is seen outside of a handler is a fault.
    if traceback.given.is_none() && outside.is_none() {
        return;
    }
    let only_handled = handling > 0 && outside.is_none();
    let severity = if only_handled { Severity::Info } else { Severity::Warning };
    // `exc_info` takes an error as well as a word.
    let given = traceback.given.as_ref().filter(|_| case.repo.text(traceback.name.span) == "True");
    let edit = given.map(|given| Edit { span: traceback.name.span, text: given.text.clone() });
    let mut flag = case.flag(traceback.name.span).severity(severity);
    if let Some(edit) = edit {
        flag = flag.fix(false, "name the error", vec![edit]);
    }
    if let Some(given) = &traceback.given {
        flag = flag.related(given.span, "the error that the function is given");
    }
    if let Some(outside) = outside {
        flag.related(outside, "called here, where no error is handled");
    }
}
