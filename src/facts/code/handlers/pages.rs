//! Which files of JavaScript run in browsers.

use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::{ExprKind, FunctionId};
use std::collections::BTreeSet;

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
    "templates",
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
        // One half of a program of two.
        || file.path.starts_with("client/")
        || unit
            .exprs
            .iter()
            .any(|expr| matches!(expr.kind, ExprKind::Name(name) if PAGE_NAMES.contains(&name)))
}

/// Packages of what draws windows, icons and terminals of whoever sits at the machine.
const DESKS: &[(Language, &[&str])] = &[
    (
        Language::Csharp,
        &["Avalonia", "System.Windows", "Microsoft.UI.Xaml", "Microsoft.Maui", "Gtk", "Eto.Forms"],
    ),
    (Language::Java, &["javax.swing", "java.awt.event", "javafx", "com.intellij", "android."]),
    (
        Language::Python,
        &["tkinter", "PyQt5", "PyQt6", "PySide2", "PySide6", "wx", "kivy", "textual"],
    ),
    (Language::Go, &["fyne.io/", "github.com/getlantern/systray", "fyne.io/systray"]),
    (Language::Rust, &["gtk", "gtk4", "eframe", "egui", "iced", "tauri", "ratatui"]),
    (Language::Javascript, &["electron", "vscode", "react-native"]),
    (Language::Typescript, &["electron", "vscode", "react-native"]),
];

/// Whether a file draws on the screen of whoever sits at the machine: nobody reads its records.
pub(super) fn is_desk(file: &File<'_, '_>) -> bool {
    let unit = file.unit;
    let known = DESKS.iter().find(|(language, _)| *language == unit.language);
    let starts = |path: &str, known: &str| {
        path.strip_prefix(known).is_some_and(|rest| {
            known.ends_with(['.', '/']) || rest.is_empty() || rest.starts_with(['.', '/', ':'])
        })
    };
    known.is_some_and(|(_, known)| {
        unit.imports.iter().any(|import| known.iter().any(|known| starts(&import.path, known)))
    })
}

/// JavaScript: functions that are steps of tests: `it("keeps orders", async () => { … })`.
pub(super) fn tests(file: &File<'_, '_>) -> BTreeSet<FunctionId> {
    const STEPS: &[&str] =
        &["afterAll", "afterEach", "beforeAll", "beforeEach", "describe", "it", "test"];
    let unit = file.unit;
    if !matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx) {
        return BTreeSet::new();
    }
    let steps = unit.calls().filter(|call| match unit.expr(*call) {
        ExprKind::Call { callee, .. } => {
            matches!(unit.expr(*callee), ExprKind::Name(name) if STEPS.contains(name))
        }
        _ => false,
    });
    let given = steps.flat_map(|call| unit.args(call));
    let lambdas = given.filter_map(|arg| match unit.expr(arg.value) {
        ExprKind::Lambda(of) => Some(*of),
        _ => None,
    });
    lambdas.collect()
}
