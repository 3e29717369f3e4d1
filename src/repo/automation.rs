//! The automation that answers incidents: which functions an alert leads to, from the code that
//! takes it, over every call that can be followed.
//!
//! Calls are followed by name inside one program: on the object itself and on objects of a known
//! class to that class, else to every function of the name. What is reached too much only makes
//! rules on absence silent.

use super::Repo;
use crate::facts::code::incidents::{IncidentAction, Says, Step};
use crate::lang::duties::{self, Duty};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Most functions of one name that a call without a known object may mean.
const MOST: usize = 6;
/// Most functions that are followed from one.
const FAR: usize = 200;

/// Programs that act on alerts, by parts of their images' names.
const PROGRAMS: &[&str] = &[
    "robusta",
    "keephq",
    "stackstorm",
    "rundeck",
    "webhook",
    "alerta",
    "botkube",
    "iris",
    "oncall",
    "am-executor",
    "argo-events",
    "cachet",
    "incident",
];

/// Whether an image is that of a program that acts on alerts.
pub fn is_program(image: &str) -> bool {
    PROGRAMS.iter().any(|part| image.contains(part))
}

/// What calls what.
#[derive(Debug, Default)]
pub struct Automation {
    callees: Vec<Vec<usize>>,
    callers: Vec<Vec<usize>>,
    reached: Vec<bool>,
    /// Only over calls that certainly mean what they lead to.
    certain: Vec<bool>,
    programs: Vec<usize>,
    /// Where the names of functions stand that are reached.
    names: BTreeSet<Span>,
    /// The functions of each program that are reached, in the order of the files.
    pub parts: Vec<Vec<usize>>,
}

impl Automation {
    /// Follows the calls of all functions.
    pub fn of(repo: &Repo) -> Automation {
        let actions = &repo.facts.incident_actions;
        let (programs, count) = programs(repo);
        let mut by_name: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for (number, action) in actions.iter().enumerate() {
            by_name.entry((programs[number], action.name.text.as_str())).or_default().push(number);
        }
        let mut callees = vec![Vec::new(); actions.len()];
        let mut callers = vec![Vec::new(); actions.len()];
        let mut sure = vec![Vec::new(); actions.len()];
        for (number, action) in actions.iter().enumerate() {
            let mut targets: BTreeSet<usize> = BTreeSet::new();
            for step in &action.steps {
                let named = by_name.get(&(programs[number], step.name.as_str()));
                let named = named.map_or(&[][..], Vec::as_slice);
                let found = meant(actions, action, step, named);
                if is_sure(actions, action, &found) {
                    sure[number].extend(found.iter().copied().filter(|it| *it != number));
                }
                targets.extend(found);
            }
            targets.remove(&number);
            for target in targets {
                callees[number].push(target);
                callers[target].push(number);
            }
        }
        let mut automation = Automation {
            callees,
            callers,
            reached: vec![false; actions.len()],
            certain: vec![false; actions.len()],
            programs,
            names: BTreeSet::new(),
            parts: vec![Vec::new(); count],
        };
        automation.certain = automation.reach(actions, &sure);
        automation.reached = automation.reach(actions, &automation.callees);
        for (number, action) in actions.iter().enumerate() {
            if automation.reached[number] {
                automation.parts[automation.programs[number]].push(number);
                automation.names.insert(action.name.span);
            }
        }
        automation.parts.retain(|part| !part.is_empty());
        automation
    }

    /// What calls lead to from the code that takes alerts.
    fn reach(&self, actions: &[IncidentAction], callees: &[Vec<usize>]) -> Vec<bool> {
        let begins = |action: &IncidentAction| {
            action.says(Says::Receives)
                || action.says(Says::Asked)
                || (action.has(Duty::Create) && action.says(Says::Alerts))
        };
        let mut reached = vec![false; actions.len()];
        let open: Vec<usize> =
            (0..actions.len()).filter(|&number| begins(&actions[number])).collect();
        spread(&mut reached, callees, open);
        // Whoever answers an incident changes it through the object that opened it.
        const LATER: &[Duty] = &[
            Duty::Assign,
            Duty::Update,
            Duty::Note,
            Duty::Resolve,
            Duty::Escalate,
            Duty::Remediate,
        ];
        let classes: BTreeSet<(_, &str)> = actions
            .iter()
            .enumerate()
            .filter(|(number, _)| reached[*number])
            .map(|(_, action)| (action.document, action.class.as_str()))
            .collect();
        let later = actions.iter().enumerate().filter(|(_, action)| {
            classes.contains(&(action.document, action.class.as_str()))
                && action.duties.iter().any(|duty| LATER.contains(duty))
        });
        let later = later.map(|(number, _)| number).collect();
        spread(&mut reached, callees, later);
        reached
    }

    /// Whether an alert leads to a function.
    pub fn is_reached(&self, action: &IncidentAction) -> bool {
        self.reached.get(action.number).copied().unwrap_or_default()
    }

    /// Whether an alert certainly leads to a function: no call on the way may mean another.
    pub fn is_certain(&self, action: &IncidentAction) -> bool {
        self.certain.get(action.number).copied().unwrap_or_default()
    }

    /// Whether a function is reached, by the place of its name.
    pub fn holds(&self, name: Span) -> bool {
        self.names.contains(&name)
    }

    /// A function and what it calls, directly or not.
    pub fn below(&self, action: &IncidentAction) -> Vec<usize> {
        follow(&self.callees, action.number)
    }

    /// A function and what calls it, directly or not.
    pub fn above(&self, action: &IncidentAction) -> Vec<usize> {
        follow(&self.callers, action.number)
    }

    /// What calls a function.
    pub fn callers(&self, action: &IncidentAction) -> &[usize] {
        self.callers.get(action.number).map_or(&[], Vec::as_slice)
    }

    /// What a function calls.
    pub fn callees(&self, action: &IncidentAction) -> &[usize] {
        self.callees.get(action.number).map_or(&[], Vec::as_slice)
    }

    /// The functions of the program that a function is part of, reached or not.
    pub fn is_same_program(&self, one: usize, other: usize) -> bool {
        self.programs.get(one) == self.programs.get(other)
    }
}

fn spread(reached: &mut [bool], callees: &[Vec<usize>], mut open: Vec<usize>) {
    while let Some(number) = open.pop() {
        if !std::mem::replace(&mut reached[number], true) {
            open.extend(callees[number].iter().copied());
        }
    }
}

/// Whether a call certainly means what it may lead to: something of its own class or file, or the only
/// function of a name that says enough.
fn is_sure(actions: &[IncidentAction], from: &IncidentAction, found: &[usize]) -> bool {
    let near = |number: &usize| actions[*number].document == from.document;
    let telling = |number: &usize| {
        let action = &actions[*number];
        !action.duties.is_empty() || duties::words(&action.name.text).len() > 1
    };
    !found.is_empty() && (found.iter().all(near) || matches!(found, [only] if telling(only)))
}

fn follow(edges: &[Vec<usize>], start: usize) -> Vec<usize> {
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(number) = open.pop() {
        for &next in edges.get(number).map_or(&[][..], Vec::as_slice) {
            if seen.len() < FAR && seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen.into_iter().collect()
}

/// The number of each function's program, and how many programs there are.
fn programs(repo: &Repo) -> (Vec<usize>, usize) {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_document = BTreeMap::new();
    let programs = repo
        .facts
        .incident_actions
        .iter()
        .map(|action| {
            *of_document.entry(action.document).or_insert_with(|| {
                let folder = repo.program(&repo.source(action.document.source).path);
                let next = numbers.len();
                *numbers.entry(folder).or_insert(next)
            })
        })
        .collect();
    (programs, numbers.len())
}

/// The functions that a step can mean.
fn meant(
    actions: &[IncidentAction],
    from: &IncidentAction,
    step: &Step,
    named: &[usize],
) -> Vec<usize> {
    let pick = |fits: &dyn Fn(&IncidentAction) -> bool| -> Vec<usize> {
        named.iter().copied().filter(|&number| fits(&actions[number])).collect()
    };
    let class = match (&step.class, step.own) {
        (_, true) => Some(from.class.as_str()),
        (Some(class), false) => Some(class.as_str()),
        (None, false) => None,
    };
    let of_class = class.map(|class| pick(&|action| action.class == class)).unwrap_or_default();
    if !of_class.is_empty() {
        return of_class;
    }
    if named.len() <= MOST {
        return named.to_vec();
    }
    pick(&|action| action.document == from.document)
}

impl Repo {
    /// The automation that answers incidents.
    pub fn automation(&self) -> &Automation {
        self.automation.get_or_init(|| Automation::of(self))
    }
}
