//! Named times at which routes are quiet, or speak: of Alertmanager and of Grafana.

use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::parse::tree::NodeRef;

/// A named set of times.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TimeInterval {
    /// Where it came from.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Any of these.
    pub ranges: Vec<TimeRange>,
}

/// All of its parts hold together; a part without entries always does.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TimeRange {
    /// Times of the day.
    pub times: Vec<(String, String)>,
    /// Days of the week.
    pub weekdays: Vec<String>,
    /// Days of the month.
    pub days: Vec<String>,
    /// Months.
    pub months: Vec<String>,
    /// Years.
    pub years: Vec<String>,
    /// Time zone.
    pub location: Option<String>,
    /// A part of it cannot be known.
    pub open: bool,
}

impl TimeInterval {
    /// Reads an entry with a name and its ranges.
    pub(in crate::facts) fn read(
        document: DocumentId,
        name: Scalar,
        ranges: impl Iterator<Item = TimeRange>,
    ) -> TimeInterval {
        TimeInterval { document, name, ranges: ranges.collect() }
    }

    /// Whether it holds at every time.
    pub fn is_always(&self) -> bool {
        self.ranges.iter().any(TimeRange::is_always)
    }

    /// In words.
    pub fn text(&self) -> String {
        let ranges: Vec<String> = self.ranges.iter().map(TimeRange::text).collect();
        if ranges.is_empty() { "never".to_owned() } else { ranges.join("; or ") }
    }
}

impl TimeRange {
    /// Reads a range; objects of the operator are written in camel case, and in Terraform a block
    /// of `times` has shorter names.
    pub(in crate::facts) fn read(node: NodeRef<'_>) -> TimeRange {
        let mut open = node.is_unknown();
        let mut list = |field: &str| -> Vec<String> {
            let Some(value) = node.get(field).filter(|value| !value.is_null()) else {
                return Vec::new();
            };
            open |= value.is_unknown() || !value.is_sequence();
            let texts: Vec<Scalar> = value.items().filter_map(Scalar::of).collect();
            open |= texts.iter().any(|text| !text.known);
            texts.into_iter().map(|text| text.text).collect()
        };
        let (weekdays, mut days) = (list("weekdays"), list("days_of_month"));
        days.extend(list("daysOfMonth"));
        let (months, years) = (list("months"), list("years"));
        let mut times = Vec::new();
        let given = node.get("times").filter(|times| !times.is_null());
        let blocks: Vec<NodeRef<'_>> = match given {
            Some(given) if given.is_sequence() => given.items().collect(),
            Some(given) => vec![given],
            None => Vec::new(),
        };
        for block in blocks {
            let end = |names: [&str; 3]| {
                let text = names.iter().find_map(|name| Scalar::under(block, name))?;
                text.known.then_some(text.text)
            };
            let start = end(["start_time", "startTime", "start"]);
            match (start, end(["end_time", "endTime", "end"])) {
                (Some(start), Some(end)) => times.push((start, end)),
                _ => open = true,
            }
        }
        let location = Scalar::under(node, "location").map(|zone| zone.text);
        TimeRange { times, weekdays, days, months, years, location, open }
    }

    fn is_always(&self) -> bool {
        let every_day =
            [&self.weekdays, &self.days, &self.months, &self.years].into_iter().all(Vec::is_empty);
        let whole_day = |(start, end): &(String, String)| start == "00:00" && end == "24:00";
        !self.open && every_day && (self.times.is_empty() || self.times.iter().any(whole_day))
    }

    fn text(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let days = |these: &[String]| these.join(", ").replace(':', " to ");
        if !self.weekdays.is_empty() {
            parts.push(days(&self.weekdays));
        }
        if !self.days.is_empty() {
            parts.push(format!("day {} of the month", days(&self.days)));
        }
        if !self.months.is_empty() {
            parts.push(format!("month {}", days(&self.months)));
        }
        if !self.years.is_empty() {
            parts.push(days(&self.years));
        }
        if !self.times.is_empty() {
            let times: Vec<String> =
                self.times.iter().map(|(start, end)| format!("{start} to {end}")).collect();
            parts.push(times.join(" and "));
        }
        if self.open {
            parts.push("what is not known here".to_owned());
        }
        if parts.is_empty() {
            parts.push("at all times".to_owned());
        }
        if let Some(zone) = self.location.as_ref().filter(|_| !self.times.is_empty()) {
            parts.push(format!("in {zone}"));
        }
        parts.join(" ")
    }
}
