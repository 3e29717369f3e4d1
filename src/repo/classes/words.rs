//! The words of names, and what each speaks of.

use crate::lang::quick::QuickMap;

const REQUESTS: &[&str] = &[
    "request",
    "requests",
    "response",
    "responses",
    "rpc",
    "rpcs",
    "call",
    "calls",
    "handled",
    "started",
    "hits",
    "queries",
    "operations",
    "transactions",
    "rps",
    "qps",
    "throughput",
];
const ERRORS: &[&str] = &[
    "error",
    "errors",
    "failed",
    "failure",
    "failures",
    "fail",
    "fails",
    "exception",
    "exceptions",
    "errored",
    "5xx",
    "4xx",
    "unsuccessful",
];
const LATENCY: &[&str] =
    &["duration", "durations", "latency", "latencies", "elapsed", "responsetime"];
const LATENCY_NAMES: &[&str] = &["latency", "duration", "slow", "p50", "p90", "p95", "p99", "p999"];
const CPU: &[&str] = &["cpu", "cpus", "load1", "load5", "load15"];
const MEMORY: &[&str] =
    &["memory", "mem", "memstats", "swap", "oom", "resident", "rss", "heap", "vmstat", "oomkilled"];
const DISK: &[&str] = &[
    "disk",
    "disks",
    "filesystem",
    "filesystems",
    "fs",
    "volume",
    "volumes",
    "inode",
    "inodes",
    "persistentvolume",
    "persistentvolumeclaim",
    "storage",
];
const DOWN: &[&str] = &["down", "absent", "unreachable", "disappeared"];
const SLO: &[&str] = &["slo", "slos", "sli", "slis", "budget", "burn", "burnrate", "objective"];
/// Words of technical names, in which a word of the business only names a service.
const TECHNICAL: &[&str] = &[
    "http",
    "grpc",
    "rpc",
    "cpu",
    "memory",
    "gc",
    "threads",
    "connection",
    "connections",
    "pool",
    "db",
    "sql",
    "agent",
    "requests",
    "request",
    "goroutines",
    "process",
];

/// What the words of a name speak of: a set, since one name is asked many things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Words(u16);

impl Words {
    pub(super) const REQUESTS: Words = Words(1);
    pub(super) const ERRORS: Words = Words(1 << 1);
    pub(super) const LATENCY: Words = Words(1 << 2);
    pub(super) const LATENCY_NAMES: Words = Words(1 << 3);
    pub(super) const CPU: Words = Words(1 << 4);
    pub(super) const MEMORY: Words = Words(1 << 5);
    pub(super) const DISK: Words = Words(1 << 6);
    pub(super) const DOWN: Words = Words(1 << 7);
    pub(super) const SLO: Words = Words(1 << 8);
    pub(super) const TECHNICAL: Words = Words(1 << 9);
    /// The word `business`.
    pub(super) const BUSINESS: Words = Words(1 << 10);
    /// A word that the settings list as the business's own.
    pub(super) const SPOKEN: Words = Words(1 << 11);

    /// Reads a name.
    pub(super) fn of(name: &str, lexicon: &Lexicon) -> Words {
        let mut found = Words::default();
        each_token(name, |token| found.add(lexicon.0.get(token).copied().unwrap_or_default()));
        found
    }

    pub(super) fn has(self, one: Words) -> bool {
        self.0 & one.0 != 0
    }

    fn add(&mut self, other: Words) {
        self.0 |= other.0;
    }
}

/// What each word speaks of.
#[derive(Debug)]
pub struct Lexicon(QuickMap<Box<str>, Words>);

impl Lexicon {
    /// What words speak of by themselves, and these of the business.
    pub fn of(business: &[String]) -> Lexicon {
        let lists: &[(&[&str], Words)] = &[
            (REQUESTS, Words::REQUESTS),
            (ERRORS, Words::ERRORS),
            (LATENCY, Words::LATENCY),
            (LATENCY_NAMES, Words::LATENCY_NAMES),
            (CPU, Words::CPU),
            (MEMORY, Words::MEMORY),
            (DISK, Words::DISK),
            (DOWN, Words::DOWN),
            (SLO, Words::SLO),
            (TECHNICAL, Words::TECHNICAL),
            (&["business"], Words::BUSINESS),
        ];
        let mut known: QuickMap<Box<str>, Words> = QuickMap::default();
        for (list, words) in lists {
            for word in *list {
                known.entry((*word).into()).or_default().add(*words);
            }
        }
        // `orders` for `order`.
        for word in business {
            for ending in ["", "s", "es"] {
                known.entry(format!("{word}{ending}").into()).or_default().add(Words::SPOKEN);
            }
        }
        Lexicon(known)
    }
}

/// The words of a name in lower case: `HighErrorRate`, `http_requests:rate5m`.
pub fn tokens(name: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    each_token(name, |token| tokens.push(token.to_owned()));
    tokens
}

/// Shows every word of a name, in lower case.
fn each_token(name: &str, mut see: impl FnMut(&str)) {
    match name.is_ascii() && name.len() <= LONGEST {
        true => each_plain_token(name.as_bytes(), &mut see),
        false => each_written_token(name, &mut see),
    }
}

/// Longest name, in bytes, for which there is room without asking for memory.
const LONGEST: usize = 128;

/// The same for a name of plain letters, as nearly all are.
fn each_plain_token(name: &[u8], see: &mut impl FnMut(&str)) {
    let mut room = [0; LONGEST];
    let mut length = 0;
    let mut show = |token: &[u8]| see(std::str::from_utf8(token).unwrap_or_default());
    let mut last = b' ';
    for (at, &c) in name.iter().enumerate() {
        let begins = c.is_ascii_uppercase()
            && (last.is_ascii_lowercase()
                || (last.is_ascii_uppercase()
                    && name.get(at + 1).is_some_and(u8::is_ascii_lowercase)));
        let apart = !c.is_ascii_alphanumeric();
        if (apart || begins) && length > 0 {
            show(&room[..length]);
            length = 0;
        }
        last = if apart { b' ' } else { c };
        if !apart {
            room[length] = c.to_ascii_lowercase();
            length += 1;
        }
    }
    if length > 0 {
        show(&room[..length]);
    }
}

fn each_written_token(name: &str, see: &mut impl FnMut(&str)) {
    let mut token = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    let mut last = ' ';
    while let Some(c) = letters.next() {
        let begins = c.is_uppercase()
            && (last.is_lowercase()
                || (last.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase())));
        let apart = !c.is_alphanumeric();
        if (apart || begins) && !token.is_empty() {
            see(&token);
            token.clear();
        }
        if apart {
            last = ' ';
            continue;
        }
        token.extend(c.to_lowercase());
        last = c;
    }
    if !token.is_empty() {
        see(&token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(tokens("HighErrorRate"), ["high", "error", "rate"]);
        assert_eq!(tokens("KubeAPIErrorBudgetBurn"), ["kube", "api", "error", "budget", "burn"]);
        assert_eq!(tokens("svc:http_requests:rate5m"), ["svc", "http", "requests", "rate5m"]);
        for name in ["HighErrorRate", "KubeAPIErrorBudgetBurn", "a5B-c:D", "ABc", "", "__x"] {
            let mut written = Vec::new();
            each_written_token(name, &mut |token| written.push(token.to_owned()));
            assert_eq!(tokens(name), written);
        }
    }
}
