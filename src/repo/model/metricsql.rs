//! Who here reads more than PromQL.

use super::Model;
use crate::facts::dashboard::Panel;
use crate::facts::{Dialect, Document};

impl Model<'_> {
    /// Whether vmalert runs here, or its operator makes one: it evaluates rules as MetricsQL.
    pub fn evaluates_metricsql(&self) -> bool {
        *self.vmalert.get_or_init(|| {
            const MAKES: &[&str] = &["VMAlert", "VMCluster", "VMSingle"];
            let facts = &self.repo.facts;
            let made = |document: &Document| {
                document.object.as_ref().is_some_and(|object| {
                    MAKES.contains(&object.kind.as_str())
                        && object.api_version.contains("victoriametrics")
                })
            };
            let mut images =
                facts.containers.iter().filter_map(|container| container.image.as_ref());
            images.any(|image| image.text.contains("vmalert")) || facts.documents.iter().any(made)
        })
    }

    /// Whether some server here answers MetricsQL, so that no query can be refused for certain.
    pub fn speaks_metricsql(&self) -> bool {
        *self.metricsql.get_or_init(|| {
            let facts = &self.repo.facts;
            let dialect = |document: &Document| document.dialect == Some(Dialect::VictoriaMetrics);
            let source = facts.data_sources.iter().any(|source| {
                source.plugin.as_ref().is_some_and(|plugin| plugin.text.contains("victoria"))
            });
            let image = facts.containers.iter().any(|container| {
                container
                    .image
                    .as_ref()
                    .is_some_and(|image| image.text.contains("victoria-metrics"))
            });
            let own = |name: &str| name.starts_with("vm_") || name.starts_with("vmagent_");
            source
                || image
                || facts.documents.iter().any(dialect)
                || facts.panels.iter().any(Panel::speaks_metricsql)
                || self.queries().iter().any(|query| {
                    let mut selectors = query.ast().selectors();
                    selectors.any(|(_, selector)| selector.metric().is_some_and(own))
                })
        })
    }
}
