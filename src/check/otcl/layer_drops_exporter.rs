//! A later layer that leaves out what an earlier one had. Rule: rules/otcl/layer-drops-exporter.yaml

use super::model::{LOCAL, is_kind};
use crate::check::Case;
use crate::facts::collector::{Pipeline, Section, normal};
use crate::facts::scalar::Scalar;
use crate::repo::collectors::LoadSet;

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut layered = false;
    for section in [Section::Receivers, Section::Exporters] {
        let Some(list) = pipeline.list(section) else { continue };
        let Some(key) = list.key.filter(|_| !list.open) else { continue };
        let sets = repo.collectors().of_document(pipeline.document);
        for set in sets.filter(|set| set.known && set.documents.len() > 1) {
            layered = true;
            let Some((earlier, before)) = replaced(case, set, pipeline, section) else { continue };
            let kept = |item: &Scalar| {
                list.items.iter().any(|now| normal(&now.text) == normal(&item.text))
            };
            let dropped = before
                .into_iter()
                .find(|item| item.known && !kept(item) && !is_kind(&item.text, LOCAL));
            if let Some(item) = dropped {
                case.flag(key)
                    .with("section", section.key())
                    .with("id", &item.text)
                    .with("name", &earlier.name.text)
                    .related(item.span, "listed by the layer below");
                break;
            }
        }
    }
    if !layered {
        case.skip();
    }
}

/// The list of the layer below that a list replaces.
fn replaced<'r>(
    case: &Case<'r>,
    set: &LoadSet,
    pipeline: &Pipeline,
    section: Section,
) -> Option<(&'r Pipeline, Vec<&'r Scalar>)> {
    let repo = case.repo;
    let at = set.documents.iter().position(|document| *document == pipeline.document)?;
    set.documents[..at].iter().rev().find_map(|document| {
        let mut same = repo.pipelines_of(*document);
        let earlier = same.find(|it| normal(&it.name.text) == normal(&pipeline.name.text))?;
        let list = earlier.list(section).filter(|list| list.key.is_some())?;
        Some((earlier, list.items.iter().collect()))
    })
}
