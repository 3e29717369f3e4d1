//! What the scanner has to know of a language, one row each.

/// A kind of string literal.
#[derive(Clone, Copy, Debug)]
pub struct Quote {
    /// What opens it.
    pub open: &'static str,
    /// What closes it.
    pub close: &'static str,
    /// The character that takes the next one's meaning away.
    pub escape: Option<u8>,
    /// It may go on over line breaks.
    pub multiline: bool,
}

/// Constructs that need more than a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Docstrings.
    Docstring,
    /// `r#"…"#`, and `'a` that is a lifetime.
    Rust,
    /// `` `…${ code }…` `` and `/regex/`.
    Javascript,
    /// `<<EOF` up to a line `EOF`.
    Heredoc,
    /// `[==[ … ]==]` as string and, after `--`, as comment.
    Lua,
    /// Block scalars by indentation, and quotes only where a value starts.
    Yaml,
    /// Fenced blocks.
    Markdown,
    /// C++ `R"x( … )x"`.
    RawCpp,
}

/// One language.
#[derive(Debug)]
pub struct Language {
    /// Its name.
    pub name: &'static str,
    /// Markers of comments that end with the line.
    pub line: &'static [&'static str],
    /// A line marker counts only at the start of a line or after a blank.
    pub at_word: bool,
    /// A line marker counts only at the start of a line.
    pub at_line_start: bool,
    /// Opening and closing markers of block comments.
    pub block: &'static [(&'static str, &'static str)],
    /// Block comments nest.
    pub nested: bool,
    /// String literals, longer openings first.
    pub quotes: &'static [Quote],
    /// What a row cannot say.
    pub special: &'static [Special],
    /// Blocks are made by indentation, not by braces.
    pub indented: bool,
    /// Endings of file names, without the dot.
    pub endings: &'static [&'static str],
    /// Whole file names.
    pub names: &'static [&'static str],
    /// Interpreters of a `#!` line.
    pub interpreters: &'static [&'static str],
}

impl Language {
    /// Whether it has this construct.
    pub fn has(&self, special: Special) -> bool {
        self.special.contains(&special)
    }
}

const fn quote(open: &'static str, close: &'static str, escape: u8, multiline: bool) -> Quote {
    let escape = if escape == 0 { None } else { Some(escape) };
    Quote { open, close, escape, multiline }
}

const DOUBLE: Quote = quote("\"", "\"", b'\\', false);
const SINGLE: Quote = quote("'", "'", b'\\', false);
const DOUBLE_LONG: Quote = quote("\"", "\"", b'\\', true);
const SINGLE_LONG: Quote = quote("'", "'", b'\\', true);
const SINGLE_RAW_LONG: Quote = quote("'", "'", 0, true);
const TRIPLE: Quote = quote("\"\"\"", "\"\"\"", b'\\', true);
const TRIPLE_SINGLE: Quote = quote("'''", "'''", b'\\', true);
const TRIPLE_SINGLE_RAW: Quote = quote("'''", "'''", 0, true);
const TRIPLE_RAW: Quote = quote("\"\"\"", "\"\"\"", 0, true);
const BACKTICK_RAW: Quote = quote("`", "`", 0, true);
/// `@"…"`; `""` in it closes and opens again, which is as good.
const VERBATIM: Quote = quote("@\"", "\"", 0, true);
const VERBATIM_FILLED: Quote = quote("$@\"", "\"", 0, true);
const SQL: Quote = quote("'", "'", 0, true);

const PLAIN: Language = Language {
    name: "text",
    line: &[],
    at_word: false,
    at_line_start: false,
    block: &[],
    nested: false,
    quotes: &[],
    special: &[],
    indented: false,
    endings: &[],
    names: &[],
    interpreters: &[],
};

const SLASHES: Language =
    Language { line: &["//"], block: &[("/*", "*/")], quotes: &[DOUBLE, SINGLE], ..PLAIN };
const HASH: Language = Language { line: &["#"], at_word: true, ..PLAIN };
const MARKUP: Language = Language { block: &[("<!--", "-->")], ..PLAIN };

/// All languages; the first whose ending fits is taken.
pub(super) static LANGUAGES: &[Language] = &[
    Language {
        name: "yaml",
        special: &[Special::Yaml],
        quotes: &[quote("\"", "\"", b'\\', true), SINGLE_RAW_LONG],
        indented: true,
        endings: &["yaml", "yml"],
        ..HASH
    },
    Language {
        name: "json",
        quotes: &[DOUBLE],
        endings: &["json", "jsonc", "json5", "ndjson"],
        ..SLASHES
    },
    Language {
        name: "python",
        line: &["#"],
        quotes: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
        special: &[Special::Docstring],
        indented: true,
        endings: &["py", "pyi", "pyx", "bzl", "star", "bazel"],
        names: &["BUILD", "WORKSPACE", "SConstruct"],
        interpreters: &["python", "python2", "python3"],
        ..PLAIN
    },
    Language { name: "go", quotes: &[BACKTICK_RAW, DOUBLE, SINGLE], endings: &["go"], ..SLASHES },
    Language {
        name: "java",
        quotes: &[TRIPLE, DOUBLE, SINGLE],
        endings: &["java", "kt", "kts", "scala", "groovy", "gradle", "swift", "dart"],
        names: &["Jenkinsfile"],
        ..SLASHES
    },
    Language {
        name: "javascript",
        special: &[Special::Javascript],
        endings: &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
        interpreters: &["node", "deno", "bun"],
        ..SLASHES
    },
    Language {
        name: "rust",
        nested: true,
        quotes: &[DOUBLE_LONG],
        special: &[Special::Rust],
        endings: &["rs"],
        ..SLASHES
    },
    Language {
        name: "csharp",
        quotes: &[TRIPLE_RAW, VERBATIM_FILLED, VERBATIM, DOUBLE, SINGLE],
        endings: &["cs", "fs", "csx"],
        ..SLASHES
    },
    Language {
        name: "c",
        special: &[Special::RawCpp],
        endings: &[
            "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "proto", "thrift", "bicep",
            "cue", "zig", "v", "sol", "css", "scss", "less", "gradle",
        ],
        ..SLASHES
    },
    Language {
        name: "php",
        line: &["//", "#"],
        quotes: &[DOUBLE_LONG, SINGLE_LONG],
        special: &[Special::Heredoc],
        endings: &["php"],
        interpreters: &["php"],
        ..SLASHES
    },
    Language {
        name: "hcl",
        line: &["#", "//"],
        quotes: &[DOUBLE],
        special: &[Special::Heredoc],
        endings: &["tf", "tfvars", "hcl", "nomad", "alloy", "river"],
        ..SLASHES
    },
    Language {
        name: "jsonnet",
        line: &["#", "//"],
        quotes: &[quote("|||", "|||", 0, true), DOUBLE_LONG, SINGLE_LONG],
        endings: &["jsonnet", "libsonnet"],
        ..SLASHES
    },
    Language {
        name: "nix",
        quotes: &[quote("''", "''", 0, true), DOUBLE_LONG],
        block: &[("/*", "*/")],
        endings: &["nix"],
        ..HASH
    },
    Language {
        name: "toml",
        quotes: &[TRIPLE, TRIPLE_SINGLE_RAW, DOUBLE, quote("'", "'", 0, false)],
        endings: &["toml"],
        names: &["Pipfile", "Cargo.lock", "poetry.lock"],
        ..HASH
    },
    Language {
        name: "ini",
        line: &["#", ";"],
        endings: &["ini", "cfg", "editorconfig", "service", "timer", "socket", "desktop", "reg"],
        names: &[".editorconfig", ".gitconfig", ".npmrc", ".pylintrc"],
        ..HASH
    },
    Language {
        name: "properties",
        line: &["#", "!"],
        at_line_start: true,
        endings: &["properties"],
        ..PLAIN
    },
    Language {
        name: "dockerfile",
        at_line_start: true,
        endings: &["dockerfile", "containerfile"],
        names: &["Dockerfile", "Containerfile"],
        ..HASH
    },
    Language {
        name: "make",
        endings: &["mk", "mak", "make", "ninja"],
        names: &["Makefile", "makefile", "GNUmakefile"],
        ..HASH
    },
    Language {
        name: "shell",
        quotes: &[quote("$'", "'", b'\\', true), DOUBLE_LONG, SINGLE_RAW_LONG],
        special: &[Special::Heredoc],
        endings: &["sh", "bash", "zsh", "ksh", "fish", "env", "envrc", "bats"],
        names: &[".env", ".envrc", ".bashrc", ".profile"],
        interpreters: &["sh", "bash", "zsh", "ksh", "dash", "fish", "ash"],
        ..HASH
    },
    Language {
        name: "ruby",
        block: &[("=begin", "=end")],
        quotes: &[DOUBLE_LONG, SINGLE_LONG],
        special: &[Special::Heredoc],
        endings: &["rb", "rake", "gemspec", "ru"],
        names: &["Rakefile", "Gemfile", "Vagrantfile"],
        interpreters: &["ruby", "perl"],
        ..HASH
    },
    Language {
        name: "elixir",
        quotes: &[TRIPLE, DOUBLE_LONG, SINGLE_LONG],
        endings: &["ex", "exs", "r", "jl", "pl", "pm", "nim", "cr", "coffee", "awk", "tcl"],
        interpreters: &["awk", "tclsh", "Rscript", "julia"],
        ..HASH
    },
    Language {
        name: "powershell",
        block: &[("<#", "#>")],
        quotes: &[quote("\"", "\"", b'`', true), SINGLE_RAW_LONG],
        endings: &["ps1", "psm1", "psd1"],
        interpreters: &["pwsh"],
        ..HASH
    },
    Language {
        name: "sql",
        line: &["--"],
        block: &[("/*", "*/")],
        quotes: &[SQL, quote("\"", "\"", 0, true)],
        endings: &["sql", "ddl", "hql"],
        ..PLAIN
    },
    Language {
        name: "lua",
        line: &["--"],
        quotes: &[DOUBLE, SINGLE],
        special: &[Special::Lua],
        endings: &["lua"],
        interpreters: &["lua"],
        ..PLAIN
    },
    Language {
        name: "haskell",
        line: &["--"],
        block: &[("{-", "-}")],
        nested: true,
        quotes: &[DOUBLE],
        endings: &["hs", "elm", "ada", "adb", "ads", "vhd", "vhdl"],
        ..PLAIN
    },
    Language {
        name: "lisp",
        line: &[";"],
        quotes: &[DOUBLE_LONG],
        endings: &["clj", "cljs", "edn", "el", "lisp", "scm", "asm"],
        ..PLAIN
    },
    Language {
        name: "markdown",
        special: &[Special::Markdown],
        endings: &["md", "markdown", "mdx", "mdown"],
        ..MARKUP
    },
    Language {
        name: "markup",
        endings: &[
            "html", "htm", "xml", "xhtml", "svg", "xsd", "xsl", "xslt", "csproj", "props",
            "targets", "config", "plist", "resx", "pom", "fsproj",
        ],
        ..MARKUP
    },
    Language {
        name: "component",
        block: &[("<!--", "-->"), ("/*", "*/")],
        line: &["//"],
        at_word: true,
        endings: &["vue", "svelte", "astro"],
        ..PLAIN
    },
    Language {
        name: "template",
        block: &[("{{/*", "*/}}"), ("{{- /*", "*/ -}}"), ("{{- /*", "*/}}"), ("{#", "#}")],
        endings: &["tpl", "gotmpl", "tmpl", "j2", "jinja", "jinja2"],
        ..HASH
    },
    // Logstash, Fluentd, Fluent Bit, nginx, HAProxy, rego, GraphQL, requirements, ignore files.
    Language {
        name: "conf",
        endings: &[
            "conf",
            "cnf",
            "logstash",
            "cf",
            "rego",
            "graphql",
            "gql",
            "repo",
            "rules",
            "promql",
            "cmake",
            "gitignore",
            "dockerignore",
            "gitattributes",
            "txt",
            "tfstate",
        ],
        names: &[
            "CMakeLists.txt",
            "CODEOWNERS",
            "Caddyfile",
            "Procfile",
            "Tiltfile",
            "Justfile",
            "justfile",
            ".gitignore",
            ".dockerignore",
            ".gitattributes",
            "requirements.txt",
        ],
        ..HASH
    },
];

/// Text of no known language: nothing in it is a comment.
static UNKNOWN: Language = PLAIN;

/// The language of a file: by its name, its `#!` line, or how its lines begin.
pub fn of(path: &str, text: &str) -> &'static Language {
    let file = path.rsplit('/').next().unwrap_or(path);
    by_name(file).or_else(|| by_shebang(text)).or_else(|| by_content(text)).unwrap_or(&UNKNOWN)
}

fn by_name(file: &str) -> Option<&'static Language> {
    let named = LANGUAGES.iter().find(|language| language.names.contains(&file));
    // `Dockerfile.prod`, `.env.local`: the name comes first.
    let stem = file.trim_start_matches('.').split('.').next().unwrap_or_default();
    let prefixed = || match stem {
        "Dockerfile" | "Containerfile" | "Makefile" => {
            LANGUAGES.iter().find(|language| language.names.contains(&stem))
        }
        "env" if file.starts_with('.') => named_row("shell"),
        _ => None,
    };
    let ending = || {
        let (_, ending) = file.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        // What `prometheus.yml.j2` holds shows in the ending before the template's.
        let template = matches!(
            ending.as_str(),
            "j2" | "jinja"
                | "jinja2"
                | "tmpl"
                | "tpl"
                | "gotmpl"
                | "erb"
                | "example"
                | "sample"
                | "dist"
                | "template"
                | "bak"
                | "in"
        );
        let inner = template.then(|| by_name(file.rsplit_once('.')?.0)).flatten();
        inner.or_else(|| {
            LANGUAGES.iter().find(|language| language.endings.contains(&ending.as_str()))
        })
    };
    named.or_else(prefixed).or_else(ending)
}

/// The language of a fenced block, by the word after the fence.
pub(super) fn of_info(info: &str, text: &str) -> &'static Language {
    let word = info.split([' ', ',', '{', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let word = match word.as_str() {
        "golang" => "go",
        "terraform" => "hcl",
        "docker" => "dockerfile",
        "c#" => "csharp",
        "typescript" => "javascript",
        "kotlin" => "java",
        "console" | "makefile" | "nginx" | "ruby" => "conf",
        other => other,
    };
    named_row(word)
        .or_else(|| LANGUAGES.iter().find(|language| language.endings.contains(&word)))
        .or_else(|| by_content(text))
        .unwrap_or(&UNKNOWN)
}

fn named_row(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.name == name)
}

fn by_shebang(text: &str) -> Option<&'static Language> {
    let line = text.trim_start_matches('\u{feff}').strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let program =
        words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    LANGUAGES.iter().find(|language| {
        language.interpreters.iter().any(|known| known.trim_end_matches(['2', '3']) == program)
    })
}

/// A vote of the first lines, for files whose name says nothing.
fn by_content(text: &str) -> Option<&'static Language> {
    const ROWS: &[(&str, &[&str])] = &[
        ("markup", &["<?xml", "<!DOCTYPE", "<html", "<!--"]),
        ("c", &["//", "/*"]),
        ("sql", &["-- ", "--\t"]),
        ("conf", &["#"]),
    ];
    let lines = text.lines().take(200).map(str::trim_start);
    let mut votes = [0usize; 4];
    for line in lines {
        if let Some(row) =
            ROWS.iter().position(|(_, marks)| marks.iter().any(|m| line.starts_with(m)))
        {
            votes[row] += 1;
        }
    }
    let best = (0..ROWS.len()).max_by_key(|&row| (votes[row], ROWS.len() - row))?;
    if votes[best] == 0 { None } else { named_row(ROWS[best].0) }
}
