//! Traces kept for another time than is meant. Rule: rules/cros/trace-retention-disagrees.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;
use crate::lang::duration;
use crate::repo::traces::Retention;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let wanted = pillar.retention().filter(|_| pillar.name.text == "traces");
    let Some(wanted) = wanted else { return case.skip() };
    let Some(meant) = wanted.known_text().and_then(duration::prometheus) else { return };
    let meant = meant as f64 / 1e3;
    let repo = case.repo;
    let mut others = Vec::new();
    let mut deletes = true;
    let kept = |seconds: f64| format!("kept for {}", duration::display((seconds * 1e3) as i64));
    let stores = repo.trace_stores().iter();
    let mut stores =
        stores.filter(|store| repo.run_together(store.document, pillar.document)).peekable();
    // The store is elsewhere, and what deletes there is here.
    if stores.peek().is_none()
        && let Some(Retention::For(seconds, span)) = repo.cleaned_traces(pillar.document)
        && (seconds - meant).abs() > 1.0
    {
        others.push((span, kept(seconds)));
    }
    for store in stores {
        match store.retention {
            Retention::For(seconds, span) if (seconds - meant).abs() > 1.0 => {
                others.push((span, kept(seconds)));
            }
            Retention::Never => {
                deletes &= !others.is_empty();
                others.push((store.span, "nothing deletes them here".to_owned()));
            }
            // One store that keeps to it is enough; one that may is too.
            Retention::For(..) | Retention::Stated(_) | Retention::Unknown => return,
            Retention::Default(_) | Retention::Moot => {}
        }
    }
    let Some((place, first)) = others.first() else { return };
    // What deletes at another time is to be set right; where nothing does, the plan says so alone.
    let certain = deletes.then_some(*place);
    let mut flag =
        case.flag(certain.unwrap_or(wanted.span)).with("value", &wanted.text).with("actual", first);
    for (span, step) in others.iter().skip(usize::from(deletes)) {
        flag = flag.related(*span, step);
    }
    if deletes {
        flag.related(wanted.span, "the strategy");
    }
}
