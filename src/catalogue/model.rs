//! What a rule is: the content of one file in `rules/`, as static data.

use crate::catalogue::predicate::Predicate;
use crate::facts::subject::SubjectKind;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// Is broken or must be mended.
    Error,
}

impl Severity {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// Reads the word used in every output.
    pub fn named(name: &str) -> Option<Self> {
        [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|s| s.name() == name)
    }

    /// One level lower; info stays info.
    pub fn lowered(self) -> Self {
        match self {
            Severity::Error => Severity::Warning,
            Severity::Warning | Severity::Info => Severity::Info,
        }
    }
}

/// What kind of claim a rule makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The real program refuses the file.
    Validity,
    /// Accepted, but wrong or unsafe.
    Semantic,
    /// The standard asks for it.
    Compliance,
}

impl Class {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Class::Validity => "validity",
            Class::Semantic => "semantic",
            Class::Compliance => "compliance",
        }
    }

    /// Reads the word used in every output.
    pub fn named(name: &str) -> Option<Self> {
        [Class::Validity, Class::Semantic, Class::Compliance].into_iter().find(|c| c.name() == name)
    }
}

/// What a rule guards that matters less outside production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Nothing of the kind.
    None,
    /// Security or sampling: one level lower wherever nothing says production.
    Security,
    /// Retention: one level lower on test, example and demo paths.
    Retention,
}

/// What a rule can mend by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixes {
    /// Nothing.
    None,
    /// At least some of its findings, without changing more than the fault.
    Safe,
    /// Some of its findings, where a person should look at the change.
    Unsafe,
}

impl Fixes {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Fixes::None => "none",
            Fixes::Safe => "safe",
            Fixes::Unsafe => "unsafe",
        }
    }
}

/// How a rule decides.
#[derive(Clone, Copy, Debug)]
pub enum Logic {
    /// The subject must satisfy the predicate; a certain "no" is a finding.
    Require(&'static Predicate),
    /// A function in `src/check/<family>/<name>.rs`.
    Builtin,
}

/// One rule of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Unique code, such as `ALRT005`.
    pub code: &'static str,
    /// Name, unique within the family: the file's name.
    pub name: &'static str,
    /// One line that says what the rule flags.
    pub title: &'static str,
    /// Kind of claim.
    pub class: Class,
    /// Severity where no condition of `severities` holds.
    pub severity: Severity,
    /// Severities by condition on the subject, first that holds.
    pub severities: &'static [(Severity, Predicate)],
    /// First release with this rule.
    pub since: &'static str,
    /// Requirements it serves, `OBS-R15`.
    pub requirements: &'static [&'static str],
    /// NIST controls it is evidence for, OSCAL form.
    pub controls: &'static [&'static str],
    /// What it looks at.
    pub subject: SubjectKind,
    /// How it decides.
    pub logic: Logic,
    /// Fields of the subject; the first that exists is the primary span (predicate rules).
    pub at: &'static [&'static str],
    /// Message with `{captures}`.
    pub message: &'static str,
    /// What happens in production.
    pub why: &'static str,
    /// How to mend it.
    pub fix: &'static str,
    /// What it can mend by itself.
    pub fixes: Fixes,
    /// Off unless selected: an opinion.
    pub default_off: bool,
    /// Shown, never gates.
    pub preview: bool,
    /// Fires because something is missing from the repository.
    pub absence: bool,
    /// What it guards that matters less outside production.
    pub sensitive: Sensitivity,
    /// Rules that see the same fault; the first of the list speaks.
    pub cause: &'static [&'static str],
    /// The rule file, for `explain` and the tests.
    pub text: &'static str,
}

impl Rule {
    /// Whether a word means this rule: its code in any case, or its name.
    pub fn is_called(&self, word: &str) -> bool {
        self.code.eq_ignore_ascii_case(word) || self.name == word
    }

    /// The letters of the code: `ALRT`.
    pub fn family(&self) -> &'static str {
        self.code.trim_end_matches(|c: char| c.is_ascii_digit())
    }
}
