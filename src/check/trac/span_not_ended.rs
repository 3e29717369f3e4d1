//! A span that nothing ends on some way. Rule: rules/trac/span-not-ended.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::spans::{SpanEnd, SpanForm, SpanScope, speaks_of_spans};

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    if matches!(scope.form, SpanForm::Own | SpanForm::Dropped)
        || case.repo.is_load_test(scope.document)
    {
        return case.skip();
    }
    match &scope.end {
        // Whoever gets the context can end the span that is in it.
        SpanEnd::Handed if case.repo.facts.current_spans.iter().any(|span| span.ends) => {}
        SpanEnd::Never | SpanEnd::Handed => {
            case.flag(scope.at).with("what", "nothing ends it");
        }
        SpanEnd::Unentered => {
            case.flag(scope.at).with("what", "no `with` enters it: it never starts");
        }
        SpanEnd::Left(places) => {
            let mut flag =
                case.flag(scope.at).with("what", "a way out of the function leaves it open");
            for place in places {
                flag = flag.related(*place, "left here while the span is open");
            }
        }
        // Whoever calls the function may end it; here nobody calls it.
        SpanEnd::Returned => {
            let name = &scope.function;
            let called = || case.repo.facts.span_calls.iter().any(|call| call == name);
            if scope.exported && speaks_of_spans(name) && !called() {
                let what = format!("`{name}` gives it back, and nothing here calls `{name}`");
                case.flag(scope.at).with("what", what).severity(Severity::Warning);
            }
        }
        SpanEnd::Ended | SpanEnd::Straight { .. } => {}
    }
}
