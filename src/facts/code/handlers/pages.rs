//! Which files of JavaScript run in browsers.

use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::ExprKind;

/// Folders of what runs in browsers.
const PAGE_FOLDERS: &[&str] = &[
    "frontend",
    "front-end",
    "webapp",
    "web-ui",
    "ui",
    "static",
    "public",
    "assets",
    "www",
    "wwwroot",
    "webroot",
    "htdocs",
    "miniprogram",
    "browser",
    "components",
    "pages",
    "hooks",
    "views",
];

/// Names that browsers alone have.
const PAGE_NAMES: &[&str] = &[
    "window",
    "document",
    "localStorage",
    "sessionStorage",
    "navigator",
    "DOMParser",
    "ClipboardEvent",
    "MutationObserver",
    "requestAnimationFrame",
    // Pages inside a messenger.
    "wx",
    "getApp",
    "Behavior",
];

/// Whether a file draws a page, wherever it stands: code of a server may share its folder.
pub(in crate::facts::code) fn draws(file: &File<'_, '_>) -> bool {
    let unit = file.unit;
    let library = |path: &str| file.table.library(path).is_some_and(|it| it.name == "page");
    unit.language == Language::Tsx
        || (matches!(unit.language, Language::Javascript | Language::Typescript)
            && unit.imports.iter().any(|import| library(&import.path)))
}

/// Whether a file runs in a browser.
pub(in crate::facts::code) fn is_page(file: &File<'_, '_>) -> bool {
    let unit = file.unit;
    if !matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx) {
        return false;
    }
    draws(file)
        || file.path.split('/').any(|part| {
            PAGE_FOLDERS.contains(&part)
                || ["-ui", "-frontend", "-webapp"].iter().any(|end| part.ends_with(end))
        })
        || unit
            .exprs
            .iter()
            .any(|expr| matches!(expr.kind, ExprKind::Name(name) if PAGE_NAMES.contains(&name)))
}
