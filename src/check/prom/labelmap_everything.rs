//! Every label of an object on every series. Rule: rules/prom/labelmap-everything.yaml

use crate::check::Case;
use crate::facts::prometheus::{Relabel, ScrapeJob};

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let maps = |step: &Relabel| step.kind() == "labelmap";
    let drops = |step: &Relabel| matches!(step.kind().as_str(), "labeldrop" | "labelkeep");
    if !job.relabels.iter().any(maps) {
        return case.skip();
    }
    if job.metric_relabels.iter().any(drops) {
        return;
    }
    for (at, step) in job.relabels.iter().enumerate().filter(|(_, step)| maps(step)) {
        let later = job.relabels[at + 1..].iter().any(drops);
        let whole = step.regex.as_ref().filter(|regex| regex.known && takes_all(&regex.text));
        if let Some(regex) = whole.filter(|_| !later) {
            case.flag(regex.span).with("job", job.label()).with("regex", regex.text.clone());
        }
    }
}

/// `__meta_…_label_(.+)`, or a prefix of that which takes even more.
fn takes_all(regex: &str) -> bool {
    let regex = regex.trim_start_matches('^').trim_end_matches('$');
    let prefix = ["(.+)", "(.*)"].iter().find_map(|all| regex.strip_suffix(all));
    let Some(rest) = prefix.and_then(|prefix| prefix.strip_prefix("__meta_")) else { return false };
    rest.is_empty()
        || rest.ends_with("_label_")
        || matches!(
            rest,
            "kubernetes_" | "kubernetes_pod_" | "kubernetes_node_" | "kubernetes_service_"
        )
}
