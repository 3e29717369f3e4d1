//! Resources: the attributes that say whose telemetry it is.

use super::Setup;
use crate::facts::code::conventions;
use crate::facts::code::file::Call;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::unit::{Arg, CallForm, ExprId, ExprKind};
use crate::source::Span;

/// An attribute of a resource.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Attribute {
    /// Its key.
    pub key: String,
    /// Where the key is written.
    pub span: Span,
    /// Its value, where that is a text in the code.
    pub value: Option<Scalar>,
}

/// A resource, or a part of one.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Resource {
    /// Attributes that are certainly set.
    pub attributes: Vec<Attribute>,
    /// More may be set than can be seen here.
    pub open: bool,
    /// It takes in what the environment says.
    pub reads_environment: bool,
}

/// Most expressions that are looked at for one resource.
const MOST: usize = 400;

impl Setup<'_, '_, '_> {
    pub(super) fn resource(&self, call: &Call, api: &'static Api) -> Option<Resource> {
        let mut resource = Resource::default();
        match api.get("detects") {
            Some("environment") => resource.reads_environment = true,
            Some(_) => resource.open = true,
            None => {}
        }
        for (key, name) in [("name", "service.name"), ("version", "service.version")] {
            if let Some(value) = self.option(call, api, key) {
                resource.attributes.push(self.attribute(name.to_owned(), value, value));
            }
        }
        if let (Some(key), Some(value)) =
            (self.option(call, api, "key"), self.option(call, api, "value"))
        {
            match conventions::key(self.file, key) {
                Some(found) => resource.attributes.push(self.attribute(found.text, key, value)),
                None => resource.open = true,
            }
        }
        let args: Vec<ExprId> = self.file.unit.args(call.id).iter().map(|arg| arg.value).collect();
        if let Some(first) = api.get("pairs").and_then(|first| first.parse::<usize>().ok()) {
            for pair in args.get(first..).unwrap_or_default().chunks_exact(2) {
                match conventions::key(self.file, pair[0]) {
                    Some(found) => {
                        resource.attributes.push(self.attribute(found.text, pair[0], pair[1]));
                    }
                    None => resource.open = true,
                }
            }
        }
        match api.get("attributes") {
            Some("all") => self.collect(args, &mut resource),
            Some(_) => {
                let given = self.option(call, api, "attributes");
                self.collect(given.into_iter().collect(), &mut resource);
            }
            None => {}
        }
        Some(resource)
    }

    fn attribute(&self, key: String, at: ExprId, value: ExprId) -> Attribute {
        let value = self.file.scalar(self.plain(value));
        Attribute { key, span: self.file.expr_span(at), value }
    }

    /// The attributes in maps, lists and calls that make attributes.
    fn collect(&self, from: Vec<ExprId>, resource: &mut Resource) {
        let unit = self.file.unit;
        let mut open = from;
        for _ in 0..MOST {
            let Some(id) = open.pop() else { return };
            let id = self.plain(id);
            match unit.expr(id) {
                ExprKind::Map { of: None, entries } => {
                    for (key, value) in entries {
                        let Some(key) = key else {
                            open.push(*value);
                            continue;
                        };
                        match conventions::key(self.file, *key) {
                            Some(found) => {
                                resource.attributes.push(self.attribute(found.text, *key, *value));
                            }
                            None => resource.open = true,
                        }
                    }
                }
                ExprKind::List(items) => open.extend(items),
                ExprKind::Call { args, form: CallForm::New, .. }
                    if args.iter().any(|arg| arg.name.is_some_and(|it| it.starts_with("[\""))) =>
                {
                    self.of_dictionary(args, resource);
                }
                // `vec![KeyValue::new(…)]`
                ExprKind::Call { callee, args, form: CallForm::Macro }
                    if unit.slice(&unit.place(*callee)).trim_end_matches('!') == "vec" =>
                {
                    open.extend(args.iter().map(|arg| arg.value));
                }
                ExprKind::Call { args, .. } => self.of_call(id, args.len(), resource),
                // The schema's address, a context, nothing.
                ExprKind::Text(_) | ExprKind::Null | ExprKind::Number(_) | ExprKind::Bool(_) => {}
                ExprKind::Member { .. } | ExprKind::Name(_) => {
                    let known = conventions::constant(self.file, id);
                    let context = self.file.names.path(id).is_some_and(|path| {
                        path.contains("ontext") || path.ends_with(".SchemaURL")
                    });
                    if known.is_none() && !context {
                        resource.open = true;
                    }
                }
                _ => resource.open = true,
            }
        }
        resource.open = true;
    }

    /// `new Dictionary<string, object> { ["key"] = value }`: the key is the name of an argument.
    fn of_dictionary(&self, args: &[Arg<'_>], resource: &mut Resource) {
        let unit = self.file.unit;
        for arg in args {
            let key = arg.name.and_then(|name| name.strip_prefix("[\"")?.strip_suffix("\"]"));
            let before = unit.text.get(..unit.place(arg.value).start as usize);
            let start = arg.name.zip(before).and_then(|(name, before)| before.rfind(name));
            let (Some(key), Some(start)) = (key, start.and_then(|at| u32::try_from(at + 1).ok()))
            else {
                resource.open = true;
                continue;
            };
            let end = start + u32::try_from(key.len() + 2).unwrap_or_default();
            let value = self.file.scalar(self.plain(arg.value));
            let span = self.file.span(&(start..end));
            resource.attributes.push(Attribute { key: key.to_owned(), span, value });
        }
    }

    /// An attribute that a call makes; calls that are resources themselves are steps of their own.
    fn of_call(&self, id: ExprId, args: usize, resource: &mut Resource) {
        let Some(call) = self.file.call(id) else {
            resource.open = true;
            return;
        };
        if call.roles.iter().any(|api| api.role == Role::Resource) {
            return;
        }
        if let Some(key) = conventions::constant(self.file, id) {
            let value = self.file.unit.args(id).first().map_or(id, |arg| arg.value);
            resource.attributes.push(self.attribute(key.text, id, value));
            return;
        }
        let row = call
            .roles
            .iter()
            .find(|api| api.role == Role::SpanAttribute && api.get("key").is_some());
        let key = row.and_then(|row| self.file.argument(call, row, "key"));
        match key.and_then(|key| conventions::key(self.file, key).map(|found| (key, found))) {
            Some((key, found)) => {
                let value = row.and_then(|row| self.file.argument(call, row, "value"));
                resource.attributes.push(self.attribute(found.text, key, value.unwrap_or(key)));
            }
            // `context.Background()` and its like give no attributes.
            None if args == 0 && call.path.contains("ontext") => {}
            None => resource.open = true,
        }
    }
}
