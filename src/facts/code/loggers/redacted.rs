//! What loggers keep out of records: processors of structlog that mask values by their keys, keys that
//! pino redacts, encoders and filters of the program's own that look for secrets in a text.

use super::Setup;
use super::read::add;
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Words of names of what masks values.
const MASKS: &[&str] = &[
    "censor",
    "mask",
    "masking",
    "obfuscate",
    "redact",
    "redaction",
    "redactor",
    "sanitise",
    "sanitize",
    "scrub",
    "scrubber",
];
/// Packages of JavaScript whose loggers are pino.
const PINO: &[&str] = &["fastify", "hapi-pino", "nestjs-pino", "pino", "pino-http"];

/// Reads what loggers of a file keep out.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    classes(file, facts);
    let unit = file.unit;
    let imports =
        |names: &[&str]| unit.imports.iter().any(|it| names.iter().any(|name| it.path == *name));
    let python = unit.language == Language::Python
        && unit.imports.iter().any(|it| it.path.starts_with("structlog"));
    let pino = matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx)
        && imports(PINO);
    if !python && !pino {
        return;
    }
    let ids = (0..unit.exprs.len()).map(|it| ExprId(u32::try_from(it).unwrap_or(u32::MAX)));
    for id in ids {
        match unit.expr(id) {
            ExprKind::List(items) if python => {
                let processors = items.iter().any(|item| {
                    let path = path_of(file, *item);
                    path.is_some_and(|path| path.starts_with("structlog."))
                });
                let mut masks = items.iter().filter(|item| masks(file, **item));
                if let Some(at) = masks.next().filter(|_| processors) {
                    let setup = Setup::Redacts { keys: Vec::new() };
                    add(file, unit.slice(&unit.place(*at)), file.expr_span(*at), setup, facts);
                }
            }
            ExprKind::Map { entries, .. } if pino => {
                for (key, value) in entries {
                    if key.is_some_and(|key| key_of(file, key) == Some("redact")) {
                        let setup = Setup::Redacts { keys: paths(file, *value) };
                        add(file, "redact", file.expr_span(*value), setup, facts);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Classes that make texts of records, and replace something in them that is called as a secret is.
fn classes(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let (ends, replaces): (&[&str], &[&str]) = match unit.language {
        Language::Java => (
            &["Converter", "Encoder", "Layout", "LayoutBase"],
            &[".appendReplacement(", ".replaceAll("],
        ),
        Language::Python => (&["Filter", "Formatter"], &["re.sub(", ".sub("]),
        _ => return,
    };
    const SECRETS: &[&str] = &["apikey", "api_key", "authorization", "password", "secret", "token"];
    for class in &unit.classes {
        if !class.bases.iter().any(|base| ends.iter().any(|end| base.ends_with(end))) {
            continue;
        }
        let text = unit.slice(&class.at);
        let lower = text.to_ascii_lowercase();
        if replaces.iter().any(|call| text.contains(call))
            && SECRETS.iter().any(|word| lower.contains(word))
        {
            add(file, class.name, file.span(&class.name_at), Setup::Masks, facts);
        }
    }
}

/// The path of a name, or of what a call calls.
fn path_of(file: &File<'_, '_>, id: ExprId) -> Option<String> {
    match file.unit.expr(id) {
        ExprKind::Call { callee, .. } => file.names.path(*callee),
        _ => file.names.path(id),
    }
}

fn masks(file: &File<'_, '_>, id: ExprId) -> bool {
    let name = match file.unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(*name),
        ExprKind::Call { .. } => file.called(id),
        _ => None,
    };
    name.is_some_and(|name| words(name).iter().any(|word| MASKS.contains(&word.as_str())))
}

fn key_of<'f>(file: &'f File<'_, '_>, key: ExprId) -> Option<&'f str> {
    match file.unit.expr(key) {
        ExprKind::Name(name) => Some(name),
        _ => file.unit.literal(key),
    }
}

/// The paths that pino is given, flat or under `paths`; none where they stand elsewhere.
fn paths(file: &File<'_, '_>, value: ExprId) -> Vec<String> {
    let unit = file.unit;
    let mut value = file.names.resolved(value);
    if let ExprKind::Map { entries, .. } = unit.expr(value) {
        let found = entries
            .iter()
            .find(|(key, _)| key.is_some_and(|key| key_of(file, key) == Some("paths")));
        let Some((_, paths)) = found else { return Vec::new() };
        value = file.names.resolved(*paths);
    }
    let ExprKind::List(items) = unit.expr(value) else { return Vec::new() };
    items.iter().filter_map(|item| unit.literal(*item)).map(str::to_owned).collect()
}
