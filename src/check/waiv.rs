//! Waivers that do not count, and those that end soon.

mod ending;
mod expired;
mod incomplete;
mod unapproved;

use super::Builtin;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("WAIV001", Builtin::Waiver(incomplete::check)),
    ("WAIV002", Builtin::Waiver(expired::check)),
    ("WAIV003", Builtin::Waiver(unapproved::check)),
    ("WAIV005", Builtin::Waiver(ending::check)),
];

/// Days, in words.
pub(super) fn days(left: i64) -> String {
    match left {
        0 => "0 days: today is its last".to_owned(),
        1 => "1 day".to_owned(),
        left => format!("{left} days"),
    }
}
