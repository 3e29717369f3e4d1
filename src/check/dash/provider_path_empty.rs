//! Folders of dashboards that hold none. Rule: rules/dash/provider-path-empty.yaml

use crate::check::Case;
use crate::facts::dashboard::Provider;
use crate::repo::boards::Provided;

pub(super) fn check(provider: &Provider, case: &mut Case<'_>) {
    match case.repo.provided(provider) {
        Provided::Unknown => case.skip(),
        Provided::Boards(_) => {}
        Provided::Nothing(mount, what) => {
            let span = provider.path.as_ref().map_or(provider.anchor, |path| path.span);
            case.flag(span)
                .with("what", what.as_str())
                .related(mount, format!("{what} is mounted here"));
        }
    }
}
