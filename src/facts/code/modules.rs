//! Which files make a program: what each source file imports, and where programs begin.
//!
//! Imports are read from lines alone, without a parser: every file is asked, and a file too many
//! in a program only makes rules about what it lacks more careful.

use super::{CodeText, Listener, ListenerForm, Module, prefilter};
use crate::facts::FileFacts;
use crate::identify::Kind;
use crate::lang::path::last;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::ExprKind;
use crate::source::Span;
use aho_corasick::AhoCorasick;
use std::sync::OnceLock;

/// Most imports that are kept of one file.
const MAX_IMPORTS: usize = 1000;
/// How code begins a metric that it writes out by hand.
const WRITTEN: &str = "# TYPE ";
/// Longest name of a module.
const MAX_NAME: usize = 200;

/// Reads what a file imports, and where a program begins in it.
pub(super) fn scan(code: CodeText<'_>, read: bool, facts: &mut FileFacts) {
    let CodeText { kind, text, base, document, path } = code;
    let mut found = Found { text, imports: Vec::new(), package: None, entry: None };
    match kind {
        Kind::Python => found.python(),
        Kind::Go => found.go(),
        Kind::Java => found.java(),
        Kind::Csharp => found.csharp(),
        Kind::Rust => found.rust(),
        _ => found.javascript(),
    }
    // What a package shows when it is run by hand is no program, and what Cargo runs to build one
    // is none.
    let passed_over = prefilter::is_passed_over(path, text);
    if path.ends_with("__init__.py") || last(path) == "build.rs" || passed_over {
        found.entry = None;
    }
    found.imports.sort_unstable();
    found.imports.dedup();
    let place = |(from, to): (usize, usize)| Span::new(document.source, base + from, base + to);
    facts.modules.push(Module {
        document,
        package: found.package,
        imports: found.imports,
        entry: found.entry.map(place),
        unread: !read,
        parsed: false,
        metered: false,
        exposes: is_written(text),
        logs: false,
        local: is_local(text),
    });
}

/// Reads where a file takes requests, messages or times.
pub(super) fn read(file: &super::file::File<'_, '_>, facts: &mut FileFacts) {
    const ROLES: &[(Role, ListenerForm)] = &[
        (Role::Route, ListenerForm::Requests),
        (Role::Consume, ListenerForm::Messages),
        (Role::Listen, ListenerForm::Connections),
        (Role::Schedule, ListenerForm::Times),
    ];
    let mut add = |api: &'static Api, at: Span| {
        let form = ROLES.iter().find(|(role, _)| *role == api.role).map(|(_, form)| *form);
        facts.listeners.extend(form.map(|form| Listener {
            document: file.document,
            form,
            library: api.library,
            starts: form == ListenerForm::Connections
                || matches!(api.get("form"), Some("server" | "app")),
            at,
        }));
    };
    let lent = lends_context(file);
    for call in &file.calls {
        for api in call.roles.iter().filter(|api| !lent || api.get("form") != Some("app")) {
            add(api, file.callee_span(call.id));
        }
    }
    // `class Mail : BackgroundService`, `class Index extends HttpServlet`.
    for class in &file.unit.classes {
        for base in &class.bases {
            let bare = base.split(['<', '(']).next().unwrap_or(base).trim();
            let at = file.span(&class.name_at);
            for api in file.table.look_up(&file.type_path(bare)) {
                add(api, at);
            }
        }
    }
    let plays = |roles: &[Role]| {
        file.calls.iter().flat_map(|call| &call.roles).any(|api| roles.contains(&api.role))
    };
    let metered = plays(&[Role::Metric, Role::MetricServe]);
    // `fastify({ logger: true })` writes a record for each request.
    let of_framework = || {
        file.calls.iter().filter(|call| call.path.ends_with("fastify")).any(|call| {
            let mut parts =
                file.unit.args(call.id).iter().flat_map(|it| file.unit.all_in(it.value));
            parts.any(|id| match file.unit.expr(id) {
                ExprKind::Map { entries, .. } => entries.iter().any(|(key, value)| {
                    let named = key.is_some_and(|key| {
                        file.unit.slice(&file.unit.place(key)).trim_matches(['"', '\'']) == "logger"
                    });
                    named && !matches!(file.unit.expr(*value), ExprKind::Bool(false))
                }),
                _ => false,
            })
        })
    };
    let logs = plays(&[Role::Log, Role::Print, Role::LogFormat, Role::Logger]) || of_framework();
    // `@RestController` and `[HttpGet]` are no calls.
    let functions = file.unit.functions.iter().flat_map(|it| &it.decorators);
    let bare = functions.chain(file.unit.classes.iter().flat_map(|it| &it.decorators));
    for id in bare.filter(|id| file.call(**id).is_none() && !file.is_faulty(**id)) {
        let path = file.names.path(*id);
        for api in path.iter().flat_map(|path| file.table.look_up(path)) {
            add(api, file.expr_span(*id));
        }
    }
    if let Some(module) = facts.modules.last_mut().filter(|it| it.document == file.document) {
        (module.metered, module.logs) = (metered, logs);
    }
    facts.listeners.sort_by_key(|listener| (listener.document, listener.at));
}

/// Whether an application of Flask only gives a script its settings and its context: nothing of the
/// file is reached by a request.
fn lends_context(file: &super::file::File<'_, '_>) -> bool {
    const SERVES: &[&str] = &[
        "Api",
        "add_resource",
        "add_url_rule",
        "delete",
        "get",
        "mount",
        "patch",
        "post",
        "put",
        "register",
        "register_blueprint",
        "route",
        "run",
    ];
    if file.unit.language != Language::Python {
        return false;
    }
    let made = |path: &str| path.starts_with("flask.Flask") || path == "Flask()";
    let pushed = |call: &super::file::Call| {
        let text = file.unit.slice(&file.unit.place(call.id));
        call.name() == "push" && text.ends_with(".app_context().push()")
    };
    let serves = |call: &super::file::Call| {
        SERVES.contains(&call.name()) && call.path.starts_with("flask.")
            || matches!(call.name(), "register_blueprint" | "add_url_rule" | "Api")
    };
    // A worker of Celery keeps its application for as long as it runs.
    let works = file.unit.imports.iter().any(|import| {
        [&*import.path, import.local]
            .iter()
            .any(|name| name.to_ascii_lowercase().contains("celery"))
    });
    !works
        && file.calls.iter().any(|call| made(&call.path))
        && file.calls.iter().any(pushed)
        && !file.calls.iter().any(serves)
}

/// Whether a program gives up where it is not started by whoever works on it:
/// `if (!builder.Environment.IsDevelopment()) throw …`, `if (process.env.NODE_ENV === "production") throw …`.
fn is_local(text: &str) -> bool {
    let ends = |rest: &str| {
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | '{'));
        rest.starts_with("throw ") || rest.starts_with("process.exit(1)")
    };
    let after = |word: &str| text.split(word).skip(1).any(ends);
    let negated = || {
        text.match_indices("IsDevelopment()").any(|(at, word)| {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            line.contains("(!") && ends(&text[at + word.len()..])
        })
    };
    text.contains("IsDevelopment()") && negated()
        || text.contains("NODE_ENV")
            && ["'production'", "\"production\""].iter().any(|word| {
                after(&format!("NODE_ENV === {word}")) || after(&format!("NODE_ENV == {word}"))
            })
}

/// Whether code writes a metric out by hand: `"# TYPE shop_up gauge\n"`, in one text or line by line.
fn is_written(text: &str) -> bool {
    const TYPES: &[&str] = &["counter", "gauge", "histogram", "summary", "untyped"];
    text.match_indices(WRITTEN).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let line = text[at + WRITTEN.len()..].lines().next().unwrap_or_default();
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        let begins = text[..at].ends_with("\\n");
        matches!(before, None | Some('"' | '\'' | '`' | '\n'))
            || begins
            || words.any(|word| TYPES.contains(&word))
    })
}

struct Found<'t> {
    text: &'t str,
    imports: Vec<String>,
    package: Option<String>,
    entry: Option<(usize, usize)>,
}

fn is_module_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || byte >= 0x80
}

impl<'t> Found<'t> {
    fn add(&mut self, path: &str) {
        if !path.is_empty() && path.len() <= MAX_NAME && self.imports.len() < MAX_IMPORTS {
            self.imports.push(path.to_owned());
        }
    }

    /// The first place of a text, where it begins a word.
    fn starts_at(&mut self, words: &[&str]) {
        let at = words.iter().find_map(|word| {
            self.text.find(word).map(|at| (at, at + word.trim_end_matches('(').len()))
        });
        self.entry = self.entry.or(at);
    }

    fn python(&mut self) {
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            let body = line.trim_start();
            if let Some(rest) = body.strip_prefix("import ") {
                for name in rest.split(',') {
                    let name = name.split_whitespace().next().unwrap_or_default();
                    if name.bytes().all(is_module_byte) {
                        self.add(name);
                    }
                }
            } else if let Some(rest) = body.strip_prefix("from ")
                && let Some((module, names)) = rest.split_once(" import ")
                && module.trim().bytes().all(is_module_byte)
            {
                let module = module.trim();
                let mut names = names.to_owned();
                // Names in brackets may go on for lines.
                while names.contains('(') && !names.contains(')') && names.len() < 4000 {
                    let Some(line) = lines.next() else { break };
                    names.push(' ');
                    names.push_str(line.split('#').next().unwrap_or_default());
                }
                let dot = if module.ends_with('.') { "" } else { "." };
                for name in names.split(',') {
                    let name = name.trim_matches(|c: char| c.is_whitespace() || "()\\".contains(c));
                    let name = name.split_whitespace().next().unwrap_or_default();
                    match name {
                        "*" | "" => self.add(module),
                        name if name.bytes().all(is_module_byte) => {
                            self.add(&format!("{module}{dot}{name}"));
                        }
                        _ => {}
                    }
                }
            } else if line.starts_with("if __name__") && line.contains("__main__") || is_run(line) {
                let at = line.as_ptr() as usize - self.text.as_ptr() as usize;
                self.entry = self.entry.or(Some((at, at + line.trim_end().len())));
            }
        }
    }

    fn go(&mut self) {
        let mut block = false;
        for line in self.text.lines() {
            let body = line.trim();
            if let Some(name) = line.strip_prefix("package ") {
                self.package = self.package.take().or_else(|| first_word(name));
                continue;
            }
            if block && body.starts_with(')') {
                block = false;
                continue;
            }
            let rest = match body.strip_prefix("import") {
                Some(rest) if line.starts_with("import") => {
                    block |= rest.trim_start().starts_with('(');
                    rest
                }
                _ if block => body,
                // Imports come before all else.
                _ if ["func ", "type ", "var ", "const "].iter().any(|it| line.starts_with(it)) => {
                    break;
                }
                _ => continue,
            };
            let quoted = rest.split('"').nth(1);
            if let Some(path) = quoted {
                self.add(path);
            }
        }
        if self.package.as_deref() == Some("main") {
            self.entry = self.text.find("\nfunc main(").map(|at| (at + 6, at + 10));
        }
    }

    fn java(&mut self) {
        for line in self.text.lines() {
            if let Some(name) = line.strip_prefix("package ") {
                self.package = first_word(name);
            } else if let Some(name) = line.trim_start().strip_prefix("import ") {
                let name = name.strip_prefix("static ").unwrap_or(name);
                let name = name.split(';').next().unwrap_or_default().trim();
                self.add(name.trim_end_matches(".*"));
            } else if line.starts_with("public ") || line.starts_with("class ") {
                break;
            }
        }
        self.starts_at(&[
            "@SpringBootApplication",
            "@QuarkusMain",
            "static void main(",
            "void main(String",
        ]);
    }

    fn csharp(&mut self) {
        for line in self.text.lines() {
            let body = line.trim_start();
            let body = body.strip_prefix("global ").unwrap_or(body);
            if let Some(name) = body.strip_prefix("using ") {
                let name = name.strip_prefix("static ").unwrap_or(name);
                let name = name.split_once('=').map_or(name, |(_, name)| name);
                let name = name.split(';').next().unwrap_or_default().trim();
                if name.bytes().all(is_module_byte) {
                    self.add(name);
                }
            } else if let Some(name) = body.strip_prefix("namespace ") {
                self.package = self.package.take().or_else(|| first_word(name));
            } else if body.starts_with("public ") && self.package.is_some() {
                break;
            }
        }
        self.starts_at(&[
            "WebApplication.Create",
            "Host.Create",
            "static void Main(",
            "static async Task Main(",
            "static int Main(",
            "static Task Main(",
            "static async Task<int> Main(",
            "static Task<int> Main(",
        ]);
    }

    fn rust(&mut self) {
        for line in self.text.lines() {
            let body = line.trim_start();
            let body = match body.strip_prefix("pub") {
                Some(rest) if rest.starts_with(' ') => rest.trim_start(),
                Some(rest) if rest.starts_with('(') => {
                    rest.split_once(')').map_or(rest, |(_, rest)| rest).trim_start()
                }
                _ => body,
            };
            if let Some(name) = body.strip_prefix("mod ") {
                if let Some(name) = name.trim_end().strip_suffix(';') {
                    self.add(&format!("self::{name}"));
                }
            } else if let Some(path) = body.strip_prefix("use ") {
                let head = path.split(['{', ';', ' ', '*']).next().unwrap_or_default();
                self.add(head.trim_end_matches(':'));
            } else if let Some(name) = body.strip_prefix("extern crate ") {
                self.add(name.split([';', ' ']).next().unwrap_or_default());
            } else if line.starts_with("fn main(") || line.starts_with("async fn main(") {
                let at = line.as_ptr() as usize - self.text.as_ptr() as usize;
                let name = at + line.find("main").unwrap_or_default();
                self.entry = self.entry.or(Some((name, name + 4)));
            }
        }
    }

    fn javascript(&mut self) {
        static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
        const HEADS: &[&str] = &[
            "from '",
            "from \"",
            "from'",
            "from\"",
            "import '",
            "import \"",
            "import'",
            "import\"",
            "require('",
            "require(\"",
            "import('",
            "import(\"",
        ];
        let finder = FINDER.get_or_init(|| AhoCorasick::new(HEADS).ok());
        let Some(finder) = finder else { return };
        for found in finder.find_iter(self.text) {
            let quote = if HEADS[found.pattern().as_usize()].ends_with('"') { '"' } else { '\'' };
            let rest = &self.text[found.end()..];
            let mut end = rest.len().min(MAX_NAME);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let name = rest[..end].split_once(quote).map(|(name, _)| name);
            if let Some(name) = name.filter(|name| !name.contains(char::is_whitespace)) {
                self.add(name);
            }
        }
    }
}

/// Whether a line of Python runs a server, right in its module: `app.run(port=80)`.
fn is_run(line: &str) -> bool {
    const RUNNERS: &[&str] = &["app", "application", "bottle", "socketio", "uvicorn"];
    let Some((object, rest)) = line.split_once('.') else { return false };
    RUNNERS.contains(&object) && rest.starts_with("run(")
        || line.starts_with("web.run_app(")
        || line.starts_with("asyncio.run(")
}

fn first_word(text: &str) -> Option<String> {
    let word = text.trim().split([' ', ';', '{', '/', '\t']).next()?;
    (!word.is_empty()).then(|| word.to_owned())
}
