//! Alertmanager documents to facts: files and `AlertmanagerConfig` objects.

use super::interval::{TimeInterval, TimeRange};
use super::{
    AlertmanagerConfig, InhibitRule, Integration, MatchOp, Matcher, Receiver, Route, texts,
};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::{DocumentId, FileFacts};
use crate::lang::{matcher, re2};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Most routes of one document: aliases could make more than the text holds.
const MAX_ROUTES: usize = 20_000;
const MAX_DEPTH: usize = 100;

/// Reads an Alertmanager configuration; `open`: parts of it may be filled in elsewhere.
pub fn read_config(root: NodeRef<'_>, document: DocumentId, open: bool, facts: &mut FileFacts) {
    Reader { document, open, operator: false, facts }.config(root);
    let mut issues = super::refuse::collect(root, open);
    facts.documents[document.index as usize].schema_issues.append(&mut issues);
}

/// Reads the `spec` of an `AlertmanagerConfig` object.
pub fn read_object(spec: NodeRef<'_>, document: DocumentId, open: bool, facts: &mut FileFacts) {
    Reader { document, open, operator: true, facts }.config(spec);
}

struct Reader<'f> {
    document: DocumentId,
    open: bool,
    operator: bool,
    facts: &'f mut FileFacts,
}

impl Reader<'_> {
    /// The name of a field in this form: objects are written in camel case.
    fn name(&self, field: &'static str) -> String {
        if self.operator { camel_case(field) } else { field.to_owned() }
    }

    fn entry<'t>(
        &self,
        node: NodeRef<'t>,
        field: &'static str,
    ) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        node.entry(&self.name(field)).filter(|(_, value)| !value.is_null() || value.is_unknown())
    }

    fn get<'t>(&self, node: NodeRef<'t>, field: &'static str) -> Option<NodeRef<'t>> {
        self.entry(node, field).map(|(_, value)| value)
    }

    fn config(&mut self, root: NodeRef<'_>) {
        let key = |field: &'static str| self.entry(root, field).map(|(key, _)| key.span());
        let (route, receivers, inhibit) = (key("route"), key("receivers"), key("inhibit_rules"));
        let first = root.pairs().next().map_or(root.span().at_start(), |(key, _)| key.span());
        let global = self.get(root, "global").map_or_else(
            || Pairs { open: self.open || self.operator, ..Pairs::default() },
            |node| self.settings(node),
        );
        // In the order Alertmanager reads them.
        let fields = ["mute_time_intervals", "time_intervals"];
        let lists: Vec<_> = fields.into_iter().filter_map(|field| self.get(root, field)).collect();
        for named in lists.into_iter().flat_map(NodeRef::items) {
            let Some(name) = Scalar::under(named, "name") else { continue };
            let ranges = self.get(named, "time_intervals").into_iter().flat_map(NodeRef::items);
            let interval = TimeInterval::read(self.document, name, ranges.map(TimeRange::read));
            self.facts.time_intervals.push(interval);
        }
        let templates = scalars(self.get(root, "templates"));
        self.facts.alertmanagers.push(AlertmanagerConfig {
            document: self.document,
            anchor: route.or(receivers).unwrap_or(first),
            operator: self.operator,
            open: self.open,
            global,
            route,
            receivers_key: receivers,
            inhibit_key: inhibit,
            templates,
        });
        if let Some(node) = self.get(root, "route") {
            let mut next = 0;
            self.route(node, None, &mut next, 0);
        }
        for (index, receiver) in
            self.get(root, "receivers").into_iter().flat_map(NodeRef::items).enumerate()
        {
            // An entry without anything in it is one without a name that the loader takes.
            if receiver.is_null() {
                continue;
            }
            self.receiver(receiver, index);
        }
        let rules = self.get(root, "inhibit_rules").into_iter().flat_map(NodeRef::items);
        for (index, rule) in rules.enumerate() {
            self.inhibit(rule, index);
        }
    }

    fn route(&mut self, node: NodeRef<'_>, parent: Option<u32>, next: &mut u32, depth: usize) {
        let index = *next;
        if depth > MAX_DEPTH || index as usize >= MAX_ROUTES || !node.is_mapping() {
            return;
        }
        *next += 1;
        let children: Vec<_> =
            self.get(node, "routes").into_iter().flat_map(NodeRef::items).collect();
        let mut matchers = Vec::new();
        for (field, op) in [("match", MatchOp::Equal), ("match_re", MatchOp::Regex)] {
            self.match_map(node, field, op, &mut matchers);
        }
        self.match_list(node, "matchers", &mut matchers);
        let timing = ["group_wait", "group_interval", "repeat_interval"];
        let entries = timing
            .into_iter()
            .filter_map(|field| {
                let (key, value) = self.entry(node, field)?;
                let key = Scalar { text: field.to_owned(), ..Scalar::template(key)? };
                Some((key, Scalar::of(value)?))
            })
            .collect();
        let interval_fields = ["mute_time_intervals", "active_time_intervals"];
        let filled = |fields: &[&'static str]| {
            let mut keys: Vec<Scalar> = fields
                .iter()
                .filter_map(|field| self.entry(node, field))
                .filter(|(_, value)| value.items().len() + value.pairs().len() > 0)
                .filter_map(|(key, _)| Scalar::template(key))
                .collect();
            keys.sort_by_key(|key| key.span);
            keys.into_iter().next()
        };
        let route = Route {
            document: self.document,
            index,
            parent,
            span: node.pairs().next().map_or(node.span().at_start(), |(key, _)| key.span()),
            receiver: Scalar::under(node, "receiver"),
            matchers_key: filled(&["match", "match_re", "matchers"]),
            intervals_key: filled(&interval_fields),
            matchers,
            continues: Scalar::under(node, "continue"),
            group_by: self.get(node, "group_by").map(|list| scalars(Some(list))),
            group_by_key: self.entry(node, "group_by").map(|(key, _)| key.span()),
            timing: Pairs { entries, open: self.open },
            mutes: scalars(self.get(node, "mute_time_intervals")),
            actives: scalars(self.get(node, "active_time_intervals")),
            children: u32::try_from(children.len()).unwrap_or(u32::MAX),
        };
        self.facts.routes.push(route);
        for child in children {
            self.route(child, Some(index), next, depth + 1);
        }
    }

    /// `match`, `match_re` and their kin of inhibition: a mapping from label to value.
    fn match_map(
        &self,
        node: NodeRef<'_>,
        field: &'static str,
        op: MatchOp,
        out: &mut Vec<Matcher>,
    ) {
        let Some((key, map)) = self.entry(node, field) else { return };
        let mut deprecated = Scalar::template(key);
        for (label, value) in map.entries() {
            let (Some(name), Some(text)) = (label.scalar(), Scalar::of(value)) else { continue };
            let whole = if value.span().source == label.span().source && !value.is_alias() {
                Span { end: value.span().end.max(label.span().end), ..label.span() }
            } else {
                label.span()
            };
            let fault = if !matcher::is_label_name(name) {
                Some("does not start with a label name".to_owned())
            } else if op.is_regex() && value.is_null() {
                Some("has no pattern".to_owned())
            } else if op.is_regex() {
                re2::fault_anchored(&text.text)
                    .map(|fault| format!("has a pattern that does not compile: {fault}"))
            } else {
                None
            };
            let one_line = text.plain || !text.text.contains('\n');
            out.push(Matcher {
                label: name.to_owned(),
                op,
                value: if value.is_null() { String::new() } else { text.text },
                span: if one_line { whole } else { label.span() },
                deprecated: deprecated.take(),
                known: text.known && fault.is_none(),
                fault: fault.filter(|_| text.known),
            });
        }
    }

    /// `matchers`: texts, or objects in an operator's object.
    fn match_list(&self, node: NodeRef<'_>, field: &'static str, out: &mut Vec<Matcher>) {
        for item in self.get(node, field).into_iter().flat_map(NodeRef::items) {
            if item.is_mapping() {
                out.extend(object_matcher(item));
            } else if let Some(text) = Scalar::of(item).filter(|_| !item.is_null()) {
                text_matchers(&text, out);
            }
        }
    }

    fn inhibit(&mut self, node: NodeRef<'_>, index: usize) {
        if !node.is_mapping() {
            return;
        }
        let (mut source, mut target) = (Vec::new(), Vec::new());
        if self.operator {
            self.match_list(node, "source_match", &mut source);
            self.match_list(node, "target_match", &mut target);
        } else {
            self.match_map(node, "source_match", MatchOp::Equal, &mut source);
            self.match_map(node, "source_match_re", MatchOp::Regex, &mut source);
            self.match_list(node, "source_matchers", &mut source);
            self.match_map(node, "target_match", MatchOp::Equal, &mut target);
            self.match_map(node, "target_match_re", MatchOp::Regex, &mut target);
            self.match_list(node, "target_matchers", &mut target);
        }
        self.facts.inhibit_rules.push(InhibitRule {
            document: self.document,
            index: u32::try_from(index).unwrap_or(u32::MAX),
            span: node.pairs().next().map_or(node.span(), |(key, _)| key.span()),
            source,
            target,
            equal: scalars(self.get(node, "equal")),
        });
    }

    fn receiver(&mut self, node: NodeRef<'_>, index: usize) {
        // The loader takes a null entry and never looks at it.
        if node.is_null() {
            return;
        }
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let name = Scalar::under(node, "name");
        let mut integrations = 0;
        let mut open = self.open;
        for (key, list) in node.entries() {
            let field = key.scalar().unwrap_or_default();
            let plain = if self.operator { snake_case(field) } else { field.to_owned() };
            let Some(kind) = plain.strip_suffix("_configs") else { continue };
            open |= list.is_unknown();
            for entry in list.items() {
                integrations += 1;
                self.facts.integrations.push(Integration {
                    document: self.document,
                    receiver: number,
                    receiver_name: name.as_ref().map(|name| name.text.clone()),
                    kind: kind.to_owned(),
                    key: key.span(),
                    span: entry.pairs().next().map_or(entry.span(), |(key, _)| key.span()),
                    settings: self.settings(entry),
                    texts: texts::collect(kind, entry, self.operator),
                });
            }
        }
        self.facts.receivers.push(Receiver {
            document: self.document,
            index: number,
            span: node.pairs().next().map_or(node.span(), |(key, _)| key.span()),
            name,
            integrations,
            open,
        });
    }

    /// The fields of a mapping by their names in a file; a mapping or list is there, unknown.
    fn settings(&self, node: NodeRef<'_>) -> Pairs {
        let entries = node
            .entries()
            .filter(|(_, value)| !value.is_null() || value.is_unknown())
            .filter_map(|(key, value)| {
                let key = Scalar::template(key)?;
                let text = if self.operator { snake_case(&key.text) } else { key.text.clone() };
                let value = Scalar::of(value).unwrap_or(Scalar {
                    text: String::new(),
                    span: key.span,
                    known: false,
                    plain: false,
                });
                Some((Scalar { text, ..key }, value))
            })
            .collect();
        Pairs { entries, open: self.open || node.is_unknown() }
    }
}

fn scalars(list: Option<NodeRef<'_>>) -> Vec<Scalar> {
    list.into_iter().flat_map(NodeRef::items).filter_map(Scalar::of).collect()
}

/// `{name, value, matchType, regex}` of an operator object.
fn object_matcher(node: NodeRef<'_>) -> Option<Matcher> {
    let name = Scalar::under(node, "name")?;
    let value = Scalar::under(node, "value");
    let regex = Scalar::under(node, "regex").and_then(|regex| regex.boolean()) == Some(true);
    let sign = Scalar::under(node, "matchType");
    let op = match &sign {
        Some(sign) => MatchOp::named(&sign.text),
        None if regex => Some(MatchOp::Regex),
        None => Some(MatchOp::Equal),
    };
    let known = name.known && op.is_some() && value.as_ref().is_none_or(|value| value.known);
    let op = op.unwrap_or(MatchOp::Equal);
    let at = value.as_ref().map_or(name.span, |value| value.span);
    let text = value.map_or_else(String::new, |value| value.text);
    let fault = (known && op.is_regex())
        .then(|| re2::fault_anchored(&text))
        .flatten()
        .map(|fault| (at, format!("has a pattern that does not compile: {fault}")));
    let unread = sign
        .filter(|sign| sign.known && !sign.text.is_empty() && MatchOp::named(&sign.text).is_none());
    let fault = fault
        .or_else(|| unread.map(|sign| (sign.span, "is none of `=`, `!=`, `=~`, `!~`".to_owned())));
    let (span, fault) = fault.map_or((name.span, None), |(span, fault)| (span, Some(fault)));
    Some(Matcher {
        label: name.text,
        op,
        value: text,
        span,
        deprecated: None,
        known: known && fault.is_none(),
        fault,
    })
}

fn text_matchers(text: &Scalar, out: &mut Vec<Matcher>) {
    let unread = |fault: Option<String>, span: Span| Matcher {
        label: String::new(),
        op: MatchOp::Equal,
        value: text.text.clone(),
        span,
        deprecated: None,
        known: false,
        fault,
    };
    match matcher::parse(&text.text) {
        _ if !text.known => out.push(unread(None, text.span)),
        Ok(parsed) => out.extend(parsed.into_iter().map(|one| Matcher {
            span: part_of(text, &one.range),
            label: one.label,
            op: one.op,
            value: one.value,
            deprecated: None,
            known: true,
            fault: None,
        })),
        Err(fault) => out.push(unread(Some(fault.message), part_of(text, &fault.range))),
    }
}

/// Where a part of a scalar's text stands, if the text is written without escapes on one line;
/// else the scalar as a whole.
fn part_of(text: &Scalar, range: &std::ops::Range<usize>) -> Span {
    let length = (text.span.end - text.span.start) as usize;
    let quotes = usize::from(!text.plain);
    if length != text.text.len() + 2 * quotes || range.is_empty() {
        return text.span;
    }
    let start = text.span.start as usize + quotes;
    Span::new(text.span.source, start + range.start, start + range.end)
}

/// `group_by` as the operator writes it: `groupBy`.
fn camel_case(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut upper = false;
    for c in field.chars() {
        match c {
            '_' => upper = true,
            _ if upper => {
                out.push(c.to_ascii_uppercase());
                upper = false;
            }
            _ => out.push(c),
        }
    }
    out
}

/// `apiURL` as a file writes it: `api_url`.
pub(super) fn snake_case(field: &str) -> String {
    let chars: Vec<char> = field.chars().collect();
    let mut out = String::with_capacity(field.len() + 4);
    for (at, &c) in chars.iter().enumerate() {
        let starts_word = c.is_ascii_uppercase()
            && at > 0
            && (!chars[at - 1].is_ascii_uppercase()
                || chars.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if starts_word {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{camel_case, snake_case};

    #[test]
    fn names_of_objects_are_those_of_files() {
        assert_eq!(snake_case("apiURL"), "api_url");
        assert_eq!(snake_case("webhookConfigs"), "webhook_configs");
        assert_eq!(snake_case("httpConfig"), "http_config");
        assert_eq!(snake_case("requireTLS"), "require_tls");
        assert_eq!(camel_case("mute_time_intervals"), "muteTimeIntervals");
    }
}
