//! What names, commands and pages say of what a unit is.

use crate::facts::scalar::Scalar;
use crate::lang::path::last;

/// The name of a file without its folder and its endings.
pub(super) fn stem(path: &str) -> &str {
    last(path).split('.').next().unwrap_or_default()
}

/// `shop-api` of `org.acme:shop-api`.
pub(super) fn artifact(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// What words of a command may name: files by their stems, modules by their last part.
pub(super) fn names(words: &[Scalar]) -> impl Iterator<Item = &str> {
    words.iter().flat_map(|it| it.text.split_whitespace()).map(|word| {
        let module = word.split(':').next().unwrap_or(word);
        match module.rsplit_once('.') {
            Some((_, end)) if !module.contains('/') && !is_ending(end) => end,
            _ => stem(module),
        }
    })
}

/// Whether a word ends names of files.
fn is_ending(word: &str) -> bool {
    ["py", "js", "mjs", "cjs", "ts", "mts", "jar", "dll", "exe", "sh"].contains(&word)
}

/// Whether what a page says first names a thing that is installed or built in.
pub(super) fn is_of_tool(text: &str) -> bool {
    const THINGS: &[&str] = &[
        "addon",
        "browser extension",
        "cli",
        "cli tool",
        "command line",
        "command-line",
        "extension",
        "framework",
        "library",
        "linter",
        "middleware",
        "plugin",
        "sdk",
        "static site generator",
        "task runner",
        "terminal",
        "toolbox",
        "toolkit",
        "utilities",
        "utility",
        "wrapper",
    ];
    // What is served there is for whoever started it.
    const WORKSHOPS: &[&str] = &[
        "dev server",
        "development server",
        "load testing",
        "local web server",
        "local webserver",
        "mock server",
        "test server",
    ];
    const SERVERS: &[&str] = &[
        "api",
        "application",
        "backend",
        "bot",
        "daemon",
        "microservice",
        "microservices",
        "platform",
        "self-hosted",
        "selfhosted",
        "server",
        "service",
        "services",
        "web app",
        "webapp",
        "website",
    ];
    let text = text.to_ascii_lowercase();
    let first = text.split(". ").next().unwrap_or_default();
    let words: Vec<&str> = first
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .collect();
    let line = format!(" {} ", words.join(" "));
    let says = |names: &[&str]| names.iter().any(|name| line.contains(&format!(" {name} ")));
    says(WORKSHOPS) || says(THINGS) && !says(SERVERS)
}

/// Whether a container goes by the name of what is done once: `shop-migrations`.
pub(super) fn is_errand(name: &str) -> bool {
    const ONCE: &[&str] = &[
        "init",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "seed",
        "seeder",
        "setup",
        "test",
        "tests",
    ];
    let name = name.to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|word| ONCE.contains(&word))
}

/// Whether an image, by its name, only stands in for what is elsewhere: `shop-mocks:1.2`.
pub(super) fn is_stand_in(image: &str) -> bool {
    const STAND_INS: &[&str] = &[
        "emulator",
        "fake",
        "fakes",
        "mock",
        "mocks",
        "mockserver",
        "simulator",
        "stub",
        "stubs",
        "wiremock",
    ];
    let name = last(image).split([':', '@']).next().unwrap_or_default().to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|word| STAND_INS.contains(&word))
}

/// Whether a command only waits for hands, runs tests or shows its help.
pub(super) fn is_idle(words: &[Scalar]) -> bool {
    let words: Vec<&str> = words.iter().flat_map(|it| it.text.split_whitespace()).collect();
    let shell = |word: &str| matches!(last(word), "sh" | "bash" | "zsh" | "ash");
    match words.as_slice() {
        [] => false,
        [only] if shell(only) => true,
        [first, ..] if matches!(last(first), "sleep" | "tail" | "pytest" | "true" | "jest") => true,
        [.., end] if matches!(*end, "--help" | "-h" | "help" | "--version") => true,
        [_, rest @ ..] => {
            rest.first().is_some_and(|word| *word == "test") || rest.contains(&"pytest")
        }
    }
}

/// Whether a command of a package starts its code, not the server of whoever works on a page.
pub(super) fn is_start(command: &str) -> bool {
    const WORKSHOPS: &[&str] = &[
        "angular",
        "docusaurus",
        "electron",
        "expo",
        "gatsby",
        "grunt",
        "gulp",
        "ng",
        "nodecg",
        "parcel",
        "react-scripts",
        "rollup",
        "serve",
        "start-storybook",
        "storybook",
        "vite",
        "vue-cli-service",
        "webpack",
        "webpack-dev-server",
    ];
    let mut words = command.split_whitespace().map(last);
    !words.any(|word| WORKSHOPS.contains(&word))
}
