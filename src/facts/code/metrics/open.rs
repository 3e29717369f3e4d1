//! Names of metrics that are put together of constants in other files.

use super::exposed::Named;
use super::parts::{Given, Parts};
use super::{MetricDefinition, MetricType};
use crate::facts::code::file::File;
use crate::libraries::Api;
use crate::parse::code::Language;
use crate::parse::unit::ExprId;

/// A part of a name.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum NamePart {
    /// The text.
    Text(String),
    /// A constant of another file, as the file names it.
    Constant(String),
}

/// A name of which some parts are constants of other files.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OpenName {
    /// Namespace, subsystem and name; what is not given is empty.
    pub parts: [NamePart; 3],
    /// The unit.
    pub unit: String,
}

/// The name of a declaration, where constants of other files make it.
pub(super) fn name(file: &File<'_, '_>, parts: &Parts<'_, '_, '_>, unit: &str) -> Option<OpenName> {
    let part = |given: &Option<Given>| match given {
        None => Some(NamePart::Text(String::new())),
        Some(Given::One(id)) => of(file, *id),
        Some(_) => None,
    };
    let parts = [part(&parts.namespace)?, part(&parts.subsystem)?, of(file, parts.name?)?];
    let open = parts.iter().any(|part| matches!(part, NamePart::Constant(_)));
    open.then(|| OpenName { parts, unit: unit.to_owned() })
}

fn of(file: &File<'_, '_>, id: ExprId) -> Option<NamePart> {
    match file.text_of(id) {
        Some(text) => Some(NamePart::Text(text)),
        None => file.constant(id).map(|constant| NamePart::Constant(constant.text)),
    }
}

impl MetricDefinition {
    /// Gives it the name that its constants make.
    pub fn settle(&mut self, parts: [&str; 3]) {
        let [namespace, subsystem, name] = parts;
        let unit = self.open.take().map(|open| open.unit).unwrap_or_default();
        let (kind, api, language): (MetricType, &'static Api, Language) =
            (self.kind, self.api, self.language);
        let named = Named { name, namespace, subsystem, unit: &unit, kind, api, language };
        self.exposed = named.exposed();
        name.clone_into(&mut self.name.text);
        self.name.known = true;
    }
}
