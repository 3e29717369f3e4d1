//! Names that some text of the repository mentions, whatever its format: recorded names in
//! expressions, dashboards, adapters and autoscalers; files in compositions and build files; old
//! names of attributes in anything but code; variables whose value is put in.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::mentions::is_part;
use crate::identify::Kind;
use crate::lang::quick::{QuickMap, steady_hash};
use crate::semconv;
use crate::source::SourceId;
use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What the texts of a repository mention.
#[derive(Debug, Default)]
pub struct Mentions {
    records: BTreeSet<String>,
    files: BTreeSet<String>,
    /// Old names of attributes, as those write them who read what is sent.
    attributes: BTreeSet<&'static str>,
    /// Variables of telemetry whose value some text puts in: `${NAME}`, `$NAME`.
    variables: BTreeSet<String>,
}

impl Mentions {
    /// Whether some text puts the value of a variable of telemetry in.
    pub(super) fn fills_in(&self, variable: &str) -> bool {
        self.variables.contains(variable)
    }
}

impl Repo {
    /// Whether a recorded name stands somewhere else than where it is recorded. Tests of rules do
    /// not count.
    pub fn is_mentioned(&self, record: &str) -> bool {
        self.mentioned().records.contains(record)
    }

    /// Last parts of the paths that objects and compositions mention: what puts them where, only
    /// the programs that read those know.
    pub fn named_files(&self) -> &BTreeSet<String> {
        &self.mentioned().files
    }

    /// Whether something but code reads an attribute that was renamed: a dashboard, a rule, a
    /// pipeline; also as the label that Prometheus makes of it.
    pub fn reads_attribute(&self, old: &str) -> bool {
        self.mentioned().attributes.contains(old)
    }

    /// Whether a word that is written as variables are is put away by a command before the program
    /// starts: an argument of a container, or a line of another file, replaces it.
    pub fn is_replaced(&self, word: &str, document: DocumentId) -> bool {
        let variable = word.len() > 5
            && word.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_');
        let by = |text: &str, commands: &[&str]| {
            text.contains(word) && commands.iter().any(|it| text.contains(it))
        };
        let replaces = |text: &str| by(text, &["sed ", "envsubst", "replace"]);
        // In its own file words may ask the reader to do it.
        let runs = |text: &str| by(text, &["sed ", "envsubst"]);
        let mut args = self.facts.containers.iter().flat_map(|container| &container.args);
        let own = document.source;
        variable
            && (args.any(|arg| replaces(&arg.text))
                || self.facts.documents.iter().any(|other| {
                    let source = other.id.source;
                    let mut lines = self.source(source).text().lines();
                    if source == own { lines.any(runs) } else { lines.any(replaces) }
                }))
    }

    pub(super) fn mentioned(&self) -> &Mentions {
        self.mentions.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Mentions {
    let mut mentions = Mentions::default();
    for one in &repo.facts.mentions {
        mentions.files.extend(one.files.iter().cloned());
        mentions.variables.extend(one.variables.iter().cloned());
    }
    let mut sought = Sought::of(repo);
    if !sought.by_hash.is_empty() {
        for (hash, count) in repo.facts.mentions.iter().flat_map(|one| &one.words) {
            if let Some(&name) = sought.by_hash.get(hash) {
                sought.names[name].seen += *count as usize;
            }
        }
    }
    for found in sought.in_texts(repo) {
        for name in found.records {
            sought.names[name].seen += 1;
        }
        mentions.attributes.extend(found.attributes);
    }
    let read = sought.names.into_iter().filter(|name| name.seen > name.recorded);
    mentions.records = read.map(|name| name.text.to_owned()).collect();
    mentions
}

/// A recorded name.
struct Name<'r> {
    text: &'r str,
    /// How often it is recorded.
    recorded: usize,
    /// How often texts have it.
    seen: usize,
}

/// What is looked for.
struct Sought<'r> {
    names: Vec<Name<'r>>,
    /// Numbers of those with a colon inside, by their hash: each file's facts know which it has.
    by_hash: QuickMap<u64, usize>,
    /// The others, which only the texts themselves show.
    plain: Option<Plain<'r>>,
    renamed: Option<Renamed>,
}

/// What one text holds of what only texts show.
#[derive(Default)]
struct Found {
    /// Numbers of recorded names, each as often as the text holds it.
    records: Vec<usize>,
    attributes: Vec<&'static str>,
}

impl<'r> Sought<'r> {
    fn of(repo: &'r Repo) -> Sought<'r> {
        let records = repo.facts.recording_rules.iter().map(|rule| rule.name.text.as_str());
        let mut records: Vec<&str> = records.filter(|name| !name.is_empty()).collect();
        records.sort_unstable();
        let groups = records.chunk_by(|one, other| one == other);
        let names: Vec<Name<'r>> =
            groups.map(|group| Name { text: group[0], recorded: group.len(), seen: 0 }).collect();
        let (with, plain): (Vec<usize>, Vec<usize>) =
            (0..names.len()).partition(|&name| names[name].text.contains(':'));
        let by_hash = with.into_iter().map(|name| (steady_hash(names[name].text), name)).collect();
        let plain = Plain::of(plain.iter().map(|&name| (name, names[name].text)));
        Sought { names, by_hash, plain, renamed: Renamed::of(repo) }
    }

    /// What all texts hold; they are read once more only where that is asked for.
    fn in_texts(&self, repo: &Repo) -> Vec<Found> {
        if self.plain.is_none() && self.renamed.is_none() {
            return Vec::new();
        }
        let look = |(number, _): (usize, _)| {
            self.in_text(repo, SourceId(u32::try_from(number).unwrap_or(u32::MAX)))
        };
        repo.sources.par_iter().enumerate().map(look).collect()
    }

    fn in_text(&self, repo: &Repo, id: SourceId) -> Found {
        let documents = repo.documents_in(id);
        let has = |test: fn(Kind) -> bool| documents.iter().any(|document| test(document.kind));
        let plain = self.plain.as_ref().filter(|_| !has(|kind| kind == Kind::PrometheusRuleTest));
        let of_code = documents.is_empty() || has(Kind::is_code);
        let renamed = self.renamed.as_ref().filter(|_| !of_code);
        let mut found = Found::default();
        if plain.is_none() && renamed.is_none() {
            return found;
        }
        let text = repo.source(id).look();
        found.records.extend(plain.into_iter().flat_map(|it| it.in_text(&text)));
        found.attributes.extend(renamed.into_iter().flat_map(|it| it.in_text(&text)));
        found
    }
}

/// Recorded names without a colon.
struct Plain<'r> {
    /// Numbers of those that are one word.
    words: QuickMap<&'r [u8], usize>,
    /// Lengths of these, a bit for each, and their first bytes: most words of a text have neither.
    lengths: u64,
    first: [bool; 256],
    /// Numbers of the others, in the order of the finder's patterns.
    odd: Vec<usize>,
    finder: Option<AhoCorasick>,
}

impl<'r> Plain<'r> {
    fn of(names: impl Iterator<Item = (usize, &'r str)>) -> Option<Plain<'r>> {
        let (words, odd): (Vec<_>, Vec<_>) = names.partition(|(_, name)| name.bytes().all(is_part));
        if words.is_empty() && odd.is_empty() {
            return None;
        }
        let (odd, texts): (Vec<usize>, Vec<&str>) = odd.into_iter().unzip();
        let mut longest = AhoCorasick::builder();
        longest.match_kind(MatchKind::LeftmostLongest).prefilter(odd.len() <= FEW);
        let finder = longest.build(texts).ok().filter(|_| !odd.is_empty());
        let mut first = [false; 256];
        words.iter().for_each(|(_, word)| first[word.as_bytes()[0] as usize] = true);
        let lengths = words.iter().fold(0, |known, (_, word)| known | bit(word.len()));
        let words = words.into_iter().map(|(name, word)| (word.as_bytes(), name)).collect();
        Some(Plain { words, lengths, first, odd, finder })
    }

    /// The names that stand in a text as whole words, each as often as it does.
    fn in_text(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        if !self.words.is_empty() {
            self.each_word(text.as_bytes(), |name| found.push(name));
        }
        let whole = |hit: &aho_corasick::Match| {
            let before = text.as_bytes()[..hit.start()].last();
            let after = text[hit.end()..].trim_start_matches(':').bytes().next();
            !before.is_some_and(|byte| is_part(*byte)) && !after.is_some_and(is_part)
        };
        let hits = self.finder.iter().flat_map(|finder| finder.find_iter(text)).filter(whole);
        found.extend(hits.map(|hit| self.odd[hit.pattern().as_usize()]));
        found
    }

    /// Shows the number of each name of one word that a text has: all texts are read here, and most
    /// words of them are told apart by their first byte.
    fn each_word(&self, text: &[u8], mut see: impl FnMut(usize)) {
        let mut at = 0;
        while let Some(&first) = text.get(at) {
            let start = at;
            at += 1;
            if !is_part(first) {
                continue;
            }
            while text.get(at).is_some_and(|&byte| is_part(byte)) {
                at += 1;
            }
            if !self.first[first as usize] {
                continue;
            }
            let colons = text[start..at].iter().rev().take_while(|&&byte| byte == b':').count();
            let word = &text[start..at - colons];
            if self.lengths & bit(word.len()) != 0 {
                self.words.get(word).into_iter().for_each(|&name| see(name));
            }
        }
    }
}

/// So many names are looked for by their rarest bytes; of more, every place has one.
const FEW: usize = 16;

/// The bit of a length; long ones share it.
fn bit(length: usize) -> u64 {
    1 << (length % 64)
}

/// Old names of attributes, and the labels that Prometheus makes of them.
struct Renamed {
    names: Vec<&'static str>,
    finder: AhoCorasick,
}

impl Renamed {
    /// Those that code sets; none where it sets none: nobody asks for others.
    fn of(repo: &Repo) -> Option<Renamed> {
        let keys = repo.facts.attribute_keys.iter();
        let old = keys.filter_map(|key| Some(semconv::renamed(&key.key.text)?.old));
        let names: Vec<&'static str> = old.collect::<BTreeSet<_>>().into_iter().collect();
        let labels = names.iter().map(|name| name.replace('.', "_"));
        let patterns: Vec<String> =
            names.iter().map(|name| (*name).to_owned()).chain(labels).collect();
        let finder = AhoCorasick::new(patterns).ok().filter(|_| !names.is_empty())?;
        Some(Renamed { names, finder })
    }

    fn in_text(&self, text: &str) -> Vec<&'static str> {
        let hits = self.finder.find_overlapping_iter(text);
        hits.map(|hit| self.names[hit.pattern().as_usize() % self.names.len()]).collect()
    }
}
