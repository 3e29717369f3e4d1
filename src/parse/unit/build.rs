//! What the builders of all languages share.

use super::super::code::{Code, Language};
use super::{
    Block, Class, ClassId, Expr, ExprId, ExprKind, Function, FunctionId, Place, Stmt, StmtId,
    StmtKind, Unit,
};

/// Deeper expressions are left out: nothing in a program that people wrote.
const MAX_DEPTH: usize = 200;

/// Builds the unit of a file.
pub(super) fn unit<'a>(language: Language, code: &Code<'a>) -> Option<Unit<'a>> {
    let mut builder = Builder::new(language, code.text, code);
    match language {
        #[cfg(feature = "csharp")]
        Language::Csharp => super::csharp::read(&mut builder),
        #[cfg(feature = "java")]
        Language::Java => super::java::read(&mut builder),
        #[cfg(feature = "rust")]
        Language::Rust => super::rust::read(&mut builder),
        #[cfg(feature = "go")]
        Language::Go => super::go::read(&mut builder),
        #[cfg(any(feature = "javascript", feature = "typescript"))]
        Language::Javascript | Language::Typescript | Language::Tsx => {
            super::javascript::read(&mut builder);
        }
        #[cfg(feature = "python")]
        Language::Python => super::python::read(&mut builder),
        #[allow(unreachable_patterns, reason = "languages that were left out")]
        _ => return None,
    }
    builder.unit.faults = code.faults.clone();
    builder.unit.comments = code.comments.clone();
    Some(builder.unit)
}

/// A unit in the making.
pub(super) struct Builder<'c, 'a> {
    pub(super) code: &'c Code<'c>,
    pub(super) unit: Unit<'a>,
    /// The function that is being read.
    pub(super) function: FunctionId,
    /// The class that is being read.
    pub(super) class: Option<ClassId>,
    depth: usize,
    /// How far the nodes being read stand before their place in the file.
    shift: i64,
}

impl<'c, 'a> Builder<'c, 'a> {
    fn new(language: Language, text: &'a str, code: &'c Code<'c>) -> Self {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let file = Function { at: 0..end, exported: true, ..Function::default() };
        let mut unit = Unit::empty(language, text);
        unit.functions.push(file);
        Builder { code, unit, function: FunctionId(0), class: None, depth: 0, shift: 0 }
    }

    /// The kind of a node.
    pub(super) fn kind(&self, node: usize) -> &'static str {
        self.code.node(node).kind
    }

    /// The text of a node, as the file has it.
    pub(super) fn text(&self, node: usize) -> &'a str {
        self.unit.slice(&self.at(node))
    }

    /// The place of a node.
    pub(super) fn at(&self, node: usize) -> Place {
        let node = self.code.node(node);
        let place = |at: u32| u32::try_from(i64::from(at) + self.shift).unwrap_or_default();
        place(node.start)..place(node.end)
    }

    /// Reads nodes of a text that was made of a part of the file.
    #[cfg(feature = "rust")]
    pub(super) fn within<T>(
        &mut self,
        code: &Code<'_>,
        shift: i64,
        read: impl FnOnce(&mut Builder<'_, 'a>) -> T,
    ) -> T {
        let hollow = Unit::empty(self.unit.language, self.unit.text);
        let unit = std::mem::replace(&mut self.unit, hollow);
        let mut inner = Builder {
            code,
            unit,
            function: self.function,
            class: self.class,
            depth: self.depth + 1,
            shift,
        };
        let result = read(&mut inner);
        self.unit = inner.unit;
        result
    }

    /// The child that fills a field.
    pub(super) fn field(&self, node: usize, field: &str) -> Option<usize> {
        self.code.field(node, field)
    }

    /// All children that fill a field.
    pub(super) fn fields(&self, node: usize, field: &'static str) -> Vec<usize> {
        let code = self.code;
        code.children(node).filter(|&child| code.node(child).field == field).collect()
    }

    /// Children that are no keywords and operators.
    pub(super) fn named(&self, node: usize) -> Vec<usize> {
        self.code.children(node).filter(|&child| self.code.node(child).named).collect()
    }

    /// The first child of a kind.
    pub(super) fn child(&self, node: usize, kind: &str) -> Option<usize> {
        self.code.children(node).find(|&child| self.code.node(child).kind == kind)
    }

    /// Whether a keyword stands right below a node.
    pub(super) fn has(&self, node: usize, keyword: &str) -> bool {
        self.child(node, keyword).is_some()
    }

    /// Adds an expression.
    pub(super) fn push(&mut self, kind: ExprKind<'a>, at: Place) -> ExprId {
        let id = ExprId(u32::try_from(self.unit.exprs.len()).unwrap_or(u32::MAX));
        self.unit.exprs.push(Expr { kind, at, function: self.function });
        id
    }

    /// Adds what a language reads at a node; what nests too deep loses its inside.
    pub(super) fn value(
        &mut self,
        node: usize,
        kind: impl FnOnce(&mut Self, usize) -> ExprKind<'a>,
    ) -> ExprId {
        let at = self.at(node);
        let kind = self.deeper(|b| kind(b, node)).unwrap_or(ExprKind::Other(Vec::new()));
        self.push(kind, at)
    }

    /// Adds a name that stands at a node.
    pub(super) fn name(&mut self, node: usize) -> ExprId {
        let (name, at) = (self.text(node), self.at(node));
        self.push(ExprKind::Name(name), at)
    }

    /// Adds a statement.
    pub(super) fn add(&mut self, kind: StmtKind<'a>, at: Place) -> StmtId {
        let id = StmtId(u32::try_from(self.unit.stmts.len()).unwrap_or(u32::MAX));
        self.unit.stmts.push(Stmt { kind, at });
        id
    }

    /// Reads something one level deeper; `None` where that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// Opens a function, reads its parts, and closes it.
    pub(super) fn function(
        &mut self,
        mut function: Function<'a>,
        read: impl FnOnce(&mut Self) -> Block,
    ) -> FunctionId {
        let id = FunctionId(u32::try_from(self.unit.functions.len()).unwrap_or(u32::MAX));
        function.outer = Some(self.function);
        function.class = self.class;
        if let Some(class) = self.class {
            self.unit.classes[class.0 as usize].methods.push(id);
        }
        self.unit.functions.push(function);
        let (outer, class) = (self.function, self.class.take());
        self.function = id;
        let body = read(self);
        self.unit.functions[id.0 as usize].body = body;
        (self.function, self.class) = (outer, class);
        id
    }

    /// Opens a class, reads its parts, and closes it.
    pub(super) fn class(&mut self, class: Class<'a>, read: impl FnOnce(&mut Self)) -> ClassId {
        let id = ClassId(u32::try_from(self.unit.classes.len()).unwrap_or(u32::MAX));
        self.unit.classes.push(class);
        let outer = self.class.replace(id);
        read(self);
        self.class = outer;
        id
    }

    /// The class of this name, if the file has one.
    pub(super) fn class_named(&self, name: &str) -> Option<ClassId> {
        let at = self.unit.classes.iter().position(|class| class.name == name)?;
        Some(ClassId(u32::try_from(at).ok()?))
    }
}
