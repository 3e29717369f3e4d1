//! The standard's own format: groups of services, their objectives by name.

use super::template;
use super::value::{Objective, Unit, Window};
use super::{Alerting, Generated, Indicator, Misshapen, Role, Slo, SloDialect};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

const OBJECTIVE: &[&str] = &["objective", "target", "goal"];
const WINDOW: &[&str] = &["measurement_window", "window", "time_window", "period"];
const BUDGET: &[&str] = &["error_budget", "budget"];
const INDICATOR: &[&str] = &["sli_definition", "sli", "sli_query", "query", "expr"];
const BOUND: &[&str] = &["threshold", "latency_threshold"];
const ALERTING: &[&str] = &["alerting_threshold", "alerting", "alert_threshold"];

/// Deepest nesting of groups above an entry.
const DEPTH: usize = 4;

struct Reader<'f> {
    id: DocumentId,
    masked: bool,
    facts: &'f mut FileFacts,
}

pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let mut reader = Reader { id, masked, facts };
    let service = Scalar::under(root, "service");
    for (key, value) in root.entries() {
        let Some(group) = Scalar::of(key) else { continue };
        let named = group.text == "slos" || group.text.ends_with("_slos");
        if value.is_sequence() && (named || group.text == "objectives") {
            for item in value.items().filter(|item| is_entry(*item)) {
                reader.item(&group, service.as_ref(), item);
            }
        } else if value.is_mapping() && (named || holds_entries(value)) {
            reader.level(&group, service.as_ref(), value, 0);
        }
    }
}

impl Reader<'_> {
    /// Services, or the objectives of one.
    fn level(&mut self, group: &Scalar, service: Option<&Scalar>, node: NodeRef<'_>, depth: usize) {
        let beside = node.entries().any(|(_, value)| is_entry(value));
        for (key, value) in node.entries() {
            let Some(name) = Scalar::of(key) else { continue };
            if is_entry(value) {
                self.entry(group, service, name, value);
            } else if value.is_mapping() && depth < DEPTH {
                self.level(group, Some(&name), value, depth + 1);
            } else if value.is_sequence() {
                for item in value.items().filter(|item| is_entry(*item)) {
                    self.item(group, Some(&name), item);
                }
            } else if value.scalar().is_some() && (beside || depth == 1) {
                self.misshapen(name, value);
            }
        }
    }

    /// A scalar where an objective with its window and indicator belongs.
    fn misshapen(&mut self, key: Scalar, value: NodeRef<'_>) {
        let Some(found) = Scalar::of(value).filter(|found| found.known && key.known) else {
            return;
        };
        // A number is the objective alone; words may describe the service.
        let found = match super::value::number(&found.text) {
            Some(_) => format!("the bare number `{}`", found.text),
            None if value.is_null() => "nothing".to_owned(),
            None => return,
        };
        self.facts.misshapen_slos.push(Misshapen { document: self.id, key, found });
    }

    /// An entry of a list, which names itself.
    fn item(&mut self, group: &Scalar, service: Option<&Scalar>, item: NodeRef<'_>) {
        let own = Scalar::under(item, "service");
        let name = Scalar::under(item, "name").or_else(|| Scalar::under(item, "id"));
        let anchor = name.as_ref().map(|name| name.span);
        let first = || item.pairs().next().map_or(item.span(), |(key, _)| key.span());
        let slo =
            Slo::new(self.id, SloDialect::Standard, item.span(), anchor.unwrap_or_else(first));
        self.push(Slo { name, service: own.or_else(|| service.cloned()), ..slo }, group, item);
    }

    fn entry(&mut self, group: &Scalar, service: Option<&Scalar>, name: Scalar, node: NodeRef<'_>) {
        let slo = Slo::new(self.id, SloDialect::Standard, node.span(), name.span);
        self.push(Slo { name: Some(name), service: service.cloned(), ..slo }, group, node);
    }

    fn push(&mut self, slo: Slo, group: &Scalar, node: NodeRef<'_>) {
        let first = |keys: &[&str]| keys.iter().find_map(|key| node.entry(key));
        let scalar = |keys: &[&str]| {
            let (_, value) = first(keys).filter(|(_, value)| !value.is_null())?;
            Scalar::of(value)
        };
        let threshold = first(ALERTING).filter(|(_, value)| !value.is_null());
        let alerting = Alerting {
            key: threshold.map(|(key, _)| key.span()),
            threshold: threshold.and_then(|(_, value)| Scalar::of(value)),
            generated: Generated::Never,
            ..Alerting::default()
        };
        self.facts.slos.push(Slo {
            group: Some(group.clone()),
            objective: scalar(OBJECTIVE).map(|scalar| Objective { scalar, unit: Unit::Either }),
            window: scalar(WINDOW).map(Window::duration),
            budget: scalar(BUDGET),
            indicator: first(INDICATOR).and_then(|(key, value)| indicator(key, value)),
            bound: scalar(BOUND),
            alerting,
            settings: settings(node, self.masked),
            open: self.masked || node.is_unknown() || node.is_alias(),
            ..slo
        });
    }
}

/// All fields; one that holds no scalar has no text that could be known.
fn settings(node: NodeRef<'_>, open: bool) -> Pairs {
    let value = |node: NodeRef<'_>| {
        Scalar::of(node).unwrap_or_else(|| Scalar {
            text: String::new(),
            span: node.span(),
            known: false,
            plain: false,
        })
    };
    let pairs = node.entries();
    let entries = pairs.filter_map(|(key, field)| Some((Scalar::of(key)?, value(field)))).collect();
    Pairs { entries, open }
}

fn indicator(key: NodeRef<'_>, node: NodeRef<'_>) -> Option<Indicator> {
    if node.is_null() && !node.is_unknown() {
        return None;
    }
    let mut indicator = Indicator::new(key.span());
    if node.is_mapping() {
        let roles = [
            ("good", Role::Good),
            ("bad", Role::Bad),
            ("errors", Role::Bad),
            ("total", Role::Total),
            ("good_query", Role::Good),
            ("error_query", Role::Bad),
            ("total_query", Role::Total),
            ("query", Role::Value),
            ("expr", Role::Value),
        ];
        for (name, role) in roles {
            let Some((key, value)) = node.entry(name) else { continue };
            indicator.queries.extend(template::query(role, key.span(), value));
        }
        indicator.foreign = indicator.queries.is_empty();
        return Some(indicator);
    }
    let query = template::query(Role::Value, key.span(), node)?;
    if query.expression.scalar.known && query.expression.scalar.text.trim().is_empty() {
        return None;
    }
    indicator.queries.push(query);
    Some(indicator)
}

/// Whether a mapping has fields of an objective.
fn is_entry(node: NodeRef<'_>) -> bool {
    let has = |keys: &[&str]| {
        keys.iter().any(|key| node.get(key).is_some_and(|value| !value.is_mapping()))
    };
    has(OBJECTIVE) || has(&["sli_definition", "measurement_window", "error_budget"])
}

/// Whether objectives stand under a key that does not say so.
fn holds_entries(node: NodeRef<'_>) -> bool {
    let named = |entry: NodeRef<'_>| {
        ["sli_definition", "measurement_window"].iter().any(|key| entry.get(key).is_some())
    };
    node.entries().any(|(_, service)| {
        service.is_mapping() && service.entries().any(|(_, entry)| named(entry))
    })
}
