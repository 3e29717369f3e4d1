//! Alerts that are sent nowhere. Rule: rules/prom/alerts-without-alertmanager.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::rules::AlertRule;
use crate::identify::Kind;
use crate::repo::paths::Loading;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let repo = case.repo;
    if !repo.is_server(server) || server.open {
        return case.skip();
    }
    let alone = repo.own_servers().count() == 1;
    let loading = Loading::of_servers(repo, std::iter::once(server));
    let evaluates = |alert: &&AlertRule| {
        let document = repo.document(alert.document);
        let operated =
            document.host.is_some_and(|host| repo.document(host).kind == Kind::PrometheusOperator);
        match server.form {
            ServerForm::Operator => operated,
            _ if server.rule_files.is_empty() => {
                alone && !operated && document.dialect.is_none() && !repo.is_grafana(alert.document)
            }
            _ => loading.holds(repo, alert.document),
        }
    };
    let alerts = || repo.facts.alert_rules.iter().filter(evaluates);
    // What tests or examples hold no server of the repository's own evaluates by itself.
    let beside = |alert: &&AlertRule| repo.is_ours(alert.document);
    let ours = alerts().find(beside);
    let Some(alert) = ours.or_else(|| alerts().next()) else { return case.skip() };
    let shown = ours.is_none() && repo.is_ours(server.document) && server.rule_files.is_empty();
    // An agent evaluates nothing; a ruler elsewhere sends the alerts itself.
    if server.alertmanagers.is_empty() && !repo.is_agent(server) && !repo.has_ruler() {
        let place = server.alerting_key.unwrap_or(server.anchor);
        let (name, at) = (alert.name.text.clone(), alert.name.span);
        // Who tries things out on his own machine, or shows them, needs not be told.
        let stands = repo.stands(server.document);
        // What loads no rules evaluates none yet: that is another rule's.
        let idle = server.form == ServerForm::File && server.rule_files.is_empty();
        let effect = if idle { "would reach nobody" } else { "fires where nobody is told" };
        let flag = case
            .flag(place)
            .with("alert", name)
            .with("effect", effect)
            .related(at, "an alert that reaches nobody");
        if shown {
            flag.severity(Severity::Info);
        } else if idle || !stands {
            flag.at_most(Severity::Warning);
        }
    }
}
