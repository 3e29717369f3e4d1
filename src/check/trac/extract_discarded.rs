//! TRAC006: the context of a request is read, and nothing goes on with it.

use crate::check::Case;
use crate::facts::code::propagation::{Extraction, Fate};

pub(super) fn check<'a>(extraction: &'a Extraction, case: &mut Case<'a>) {
    let what = match &extraction.fate {
        Fate::Used => return,
        Fate::Dropped => "what it gives back is thrown away".to_owned(),
        Fate::Unread(name) => format!("nothing reads `{name}`"),
        Fate::Returned(helper) => {
            // Another file that names the function may work on with the context.
            let mut named = case.repo.facts.context_mentions.iter();
            if named.any(|(document, name)| *document != extraction.document && name == helper) {
                return;
            }
            match extraction.dropped_at {
                Some(_) => format!("the callers of `{helper}` throw it away"),
                None => format!("`{helper}` gives it back, and nothing calls that"),
            }
        }
    };
    let flag = case.flag(extraction.name.span).with("what", what);
    if let Some(span) = extraction.dropped_at {
        flag.related(span, "the context is thrown away here");
    }
}
