//! Shapes that several grammars share: what they read alike is read here.

use super::build::Builder;
use super::{ExprId, ExprKind, Field};

#[cfg_attr(not(feature = "csharp"), allow(dead_code, reason = "languages that were left out"))]
impl<'a> Builder<'_, 'a> {
    /// All children of a node as expressions.
    pub(super) fn expressions(
        &mut self,
        node: usize,
        read: impl Fn(&mut Self, usize) -> ExprId,
    ) -> Vec<ExprId> {
        self.named(node).into_iter().map(|child| read(self, child)).collect()
    }

    /// The child that fills a field; something unknown where none does.
    pub(super) fn of_field(
        &mut self,
        node: usize,
        field: &str,
        read: impl Fn(&mut Self, usize) -> ExprId,
    ) -> ExprId {
        match self.field(node, field) {
            Some(value) => read(self, value),
            None => {
                let at = self.at(node);
                self.push(ExprKind::Other(Vec::new()), at)
            }
        }
    }

    /// `left op right`.
    pub(super) fn binary(
        &mut self,
        node: usize,
        read: impl Fn(&mut Self, usize) -> ExprId,
    ) -> ExprKind<'a> {
        match self.sides(node, &read) {
            Some((op, left, right)) => ExprKind::Binary { op, left, right },
            None => ExprKind::Other(self.expressions(node, read)),
        }
    }

    /// `target op value`.
    pub(super) fn assignment(
        &mut self,
        node: usize,
        read: impl Fn(&mut Self, usize) -> ExprId,
    ) -> ExprKind<'a> {
        match self.sides(node, &read) {
            Some((op, target, value)) => ExprKind::Assign { target, op, value },
            None => ExprKind::Other(self.expressions(node, read)),
        }
    }

    fn sides(
        &mut self,
        node: usize,
        read: &impl Fn(&mut Self, usize) -> ExprId,
    ) -> Option<(&'a str, ExprId, ExprId)> {
        let (left, right) = self.field(node, "left").zip(self.field(node, "right"))?;
        let op = self.field(node, "operator").map_or("=", |op| self.text(op));
        Some((op, read(self, left), read(self, right)))
    }

    /// `condition ? consequence : alternative`.
    pub(super) fn choice(
        &mut self,
        node: usize,
        read: impl Fn(&mut Self, usize) -> ExprId,
    ) -> ExprKind<'a> {
        let test = self.of_field(node, "condition", &read);
        let yes = self.of_field(node, "consequence", &read);
        ExprKind::Choice { test, yes, no: self.of_field(node, "alternative", read) }
    }

    /// Adds a field to the class that is being read.
    pub(super) fn add_field(&mut self, field: Field<'a>) {
        if let Some(class) = self.class {
            self.unit.classes[class.0 as usize].fields.push(field);
        }
    }
}
