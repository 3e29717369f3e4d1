//! The arguments, and nothing else.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Checks that observability works and proves it: from the line that emits a signal to the
/// person paged.
#[derive(Debug, Parser)]
#[command(name = "obsproof", version, disable_help_subcommand = true, after_help = MAIN_EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const MAIN_EXAMPLES: &str = "Examples:
  obsproof check                     findings in this folder
  obsproof report                    what is met of the standard, on what evidence
  obsproof explain ALRT005           what a rule asks, and why";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is wrong: for a hook or a gate
    Check(Check),
    /// Show what is met of the standard, on what evidence
    Report(Report),
    /// Write down the findings that are there, so that check shows new ones
    Baseline(Baseline),
    /// Hash the evidence of a report again, compute its verdicts again, say what differs
    Verify(Verify),
    /// Explain a rule, a requirement, a control or an alert
    Explain(Explain),
    /// List the catalogue
    Rules(Rules),
    /// Write a first obsproof.toml, and show what the repository has and lacks
    Init(Init),
    /// Run the examples of your own rules
    TestRules(TestRules),
    /// Show the configuration that holds for a path, and where it comes from
    Config(Config),
    /// Write shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Scan {
    /// A scan of this folder, with nothing else said.
    pub(crate) fn of(root: PathBuf) -> Scan {
        Scan {
            paths: vec![root],
            config: None,
            rendered: None,
            render_command: None,
            threads: None,
            clock: None,
            no_cache: false,
            color: Colour::Auto,
        }
    }
}

/// What every scan takes.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Folders or files; the root is the folder given, or the common folder of several
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Configuration file [default: obsproof.toml in the root]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Analyse what templates came to as well: a folder with output of helm, kustomize or jsonnet,
    /// or - for standard input; findings are put back into the templates
    #[arg(long, value_name = "DIR")]
    pub(crate) rendered: Option<PathBuf>,
    /// How it was rendered; only recorded
    #[arg(long, value_name = "TEXT", requires = "rendered")]
    pub(crate) render_command: Option<String>,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Take this as now: YYYY-MM-DD or an RFC 3339 time
    #[arg(long, value_name = "TIME")]
    pub(crate) clock: Option<String>,
    /// Read every file anew, and keep nothing for the next run
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// When to use colour; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Colour,
}

const CHECK_EXAMPLES: &str =
    "Formats: human, concise, json, sarif, github, gitlab, junit; FORMAT=FILE writes to a file.

Examples:
  obsproof check deploy/ --fail-on warning
  obsproof check --fix --select ALRT008
  obsproof check --format human --format sarif=obsproof.sarif --sarif-profile github";

#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) scan: Scan,
    /// FORMAT or FORMAT=FILE, several times for several outputs
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Vec<String>,
    /// What the SARIF output holds; github: open findings only, within its limits
    #[arg(long, value_enum, default_value = "full")]
    pub(crate) sarif_profile: SarifProfile,
    /// Lowest severity that exits with 1: error, warning, info or never [default: error]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) fail_on: Option<String>,
    /// Show only these rules (code or name)
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Do not show these rules (code or name)
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Show only these classes: validity, semantic, compliance
    #[arg(long, value_name = "CLASS", num_args = 1.., value_delimiter = ',')]
    pub(crate) class: Vec<String>,
    /// Show every rule: what is missing, opinions and previews too
    #[arg(long)]
    pub(crate) all: bool,
    /// Look at what is staged, and show what that changes: for a commit hook
    #[arg(long, conflicts_with = "since")]
    pub(crate) staged: bool,
    /// Show what the work tree changes since a commit; REV... takes where HEAD left REV
    #[arg(long, value_name = "REV")]
    pub(crate) since: Option<String>,
    /// Findings of this file do not count, new ones do [default: key `baseline` of obsproof.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Weigh all paths as dev, production or unspecified
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// List every file that was read or passed over, with the reason
    #[arg(long)]
    pub(crate) files: bool,
    /// Mend what has a safe fix, then show what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix or --diff: fixes that may change more than the fault, too
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Print what --fix would change as a unified diff, and write nothing
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SarifProfile {
    Full,
    Github,
}

const REPORT_EXAMPLES: &str =
    "Formats: markdown, html, json (the record), csv (checklist), plan (of action, CSV), oscal
(assessment results), oscal-component, in-toto, gate (state for --gate); FORMAT=FILE writes to a file.

Examples:
  obsproof report --format html=report.html --format json=evidence.json
  obsproof report --compare last-quarter.json
  obsproof report --gate .obsproof/gate.yaml --format gate=.obsproof/gate.yaml";

#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) scan: Scan,
    /// FORMAT or FORMAT=FILE, several times for several outputs
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    pub(crate) format: Vec<String>,
    /// Exit with 1 when a finding of this severity stands: error, warning or info
    #[arg(long, value_name = "LEVEL")]
    pub(crate) fail_on: Option<String>,
    /// Say what became better or worse since this report (JSON), and whether the tool did it
    #[arg(long, value_name = "OLD.json")]
    pub(crate) compare: Option<PathBuf>,
    /// Exit with 1 when a requirement is worse than recorded here, or a target is missed
    #[arg(long, value_name = "FILE")]
    pub(crate) gate: Option<PathBuf>,
}

const VERIFY_EXAMPLES: &str =
    "Exit codes: 0 it holds, 1 something differs, 2 it cannot be verified.

Examples:
  obsproof verify evidence.json
  obsproof verify evidence.json ../shop
  obsproof verify evidence.json --config policy/obsproof.toml";

#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct Verify {
    /// A report as JSON
    pub(crate) report: PathBuf,
    /// The repository it was made of
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// What templates came to, of a report that was made with it: a folder, or - for standard input
    #[arg(long, value_name = "DIR")]
    pub(crate) rendered: Option<PathBuf>,
    /// Configuration file [default: obsproof.toml in the root]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

const BASELINE_EXAMPLES: &str = "Examples:
  obsproof baseline
  obsproof baseline deploy/ --output deploy/known.json
  obsproof baseline --prune";

#[derive(Debug, Args)]
#[command(after_help = BASELINE_EXAMPLES)]
pub(crate) struct Baseline {
    #[command(flatten)]
    pub(crate) scan: Scan,
    /// The file [default: key `baseline` of obsproof.toml, else .obsproof/baseline.json]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Drop what is no longer there, and add nothing; also takes over one of another version
    #[arg(long)]
    pub(crate) prune: bool,
}

const EXPLAIN_EXAMPLES: &str = "Examples:
  obsproof explain ALRT005
  obsproof explain OBS-R15
  obsproof explain au-9
  obsproof explain alert:HighErrorRate   the series it reads, its routes, whom it reaches";

#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct Explain {
    /// A rule (code or name), a requirement, a control, or an alert of the repository (alert:NAME)
    pub(crate) what: String,
    /// The repository with the alert, or whose evidence a requirement or control is explained with
    #[arg(default_value = ".")]
    pub(crate) root: PathBuf,
}

const INIT_EXAMPLES: &str = "Examples:
  obsproof init
  obsproof init services/shop
  obsproof init --print              show the file, write nothing";

#[derive(Debug, Args)]
#[command(after_help = INIT_EXAMPLES)]
pub(crate) struct Init {
    /// The repository
    #[arg(default_value = ".")]
    pub(crate) root: PathBuf,
    /// Show the file instead of writing it
    #[arg(long)]
    pub(crate) print: bool,
    /// Take this as now: YYYY-MM-DD or an RFC 3339 time
    #[arg(long, value_name = "TIME")]
    pub(crate) clock: Option<String>,
}

const TEST_RULES_EXAMPLES: &str = "Examples:
  obsproof test-rules
  obsproof test-rules services/shop
  obsproof rules | grep SHOP        your rules are listed with the others";

#[derive(Debug, Args)]
#[command(after_help = TEST_RULES_EXAMPLES)]
pub(crate) struct TestRules {
    /// The repository; its rules are in .obsproof/rules
    #[arg(default_value = ".")]
    pub(crate) root: PathBuf,
}

const CONFIG_EXAMPLES: &str = "Examples:
  obsproof config
  obsproof config services/cart/alerts.yml
  obsproof config services/cart --format json";

#[derive(Debug, Args)]
#[command(after_help = CONFIG_EXAMPLES)]
pub(crate) struct Config {
    /// A file or folder; its nearest obsproof.toml decides, key by key
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Configuration file [default: obsproof.toml in the root]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// table or json
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: ConfigFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConfigFormat {
    Table,
    Json,
}

const RULES_EXAMPLES: &str = "Examples:
  obsproof rules
  obsproof rules --format json
  obsproof rules | grep AMGR";

#[derive(Debug, Args)]
#[command(after_help = RULES_EXAMPLES)]
pub(crate) struct Rules {
    /// table or json
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: RulesFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    Table,
    Json,
}
