//! Constants of one file that another names: in metrics, their labels, spans and records.

mod meaning;

use crate::facts::code::conventions::AttributeKey;
use crate::facts::code::logs::LogCall;
use crate::facts::code::spans::{SpanFunction, SpanScope, WrappedSpan};
use crate::facts::code::{LabelValue, MetricDefinition, MetricUse, NamePart};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::repo::Repo;
use meaning::Meaning;
use std::collections::BTreeSet;
use std::mem::take;

/// Gives facts the texts that constants of other files are. What no constant is certainly meant by
/// is not known from here on.
pub(super) fn settle(mut repo: Repo) -> Repo {
    let mut open = Open::of(&mut repo.facts);
    let mut meaning = Meaning::of(&repo);
    open.each(&mut |from, scalar| {
        if let Some(text) = meaning.text(from, &scalar.text) {
            scalar.text = text;
            scalar.known = true;
        }
    });
    open.metrics(&mut |from, path| meaning.text(from, path));
    open.drop_unknown();
    open.give_back(&mut repo.facts);
    repo
}

/// Facts that may hold the names of constants, taken out of the repository.
struct Open {
    definitions: Vec<MetricDefinition>,
    uses: Vec<MetricUse>,
    scopes: Vec<SpanScope>,
    functions: Vec<SpanFunction>,
    wrapped: Vec<WrappedSpan>,
    records: Vec<LogCall>,
    keys: Vec<AttributeKey>,
}

impl Open {
    fn of(facts: &mut FileFacts) -> Open {
        Open {
            definitions: take(&mut facts.metric_definitions),
            uses: take(&mut facts.metric_uses),
            scopes: take(&mut facts.span_scopes),
            functions: take(&mut facts.span_functions),
            wrapped: take(&mut facts.wrapped_spans),
            records: take(&mut facts.log_calls),
            keys: take(&mut facts.attribute_keys),
        }
    }

    fn give_back(self, facts: &mut FileFacts) {
        facts.metric_definitions = self.definitions;
        facts.metric_uses = self.uses;
        facts.span_scopes = self.scopes;
        facts.span_functions = self.functions;
        facts.wrapped_spans = self.wrapped;
        facts.log_calls = self.records;
        facts.attribute_keys = self.keys;
    }

    /// Visits all that may be the name of a constant.
    fn each(&mut self, visit: &mut dyn FnMut(DocumentId, &mut Scalar)) {
        let mut visit = |from: DocumentId, scalar: &mut Scalar| {
            if !scalar.known && !scalar.text.is_empty() {
                visit(from, scalar);
            }
        };
        for one in &mut self.definitions {
            one.labels.iter_mut().flatten().for_each(|label| visit(one.document, label));
        }
        for one in &mut self.uses {
            let keys = one.labels.iter_mut().flatten().filter_map(|label| label.key.as_mut());
            keys.for_each(|key| visit(one.document, key));
        }
        for one in &mut self.scopes {
            one.name.iter_mut().for_each(|name| visit(one.document, name));
        }
        for one in &mut self.functions {
            let name = one.gives.as_mut().and_then(|gives| gives.name.as_mut());
            name.into_iter().for_each(|name| visit(one.document, name));
        }
        for one in &mut self.wrapped {
            let texts = one.args.iter_mut().filter_map(|arg| arg.text.as_mut());
            texts.for_each(|text| visit(one.scope.document, text));
        }
        for one in &mut self.records {
            for value in &mut one.values {
                let names = value.named_by.iter_mut().chain(value.stands_for.iter_mut());
                names.for_each(|name| visit(one.document, name));
            }
        }
        for one in &mut self.keys {
            visit(one.document, &mut one.key);
        }
    }

    /// Gives metrics the names that constants make.
    fn metrics(&mut self, text: &mut dyn FnMut(DocumentId, &str) -> Option<String>) {
        for one in &mut self.definitions {
            let Some(open) = &one.open else { continue };
            let mut part = |part: &NamePart| match part {
                NamePart::Text(text) => Some(text.clone()),
                NamePart::Constant(path) => text(one.document, path),
            };
            let [namespace, subsystem, name] = &open.parts;
            let parts = (part(namespace), part(subsystem), part(name));
            if let (Some(namespace), Some(subsystem), Some(name)) = parts {
                one.settle([&namespace, &subsystem, &name]);
            }
        }
    }

    /// Lists with a name that nobody knows are not known; spans without one have none.
    fn drop_unknown(&mut self) {
        self.keys.retain(|one| one.key.known);
        for one in &mut self.definitions {
            let known = |labels: &Vec<Scalar>| labels.iter().all(|label| label.known);
            one.labels = one.labels.take().filter(known);
            if let Some(labels) = one.labels.as_mut().filter(|_| one.telemetry) {
                // Several uses give one attribute, by its text or by a constant.
                let mut seen = BTreeSet::new();
                labels.retain(|label| seen.insert(label.text.clone()));
            }
        }
        for one in &mut self.uses {
            let known = |labels: &Vec<LabelValue>| {
                let mut keys = labels.iter().filter_map(|label| label.key.as_ref());
                keys.all(|key| key.known)
            };
            one.labels = one.labels.take().filter(known);
        }
        for one in &mut self.scopes {
            one.name = one.name.take().filter(|name| name.known);
        }
        for gives in self.functions.iter_mut().filter_map(|one| one.gives.as_mut()) {
            gives.name = gives.name.take().filter(|name| name.known);
        }
        for arg in self.wrapped.iter_mut().flat_map(|one| &mut one.args) {
            arg.text = arg.text.take().filter(|text| text.known);
        }
        for value in self.records.iter_mut().flat_map(|one| &mut one.values) {
            if let Some(key) = value.named_by.take().filter(|key| key.known) {
                value.key = Some(key);
            }
            // What the source shows to everybody is no secret.
            if let Some(text) = value.stands_for.take().filter(|text| text.known) {
                value.constant = Some(text.text);
            }
        }
    }
}
