//! Values that only name an object of Kubernetes, whatever it is called: `secretKey` is where a secret
//! stands.

use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Types of what names an object, or says where it stands.
const NAMES: &[&str] = &[
    "LocalObjectReference",
    "NamespacedName",
    "ObjectKey",
    "ObjectMeta",
    "ObjectReference",
    "SecretKeySelector",
    "SecretReference",
];

/// Functions that give the name of the object they are given.
const GIVE: &[&str] = &[
    "DeletionHandlingMetaNamespaceKeyFunc",
    "DeletionHandlingObjectToName",
    "KObj",
    "KRef",
    "MetaNamespaceKeyFunc",
    "MetaObjectToName",
    "NamespacedName",
    "ObjectKeyFromObject",
    "ObjectToName",
];

/// Whether a value is no more than the name of an object.
pub(super) fn is_name(file: &File<'_, '_>, id: ExprId, key: Option<&Scalar>) -> bool {
    let unit = file.unit;
    if unit.language != Language::Go {
        return false;
    }
    if matches!(unit.expr(id), ExprKind::Member { name, .. } if NAMES.contains(name)) {
        return true;
    }
    let last = |text: &str| {
        let text = text.trim_start_matches(['*', '&', '[', ']', ' ']).trim();
        NAMES.contains(&text.rsplit('.').next().unwrap_or(text))
    };
    if file.names.declared(id).is_some_and(last) {
        return true;
    }
    let made = file.names.value(id).is_some_and(|value| {
        let value = match unit.expr(value) {
            ExprKind::Unary { op: "&", of } => *of,
            _ => value,
        };
        match unit.expr(value) {
            ExprKind::Map { of: Some(of), .. } => last(unit.slice(&unit.place(*of))),
            ExprKind::Call { .. } => file.called(value).is_some_and(|name| GIVE.contains(&name)),
            _ => false,
        }
    });
    made || key.is_some_and(|key| is_key_of(file, id, key))
}

/// Whether a value under the key `secret` is called as what finds one, in a program that speaks with
/// Kubernetes.
fn is_key_of(file: &File<'_, '_>, id: ExprId, key: &Scalar) -> bool {
    let unit = file.unit;
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = unit.expr(id) else {
        return false;
    };
    let own = words(name);
    let speaks = |path: &str| path.starts_with("k8s.io/") || path.starts_with("sigs.k8s.io/");
    words(&key.text) == ["secret"]
        && matches!(own.as_slice(), [first, last] if first == "secret" && matches!(last.as_str(), "key" | "nn" | "ref"))
        && unit.imports.iter().any(|import| speaks(&import.path))
}
