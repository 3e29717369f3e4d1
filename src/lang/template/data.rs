//! What notification templates are given: types, their fields, and what a template reads of them.

use super::ast::{Block, Command, Operand, Pipe, StepKind, Term};
use super::{Fault, Parsed, PipeId};
use crate::lang::promql::Extent;
use std::collections::BTreeMap;

/// The type of a value, as far as it is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// What a notification is about.
    Data,
    /// `.Alerts`.
    Alerts,
    /// `.Alerts.Firing`: a list without methods.
    AlertList,
    /// One alert.
    Alert,
    /// A map of names to texts.
    Map(Map),
    /// `.SortedPairs`.
    Pairs,
    /// One of them.
    Pair,
    /// A list of texts.
    Texts,
    /// A text.
    Text,
    /// Anything else.
    Any,
}

/// The maps of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the fields")]
pub enum Map {
    GroupLabels,
    CommonLabels,
    CommonAnnotations,
    RouteLabels,
    Labels,
    Annotations,
    /// Made of another one.
    Derived,
}

impl Type {
    /// The type of a field or method; `None` if there is none of this name.
    fn field(self, name: &str) -> Option<Type> {
        Some(match (self, name) {
            (Type::Data, "Receiver" | "Status" | "ExternalURL" | "NotificationReason") => {
                Type::Text
            }
            (Type::Data, "Alerts") => Type::Alerts,
            (Type::Data, "GroupLabels") => Type::Map(Map::GroupLabels),
            (Type::Data, "CommonLabels") => Type::Map(Map::CommonLabels),
            (Type::Data, "CommonAnnotations") => Type::Map(Map::CommonAnnotations),
            (Type::Data, "RouteLabels") => Type::Map(Map::RouteLabels),
            (Type::Alerts, "Firing" | "Resolved") => Type::AlertList,
            (Type::Alert, "Status" | "GeneratorURL" | "Fingerprint") => Type::Text,
            (Type::Alert, "StartsAt" | "EndsAt") | (Type::Any, _) => Type::Any,
            (Type::Alert, "Labels") => Type::Map(Map::Labels),
            (Type::Alert, "Annotations") => Type::Map(Map::Annotations),
            (Type::Map(_), "SortedPairs") => Type::Pairs,
            (Type::Map(_), "Remove") => Type::Map(Map::Derived),
            (Type::Map(_) | Type::Pairs, "Names" | "Values") => Type::Texts,
            (Type::Map(_), _)
            | (Type::Pair, "Name" | "Value")
            | (Type::Texts, "Join")
            | (Type::Pairs, "String") => Type::Text,
            _ => return None,
        })
    }

    /// The type of what it holds.
    fn element(self) -> Type {
        match self {
            Type::Alerts | Type::AlertList => Type::Alert,
            Type::Map(_) | Type::Texts => Type::Text,
            Type::Pairs => Type::Pair,
            _ => Type::Any,
        }
    }

    /// In words, with the fields there are.
    fn told(self) -> &'static str {
        match self {
            Type::Data => {
                "a notification has `Receiver`, `Status`, `Alerts`, `GroupLabels`, `CommonLabels`, \
                 `CommonAnnotations` and `ExternalURL`"
            }
            Type::Alert => {
                "an alert has `Status`, `Labels`, `Annotations`, `StartsAt`, `EndsAt`, \
                 `GeneratorURL` and `Fingerprint`"
            }
            Type::Alerts => "the list of alerts has only `Firing` and `Resolved`: `range` over it",
            Type::AlertList => "a list of alerts has no fields: `range` over it",
            Type::Pairs => "a list of pairs has only `Names` and `Values`: `range` over it",
            Type::Pair => "a pair has only `Name` and `Value`",
            Type::Texts => "a list of texts has only `Join`",
            _ => "a text has no fields",
        }
    }
}

/// A key that a template reads of a map.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which map.
    pub map: Map,
    /// The key.
    pub key: Box<str>,
    /// Number of the step that reads it.
    pub step: usize,
    /// The words that read it.
    pub extent: Extent,
    /// The text asks first whether it is there.
    pub guarded: bool,
    /// The step prints it and does nothing else.
    pub alone: bool,
}

/// What a template does with what it is given.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Fields that there are not.
    pub faults: Vec<Fault>,
    /// Keys it reads.
    pub accesses: Vec<Access>,
    /// Numbers of the steps that run other templates, and with what.
    pub calls: Vec<(usize, Type)>,
}

/// Follows a run of steps that is given `dot`.
pub fn follow(parsed: &Parsed, steps: impl Iterator<Item = usize>, dot: Type) -> Usage {
    let mut walker = Walker {
        parsed,
        start: dot,
        frames: vec![Frame { dot, outside: dot, guards: Vec::new() }],
        variables: BTreeMap::new(),
        usage: Usage::default(),
        step: 0,
        asked: Vec::new(),
    };
    for step in steps {
        walker.step = step;
        walker.step();
    }
    walker.usage
}

struct Frame {
    dot: Type,
    /// What `.` is around the block.
    outside: Type,
    /// Keys that were asked for.
    guards: Vec<(Map, Box<str>)>,
}

struct Walker<'p> {
    parsed: &'p Parsed,
    start: Type,
    frames: Vec<Frame>,
    variables: BTreeMap<&'p str, Type>,
    usage: Usage,
    step: usize,
    /// Keys that the condition being read asks for.
    asked: Vec<(Map, Box<str>)>,
}

impl<'p> Walker<'p> {
    fn dot(&self) -> Type {
        self.frames.last().map_or(Type::Any, |frame| frame.dot)
    }

    fn step(&mut self) {
        let parsed = self.parsed;
        match &parsed.steps[self.step].kind {
            StepKind::Print(pipe) => {
                let ty = self.pipe(*pipe, self.dot(), false);
                self.declare(parsed.pipe(*pipe), ty);
            }
            StepKind::Open(block, pipe) => self.open(*block, *pipe),
            StepKind::Else(condition) => {
                let Some(frame) = self.frames.last_mut() else { return };
                frame.dot = frame.outside;
                frame.guards.clear();
                let Some((block, pipe)) = *condition else { return };
                let outside = self.dot();
                let ty = self.pipe(pipe, outside, true);
                self.declare(parsed.pipe(pipe), ty);
                let asked = std::mem::take(&mut self.asked);
                if let Some(frame) = self.frames.last_mut() {
                    frame.dot = if block == Block::With { ty } else { outside };
                    frame.guards = asked;
                }
            }
            StepKind::Block(_, pipe) => {
                let ty = pipe.map_or(Type::Any, |pipe| self.pipe(pipe, self.dot(), false));
                self.usage.calls.push((self.step, ty));
                self.push(ty, self.dot());
            }
            StepKind::Call(_, pipe) => {
                let ty = pipe.map_or(Type::Any, |pipe| self.pipe(pipe, self.dot(), false));
                self.usage.calls.push((self.step, ty));
            }
            StepKind::Define(_) => self.push(Type::Any, Type::Any),
            StepKind::Close if self.frames.len() > 1 => {
                self.frames.pop();
            }
            StepKind::Close | StepKind::Text | StepKind::Jump => {}
        }
    }

    fn push(&mut self, dot: Type, outside: Type) {
        self.frames.push(Frame { dot, outside, guards: Vec::new() });
    }

    fn open(&mut self, block: Block, pipe: Option<PipeId>) {
        let outside = self.dot();
        let Some(pipe) = pipe else { return self.push(Type::Any, outside) };
        let ty = self.pipe(pipe, outside, block != Block::Range);
        let declared = self.parsed.pipe(pipe);
        let asked = std::mem::take(&mut self.asked);
        let dot = match block {
            Block::If => {
                self.declare(declared, ty);
                outside
            }
            Block::With => {
                self.declare(declared, ty);
                ty
            }
            Block::Range => {
                let names: Vec<&'p str> =
                    declared.variables.iter().map(|name| &*name.text).collect();
                if let Some((last, before)) = names.split_last() {
                    self.variables.insert(last, ty.element());
                    before.iter().for_each(|name| {
                        self.variables.insert(name, Type::Any);
                    });
                }
                ty.element()
            }
        };
        self.frames.push(Frame { dot, outside, guards: asked });
    }

    fn declare(&mut self, pipe: &'p Pipe, ty: Type) {
        for name in &pipe.variables {
            let known = self.variables.get(&*name.text).copied();
            // A variable that is set again may be either.
            let ty = if pipe.assigns && known != Some(ty) { Type::Any } else { ty };
            self.variables.insert(&name.text, ty);
        }
    }

    /// The type of a pipeline; `asks`: it is a condition.
    fn pipe(&mut self, id: PipeId, dot: Type, asks: bool) -> Type {
        // Inner pipelines come first, so each type is there when it is needed.
        let first = self.first_of(id);
        let mut types: BTreeMap<PipeId, Type> = BTreeMap::new();
        for number in first..=id.0 {
            let inner = PipeId(number);
            let asks = asks && (inner == id || self.is_asked(id));
            let ty = self.commands(inner, dot, asks, &types);
            types.insert(inner, ty);
        }
        types.get(&id).copied().unwrap_or(Type::Any)
    }

    /// Whether a condition is made of `and`, `or` and `not`, or compares with the empty text.
    fn is_asked(&self, id: PipeId) -> bool {
        self.parsed.pipe(id).commands.first().is_some_and(|command| match function_of(command) {
            Some("and" | "or" | "not") => true,
            Some("ne") => command.operands.iter().any(is_empty),
            _ => false,
        })
    }

    /// The number of the first pipeline inside another.
    fn first_of(&self, id: PipeId) -> u32 {
        let start = self.parsed.pipe(id).extent.start;
        let before = &self.parsed.pipes[..id.0 as usize];
        let inside = before.iter().rev().take_while(|inner| inner.extent.start >= start).count();
        id.0 - u32::try_from(inside).unwrap_or(id.0)
    }

    fn commands(
        &mut self,
        id: PipeId,
        dot: Type,
        asks: bool,
        types: &BTreeMap<PipeId, Type>,
    ) -> Type {
        let pipe = self.parsed.pipe(id);
        let mut result = Type::Any;
        for command in &pipe.commands {
            let function = function_of(command);
            let bare = function.is_none() && pipe.commands.len() == 1;
            let chooses = matches!(function, Some("and" | "or" | "not"));
            let alone = bare && command.operands.len() == 1;
            // `ne .Annotations.x ""` asks for a key as its name alone does; another comparison prints nothing.
            let compares =
                asks && matches!(function, Some("eq" | "ne" | "lt" | "le" | "gt" | "ge"));
            let fills = asks && function == Some("ne") && command.operands.iter().any(is_empty);
            let guarded = chooses || compares || (asks && bare);
            let asked = asks && (chooses || bare || fills);
            let mut operands = Vec::with_capacity(command.operands.len());
            for operand in &command.operands {
                operands.push(self.operand(operand, dot, types, (asked, guarded, alone)));
            }
            result = match function {
                None => operands.first().copied().unwrap_or(Type::Any),
                Some("index") => self.index(command, &operands),
                Some(
                    "toUpper" | "toLower" | "title" | "print" | "printf" | "println" | "join"
                    | "trimSpace" | "reReplaceAll" | "html" | "js" | "urlquery" | "toJson",
                ) => Type::Text,
                Some(_) => Type::Any,
            };
        }
        result
    }

    fn index(&mut self, command: &Command, operands: &[Type]) -> Type {
        let Some(list) = operands.get(1) else { return Type::Any };
        if let (Type::Map(map), Some(Term::Text(key))) =
            (list, command.operands.get(2).map(|key| &key.term))
        {
            let extent = command.operands.get(1).map_or(command.extent, |list| list.extent);
            self.access(*map, key, extent, (false, false, false));
        }
        if operands.len() == 3 { list.element() } else { Type::Any }
    }

    fn operand(
        &mut self,
        operand: &'p Operand,
        dot: Type,
        types: &BTreeMap<PipeId, Type>,
        how: (bool, bool, bool),
    ) -> Type {
        let mut ty = match &operand.term {
            Term::Dot => dot,
            Term::Variable(name) if name.is_empty() => self.start,
            Term::Variable(name) => self.variables.get(&**name).copied().unwrap_or(Type::Any),
            Term::Pipe(id) => types.get(id).copied().unwrap_or(Type::Any),
            Term::Text(_) => Type::Text,
            Term::Function(_) | Term::Nil | Term::Bool | Term::Number => Type::Any,
        };
        for field in &operand.fields {
            let Some(next) = ty.field(&field.text) else {
                let message = format!("there is no field `{}`: {}", field.text, ty.told());
                self.usage.faults.push(Fault { extent: field.extent, message });
                return Type::Any;
            };
            if let (Type::Map(map), Type::Text) = (ty, next) {
                self.access(map, &field.text, operand.extent, how);
            }
            ty = next;
        }
        ty
    }

    /// A key is read: as a condition, under a guard of its own, alone in its action.
    fn access(&mut self, map: Map, key: &str, extent: Extent, how: (bool, bool, bool)) {
        let (asks, guarded, alone) = how;
        if asks {
            self.asked.push((map, key.into()));
        }
        let is_known = |guard: &(Map, Box<str>)| guard.0 == map && *guard.1 == *key;
        let guarded = guarded || self.frames.iter().any(|frame| frame.guards.iter().any(is_known));
        let alone = alone && matches!(self.parsed.steps[self.step].kind, StepKind::Print(_));
        let step = self.step;
        self.usage.accesses.push(Access { map, key: key.into(), step, extent, guarded, alone });
    }
}

fn is_empty(operand: &Operand) -> bool {
    matches!(&operand.term, Term::Text(text) if text.is_empty())
}

fn function_of(command: &Command) -> Option<&str> {
    match command.operands.first().map(|operand| &operand.term) {
        Some(Term::Function(name)) => Some(name),
        _ => None,
    }
}
