//! The parts of a declaration, wherever a library takes them: arguments, options, calls of a chain.

use super::exposed::Named;
use super::lists::{buckets, items};
use super::parts::{Given, Parts, parts};
use super::place::Places;
use super::{Holder, MetricDefinition, MetricType, Registry};
use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{CallForm, ExprId, ExprKind, Place, StmtKind};
use std::collections::BTreeMap;

/// Most calls of a chain, and most steps from a name to a declaration.
pub(super) const STEPS: usize = 32;

/// The declarations of a file.
pub(in crate::facts::code) struct Declarations {
    /// Each with the call that declares it, in the order of the text.
    pub(in crate::facts::code) all: Vec<(ExprId, MetricDefinition)>,
    /// Keys and values in turn that declarations of that kind are given, by their number.
    pub(in crate::facts::code) pairs: Vec<Vec<ExprId>>,
    by_call: BTreeMap<ExprId, usize>,
}

/// What an expression leads to.
pub(in crate::facts::code) struct Origin {
    /// Number of the declaration.
    pub(in crate::facts::code) declaration: usize,
    /// The last call on the way that is made on the metric: a choice of labels.
    pub(in crate::facts::code) through: Option<ExprId>,
}

impl Declarations {
    pub(in crate::facts::code) fn of(file: &File<'_, '_>) -> Declarations {
        let mut found =
            Declarations { all: Vec::new(), pairs: Vec::new(), by_call: BTreeMap::new() };
        let calls = file.calls_of(Role::Metric);
        if calls.is_empty() {
            return found;
        }
        let chains = chains(file);
        let places = Places::of(file);
        for (call, api) in calls {
            let parts = parts(file, call, api, &chains);
            let mut definition = declared(file, call, api, &parts);
            definition.number = found.all.len();
            definition.made = places.made(file, call);
            found.by_call.insert(call, definition.number);
            found.all.push((call, definition));
            found.pairs.push(parts.pairs);
        }
        found.hold(file);
        found
    }

    /// Says what holds each.
    fn hold(&mut self, file: &File<'_, '_>) {
        let mut held: Vec<(usize, Holder)> = Vec::new();
        let mut give = |value: ExprId, holder: Option<Holder>| {
            if let (Some(number), Some(holder)) = (self.root(file, value), holder) {
                held.push((number, holder));
            }
        };
        let unit = file.unit;
        for class in &unit.classes {
            for field in &class.fields {
                let holder = Holder {
                    scope: Some(class.name.into()),
                    name: field.name.into(),
                    of_unknown: false,
                };
                field.value.into_iter().for_each(|value| give(value, Some(holder.clone())));
            }
        }
        for stmt in &unit.stmts {
            if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind {
                give(*value, targets.first().and_then(|target| super::holder_of(file, *target)));
            }
        }
        for expr in &unit.exprs {
            match &expr.kind {
                ExprKind::Assign { target, value, .. } => {
                    give(*value, super::holder_of(file, *target));
                }
                ExprKind::Map { of, entries } => {
                    let scope = of.and_then(|of| last_name(file, of));
                    for (key, value) in entries {
                        let name = key.and_then(|key| last_name(file, key));
                        let scope = scope.clone();
                        give(*value, name.map(|name| Holder { scope, name, of_unknown: false }));
                    }
                }
                _ => {}
            }
        }
        for (number, holder) in held {
            self.all[number].1.holder.get_or_insert(holder);
        }
    }

    /// The declaration at the bottom of a chain of calls.
    fn root(&self, file: &File<'_, '_>, id: ExprId) -> Option<usize> {
        let mut id = id;
        for _ in 0..STEPS {
            if let Some(number) = self.by_call.get(&id) {
                return Some(*number);
            }
            id = below(file, id)?;
        }
        None
    }

    /// The declaration that an expression leads to, through names, fields and chains.
    pub(in crate::facts::code) fn origin(&self, file: &File<'_, '_>, id: ExprId) -> Option<Origin> {
        if self.all.is_empty() {
            return None;
        }
        let mut through = None;
        let mut id = id;
        for _ in 0..STEPS {
            if let Some(&declaration) = self.by_call.get(&id) {
                return Some(Origin { declaration, through });
            }
            let labels =
                file.role(id, Role::MetricUse).is_some_and(|api| api.get("does") == Some("labels"));
            if labels {
                through = Some(id);
            }
            id = match file.names.held(id) {
                Some(value) => value,
                None => below(file, id)?,
            };
        }
        None
    }
}

/// What a call is made on, or what a wrapper holds.
pub(super) fn below(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let unit = file.unit;
    match unit.expr(id) {
        ExprKind::Call { callee, args, .. } => {
            // `Lazy::new(|| …)` is what its function gives.
            if let [arg] = args.as_slice()
                && let ExprKind::Lambda(function) = unit.expr(arg.value)
            {
                return match unit.function(*function).body.last().map(|last| unit.stmt(*last)) {
                    Some(StmtKind::Expr(value) | StmtKind::Return(Some(value))) => Some(*value),
                    _ => None,
                };
            }
            match unit.expr(*callee) {
                ExprKind::Member { of, .. } => Some(*of),
                _ => None,
            }
        }
        ExprKind::Await(of) | ExprKind::Propagate(of) | ExprKind::Unary { of, .. } => Some(*of),
        ExprKind::Other(items) => match items.as_slice() {
            [item] => Some(*item),
            _ => None,
        },
        _ => None,
    }
}

/// The last part of a name.
pub(super) fn last_name(file: &File<'_, '_>, id: ExprId) -> Option<String> {
    match file.unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((*name).to_owned()),
        ExprKind::Text(text) => Some(text.to_string()),
        ExprKind::Unary { of, .. } => last_name(file, *of),
        _ => None,
    }
}

/// The calls that are made on an expression: `a` to `a.b()`.
pub(super) type Chains = BTreeMap<ExprId, ExprId>;

fn chains(file: &File<'_, '_>) -> Chains {
    let unit = file.unit;
    let mut found = Chains::new();
    for call in unit.calls() {
        if let ExprKind::Call { callee, .. } = unit.expr(call)
            && let ExprKind::Member { of, .. } = unit.expr(*callee)
        {
            let mut base = *of;
            while let ExprKind::Await(of) | ExprKind::Propagate(of) = unit.expr(base) {
                base = *of;
            }
            found.insert(base, call);
        }
    }
    found
}

fn declared(
    file: &File<'_, '_>,
    call: ExprId,
    api: &'static Api,
    parts: &Parts<'_, '_, '_>,
) -> MetricDefinition {
    let kind = MetricType::of(api.get("type").unwrap_or_default());
    let name = name(file, call, parts.name);
    let text = |given: &Option<Given>| match given {
        None => Some(String::new()),
        Some(Given::One(id)) => file.text_of(*id),
        Some(_) => None,
    };
    let unit_text = text(&parts.unit);
    let known = [text(&parts.namespace), text(&parts.subsystem), unit_text.clone()];
    let open = match (&known, name.known) {
        ([Some(_), Some(_), Some(_)], true) | ([.., None], _) => None,
        ([.., Some(unit)], _) => super::open::name(file, parts, unit),
    };
    let exposed = match known {
        [Some(namespace), Some(subsystem), Some(unit)] if name.known && !name.text.is_empty() => {
            Named {
                name: &name.text,
                namespace: &namespace,
                subsystem: &subsystem,
                unit: &unit,
                kind,
                api,
                language: file.unit.language,
            }
            .exposed()
        }
        _ => String::new(),
    };
    let written = match &parts.buckets {
        Some(Given::One(id)) => Some(file.expr_span(*id)),
        Some(Given::All(args)) => args.first().zip(args.last()).map(|(first, last)| {
            let at = file.unit.place(*first).start..file.unit.place(*last).end;
            file.span(&at)
        }),
        _ => None,
    };
    let unit = match &parts.unit {
        Some(Given::One(id)) => file.scalar(*id),
        _ => None,
    };
    MetricDefinition {
        document: file.document,
        number: 0,
        exposed,
        open,
        kind,
        labels: labels(file, call, api, parts),
        buckets: buckets(file, kind, api, parts),
        buckets_span: written,
        telemetry: api.get("system") == Some("opentelemetry"),
        api,
        language: file.unit.language,
        unit_open: parts.unit.is_some() && unit.is_none(),
        unit,
        registry: registry(file, api, parts),
        made: super::Made::Function,
        holder: None,
        native: parts.native || matches!(parts.buckets, Some(Given::Unknown)),
        percentiles: parts.percentiles,
        call: file.callee_span(call),
        name,
    }
}

/// The name as written; unknown where it is put together of what cannot be followed.
fn name(file: &File<'_, '_>, call: ExprId, id: Option<ExprId>) -> Scalar {
    let Some(id) = id else {
        let span = file.callee_span(call);
        return Scalar { text: String::new(), span, known: false, plain: true };
    };
    if let Some(scalar) = file.scalar(id) {
        return scalar;
    }
    let text = file.text_of(id);
    let (known, text) = (text.is_some(), text.unwrap_or_default());
    Scalar { text, span: file.expr_span(id), known, plain: true }
}

/// The labels of a declaration, if all are certain; constants of other files are unknown yet.
fn labels(
    file: &File<'_, '_>,
    call: ExprId,
    api: &'static Api,
    parts: &Parts<'_, '_, '_>,
) -> Option<Vec<Scalar>> {
    if parts.open || matches!(api.get("system"), Some("opentelemetry" | "statsd")) {
        return None;
    }
    if api.get("labels") == Some("named") {
        let named = file.unit.args(call).iter().filter_map(|arg| Some((arg.name?, arg.value)));
        return Some(named.map(|(name, value)| file.named(name, value)).collect());
    }
    if api.get("system") == Some("micrometer") {
        // Tags may also come as objects.
        let texts = parts.pairs.chunks(2).map(|pair| match pair {
            [key, _] => file.named_text(*key),
            _ => None,
        });
        return texts.collect();
    }
    match &parts.labels {
        None => Some(Vec::new()),
        Some(Given::One(id)) => match items(file, *id) {
            Some(items) => items.into_iter().map(|item| file.named_text(item)).collect(),
            // A single name, or the options that hold none.
            None if is_name(file, *id) => {
                // C# takes any number of them, one after the other.
                let args = file.unit.args(call);
                let first = args.iter().position(|arg| arg.value == *id)?;
                let many = file.unit.language == Language::Csharp;
                let last = if many { args.len() } else { first + 1 };
                args[first..last].iter().map(|arg| file.named_text(arg.value)).collect()
            }
            None => {
                let id = file.names.resolved(*id);
                let options = matches!(
                    file.unit.expr(id),
                    ExprKind::Map { .. }
                        | ExprKind::Call { form: CallForm::New, .. }
                        | ExprKind::Null
                );
                options.then(Vec::new)
            }
        },
        Some(Given::All(args)) => args.iter().map(|arg| file.named_text(*arg)).collect(),
        Some(Given::Unknown) => None,
    }
}

/// Whether an argument is the name of one label: in C# that may be a constant.
fn is_name(file: &File<'_, '_>, id: ExprId) -> bool {
    let constant = || file.unit.language == Language::Csharp && file.constant(id).is_some();
    file.scalar(id).is_some() || constant()
}

fn registry(file: &File<'_, '_>, api: &'static Api, parts: &Parts<'_, '_, '_>) -> Registry {
    match &parts.registry {
        Some(Given::One(id)) => {
            let id = file.names.resolved(*id);
            match file.unit.expr(id) {
                ExprKind::Null => Registry::None,
                ExprKind::List(items) if items.is_empty() => Registry::None,
                _ => Registry::Own,
            }
        }
        // `register()` of a builder.
        Some(Given::All(_)) => Registry::Default,
        Some(Given::Unknown) => Registry::Own,
        None if api.get("registers") == Some("always") => Registry::Default,
        None => Registry::None,
    }
}

/// Where the name of a named argument stands, right before its value.
pub(in crate::facts::code) fn name_before(text: &str, name: &str, value: &Place) -> Option<Place> {
    let end = value.start as usize;
    let start = end.saturating_sub(name.len() + 12);
    let start = (start..=end).find(|at| text.is_char_boundary(*at))?;
    let at = start + text.get(start..end)?.rfind(name)?;
    let place = |at: usize| u32::try_from(at).ok();
    Some(place(at)?..place(at + name.len())?)
}
