//! Code that evaluates objectives: what it reads of an entry, and what it does with it.

mod formulas;
mod variables;

use super::file::File;
use super::{Evaluator, FixedField, KeyRead, ObjectiveUse, PYTHON, has};
use crate::facts::FileFacts;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use variables::{Call, Read, Variable, Variables, is_for_clause};

/// Keys of an entry that nothing else has.
const ENTRY: &[&str] =
    &["objective", "sli_definition", "measurement_window", "error_budget", "alerting_threshold"];
/// Keys of an entry that other mappings may have too.
const COMMON: &[&str] = &["target", "goal", "sli", "sli_query", "window", "threshold", "query"];
/// Keys that say how an entry is measured.
const MEASURED: &[&str] = &[
    "sli_definition",
    "measurement_window",
    "alerting_threshold",
    "sli",
    "sli_query",
    "window",
    "threshold",
    "query",
];
/// Names of the promise itself.
const OBJECTIVE: &[&str] = &["objective", "target", "goal"];

/// Reads the evaluators of a file of Python.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    static WORDS: OnceLock<Option<aho_corasick::AhoCorasick>> = OnceLock::new();
    if file.unit.language != Language::Python || !has(file.unit.text, PYTHON, &WORDS) {
        return;
    }
    let python = Variables::of(file);
    formulas::read(&python, facts);
    facts.slo_mentions.extend(mentions(file));
    facts.slo_evaluators.extend(evaluator(&python));
}

fn evaluator(python: &Variables<'_, '_, '_>) -> Option<Evaluator> {
    let entries = entries(python);
    let of_entry = |read: &&Read| {
        python.variable(read.holder).is_some_and(|holder| entries.contains(&holder))
            && !python.file.is_faulty(read.id)
    };
    let reads: Vec<&Read> = python.reads.iter().filter(of_entry).collect();
    let keys = reads.iter().map(|read| read.key.as_str());
    let known: BTreeSet<&str> = keys.filter(|key| is_known(key)).collect();
    // One word alone may belong to anything.
    let first = reads.first().filter(|_| known.len() > 1)?;
    if !known.iter().any(|key| ENTRY.contains(key)) {
        return None;
    }
    let asked = asked(python);
    let produced = produced(python);
    let functions: BTreeSet<FunctionId> = reads.iter().map(|read| python.owner(read.id)).collect();
    let key_read = |read: &&Read| KeyRead {
        key: python.scalar(read.literal, &read.key),
        optional: read.default
            || produced.contains(read.key.as_str())
            || asked.contains(&(python.owner(read.id), read.key.as_str())),
    };
    Some(Evaluator {
        document: python.file.document,
        anchor: python.file.expr_span(first.literal),
        reads: reads.iter().map(key_read).collect(),
        words: words(python),
        escapes: !python.file.unit.faults.is_empty() || escapes(python, &entries),
        arithmetic: arithmetic(python, &reads),
        fixed: fixed(python, &functions),
    })
}

fn is_known(key: &str) -> bool {
    ENTRY.contains(&key) || COMMON.contains(&key)
}

/// The variables that hold an entry: those whose keys say so, and those they are passed on to.
fn entries<'a>(python: &Variables<'_, '_, 'a>) -> BTreeSet<Variable<'a>> {
    let mut read: BTreeMap<Variable<'a>, BTreeSet<&str>> = BTreeMap::new();
    for one in &python.reads {
        if let Some(holder) = python.variable(one.holder) {
            read.entry(holder).or_default().insert(&one.key);
        }
    }
    // A result may have an objective and a budget too; how it is measured stands in entries only.
    let is_entry = |keys: &BTreeSet<&str>| {
        keys.iter().filter(|key| is_known(key)).count() > 1
            && keys.iter().any(|key| ENTRY.contains(key))
            && keys.iter().any(|key| MEASURED.contains(key))
    };
    let seeds = read.into_iter().filter(|(_, keys)| is_entry(keys)).map(|(seed, _)| seed);
    spread(python, seeds.collect(), |_| true)
}

/// The variables that hold what `seeds` hold, by assignment or by call.
fn spread<'a>(
    python: &Variables<'_, '_, 'a>,
    seeds: BTreeSet<Variable<'a>>,
    stays: impl Fn(Variable<'a>) -> bool,
) -> BTreeSet<Variable<'a>> {
    let mut edges: BTreeMap<Variable<'a>, Vec<Variable<'a>>> = BTreeMap::new();
    for call in &python.calls {
        for (value, param) in python.passed(call) {
            if let Some(variable) = python.variable(value) {
                edges.entry(variable).or_default().push(param);
            }
        }
    }
    for (variable, values) in python.all() {
        for value in values.iter().flatten() {
            if let Some(from) = python.variable(*value) {
                edges.entry(from).or_default().push(variable);
            }
        }
    }
    let mut open: Vec<Variable<'a>> = seeds.into_iter().filter(|&seed| stays(seed)).collect();
    let mut found: BTreeSet<Variable<'a>> = open.iter().copied().collect();
    while let Some(variable) = open.pop() {
        for &next in edges.get(&variable).into_iter().flatten() {
            if stays(next) && found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

/// Keys that a function asks for before it reads them: `"type" in entry`.
fn asked<'u>(python: &Variables<'_, 'u, '_>) -> BTreeSet<(FunctionId, &'u str)> {
    let mut asked = BTreeSet::new();
    for id in python.exprs() {
        if let ExprKind::Binary { op: "in" | "not in", left, .. } = python.file.unit.expr(id)
            && let Some(key) = python.literal(*left)
        {
            asked.insert((python.owner(id), key));
        }
    }
    asked
}

/// Keys of mappings that the file itself writes.
fn produced<'u>(python: &Variables<'_, 'u, '_>) -> BTreeSet<&'u str> {
    let unit = python.file.unit;
    let written = unit.exprs.iter().flat_map(|expr| match &expr.kind {
        ExprKind::Map { entries, .. } => entries.iter().filter_map(|(key, _)| *key).collect(),
        _ => Vec::new(),
    });
    let set = python.targets.iter().filter_map(|id| match unit.expr(*id) {
        ExprKind::Index { key, .. } => *key,
        _ => None,
    });
    written.chain(set).filter_map(|key| python.literal(key)).collect()
}

/// Words of the file that may name groups of objectives.
fn mentions(file: &File<'_, '_>) -> BTreeSet<String> {
    let unit = file.unit;
    let of_exprs = unit.exprs.iter().flat_map(|expr| match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => vec![*name],
        ExprKind::Text(text) => vec![text.as_ref()],
        ExprKind::Call { args, .. } => args.iter().filter_map(|arg| arg.name).collect(),
        _ => Vec::new(),
    });
    let of_functions = unit.functions.iter().flat_map(|function| {
        let params = function.params.iter().map(|param| param.name);
        params.chain([function.name])
    });
    let words = of_exprs.chain(of_functions);
    words.filter(|word| word.ends_with("slos")).map(str::to_owned).collect()
}

/// All short texts of the file, sorted.
fn words(python: &Variables<'_, '_, '_>) -> Vec<String> {
    let texts = python.file.unit.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let short = texts.filter(|text| text.len() < 64 && !text.contains(char::is_whitespace));
    short.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether an entry goes where it is not followed.
fn escapes<'a>(python: &Variables<'_, '_, 'a>, entries: &BTreeSet<Variable<'a>>) -> bool {
    let passed: BTreeSet<ExprId> =
        python.calls.iter().flat_map(|call| python.passed(call)).map(|(value, _)| value).collect();
    let harmless = |call: &&Call<'_>| {
        call.object.is_none() && matches!(call.name, "len" | "bool" | "isinstance" | "print")
    };
    let quiet: BTreeSet<ExprId> =
        python.calls.iter().filter(harmless).flat_map(|call| call.args.iter().copied()).collect();
    python.exprs().into_iter().any(|id| {
        let name = matches!(python.file.unit.expr(id), ExprKind::Name(_));
        let held = || python.variable(id).is_some_and(|variable| entries.contains(&variable));
        name && held() && !passed.contains(&id) && !quiet.contains(&id) && leaves(python, id)
    })
}

/// Whether this use of a variable lets go of what it holds.
fn leaves(python: &Variables<'_, '_, '_>, id: ExprId) -> bool {
    let unit = python.file.unit;
    let Some(above) = python.layout.parent(id) else {
        // The left side is a new value, the right side is followed.
        let stmt = python.layout.stmt(id).map(|stmt| unit.stmt(stmt));
        return match stmt {
            Some(StmtKind::Let { targets, value, .. }) => {
                let kept = targets.iter().all(|target| python.variable(*target).is_some());
                *value == Some(id) && !kept
            }
            Some(StmtKind::Loop { targets, .. }) => !targets.contains(&id),
            Some(StmtKind::If { .. }) => false,
            _ => true,
        };
    };
    match unit.expr(above) {
        ExprKind::Index { of, .. } => *of != id,
        ExprKind::Member { name, .. } => *name != "get",
        ExprKind::Binary { op, .. } => is_calculated(op),
        ExprKind::Unary { op, .. } => *op != "not",
        ExprKind::Template(_) => false,
        ExprKind::List(_) => !python.targets.contains(&above),
        ExprKind::Other(parts) => {
            !(is_for_clause(unit.slice(&unit.place(above))) && parts.first() == Some(&id))
        }
        _ => true,
    }
}

/// Calculations and comparisons with an objective as it was read.
fn arithmetic(python: &Variables<'_, '_, '_>, reads: &[&Read]) -> Vec<ObjectiveUse> {
    let checked = checked(python);
    let keys = OBJECTIVE.iter().filter(|key| reads.iter().any(|read| read.key == **key));
    keys.flat_map(|key| arithmetic_with(python, key, reads, &checked)).collect()
}

fn arithmetic_with(
    python: &Variables<'_, '_, '_>,
    key: &str,
    reads: &[&Read],
    checked: &BTreeSet<Variable<'_>>,
) -> Vec<ObjectiveUse> {
    let promises: BTreeSet<ExprId> =
        reads.iter().filter(|read| read.key == key).map(|read| read.id).collect();
    // A variable that is set a second time, or asked for its type, may have been parsed.
    let stays = |variable: Variable<'_>| {
        let limit = usize::from(!python.is_param(variable));
        python.assignments(variable) <= limit && !checked.contains(&variable)
    };
    let set = python
        .all()
        .filter(|(_, values)| matches!(values, [Some(value)] if promises.contains(value)));
    let mut seeds: BTreeSet<Variable<'_>> = set.map(|(variable, _)| variable).collect();
    for call in &python.calls {
        let passed = python.passed(call).into_iter();
        seeds.extend(passed.filter(|(value, _)| promises.contains(value)).map(|pair| pair.1));
    }
    let raw = spread(python, seeds, stays);
    let is_raw = |id: ExprId| {
        promises.contains(&id)
            || python.variable(id).is_some_and(|variable| raw.contains(&variable))
    };
    let mut found = Vec::new();
    for id in python.exprs() {
        let Some((first, last)) = used(python, id, &is_raw) else { continue };
        if !python.file.is_faulty(id) {
            // Brackets around it are none of it.
            let unit = python.file.unit;
            let at = unit.place(first).start..unit.place(last).end;
            found.push(ObjectiveUse { key: key.to_owned(), span: python.file.span(&at) });
        }
    }
    found
}

/// The first and the last part of a calculation or comparison with what was read.
fn used(
    python: &Variables<'_, '_, '_>,
    id: ExprId,
    is_raw: &impl Fn(ExprId) -> bool,
) -> Option<(ExprId, ExprId)> {
    let unit = python.file.unit;
    let is_text = |id: ExprId| matches!(unit.expr(id), ExprKind::Text(_) | ExprKind::Template(_));
    // Text joined to text is no calculation.
    let of_two = |one: ExprId, other: ExprId| {
        (is_raw(one) || is_raw(other)) && !is_text(one) && !is_text(other)
    };
    match unit.expr(id) {
        ExprKind::Binary { op, left, right } => {
            let counts = is_calculated(op) || is_compared(op);
            (counts && of_two(*left, *right)).then_some((*left, *right))
        }
        // `0 < objective < 1`
        ExprKind::Other(parts) => {
            let compared = |two: &[ExprId]| {
                let between = unit.place(two[0]).end..unit.place(two[1]).start;
                is_compared(unit.slice(&between).trim()) && of_two(two[0], two[1])
            };
            parts.windows(2).any(compared).then_some((*parts.first()?, *parts.last()?))
        }
        _ => None,
    }
}

fn is_calculated(op: &str) -> bool {
    matches!(op, "+" | "-" | "*" | "/" | "//" | "%" | "**")
}

fn is_compared(op: &str) -> bool {
    matches!(op, "<" | ">" | "<=" | ">=")
}

/// Variables whose type the code asks for.
fn checked<'a>(python: &Variables<'_, '_, 'a>) -> BTreeSet<Variable<'a>> {
    let calls = python.calls.iter().filter(|call| matches!(call.name, "isinstance" | "type"));
    calls.filter_map(|call| python.variable(*call.args.first()?)).collect()
}

/// Constants that functions with an entry at hand pass by name.
fn fixed(python: &Variables<'_, '_, '_>, functions: &BTreeSet<FunctionId>) -> Vec<FixedField> {
    let mut calls: Vec<&Call<'_>> =
        python.calls.iter().filter(|call| functions.contains(&python.owner(call.id))).collect();
    calls.sort_by_key(|call| python.file.unit.place(call.id).start);
    let mut found = Vec::new();
    for (name, id) in calls.into_iter().flat_map(|call| call.named.iter().copied()) {
        let length = duration(python, id);
        let number = length.or_else(|| python.number(id));
        // Nothing at all is a default, not a value.
        let Some(number) = number.filter(|&number| number != 0.0) else { continue };
        let text = python.file.unit.slice(&python.file.unit.place(id));
        found.push(FixedField {
            name: name.to_owned(),
            value: python.scalar(id, text),
            number,
            duration: length.is_some(),
        });
    }
    found
}

/// `timedelta(days=30)` in seconds.
fn duration(python: &Variables<'_, '_, '_>, id: ExprId) -> Option<f64> {
    let args = python.file.unit.args(id);
    let named = args.iter().all(|arg| arg.name.is_some());
    if python.file.called(id) != Some("timedelta") || args.is_empty() || !named {
        return None;
    }
    args.iter().try_fold(0.0, |sum, arg| {
        let unit = match arg.name? {
            "weeks" => 604_800.0,
            "days" => 86_400.0,
            "hours" => 3_600.0,
            "minutes" => 60.0,
            "seconds" => 1.0,
            _ => return None,
        };
        Some(sum + unit * python.number(arg.value)?)
    })
}
