//! What an expression certainly is: a text, a number, words that stand for themselves.

use super::file::File;
use super::metrics::name_before;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind, Part};

/// Deepest text that is put together of others.
const DEEP: usize = 16;

impl File<'_, '_> {
    /// The row of a call for a role, also where nobody knows what it is called on.
    pub(super) fn role(&self, id: ExprId, role: Role) -> Option<&'static Api> {
        match self.call(id) {
            Some(call) => call.role(role),
            None => self.open_roles(id).into_iter().find(|api| api.role == role),
        }
    }

    /// All calls that play a role, in the order of the text.
    pub(super) fn calls_of(&self, role: Role) -> Vec<(ExprId, &'static Api)> {
        let calls = self.unit.calls().filter(|id| !self.is_faulty(*id));
        let mut found: Vec<_> = calls.filter_map(|id| Some((id, self.role(id, role)?))).collect();
        found.sort_by_key(|(id, _)| {
            let at = self.unit.place(*id);
            (at.start, at.end)
        });
        found
    }

    /// The row for a role of a call on what is not known here.
    pub(super) fn open_role(&self, id: ExprId, role: Role) -> Option<&'static Api> {
        self.open_roles(id).into_iter().find(|api| api.role == role)
    }

    fn open_roles(&self, id: ExprId) -> Vec<&'static Api> {
        match self.rest(id) {
            Some((_, rest)) => self.table.look_up(&format!("?{rest}")),
            None => Vec::new(),
        }
    }

    /// Whether a call does what libraries do with metrics, on something that another file may hold.
    pub(super) fn may_use_metric(&self, id: ExprId) -> bool {
        self.call(id).is_none_or(|call| call.role(Role::MetricUse).is_none())
            && self.open_role(id, Role::MetricUse).is_some()
    }

    /// What a call is made on, and the calls from there to it: `.labels().inc`.
    pub(super) fn rest(&self, id: ExprId) -> Option<(ExprId, String)> {
        let ExprKind::Call { callee, .. } = self.unit.expr(id) else { return None };
        let mut callee = *callee;
        let mut parts: Vec<&str> = Vec::new();
        for _ in 0..DEEP {
            let ExprKind::Member { of, name } = self.unit.expr(callee) else { return None };
            parts.push(name);
            match self.unit.expr(*of) {
                ExprKind::Call { callee: inner, .. } => callee = *inner,
                _ => {
                    parts.reverse();
                    return Some((*of, format!(".{}", parts.join("()."))));
                }
            }
        }
        None
    }

    /// The text that an expression certainly is, put together of known texts.
    pub(super) fn text_of(&self, id: ExprId) -> Option<String> {
        self.folded(id, DEEP)
    }

    fn folded(&self, id: ExprId, deep: usize) -> Option<String> {
        let deep = deep.checked_sub(1)?;
        let id = self.names.resolved(id);
        match self.unit.expr(id) {
            ExprKind::Text(text) => Some(text.to_string()),
            ExprKind::Binary { op: "+", left, right } => {
                Some(self.folded(*left, deep)? + &self.folded(*right, deep)?)
            }
            ExprKind::Template(parts) => {
                let mut whole = String::new();
                for part in parts {
                    match part {
                        Part::Text(text) => whole.push_str(text),
                        Part::Value(value, "") => whole.push_str(&self.folded(*value, deep)?),
                        Part::Value(..) => return None,
                    }
                }
                Some(whole)
            }
            ExprKind::Other(inner) => match inner.as_slice() {
                [one] => self.folded(*one, deep),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number that an expression certainly is; infinity has many names.
    pub(super) fn number(&self, id: ExprId) -> Option<f64> {
        self.computed(id, DEEP)
    }

    /// A value may be made of itself: `self.left = self.left - 1`.
    fn computed(&self, id: ExprId, deep: usize) -> Option<f64> {
        let deep = deep.checked_sub(1)?;
        let id = self.names.resolved(id);
        match self.unit.expr(id) {
            ExprKind::Number(text) => number(text),
            ExprKind::Unary { op: "-", of } => Some(-self.computed(*of, deep)?),
            ExprKind::Unary { op: "+", of } => self.computed(*of, deep),
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.computed(*left, deep)?, self.computed(*right, deep)?);
                match *op {
                    "*" => Some(left * right),
                    "/" if right != 0.0 => Some(left / right),
                    "+" => Some(left + right),
                    "-" => Some(left - right),
                    _ => None,
                }
            }
            _ => {
                let text: String = self.unit.slice(&self.unit.place(id)).to_ascii_lowercase();
                let text = text.replace([' ', '"', '\''], "");
                let ends = |ends: &[&str]| ends.iter().any(|end| text.ends_with(end));
                if ends(&[
                    "infinity",
                    "positive_infinity",
                    "positiveinfinity",
                    "math.inf",
                    "np.inf",
                ]) || ends(&[
                    "float(inf)",
                    "float(+inf)",
                    "math.inf(1)",
                    "math.inf(+1)",
                    "::infinity",
                ]) {
                    return Some(f64::INFINITY);
                }
                let nan = ends(&[
                    "float(nan)",
                    "math.nan",
                    "math.nan()",
                    "::nan",
                    "double.nan",
                    "number.nan",
                ]);
                (nan || text == "nan").then_some(f64::NAN)
            }
        }
    }

    /// The name of a named argument as a text at its place.
    pub(super) fn named(&self, name: &str, value: ExprId) -> Scalar {
        let at = self.unit.place(value);
        let span = match name_before(self.unit.text, name, &at) {
            Some(at) => self.span(&at),
            None => self.expr_span(value),
        };
        Scalar { text: name.to_owned(), span, known: true, plain: true }
    }

    /// What an expression stands for; where names are not explained, as it is written.
    pub(super) fn words(&self, id: ExprId) -> Option<String> {
        self.names.path(id).or_else(|| self.written(id))
    }

    /// A chain of names as it is written, from the name it begins with.
    pub(super) fn written(&self, id: ExprId) -> Option<String> {
        let mut parts = Vec::new();
        let mut at = id;
        for _ in 0..DEEP {
            match self.unit.expr(at) {
                ExprKind::Member { of, name } => {
                    parts.push((*name).to_owned());
                    at = *of;
                }
                ExprKind::Call { callee, .. } => {
                    let ExprKind::Member { of, name } = self.unit.expr(*callee) else {
                        return None;
                    };
                    parts.push(format!("{name}()"));
                    at = *of;
                }
                ExprKind::Name(name) => {
                    let path = self.names.path(at).filter(|path| !path.starts_with('<'));
                    parts.push(path.unwrap_or_else(|| (*name).to_owned()));
                    parts.reverse();
                    return Some(parts.join("."));
                }
                ExprKind::Await(of) | ExprKind::Propagate(of) | ExprKind::Unary { of, .. } => {
                    at = *of
                }
                _ => return None,
            }
        }
        None
    }
}

/// A number as languages write it: `1_000`, `0.5f`, `10d`, `1e3`, `.1`.
fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let text = text.trim_end_matches(['f', 'F', 'd', 'D', 'm', 'M', 'l', 'L']);
    let text = ["f64", "f32", "u64", "i64", "u32", "i32"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text);
    // `f64` loses its letters above where it stands alone.
    text.parse().ok()
}
