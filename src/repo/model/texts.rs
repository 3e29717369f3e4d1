//! Labels and annotations of alerts as templates, and the expression of each alert.

use super::{Model, Place};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;
use crate::facts::{Dialect, DocumentId};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::lang::quick::QuickMap;
use crate::lang::template::{self, Language, Parsed};
use crate::repo::Repo;
use crate::source::SourceId;
use foldhash::fast::RandomState;
use rayon::prelude::*;
use std::ops::{Deref, Range};
use std::sync::Arc;

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
        let mut texts = AlertTexts {
            all: Vec::with_capacity(alerts.iter().map(count).sum()),
            of_alert: QuickMap::with_capacity_and_hasher(alerts.len(), RandomState::default()),
        };
        let mut templates = Templates::default();
        for alert in alerts {
            let first = texts.all.len();
            let language = language_of(repo, alert);
            for (pairs, is_label) in [(&alert.labels, true), (&alert.annotations, false)] {
                for (key, value) in &pairs.entries {
                    if let Some(language) = language.filter(|_| value.known) {
                        templates.add(repo, value, language, texts.all.len());
                    }
                    texts.all.push(AlertText { key, value, is_label, parsed: Template(None) });
                }
            }
            let range = first..texts.all.len();
            texts.of_alert.insert((alert.document, alert.span.start), range);
        }
        let parsed = templates.read();
        for (place, number) in templates.places {
            texts.all[place].parsed = Template(parsed.get(number).cloned());
        }
        texts
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

/// Templates by what they are: half of all alerts say what others say.
#[derive(Default)]
struct Templates<'r> {
    all: Vec<Raw<'r>>,
    known: QuickMap<Raw<'r>, usize>,
    /// The number of each text that is a template, and that of the template.
    places: Vec<(usize, usize)>,
    /// Whether Flux applies what is here.
    flux: Option<bool>,
    /// The last file that was asked about, and whether Flux puts values into it.
    substituted: Option<(SourceId, bool)>,
}

/// A template before it is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

impl<'r> Templates<'r> {
    fn add(&mut self, repo: &Repo, value: &'r Scalar, language: Language, place: usize) {
        let text = value.text.as_str();
        if text.contains("{{") {
            let doubled = text.contains("$$") && self.is_substituted(repo, value.span.source);
            let raw = Raw { text, language, doubled };
            let next = self.all.len();
            let number = *self.known.entry(raw).or_insert(next);
            if number == next {
                self.all.push(raw);
            }
            self.places.push((place, number));
        }
    }

    /// Whether Flux puts values into the objects of a file before they are applied: it makes one `$` of
    /// two.
    fn is_substituted(&mut self, repo: &Repo, source: SourceId) -> bool {
        const MARKS: &[&str] = &["ks.yaml", "gotk-sync.yaml", "gotk-components.yaml"];
        if let Some((_, known)) = self.substituted.filter(|(of, _)| *of == source) {
            return known;
        }
        let text = repo.source(source).text();
        let flux = || repo.paths.iter().any(|path| MARKS.contains(&last(path)));
        let flux = *self.flux.get_or_insert_with(flux);
        let found = text.contains("kind: PrometheusRule") && (flux || text.contains("${"));
        self.substituted = Some((source, found));
        found
    }

    fn read(&self) -> Vec<Arc<Parsed>> {
        self.all.par_iter().map(|raw| Arc::new(raw.parse())).collect()
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
