//! Two ways to sign in. Rule: rules/kiba/two-credentials.yaml

use crate::check::Case;
use crate::facts::kibana::{KibanaConfig, Program};

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    if config.program != Program::Kibana {
        return case.skip();
    }
    let Some(kibana) = case.repo.kibana(config) else { return case.skip() };
    let user = kibana.store("username").filter(|it| it.value.is_some());
    let token = kibana.store("serviceAccountToken").filter(|it| it.value.is_some());
    if let (Some(user), Some(token)) = (user, token) {
        case.flag(user.span).related(token.span, "the token");
    }
}
