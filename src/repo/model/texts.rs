//! Labels and annotations of alerts as templates, and the expression of each alert.

use super::{Model, Place};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;
use crate::facts::{Dialect, DocumentId};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::lang::quick::{QuickMap, number};
use crate::lang::template::{self, Language, Parsed};
use crate::repo::Repo;
use crate::source::SourceId;
use foldhash::fast::RandomState;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::{Arc, Mutex, OnceLock};

/// A label or an annotation of an alert.
#[derive(Debug)]
pub struct AlertText<'r> {
    /// Its name.
    pub key: &'r Scalar,
    /// Its text.
    pub value: &'r Scalar,
    /// A label, not an annotation.
    pub is_label: bool,
    /// As read; nothing for a text that cannot be known.
    pub parsed: Template,
}

/// The template in a text: equal texts share it. Most texts hold none, and take no room for it.
#[derive(Debug)]
pub struct Template(Option<Arc<Parsed>>);

impl Deref for Template {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        static NOTHING: Parsed = Parsed {
            steps: Vec::new(),
            pipes: Vec::new(),
            definitions: Vec::new(),
            faults: Vec::new(),
        };
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

/// The texts of all alerts.
#[derive(Debug)]
pub struct AlertTexts<'r> {
    all: Vec<AlertText<'r>>,
    of_alert: QuickMap<(DocumentId, u32), Range<usize>>,
}

impl<'r> AlertTexts<'r> {
    fn of(repo: &'r Repo) -> AlertTexts<'r> {
        let alerts = &repo.facts.alert_rules;
        let count =
            |alert: &AlertRule| alert.labels.entries.len() + alert.annotations.entries.len();
        let mut all = Vec::with_capacity(alerts.iter().map(count).sum());
        let mut of_alert = QuickMap::with_capacity_and_hasher(alerts.len(), RandomState::default());
        for alert in alerts {
            let first = all.len();
            for (pairs, is_label) in [(&alert.labels, true), (&alert.annotations, false)] {
                all.extend(pairs.entries.iter().map(|(key, value)| AlertText {
                    key,
                    value,
                    is_label,
                    parsed: Template(None),
                }));
            }
            of_alert.insert((alert.document, alert.span.start), first..all.len());
        }
        let mut texts = AlertTexts { all, of_alert };
        let (templates, places) = texts.templates(repo);
        let parsed: Vec<_> = templates.par_iter().map(|raw| Arc::new(raw.parse())).collect();
        for (place, number) in places {
            texts.all[place].parsed = Template(parsed.get(number).cloned());
        }
        texts
    }

    /// The templates there are, each once, for half of all alerts say what others say; and of each
    /// text that is one its number and that of the template.
    fn templates(&self, repo: &'r Repo) -> (Vec<Raw<'r>>, Vec<(usize, usize)>) {
        let substituted = Substituted::default();
        let of_alert = |alert: &'r AlertRule| {
            let language = language_of(repo, alert);
            let range = self.of_alert.get(&(alert.document, alert.span.start)).cloned();
            let texts = range.filter(|_| language.is_some()).unwrap_or_default();
            let raw = |place: usize| {
                let value = self.all[place].value;
                let text = value.text.as_str();
                let language = language.filter(|_| value.known && text.contains("{{"))?;
                let doubled = text.contains("$$") && substituted.holds(repo, value.span.source);
                Some((place, number(text), Raw { text, language, doubled }))
            };
            texts.filter_map(raw).collect::<Vec<_>>()
        };
        let found: Vec<_> = repo.facts.alert_rules.par_iter().flat_map_iter(of_alert).collect();
        let mut all: Vec<Raw<'r>> = Vec::new();
        let mut known: QuickMap<u64, usize> = QuickMap::default();
        let places = found.into_iter().map(|(place, number, raw)| {
            let next = all.len();
            let at = *known.entry(number).or_insert(next);
            // Hardly two share a number that are not the same: then each is read.
            if all.get(at).is_some_and(|it| *it == raw) {
                return (place, at);
            }
            all.push(raw);
            (place, next)
        });
        let places = places.collect();
        (all, places)
    }
}

/// Whose templates the texts of an alert are: other programs have their own.
fn language_of(repo: &Repo, alert: &AlertRule) -> Option<Language> {
    let document = repo.document(alert.document);
    match document.kind {
        Kind::PrometheusRules | Kind::PrometheusOperator => {
            let other = document.dialect == Some(Dialect::VictoriaMetrics);
            (!other).then_some(Language::Prometheus)
        }
        _ => repo.is_grafana(alert.document).then_some(Language::Grafana),
    }
}

/// A template before it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Raw<'r> {
    text: &'r str,
    language: Language,
    /// Something makes one `$` of two before the program reads it.
    doubled: bool,
}

impl Raw<'_> {
    fn parse(&self) -> Parsed {
        match self.doubled {
            // Letter for letter, so that places stay.
            true => template::parse(&self.text.replace("$$", " $"), self.language),
            false => template::parse(self.text, self.language),
        }
    }
}

/// Files into which Flux puts values before their objects are applied: it makes one `$` of two.
#[derive(Default)]
struct Substituted {
    /// Whether Flux applies what is here.
    flux: OnceLock<bool>,
    known: Mutex<BTreeMap<SourceId, bool>>,
}

impl Substituted {
    fn holds(&self, repo: &Repo, source: SourceId) -> bool {
        const MARKS: &[&str] = &["ks.yaml", "gotk-sync.yaml", "gotk-components.yaml"];
        let flux = || repo.paths.iter().any(|path| MARKS.contains(&last(path)));
        let flux = *self.flux.get_or_init(flux);
        let look = || {
            let text = repo.source(source).text();
            text.contains("kind: PrometheusRule") && (flux || text.contains("${"))
        };
        match self.known.lock() {
            Ok(mut known) => *known.entry(source).or_insert_with(look),
            Err(_) => look(),
        }
    }
}

impl<'r> Model<'r> {
    pub(super) fn texts(&self) -> &AlertTexts<'r> {
        self.texts.get_or_init(|| AlertTexts::of(self.repo))
    }

    /// The labels and annotations of an alert, in the order of the file.
    pub fn texts_of(&self, alert: &AlertRule) -> &[AlertText<'r>] {
        let texts = self.texts();
        let range = texts.of_alert.get(&(alert.document, alert.span.start)).cloned();
        range.and_then(|range| texts.all.get(range)).unwrap_or_default()
    }

    /// The values that an alert fires with: the side of its comparisons and set operations whose
    /// values come through, recorded names followed.
    pub fn value_of<'q>(&'q self, place: Place<'q, 'r>) -> Place<'q, 'r> {
        use crate::lang::promql::ast::{Kind as Node, Op};
        let mut place = self.follow(place);
        for _ in 0..super::DEPTH {
            let Node::Binary(binary) = place.kind() else { return place };
            let side = match binary.op {
                op if op.is_comparison() && binary.returns_bool.is_none() => {
                    match self.constant(place.at(binary.left)) {
                        Some(_) => binary.right,
                        None => binary.left,
                    }
                }
                Op::And | Op::Unless => binary.left,
                _ => return place,
            };
            place = self.follow(place.at(side));
        }
        place
    }
}
