//! Policies that the engine refuses. Rule: rules/elas/policy-invalid.yaml

use crate::check::Case;
use crate::facts::elastic::policy::{LifecyclePolicy, Manager, Phase};
use crate::facts::scalar::Scalar;
use crate::facts::schema::nearest;

/// Phases in their order, and what may be done in each.
const PHASES: &[(&str, &[&str])] = &[
    (
        "hot",
        &[
            "set_priority",
            "unfollow",
            "rollover",
            "readonly",
            "downsample",
            "rollup",
            "shrink",
            "forcemerge",
            "searchable_snapshot",
        ],
    ),
    (
        "warm",
        &[
            "set_priority",
            "unfollow",
            "readonly",
            "downsample",
            "allocate",
            "migrate",
            "shrink",
            "forcemerge",
        ],
    ),
    (
        "cold",
        &[
            "set_priority",
            "unfollow",
            "readonly",
            "downsample",
            "rollup",
            "searchable_snapshot",
            "allocate",
            "migrate",
            "freeze",
        ],
    ),
    ("frozen", &["unfollow", "searchable_snapshot"]),
    ("delete", &["wait_for_snapshot", "delete"]),
];
/// What a state may do.
const STATE_ACTIONS: &[&str] = &[
    "rollover",
    "delete",
    "force_merge",
    "read_only",
    "read_write",
    "replica_count",
    "close",
    "open",
    "shrink",
    "snapshot",
    "notification",
    "index_priority",
    "allocation",
    "rollup",
    "alias",
    "transform",
    "convert_index_to_remote",
    "search_only",
    "stop_replication",
    "custom",
    // Of the service that Amazon runs.
    "warm_migration",
    "cold_migration",
    "cold_delete",
];
/// Conditions one of which a rollover needs.
const ROLLOVER: &[&str] =
    &["max_age", "max_docs", "max_size", "max_primary_shard_size", "max_primary_shard_docs"];
const STATE_ROLLOVER: &[&str] =
    &["min_size", "min_primary_shard_size", "min_doc_count", "min_index_age"];

pub(super) fn check(policy: &LifecyclePolicy, case: &mut Case<'_>) {
    match policy.manager {
        Manager::Ilm => phases(policy, case),
        Manager::Ism => states(policy, case),
        Manager::Stream => {
            let age = policy.stream.as_ref().and_then(|it| it.retention.as_ref());
            if let Some(age) = age.filter(|age| age.known && time(&age.text).is_none()) {
                refuse(case, age, format!("`{}` is no time", age.text));
            }
        }
    }
}

fn refuse(case: &mut Case<'_>, at: &Scalar, what: String) {
    case.flag(at.span).with("what", what);
}

fn phases(policy: &LifecyclePolicy, case: &mut Case<'_>) {
    let mut last: Option<(usize, f64, &Phase)> = None;
    let mut ordered: Vec<(usize, &Phase)> = Vec::new();
    for phase in &policy.phases {
        let Some(at) = PHASES.iter().position(|(name, _)| *name == phase.name.text) else {
            if phase.name.known {
                let near = nearest(PHASES.iter().map(|(name, _)| *name), &phase.name.text);
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                refuse(case, &phase.name, format!("there is no phase `{}`{hint}", phase.name.text));
            }
            continue;
        };
        ordered.push((at, phase));
        actions(phase, PHASES[at].1, case);
        if let Some(age) =
            phase.min_age.as_ref().filter(|age| age.known && time(&age.text).is_none())
        {
            refuse(case, age, format!("`{}` is no time", age.text));
        }
    }
    ordered.sort_by_key(|(at, _)| *at);
    for (at, phase) in ordered {
        let Some(age) = &phase.min_age else { continue };
        let Some(seconds) = age.known_text().and_then(time) else { continue };
        if let Some((_, before, earlier)) = last.filter(|(_, before, _)| seconds < *before) {
            let _ = before;
            let flag = case.flag(age.span).with(
                "what",
                format!("`{}` is to begin before `{}`", phase.name.text, earlier.name.text),
            );
            if let Some(other) = &earlier.min_age {
                flag.related(other.span, "the phase before it begins then");
            }
        }
        last = Some((at, seconds, phase));
    }
}

fn actions(phase: &Phase, allowed: &[&'static str], case: &mut Case<'_>) {
    for action in phase.actions.iter().filter(|action| action.name.known) {
        let name = action.name.text.as_str();
        if !allowed.contains(&name) {
            let elsewhere = PHASES.iter().find(|(_, actions)| actions.contains(&name));
            let what = match elsewhere {
                Some((other, _)) => {
                    format!(
                        "`{name}` cannot be done in phase `{}`, it can in `{other}`",
                        phase.name.text
                    )
                }
                None => {
                    let near = nearest(allowed.iter().copied(), name);
                    let hint =
                        near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    format!("there is no action `{name}`{hint}")
                }
            };
            refuse(case, &action.name, what);
        } else if name == "rollover"
            && !action.options.iter().any(|(key, _)| ROLLOVER.contains(&key.text.as_str()))
        {
            refuse(case, &action.name, "`rollover` has no condition".to_owned());
        }
    }
}

fn states(policy: &LifecyclePolicy, case: &mut Case<'_>) {
    let known = |name: &Scalar| !name.known || policy.phase(&name.text).is_some();
    if let Some(start) = policy.default_state.as_ref().filter(|start| !policy.open && !known(start))
    {
        refuse(case, start, format!("there is no state `{}`", start.text));
    }
    for state in &policy.phases {
        for action in state.actions.iter().filter(|action| action.name.known) {
            let name = action.name.text.as_str();
            if !STATE_ACTIONS.contains(&name) {
                let near = nearest(STATE_ACTIONS.iter().copied(), name);
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                refuse(case, &action.name, format!("there is no action `{name}`{hint}"));
            } else if name == "rollover"
                && !action
                    .options
                    .iter()
                    .any(|(key, _)| STATE_ROLLOVER.contains(&key.text.as_str()))
            {
                refuse(case, &action.name, "`rollover` has no condition".to_owned());
            }
        }
        for (to, age) in &state.transitions {
            if !policy.open && !known(to) {
                refuse(case, to, format!("there is no state `{}`", to.text));
            }
            if let Some(age) = age.as_ref().filter(|age| age.known && time(&age.text).is_none()) {
                refuse(case, age, format!("`{}` is no time", age.text));
            }
        }
    }
}

/// A time as the engine reads it, in seconds.
pub(super) fn time(text: &str) -> Option<f64> {
    let text = text.trim().to_ascii_lowercase();
    if text == "0" || text == "-1" {
        return Some(0.0);
    }
    const UNITS: &[(&str, f64)] = &[
        ("nanos", 1e-9),
        ("micros", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3_600.0),
        ("d", 86_400.0),
    ];
    let (unit, seconds) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
    let number = text.strip_suffix(unit)?.trim();
    number.parse::<u64>().ok().map(|number| number as f64 * seconds)
}
