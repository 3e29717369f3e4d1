//! Go: readers and writers in memory, which give errors that never come.

use crate::facts::code::file::File;
use crate::parse::unit::{ExprId, ExprKind};

/// What is read from memory, or from what never ends.
const SOURCES: &[&str] = &[
    "bytes.NewReader",
    "bytes.NewBuffer",
    "bytes.NewBufferString",
    "strings.NewReader",
    "crypto/rand.Reader",
    "golang.org/x/crypto/hkdf.New",
    "golang.org/x/crypto/hkdf.Expand",
    "golang.org/x/crypto/sha3.NewShake",
];

/// What is written to memory, or nowhere; hashes by the end of their packages' constructors.
const SINKS: &[&str] = &["bytes.NewBuffer", "bytes.NewBufferString", "io.Discard"];

/// Types of the same, by what a variable is declared as.
const TYPES: &[&str] =
    &["bytes.Buffer", "bytes.Reader", "strings.Builder", "strings.Reader", "hash.Hash"];

/// Whether what a call reads and writes cannot fail.
pub(super) fn never_fails(file: &File<'_, '_>, call: ExprId) -> bool {
    let unit = file.unit;
    let args = unit.args(call);
    let source = |id: ExprId| stands_in(file, id, SOURCES);
    let sink = |id: ExprId| {
        let hash = || {
            let made = made(file, id);
            made.is_some_and(|it| {
                let package = it.rsplit_once('.').map_or("", |(package, _)| package);
                package.starts_with("crypto/") || package.starts_with("hash/")
            })
        };
        stands_in(file, id, SINKS) || hash()
    };
    match (file.names.callee(call).as_deref(), args) {
        (Some("io.ReadAll" | "io/ioutil.ReadAll"), [from]) => source(from.value),
        (Some("io.ReadFull"), [from, _]) => source(from.value),
        (Some("io.Copy" | "io.CopyN"), [to, from, ..]) => sink(to.value) && source(from.value),
        _ => false,
    }
}

/// What made a value: the path of the call, or of what it stands for.
fn made(file: &File<'_, '_>, id: ExprId) -> Option<String> {
    let value = file.names.resolved(id);
    let path = file.names.callee(value).or_else(|| file.names.path(value));
    path.map(|path| path.trim_end_matches("()").to_owned())
}

/// Whether a value is one of those, by what made it or by the type it is declared as.
fn stands_in(file: &File<'_, '_>, id: ExprId, known: &[&str]) -> bool {
    let unit = file.unit;
    if made(file, id).is_some_and(|path| known.iter().any(|known| path.starts_with(known))) {
        return true;
    }
    let bare = match unit.expr(id) {
        ExprKind::Unary { of, .. } => *of,
        _ => id,
    };
    let ExprKind::Name(name) = unit.expr(bare) else { return false };
    let function = &unit.function(unit.function_of(id)).at;
    let text = unit.slice(function);
    // `var text bytes.Buffer`, `text := &strings.Builder{}`
    TYPES.iter().any(|ty| {
        text.contains(&format!("var {name} {ty}"))
            || text.contains(&format!("{name} := {ty}{{"))
            || text.contains(&format!("{name} := &{ty}{{"))
            || text.contains(&format!("{name} := new({ty})"))
            || text.contains(&format!("{name} *{ty}"))
    })
}
