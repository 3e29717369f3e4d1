//! What a standard is: requirements, their clauses, and who maps which control.

/// An edition of a standard.
#[derive(Debug)]
pub struct Standard {
    /// Short code, `OBS`.
    pub code: &'static str,
    /// Edition.
    pub version: &'static str,
    /// Title.
    pub title: &'static str,
    /// SHA-256 of the standard's text.
    pub sha256: &'static str,
    /// REQUIRED items, then checklist items, in the standard's order.
    pub requirements: &'static [Requirement],
}

/// REQUIRED item or checklist item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of the 17.
    Required,
    /// One of the 40.
    Checklist,
}

/// One requirement.
#[derive(Debug)]
pub struct Requirement {
    /// `OBS-R15`, `OBS-C6.5`.
    pub id: &'static str,
    /// Its heading, or the checklist's text.
    pub title: &'static str,
    /// REQUIRED or checklist.
    pub kind: Kind,
    /// Section number, or the checklist's group.
    pub section: &'static str,
    /// Line in the standard.
    pub line: u32,
    /// Controls that the standard itself annotates here.
    pub controls_standard: &'static [&'static str],
    /// Controls that this project maps.
    pub controls_mapped: &'static [&'static str],
    /// The standard has no body text for it: what is tested is this project's reading.
    pub interpretation: bool,
    /// The half that only a person can state.
    pub operational: Option<&'static str>,
    /// When it does not apply.
    pub exemptions: &'static [Exemption],
    /// Clauses that must hold, wholly or in part, for `partly`.
    pub partly_at_least: usize,
    /// Where others run it and nothing is found here: which declaration says so, and whether the
    /// verdict is `partly` then; else a person attests it.
    pub managed: &'static [(&'static str, bool)],
    /// Where nothing is found, a person answers: it often lives outside of any repository.
    pub attested_by_default: bool,
    /// The requirement whose verdict this one takes.
    pub same_as: Option<&'static str>,
    /// Its testable parts.
    pub clauses: &'static [Clause],
}

/// When a requirement does not apply, and why.
#[derive(Debug)]
pub struct Exemption {
    /// The precondition.
    pub when: When,
    /// In words.
    pub reason: &'static str,
}

/// A provable precondition.
#[derive(Debug)]
pub enum When {
    /// The repository has this role.
    Role(&'static str),
    /// This evidence query finds nothing.
    Without(&'static str),
}

/// One testable part of a requirement.
#[derive(Debug)]
pub struct Clause {
    /// Name within the requirement.
    pub id: &'static str,
    /// What must hold.
    pub text: &'static str,
    /// What it rests on.
    pub basis: Basis,
    /// Rules whose open validity finding or error breaks it.
    pub rules: &'static [&'static str],
    /// Of these, the rules whose warnings break it too.
    pub clean: &'static [&'static str],
    /// How it is examined.
    pub method: Method,
    /// Helps, but nothing fails without it.
    pub optional: bool,
    /// Without it the requirement is not met, whatever else holds.
    pub core: bool,
}

impl Clause {
    /// The query it puts to the repository, if it puts one.
    pub fn query(&self) -> Option<&'static str> {
        match self.basis {
            Basis::Evidence(query) => Some(query),
            Basis::Pending(_) => None,
        }
    }
}

/// What a clause rests on.
#[derive(Debug)]
pub enum Basis {
    /// A named question to the repo model.
    Evidence(&'static str),
    /// What the tool does not analyse yet.
    Pending(&'static str),
}

/// The assessment method, in the words of NIST SP 800-53A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Presence is looked at.
    Examine,
    /// A value is evaluated.
    Test,
}

impl Method {
    /// The word used in output.
    pub fn name(self) -> &'static str {
        match self {
            Method::Examine => "EXAMINE",
            Method::Test => "TEST",
        }
    }
}

/// What counts as evidence for a claimed control, and what stands against the claim.
#[derive(Debug)]
pub struct Backing {
    /// The control.
    pub control: &'static str,
    /// What a person has to say.
    pub attest: Option<&'static str>,
    /// Items of its statement that no repository can show.
    pub policy: &'static [&'static str],
    /// Parts of the evidence.
    pub parts: &'static [BackingPart],
    /// Rules whose open errors and warnings contradict the claim.
    pub against: &'static [&'static str],
    /// They do so only in the service that claims it.
    pub of_service: bool,
}

/// One part of the evidence for a control.
#[derive(Debug)]
pub struct BackingPart {
    /// What it is.
    pub text: &'static str,
    /// Queries any of which shows it.
    pub evidence: &'static [&'static str],
    /// Rules that show it where they examined something and found nothing.
    pub clean: &'static [&'static str],
    /// It could be the whole evidence: while it is not looked at, nothing is said.
    pub alone: bool,
    /// Source code that is not read may hold it.
    pub in_code: bool,
    /// It is not looked at yet.
    pub pending: bool,
}
