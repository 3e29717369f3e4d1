//! Deep pages of results. Rule: rules/elas/result-window-raised.yaml

use crate::check::Case;
use crate::facts::elastic::template::IndexTemplate;
use crate::finding::Edit;
use crate::repo::logfamilies::number;

const DEFAULT: u64 = 10_000;

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let Some(setting) = template.setting("max_result_window") else { return };
    let Some((window, span)) = number(setting).filter(|(window, _)| *window > DEFAULT) else {
        return;
    };
    let edit = Edit { span, text: DEFAULT.to_string() };
    case.flag(span).with("window", window.to_string()).fix(false, "Set the default", vec![edit]);
}
