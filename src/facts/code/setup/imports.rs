//! Imports of libraries that nobody maintains any more, and of what bridges to them.

use super::{SdkSetup, Step};
use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::code::Language;
use crate::parse::unit::{ExprKind, Unit};
use crate::source::Span;
use std::collections::BTreeSet;

/// An import of a telemetry library that is more, or less, than its API.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LibraryImport {
    /// The file.
    pub document: DocumentId,
    /// The library, by its name in the tables.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub library: &'static str,
    /// What is imported, where it stands.
    pub path: Scalar,
    /// What stands in its place, where nobody maintains it any more.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub retired: Option<&'static str>,
}

/// What bridges from retired libraries.
const SHIM: &str = "opentracing-shim";
/// What instruments a program from outside.
const BOOTSTRAP: &str = "auto-instrumentation";

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut seen: Vec<&str> = Vec::new();
    for import in &file.unit.imports {
        let Some(library) = file.table.library(&import.path) else { continue };
        if library.retired.is_none() && library.name != SHIM {
            continue;
        }
        // One import names the library; others only bring more of it.
        if seen.contains(&library.name) || file.unit.is_faulty(&import.at) {
            continue;
        }
        seen.push(library.name);
        let text = import.path.to_string();
        facts.library_imports.push(LibraryImport {
            document: file.document,
            library: library.name,
            path: Scalar { text, span: file.span(&import.at), known: true, plain: true },
            retired: library.retired,
        });
    }
}

/// A module that can only be instrumented before it is loaded, and what is loaded after it.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EarlyImport {
    /// The file.
    pub document: DocumentId,
    /// The first such module.
    pub module: Scalar,
    /// Files of the repository that are loaded after it, as written.
    pub later: Vec<Scalar>,
    /// The SDK is started in the same file, after it.
    pub started: Option<Span>,
}

/// The libraries, by the name of their row, that must be loaded after the SDK has started.
const INSTRUMENTED: &str = "instrumented-modules";

/// Reads what is loaded before what.
pub(super) fn order(file: &File<'_, '_>, facts: &mut FileFacts) {
    let Some(row) = file.table.libraries.iter().find(|it| it.name == INSTRUMENTED) else { return };
    let mut imports: Vec<_> = file.unit.imports.iter().collect();
    imports.sort_by_key(|import| import.at.start);
    let scalar = |import: &crate::parse::unit::Import<'_>, path: &str| {
        let (text, span) = (path.to_owned(), file.span(&import.at));
        Scalar { text, span, known: true, plain: true }
    };
    // `express.Router` is of `express`.
    let module = |path: &str| {
        row.imports.iter().copied().find(|known| {
            path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let values = values(file.unit);
    // TypeScript leaves out what is only imported for its types.
    let loaded = |import: &&&crate::parse::unit::Import<'_>| {
        values.as_ref().is_none_or(|it| import.local.is_empty() || it.contains(import.local))
    };
    let mut known = imports.iter().filter(loaded);
    let first = known.find_map(|import| Some((*import, module(&import.path)?)));
    let Some((first, name)) = first else { return };
    let later = imports.iter().filter(|import| import.at.start > first.at.start);
    let later: Vec<Scalar> = later
        .filter(|import| import.path.starts_with('.'))
        .map(|import| scalar(import, &import.path))
        .collect();
    let at = file.span(&first.at).start;
    let started = facts.sdk_setups.iter().find(|setup| {
        setup.document == file.document
            && matches!(setup.step, Step::Registered(..))
            && setup.name.span.start > at
            && !setup.guarded
            && setup.function == 0
    });
    let started = started.map(|setup| setup.name.span);
    if started.is_some() || !later.is_empty() {
        let module = scalar(first, name);
        facts.early_imports.push(EarlyImport { document: file.document, module, later, started });
    }
}

/// The names that code of TypeScript takes as values, not as types.
fn values<'a>(unit: &Unit<'a>) -> Option<BTreeSet<&'a str>> {
    if !matches!(unit.language, Language::Typescript | Language::Tsx) {
        return None;
    }
    let names = unit.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Name(name) => Some(*name),
        _ => None,
    });
    let bases = unit.classes.iter().flat_map(|class| &class.bases);
    let bases = bases.filter_map(|base| base.split(['.', '<']).next());
    Some(names.chain(bases).collect())
}

/// Imports that set up an SDK by themselves.
pub(super) fn bootstraps(file: &File<'_, '_>, facts: &mut FileFacts) {
    for import in &file.unit.imports {
        let library = file.table.library(&import.path);
        if library.is_none_or(|library| library.name != BOOTSTRAP) {
            continue;
        }
        let name = import.path.rsplit('.').next().unwrap_or_default();
        let text = file.unit.slice(&import.at);
        let start = text.rfind(name).unwrap_or(0);
        let from = import.at.start + u32::try_from(start).unwrap_or_default();
        let at = from..from + u32::try_from(name.len()).unwrap_or_default();
        let name = Scalar { text: name.to_owned(), span: file.span(&at), known: true, plain: true };
        facts.sdk_setups.push(SdkSetup {
            document: file.document,
            name,
            guarded: false,
            leaves: false,
            per_object: false,
            serverless: false,
            function: 0,
            reached: (0, 0),
            step: Step::Bootstrap,
        });
    }
}

impl Subject for LibraryImport {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LibraryImport
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("import {}", self.path.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.path.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "path" => self.path.held(),
            "library" => Held::Text(self.library),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "path").then_some(self.path.span)
    }
}

impl Subject for EarlyImport {
    fn kind(&self) -> SubjectKind {
        SubjectKind::EarlyImport
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("import {}", self.module.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.module.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "module" { self.module.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "module").then_some(self.module.span)
    }
}
