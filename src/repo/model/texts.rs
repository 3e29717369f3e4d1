//! Labels and annotations of alerts as templates, and the expression of each alert.

use super::{Model, Place};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;
use crate::facts::{Dialect, DocumentId};
use crate::identify::Kind;
use crate::lang::quick::QuickMap;
use crate::lang::template::{self, Language, Parsed};
use crate::repo::Repo;
use rayon::prelude::*;
use std::ops::{Deref, Range};

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

/// The template in a text. Most texts hold none, and take no room for it.
#[derive(Debug)]
pub struct Template(Option<Box<Parsed>>);

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
        let mut raw = Vec::new();
        let mut of_alert = QuickMap::default();
        for alert in &repo.facts.alert_rules {
            let first = raw.len();
            // Other programs have templates of their own.
            let document = repo.document(alert.document);
            let language = match document.kind {
                Kind::PrometheusRules | Kind::PrometheusOperator => {
                    let other = document.dialect == Some(Dialect::VictoriaMetrics);
                    (!other).then_some(Language::Prometheus)
                }
                _ => repo.is_grafana(alert.document).then_some(Language::Grafana),
            };
            for (pairs, is_label) in [(&alert.labels, true), (&alert.annotations, false)] {
                raw.extend(
                    pairs.entries.iter().map(|(key, value)| (key, value, is_label, language)),
                );
            }
            of_alert.insert((alert.document, alert.span.start), first..raw.len());
        }
        let all = raw
            .into_par_iter()
            .map(|(key, value, is_label, language)| {
                let language = language.filter(|_| value.known && value.text.contains("{{"));
                let parse = |language| Box::new(template::parse(&value.text, language));
                AlertText { key, value, is_label, parsed: Template(language.map(parse)) }
            })
            .collect();
        AlertTexts { all, of_alert }
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
