//! What a unit is: a program that waits for others, one that ends, or code to build in.

use super::super::Repo;
use super::super::runs::image_name;
use super::units::Unit;
use super::{Service, ServiceKind};
use crate::config::{self, Profile};
use crate::facts::manifest::Manifest;
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::source::Span;

/// Base images of programs that serve files.
const FILE_SERVERS: &[&str] =
    &["nginx", "nginx-unprivileged", "httpd", "caddy", "static-web-server"];

pub(super) fn is_rehearsal(repo: &Repo, root: &str) -> bool {
    config::profile(&repo.settings, &format!("{root}/x")) == Profile::Dev
}

/// Whether a program only tests others: what it is built with does.
pub(super) fn is_of_tests(repo: &Repo, unit: &Unit) -> bool {
    const TESTERS: &[&str] =
        &["io.cucumber:", "org.testng:", "@playwright/test", "cypress", "@wdio/"];
    let manifests = unit.manifests.iter().map(|&number| &repo.facts.manifests[number]);
    let mut needed = manifests.flat_map(|it| &it.dependencies).filter(|it| !it.development);
    let mut names = unit.manifests.iter().filter_map(|&it| repo.facts.manifests[it].name.as_ref());
    let tests = |name: &str| {
        name.ends_with("Test") || name.ends_with(".Tests") || name.contains("TestData")
    };
    needed.any(|it| TESTERS.iter().any(|name| it.name.text.starts_with(name)))
        || names.any(|name| tests(&name.text))
        || unit.root.split('/').any(shows)
        || is_in_sandbox(&unit.root)
        || is_collection(repo)
}

/// Whether a folder is one of several that are tried together: `sandbox/mail-mock`. A `sandbox` alone
/// may be a product.
fn is_in_sandbox(root: &str) -> bool {
    root.rsplit_once('/').is_some_and(|(above, _)| above.split('/').any(|it| it == "sandbox"))
}

/// Whether the page that introduces the repository calls it a collection of examples.
fn is_collection(repo: &Repo) -> bool {
    const ASIDE: &[&str] = &["examples", "katas", "quickstarts", "samples", "tutorials"];
    let own = |path: &str| path.eq_ignore_ascii_case("README.md");
    let mut pages = repo.facts.pages.iter();
    pages.find(|page| own(&repo.source(page.document.source).path)).is_some_and(|page| {
        let title = page.title.text.to_ascii_lowercase();
        let last = title.split(|c: char| !c.is_alphanumeric()).rfind(|word| !word.is_empty());
        last.is_some_and(|word| ASIDE.contains(&word))
    })
}

/// Whether a folder holds what shows how something is used, stands in for something, or serves
/// those who work on the code: `_example`, `executor-samples`, `mock-server`, `scripts`.
pub(super) fn shows(folder: &str) -> bool {
    const ASIDE: &[&str] = &[
        "bench",
        "benchmark",
        "benchmarks",
        "demo",
        "demos",
        "example",
        "examples",
        "exercise",
        "exercises",
        "labs",
        "lessons",
        "mock",
        "mocks",
        "mockserver",
        "playground",
        "playgrounds",
        "presentation",
        "presentations",
        "sample",
        "samples",
        "slides",
        "storybook",
        "stub",
        "template",
        "templates",
        "tests",
        "tutorial",
        "tutorials",
        "workshop",
        "workshops",
    ];
    const WORKSHOP: &[&str] = &[
        "devops",
        "hack",
        "install",
        "installer",
        "loadtest",
        "pgo",
        "script",
        "scripts",
        "tool",
        "tooling",
        "tools",
        "utilities",
    ];
    let folder = folder.to_ascii_lowercase();
    let mut words = folder.split(['-', '_', '.']);
    let last = words.clone().next_back().unwrap_or(&folder);
    let tests = |word: &str| {
        matches!(word, "conformance" | "e2e" | "interop" | "smoke" | "test" | "tests" | "testing")
    };
    ASIDE.contains(&last)
        || last.ends_with("sample")
        || last.ends_with("mock")
        || words.clone().any(tests)
        || folder.starts_with("fake")
        || words
            .next()
            .is_some_and(|word| matches!(word, "mock" | "fake" | "demo" | "dummy" | "test"))
        || WORKSHOP.contains(&folder.as_str())
}

/// What a unit is, by what runs it and what it waits for.
pub(super) fn kind_of(repo: &Repo, service: &Service) -> ServiceKind {
    if service.own.is_empty() {
        return ServiceKind::Unknown;
    }
    let manifests = || service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    let images = || service.images.iter().map(|&it| &repo.facts.base_images[it]);
    let containers = || service.containers.iter().map(|&it| &repo.facts.containers[it]);
    let deployed = !service.images.is_empty() || !service.containers.is_empty();
    let script = |kind: &Kind| matches!(kind, Kind::Javascript | Kind::Typescript);
    // What writes files of the repository ends when they are written.
    let writes = |span: &Span| {
        let path = &repo.source(span.source).path;
        let helper = path.ends_with(".go") && format!("/{path}").contains("/internal/");
        last(path).starts_with("generate") || last(folder(path)).ends_with("gen") || helper
    };
    if !deployed && manifests().any(|it| it.builds_in) {
        return ServiceKind::Library;
    }
    // What is installed where its user sits is no service.
    const DESKTOP: &[&str] = &[
        "@capacitor/core",
        "@tauri-apps/api",
        "eframe",
        "electron",
        "expo",
        "iced",
        "react-native",
        "tauri",
    ];
    let needs = |name: &&str| manifests().any(|it| it.dependency(name).is_some());
    if !deployed && DESKTOP.iter().any(needs) {
        return ServiceKind::Site;
    }
    if !deployed && !service.entries.is_empty() && service.entries.iter().all(writes) {
        return ServiceKind::Cli;
    }
    if !deployed && service.languages == [Kind::Csharp] && ends_by_itself(repo, service) {
        return ServiceKind::Cli;
    }
    let begins = |document: crate::facts::DocumentId| {
        service.entries.iter().any(|entry| entry.source == document.source)
    };
    // One page of many may be for whoever works on the code: an `ErrorController` with a stack.
    let of_waits = |document: crate::facts::DocumentId| {
        const BEGIN: &[&str] = &["app", "index", "main", "program", "server"];
        let path = &repo.source(document.source).path;
        let stem = last(path).split('.').next().unwrap_or_default().to_ascii_lowercase();
        BEGIN.contains(&stem.as_str())
            && service.listens.iter().any(|at| at.source == document.source)
    };
    let gives_up = repo
        .modules_of(service)
        .any(|module| module.local && (begins(module.document) || of_waits(module.document)));
    if is_filled(&service.root) || gives_up {
        return ServiceKind::Cli;
    }
    // A command that shares the code of a server.
    let command = ["-cli", "ctl", "-tool", "-generator", "-stat", "_stat", "-tail", "_tail"]
        .iter()
        .any(|end| service.root.ends_with(end))
        || ["cli", "clidoc", "docs", "docgen"].contains(&last(&service.root));
    // What ends like that is for a terminal, whatever it serves there for itself.
    if !deployed && last(&service.root).ends_with("cli") {
        return ServiceKind::Cli;
    }
    // `shop` beside `shopd`, which waits for it.
    let daemon = |end: &str| repo.has_path(&format!("{}{end}", service.root));
    let command = command
        || service.root.contains('/') && ["d", "-server", "-daemon"].into_iter().any(daemon);
    let own = |at: &Span| service.own.iter().any(|it| it.source == at.source);
    if command && !service.listens.iter().any(own) {
        return ServiceKind::Cli;
    }
    if !service.listens.iter().any(own) && is_for_hands(repo, service) {
        return ServiceKind::Cli;
    }
    let served = images().any(|it| FILE_SERVERS.contains(&image_name(&it.image.text)));
    let page = manifests().any(is_page);
    // What is beside a page in another language, and begins nothing, hands the page on.
    let pages = service.languages.iter().all(script) || page && service.entries.is_empty();
    let serves = service.listens.iter().any(own) && manifests().any(is_of_server);
    if pages && (served || page) && (service.listens.is_empty() || page && !serves) {
        return ServiceKind::Site;
    }
    if !deployed && is_plugin(repo, service) {
        return ServiceKind::Library;
    }
    // Without a main function nothing starts.
    let compiled = service.languages.iter().all(|it| *it == Kind::Go);
    if compiled && service.entries.is_empty() && service.containers.is_empty() {
        return ServiceKind::Library;
    }
    let starts = !service.entries.is_empty()
        || deployed
        || manifests().any(|it| it.serves || !it.commands.is_empty());
    let offers =
        images().any(|it| it.exposes) || containers().any(|it| !it.offers.is_empty() || it.probed);
    // A script that a tool's own image runs is no program of its own.
    let begins = !service.entries.is_empty() || manifests().any(is_program);
    if starts && (!service.listens.is_empty() || (deployed && offers && begins)) {
        ServiceKind::Server
    } else if starts && !service.consumes.is_empty() {
        ServiceKind::Worker
    } else if !service.containers.is_empty() || (deployed && begins) {
        ServiceKind::Unknown
    } else if !service.entries.is_empty() || manifests().any(|it| !it.programs.is_empty()) {
        ServiceKind::Cli
    } else {
        ServiceKind::Library
    }
}

/// Whether a folder is that of a program that prepares a database, and ends: `Shop.DbMigrator`.
fn is_filled(root: &str) -> bool {
    const ENDS: &[&str] = &["migrations", "migrator", "seeder"];
    let name = last(root).to_ascii_lowercase();
    let word = name.rsplit(['-', '_', '.']).next().unwrap_or_default();
    ENDS.iter().any(|end| word.ends_with(end))
}

/// Whether a program draws on the terminal for somebody who sits there, in its own code: what it
/// listens for in what it is built with is for that user too.
fn is_for_hands(repo: &Repo, service: &Service) -> bool {
    const SCREENS: &[&str] = &[
        "blessed",
        "com.googlecode.lanterna",
        "cursive",
        "github.com/charmbracelet/bubbletea",
        "fyne.io/fyne",
        "github.com/gdamore/tcell",
        "github.com/getlantern/systray",
        "github.com/rivo/tview",
        "ink",
        "ratatui",
        "textual",
        "tui",
        "urwid",
    ];
    let is_screen = |import: &String| {
        SCREENS.iter().any(|known| {
            import
                .strip_prefix(known)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', ':']))
        })
    };
    let modules = repo.modules_of(service).filter(|it| service.own_has(it.document));
    modules.flat_map(|module| &module.imports).any(is_screen)
}

/// Whether another program starts and serves this one: it is a plugin of that.
fn is_plugin(repo: &Repo, service: &Service) -> bool {
    const HOSTS: &[&str] = &[
        "github.com/hashicorp/go-plugin",
        "github.com/mattermost/mattermost-server/v5/plugin",
        "github.com/mattermost/mattermost-server/v6/plugin",
        "github.com/mattermost/mattermost/server/public/plugin",
        "github.com/hashicorp/terraform-plugin-sdk/v2/plugin",
        "github.com/hashicorp/terraform-plugin-framework/providerserver",
    ];
    let begins = |document: crate::facts::DocumentId| {
        service.entries.iter().any(|entry| entry.source == document.source)
    };
    let mains = repo.modules_of(service).filter(|module| begins(module.document));
    mains.flat_map(|module| &module.imports).any(|import| HOSTS.contains(&import.as_str()))
}

/// Whether a manifest says that its package is started.
fn is_program(manifest: &Manifest) -> bool {
    manifest.serves || !manifest.commands.is_empty() || !manifest.mains.is_empty()
}

/// Whether a package makes a page that runs in a browser, without a server for it.
fn is_page(manifest: &Manifest) -> bool {
    const PAGES: &[&str] =
        &["react-dom", "vue", "@angular/core", "svelte", "preact", "solid-js", "ember-source"];
    const SERVERS: &[&str] =
        &["next", "nuxt", "@remix-run/node", "@sveltejs/adapter-node", "astro", "@nestjs/core"];
    PAGES.iter().any(|name| manifest.dependency(name).is_some())
        && !SERVERS.iter().any(|name| manifest.dependency(name).is_some())
}

/// Whether a program of C# does what its arguments say, and gives back how it went: its host is built
/// for what is in it, and runs nothing.
fn ends_by_itself(repo: &Repo, service: &Service) -> bool {
    const WAITS: &[&str] = &[".Run(", ".RunAsync(", ".StartAsync(", "WaitForShutdown", "ReadLine("];
    let ends = |entry: &Span| {
        let text = repo.source(entry.source).look();
        let says = ["Task<int> Main(string[]", "static int Main(string[]"];
        says.iter().any(|it| text.contains(it)) && !WAITS.iter().any(|it| text.contains(it))
    };
    !service.entries.is_empty() && service.entries.iter().all(ends)
}

/// Whether a package has a framework of servers in it.
fn is_of_server(manifest: &Manifest) -> bool {
    const FRAMEWORKS: &[&str] = &[
        "express",
        "fastify",
        "koa",
        "hono",
        "@hapi/hapi",
        "@nestjs/core",
        "next",
        "nuxt",
        "polka",
        "restify",
        "@hono/node-server",
        "ws",
        "socket.io",
        "elysia",
        "h3",
    ];
    let needed = |name: &&str| manifest.dependency(name).is_some_and(|it| !it.development);
    FRAMEWORKS.iter().any(needed)
}
