//! The findings that were there when the tool was adopted: these do not stand in the way, and a new
//! one does, also of the same kind in the same file. Verdicts know nothing of it.

use super::identity::{Key, hex, key_at};
use super::redact::Redactions;
use super::{Judged, Status};
use crate::catalogue;
use crate::catalogue::model::Severity;
use crate::finding::Finding;
use crate::repo::Repo;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The format of the file.
const SCHEMA: &str = "obsproof/baseline/1";

/// A baseline as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: String,
    tool: Tool,
    /// Files with findings, by path.
    pub files: Vec<File>,
    findings: Vec<Entry>,
}

/// What made it: findings of other rules cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    version: String,
    ruleset: String,
}

/// A file with findings, so that it is known again under another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path.
    pub path: String,
    /// The name git gives to its content, line ends as git keeps them.
    pub blob: String,
}

/// A finding that was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    path: String,
    severity: String,
    fingerprint: String,
    /// What findings share that differ only in which of their kind they are.
    kind: String,
    /// The lines above and below it, so that one of several is known again.
    above: String,
    below: String,
}

/// Why a baseline cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no baseline; says why.
    Broken(String),
    /// Another format.
    Schema(String),
    /// Another version of the tool or of its rules; says which.
    Version(String),
}

/// What a baseline covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Findings that are still there.
    pub kept: usize,
    /// Findings that are gone.
    pub gone: usize,
}

impl Baseline {
    /// The findings that stand and are shown; `blob` names a file's content.
    pub fn of(repo: &Repo, judged: &[Judged], blob: impl Fn(&str) -> String) -> Baseline {
        let standing = |entry: &&Judged| entry.shown && entry.status == Status::Open;
        Baseline::from(repo, judged.iter().filter(standing), blob)
    }

    /// Of the findings that a baseline covers, those that are still there.
    pub fn kept(repo: &Repo, judged: &[Judged], blob: impl Fn(&str) -> String) -> Baseline {
        let kept = |entry: &&Judged| entry.status == Status::Baselined;
        Baseline::from(repo, judged.iter().filter(kept), blob)
    }

    fn from<'j>(
        repo: &Repo,
        judged: impl Iterator<Item = &'j Judged>,
        blob: impl Fn(&str) -> String,
    ) -> Baseline {
        let redactions = Redactions::of(repo);
        let mut findings: Vec<Entry> = judged
            .filter(|entry| !entry.finding.rule.absence)
            .map(|entry| {
                let path = path_of(repo, &entry.finding);
                let (above, below) = around(repo, &redactions, &entry.finding);
                Entry {
                    code: entry.finding.rule.code.to_owned(),
                    path: path.to_owned(),
                    severity: entry.severity.name().to_owned(),
                    fingerprint: entry.fingerprint.clone(),
                    kind: hex(&key_at(repo, &redactions, &entry.finding, path)),
                    above,
                    below,
                }
            })
            .collect();
        findings.sort_by(|one, two| {
            (&one.path, &one.code, &one.kind, &one.fingerprint).cmp(&(
                &two.path,
                &two.code,
                &two.kind,
                &two.fingerprint,
            ))
        });
        let paths: BTreeSet<&String> =
            findings.iter().map(|entry| &entry.path).filter(|path| *path != ".").collect();
        let files =
            paths.into_iter().map(|path| File { path: path.clone(), blob: blob(path) }).collect();
        Baseline { schema: SCHEMA.to_owned(), tool: Tool::this(), files, findings }
    }

    /// Reads the text of a file. `any_version`: also one that another version made.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str, any_version: bool) -> Result<Baseline, Refusal> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let broken = |error: serde_json::Error| {
            Refusal::Broken(match error.is_data() {
                true => format!("line {} is not what one holds there", error.line()),
                false => error.to_string(),
            })
        };
        let head: Head = serde_json::from_str(text).map_err(broken)?;
        if head.schema != SCHEMA {
            return Err(Refusal::Schema(head.schema));
        }
        let baseline: Baseline = serde_json::from_str(text).map_err(broken)?;
        let (made, this) = (&baseline.tool, Tool::this());
        if !any_version && *made != this {
            let what = if made.version == this.version {
                "with other rules".to_owned()
            } else {
                format!("by {} {}, and this is {}", made.name, made.version, this.version)
            };
            return Err(Refusal::Version(what));
        }
        Ok(baseline)
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// Number of findings in it.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many findings each has that the other has not: added, dropped.
    pub fn against(&self, old: &Baseline) -> (usize, usize) {
        let prints = |it: &Baseline| -> BTreeSet<String> {
            it.findings.iter().map(|entry| entry.fingerprint.clone()).collect()
        };
        let (new, old) = (prints(self), prints(old));
        (new.difference(&old).count(), old.difference(&new).count())
    }

    /// Gives the findings it holds the status `baselined`. `renamed` are the old paths of files by
    /// their new ones; entries of which `looked_at` says that their file was not read are not gone.
    pub fn cover(
        &self,
        repo: &Repo,
        judged: &mut [Judged],
        renamed: &BTreeMap<String, String>,
        looked_at: impl Fn(&str) -> bool,
    ) -> Covered {
        let redactions = Redactions::of(repo);
        let mut known: BTreeMap<&str, Vec<(&Entry, bool)>> = BTreeMap::new();
        for entry in &self.findings {
            known.entry(&entry.kind).or_default().push((entry, false));
        }
        let mut standing: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, entry) in judged.iter().enumerate() {
            if entry.status == Status::Open {
                let path = path_of(repo, &entry.finding);
                let path = renamed.get(path).map_or(path, String::as_str);
                let kind: Key = key_at(repo, &redactions, &entry.finding, path);
                standing.entry(hex(&kind)).or_default().push(index);
            }
        }
        let mut covered = Covered::default();
        for (kind, mut indices) in standing {
            let Some(entries) = known.get_mut(kind.as_str()) else { continue };
            let lines: BTreeMap<usize, (String, String)> = indices
                .iter()
                .map(|&index| (index, around(repo, &redactions, &judged[index].finding)))
                .collect();
            // One of several is the one between the same lines, else between one of them.
            for least in [2, 1, 0] {
                indices.retain(|&index| {
                    let (above, below) = &lines[&index];
                    let fits = entries.iter_mut().find(|(entry, taken)| {
                        let same =
                            usize::from(entry.above == *above) + usize::from(entry.below == *below);
                        !taken && same >= least && entry.is_as_bad_as(&judged[index])
                    });
                    let Some((_, taken)) = fits else { return true };
                    *taken = true;
                    judged[index].status = Status::Baselined;
                    covered.kept += 1;
                    false
                });
            }
        }
        let left = known.values().flatten().filter(|(_, taken)| !taken);
        covered.gone = left.filter(|(entry, _)| looked_at(&entry.path)).count();
        covered
    }
}

impl Entry {
    /// Whether it was no less severe than this finding is now.
    fn is_as_bad_as(&self, judged: &Judged) -> bool {
        Severity::named(&self.severity).is_some_and(|severity| judged.severity <= severity)
    }
}

impl Tool {
    fn this() -> Tool {
        Tool {
            name: "obsproof".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset: catalogue::ruleset().to_owned(),
        }
    }
}

fn path_of<'r>(repo: &'r Repo, finding: &Finding) -> &'r str {
    finding.span.map_or(".", |span| repo.path(span))
}

/// Lines on each side that tell a finding from others of its kind.
const AROUND: u32 = 3;

/// What stands above and below a finding, hashed; credentials left out.
fn around(repo: &Repo, redactions: &Redactions, finding: &Finding) -> (String, String) {
    let Some(span) = finding.span else { return (String::new(), String::new()) };
    let source = repo.source(span.source);
    let first = source.line_of(span.start);
    let last = source.line_of(span.end.saturating_sub(1).max(span.start));
    let hash = |lines: std::ops::Range<u32>| {
        let mut hash = Sha256::new();
        for line in lines {
            let text = redactions.line(repo, span.source, line);
            for word in text.split_whitespace() {
                hash.update(word.as_bytes());
                hash.update([0]);
            }
            hash.update([1]);
        }
        hex(&hash.finalize()[..8])
    };
    let end = source.line_count() + 1;
    (
        hash(first.saturating_sub(AROUND).max(1)..first),
        hash(last + 1..(last + 1 + AROUND).min(end.max(last + 1))),
    )
}
