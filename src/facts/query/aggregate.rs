//! Aggregations: each kind by its table.

use super::body::Reader;
use super::table;
use super::{Aggregation, Fault, How};
use crate::facts::scalar::Scalar;
use crate::facts::schema::{nearest, short};
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;

/// Deepest nesting that is followed.
const DEPTH: usize = 40;

impl Reader<'_> {
    /// `aggs`: names, each with one kind and more `aggs`.
    pub(super) fn aggregations(&mut self, node: NodeRef<'_>, parent: Option<usize>, depth: usize) {
        if depth > DEPTH || self.is_open(node) {
            return;
        }
        for (name, body) in node.entries() {
            let Some(name) = Scalar::of(name).filter(|name| name.known) else {
                self.out.open = true;
                continue;
            };
            if self.is_open(body) {
                continue;
            }
            if name.text.contains(['[', ']', '>']) {
                let what = format!(
                    "`{}` is no name for an aggregation: `[`, `]` and `>` are signs of paths",
                    short(&name.text)
                );
                self.fault(name.span, &what);
            }
            if !body.is_mapping() {
                self.fault(name.span, "an aggregation is an object with its kind in it");
                continue;
            }
            self.aggregation(name, body, parent, depth);
        }
    }

    fn aggregation(
        &mut self,
        name: Scalar,
        body: NodeRef<'_>,
        parent: Option<usize>,
        depth: usize,
    ) {
        let mut own = None;
        let mut kinds = 0;
        let entries = body.entries();
        for (key, value) in entries.clone() {
            let Some(word) = key.scalar() else { continue };
            if matches!(word, "aggs" | "aggregations" | "meta") {
                continue;
            }
            if key.is_unknown() || placeholder::is_in(word) {
                self.out.open = true;
                kinds += 1;
                continue;
            }
            kinds += 1;
            let Some(kind) = table::aggregation(word) else {
                let near = nearest(table::aggregations(), word);
                let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                let what = match table::clause(word) {
                    Some(_) => {
                        format!("`{word}` is a query: an aggregation takes it inside `filter`")
                    }
                    None => format!("`{word}` is no kind of aggregation{hint}"),
                };
                self.fault(key.span(), &what);
                continue;
            };
            if own.is_some() {
                let what = format!(
                    "`{word}` is a second kind in the aggregation `{}`: each needs a name of its own",
                    name.text
                );
                self.fault(key.span(), &what);
                continue;
            }
            own = Some(self.out.aggregations.len());
            self.kind(&name, kind, key, value, parent, depth);
        }
        if kinds == 0 && !self.out.open {
            let what = format!("the aggregation `{}` has no kind", short(&name.text));
            self.fault(name.span, &what);
        }
        for key in ["aggs", "aggregations"] {
            if let Some(inner) = body.get(key) {
                self.aggregations(inner, own.or(parent), depth + 1);
            }
        }
    }

    fn kind(
        &mut self,
        name: &Scalar,
        kind: &'static table::Kind,
        key: NodeRef<'_>,
        value: NodeRef<'_>,
        parent: Option<usize>,
        depth: usize,
    ) {
        let Some(word) = Scalar::of(key) else { return };
        let open = self.is_open(value);
        self.out.aggregations.push(Aggregation {
            name: name.clone(),
            kind: word,
            field: Scalar::under(value, "field"),
            size: Scalar::under(value, "size"),
            parent,
            open,
        });
        if open {
            return;
        }
        if let Some(takes) = kind.takes {
            self.agg_options(kind, takes, key, value);
        }
        self.intervals(kind.name, value);
        match kind.name {
            "filter" => self.query(value, false, depth + 1),
            "filters" => self.filters(value, depth),
            "composite" => self.sources(value),
            "multi_terms" => {
                for term in value.get("terms").into_iter().flat_map(NodeRef::items) {
                    if let Some(field) = Scalar::under(term, "field") {
                        self.out.used(field, How::Bucket, false);
                    }
                }
            }
            "top_hits" => self.sort(value.get("sort")),
            _ => {}
        }
        if let Some(field) = Scalar::under(value, "field") {
            self.out.used(field, how_of(kind.name), false);
        }
    }

    fn agg_options(
        &mut self,
        kind: &'static table::Kind,
        takes: &'static [&'static str],
        key: NodeRef<'_>,
        value: NodeRef<'_>,
    ) {
        if !value.is_mapping() {
            let what = format!("`{}` takes an object", kind.name);
            return self.fault(key.span(), &what);
        }
        for (option, _) in value.entries() {
            let Some(name) = option.scalar() else { continue };
            if option.is_unknown() || placeholder::is_in(name) || takes.contains(&name) {
                continue;
            }
            let near = nearest(takes.iter().copied(), name);
            let what = match (name, near) {
                ("aggs" | "aggregations", _) => {
                    format!("`{name}` stands inside `{}`: it belongs beside it", kind.name)
                }
                (_, Some(near)) => {
                    format!("`{}` takes no `{name}` (did you mean `{near}`?)", kind.name)
                }
                (_, None) => format!("`{}` takes no `{name}`", kind.name),
            };
            self.fault(option.span(), &what);
        }
        let needed = kind.needs.is_empty() || kind.needs.iter().any(|key| value.get(key).is_some());
        // A value script may stand in the place of a field.
        if !needed && value.get("script").is_none() && !self.out.open {
            let what = format!("`{}` needs a `{}`", kind.name, kind.needs[0]);
            self.fault(key.span(), &what);
        }
    }

    fn intervals(&mut self, kind: &str, value: NodeRef<'_>) {
        if kind != "date_histogram" {
            return;
        }
        let entry = |key: &str| value.entry(key);
        if let (Some((one, _)), Some((other, _))) =
            (entry("calendar_interval"), entry("fixed_interval"))
        {
            let later = if one.span().start > other.span().start { one } else { other };
            self.fault(later.span(), "`calendar_interval` and `fixed_interval` exclude each other");
        }
        if let Some((key, _)) = entry("interval") {
            self.out.faults.push(Fault {
                span: key.span(),
                message:
                    "`interval` of `date_histogram` is `calendar_interval` or `fixed_interval` now"
                        .to_owned(),
                since: Some("8.0"),
            });
        }
        let mut check = |key: &str, ok: fn(&str) -> bool, takes: &str| {
            let Some(scalar) = Scalar::under(value, key).filter(|scalar| scalar.known) else {
                return;
            };
            if !ok(&scalar.text) {
                let what = format!("`{key}` takes {takes}, not `{}`", short(&scalar.text));
                self.fault(scalar.span, &what);
            }
        };
        check("calendar_interval", is_calendar, "one unit of the calendar (`1d`, `month`)");
        check("fixed_interval", is_fixed, "a number of `ms`, `s`, `m`, `h` or `d`");
    }

    fn filters(&mut self, value: NodeRef<'_>, depth: usize) {
        let Some(filters) = value.get("filters") else { return };
        for (_, query) in filters.entries() {
            self.query(query, false, depth + 1);
        }
        for query in filters.items() {
            self.query(query, false, depth + 1);
        }
    }

    /// Sources of `composite`: `[{ NAME: { KIND: { field } } }]`.
    fn sources(&mut self, value: NodeRef<'_>) {
        let lists = value.get("sources").into_iter().flat_map(NodeRef::items);
        for (_, source) in lists.flat_map(NodeRef::entries) {
            for (kind, inner) in source.entries() {
                if let Some(field) = Scalar::under(inner, "field") {
                    self.out.used(field, how_of(kind.scalar().unwrap_or_default()), false);
                }
            }
        }
    }
}

/// What an aggregation does with its field.
pub(super) fn how_of(kind: &str) -> How {
    match kind {
        "terms" | "significant_terms" | "rare_terms" | "multi_terms" => How::Bucket,
        "date_histogram"
        | "auto_date_histogram"
        | "histogram"
        | "date_range"
        | "range"
        | "ip_range"
        | "variable_width_histogram" => How::Histogram,
        "missing" | "value_count" | "filter" => How::Exists,
        _ => How::Metric,
    }
}

fn is_calendar(text: &str) -> bool {
    [
        "minute", "1m", "hour", "1h", "day", "1d", "week", "1w", "month", "1M", "quarter", "1q",
        "year", "1y",
    ]
    .contains(&text)
}

fn is_fixed(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && ["ms", "s", "m", "h", "d"].contains(&&text[digits..])
}
