//! What a rule says of a subject: rule, places and captures. Text is made in the report stage.

use crate::catalogue::model::{Rule, Severity};
use crate::facts::DocumentId;
use crate::facts::subject::SubjectKind;
use crate::source::Span;

/// A second place that explains a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// The step it shows: `already a percentage here`.
    pub text: String,
}

/// One edit of a fix.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A way to mend a finding by edits.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Changes no meaning but the fault's.
    pub safe: bool,
    /// What it does, in a few words.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// Findings on their way from the rules to the report: they are large, and moved from list to list.
pub type Findings = Vec<Box<Finding>>;

/// One fault found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that speaks.
    pub rule: &'static Rule,
    /// The text to edit; `None` for the repository as a whole.
    pub span: Option<Span>,
    /// The document it was found in.
    pub document: Option<DocumentId>,
    /// The subject's title: `alert HighErrorRate`.
    pub subject: String,
    /// The service that the subject is, or names in its label.
    pub service: Option<String>,
    /// Who answers for the subject by its own label.
    pub owner: Option<String>,
    /// Severity by the catalogue, before profile and tuning.
    pub severity: Severity,
    /// An opinion of a rule that is otherwise on: shown only where the rule is asked for.
    pub opinion: bool,
    /// It holds wherever the file lies: a secret that works from anywhere.
    pub anywhere: bool,
    /// Values for the message's `{captures}`.
    pub captures: Vec<(&'static str, String)>,
    /// Other places.
    pub related: Vec<Related>,
    /// How to mend it by edits: few findings have it, all are moved.
    pub fix: Option<Box<Fix>>,
}

impl Finding {
    /// The severity that verdicts go by: what a repository lacks as a whole is not there, whoever it is
    /// owed to.
    pub fn weight(&self) -> Severity {
        let rule = self.rule;
        let whole = matches!(rule.subject, SubjectKind::Repository | SubjectKind::PrometheusConfig);
        if rule.absence && whole && self.severity == Severity::Warning {
            rule.severity
        } else {
            self.severity
        }
    }

    /// The message with its captures filled in.
    pub fn message(&self) -> String {
        let mut message = String::with_capacity(self.rule.message.len() + 64);
        let mut rest = self.rule.message;
        while let Some(at) = memchr::memchr(b'{', rest.as_bytes()) {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            message.push_str(before);
            let named = memchr::memchr(b'}', after.as_bytes()).and_then(|end| {
                let name = &after[..end];
                let (_, value) = self.captures.iter().find(|(known, _)| *known == name)?;
                Some((value, &after[end + 1..]))
            });
            rest = match named {
                Some((value, after)) => {
                    message.push_str(value);
                    after
                }
                None => {
                    message.push('{');
                    after
                }
            };
        }
        message.push_str(rest);
        message
    }
}
