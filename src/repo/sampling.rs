//! Which share of traces is kept, after all layers, and which share is meant to be.

use super::Repo;
use super::images::{Class, known_as};
use super::pillars::{self, Evidence};
use crate::facts::DocumentId;
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::{Layer, Sampler, Share};
use crate::source::Span;
use std::collections::BTreeSet;

/// What a layer leaves, and what another place says.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The share that is kept.
    pub share: f64,
    /// The share that is meant.
    pub rate: f64,
    /// Where that is written.
    pub other: Span,
}

/// Shares closer than this are one.
const NEAR: f64 = 1e-6;

fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= NEAR
}

/// `10 %` of 0.1.
pub fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A share as a strategy file writes it: `0.1`, `10%`.
pub fn planned(value: &Scalar) -> Option<f64> {
    let text = value.known_text()?.trim();
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

impl Repo {
    /// Samplers that run with a document; of clients that decide alike, one stands for all.
    fn samplers_beside(&self, document: DocumentId) -> impl Iterator<Item = &Sampler> {
        let numbers = self.sampler_kinds.get_or_init(|| kinds(self)).iter();
        let samplers = numbers.map(|&number| &self.facts.samplers[number]);
        samplers.filter(move |sampler| self.run_together(sampler.document, document))
    }

    /// Where the share that a sampler leaves is not the one that is meant: by the strategy, or by
    /// what Jaeger hands to clients.
    pub fn disagreement(&self, sampler: &Sampler) -> Option<Kept> {
        let Share::Of(own) = sampler.share else { return None };
        let mates = || self.samplers_beside(sampler.document);
        // What a tail sampler keeps is no share.
        let conditional =
            |mate: &Sampler| mate.layer == Layer::Tail && !matches!(mate.share, Share::Of(_));
        if mates().any(conditional) {
            return None;
        }
        let Some((rate, plan)) = self.planned_beside(sampler.document) else {
            return self.remote_disagreement(sampler, own);
        };
        let kept = |share: f64| Some(Kept { share, rate, other: plan });
        let cut = |mate: &&Sampler| matches!(mate.layer, Layer::Collector | Layer::Tail);
        let mut later = mates().filter(cut);
        let (later, more) = (later.next(), later.next());
        // Of several collectors nobody can say which stand behind each other.
        if more.is_some() {
            return None;
        }
        if matches!(sampler.layer, Layer::Collector | Layer::Tail) {
            let heads: Vec<f64> = mates().filter(|mate| !cut(mate)).filter_map(share_of).collect();
            if heads.is_empty() {
                return if is_same(own, rate) { None } else { kept(own) };
            }
            let twice = heads.iter().any(|&head| is_same(head, rate)) && !is_same(own, 1.0);
            return twice.then(|| kept(own * rate)).flatten();
        }
        let rest = match later {
            Some(later) => share_of(later)?,
            None => 1.0,
        };
        // A head that keeps the share itself is right: then the collector cuts it again.
        let right = is_same(own * rest, rate) || (later.is_some() && is_same(own, rate));
        if right { None } else { kept(own * rest) }
    }

    /// Whether a client beside a collector keeps a share of its traces only.
    pub fn is_cut_before(&self, document: DocumentId) -> bool {
        self.samplers_beside(document).any(|sampler| {
            let share = share_of(sampler);
            !matches!(sampler.layer, Layer::Collector | Layer::Tail)
                && share.is_some_and(|share| !is_same(share, 1.0))
        })
    }

    /// Clients that decide themselves beside strategies that say otherwise.
    fn remote_disagreement(&self, sampler: &Sampler, own: f64) -> Option<Kept> {
        if sampler.layer != Layer::Head {
            return None;
        }
        let mut remote =
            self.samplers_beside(sampler.document).filter(|it| it.layer == Layer::Remote);
        remote.find_map(|remote| {
            let rate = share_of(remote)?;
            (!is_same(own, rate)).then_some(Kept { share: own, rate, other: remote.value.span })
        })
    }

    /// The share that the strategy beside a document means, and where.
    fn planned_beside(&self, document: DocumentId) -> Option<(f64, Span)> {
        let traces = self.facts.pillars.iter().filter(|pillar| pillar.name.text == "traces");
        let mut beside = traces.filter(|pillar| self.run_together(pillar.document, document));
        beside.find_map(|pillar| {
            let value = pillar.settings.get("sampling_rate")?;
            Some((planned(value)?, value.span))
        })
    }
}

/// Numbers of samplers that differ in more than their place: there are thousands of clients, and
/// few decisions among them. Collectors all count, since they may stand behind each other.
fn kinds(repo: &Repo) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let mut is_new = |sampler: &Sampler| {
        let cuts = matches!(sampler.layer, Layer::Collector | Layer::Tail);
        let share = match sampler.share {
            Share::Of(share) => share.to_bits(),
            Share::Other => u64::MAX,
            Share::Unknown => u64::MAX - 1,
        };
        cuts || seen.insert((repo.setting_of(sampler.document), sampler.layer, share))
    };
    let samplers = repo.facts.samplers.iter().enumerate();
    samplers.filter(|(_, sampler)| is_new(sampler)).map(|(number, _)| number).collect()
}

fn share_of(sampler: &Sampler) -> Option<f64> {
    match sampler.share {
        Share::Of(share) => Some(share),
        Share::Other | Share::Unknown => None,
    }
}

impl Repo {
    /// What shows that traces are taken or sent here; tests and examples do not.
    pub fn tracing_here(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence_of_pillar("traces").filter(|evidence| self.is_ours(evidence.document))
    }

    /// Whether some layer decides which traces are kept; `None` where one may out of sight.
    pub fn has_sampling(&self) -> Option<bool> {
        let facts = &self.facts;
        let variable = |name: &str| PAIRS.contains(&name);
        let seen = facts.samplers.iter().any(|it| self.is_ours(it.document))
            || facts.sampling_strategies.iter().any(|it| self.is_ours(it.document))
            || facts.env_values.iter().any(|it| variable(&it.name.text));
        if seen {
            return Some(true);
        }
        let brings = |name: &str| {
            known_as(name).is_some_and(|known| {
                matches!(known.class, Class::Traces | Class::Collector | Class::Agent)
            })
        };
        let filled = |container: &Container| {
            container.env.open && self.is_ours(container.document) && !is_plain(container)
        };
        let hidden = facts.trace_mentions.iter().any(|it| it.samples)
            || self.has_foreign_code()
            || facts.packages.iter().any(|it| brings(&it.name.text))
            || facts.containers.iter().any(filled)
            || !facts.skips.is_empty();
        if hidden { None } else { Some(false) }
    }

    /// Whether source code may send traces.
    pub fn may_trace(&self) -> bool {
        !self.facts.trace_mentions.is_empty() || self.has_foreign_code()
    }

    /// Whether there is source code in a language that is not read.
    fn has_foreign_code(&self) -> bool {
        const READ: &[&str] =
            &["py", "go", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "rs", "cs"];
        self.paths
            .iter()
            .filter(|path| pillars::is_source_path(path))
            .any(|path| path.rsplit_once('.').is_some_and(|(_, ending)| !READ.contains(&ending)))
    }
}

/// Variables that set a sampler.
const PAIRS: &[&str] = &["OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "JAEGER_SAMPLER_TYPE"];

/// A container of well-known software that begins no traces.
fn is_plain(container: &Container) -> bool {
    container.image.as_ref().is_some_and(|image| known_as(&image.text).is_some())
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_shown_as_percentages() {
        assert_eq!(percent(0.1), "10 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.0025), "0.25 %");
    }
}
