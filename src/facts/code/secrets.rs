//! Credentials of services that tell people, as code names them: literals by their shape or by
//! the name they are given.

use super::file::File;
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::duties::squeezed;
use crate::lang::placeholder;
use crate::libraries::Role;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// A credential that code names.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CodeSecret {
    /// The file.
    pub document: DocumentId,
    /// What it is: `Slack webhook`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub what: &'static str,
    /// Its value; unknown where it is no literal.
    pub value: Scalar,
}

impl Subject for CodeSecret {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CodeSecret
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.what.to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.value.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "what" { Held::Text(self.what) } else { Held::Nothing }
    }
}

/// Names of credentials, by the parts of them, and what they are.
const NAMES: &[(&[&str], &[&str], &str)] = &[
    (&["slack"], &["webhook", "webhookurl", "token", "hookurl"], "Slack credential"),
    (
        &["routingkey", "integrationkey", "servicekey", "pagerduty", "pdkey"],
        &["key", "token"],
        "PagerDuty key",
    ),
    (&["opsgenie", "geniekey"], &["key", "token"], "Opsgenie key"),
    (&["smtp", "mail"], &["password", "passwd", "pass", "pwd"], "SMTP password"),
];

/// Folders of texts in several languages.
const TRANSLATIONS: &[&str] =
    &["i18n", "l10n", "lang", "langs", "languages", "locale", "locales", "translations"];

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut found: BTreeMap<Span, (ExprId, &'static str)> = BTreeMap::new();
    let unit = file.unit;
    for number in 0..unit.exprs.len() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        if let Some(what) = unit.literal(id).and_then(shape)
            && !file.is_faulty(id)
        {
            found.insert(file.expr_span(id), (id, what));
        }
    }
    // Labels of a translation are named by what they stand beside.
    let labels = file.path.split('/').any(|part| TRANSLATIONS.contains(&part));
    for (name, value) in named(file).into_iter().filter(|_| !labels) {
        if let Some(what) = named_credential(&name) {
            let value = file.names.resolved(value);
            found.entry(file.expr_span(value)).or_insert((value, what));
        }
    }
    for (call, api) in file.of_role(Role::Login) {
        let value = match api.get("password") {
            Some(path) if path.contains('.') => below(file, call.id, path),
            _ => file.argument(call, api, "password"),
        };
        if let Some(value) = value {
            let value = file.names.resolved(value);
            found.entry(file.expr_span(value)).or_insert((value, "SMTP password"));
        }
    }
    for (span, (id, what)) in found {
        let literal = unit.literal(id).filter(|text| !text.is_empty());
        let text = literal.unwrap_or_default().to_owned();
        let known = literal.is_some_and(|text| !placeholder::is_in(text) && could_be(what, text));
        let value = Scalar { text, span, known, plain: false };
        if known {
            let key = Scalar { text: what.to_owned(), span, known: true, plain: false };
            facts.credentials.push(Credential::of_code(file.document, key, value.clone()));
        }
        facts.code_secrets.push(CodeSecret { document: file.document, what, value });
    }
}

/// What a text is by its shape alone.
fn shape(text: &str) -> Option<&'static str> {
    let after = |prefix: &str| text.split_once(prefix).map(|(_, rest)| rest);
    if let Some(rest) = after("hooks.slack.com/services/") {
        let parts = rest.split('/').filter(|part| !part.is_empty()).count();
        return (parts >= 3).then_some("Slack webhook");
    }
    let token = |prefix: &str| text.starts_with(prefix) && text.len() >= prefix.len() + 12;
    if ["xoxb-", "xoxp-", "xoxa-", "xoxs-", "xapp-"].iter().any(|prefix| token(prefix)) {
        return Some("Slack token");
    }
    if after("events.pagerduty.com/integration/").is_some_and(|rest| rest.len() >= 20) {
        return Some("PagerDuty key");
    }
    if text.strip_prefix("GenieKey ").is_some_and(is_uuid) {
        return Some("Opsgenie key");
    }
    let smtp = after("smtp://").or_else(|| after("smtps://"))?;
    let login = smtp.split(['/', '?']).next()?.rsplit_once('@')?.0;
    login.split_once(':').filter(|(_, password)| !password.is_empty()).map(|_| "SMTP password")
}

/// What a name says its value is.
fn named_credential(name: &str) -> Option<&'static str> {
    let name = squeezed(name);
    // The name of a variable, a header or a file is no value.
    if ["env", "file", "path", "name", "header", "field", "prefix", "param", "regex"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return None;
    }
    NAMES
        .iter()
        .find(|(product, kinds, _)| {
            product.iter().any(|part| name.contains(part))
                && kinds.iter().any(|kind| name.ends_with(kind))
        })
        .map(|(.., what)| *what)
}

/// Whether a literal under such a name has the shape of one.
fn could_be(what: &str, text: &str) -> bool {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric());
    match what {
        "PagerDuty key" => {
            (text.len() == 32 && plain(text))
                || (text.len() == 20 && text.starts_with("u+"))
                || text.contains("events.pagerduty.com/")
                || is_filler(text)
        }
        "Opsgenie key" => is_uuid(text.trim_start_matches("GenieKey ")) || is_filler(text),
        "Slack credential" => shape(text).is_some() || is_filler(text),
        // Names of settings look like this: `smtp_password`, `SMTP_PASSWORD`.
        "SMTP password" => {
            !squeezed(text).ends_with("password") && !text.contains(' ') && text.len() >= 4
        }
        _ => true,
    }
}

/// `YOUR_ROUTING_KEY`: somebody is to fill it in.
fn is_filler(text: &str) -> bool {
    let word = squeezed(text);
    ["your", "changeme", "replaceme", "todo"].iter().any(|part| word.starts_with(part))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.trim().split('-').collect();
    let sizes: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    sizes == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.chars().all(|c| c.is_ascii_hexdigit()))
}

/// Values with the names they are given: variables, fields, arguments, keys.
fn named(file: &File<'_, '_>) -> Vec<(String, ExprId)> {
    let unit = file.unit;
    let mut found = Vec::new();
    let name = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((*name).to_owned()),
        ExprKind::Text(text) => Some(text.clone().into_owned()),
        _ => None,
    };
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind
            && let [target] = targets[..]
        {
            found.extend(name(target).map(|name| (name, *value)));
        }
    }
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => {
                found.extend(name(*target).map(|name| (name, *value)))
            }
            ExprKind::Map { entries, .. } => {
                found.extend(
                    entries.iter().filter_map(|(key, value)| Some((name((*key)?)?, *value))),
                );
            }
            ExprKind::Call { args, .. } => {
                let named = args.iter().filter_map(|arg| Some((arg.name?.to_owned(), arg.value)));
                found.extend(named);
            }
            _ => {}
        }
    }
    let fields = unit.classes.iter().flat_map(|class| &class.fields);
    found.extend(fields.filter_map(|field| Some((field.name.to_owned(), field.value?))));
    let params = unit.functions.iter().flat_map(|function| &function.params);
    found.extend(params.filter_map(|param| Some((param.name.to_owned(), param.default?))));
    // A call or another name is where it really comes from: that it is read is all there is to know.
    found
}

/// The value at a path of keys inside the first argument: `auth.pass`.
fn below(file: &File<'_, '_>, call: ExprId, path: &str) -> Option<ExprId> {
    let unit = file.unit;
    let mut value = unit.args(call).first()?.value;
    for wanted in path.split('.') {
        let ExprKind::Map { entries, .. } = unit.expr(file.names.resolved(value)) else {
            return None;
        };
        value = entries
            .iter()
            .find(|(key, _)| {
                key.is_some_and(|key| match unit.expr(key) {
                    ExprKind::Text(text) => text == wanted,
                    ExprKind::Name(name) => *name == wanted,
                    _ => false,
                })
            })?
            .1;
    }
    Some(value)
}
