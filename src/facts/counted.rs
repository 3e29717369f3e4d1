//! What counts and times requests from outside a program's code: what passes them on to it, and
//! tracers of vendors that are sent a share of them.

use super::FileFacts;
use crate::lang::path::last;
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// A file that sets up what counts requests.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Counted {
    /// The file.
    pub path: String,
    /// What counts.
    pub by: By,
}

/// What counts requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum By {
    /// A load balancer or a platform of a cloud, which counts all that it passes on.
    Before,
    /// A tracer that is sent a share of all requests.
    Tracer,
    /// Settings of Spring that let Prometheus ask for the figures of its actuator.
    Settings,
}

/// Resources of clouds that count every request they pass on, with its status and duration.
const RESOURCES: &[&str] = &[
    "\"aws_alb_target_group\"",
    "\"aws_lb_target_group\"",
    "\"azurerm_linux_web_app\"",
    "\"azurerm_windows_web_app\"",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
];
/// The same in programs that describe a cloud.
const CONSTRUCTS: &[&str] = &[
    "ApplicationListener(",
    "ApplicationLoadBalancedEc2Service(",
    "ApplicationLoadBalancedFargateService(",
    "ApplicationLoadBalancer(",
    "ApplicationTargetGroup(",
    "HttpApi(",
    "LambdaRestApi(",
];
/// Settings of Sentry's tracers: shares of requests of which a span is sent.
const SHARES: &[&str] = &[
    "enable_tracing",
    "enable-tracing",
    "enabletracing",
    "traces_sample_rate",
    "traces_sampler",
    "traces-sample-rate",
    "tracessamplerate",
    "tracessampler",
];

/// Reads what a file sets up.
pub(super) fn read(path: &str, text: &str, facts: &mut FileFacts) {
    let Some((_, ending)) = last(path).rsplit_once('.') else { return };
    let mut add = |by| facts.counted.push(Counted { path: path.to_owned(), by });
    let code = matches!(ending, "cs" | "go" | "java" | "js" | "kt" | "mjs" | "py" | "rs" | "ts");
    let settings = matches!(ending, "json" | "properties" | "template" | "tf" | "yaml" | "yml");
    let before = match (code, settings) {
        (true, _) if describes_clouds(path) => holds(text, CONSTRUCTS) || holds(text, RESOURCES),
        (_, true) => may_pass_on(text) && holds(text, RESOURCES),
        _ => false,
    };
    if before {
        add(By::Before);
    }
    if (code || settings && is_settings(path)) && sends(text) {
        add(By::Tracer);
    }
    if settings && last(path).starts_with("application") && lets_ask(text) {
        add(By::Settings);
    }
}

/// What the names of the resources begin with.
const BEGINNINGS: [&str; 3] = ["\"aws_", "\"azurerm_", "AWS::ElasticLoad"];

/// Whether a text can name one of the resources, by the words that they begin with: nearly none does.
fn may_pass_on(text: &str) -> bool {
    static FINDERS: OnceLock<[Finder<'static>; 3]> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| BEGINNINGS.map(Finder::new));
    finders.iter().any(|finder| finder.find(text.as_bytes()).is_some())
}

fn holds(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Whether the path of a program says that it describes a cloud.
fn describes_clouds(path: &str) -> bool {
    const STACKS: &[&str] =
        &["cdk", "cloudformation", "infra", "infrastructure", "stack", "stacks"];
    path.split(['/', '-', '_', '.']).any(|it| STACKS.contains(&it.to_ascii_lowercase().as_str()))
}

/// Files of settings of Spring and ASP.NET, in which Sentry's package reads its own.
fn is_settings(path: &str) -> bool {
    let known = ["application", "appsettings", "sentry.properties"];
    known.iter().any(|it| last(path).starts_with(it))
}

/// Whether settings of Spring let others ask for figures: `include: health,prometheus`.
fn lets_ask(text: &str) -> bool {
    text.contains("management")
        && text.lines().map(str::trim_start).any(|line| {
            let (key, value) = line.split_once([':', '=']).unwrap_or((line, ""));
            let exposes = key.trim_end().ends_with("include");
            !line.starts_with('#')
                && exposes
                && value.split([',', ' ', '"', '\'']).any(|word| word == "prometheus")
        })
}

/// Whether a text gives a tracer a share that is not nothing.
fn sends(text: &str) -> bool {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| {
        let mut longest = AhoCorasick::builder();
        longest.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
        longest.build(SHARES).ok()
    });
    let Some(finder) = finder else { return false };
    finder.find_iter(text).any(|found| {
        let line = text[..found.start()].rsplit('\n').next().unwrap_or_default().trim_start();
        let comment = ["#", "//", "*", "--"].iter().any(|mark| line.starts_with(mark));
        let rest = text[found.end()..].lines().next().unwrap_or_default();
        // `tracesSampler` begins `tracesSampleRate`, too.
        let whole = !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        !comment && whole && !is_nothing(&rest.to_ascii_lowercase())
    })
}

/// `=0`, `: 0.0,`, `= None)`, `: false`; also where no value follows.
fn is_nothing(rest: &str) -> bool {
    let value = rest.trim_start_matches(['"', '\'', ' ', ':', '=', '?']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')));
    let word = &value[..end.unwrap_or(value.len())];
    match word.trim_end_matches(['f', 'd']).parse::<f64>() {
        Ok(share) => share <= 0.0,
        // `: (context) => 0.1` is a share that the program decides.
        Err(_) if word.is_empty() => !value.starts_with(['(', '{', '&', '*']),
        Err(_) => matches!(word, "false" | "nil" | "none" | "null" | "undefined"),
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGINNINGS, RESOURCES, sends};

    #[test]
    fn no_resource_is_passed_over() {
        let begins = |name: &str| BEGINNINGS.iter().any(|begin| name.starts_with(begin));
        assert_eq!(RESOURCES.iter().find(|name| !begins(name)), None);
    }

    #[test]
    fn shares_above_nothing_are_told_from_none() {
        for text in [
            "    traces_sample_rate=get_traces_sample_rate(),",
            "traces_sample_rate=0.1, profiles_sample_rate=0.1)",
            "sentry.traces-sample-rate: 0.2",
            "tracesSampleRate: 1.0,",
            "o.TracesSampleRate = rate;",
            "\"TracesSampleRate\": 1,",
            "EnableTracing: true,",
            "traces_sampler=sampler,",
            "tracesSampler: (context) => 0.1,",
        ] {
            assert!(sends(text), "{text}");
        }
        for text in [
            "traces_sample_rate=0,",
            "traces_sample_rate: 0.0,",
            "o.TracesSampleRate = 0f;",
            "# traces_sample_rate=1.0,",
            "enable_tracing=False",
            "tracesSampleRate: undefined,",
        ] {
            assert!(!sends(text), "{text}");
        }
    }
}
