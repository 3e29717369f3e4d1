//! Python as facts need it: literals, functions and who calls them, variables and what they hold.

use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::parse::code::Code;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A function.
pub(super) struct Function<'a> {
    /// Names of its parameters in order, `self` and `cls` left out.
    pub(super) params: Vec<&'a str>,
}

/// A variable: the function it lives in (0 for the file, else its number plus one), and its name.
/// Attributes of `self` live in the file, as what the class sets.
pub(super) type Variable<'a> = (u32, &'a str);

/// A call.
pub(super) struct Call<'a> {
    /// Its node.
    pub(super) node: usize,
    /// The name called, without what stands before the last dot.
    pub(super) name: &'a str,
    /// What the name is looked up on.
    pub(super) object: Option<usize>,
    /// Arguments in order.
    pub(super) args: Vec<usize>,
    /// Arguments by name.
    pub(super) named: Vec<(&'a str, usize)>,
    /// `*args` or `**kwargs` are passed.
    pub(super) spread: bool,
}

/// A key that is read by a literal.
pub(super) struct Read<'a> {
    /// The whole expression.
    pub(super) node: usize,
    /// What it is read from.
    pub(super) holder: usize,
    /// The literal.
    pub(super) literal: usize,
    /// Its text.
    pub(super) key: &'a str,
    /// A default stands for a missing key.
    pub(super) default: bool,
}

/// A file of Python.
pub(super) struct Python<'a> {
    pub(super) code: Code<'a>,
    pub(super) document: DocumentId,
    base: usize,
    pub(super) functions: Vec<Function<'a>>,
    /// Per node: the function it stands in.
    owners: Vec<u32>,
    by_name: BTreeMap<&'a str, Vec<usize>>,
    pub(super) calls: Vec<Call<'a>>,
    pub(super) reads: Vec<Read<'a>>,
    /// Names of variables to which keys are added after they were written down.
    extended: BTreeSet<&'a str>,
    /// Right sides of all assignments to a variable.
    assigned: BTreeMap<Variable<'a>, Vec<Option<usize>>>,
}

impl<'a> Python<'a> {
    pub(super) fn new(code: Code<'a>, base: usize, document: DocumentId) -> Python<'a> {
        let mut python = Python {
            owners: vec![0; code.nodes.len()],
            code,
            document,
            base,
            functions: Vec::new(),
            by_name: BTreeMap::new(),
            calls: Vec::new(),
            reads: Vec::new(),
            extended: BTreeSet::new(),
            assigned: BTreeMap::new(),
        };
        python.find_functions();
        python.find_assignments();
        python.calls = python.code.of_kind("call").filter_map(|node| python.call(node)).collect();
        python.reads = python.find_reads();
        python.extended = python.find_extended();
        python
    }

    fn find_functions(&mut self) {
        let nodes: Vec<usize> = self.code.of_kind("function_definition").collect();
        for node in nodes {
            let name = self.code.field(node, "name").map_or("", |name| self.text(name));
            let params = self.code.field(node, "parameters").map_or_else(Vec::new, |list| {
                let names = self.code.children(list).map(|param| self.param(param));
                names.filter(|name| !matches!(*name, "self" | "cls" | "")).collect()
            });
            let number = self.functions.len();
            self.by_name.entry(name).or_default().push(number);
            self.functions.push(Function { params });
            let owner = u32::try_from(number + 1).unwrap_or(u32::MAX);
            // Inner functions come later and take theirs back.
            let below = self.code.below(node);
            self.owners[below].fill(owner);
        }
    }

    fn param(&self, node: usize) -> &'a str {
        match self.code.node(node).kind {
            "identifier" => self.text(node),
            "default_parameter" | "typed_default_parameter" => {
                self.code.field(node, "name").map_or("", |name| self.text(name))
            }
            "typed_parameter" => self
                .code
                .children(node)
                .next()
                .filter(|&name| self.code.node(name).kind == "identifier")
                .map_or("", |name| self.text(name)),
            _ => "",
        }
    }

    fn find_assignments(&mut self) {
        for node in 0..self.code.nodes.len() {
            let (left, right) = match self.code.node(node).kind {
                "assignment" => (self.code.field(node, "left"), self.code.field(node, "right")),
                "augmented_assignment" | "for_statement" | "for_in_clause" | "named_expression" => {
                    let left = self.code.field(node, "left");
                    (left.or_else(|| self.code.field(node, "name")), None)
                }
                "as_pattern_target" => (Some(node), None),
                _ => continue,
            };
            let Some(left) = left else { continue };
            if let Some(variable) = self.variable(left) {
                self.assigned.entry(variable).or_default().push(right);
                continue;
            }
            let names: Vec<usize> = self
                .code
                .below(left)
                .filter(|&id| self.code.node(id).kind == "identifier")
                .filter(|_| !matches!(self.code.node(left).kind, "subscript" | "attribute"))
                .collect();
            for name in names {
                if let Some(variable) = self.variable(name) {
                    self.assigned.entry(variable).or_default().push(None);
                }
            }
        }
    }

    fn call(&self, node: usize) -> Option<Call<'a>> {
        let function = self.code.field(node, "function")?;
        let (name, object) = match self.code.node(function).kind {
            "identifier" => (self.text(function), None),
            "attribute" => {
                let name = self.code.field(function, "attribute")?;
                (self.text(name), self.code.field(function, "object"))
            }
            _ => return None,
        };
        let list = self.code.field(node, "arguments")?;
        let mut call =
            Call { node, name, object, args: Vec::new(), named: Vec::new(), spread: false };
        for arg in self.code.children(list) {
            match self.code.node(arg).kind {
                "keyword_argument" => {
                    let name = self.code.field(arg, "name")?;
                    call.named.push((self.text(name), self.code.field(arg, "value")?));
                }
                "list_splat" | "dictionary_splat" => call.spread = true,
                _ => call.args.push(arg),
            }
        }
        Some(call)
    }

    fn find_reads(&self) -> Vec<Read<'a>> {
        let mut reads = Vec::new();
        for node in self.code.of_kind("subscript") {
            let place = (self.code.field(node, "value"), self.code.field(node, "subscript"));
            let (Some(holder), Some(literal)) = place else { continue };
            if let (Some(key), false) = (self.literal(literal), self.is_target(node)) {
                reads.push(Read { node, holder, literal, key, default: false });
            }
        }
        for call in self.calls.iter().filter(|call| matches!(call.name, "get" | "pop")) {
            let (Some(holder), Some(&literal)) = (call.object, call.args.first()) else { continue };
            if let Some(key) = self.literal(literal) {
                let default = call.args.len() > 1 || !call.named.is_empty();
                reads.push(Read { node: call.node, holder, literal, key, default });
            }
        }
        reads.sort_by_key(|read| read.node);
        reads
    }

    fn find_extended(&self) -> BTreeSet<&'a str> {
        let name = |node: usize| self.variable(node).map(|variable| variable.1);
        let set = self.code.of_kind("subscript").filter(|&node| self.is_target(node));
        let set = set.filter_map(|node| self.code.field(node, "value")).filter_map(name);
        let adds = |call: &&Call<'a>| {
            matches!(call.name, "update" | "setdefault" | "pop" | "clear" | "append" | "extend")
        };
        let calls = self.calls.iter().filter(adds).filter_map(|call| name(call.object?));
        set.chain(calls).collect()
    }

    /// Whether something is assigned to this expression.
    pub(super) fn is_target(&self, node: usize) -> bool {
        let left = self.code.node(node).field == "left";
        self.code.parent(node).is_some_and(|above| match self.code.node(above).kind {
            "assignment" | "augmented_assignment" => left,
            kind => kind == "delete_statement",
        })
    }

    pub(super) fn text(&self, node: usize) -> &'a str {
        self.code.text(node)
    }

    pub(super) fn kind(&self, node: usize) -> &'static str {
        self.code.node(node).kind
    }

    /// Where a node stands in the file.
    pub(super) fn span(&self, node: usize) -> Span {
        let node = self.code.node(node);
        let (start, end) = (node.start as usize, node.end as usize);
        Span::new(self.document.source, self.base + start, self.base + end)
    }

    /// A node as a scalar with this text.
    pub(super) fn scalar(&self, node: usize, text: &str) -> Scalar {
        Scalar { text: text.to_owned(), span: self.span(node), known: true, plain: false }
    }

    /// The text of a string that says all of itself: no prefix, escape or expression.
    pub(super) fn literal(&self, node: usize) -> Option<&'a str> {
        if self.kind(node) != "string" || self.code.is_faulty(node) {
            return None;
        }
        let text = self.text(node);
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let triple = [quote; 3].iter().collect::<String>();
        let quotes = if text.starts_with(&triple) && text.len() >= 6 { 3 } else { 1 };
        let inner = text.get(quotes..text.len().checked_sub(quotes)?)?;
        (!inner.contains('\\')).then_some(inner)
    }

    /// A number, perhaps with a sign.
    pub(super) fn number(&self, node: usize) -> Option<f64> {
        let node = self.bare(node);
        match self.kind(node) {
            "integer" | "float" => self.text(node).replace('_', "").parse().ok(),
            "unary_operator" if self.text(node).starts_with('-') => {
                let inner = self.code.field(node, "argument")?;
                let inner = self.bare(inner);
                matches!(self.kind(inner), "integer" | "float")
                    .then(|| self.text(inner).replace('_', "").parse().ok())?
                    .map(|number: f64| -number)
            }
            _ => None,
        }
    }

    /// Looks through parentheses.
    pub(super) fn bare(&self, mut node: usize) -> usize {
        while self.kind(node) == "parenthesized_expression" {
            let Some(inner) = self.code.children(node).next() else { break };
            node = inner;
        }
        node
    }

    /// The variable that an expression is.
    pub(super) fn variable(&self, node: usize) -> Option<Variable<'a>> {
        match self.kind(node) {
            "identifier" => {
                let name = self.text(node);
                let owner = self.owners[node];
                // A name that the function does not set is the file's.
                Some((owner, name))
            }
            "attribute" => {
                let object = self.code.field(node, "object")?;
                let name = self.code.field(node, "attribute")?;
                matches!(self.text(object), "self" | "cls").then(|| (0, self.text(name)))
            }
            _ => None,
        }
    }

    /// What a variable holds, where one assignment says so.
    pub(super) fn value(&self, variable: Variable<'a>) -> Option<usize> {
        let own = self.assigned.get(&variable);
        let passed = (variable.0 as usize)
            .checked_sub(1)
            .is_some_and(|number| self.functions[number].params.contains(&variable.1));
        let file = || self.assigned.get(&(0, variable.1)).filter(|_| !passed);
        let found = own.filter(|_| !passed).or_else(file)?;
        match found.as_slice() {
            [Some(value)] => Some(*value),
            _ => None,
        }
    }

    /// How often a variable is set.
    pub(super) fn assignments(&self, variable: Variable<'a>) -> usize {
        self.assigned.get(&variable).map_or(0, Vec::len)
    }

    /// All variables that are set once, with what they are set to.
    pub(super) fn variables(&self) -> impl Iterator<Item = (Variable<'a>, &[Option<usize>])> {
        self.assigned.iter().map(|(variable, values)| (*variable, values.as_slice()))
    }

    pub(super) fn owner(&self, node: usize) -> u32 {
        self.owners[node]
    }

    /// The function of this file that a call leads to, by its number: a bare name, or one on
    /// `self`, that stands here once.
    pub(super) fn callee(&self, call: &Call<'a>) -> Option<usize> {
        let here = call.object.is_none_or(|object| matches!(self.text(object), "self" | "cls"));
        match self.by_name.get(call.name)?.as_slice() {
            [number] if here && !call.spread => Some(*number),
            _ => None,
        }
    }

    /// What a call's arguments become in the function it leads to.
    pub(super) fn passed(&self, call: &Call<'a>) -> Vec<(usize, Variable<'a>)> {
        let Some(number) = self.callee(call) else { return Vec::new() };
        let params = &self.functions[number].params;
        let owner = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let placed = call.args.iter().copied().zip(params.iter().copied());
        let named = call
            .named
            .iter()
            .filter(|(name, _)| params.contains(name))
            .map(|(name, value)| (*value, *name));
        placed.chain(named).map(|(value, name)| (value, (owner, name))).collect()
    }

    /// Identifiers and attribute names in an expression, all of them.
    pub(super) fn words(&self, node: usize) -> impl Iterator<Item = &'a str> + '_ {
        let below = node..self.code.node(node).last as usize;
        below
            .filter(|&id| matches!(self.kind(id), "identifier" | "string_content"))
            .map(|id| self.text(id))
    }
}
