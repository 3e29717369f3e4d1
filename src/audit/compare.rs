//! What became better or worse between two records, and whether the repository or the tool did it.

use super::field::{list, row, text, words};
use super::rank;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Compares an old record with a new one.
pub fn compare(old: &Value, new: &Value) -> Value {
    let both = Both { files: (hashes(old), hashes(new)), old, new };
    let findings = both.findings();
    let requirements = both.rows("requirements", rank, &findings);
    let controls = both.rows("controls", control_rank, &findings);
    let counts = |rows: &[Value]| {
        let count = |change: &str| rows.iter().filter(|row| text(row, "change") == change).count();
        json!({
            "better": count("better"), "worse": count("worse"),
            "new": count("new"), "reopened": count("reopened"),
        })
    };
    json!({
        "with": {
            "sources": old["sources"],
            "tool": old["tool"],
            "time": old["run"]["time"],
            "evidence": old["evidence"],
        },
        "same_tool": old["tool"] == new["tool"],
        "summary": {
            "requirements": counts(&requirements),
            "controls": counts(&controls),
            "findings": {
                "new": findings.new.len(),
                "fixed": findings.fixed.len(),
                "reopened": findings.reopened.len(),
            },
        },
        "requirements": requirements,
        "controls": controls,
        "findings": {
            "new": findings.new, "fixed": findings.fixed, "reopened": findings.reopened,
        },
    })
}

fn control_rank(state: &str) -> u8 {
    match state {
        "evidenced" => 0,
        "partly-evidenced" => 1,
        "claimed" => 2,
        "not-covered" => 3,
        _ => 4,
    }
}

/// Hash of every file that a record lists.
fn hashes(record: &Value) -> BTreeMap<&str, &str> {
    let own = list(&record["tuning"], "files").iter();
    let files = list(record, "files").iter().chain(own);
    files.map(|row| (text(row, "path"), text(row, "sha256"))).collect()
}

/// Findings by what became of them, as fingerprints.
#[derive(Default)]
struct Findings<'v> {
    new: BTreeSet<&'v str>,
    fixed: BTreeSet<&'v str>,
    reopened: BTreeSet<&'v str>,
}

struct Both<'v> {
    old: &'v Value,
    new: &'v Value,
    files: (BTreeMap<&'v str, &'v str>, BTreeMap<&'v str, &'v str>),
}

impl<'v> Both<'v> {
    fn findings(&self) -> Findings<'v> {
        let states = |record: &'v Value| -> BTreeMap<&'v str, &'v str> {
            let rows = list(record, "findings").iter();
            rows.map(|row| (text(row, "fingerprint"), text(row, "status"))).collect()
        };
        let (old, new) = (states(self.old), states(self.new));
        let fixed_before: BTreeSet<&str> =
            words(&self.old["comparison"]["findings"], "fixed").into_iter().collect();
        let mut found = Findings::default();
        for (&fingerprint, _) in new.iter().filter(|(_, status)| **status == "open") {
            match old.get(fingerprint) {
                Some(&"open") => {}
                None if !fixed_before.contains(fingerprint) => {
                    found.new.insert(fingerprint);
                }
                _ => {
                    found.reopened.insert(fingerprint);
                }
            }
        }
        for (&fingerprint, &status) in &old {
            if status == "open" && !new.contains_key(fingerprint) {
                found.fixed.insert(fingerprint);
            }
        }
        found
    }

    /// Rows of a list that changed, by their `id`.
    fn rows(&self, key: &str, rank: fn(&str) -> u8, findings: &Findings<'v>) -> Vec<Value> {
        let changed = |now: &'v Value| self.change(key, now, rank, findings);
        let mut rows: Vec<Value> = list(self.new, key).iter().filter_map(changed).collect();
        let gone = list(self.old, key).iter();
        let gone = gone.filter(|it| row(self.new, key, text(it, "id")).is_none());
        rows.extend(gone.map(|it| {
            json!({
                "id": text(it, "id"), "title": it["title"], "change": "gone",
                "from": text(it, "verdict"), "to": Value::Null, "cause": "tool",
            })
        }));
        rows
    }

    fn change(
        &self,
        key: &str,
        now: &'v Value,
        rank: fn(&str) -> u8,
        findings: &Findings<'v>,
    ) -> Option<Value> {
        let id = text(now, "id");
        let to = text(now, "verdict");
        let before = row(self.old, key, id);
        let from = before.map(|before| text(before, "verdict"));
        let earlier = row(&self.old["comparison"], key, id);
        let was_decided = before.is_some_and(|before| {
            before["risk_accepted"] == true || text(before, "verdict") == "attested"
        });
        let was_mended = earlier.is_some_and(|earlier| text(earlier, "change") == "better");
        let of = |record: &'v Value| held_by(key, record);
        let mut mine: BTreeSet<&str> = of(now).collect();
        mine.extend(before.into_iter().flat_map(of));
        let among = |all: &BTreeSet<&'v str>| -> Vec<&'v str> {
            all.iter().filter(|it| mine.contains(*it)).copied().collect()
        };
        let (new, fixed, reopened) =
            (among(&findings.new), among(&findings.fixed), among(&findings.reopened));
        let change = match from {
            None => "new",
            Some(from) if rank(to) < rank(from) => "better",
            Some(from) if rank(to) > rank(from) && (was_decided || was_mended) => "reopened",
            Some(from) if rank(to) > rank(from) => "worse",
            Some(from) if from != to => "changed",
            Some(_) if before.is_some_and(|it| it["risk_accepted"] != now["risk_accepted"]) => {
                "changed"
            }
            Some(_) if new.is_empty() && fixed.is_empty() && reopened.is_empty() => return None,
            Some(_) => "same",
        };
        Some(json!({
            "id": id,
            "title": now["title"],
            "change": change,
            "from": from,
            "to": to,
            "cause": self.cause(before, now),
            "findings": { "new": new, "fixed": fixed, "reopened": reopened },
        }))
    }

    /// `tool` where every file that either verdict rests on is the same, else `repository`.
    fn cause(&self, before: Option<&'v Value>, now: &'v Value) -> &'static str {
        let mut paths: BTreeSet<&str> = self.rests_on(self.new, now);
        if let Some(before) = before {
            paths.extend(self.rests_on(self.old, before));
        }
        let decided = |row: &Value| {
            ["waivers", "attestations", "declarations"].iter().any(|key| !list(row, key).is_empty())
        };
        if decided(now) || before.is_some_and(decided) {
            for record in [self.old, self.new] {
                paths.extend(list(&record["tuning"], "files").iter().map(|row| text(row, "path")));
            }
        }
        let same = |path: &&str| {
            let hash = self.files.0.get(path);
            hash.is_some() && hash == self.files.1.get(path)
        };
        if paths.iter().all(same) { "tool" } else { "repository" }
    }

    fn rests_on(&self, record: &'v Value, row: &'v Value) -> BTreeSet<&'v str> {
        let evidence = list(row, "evidence").iter().chain(list(row, "claimed_by"));
        let clauses = list(row, "clauses").iter().flat_map(|clause| list(clause, "evidence"));
        let mut paths: BTreeSet<&str> =
            evidence.chain(clauses).map(|it| text(it, "path")).collect();
        let named: BTreeSet<&str> =
            words(row, "findings").into_iter().chain(words(row, "contradicted_by")).collect();
        let findings = list(record, "findings").iter();
        let findings = findings.filter(|it| named.contains(text(it, "fingerprint")));
        paths.extend(findings.map(|it| text(it, "path")));
        // A control rests on the requirements that serve it.
        let serving = words(row, "evidence").into_iter();
        let serving = serving.filter_map(|id| self::row(record, "requirements", id));
        let clauses = serving.flat_map(|it| list(it, "evidence"));
        paths.extend(clauses.map(|it| text(it, "path")));
        paths.retain(|path| !path.is_empty() && *path != ".");
        paths
    }
}

/// Fingerprints of the findings that a row names.
fn held_by<'v>(key: &str, row: &'v Value) -> impl Iterator<Item = &'v str> {
    let key = if key == "controls" { "contradicted_by" } else { "findings" };
    let accepted = list(row, "clauses").iter().flat_map(|clause| list(clause, "accepted"));
    words(row, key).into_iter().chain(accepted.map(|it| text(it, "finding")))
}
