//! Rule files that no server loads. Rule: rules/rule/rules-not-loaded.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::identify::Kind;
use crate::repo::paths::{self, Loader};
use crate::repo::standing::is_sample;
use crate::source::Origin;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let own = repo.origin(document.id.source) != Origin::Vendored
        && !is_sample(&repo.source(document.id.source).path);
    // The object speaks for what is inside.
    let inner =
        document.host.is_some_and(|host| repo.document(host).kind == Kind::PrometheusOperator);
    if !own || inner {
        return case.skip();
    }
    let Some(loader) = paths::missed_by(repo, document) else { return };
    match loader {
        Loader::RuleFiles(span) => {
            let what = "no entry of `rule_files` leads to it";
            case.flag(document.anchor).with("what", what).related(span, "these are loaded");
        }
        Loader::Selector(span, what) => {
            case.flag(document.anchor).with("what", what).related(span, "this selects the rules");
        }
    }
}
