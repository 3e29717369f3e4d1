//! An option that current releases refuse. Rule: rules/lsth/obsolete-option.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Setting};
use crate::finding::Edit;
use crate::lang::version::Version;
use crate::plugins::{self, Opt};
use crate::repo::runs::LOGSTASH;

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    let Some(known) = plugins::plugin(plugin.role.word(), &plugin.name.text) else {
        return case.skip();
    };
    for option in &plugin.options {
        let Some(table) = known.option(&option.name.text) else { continue };
        let Some(since) = table.obsolete.and_then(Version::parse) else { continue };
        let runs = case.repo.releases(plugin.document, LOGSTASH).reach(since);
        // No release that is still in use takes what was gone before.
        let certain = since < Version::new(7, 0, 0) || runs == Some(true);
        if runs == Some(false) && !certain {
            continue;
        }
        let instead = table.renamed.map_or_else(String::new, |name| format!(": use `{name}`"));
        let fix = table.renamed.and_then(|name| edits(option, table, name));
        let mut flag = case
            .flag(option.name.span)
            .with("plugin", &plugin.name.text)
            .with("option", &option.name.text)
            .with("since", since.to_string())
            .with("instead", instead);
        if !certain {
            flag = flag.severity(Severity::Warning);
        }
        if let Some((name, edits)) =
            fix.filter(|_| plugin.option(table.renamed.unwrap_or_default()).is_none())
        {
            flag.fix(true, format!("Rename it to `{name}`"), edits);
        }
    }
}

/// The option under its new name, with the value it has there; `None` where that is not certain.
fn edits<'n>(option: &Setting, table: &Opt, name: &'n str) -> Option<(&'n str, Vec<Edit>)> {
    let scalar = option.value.scalar();
    let text = scalar.filter(|scalar| scalar.known).map(|scalar| scalar.text.as_str());
    let value = match (table.name, name, text) {
        ("ssl_certificate_verification", "ssl_verification_mode", Some("true")) => Some("full"),
        ("ssl_certificate_verification", "ssl_verification_mode", Some("false")) => Some("none"),
        ("ssl_verify_mode" | "verify_mode", "ssl_client_authentication", Some(mode)) => {
            Some(match mode {
                "none" => "none",
                "peer" => "optional",
                "force_peer" => "required",
                _ => return None,
            })
        }
        ("ssl_certificate_verification" | "ssl_verify_mode" | "verify_mode", ..) => return None,
        ("ssl_peer_metadata" | "tls_min_version" | "tls_max_version" | "ssl_verify", ..) => {
            return None;
        }
        _ => None,
    };
    let mut edits = vec![Edit { span: option.name.span, text: name.to_owned() }];
    if let (Some(value), Some(scalar)) = (value, scalar) {
        let text = if scalar.plain { format!("\"{value}\"") } else { value.to_owned() };
        edits.push(Edit { span: scalar.span, text });
    }
    Some((name, edits))
}
