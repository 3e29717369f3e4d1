//! Code that evaluates objectives: what it reads of an entry, and what it does with it.

use super::python::{Call, Python, Read, Variable};
use super::{BurnFormula, Evaluator, FixedField, KeyRead, ObjectiveUse};
use crate::facts::FileFacts;
use std::collections::{BTreeMap, BTreeSet};

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

pub(super) fn read(python: &Python<'_>, facts: &mut FileFacts) {
    burns(python, facts);
    facts.slo_mentions.extend(mentions(python));
    let entries = entries(python);
    let of_entry = |read: &&Read<'_>| {
        python.variable(read.holder).is_some_and(|holder| entries.contains(&holder))
            && !python.code.is_faulty(read.node)
    };
    let reads: Vec<&Read<'_>> = python.reads.iter().filter(of_entry).collect();
    let known: BTreeSet<&str> = reads
        .iter()
        .map(|read| read.key)
        .filter(|key| ENTRY.contains(key) || COMMON.contains(key))
        .collect();
    // One word alone may belong to anything.
    if known.len() < 2 || !known.iter().any(|key| ENTRY.contains(key)) {
        return;
    }
    let asked = asked(python);
    let produced = produced(python);
    let functions: BTreeSet<u32> = reads.iter().map(|read| python.owner(read.node)).collect();
    let key_read = |read: &&Read<'_>| KeyRead {
        key: python.scalar(read.literal, read.key),
        optional: read.default
            || produced.contains(read.key)
            || asked.contains(&(python.owner(read.node), read.key)),
    };
    facts.slo_evaluators.push(Evaluator {
        document: python.document,
        anchor: python.span(reads[0].literal),
        reads: reads.iter().map(key_read).collect(),
        words: words(python),
        escapes: !python.code.faults.is_empty() || escapes(python, &entries),
        arithmetic: arithmetic(python, &reads),
        fixed: fixed(python, &functions),
    });
}

/// The variables that hold an entry: those whose keys say so, and those they are passed on to.
fn entries<'a>(python: &Python<'a>) -> BTreeSet<Variable<'a>> {
    let mut read: BTreeMap<Variable<'a>, BTreeSet<&str>> = BTreeMap::new();
    for one in &python.reads {
        if let Some(holder) = python.variable(one.holder) {
            read.entry(holder).or_default().insert(one.key);
        }
    }
    // A result may have an objective and a budget too; how it is measured stands in entries only.
    let is_entry = |keys: &BTreeSet<&str>| {
        let known = keys.iter().filter(|key| ENTRY.contains(key) || COMMON.contains(key));
        known.count() > 1
            && keys.iter().any(|key| ENTRY.contains(key))
            && keys.iter().any(|key| MEASURED.contains(key))
    };
    let seeds = read.into_iter().filter(|(_, keys)| is_entry(keys)).map(|(seed, _)| seed);
    spread(python, seeds.collect(), |_| true)
}

/// The variables that hold what `seeds` hold, by assignment or by call.
fn spread<'a>(
    python: &Python<'a>,
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
    for (variable, values) in python.variables() {
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
fn asked<'a>(python: &Python<'a>) -> BTreeSet<(u32, &'a str)> {
    let mut asked = BTreeSet::new();
    for node in python.code.of_kind("comparison_operator") {
        let mut children = python.code.children(node);
        if let (Some(key), Some("in" | "not in")) =
            (children.next(), children.next().map(|id| python.kind(id)))
            && let Some(key) = python.literal(key)
        {
            asked.insert((python.owner(node), key));
        }
    }
    asked
}

/// Keys of mappings that the file itself writes.
fn produced<'a>(python: &Python<'a>) -> BTreeSet<&'a str> {
    let field = |node, name| python.code.field(node, name);
    let pairs = python.code.of_kind("pair").filter_map(|node| field(node, "key"));
    let set = python.code.of_kind("subscript").filter(|&node| python.is_target(node));
    pairs
        .chain(set.filter_map(|node| field(node, "subscript")))
        .filter_map(|key| python.literal(key))
        .collect()
}

/// Words of the file that may name groups of objectives.
fn mentions(python: &Python<'_>) -> BTreeSet<String> {
    let all = 0..python.code.nodes.len();
    let words = all.filter_map(|node| match python.kind(node) {
        "identifier" => Some(python.text(node)),
        "string" => python.literal(node),
        _ => None,
    });
    words.filter(|word| word.ends_with("slos")).map(str::to_owned).collect()
}

/// All short texts of the file, sorted.
fn words(python: &Python<'_>) -> Vec<String> {
    let strings = python.code.of_kind("string").filter_map(|node| python.literal(node));
    let short = strings.filter(|text| text.len() < 64 && !text.contains(char::is_whitespace));
    short.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether an entry goes where it is not followed.
fn escapes<'a>(python: &Python<'a>, entries: &BTreeSet<Variable<'a>>) -> bool {
    let passed: BTreeSet<usize> =
        python.calls.iter().flat_map(|call| python.passed(call)).map(|(value, _)| value).collect();
    let harmless = |call: &Call<'_>| matches!(call.name, "len" | "bool" | "isinstance" | "print");
    let quiet: BTreeSet<usize> = python
        .calls
        .iter()
        .filter(|call| call.object.is_none() && harmless(call))
        .flat_map(|call| call.args.iter().copied())
        .collect();
    python.code.of_kind("identifier").any(|node| {
        let held = python.variable(node).is_some_and(|variable| entries.contains(&variable));
        held && !passed.contains(&node) && !quiet.contains(&node) && leaves(python, node)
    })
}

/// Whether this use of a variable lets go of what it holds.
fn leaves(python: &Python<'_>, node: usize) -> bool {
    let field = python.code.node(node).field;
    let Some(above) = python.code.parent(node) else { return false };
    match python.kind(above) {
        "subscript" => field != "value",
        "attribute" => {
            let name = python.code.field(above, "attribute").map(|name| python.text(name));
            field == "object" && !matches!(name, Some("get"))
        }
        // The left side is a new value, the right side is followed.
        "assignment" => {
            field == "right"
                && python.code.field(above, "left").and_then(|left| python.variable(left)).is_none()
        }
        "parameters" | "typed_parameter" | "default_parameter" | "typed_default_parameter" => false,
        "for_statement" | "for_in_clause" => field != "left",
        "pattern_list" | "tuple_pattern" | "comparison_operator" | "not_operator" => false,
        "if_statement" | "elif_clause" | "boolean_operator" | "interpolation" => false,
        "keyword_argument" => field != "name",
        _ => true,
    }
}

/// Calculations and comparisons with an objective as it was read.
fn arithmetic(python: &Python<'_>, reads: &[&Read<'_>]) -> Vec<ObjectiveUse> {
    let checked = checked(python);
    let keys = OBJECTIVE.iter().filter(|key| reads.iter().any(|read| read.key == **key));
    keys.flat_map(|key| arithmetic_with(python, key, reads, &checked)).collect()
}

fn arithmetic_with(
    python: &Python<'_>,
    key: &str,
    reads: &[&Read<'_>],
    checked: &BTreeSet<Variable<'_>>,
) -> Vec<ObjectiveUse> {
    let promises: BTreeSet<usize> =
        reads.iter().filter(|read| read.key == key).map(|read| read.node).collect();
    // A variable that is set a second time, or asked for its type, may have been parsed.
    let stays = |variable: Variable<'_>| {
        let limit = usize::from(!is_param(python, variable));
        python.assignments(variable) <= limit && !checked.contains(&variable)
    };
    let set = python.variables().filter(
        |(_, values)| matches!(values, [Some(value)] if promises.contains(&python.bare(*value))),
    );
    let mut seeds: BTreeSet<Variable<'_>> = set.map(|(variable, _)| variable).collect();
    for call in &python.calls {
        let passed = python.passed(call).into_iter();
        seeds.extend(passed.filter(|(value, _)| promises.contains(value)).map(|pair| pair.1));
    }
    let raw = spread(python, seeds, stays);
    let is_raw = |node: usize| {
        let node = python.bare(node);
        promises.contains(&node)
            || python.variable(node).is_some_and(|variable| raw.contains(&variable))
    };
    let mut found = Vec::new();
    for node in 0..python.code.nodes.len() {
        let used = match python.kind(node) {
            "binary_operator" => calculates(python, node, &is_raw),
            "comparison_operator" => compares(python, node, &is_raw),
            _ => false,
        };
        if used && !python.code.is_faulty(node) {
            found.push(ObjectiveUse { key: key.to_owned(), span: python.span(node) });
        }
    }
    found
}

fn is_param(python: &Python<'_>, variable: Variable<'_>) -> bool {
    (variable.0 as usize)
        .checked_sub(1)
        .is_some_and(|number| python.functions[number].params.contains(&variable.1))
}

/// Variables whose type the code asks for.
fn checked<'a>(python: &Python<'a>) -> BTreeSet<Variable<'a>> {
    let calls = python.calls.iter().filter(|call| matches!(call.name, "isinstance" | "type"));
    calls.filter_map(|call| python.variable(*call.args.first()?)).collect()
}

fn is_text(python: &Python<'_>, node: usize) -> bool {
    matches!(python.kind(python.bare(node)), "string" | "concatenated_string")
}

fn calculates(python: &Python<'_>, node: usize, is_raw: &impl Fn(usize) -> bool) -> bool {
    let field = |name| python.code.field(node, name);
    let (Some(left), Some(operator), Some(right)) =
        (field("left"), field("operator"), field("right"))
    else {
        return false;
    };
    let numeric = matches!(python.kind(operator), "+" | "-" | "*" | "/" | "//" | "%" | "**");
    // Text joined to text is no calculation.
    numeric && (is_raw(left) || is_raw(right)) && !is_text(python, left) && !is_text(python, right)
}

fn compares(python: &Python<'_>, node: usize, is_raw: &impl Fn(usize) -> bool) -> bool {
    let children: Vec<usize> = python.code.children(node).collect();
    children.windows(3).any(|part| {
        matches!(python.kind(part[1]), "<" | ">" | "<=" | ">=")
            && (is_raw(part[0]) || is_raw(part[2]))
            && !is_text(python, part[0])
            && !is_text(python, part[2])
    })
}

/// Constants that functions with an entry at hand pass by name.
fn fixed(python: &Python<'_>, functions: &BTreeSet<u32>) -> Vec<FixedField> {
    let mut found = Vec::new();
    for call in python.calls.iter().filter(|call| functions.contains(&python.owner(call.node))) {
        for &(name, node) in &call.named {
            let length = duration(python, node);
            let number = length.or_else(|| python.number(node));
            // Nothing at all is a default, not a value.
            let Some(number) = number.filter(|&number| number != 0.0) else { continue };
            found.push(FixedField {
                name: name.to_owned(),
                value: python.scalar(node, python.text(node)),
                number,
                duration: length.is_some(),
            });
        }
    }
    found
}

/// `timedelta(days=30)` in seconds.
fn duration(python: &Python<'_>, node: usize) -> Option<f64> {
    let place = python.calls.binary_search_by_key(&node, |call| call.node).ok()?;
    let call = &python.calls[place];
    if call.name != "timedelta" || !call.args.is_empty() || call.spread || call.named.is_empty() {
        return None;
    }
    call.named.iter().try_fold(0.0, |sum, &(name, value)| {
        let unit = match name {
            "weeks" => 604_800.0,
            "days" => 86_400.0,
            "hours" => 3_600.0,
            "minutes" => 60.0,
            "seconds" => 1.0,
            _ => return None,
        };
        Some(sum + unit * python.number(value)?)
    })
}

/// Words that speak of the budget: what a burn rate must be divided by.
fn is_budget(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["budget", "objective", "target", "slo", "goal", "allowed", "threshold", "limit"]
        .iter()
        .any(|part| word.contains(part))
}

/// Words that speak of errors or of what was used up.
fn is_errors(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["err", "fail", "bad", "consumed", "unavail", "downtime", "violation"]
        .iter()
        .any(|part| word.contains(part))
}

/// Assignments to a burn rate.
fn burns(python: &Python<'_>, facts: &mut FileFacts) {
    let mut formulas: BTreeMap<(u32, &str), Vec<(usize, usize)>> = BTreeMap::new();
    for node in python.code.of_kind("assignment") {
        let field = |name| python.code.field(node, name);
        let (Some(left), Some(right)) = (field("left"), field("right")) else { continue };
        let name = match python.kind(left) {
            "identifier" => left,
            "attribute" => match python.code.field(left, "attribute") {
                Some(name) => name,
                None => continue,
            },
            _ => continue,
        };
        let text = python.text(name);
        if text.to_ascii_lowercase().replace('_', "").contains("burnrate") {
            formulas.entry((python.owner(node), text)).or_default().push((name, right));
        }
    }
    for ((_, text), places) in formulas {
        // Two formulas may be steps of one.
        let [(name, right)] = *places else { continue };
        if !python.code.is_faulty(right) {
            facts.burn_formulas.push(BurnFormula {
                document: python.document,
                name: python.scalar(name, text),
                formula: python.span(right),
                plain: is_plain_ratio(python, right),
            });
        }
    }
}

/// Whether an expression is errors by total, or one less a ratio, and no budget is in it.
fn is_plain_ratio(python: &Python<'_>, node: usize) -> bool {
    let mut at = python.bare(node);
    // `a / b if b else 0`
    if python.kind(at) == "conditional_expression" {
        let Some(first) = python.code.children(at).next() else { return false };
        at = python.bare(first);
    }
    if python.kind(at) != "binary_operator" {
        return false;
    }
    let field = |name| python.code.field(at, name);
    let (Some(left), Some(operator), Some(right)) =
        (field("left"), field("operator"), field("right"))
    else {
        return false;
    };
    let (words, opaque) = reached(python, at);
    let shape = match python.kind(operator) {
        "/" => {
            let (above, _) = reached(python, left);
            above.iter().any(|word| is_errors(word)) && !opaque
        }
        "-" => python.number(left) == Some(1.0) && python.number(right).is_none(),
        _ => false,
    };
    shape && !words.iter().any(|word| is_budget(word))
}

/// The words of an expression, and of what its variables are set to in their function; whether
/// something in it could not be looked into.
fn reached<'a>(python: &Python<'a>, node: usize) -> (BTreeSet<&'a str>, bool) {
    let mut words: BTreeSet<&str> = python.words(node).collect();
    let mut opaque = false;
    for id in node..python.code.node(node).last as usize {
        let Some(variable) = python.variable(id).filter(|_| python.kind(id) == "identifier") else {
            continue;
        };
        match python.value(variable) {
            Some(value) => words.extend(python.words(value)),
            None => opaque |= python.assignments(variable) > 1,
        }
    }
    (words, opaque)
}
