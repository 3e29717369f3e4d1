//! Objects that the operator reads otherwise than meant. Rule: rules/jaeg/crd-problems.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::JaegerObject;

const STRATEGIES: &[&str] = &["allinone", "all-in-one", "production", "streaming"];
const STORAGES: &[&str] =
    &["memory", "cassandra", "elasticsearch", "kafka", "badger", "grpc", "grpc-plugin"];

pub(super) fn check(object: &JaegerObject, case: &mut Case<'_>) {
    // An example shows what there is; only what it gets wrong is told of it.
    if !case.repo.is_demo(object.document) {
        case.flag(object.name.span)
            .with("what", "the operator runs nothing but Jaeger 1, which gets no updates any more")
            .severity(Severity::Warning);
    }
    let strategy = object.spec.scalar("strategy").filter(|it| it.known);
    let name = strategy.map(|strategy| strategy.text.to_ascii_lowercase());
    if let (Some(strategy), Some(name)) = (strategy, &name)
        && !STRATEGIES.contains(&name.as_str())
    {
        let what = format!(
            "`{}` is none of allInOne, production, streaming: the operator deploys all-in-one",
            strategy.text
        );
        case.flag(strategy.span).with("what", what);
    }
    let storage = object.spec.scalar("storage.type");
    if let Some(kind) = storage.filter(|kind| kind.known)
        && !STORAGES.contains(&kind.text.as_str())
    {
        let what = format!("`{}` is no storage: the operator keeps traces in memory", kind.text);
        case.flag(kind.span).with("what", what);
    }
    let Some(strategy) = strategy else { return };
    let distributed = matches!(name.as_deref(), Some("production" | "streaming"));
    if distributed && object.storage() == Some("memory") {
        let what = format!(
            "`{}` needs a storage of its own: with memory the operator deploys all-in-one",
            strategy.text
        );
        let flag = case.flag(strategy.span).with("what", what);
        if let Some(kind) = storage {
            flag.related(kind.span, "traces are kept in memory");
        }
    }
    let kafka = object.spec.entries.iter().any(|setting| setting.key.contains("kafka"));
    if name.as_deref() == Some("streaming") && !kafka && !object.spec.open {
        let what =
            "`streaming` names no Kafka: spans go nowhere unless Strimzi's operator makes one";
        case.flag(strategy.span).with("what", what).severity(Severity::Warning);
    }
}
