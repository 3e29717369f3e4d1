//! How long samples are kept.

use super::Repo;
use super::pillars::Part;
use crate::facts::mimir::MimirConfig;
use crate::facts::prometheus::ServerForm;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::duration;
use crate::source::Span;

/// The longest time that a server here can look back.
#[derive(Clone, Debug)]
pub struct Retention {
    /// In seconds.
    pub seconds: f64,
    /// Where it is written, or the server that says nothing.
    pub span: Span,
    /// In words: `kept for 15d here`.
    pub step: String,
    /// Written down or a server's own default, and nothing keeps samples longer.
    pub certain: bool,
}

const DAY: f64 = 86_400.0;
/// What a server keeps without a setting: Prometheus, and its operator.
const DEFAULT: f64 = 15.0 * DAY;
const OPERATOR_DEFAULT: f64 = DAY;
/// The flag's name since 2.8, and before.
const FLAGS: &[&str] = &["storage.tsdb.retention.time", "storage.tsdb.retention"];
const SIZES: &[&str] = &["storage.tsdb.retention.size"];

impl Repo {
    /// Whether something here says for how long metrics or logs are kept.
    pub fn tells_retention(&self, pillar: &str) -> bool {
        match pillar {
            "metrics" => {
                self.own_servers().any(|server| server.retention.is_some())
                    || self.scrapers().any(|it| FLAGS.iter().any(|flag| it.flag(flag).is_some()))
                    || self.facts.documents.iter().any(|it| is_told_to_chart(self, it))
            }
            // A group of some program's records says nothing of the others.
            "logs" => self
                .log_stores()
                .iter()
                .any(|store| store.kept.as_ref().is_some_and(|kept| kept.seconds.is_some())),
            _ => false,
        }
    }
}

/// Whether values of a chart of Prometheus say how long samples are kept.
fn is_told_to_chart(repo: &Repo, document: &Document) -> bool {
    let is_length = |value: &str| {
        let value = value.trim().trim_matches(['"', '\'']);
        value.len() > 1 && duration::prometheus(value).is_some()
    };
    document.kind == Kind::HelmValues && repo.is_ours(document.id) && {
        let text = repo.text(document.span);
        let mut lines =
            text.lines().filter_map(|line| line.trim_start().strip_prefix("retention:"));
        text.contains("prometheus") && lines.any(is_length)
    }
}

/// The retention that holds for queries; `None` if nobody can know it.
pub(super) fn of(repo: &Repo) -> Option<Retention> {
    let mut known = servers(repo)?;
    if known.is_empty() {
        known.extend(planned(repo));
    }
    // What a server sends on is kept by what takes it.
    let long = long_term(repo);
    let told = !long.is_empty();
    known.extend(long);
    let longest = known
        .into_iter()
        .reduce(|one, other| if other.seconds > one.seconds { other } else { one })?;
    let mut stored = repo.evidence_of(Part::LongTermMetrics);
    let stored = stored.any(|it| !told || !is_read(repo, it.document));
    Some(Retention { certain: longest.certain && !stored, ..longest })
}

/// How long Mimir and Cortex keep samples.
fn long_term(repo: &Repo) -> Vec<Retention> {
    let own = repo.facts.mimirs.iter().filter(|mimir| repo.is_ours(mimir.document));
    let of = |mimir: &MimirConfig| {
        let span = mimir.period.as_ref().map_or(mimir.anchor, |period| period.span);
        let text = match &mimir.period {
            Some(period) => period.known_text()?,
            None if mimir.open => return None,
            None => "0",
        };
        let ms = duration::prometheus(text).filter(|ms| *ms > 0);
        let (seconds, step) = match (ms, text) {
            (Some(ms), _) => (ms as f64 / 1000.0, format!("Mimir keeps samples for {text}")),
            (None, "0" | "0s") => (f64::INFINITY, "Mimir keeps samples for ever".to_owned()),
            (None, _) => return None,
        };
        Some(Retention { seconds, span, step, certain: true })
    };
    own.filter_map(of).collect()
}

/// Whether what keeps samples for long says itself for how long.
fn is_read(repo: &Repo, document: DocumentId) -> bool {
    repo.document(document).kind == Kind::MimirConfig
}

/// What the servers and their containers say; `None` if one of them cannot be known.
fn servers(repo: &Repo) -> Option<Vec<Retention>> {
    let mut found = Vec::new();
    let mut silent: Option<(Span, ServerForm)> = None;
    for server in repo.own_servers().filter(|server| !repo.is_agent(server)) {
        match &server.retention {
            Some(value) => found.push(written(value.known_text()?, value.span)?),
            None if server.open => return None,
            None => silent = silent.or(Some((server.anchor, server.form))),
        }
    }
    let mut containers = 0;
    for container in repo.scrapers().filter(|it| it.image_name() != Some("vmagent")) {
        if SIZES.iter().any(|flag| container.flag(flag).is_some()) {
            return None;
        }
        containers += 1;
        match FLAGS.iter().find_map(|flag| container.flag_value(flag)) {
            Some((value, span)) => found.push(written(value?, span)?),
            None if container.args.iter().any(|arg| !arg.known) => return None,
            None if silent.is_some() || !found.is_empty() => {}
            None => silent = Some((container.name.span, ServerForm::File)),
        }
    }
    if !found.is_empty() {
        return Some(found);
    }
    let default = |(span, form): (Span, ServerForm)| match form {
        ServerForm::Operator => Retention {
            seconds: OPERATOR_DEFAULT,
            span,
            step: "no retention set: the operator keeps 24h".to_owned(),
            certain: false,
        },
        _ => Retention {
            seconds: DEFAULT,
            span,
            step: "no retention set: Prometheus keeps 15d".to_owned(),
            // Where nothing shows how the server is started, a flag may say more.
            certain: containers > 0,
        },
    };
    // A plan in writing says more than a default.
    if containers == 0 && planned(repo).is_some() {
        return Some(Vec::new());
    }
    Some(silent.map(default).into_iter().collect())
}

/// The raw retention of the strategy.
fn planned(repo: &Repo) -> Option<Retention> {
    let metrics = repo.facts.pillars.iter().find(|pillar| pillar.name.text == "metrics")?;
    let value = metrics.retention()?;
    written(value.known_text()?, value.span)
}

fn written(text: &str, span: Span) -> Option<Retention> {
    let seconds = duration::prometheus(text)? as f64 / 1000.0;
    let step = format!("raw samples are kept for {text}");
    (seconds > 0.0).then_some(Retention { seconds, span, step, certain: true })
}
