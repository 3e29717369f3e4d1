//! Where a report comes from, and what keeps it from being evidence.

use super::standing;
use crate::git::Standing;
use crate::report::{Report, visible};
use serde_json::{Value, json};
use std::path::Path;

/// What a report says beside what the stages found.
#[derive(Clone, Debug)]
pub struct Provenance<'a> {
    /// The root that was read.
    pub root: &'a Path,
    /// The paths below it to which the run was limited; empty for all of it.
    pub only: Vec<String>,
    /// How the root stands with git.
    pub git: &'a Standing,
    /// The time of the run.
    pub now: &'a str,
}

impl Provenance<'_> {
    /// The repository the files come from.
    pub(super) fn sources(&self) -> Value {
        json!([standing::source(self.root, self.git)])
    }

    /// Why the report is no evidence; nothing where it is.
    pub(super) fn doubts(&self, report: &Report) -> Vec<String> {
        let mut doubts: Vec<String> = standing::doubt(self.git).into_iter().collect();
        if let Standing::At(state) = self.git
            && !state.prefix.is_empty()
        {
            let folder = visible(state.prefix.trim_end_matches('/'));
            doubts.push(format!("the run was narrowed to {folder}, and the repository is larger"));
        }
        if !self.only.is_empty() {
            let paths = visible(&self.only.join(", "));
            doubts.push(format!("the run was narrowed to {paths}"));
        }
        let failed = report.outcomes.iter().filter(|outcome| !outcome.panics.is_empty());
        let codes: Vec<&str> = failed.map(|outcome| outcome.rule.code).collect();
        if !codes.is_empty() {
            doubts.push(format!("{} failed inside the tool", codes.join(", ")));
        }
        doubts
    }
}

#[cfg(test)]
mod tests {
    use super::Provenance;
    use crate::catalogue;
    use crate::check::Outcome;
    use crate::git::Standing;
    use crate::repo::Repo;
    use crate::report::Report;
    use std::path::Path;

    #[test]
    fn a_rule_that_failed_leaves_no_evidence() {
        let provenance = Provenance {
            root: Path::new("shop"),
            only: Vec::new(),
            git: &Standing::Outside,
            now: "2026-01-01T00:00:00Z",
        };
        let report = |panics: Vec<String>| {
            let rule = catalogue::by_code("ALRT005").unwrap();
            let outcome = Outcome { rule, examined: 1, findings: Vec::new(), panics };
            let repo = Repo::new(Vec::new(), Vec::new(), Vec::new());
            Report::new(repo, vec![outcome], Vec::new(), Vec::new(), 0, Vec::new())
        };
        assert!(provenance.doubts(&report(Vec::new())).is_empty());
        let doubts = provenance.doubts(&report(vec!["alert ShopDown".to_owned()]));
        assert_eq!(doubts, ["ALRT005 failed inside the tool"]);
    }
}
