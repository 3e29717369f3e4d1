//! An address of Kibana that it does not take for its own. Rule: rules/kiba/base-url.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::KibanaConfig;
use crate::facts::scalar::Scalar;
use crate::finding::Edit;

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    let Some(kibana) = case.repo.kibana(config) else { return case.skip() };
    let value = |key: &str| kibana.get(key).and_then(|setting| setting.value.as_ref());
    let Some(address) = value("server.publicBaseUrl") else { return case.skip() };
    let Some(path) = address.known_text().and_then(path_of) else { return };
    let base = value("server.basePath");
    let base_text = match base {
        Some(base) => base.known_text(),
        None => (!kibana.open).then_some(""),
    };
    let bare = path.trim_end_matches('/');
    if path.ends_with('/') {
        let what = "must not end in a slash: links get two of them";
        let refused =
            base_text.is_some_and(|base| path != base && !(base.is_empty() && path == "/"));
        let edits = without_slash(case, address);
        let flag = case.flag(address.span).with("what", what);
        let flag = if refused { flag } else { flag.severity(Severity::Warning) };
        if let Some(edits) = edits {
            flag.fix(true, "drop the slash at its end", edits);
        }
    }
    let Some(text) = base_text.filter(|base| base.trim_end_matches('/') != bare) else { return };
    let what = match text {
        "" => format!("has the path `{bare}`, and `server.basePath` is not set"),
        base => format!("must end in `{base}`, the `server.basePath`"),
    };
    let flag = case.flag(address.span).with("what", what);
    if let Some(base) = base {
        flag.related(base.span, "the path that Kibana serves");
    }
}

/// The path of an address, from its first slash on.
fn path_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    (!path.contains(['?', '#'])).then_some(path)
}

/// Takes the slashes at the end away, where the value stands letter by letter.
fn without_slash(case: &Case<'_>, address: &Scalar) -> Option<Vec<Edit>> {
    let written = case.repo.text(address.span);
    let at = written.find(address.text.as_str())?;
    let start = address.span.start as usize + at + address.text.trim_end_matches('/').len();
    let end = address.span.start as usize + at + address.text.len();
    let span = crate::source::Span::new(address.span.source, start, end);
    Some(vec![Edit { span, text: String::new() }])
}
