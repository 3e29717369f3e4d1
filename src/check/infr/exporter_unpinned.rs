//! Exporters of no particular release. Rule: rules/infr/exporter-unpinned.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::repo::exporters::is_exporter;
use crate::source::Origin;

pub(super) fn check(container: &Container, case: &mut Case<'_>) {
    let own = case.repo.origin(container.document.source) != Origin::Vendored;
    let Some(image) =
        container.image.as_ref().filter(|image| own && (is_exporter(container) || !image.known))
    else {
        return case.skip();
    };
    if !image.known || image.text.contains('@') {
        return;
    }
    let what = match container.image_tag() {
        None => "no tag",
        Some("latest") => "the tag `latest`",
        Some(_) => return,
    };
    case.flag(image.span).with("image", image.text.clone()).with("what", what);
}
