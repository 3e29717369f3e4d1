//! The functions a template can call.

use super::Language;

/// Functions of the language itself.
const BUILTINS: &[&str] = &[
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or",
    "print", "printf", "println", "slice", "urlquery",
];

/// Functions that Prometheus 3.16 adds for rules.
const PROMETHEUS: &[&str] = &[
    "args",
    "externalURL",
    "first",
    "graphLink",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "label",
    "match",
    "now",
    "parseDuration",
    "pathPrefix",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toDuration",
    "toLower",
    "toTime",
    "toUpper",
    "urlQueryEscape",
    "value",
];

/// Functions that Alertmanager 0.35 adds.
const ALERTMANAGER: &[&str] = &[
    "addDuration",
    "append",
    "base64decode",
    "base64encode",
    "date",
    "dict",
    "humanizeDuration",
    "join",
    "list",
    "match",
    "mustToDate",
    "now",
    "reReplaceAll",
    "routeLabels",
    "safeHtml",
    "safeUrl",
    "since",
    "stringSlice",
    "title",
    "toDate",
    "toJson",
    "toLower",
    "toUpper",
    "trimSpace",
    "tz",
    "urlUnescape",
];

impl Language {
    fn own(self) -> &'static [&'static str] {
        match self {
            Language::Prometheus => PROMETHEUS,
            Language::Alertmanager => ALERTMANAGER,
            Language::Bare => &[],
            Language::Grafana => PROMETHEUS,
        }
    }

    /// Whether a template may call this.
    pub fn has_function(self, name: &str) -> bool {
        self == Language::Grafana
            || self.own().binary_search(&name).is_ok()
            || BUILTINS.binary_search(&name).is_ok()
    }

    /// Names of all functions.
    pub fn functions(self) -> impl Iterator<Item = &'static str> {
        self.own().iter().chain(BUILTINS).copied()
    }

    /// Variables that are declared before the template begins.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Language::Prometheus => &["labels", "externalLabels", "externalURL", "value"],
            Language::Alertmanager | Language::Bare => &[],
            Language::Grafana => &["labels", "values", "value"],
        }
    }

    /// The other program, if it has the function: a hint for what was meant.
    pub fn elsewhere(self, name: &str) -> Option<&'static str> {
        let (other, program) = match self {
            Language::Prometheus | Language::Bare => (Language::Alertmanager, "Alertmanager"),
            Language::Alertmanager | Language::Grafana => (Language::Prometheus, "Prometheus"),
        };
        other.own().binary_search(&name).is_ok().then_some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::{ALERTMANAGER, BUILTINS, PROMETHEUS};

    #[test]
    fn the_lists_are_sorted() {
        for list in [BUILTINS, PROMETHEUS, ALERTMANAGER] {
            assert!(list.is_sorted());
        }
    }
}
