//! Families of indices: which hold logs, what deletes them, which policy and template are theirs.

use super::Repo;
use super::engines::Cluster;
use super::produced::Produced;
use crate::facts::DocumentId;
use crate::facts::elastic::policy::LifecyclePolicy;
use crate::facts::elastic::template::{Form, IndexTemplate};
use crate::facts::scalar::Scalar;
use crate::facts::settings::Setting;
use crate::source::Span;

/// Words of names by which a family of indices is known to hold logs.
const LOGS: &[&str] = &[
    "log",
    "logs",
    "logstash",
    "filebeat",
    "auditbeat",
    "winlogbeat",
    "journalbeat",
    "audit",
    "audits",
    "syslog",
    "fluentd",
    "fluentbit",
    "fluent",
    "events",
    "security",
    "access",
    "applog",
    "applogs",
    "journal",
    "errors",
    "vector",
    "docker",
    "kubernetes",
    "k8s",
    "container",
    "containers",
];
/// Words that say something else whatever stands beside them.
const OTHERS: &[&str] = &[
    "jaeger",
    "zipkin",
    "apm",
    "traces",
    "trace",
    "span",
    "spans",
    "metrics",
    "metricbeat",
    "products",
    "search",
    "catalog",
    "kibana",
    "heartbeat",
    "users",
    "orders",
];
/// Words of families that hold what auditors read.
const AUDIT: &[&str] =
    &["audit", "audits", "auditbeat", "auditd", "security", "auth", "siem", "wazuh"];

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}

/// Whether a name is that of logs.
pub fn is_log_name(name: &str) -> bool {
    words(name).any(|word| LOGS.contains(&word.as_str()) || word.ends_with("logs"))
        && !words(name).any(|word| OTHERS.contains(&word.as_str()))
}

/// Whether a name is that of records for auditors.
pub fn is_audit_name(name: &str) -> bool {
    words(name).any(|word| AUDIT.contains(&word.as_str()))
}

/// Whether two patterns with `*` can match one name.
pub fn overlap(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    // Rows of a table: whether the rests from (i, j) on can match one text.
    let mut below = vec![false; other.len() + 1];
    for i in (0..=one.len()).rev() {
        let mut row = vec![false; other.len() + 1];
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some(b'*'), _) => below[j] || (j < other.len() && row[j + 1]),
                (_, Some(b'*')) => row[j + 1] || (i < one.len() && below[j]),
                (Some(a), Some(b)) => a == b && below[j + 1],
                _ => false,
            };
        }
        below = row;
    }
    below[0]
}

/// What takes a family of indices away in the end.
#[derive(Clone, Debug)]
pub enum Lifecycle {
    /// Something does, here.
    Managed(Span),
    /// Nobody can know.
    Unknown,
    /// Nothing here does.
    Nothing,
}

impl Repo {
    /// Whether a template is of logs: by its patterns and its name, else by its fields.
    pub fn holds_logs(&self, template: &IndexTemplate) -> bool {
        let named = || template.patterns.iter().filter(|it| it.known).map(|it| it.text.as_str());
        let names = || named().chain(template.name.as_deref());
        let other = |name: &str| words(name).any(|word| OTHERS.contains(&word.as_str()));
        if names().any(other) {
            return false;
        }
        let has = |fields: &[&str]| fields.iter().any(|field| template.field(field).is_some());
        let shaped =
            has(&["level", "log.level", "severity", "loglevel"]) && has(&["message", "msg", "log"]);
        names().any(is_log_name) || (shaped && !matches!(template.form, Form::Component))
    }

    /// The policy of a name: what a request or an id calls so, else a file of that name.
    pub fn lifecycle_policy(&self, name: &str, near: DocumentId) -> Option<&LifecyclePolicy> {
        let stem = |policy: &LifecyclePolicy| {
            let path = &self.source(policy.document.source).path;
            let file = path.rsplit('/').next().unwrap_or(path);
            file.split('.').next().unwrap_or(file).to_owned()
        };
        let mut policies = self.facts.lifecycle_policies.iter();
        policies.find(|policy| {
            let named = match &policy.name {
                Some(own) => own == name,
                None => stem(policy) == name,
            };
            named && self.run_together(policy.document, near)
        })
    }

    /// What takes the indices of a template away.
    pub fn lifecycle_of(&self, template: &IndexTemplate) -> Lifecycle {
        if let Some(span) = own_lifecycle(template) {
            return Lifecycle::Managed(span);
        }
        if template.open || template.settings.open || template.patterns.iter().any(|it| !it.known) {
            return Lifecycle::Unknown;
        }
        for part in &template.composed_of {
            let mut components = self.facts.index_templates.iter().filter(|other| {
                other.form == Form::Component && other.name.as_deref() == Some(part.text.as_str())
            });
            match components.next() {
                Some(component) => {
                    if let Some(span) = own_lifecycle(component) {
                        return Lifecycle::Managed(span);
                    }
                    if component.open {
                        return Lifecycle::Unknown;
                    }
                }
                // The program brings components of its own.
                None => return Lifecycle::Unknown,
            }
        }
        self.managed_elsewhere(template)
    }

    /// What takes indices away that no template here is for.
    pub fn lifecycle_of_written(&self, written: &Produced) -> Lifecycle {
        let covers = |pattern: &str| overlap(pattern, &written.pattern);
        // Of a template another question is asked; the store brings one for its data streams.
        let templated = self
            .facts
            .index_templates
            .iter()
            .any(|template| template.patterns.iter().any(|it| !it.known || covers(&it.text)));
        // The alias that a policy rolls over is written to, and stands in no pattern.
        let alias = self.facts.index_templates.iter().find_map(|template| {
            let alias = template.setting("lifecycle.rollover_alias")?;
            let same = alias.text().is_none_or(|alias| alias == written.pattern);
            own_lifecycle(template).filter(|_| same)
        });
        if let Some(span) = alias {
            return Lifecycle::Managed(span);
        }
        match written.managed || templated || covers("logs-*-*") {
            true => Lifecycle::Unknown,
            false => self.managed(&covers),
        }
    }

    /// Policies by pattern, other templates, jobs that delete.
    fn managed_elsewhere(&self, template: &IndexTemplate) -> Lifecycle {
        self.managed(&|pattern: &str| {
            template.patterns.iter().any(|own| overlap(&own.text, pattern))
        })
    }

    fn managed(&self, covers: &dyn Fn(&str) -> bool) -> Lifecycle {
        for policy in &self.facts.lifecycle_policies {
            if let Some(found) = policy.patterns.iter().find(|it| !it.known || covers(&it.text)) {
                return Lifecycle::Managed(found.span);
            }
        }
        for other in &self.facts.index_templates {
            let by_pattern = other.patterns.iter().any(|it| covers(&it.text));
            let by_name = other.form == Form::Index && other.name.as_deref().is_some_and(covers);
            if let Some(span) = own_lifecycle(other).filter(|_| by_pattern || by_name) {
                return Lifecycle::Managed(span);
            }
        }
        if let Some(request) = self.facts.engine_requests.iter().find(|request| {
            let index = request.path.text.split('/').next().unwrap_or_default();
            let deletes = request.method == "DELETE" || request.path.text.ends_with("/_lifecycle");
            let stream = request.path.text.split('/').nth(1).unwrap_or_default();
            deletes && (!request.path.known || covers(index) || covers(stream))
        }) {
            return Lifecycle::Managed(request.path.span);
        }
        match self.cleaner() {
            Some(span) => Lifecycle::Managed(span),
            None => Lifecycle::Nothing,
        }
    }

    /// A job that deletes old indices, or a setting that keeps every data stream for so long.
    pub fn cleaner(&self) -> Option<Span> {
        let curator = self.facts.containers.iter().find(|container| {
            let image =
                container.image.as_ref().map(|image| image.text.as_str()).unwrap_or_default();
            let words = container.args.iter().map(|arg| arg.text.as_str());
            let mut all = std::iter::once(image).chain(words).chain([container.name.text.as_str()]);
            all.any(|word| word.contains("curator") || word.contains("es-index-cleaner"))
        });
        let actions =
            self.facts.curator_actions.iter().find(|action| action.action.text == "delete_indices");
        let default = || {
            let clusters = self.engine_clusters().iter();
            let mut settings =
                clusters.filter_map(|it| it.get("data_streams.lifecycle.retention.default"));
            settings.next().map(|setting| setting.span)
        };
        curator
            .map(|container| container.name.span)
            .or(actions.map(|action| action.action.span))
            .or_else(default)
    }

    /// The only cluster that a document can run with.
    pub fn only_cluster(&self, document: DocumentId) -> Option<&Cluster> {
        let mut clusters =
            self.engine_clusters().iter().filter(|it| self.run_together(it.document, document));
        let first = clusters.next()?;
        clusters.next().is_none().then_some(first)
    }

    /// Names under which audit records are kept here: of templates, policies and indices.
    pub fn audit_family(&self, cluster: &Cluster) -> Option<Span> {
        let of_templates = self
            .facts
            .index_templates
            .iter()
            .filter(|template| self.run_together(template.document, cluster.document));
        let pattern = |template: &IndexTemplate| {
            let own = template.patterns.iter().find(|it| it.known && is_audit_name(&it.text));
            let named = template.name.as_deref().is_some_and(is_audit_name);
            own.map(|it| it.span).or(named.then_some(template.anchor))
        };
        of_templates.into_iter().find_map(pattern)
    }
}

/// The lifecycle that a template itself gives its indices.
pub fn own_lifecycle(template: &IndexTemplate) -> Option<Span> {
    let keys = [
        "lifecycle.name",
        "plugins.index_state_management.policy_id",
        "opendistro.index_state_management.policy_id",
    ];
    let setting = keys.iter().find_map(|key| template.setting(key));
    let off = |it: &Scalar| it.boolean() == Some(false);
    let stream = template.lifecycle.as_ref().filter(|it| !it.enabled.as_ref().is_some_and(off));
    setting.map(|setting| setting.span).or(stream.map(|stream| stream.span))
}

/// The policy that a template names, and where.
pub fn policy_name(template: &IndexTemplate) -> Option<(&str, Span)> {
    let setting = template.setting("lifecycle.name")?;
    Some((setting.text()?, setting.value.as_ref().map_or(setting.span, |value| value.span)))
}

/// A whole number that a setting is, written bare or in quotes.
pub fn number(setting: &Setting) -> Option<(u64, Span)> {
    let value = setting.value.as_ref()?;
    Some((value.known_text()?.trim().parse().ok()?, value.span))
}

#[cfg(test)]
mod tests {
    use super::{is_audit_name, is_log_name, overlap};

    #[test]
    fn patterns_overlap_where_one_name_fits_both() {
        for (one, other, expected) in [
            ("logs-*", "logs-app-*", true),
            ("logs-*", "metrics-*", false),
            ("*-prod", "logs-*", true),
            ("logs", "logs", true),
            ("logs", "log", false),
            ("*", "", true),
            ("a*b*c", "*b*", true),
            ("a*", "*b", true),
            ("ab", "*c*", false),
        ] {
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn logs_are_known_by_their_names() {
        for name in ["app-logs-*", "logstash-*", "filebeat-7.17", "audit-2024", "applogs"] {
            assert!(is_log_name(name), "{name}");
        }
        for name in ["products", "jaeger-span-*", "catalog", "metrics-logs", "blog-posts"] {
            assert!(!is_log_name(name), "{name}");
        }
        assert!(is_audit_name("security-audit-*") && !is_audit_name("app-logs-*"));
    }
}
