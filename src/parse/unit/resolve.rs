//! What names stand for: imports, variables that are set once, fields that a constructor sets.
//!
//! A resolved expression is a path: `opentelemetry.trace.get_tracer().start_span()`. Its first
//! part is the full name of what was imported, or the name itself where the file does not
//! explain it; `()` is what a call gives back (`()#1` one of several results), `<T>` a value of the
//! declared type `T`.

use super::{ClassId, ExprId, ExprKind, FunctionId, StmtKind, Unit};
use crate::parse::code::Language;
use std::collections::BTreeMap;

/// Longest path that is followed; longer chains are nobody's library.
const MAX_PATH: usize = 400;
/// Most steps from a name to what it stands for.
const MAX_STEPS: usize = 24;

/// A value that a name gets: all of an expression, or one of several results.
#[derive(Clone, Copy, Debug)]
struct Value {
    of: ExprId,
    /// Number of the result, where a call gives several.
    result: usize,
}

impl Value {
    fn whole(of: ExprId) -> Value {
        Value { of, result: 0 }
    }
}

/// What the names of a unit stand for.
#[derive(Debug)]
pub struct Names<'u, 'a> {
    unit: &'u Unit<'a>,
    /// Values of names by function: every value a name gets there.
    values: BTreeMap<(FunctionId, &'a str), Vec<Option<Value>>>,
    /// Declared types of names by function.
    types: BTreeMap<(FunctionId, &'a str), &'a str>,
    /// Values of fields by class, and their types.
    fields: BTreeMap<(ClassId, &'a str), Vec<Option<Value>>>,
    field_types: BTreeMap<(ClassId, &'a str), &'a str>,
    /// Classes by the name of a field that they declare, in the order of the text.
    declaring: BTreeMap<&'a str, Vec<ClassId>>,
    imports: BTreeMap<&'a str, &'u str>,
}

impl<'u, 'a> Names<'u, 'a> {
    /// Reads the names of a unit.
    pub fn of(unit: &'u Unit<'a>) -> Self {
        let mut names = Names {
            unit,
            values: BTreeMap::new(),
            types: BTreeMap::new(),
            fields: BTreeMap::new(),
            field_types: BTreeMap::new(),
            declaring: BTreeMap::new(),
            imports: BTreeMap::new(),
        };
        for import in unit.imports.iter().filter(|import| !import.local.is_empty()) {
            names.imports.insert(import.local, &import.path);
        }
        for (number, class) in unit.classes.iter().enumerate() {
            let id = ClassId(u32::try_from(number).unwrap_or(u32::MAX));
            for field in &class.fields {
                names.declaring.entry(field.name).or_default().push(id);
                if let Some(value) = field.value {
                    names
                        .fields
                        .entry((id, field.name))
                        .or_default()
                        .push(Some(Value::whole(value)));
                }
                if let Some(ty) = field.ty {
                    names.field_types.insert((id, field.name), ty);
                }
            }
        }
        // What is assigned inside of expressions, by the function it stands in.
        let mut assigned = vec![Vec::new(); unit.functions.len()];
        for expr in &unit.exprs {
            if let (ExprKind::Assign { target, value, .. }, Some(of_function)) =
                (&expr.kind, assigned.get_mut(expr.function.0 as usize))
            {
                of_function.push((*target, *value));
            }
        }
        for (number, assigned) in assigned.into_iter().enumerate() {
            names.read(FunctionId(u32::try_from(number).unwrap_or(u32::MAX)), &assigned);
        }
        names
    }

    fn read(&mut self, id: FunctionId, assigned: &[(ExprId, ExprId)]) {
        let unit = self.unit;
        for param in &unit.function(id).params {
            self.values.entry((id, param.name)).or_default().push(None);
            if let Some(ty) = param.ty {
                self.types.insert((id, param.name), ty);
            }
        }
        for stmt in unit.statements(id) {
            match unit.stmt(stmt) {
                StmtKind::Let { targets, value, ty, .. } => {
                    // `a = b = c` gives every name the whole; Go gives each one result.
                    let several = unit.language == Language::Go;
                    let pairs = value.and_then(|of| self.pairs(targets, of));
                    for (number, target) in targets.iter().enumerate() {
                        let result = if several { number } else { 0 };
                        let value = match pairs {
                            Some(items) => items.get(number).copied().map(Value::whole),
                            None => value.map(|of| Value { of, result }),
                        };
                        self.set(id, *target, value, *ty);
                    }
                }
                StmtKind::With { items, .. } => {
                    for (value, target) in items {
                        if let Some(target) = target {
                            self.set(id, *target, Some(Value::whole(*value)), None);
                        }
                    }
                }
                StmtKind::Loop { targets, .. } => {
                    for target in targets {
                        self.set(id, *target, None, None);
                    }
                }
                _ => {}
            }
        }
        for (target, value) in assigned {
            self.set(id, *target, Some(Value::whole(*value)), None);
        }
    }

    /// The values of `a, b = x, y`, one for each name.
    fn pairs(&self, targets: &[ExprId], value: ExprId) -> Option<&'u [ExprId]> {
        let unit = self.unit;
        let ExprKind::List(items) = unit.expr(value) else { return None };
        let [first, second, ..] = targets else { return None };
        // `a = b = (x, y)` gives both names the whole.
        let between = unit.slice(&(unit.place(*first).end..unit.place(*second).start));
        (items.len() == targets.len() && !between.contains('=')).then_some(items.as_slice())
    }

    fn set(
        &mut self,
        function: FunctionId,
        target: ExprId,
        value: Option<Value>,
        ty: Option<&'a str>,
    ) {
        match self.unit.expr(target) {
            ExprKind::Name(name) => {
                let home = self.home(function, name);
                if let (None, Some(class)) = (home, self.class_with(function, name)) {
                    self.fields.entry((class, name)).or_default().push(value);
                    return;
                }
                let at = home.unwrap_or(function);
                self.values.entry((at, name)).or_default().push(value);
                if let Some(ty) = ty {
                    self.types.insert((at, name), ty);
                }
            }
            ExprKind::Member { of, name } => {
                if let Some(class) = self.own_class(function, *of) {
                    self.fields.entry((class, name)).or_default().push(value);
                }
            }
            ExprKind::List(items) => {
                let pairs = value.and_then(|value| self.pairs(items, value.of));
                for (number, item) in items.clone().into_iter().enumerate() {
                    let value = match pairs {
                        Some(values) => values.get(number).copied().map(Value::whole),
                        None => value.map(|value| Value { result: number + 1, ..value }),
                    };
                    self.set(function, item, value, None);
                }
            }
            _ => {}
        }
    }

    /// The function, from here outward, that has this name already.
    fn home(&self, function: FunctionId, name: &'a str) -> Option<FunctionId> {
        self.unit.outward(function).find(|id| self.values.contains_key(&(*id, name)))
    }

    /// The function whose variable a name is, seen from a function inside or itself.
    pub fn owner(&self, function: FunctionId, name: &'a str) -> Option<FunctionId> {
        self.home(function, name)
    }

    /// The class around, if fields are named without their object and it has this one.
    fn class_with(&self, function: FunctionId, name: &str) -> Option<ClassId> {
        if !matches!(self.unit.language, Language::Csharp | Language::Java) {
            return None;
        }
        let declaring = self.declaring.get(name)?;
        let mut classes = self.unit.outward(function).filter_map(|id| self.unit.function(id).class);
        classes.find(|class| declaring.contains(class))
    }

    /// The class whose object an expression is: `self`, `this`.
    fn own_class(&self, function: FunctionId, of: ExprId) -> Option<ClassId> {
        let ExprKind::Name(name) = self.unit.expr(of) else { return None };
        self.unit.outward(function).find_map(|id| {
            let function = self.unit.function(id);
            function.class.filter(|_| function.receiver == Some(*name))
        })
    }

    /// The class whose field a bare name is.
    pub fn field_home(&self, id: ExprId) -> Option<ClassId> {
        let ExprKind::Name(name) = self.unit.expr(id) else { return None };
        let function = self.unit.function_of(id);
        match self.home(function, name) {
            Some(_) => None,
            None => self.class_with(function, name).or_else(|| self.class_at(id, name)),
        }
    }

    /// The class around the initial value of a field, if it has a field of this name.
    fn class_at(&self, id: ExprId, name: &str) -> Option<ClassId> {
        if !matches!(self.unit.language, Language::Csharp | Language::Java) {
            return None;
        }
        let at = self.unit.place(id);
        let holds = |id: &ClassId| {
            let class = self.unit.class(*id);
            class.at.start <= at.start && at.end <= class.at.end
        };
        self.declaring.get(name)?.iter().rev().copied().find(holds)
    }

    /// The class whose object an expression is.
    pub fn class_of(&self, function: FunctionId, of: ExprId) -> Option<ClassId> {
        self.own_class(function, of)
    }

    /// The only value of a name, or of a field of the own object.
    pub fn held(&self, id: ExprId) -> Option<ExprId> {
        let function = self.unit.function_of(id);
        let values = match self.unit.expr(id) {
            ExprKind::Name(name) => {
                let mut scopes = self.unit.outward(function);
                match scopes.find_map(|at| self.values.get(&(at, *name))) {
                    Some(values) => values,
                    None => self.fields.get(&(self.field_home(id)?, *name))?,
                }
            }
            ExprKind::Member { of, name } => {
                self.fields.get(&(self.own_class(function, *of)?, *name))?
            }
            _ => return None,
        };
        match values.as_slice() {
            [Some(value)] if value.result == 0 => Some(value.of),
            _ => None,
        }
    }

    /// What an expression stands for.
    pub fn path(&self, id: ExprId) -> Option<String> {
        self.follow(id, MAX_STEPS)
    }

    /// What the callee of a call stands for.
    pub fn callee(&self, call: ExprId) -> Option<String> {
        match self.unit.expr(call) {
            ExprKind::Call { callee, .. } => self.path(*callee),
            _ => None,
        }
    }

    /// What the callee of a call is called on what nobody knows: `?.start_span`, `?.a().b`.
    pub fn open(&self, call: ExprId) -> Option<String> {
        let ExprKind::Call { callee, .. } = self.unit.expr(call) else { return None };
        let mut parts: Vec<String> = Vec::new();
        let mut at = *callee;
        for _ in 0..MAX_STEPS {
            match self.unit.expr(at) {
                ExprKind::Member { of, name } => {
                    parts.push(format!(".{name}"));
                    at = *of;
                }
                ExprKind::Call { callee, .. } => {
                    parts.push("()".to_owned());
                    at = *callee;
                }
                ExprKind::Await(of) | ExprKind::Propagate(of) => at = *of,
                _ => break,
            }
        }
        let named = parts.first().is_some_and(|part| part.starts_with('.'));
        named.then(|| ["?"].into_iter().chain(parts.iter().rev().map(String::as_str)).collect())
    }

    fn follow(&self, id: ExprId, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        let path = match self.unit.expr(id) {
            ExprKind::Name(name) => self.named(id, name, steps)?,
            ExprKind::Module(path) => (*path).to_owned(),
            ExprKind::Member { of, name } => {
                let function = self.unit.function_of(id);
                match self.own_class(function, *of) {
                    Some(class) => self.field(class, name, steps)?,
                    None => format!("{}.{name}", self.follow(*of, steps)?),
                }
            }
            ExprKind::Call { callee, .. } => format!("{}()", self.follow(*callee, steps)?),
            ExprKind::Await(of) | ExprKind::Propagate(of) => self.follow(*of, steps)?,
            ExprKind::Unary { op, of } if matches!(*op, "&" | "*" | "!") => {
                self.follow(*of, steps)?
            }
            ExprKind::Map { of: Some(of), .. } => format!("{}()", self.follow(*of, steps)?),
            ExprKind::Index { of, .. } => format!("{}[]", self.follow(*of, steps)?),
            _ => return None,
        };
        (path.len() <= MAX_PATH).then_some(path)
    }

    fn named(&self, id: ExprId, name: &'a str, steps: usize) -> Option<String> {
        let function = self.unit.function_of(id);
        for at in self.unit.outward(function) {
            let Some(values) = self.values.get(&(at, name)) else { continue };
            if let [Some(value)] = values.as_slice()
                && let Some(path) = self.valued(*value, steps)
            {
                return Some(path);
            }
            // TypeScript's `any` says no more than no type.
            let ty = self.types.get(&(at, name)).filter(|ty| **ty != "any");
            let ty = ty.map(|ty| self.typed(ty));
            return ty.or_else(|| self.given(at, name, values));
        }
        if let Some(class) = self.class_with(function, name).or_else(|| self.class_at(id, name)) {
            return self.field(class, name, steps);
        }
        if let Some(path) = self.imports.get(name) {
            return Some((*path).to_owned());
        }
        Some(name.to_owned())
    }

    /// A parameter of a script stands for its name, as custom has it: `req`, `res`; in Java the
    /// `ctx` of a lambda.
    fn given(&self, at: FunctionId, name: &str, values: &[Option<Value>]) -> Option<String> {
        let script = matches!(
            self.unit.language,
            Language::Javascript | Language::Typescript | Language::Tsx
        );
        let function = self.unit.function(at);
        let param = function.params.iter().any(|param| param.name == name);
        let lambda = self.unit.language == Language::Java && function.name.is_empty();
        let plain = (script || lambda && name == "ctx")
            && param
            && values.len() == 1
            && !self.imports.contains_key(name);
        plain.then(|| name.to_owned())
    }

    fn valued(&self, value: Value, steps: usize) -> Option<String> {
        // C#'s `Meter meter = new("a")` is of the type that it is declared with.
        let path = self.follow(value.of, steps).filter(|path| path != "new()")?;
        Some(if value.result == 0 { path } else { format!("{path}#{}", value.result) })
    }

    fn field(&self, class: ClassId, name: &str, steps: usize) -> Option<String> {
        let key = self.fields.get_key_value(&(class, name));
        if let Some((_, values)) = key
            && let [Some(value)] = values.as_slice()
            && let Some(path) = self.valued(*value, steps)
        {
            return Some(path);
        }
        self.field_types.get(&(class, name)).map(|ty| self.typed(ty))
    }

    /// A value of a declared type, by the full name of that.
    fn typed(&self, ty: &str) -> String {
        format!("<{}>", self.type_path(ty))
    }

    /// The full name of a type as written, without what it is made of: `Option<T>` stays itself.
    pub fn type_path(&self, ty: &str) -> String {
        let ty = ty.trim_start_matches(['*', '&', '?', ' ', ':']).trim_end_matches('?').trim();
        let ty = ty.strip_prefix("mut ").unwrap_or(ty);
        let bare = ty.split(['<', '[', ' ', '(']).next().unwrap_or(ty);
        let (first, rest) = match bare.find(['.', ':']) {
            Some(at) => (&bare[..at], bare[at..].trim_start_matches([':', '.'])),
            None => (bare, ""),
        };
        let root = self.imports.get(first).copied().unwrap_or(first);
        match rest {
            "" => root.to_owned(),
            rest => format!("{root}.{}", rest.replace("::", ".")),
        }
    }

    /// The type that a name or a field of the object is declared with, as written.
    pub fn declared(&self, id: ExprId) -> Option<&'a str> {
        let function = self.unit.function_of(id);
        match self.unit.expr(id) {
            ExprKind::Name(name) => {
                let mut scopes = self.unit.outward(function);
                let home = scopes.find(|at| self.values.contains_key(&(*at, *name)));
                let own = || self.class_with(function, name).map(|class| (class, *name));
                match home {
                    Some(at) => self.types.get(&(at, *name)).copied(),
                    None => self.field_types.get(&own()?).copied(),
                }
            }
            ExprKind::Member { of, name } => {
                self.field_types.get(&(self.own_class(function, *of)?, *name)).copied()
            }
            _ => None,
        }
    }

    /// The only value of a name, or of a field of the object itself, if the expression is one and
    /// it is set once.
    pub fn value(&self, id: ExprId) -> Option<ExprId> {
        let function = self.unit.function_of(id);
        let values = match self.unit.expr(id) {
            ExprKind::Name(name) => {
                let mut scopes = self.unit.outward(function);
                let found = scopes.find_map(|at| self.values.get(&(at, *name)));
                found.or_else(|| self.fields.get(&(self.class_with(function, name)?, *name)))?
            }
            ExprKind::Member { of, name } => {
                self.fields.get(&(self.own_class(function, *of)?, *name))?
            }
            _ => return None,
        };
        match values.as_slice() {
            [Some(value)] if value.result == 0 => Some(value.of),
            _ => None,
        }
    }

    /// The only value of a field of a class that the file defines, named with its class.
    pub fn constant_of(&self, of: ExprId, field: &str) -> Option<ExprId> {
        let ExprKind::Name(name) = self.unit.expr(of) else { return None };
        let mut classes = self.unit.classes.iter().enumerate().filter(|(_, it)| it.name == *name);
        let (Some((number, _)), None) = (classes.next(), classes.next()) else { return None };
        let class = ClassId(u32::try_from(number).ok()?);
        let (_, values) = self.fields.get_key_value(&(class, field))?;
        match values.as_slice() {
            [Some(value)] if value.result == 0 => Some(value.of),
            _ => None,
        }
    }

    /// The expression itself, or the value of the name it is.
    pub fn resolved(&self, id: ExprId) -> ExprId {
        let mut id = id;
        for _ in 0..MAX_STEPS {
            match self.value(id) {
                Some(value) => id = value,
                None => break,
            }
        }
        id
    }

    /// The text an expression certainly is.
    pub fn text(&self, id: ExprId) -> Option<&'u str> {
        self.unit.literal(self.resolved(id))
    }
}
