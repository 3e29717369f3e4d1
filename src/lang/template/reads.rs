//! What the template of an alert reads, and what becomes of the value before it is printed.

use super::ast::{Block, Command, Name, Operand, Pipe, Step, StepKind, Term};
use super::{Parsed, PipeId};
use crate::lang::promql::Extent;
use std::collections::BTreeMap;

/// A label that a template reads of its alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRead {
    /// Its name.
    pub name: Box<str>,
    /// The words that read it.
    pub extent: Extent,
    /// The text asks first whether the label is there.
    pub guarded: bool,
}

/// A place where the alert's value is printed.
#[derive(Clone, Debug)]
pub struct ValuePrint {
    /// `$value`, as it is written.
    pub operand: Extent,
    /// Number of the step that prints it.
    pub step: usize,
    /// Functions on its way, the first one applied first.
    pub functions: Vec<Applied>,
    /// The action holds nothing but the value and these functions.
    pub plain: bool,
    /// The step of a Grafana-managed alert whose value it is: `A` of `$values.A.Value`.
    pub of_step: Option<Box<str>>,
}

/// A function that a value goes through.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub extent: Extent,
    /// The format of `printf`.
    pub format: Option<Box<str>>,
}

/// Functions that print what they are given, in some form.
const CARRYING: &[&str] = &[
    "html",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "js",
    "print",
    "printf",
    "println",
    "safeHtml",
    "title",
    "toDuration",
    "toLower",
    "toTime",
    "toUpper",
    "urlquery",
    "urlQueryEscape",
];

/// Finds which steps see the alert as `.`, and in which step each pipeline stands.
pub(super) fn place(parsed: &mut Parsed) {
    let Parsed { steps, pipes, .. } = parsed;
    let last = u32::try_from(steps.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let mut next = 0;
    // Whether `.` is the alert inside each open block, and outside it.
    let mut open: Vec<(bool, bool)> = Vec::new();
    for (number, step) in steps.iter_mut().enumerate() {
        let root = open.last().is_none_or(|&(inside, _)| inside);
        let pipe = match &step.kind {
            StepKind::Print(pipe) => Some(*pipe),
            StepKind::Else(condition) => condition.map(|(_, pipe)| pipe),
            StepKind::Open(_, pipe) | StepKind::Block(_, pipe) | StepKind::Call(_, pipe) => *pipe,
            StepKind::Text | StepKind::Define(_) | StepKind::Close | StepKind::Jump => None,
        };
        // The condition of `else with` is asked where the block stands.
        let asked = match step.kind {
            StepKind::Else(_) => open.last().is_none_or(|&(_, outside)| outside),
            _ => root,
        };
        step.at_root = asked;
        // Inner pipelines come before the one that holds them.
        while let Some(inner) =
            pipes.get_mut(next).filter(|_| pipe.is_some_and(|it| next <= it.0 as usize))
        {
            inner.step = u32::try_from(number).unwrap_or(u32::MAX);
            next += 1;
        }
        match step.kind {
            StepKind::Open(Block::If, _) => open.push((root, root)),
            StepKind::Open(..) | StepKind::Block(..) => open.push((false, root)),
            StepKind::Define(_) => open.push((false, false)),
            StepKind::Else(None) => {
                if let Some(last) = open.last_mut() {
                    last.0 = last.1;
                }
            }
            StepKind::Close => {
                open.pop();
            }
            _ => {}
        }
    }
    for pipe in pipes.iter_mut().skip(next) {
        pipe.step = last;
    }
}

/// What is read of the alert: `$labels.x` and `.Labels.x` as `Labels` and the fields behind it.
fn path(operand: &Operand, at_root: bool) -> Option<(&str, &[Name])> {
    let given = || operand.fields.split_first().map(|(first, rest)| (&*first.text, rest));
    match &operand.term {
        Term::Dot if at_root => given(),
        Term::Variable(name) => {
            let first = match &**name {
                "" if at_root => return given(),
                "labels" => "Labels",
                "value" => "Value",
                "values" => "Values",
                "externalLabels" => "ExternalLabels",
                "externalURL" => "ExternalURL",
                _ => return None,
            };
            Some((first, &operand.fields))
        }
        _ => None,
    }
}

/// The labels a template reads of its alert.
pub fn labels(parsed: &Parsed) -> Vec<LabelRead> {
    let mut reads = Vec::new();
    let mut guards: Vec<Vec<Box<str>>> = Vec::new();
    let mut next = 0;
    for (number, step) in parsed.steps.iter().enumerate() {
        let first = reads.len();
        let asks = matches!(
            step.kind,
            StepKind::Open(Block::If | Block::With, _) | StepKind::Else(Some(_))
        );
        while let Some(pipe) = parsed.pipes.get(next).filter(|pipe| pipe.step as usize <= number) {
            of_pipe(pipe, step.at_root, asks, &mut reads);
            next += 1;
        }
        let asked: Vec<Box<str>> = if asks {
            reads[first..]
                .iter()
                .filter(|read| read.guarded)
                .map(|read| read.name.clone())
                .collect()
        } else {
            Vec::new()
        };
        for read in &mut reads[first..] {
            let known = guards.iter().flatten().any(|name| *name == read.name);
            read.guarded |= known;
        }
        match step.kind {
            StepKind::Open(..) | StepKind::Define(_) | StepKind::Block(..) => guards.push(asked),
            StepKind::Else(_) => {
                if let Some(last) = guards.last_mut() {
                    *last = asked;
                }
            }
            StepKind::Close => {
                guards.pop();
            }
            _ => {}
        }
    }
    reads
}

/// Reads of one pipeline; `condition`: it stands in an `if` or a `with`.
fn of_pipe(pipe: &Pipe, at_root: bool, condition: bool, reads: &mut Vec<LabelRead>) {
    for command in &pipe.commands {
        let function = function_of(command);
        let asks = match function {
            None => condition && pipe.commands.len() == 1,
            Some(name) => matches!(name, "and" | "or" | "not"),
        };
        for (number, operand) in command.operands.iter().enumerate() {
            let name = match path(operand, at_root) {
                Some(("Labels", [name, ..])) => Some(name.text.clone()),
                Some(("Labels", [])) if function == Some("index") && number == 1 => {
                    match command.operands.get(2).map(|key| &key.term) {
                        Some(Term::Text(key)) => Some(key.clone()),
                        _ => None,
                    }
                }
                _ => None,
            };
            if let Some(name) = name {
                reads.push(LabelRead { name, extent: operand.extent, guarded: asks });
            }
        }
    }
}

fn function_of(command: &Command) -> Option<&str> {
    match command.operands.first().map(|operand| &operand.term) {
        Some(Term::Function(name)) => Some(name),
        _ => None,
    }
}

/// Fields of the alert that there are not: `.labels` for `.Labels`.
pub fn unknown_fields(parsed: &Parsed) -> Vec<(Box<str>, Extent)> {
    const FIELDS: &[&str] = &["Labels", "ExternalLabels", "ExternalURL", "Value"];
    let mut found = Vec::new();
    for pipe in &parsed.pipes {
        let at_root = parsed.steps.get(pipe.step as usize).is_some_and(|step| step.at_root);
        for operand in pipe.commands.iter().flat_map(|command| &command.operands) {
            let is_data = match &operand.term {
                Term::Dot => true,
                Term::Variable(name) => name.is_empty(),
                _ => false,
            };
            let first = operand.fields.first().filter(|_| at_root && is_data);
            if let Some(first) = first.filter(|first| !FIELDS.contains(&&*first.text)) {
                found.push((first.text.clone(), first.extent));
            }
        }
    }
    found
}

/// A value on its way through a pipeline.
#[derive(Clone, Debug)]
struct Trace {
    operand: Extent,
    of_step: Option<Box<str>>,
    functions: Vec<Applied>,
    plain: bool,
}

/// Every place where the value itself is printed.
pub fn values(parsed: &Parsed) -> Vec<ValuePrint> {
    let all = all_values(parsed).into_iter();
    all.filter(|print| print.of_step.is_none()).collect()
}

/// Every place where the value of a step of a Grafana-managed alert is printed.
pub fn step_values(parsed: &Parsed) -> Vec<ValuePrint> {
    let all = all_values(parsed).into_iter();
    all.filter(|print| print.of_step.is_some()).collect()
}

fn all_values(parsed: &Parsed) -> Vec<ValuePrint> {
    let mut tracer = Tracer { traces: Vec::new(), variables: BTreeMap::new() };
    let mut prints = Vec::new();
    for (number, pipe) in parsed.pipes.iter().enumerate() {
        let step = pipe.step as usize;
        let Some(Step { kind, at_root, .. }) = parsed.steps.get(step) else { break };
        let trace = tracer.pipe(pipe, *at_root);
        let declares = !pipe.variables.is_empty();
        for name in &pipe.variables {
            let ranged = matches!(kind, StepKind::Open(Block::Range, _)) || pipe.assigns;
            let known = trace.clone().filter(|_| !ranged).map(|mut trace| {
                trace.plain = false;
                trace
            });
            tracer.variables.insert(&name.text, known);
        }
        let whole = matches!(kind, StepKind::Print(PipeId(id)) if *id as usize == number);
        if let Some(trace) = trace.clone().filter(|_| whole && !declares) {
            let Trace { operand, of_step, functions, plain } = trace;
            prints.push(ValuePrint { operand, step, functions, plain, of_step });
        }
        tracer.traces.push(trace);
    }
    prints
}

struct Tracer<'p> {
    traces: Vec<Option<Trace>>,
    variables: BTreeMap<&'p str, Option<Trace>>,
}

impl Tracer<'_> {
    fn pipe(&self, pipe: &Pipe, at_root: bool) -> Option<Trace> {
        let mut flow: Option<Trace> = None;
        for command in &pipe.commands {
            let piped = flow.take();
            flow = match function_of(command) {
                Some(name) => self.call(name, command, piped, at_root),
                None => match &*command.operands {
                    [operand] => self.operand(operand, at_root),
                    _ => None,
                },
            };
        }
        flow
    }

    fn call(
        &self,
        name: &str,
        command: &Command,
        piped: Option<Trace>,
        at_root: bool,
    ) -> Option<Trace> {
        if !CARRYING.contains(&name) {
            return None;
        }
        let args = &command.operands[1..];
        let of_args = args.iter().find_map(|operand| self.operand(operand, at_root));
        let mut trace = piped.or(of_args)?;
        let format = match args.first().map(|first| &first.term) {
            Some(Term::Text(text)) if name == "printf" => Some(text.clone()),
            _ => None,
        };
        let is_printing = name.starts_with("print");
        let values = args.iter().filter(|arg| !matches!(arg.term, Term::Text(_))).count();
        trace.plain &= values <= 1 && (!is_printing || format.is_some());
        let extent = command.operands[0].extent;
        trace.functions.push(Applied { name: name.into(), extent, format });
        Some(trace)
    }

    fn operand(&self, operand: &Operand, at_root: bool) -> Option<Trace> {
        if let Term::Variable(name) = &operand.term
            && let Some(known) = self.variables.get(&**name)
        {
            let used = known.clone().filter(|_| operand.fields.is_empty());
            return used.map(|trace| Trace { operand: operand.extent, ..trace });
        }
        if let Term::Pipe(id) = &operand.term {
            let inner = self.traces.get(id.0 as usize).cloned().flatten();
            return inner.filter(|_| operand.fields.is_empty());
        }
        let of_step = match path(operand, at_root)? {
            ("Value", []) => None,
            ("Values", [step]) => Some(step.text.clone()),
            ("Values", [step, value]) if &*value.text == "Value" => Some(step.text.clone()),
            _ => return None,
        };
        Some(Trace { operand: operand.extent, of_step, functions: Vec::new(), plain: true })
    }
}
