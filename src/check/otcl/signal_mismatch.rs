//! Components in pipelines of signals they do not take. Rule: rules/otcl/signal-mismatch.yaml

use super::pipeline_shape;
use crate::check::Case;
use crate::components;
use crate::facts::collector::{Pipeline, Section, kind_of};
use crate::facts::scalar::Scalar;
use crate::repo::collectors::There;

const SIGNALS: &[&str] = &["traces", "metrics", "logs", "profiles"];

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    let signal = pipeline.signal();
    if !pipeline.name.known || !SIGNALS.contains(&signal) {
        return case.skip();
    }
    for section in [Section::Receivers, Section::Processors, Section::Exporters] {
        let Some(list) = pipeline.list(section) else { continue };
        for item in list.items.iter().filter(|item| item.known) {
            let connector = repo
                .collectors()
                .of_document(pipeline.document)
                .any(|set| set.defines(Section::Connectors, &item.text) == There::Yes);
            if connector && section != Section::Processors {
                if pipeline_shape::takes_none(&item.text, signal, section) {
                    let side = if section == Section::Exporters { "take" } else { "give" };
                    flag(
                        item,
                        &format!("connector `{}` does not {side} {signal}", item.text),
                        case,
                    );
                }
                continue;
            }
            let kind = kind_of(&item.text);
            let Some(row) = components::find(section.key(), kind) else { continue };
            if row.takes(signal) == Some(false) && !repo.builds().has(section, kind) {
                let takes = row.signals.join(", ");
                let what = format!("{} `{}` takes {takes}, not {signal}", section.one(), item.text);
                flag(item, &what, case);
            }
        }
    }
}

fn flag(item: &Scalar, what: &str, case: &mut Case<'_>) {
    case.flag(item.span).with("what", what);
}
