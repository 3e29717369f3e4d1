//! Grafana-managed alerting as the same facts as Prometheus' and Alertmanager's: alerts, routes,
//! receivers, integrations. The document they come from says whose they are.

use super::alertmanager::interval::{TimeInterval, TimeRange};
use super::alertmanager::texts::Text;
use super::alertmanager::{AlertmanagerConfig, Integration, MatchOp, Matcher, Receiver, Route};
use super::rules::AlertRule;
use super::scalar::{Credential, Pairs, Scalar};
use super::{DocumentId, FileFacts};
use crate::lang::template::Language;
use crate::lang::{matcher, placeholder, re2};
use crate::parse::tree::NodeRef;
use crate::source::Span;

mod step;
mod terraform;

use step::Names;
pub use step::{Step, StepKind, source, threshold};
pub(super) use terraform::{read_contact_point, read_mute_timing, read_policy, read_rule_group};

/// Deepest nesting of policies.
const MAX_DEPTH: usize = 50;
/// Most policies of one document.
const MAX_ROUTES: usize = 20_000;

/// Reads a provisioning file: `groups`, `contactPoints`, `policies`.
pub(super) fn read(root: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    let names = Names { name: "refId", source: "datasourceUid", range: "relativeTimeRange" };
    for (index, group) in items(root, "groups").into_iter().enumerate() {
        let name = Scalar::under(group, "name").map(|name| name.text);
        for rule in items(group, "rules") {
            let direct = rule.get("notification_settings");
            let alert = Raw {
                name: Scalar::under(rule, "title"),
                group: name.clone(),
                direct: direct.and_then(|settings| Scalar::under(settings, "receiver")),
                hold: Scalar::under(rule, "for"),
                keep: Scalar::under(rule, "keepFiringFor"),
                steps: items(rule, "data")
                    .into_iter()
                    .filter_map(|step| Step::read(step, &names))
                    .collect(),
            };
            facts.alert_rules.extend(alert.build(rule, document, number(index), masked));
        }
    }
    for (index, point) in items(root, "contactPoints").into_iter().enumerate() {
        contact_point(point, document, number(index), masked, facts);
    }
    for timing in items(root, "muteTimes") {
        let ranges = items(timing, "time_intervals").into_iter().map(TimeRange::read);
        let name = Scalar::under(timing, "name");
        facts.time_intervals.extend(name.map(|name| TimeInterval::read(document, name, ranges)));
    }
    let policies = items(root, "policies");
    if let ([policy], Some((key, _))) = (&policies[..], root.entry("policies")) {
        config(document, key.span(), masked, facts);
        let mut reader = Policies { document, open: masked, facts, next: 0 };
        reader.route(*policy, None, 0);
    }
}

/// What an alert's fields are called differs between files and Terraform.
struct Raw {
    name: Option<Scalar>,
    group: Option<String>,
    direct: Option<Scalar>,
    hold: Option<Scalar>,
    keep: Option<Scalar>,
    steps: Vec<Step>,
}

impl Raw {
    fn build(
        self,
        rule: NodeRef<'_>,
        document: DocumentId,
        group: u32,
        masked: bool,
    ) -> Option<AlertRule> {
        let pairs = |key: &str| match rule.get(key) {
            Some(node) => Pairs::of(node, masked || !node.is_mapping()),
            None => Pairs { open: masked, ..Pairs::default() },
        };
        Some(AlertRule {
            document,
            group,
            span: rule.span(),
            group_name: self.group,
            name: self.name?,
            // A condition of several steps is no PromQL expression.
            expr: None,
            steps: self.steps,
            direct: self.direct.map(Box::new),
            hold: self.hold,
            keep_firing_for: self.keep.map(Box::new),
            labels: pairs("labels"),
            group_labels: Pairs::default(),
            annotations: pairs("annotations"),
        })
    }
}

/// The facts of a tree that stands where an Alertmanager's would.
fn config(document: DocumentId, anchor: Span, open: bool, facts: &mut FileFacts) {
    facts.alertmanagers.push(AlertmanagerConfig {
        document,
        anchor,
        operator: false,
        open,
        global: Pairs { open: true, ..Pairs::default() },
        route: Some(anchor),
        receivers_key: None,
        inhibit_key: None,
        templates: Vec::new(),
    });
}

fn contact_point(
    point: NodeRef<'_>,
    document: DocumentId,
    index: u32,
    masked: bool,
    facts: &mut FileFacts,
) {
    let name = Scalar::under(point, "name");
    let entries = items(point, "receivers");
    for entry in &entries {
        let Some((_, kind)) = entry.entry("type") else { continue };
        let held = ["settings", "secureSettings"].map(|name| entry.get(name));
        let mut pairs = Pairs { open: masked, ..Pairs::default() };
        for (node, name) in held.into_iter().zip(["settings", "secureSettings"]) {
            let Some(node) = node else { continue };
            pairs.entries.extend(Pairs::of(node, masked).entries);
            pairs.open |= node.is_unknown() || !node.is_mapping();
            let path = format!("contactPoints[{index}].{name}");
            facts.credentials.extend(secrets(node, document, &path));
        }
        facts.integrations.push(Integration {
            document,
            receiver: index,
            receiver_name: name.as_ref().map(|name| name.text.clone()),
            kind: kind_of(kind.scalar().unwrap_or_default()),
            key: kind.span(),
            span: first(*entry),
            texts: templates(&pairs),
            settings: pairs,
        });
    }
    facts.receivers.push(Receiver {
        document,
        index,
        span: first(point),
        name,
        integrations: number(entries.len()),
        open: masked || point.get("receivers").is_some_and(NodeRef::is_unknown),
    });
}

/// Settings that hold a secret, in small letters and without blanks between words.
const SECRETS: &[&str] = &[
    "apikey",
    "apisecret",
    "apitoken",
    "authorizationcredentials",
    "basicauthpassword",
    "bottoken",
    "integrationkey",
    "password",
    "secretkey",
    "token",
    "url",
    "userkey",
];

/// The secrets among the settings of a contact point.
fn secrets(settings: NodeRef<'_>, document: DocumentId, path: &str) -> Vec<Credential> {
    let is_secret = |key: &Scalar| {
        let plain = key.text.replace('_', "").to_ascii_lowercase();
        SECRETS.contains(&plain.as_str())
    };
    let pairs = Pairs::of(settings, true).entries.into_iter();
    // `$NAME` is taken from the environment.
    pairs
        .filter(|(key, value)| is_secret(key) && !value.text.starts_with('$'))
        .map(|(key, value)| Credential {
            document,
            program: "alertmanager",
            path: format!("{path}.{}", key.text),
            value: Scalar { known: value.known && !placeholder::is_in(&value.text), ..value },
            key,
        })
        .collect()
}

/// The settings of a contact point that are run as templates.
fn templates(settings: &Pairs) -> Vec<Text> {
    let entries = settings.entries.iter();
    entries
        .filter(|(_, value)| value.known && value.text.contains("{{"))
        .map(|(key, value)| Text {
            key: key.span,
            path: key.text.clone(),
            scalar: value.clone(),
            language: Language::Grafana,
        })
        .collect()
}

/// Names that Grafana has for what Alertmanager has too.
fn kind_of(kind: &str) -> String {
    match kind {
        "teams" => "msteams",
        "googlechat" | "LINE" | "line" | "threema" | "wecom" | "dingding" => "telegram",
        kind => kind,
    }
    .to_owned()
}

struct Policies<'f> {
    document: DocumentId,
    open: bool,
    facts: &'f mut FileFacts,
    next: u32,
}

impl Policies<'_> {
    fn route(&mut self, node: NodeRef<'_>, parent: Option<u32>, depth: usize) {
        if depth > MAX_DEPTH || self.next as usize >= MAX_ROUTES || !node.is_mapping() {
            return;
        }
        let children = items(node, "routes");
        let mut matchers = Vec::new();
        for text in items(node, "matchers").into_iter().filter_map(Scalar::of) {
            matchers.extend(texts(&text));
        }
        let triples = items(node, "object_matchers").into_iter();
        matchers.extend(triples.filter_map(triple));
        let key = |names: &[&str]| names.iter().find_map(|name| Some(node.entry(name)?.0));
        let fields = Fields {
            receiver: Scalar::under(node, "receiver"),
            matchers,
            matchers_key: key(&["matchers", "object_matchers"]).and_then(Scalar::template),
            continues: Scalar::under(node, "continue"),
            children: number(children.len()),
        };
        let index = self.push(node, parent, fields, &["group_by", "groupBy"]);
        for child in children {
            self.route(child, Some(index), depth + 1);
        }
    }

    fn push(
        &mut self,
        node: NodeRef<'_>,
        parent: Option<u32>,
        fields: Fields,
        group_by: &[&str],
    ) -> u32 {
        let index = self.next;
        self.next += 1;
        let timing = ["group_wait", "group_interval", "repeat_interval"].into_iter();
        let entries = timing
            .filter_map(|field| {
                let (key, value) = node.entry(field).filter(|(_, value)| !value.is_null())?;
                Some((Scalar::template(key)?, Scalar::of(value)?))
            })
            .collect();
        let grouped = group_by.iter().find_map(|name| node.entry(name));
        let named = |names: &[&str]| -> Vec<Scalar> {
            let lists = names.iter().flat_map(|name| items(node, name));
            lists.filter_map(Scalar::of).collect()
        };
        // Terraform calls them otherwise.
        let mutes = ["mute_time_intervals", "mute_timings"];
        let actives = ["active_time_intervals", "active_timings"];
        self.facts.routes.push(Route {
            document: self.document,
            index,
            parent,
            span: first(node),
            receiver: fields.receiver,
            matchers: fields.matchers,
            continues: fields.continues,
            group_by: grouped
                .map(|(_, list)| list.items().filter_map(Scalar::of).collect::<Vec<_>>()),
            timing: Pairs { entries, open: self.open },
            group_by_key: grouped.map(|(key, _)| key.span()),
            matchers_key: fields.matchers_key,
            intervals_key: mutes
                .iter()
                .chain(&actives)
                .find_map(|name| Scalar::template(node.entry(name)?.0)),
            mutes: named(&mutes),
            actives: named(&actives),
            children: fields.children,
        });
        index
    }
}

/// Fields of a policy that are written differently in files and in Terraform.
struct Fields {
    receiver: Option<Scalar>,
    matchers: Vec<Matcher>,
    matchers_key: Option<Scalar>,
    continues: Option<Scalar>,
    children: u32,
}

fn texts(text: &Scalar) -> Vec<Matcher> {
    let unread = || build(String::new(), MatchOp::Equal, String::new(), text.span, false);
    match matcher::parse(&text.text) {
        _ if !text.known => vec![unread()],
        Ok(parsed) => {
            let one = |one: matcher::Parsed| build(one.label, one.op, one.value, text.span, true);
            parsed.into_iter().map(one).collect()
        }
        Err(fault) => {
            let fault = Some(format!("cannot be read: {}", fault.message));
            vec![Matcher { fault, ..unread() }]
        }
    }
}

/// `[label, operator, value]`.
fn triple(node: NodeRef<'_>) -> Option<Matcher> {
    let parts: Vec<Scalar> = node.items().filter_map(Scalar::of).collect();
    let [label, op, value] = &parts[..] else {
        return Some(build(String::new(), MatchOp::Equal, String::new(), node.span(), false));
    };
    Some(matcher_of(label, Some(op), value))
}

/// A matcher of three texts.
fn matcher_of(label: &Scalar, op: Option<&Scalar>, value: &Scalar) -> Matcher {
    let named = op.map_or(Some(MatchOp::Equal), |op| MatchOp::named(&op.text));
    let known = label.known && value.known && named.is_some();
    let unread = op.filter(|op| op.known && named.is_none());
    let op = named.unwrap_or(MatchOp::Equal);
    let matcher = build(label.text.clone(), op, value.text.clone(), value.span, known);
    match unread {
        Some(sign) => {
            let fault = Some("is none of `=`, `!=`, `=~`, `!~`".to_owned());
            Matcher { span: sign.span, fault, ..matcher }
        }
        None => matcher,
    }
}

fn build(label: String, op: MatchOp, value: String, span: Span, known: bool) -> Matcher {
    let fault = (known && op.is_regex()).then(|| re2::fault_anchored(&value)).flatten();
    let fault = fault.map(|fault| format!("has a pattern that does not compile: {fault}"));
    Matcher { label, op, value, span, deprecated: None, known: known && fault.is_none(), fault }
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> Vec<NodeRef<'t>> {
    node.get(key).into_iter().flat_map(NodeRef::items).collect()
}

fn first(node: NodeRef<'_>) -> Span {
    node.pairs().next().map_or(node.span().at_start(), |(key, _)| key.span())
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
