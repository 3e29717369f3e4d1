//! Providers that are set more than once. Rule: rules/otel/provider-set-twice.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let repo = case.repo;
    let (signal, again) = match setup.step {
        Step::Registered(_, "apart" | "built") => return case.skip(),
        Step::Registered(signal, again) => (signal, again),
        Step::Bootstrap => {
            let mut others = repo.setups_of(setup.document);
            let manual = others.find(|other| matches!(other.step, Step::Registered(..)));
            let what = "importing this sets up providers as a side effect";
            let flag = case.flag(setup.name.span).with("what", what);
            if let Some(manual) = manual {
                flag.related(manual.name.span, "they are set here as well");
            }
            return;
        }
        _ => return case.skip(),
    };
    // What sets a propagator and more in one call has two rows; one call is one step.
    let earlier = repo.setups_of(setup.document).find(|other| {
        // A layer takes a provider, and sets none for others.
        let same = matches!(other.step,
            Step::Registered(known, again) if covers(known, signal) && !matches!(again, "apart" | "built"));
        let here = other.function == setup.function;
        let before = here && other.name.span.start < setup.name.span.start;
        let (function, at) = setup.reached;
        same && (before || !here && other.reached.0 == function && other.reached.1 < at)
    });
    let name = &setup.name.text;
    if let Some(earlier) = earlier {
        if (setup.guarded && earlier.guarded) || earlier.leaves {
            return;
        }
        let maybe = setup.guarded || earlier.guarded;
        let what = match again {
            "replaces" => "what is made from now on goes elsewhere than what was made before",
            "fails" => "the program ends with an error",
            _ => "the first provider stays",
        };
        let what = format!("`{name}` is called a second time: {what}");
        let flag = case.flag(setup.name.span).with("what", what);
        let flag = if maybe { flag.severity(Severity::Info) } else { flag };
        flag.related(earlier.name.span, "called here first");
    } else if setup.per_object && !setup.guarded && again != "replaces" {
        let what = format!("`{name}` is called for every object that is made: once is right");
        case.flag(setup.name.span).with("what", what);
    } else if let Some((place, by)) = repo.instruments_from_outside(setup) {
        let what = format!("`{name}` sets up what {by} sets up before the program runs");
        case.flag(setup.name.span).with("what", what).related(place, "started with it here");
    }
}

/// Whether what was set for one signal is set again for another: an SDK as a whole sets traces, too.
fn covers(known: &str, signal: &str) -> bool {
    known == signal || known == "all" || (signal == "all" && known == "traces")
}
