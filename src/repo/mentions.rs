//! Names that some text of the repository mentions, whatever its format: recorded names in
//! expressions, dashboards, adapters and autoscalers; files in compositions and build files; old
//! names of attributes in anything but code; variables whose value is put in. All texts are looked
//! at once.

use super::Repo;
use crate::identify::Kind;
use crate::lang::quick::{QuickMap, QuickSet};
use crate::semconv;
use crate::source::SourceId;
use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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

/// Endings of files that hold rules.
const ENDINGS: &[&str] = &[".yml", ".yaml", ".rules", ".json"];

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

    pub(super) fn mentioned(&self) -> &Mentions {
        self.mentions.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Mentions {
    let defined = Defined::of(repo);
    let renamed = Renamed::of(repo);
    let variables = repo.facts.otel_variables.iter();
    let variables: QuickSet<&str> = variables.map(|it| it.name.text.as_str()).collect();
    let wanted = Wanted { defined, renamed, variables };
    let look = |(number, _): (usize, _)| {
        let id = SourceId(u32::try_from(number).unwrap_or(u32::MAX));
        Named::of(repo, id, &wanted)
    };
    let found: Vec<Named<'_>> = repo.sources.par_iter().enumerate().map(look).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut mentions = Mentions::default();
    for named in found {
        for name in named.records {
            *seen.entry(name).or_default() += 1;
        }
        mentions.files.extend(named.files);
        mentions.attributes.extend(named.attributes);
        mentions.variables.extend(named.variables.into_iter().map(str::to_owned));
    }
    let read = seen.into_iter().filter(|(name, count)| *count > wanted.defined.names[name]);
    mentions.records = read.map(|(name, _)| name.to_owned()).collect();
    mentions
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

/// What is looked for.
struct Wanted<'r> {
    defined: Defined<'r>,
    renamed: Option<Renamed>,
    variables: QuickSet<&'r str>,
}

/// What one text mentions.
#[derive(Default)]
struct Named<'r> {
    /// Recorded names, each as often as the text holds it.
    records: Vec<&'r str>,
    /// Last parts of paths.
    files: Vec<String>,
    attributes: Vec<&'static str>,
    variables: Vec<&'r str>,
}

impl<'r> Named<'r> {
    fn of(repo: &Repo, id: SourceId, wanted: &Wanted<'r>) -> Named<'r> {
        let documents = repo.documents_in(id);
        let has = |test: fn(Kind) -> bool| documents.iter().any(|document| test(document.kind));
        let of_tests = has(|kind| kind == Kind::PrometheusRuleTest);
        let defined = Some(&wanted.defined).filter(|it| !it.names.is_empty() && !of_tests);
        let of_code = documents.is_empty() || has(Kind::is_code);
        let renamed = wanted.renamed.as_ref().filter(|_| !of_code);
        let lists = has(|kind| matches!(kind, Kind::Kubernetes | Kind::Terraform | Kind::Text));
        let filled = !wanted.variables.is_empty();
        let mut named = Named::default();
        if defined.is_none() && renamed.is_none() && !lists && !filled {
            return named;
        }
        let text = repo.source(id).look();
        if let Some(defined) = defined {
            named.records = defined.in_text(&text);
        }
        if lists {
            let parts = text.split(|c: char| c.is_whitespace() || "\"'=,:/[]()".contains(c));
            let files = parts.filter(|part| ENDINGS.iter().any(|ending| part.ends_with(ending)));
            named.files.extend(files.map(str::to_owned));
        }
        if filled {
            let known = filled_in(&text).filter_map(|word| wanted.variables.get(word));
            named.variables.extend(known.copied());
        }
        named.attributes.extend(renamed.into_iter().flat_map(|it| it.in_text(&text)));
        named
    }
}

/// Recorded names, and how often each is recorded.
struct Defined<'r> {
    names: QuickMap<&'r str, usize>,
    /// Those without a colon inside, and what finds them.
    plain: Vec<&'r str>,
    finder: Option<AhoCorasick>,
}

impl<'r> Defined<'r> {
    fn of(repo: &'r Repo) -> Defined<'r> {
        let mut names: QuickMap<&str, usize> = QuickMap::default();
        let mut plain = BTreeSet::new();
        for rule in &repo.facts.recording_rules {
            let name = rule.name.text.as_str();
            *names.entry(name).or_default() += 1;
            if !name.contains(':') && !name.is_empty() {
                plain.insert(name);
            }
        }
        let plain: Vec<&str> = plain.into_iter().collect();
        let longest = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&plain);
        let finder = longest.ok().filter(|_| !plain.is_empty());
        Defined { names, plain, finder }
    }

    /// The names that stand in a text as whole words, each as often as it does.
    fn in_text(&self, text: &str) -> Vec<&'r str> {
        let known = |word| self.names.get_key_value(word).map(|(name, _)| *name);
        let mut found: Vec<&str> = words_with_colon(text).filter_map(known).collect();
        for hit in self.finder.iter().flat_map(|finder| finder.find_iter(text)) {
            let before = text.as_bytes()[..hit.start()].last();
            let after = text[hit.end()..].trim_start_matches(':').bytes().next();
            if !before.is_some_and(|byte| is_part(*byte)) && !after.is_some_and(is_part) {
                found.push(self.plain[hit.pattern().as_usize()]);
            }
        }
        found
    }
}

/// Words behind `$` and `{`.
fn filled_in(text: &str) -> impl Iterator<Item = &str> {
    let begun = memchr::memchr2_iter(b'{', b'$', text.as_bytes());
    begun.filter_map(|at| text.get(at + 1..)).map(|rest| {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        &rest[..rest.find(|c| !letter(c)).unwrap_or(rest.len())]
    })
}

/// Whether a metric's name can have this byte.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':'
}

/// Runs of letters that can be a metric's name and have a colon inside: all texts are read here, so
/// only what stands around colons is looked at.
fn words_with_colon(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut seen = 0;
    memchr::memchr_iter(b':', bytes).filter_map(move |colon| {
        // Before the end of a word all its colons were seen.
        if colon < seen || !bytes.get(colon + 1).is_some_and(|&byte| is_part(byte)) {
            return None;
        }
        let start = bytes[seen..colon].iter().rposition(|&byte| !is_part(byte));
        let start = start.map_or(seen, |at| seen + at + 1);
        let length = bytes[colon..].iter().position(|&byte| !is_part(byte));
        seen = length.map_or(bytes.len(), |length| colon + length);
        let word = text[start..seen].trim_end_matches(':');
        (word.len() > colon - start).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_a_colon_inside_are_looked_at() {
        let found = |text| words_with_colon(text).collect::<Vec<_>>();
        assert_eq!(found("expr: job:errors:rate5m > 0"), ["job:errors:rate5m"]);
        assert_eq!(found("key: value, other:: {{x}}"), Vec::<&str>::new());
        assert_eq!(found("a:b:: 'c:d'\nü:e: f"), ["a:b", "c:d", ":e"]);
        assert_eq!(found("rate(a:b)+a:b"), ["a:b", "a:b"]);
        assert_eq!(found(":"), Vec::<&str>::new());
    }
}
