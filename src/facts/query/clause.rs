//! Queries: each kind by its table.

use super::body::Reader;
use super::table::{self, Clause, Form};
use super::{FieldUse, How, text};
use crate::facts::scalar::Scalar;
use crate::facts::schema::{nearest, short};
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;

/// Deepest nesting that is followed.
const DEPTH: usize = 60;

impl Reader<'_> {
    /// One query: a mapping with one kind in it.
    pub(super) fn query(&mut self, node: NodeRef<'_>, negated: bool, depth: usize) {
        if depth > DEPTH || self.is_open(node) {
            return;
        }
        if !node.is_mapping() {
            self.fault(node.span(), "a query is an object with one kind of query in it");
            return;
        }
        let pairs: Vec<_> = node.entries().collect();
        // Kibana keeps what its search bar holds in the same place.
        if let (Some(words), Some(_)) = (node.get("query"), node.get("language")) {
            text::read(words, self.out);
            return;
        }
        if pairs.iter().any(|(key, _)| key.scalar().is_some_and(placeholder::is_in)) {
            self.out.open = true;
            return;
        }
        for (index, &(key, value)) in pairs.iter().enumerate() {
            let Some(name) = key.scalar() else { continue };
            let Some(clause) = table::clause(name) else {
                self.unknown(key, name);
                continue;
            };
            if index > 0 {
                let first = pairs[0].0.scalar().unwrap_or_default();
                let what = format!(
                    "`{name}` stands beside `{first}` in one query: each needs its own object, joined by `bool`"
                );
                self.fault(key.span(), &what);
            }
            self.clause(clause, key, value, negated, depth);
        }
    }

    fn unknown(&mut self, key: NodeRef<'_>, name: &str) {
        let near = nearest(table::clauses(), name);
        let what = match (near, ["and", "or", "not", "filtered"].contains(&name)) {
            (_, true) => format!("`{name}` is a query of old releases: `bool` joins queries"),
            (Some(near), _) => format!("`{name}` is no kind of query (did you mean `{near}`?)"),
            (None, _) if table::aggregation(name).is_some() => {
                format!("`{name}` is an aggregation, not a query")
            }
            (None, _) => format!("`{name}` is no kind of query"),
        };
        self.fault(key.span(), &what);
    }

    fn clause(
        &mut self,
        clause: &'static Clause,
        key: NodeRef<'_>,
        value: NodeRef<'_>,
        negated: bool,
        depth: usize,
    ) {
        if self.is_open(value) || clause.form == Form::Any {
            return;
        }
        if !value.is_mapping() {
            let what = format!("`{}` takes an object", clause.name);
            return self.fault(key.span(), &what);
        }
        match clause.form {
            Form::Options => self.options(clause, key, value, negated, depth),
            Form::Field | Form::Object | Form::List => self.fielded(clause, key, value, negated),
            Form::Any => {}
        }
    }

    fn options(
        &mut self,
        clause: &'static Clause,
        key: NodeRef<'_>,
        value: NodeRef<'_>,
        negated: bool,
        depth: usize,
    ) {
        for (option, inner) in value.entries() {
            let Some(name) = option.scalar() else { continue };
            if option.is_unknown() || placeholder::is_in(name) {
                self.out.open = true;
            } else if clause.queries.contains(&name) {
                self.queries(clause, name, option, inner, negated != (name == "must_not"), depth);
            } else if !clause.takes.contains(&name) {
                let near = nearest(clause.takes.iter().copied(), name);
                let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                let what = format!("`{}` takes no `{name}`{hint}", clause.name);
                self.fault(option.span(), &what);
            }
        }
        for needed in clause.required {
            if value.get(needed).is_none() && !self.out.open {
                let what = format!("`{}` needs a `{needed}`", clause.name);
                self.fault(key.span(), &what);
            }
        }
        self.special(clause.name, value, negated);
    }

    /// An option that holds queries: an object, or a list of them.
    fn queries(
        &mut self,
        clause: &'static Clause,
        name: &str,
        option: NodeRef<'_>,
        inner: NodeRef<'_>,
        negated: bool,
        depth: usize,
    ) {
        if inner.is_sequence() {
            for item in inner.items() {
                self.query(item, negated, depth + 1);
            }
        } else if inner.is_mapping() {
            if inner.pairs().len() > 0 {
                self.query(inner, negated, depth + 1);
            }
        } else if !self.is_open(inner) {
            let what = format!("`{name}` of `{}` takes a query or a list of queries", clause.name);
            let span = if inner.is_null() { option.span() } else { inner.span() };
            self.fault(span, &what);
        }
    }

    /// What kinds with options say of fields.
    fn special(&mut self, name: &str, value: NodeRef<'_>, negated: bool) {
        match name {
            "exists" => {
                if let Some(field) = Scalar::under(value, "field") {
                    self.out.used(field, How::Exists, negated);
                }
            }
            "multi_match" | "combined_fields" => {
                let words = Scalar::under(value, "query");
                for field in value.get("fields").into_iter().flat_map(NodeRef::items) {
                    let Some(mut field) = Scalar::of(field) else { continue };
                    if let Some((bare, _)) = field.text.split_once('^') {
                        field.text = bare.to_owned();
                    }
                    self.field(field, How::Words, words.iter().cloned().collect(), negated);
                }
            }
            "ids" => {
                let span = value.span();
                let id = Scalar { text: "_id".to_owned(), span, known: true, plain: false };
                self.field(id, How::Exact, Vec::new(), negated);
            }
            "query_string" => {
                if let Some(words) = value.get("query") {
                    text::read(words, self.out);
                }
            }
            _ => {}
        }
    }

    fn fielded(
        &mut self,
        clause: &'static Clause,
        key: NodeRef<'_>,
        value: NodeRef<'_>,
        negated: bool,
    ) {
        let is_option = |name: &str| clause.form == Form::List && clause.takes.contains(&name);
        let mut fields = value
            .entries()
            .filter_map(|(key, value)| Some((key, value, key.scalar()?)))
            .filter(|(.., name)| !is_option(name));
        let Some((field, inner, name)) = fields.next() else {
            if !self.out.open {
                let what = format!("`{}` names no field", clause.name);
                self.fault(key.span(), &what);
            }
            return;
        };
        if let Some((second, _, other)) = fields.next() {
            let what = match clause.takes.contains(&other) && clause.form != Form::List {
                true => format!("`{other}` belongs inside `{name}`, beside its value"),
                false => {
                    format!("`{}` takes one field, not `{other}` beside `{name}`", clause.name)
                }
            };
            self.fault(second.span(), &what);
            return;
        }
        let Some(field) = Scalar::of(field) else { return };
        match clause.form {
            Form::List => self.list(field, inner, negated),
            Form::Object => self.bounds(clause, field, inner, negated),
            _ => self.one_field(clause, field, inner, negated),
        }
    }

    fn list(&mut self, field: Scalar, inner: NodeRef<'_>, negated: bool) {
        if inner.is_mapping() {
            for (option, _) in inner.entries() {
                let Some(name) = option.scalar() else { continue };
                if !["index", "id", "path", "routing", "store", "query"].contains(&name) {
                    let what = format!("a lookup of `terms` takes no `{name}`");
                    self.fault(option.span(), &what);
                }
            }
            return self.field(field, How::Exact, Vec::new(), negated);
        }
        if !inner.is_sequence() {
            if !self.is_open(inner) {
                let text = inner.scalar().unwrap_or_default();
                let what = format!(
                    "`terms` takes a list of values, not `{}`: write `[…]`, or use `term`",
                    short(text)
                );
                self.fault(inner.span(), &what);
            }
            return;
        }
        let values = inner.items().filter_map(Scalar::of).collect();
        self.field(field, How::Exact, values, negated);
    }

    /// `range` and its kin: an object of bounds.
    fn bounds(
        &mut self,
        clause: &'static Clause,
        field: Scalar,
        inner: NodeRef<'_>,
        negated: bool,
    ) {
        if !inner.is_mapping() {
            if !self.is_open(inner) {
                let what = format!("`{}` of a field takes an object", clause.name);
                self.fault(inner.span(), &what);
            }
            return;
        }
        self.known_options(clause, inner);
        if clause.name != "range" {
            return self.field(field, How::Exact, Vec::new(), negated);
        }
        for (option, value) in inner.entries() {
            let how = match option.scalar() {
                Some("gt" | "gte" | "from") => How::Above,
                Some("lt" | "lte" | "to") => How::Below,
                _ => continue,
            };
            if let Some(value) = Scalar::of(value).filter(|_| !value.is_null()) {
                self.date_math(&value);
                self.field(field.clone(), how, vec![value], negated);
            }
        }
    }

    fn one_field(
        &mut self,
        clause: &'static Clause,
        field: Scalar,
        inner: NodeRef<'_>,
        negated: bool,
    ) {
        if self.is_open(inner) {
            let how = how_of(clause.name);
            let value = Scalar::of(inner).into_iter().collect();
            return self.field(field, how, value, negated);
        }
        if inner.is_sequence() {
            let instead = if clause.name == "term" { "; `terms` takes a list" } else { "" };
            let what = format!("`{}` takes one value, not a list{instead}", clause.name);
            return self.fault(field.span, &what);
        }
        let value = match inner.is_mapping() {
            true => {
                self.known_options(clause, inner);
                let named = ["value", "query", "wildcard"];
                named.iter().find_map(|key| Scalar::under(inner, key))
            }
            false => Scalar::of(inner).filter(|_| !inner.is_null()),
        };
        if value.is_none() && inner.is_null() {
            let what = format!("`{}` has no value", clause.name);
            return self.fault(field.span, &what);
        }
        let values = value.into_iter().collect();
        self.field(field, how_of(clause.name), values, negated);
    }

    fn known_options(&mut self, clause: &'static Clause, inner: NodeRef<'_>) {
        for (option, _) in inner.entries() {
            let Some(name) = option.scalar() else { continue };
            if option.is_unknown() || placeholder::is_in(name) || clause.takes.contains(&name) {
                continue;
            }
            let near = match (clause.name, name) {
                ("range", "greater_than" | "min" | ">" | "start" | "after" | "since") => {
                    Some("gt".to_owned())
                }
                ("range", ">=" | "greater_than_or_equal" | "ge") => Some("gte".to_owned()),
                ("range", "less_than" | "max" | "<" | "end" | "before") => Some("lt".to_owned()),
                ("range", "<=" | "less_than_or_equal" | "le") => Some("lte".to_owned()),
                _ => nearest(clause.takes.iter().copied(), name),
            };
            let hint = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            let what = match clause.name {
                "range" => format!("`{name}` is no bound of a range{hint}"),
                other => format!("`{other}` takes no `{name}`{hint}"),
            };
            self.fault(option.span(), &what);
        }
    }

    pub(super) fn field(&mut self, field: Scalar, how: How, values: Vec<Scalar>, negated: bool) {
        let values = values
            .into_iter()
            .map(|value| {
                let range = 0..value.text.len();
                (value, range)
            })
            .collect();
        let range = 0..field.text.len();
        self.out.uses.push(FieldUse { text: field, range, how, values, negated });
    }

    /// `now-1h/d`, `2024-01-01||+1M`.
    fn date_math(&mut self, value: &Scalar) {
        let text = value.text.as_str();
        let math = match (text.strip_prefix("now"), text.split_once("||")) {
            (Some(rest), _) => rest,
            (None, Some((_, rest))) => rest,
            _ => return,
        };
        if value.known && !is_date_math(math) {
            let what = format!("`{}` is no date the store can compute", short(text));
            self.fault(value.span, &what);
        }
    }
}

fn how_of(name: &str) -> How {
    match name {
        "term" => How::Exact,
        "prefix" | "wildcard" | "regexp" | "fuzzy" => How::Pattern,
        _ => How::Words,
    }
}

/// Steps such as `-1h` and `/d`.
fn is_date_math(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let Some(sign) = rest.chars().next().filter(|c| "+-/".contains(*c)) else { return false };
        rest = &rest[1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if (sign == '/') != (digits == 0) {
            return false;
        }
        rest = &rest[digits..];
        let Some(unit) = rest.chars().next().filter(|c| "yMwdhHms".contains(*c)) else {
            return false;
        };
        rest = &rest[unit.len_utf8()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_date_math;

    #[test]
    fn date_math_is_told_from_slips() {
        for text in ["", "-1h", "-1d/d", "+1M", "/d", "-1y+2M/w"] {
            assert!(is_date_math(text), "{text}");
        }
        for text in ["-1", "-h", "-1hour", "-1D", "1h", "-1min", "/1d"] {
            assert!(!is_date_math(text), "{text}");
        }
    }
}
