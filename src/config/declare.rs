//! Declarations: what the repository cannot show, stated by an owner and approved by another
//! person until a day.

use super::keys::{DECLARED, FORM, Key, Shape};
use super::read::Reader;
use super::{Settings, World, product};
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::path;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;

/// A table of the configuration, with its places.
pub(super) type Table = BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>>;

/// What is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stated {
    /// What the repository is.
    Role(String),
    /// One product stands in for another.
    Equivalent {
        /// The product that is used.
        product: String,
        /// The one the standard names.
        stands_for: String,
    },
    /// Others run this for the repository.
    Managed(Vec<String>),
    /// Services that are there and not in the repository: names or patterns with `*`.
    ExternalServices(Vec<String>),
    /// Metrics that come from elsewhere: names or patterns with `*`.
    ExternalMetrics(Vec<String>),
    /// Families of indices that are kept for good: names or patterns with `*`.
    KeptIndices(Vec<String>),
    /// Services that must have an objective.
    CriticalServices(Vec<String>),
    /// Requirements that do not apply.
    NotApplicable(Vec<String>),
    /// Kinds of facts of which the repository holds all.
    Whole(Vec<World>),
    /// Kinds of facts that are held elsewhere too.
    Elsewhere(Vec<World>),
}

impl Stated {
    /// In words.
    pub fn text(&self) -> String {
        let worlds =
            |worlds: &[World]| worlds.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
        match self {
            Stated::Role(role) => format!("role {role}"),
            Stated::Equivalent { product, stands_for } => {
                format!("{} for {}", product::shown(product), product::shown(stands_for))
            }
            Stated::Managed(what) => format!("managed by others: {}", what.join(", ")),
            Stated::ExternalServices(names) => format!("external services {}", names.join(", ")),
            Stated::ExternalMetrics(names) => format!("external metrics {}", names.join(", ")),
            Stated::KeptIndices(names) => format!("kept for good: {}", names.join(", ")),
            Stated::CriticalServices(names) => format!("critical services {}", names.join(", ")),
            Stated::NotApplicable(ids) => format!("not applicable: {}", ids.join(", ")),
            Stated::Whole(these) => format!("whole: {}", worlds(these)),
            Stated::Elsewhere(these) => format!("elsewhere: {}", worlds(these)),
        }
    }
}

/// A text of the configuration and its place, where the file is in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Option<Span>,
}

impl Word {
    /// Moves it into this source; without one it has no place.
    pub(super) fn place(&mut self, source: Option<SourceId>) {
        let span = self.span.zip(source);
        self.span = span.map(|(span, source)| Span { source, ..span });
    }
}

/// Whether two names are those of one person, however they are written.
pub(super) fn same_person(one: &str, other: &str) -> bool {
    let plain =
        |name: &str| name.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    plain(one) == plain(other)
}

/// Why a declaration does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// These keys are missing or empty.
    Incomplete(Vec<&'static str>),
    /// The owner approved it.
    SelfApproved,
    /// Its last day is over.
    Expired,
    /// Another of the same file states another role.
    Contradicted,
    /// One before it in the same file states the same role.
    Repeated,
    /// A file on top states the role.
    Overruled,
}

/// What may become of a declaration.
pub const STATES: &[&str] =
    &["counts", "incomplete", "self-approved", "expired", "contradicted", "repeated", "overruled"];

impl Refusal {
    /// The word used in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Refusal::Incomplete(_) => "incomplete",
            Refusal::SelfApproved => "self-approved",
            Refusal::Expired => "expired",
            Refusal::Contradicted => "contradicted",
            Refusal::Repeated => "repeated",
            Refusal::Overruled => "overruled",
        }
    }
}

/// One declaration.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// What is stated.
    pub stated: Stated,
    /// Key of what is stated.
    pub key: Word,
    /// The file it stands in, as shown.
    pub file: String,
    /// Line of the key in that file.
    pub line: u32,
    /// Who answers for it.
    pub owner: Option<Word>,
    /// Why it is so.
    pub reason: Option<Word>,
    /// Who approved it.
    pub approver: Option<Word>,
    /// Its last day, `YYYY-MM-DD`.
    pub expires: Option<Word>,
    /// Who runs what is managed.
    pub provider: Option<Word>,
    /// How long what is managed is kept.
    pub retention: Option<Word>,
    /// The services of `critical-services`, each in its place.
    pub critical: Vec<Word>,
    /// Why it does not count; `None` where it does.
    pub refusal: Option<Refusal>,
}

impl Declaration {
    /// Whether it counts.
    pub fn counts(&self) -> bool {
        self.refusal.is_none()
    }

    /// Who stands for it, in words.
    pub fn signature(&self) -> String {
        let text = |word: &Option<Word>| word.as_ref().map_or(String::new(), |it| it.text.clone());
        let (owner, approver) = (text(&self.owner), text(&self.approver));
        format!("declared by {owner}, approved by {approver} until {}", text(&self.expires))
    }

    /// Moves its places into this source; without one it has none.
    pub fn place(&mut self, source: Option<SourceId>) {
        let words = [
            Some(&mut self.key),
            self.owner.as_mut(),
            self.reason.as_mut(),
            self.approver.as_mut(),
            self.expires.as_mut(),
            self.provider.as_mut(),
            self.retention.as_mut(),
        ];
        for word in words.into_iter().flatten().chain(&mut self.critical) {
            word.place(source);
        }
    }

    fn judge(&self, today: &str) -> Option<Refusal> {
        let required = [
            ("owner", &self.owner),
            ("reason", &self.reason),
            ("approver", &self.approver),
            ("expires", &self.expires),
        ];
        let missing: Vec<&str> = required
            .iter()
            .filter(|(_, word)| word.as_ref().is_none_or(|word| word.text.trim().is_empty()))
            .map(|(name, _)| *name)
            .collect();
        if !missing.is_empty() {
            return Some(Refusal::Incomplete(missing));
        }
        let person =
            |word: &Option<Word>| word.as_ref().map_or(String::new(), |word| word.text.clone());
        if same_person(&person(&self.owner), &person(&self.approver)) {
            return Some(Refusal::SelfApproved);
        }
        let over = self.expires.as_ref().is_some_and(|last| last.text.as_str() < today);
        over.then_some(Refusal::Expired)
    }
}

impl Subject for Declaration {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Declaration
    }

    fn document(&self) -> Option<DocumentId> {
        None
    }

    fn title(&self) -> String {
        format!("declaration {}", self.stated.text())
    }

    fn anchor(&self) -> Option<Span> {
        self.key.span
    }

    fn field(&self, path: &str) -> Held<'_> {
        let word = match path {
            "owner" => &self.owner,
            "reason" => &self.reason,
            "approver" => &self.approver,
            "expires" => &self.expires,
            _ => return Held::Nothing,
        };
        word.as_ref().map_or(Held::Nothing, |word| Held::Text(&word.text))
    }
}

/// Whether a name is one of these: names or patterns with `*`.
pub fn is_named(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known == name || (known.contains('*') && path::glob(known, name)))
}

impl Settings {
    /// Declarations that count.
    pub fn counting(&self) -> impl Iterator<Item = (usize, &Declaration)> {
        self.declarations.iter().enumerate().filter(|(_, declaration)| declaration.counts())
    }

    /// Lets one declaration of the role count: that of the file on top. Of several in one file
    /// that agree it is the first; of those that do not agree nobody can say which is true.
    pub(super) fn settle_roles(&mut self, inherited: usize) {
        let all = &mut self.declarations;
        let is_role = |it: &Declaration| it.counts() && matches!(it.stated, Stated::Role(_));
        let (below, own) = all.split_at_mut(inherited);
        let mut own: Vec<&mut Declaration> = own.iter_mut().filter(|it| is_role(it)).collect();
        let Some(stated) = own.first().map(|it| it.stated.clone()) else { return };
        if own.iter().any(|it| it.stated != stated) {
            own.iter_mut().for_each(|it| it.refusal = Some(Refusal::Contradicted));
            return;
        }
        own.iter_mut().skip(1).for_each(|it| it.refusal = Some(Refusal::Repeated));
        let below = below.iter_mut().filter(|it| is_role(it));
        below.for_each(|it| it.refusal = Some(Refusal::Overruled));
    }

    /// Takes over what the declarations that count state.
    pub(super) fn take_declared(&mut self) {
        for names in [
            &mut self.external_services,
            &mut self.external_metrics,
            &mut self.kept_indices,
            &mut self.critical_services,
        ] {
            names.clear();
        }
        self.whole.clear();
        self.elsewhere.clear();
        let stated: Vec<Stated> =
            self.counting().map(|(_, declaration)| declaration.stated.clone()).collect();
        for stated in stated {
            match stated {
                Stated::ExternalServices(names) => self.external_services.extend(names),
                Stated::ExternalMetrics(names) => self.external_metrics.extend(names),
                Stated::KeptIndices(names) => self.kept_indices.extend(names),
                Stated::CriticalServices(names) => self.critical_services.extend(names),
                Stated::Whole(worlds) => self.whole.extend(worlds),
                Stated::Elsewhere(worlds) => self.elsewhere.extend(worlds),
                Stated::Role(_)
                | Stated::Equivalent { .. }
                | Stated::Managed(_)
                | Stated::NotApplicable(_) => {}
            }
        }
    }
}

impl Reader<'_> {
    /// Reads one `[[declare]]` table, in which these services are listed as critical.
    pub(super) fn declaration(
        &mut self,
        table: &toml::Spanned<Table>,
        critical: &[toml::Spanned<String>],
        today: &str,
    ) {
        let entries = table.get_ref();
        let mut stated: Vec<(&toml::Spanned<String>, &'static Key)> = Vec::new();
        let mut sound = true;
        for (name, value) in entries {
            let known = DECLARED.iter().chain(FORM).find(|key| key.name == name.get_ref());
            let Some(key) = known else {
                self.unknown_key(name, DECLARED.iter().chain(FORM));
                sound = false;
                continue;
            };
            sound &= self.fits(key, value);
            if DECLARED.iter().any(|key| key.name == name.get_ref()) {
                stated.push((name, key));
            }
        }
        let head = table.span();
        let place = head.start..(head.start + "[[declare]]".len()).min(head.end);
        let help = || {
            let names: Vec<&str> = DECLARED.iter().map(|key| key.name).collect();
            format!("one of {}", names.join(", "))
        };
        match stated[..] {
            [] if sound => self.error(place, "this declares nothing".to_owned(), help()),
            [(name, _)] if sound => {
                let word = |it: &toml::Spanned<String>| Word {
                    text: it.get_ref().clone(),
                    span: Some(self.span(it.span())),
                };
                let critical = critical.iter().map(word).collect();
                self.take(entries, name, critical, today);
            }
            [_, (second, _), ..] => {
                let message = format!(
                    "a declaration states one thing, and `{}` is a second",
                    second.get_ref()
                );
                self.error(second.span(), message, "give it a `[[declare]]` of its own".to_owned());
            }
            _ => {}
        }
    }

    fn take(
        &mut self,
        table: &Table,
        name: &toml::Spanned<String>,
        critical: Vec<Word>,
        today: &str,
    ) {
        let of = |wanted: &str| table.iter().find(|(key, _)| key.get_ref() == wanted);
        let text = |wanted: &str| {
            let value = of(wanted)?.1;
            Some(Word { text: plain(value.get_ref()), span: Some(self.span(value.span())) })
        };
        let list =
            |wanted: &str| of(wanted).map_or(Vec::new(), |(_, value)| items(value.get_ref()));
        let word = |wanted: &str| text(wanted).map_or(String::new(), |word| word.text);
        let worlds = |wanted: &str| list(wanted).iter().filter_map(|it| World::named(it)).collect();
        let stated = match name.get_ref().as_str() {
            "role" => Stated::Role(word("role")),
            "equivalent" => {
                Stated::Equivalent { product: word("equivalent"), stands_for: word("for") }
            }
            "managed" => Stated::Managed(list("managed")),
            "external-services" => Stated::ExternalServices(list("external-services")),
            "external-metrics" => Stated::ExternalMetrics(list("external-metrics")),
            "kept-indices" => Stated::KeptIndices(list("kept-indices")),
            "critical-services" => Stated::CriticalServices(list("critical-services")),
            "not-applicable" => Stated::NotApplicable(list("not-applicable")),
            "whole" => Stated::Whole(worlds("whole")),
            _ => Stated::Elsewhere(worlds("elsewhere")),
        };
        let mut declaration = Declaration {
            stated,
            key: Word { text: name.get_ref().clone(), span: Some(self.span(name.span())) },
            file: self.file(),
            line: self.line(name.span().start),
            owner: text("owner"),
            reason: text("reason"),
            approver: text("approver"),
            expires: text("expires"),
            provider: text("provider"),
            retention: text("retention"),
            critical,
            refusal: None,
        };
        let lone = match (name.get_ref().as_str(), of("for"), of("provider").or(of("retention"))) {
            ("equivalent", None, _) => {
                Some((name, "for", "an equivalent needs `for`: what it stands for"))
            }
            (other, Some((key, _)), _) if other != "equivalent" => {
                Some((key, "for", "`for` belongs to `equivalent`"))
            }
            (other, _, Some((key, _))) if other != "managed" => {
                Some((key, "provider", "`provider` and `retention` belong to `managed`"))
            }
            _ => None,
        };
        if let Some((key, about, message)) = lone {
            let help = FORM.iter().find(|key| key.name == about).map_or("", |key| key.help);
            self.error(key.span(), message.to_owned(), help.to_owned());
        }
        declaration.refusal = declaration.judge(today);
        self.settings.declarations.push(declaration);
    }

    /// Whether a value has the shape of its key; says so if not.
    fn fits(&mut self, key: &Key, value: &toml::Spanned<toml::Value>) -> bool {
        let fits = match (key.shape, value.get_ref()) {
            (Shape::Text, toml::Value::String(_)) => true,
            (Shape::OneOf(words), toml::Value::String(text)) => words.contains(&text.as_str()),
            (Shape::Product(products), toml::Value::String(text)) => {
                products.iter().any(|(word, _)| word == text)
            }
            (Shape::Date, toml::Value::Datetime(day)) => day.time.is_none() && day.date.is_some(),
            (Shape::Date, toml::Value::String(text)) => is_day(text),
            (Shape::List, toml::Value::Array(list)) => {
                !list.is_empty() && list.iter().all(toml::Value::is_str)
            }
            (Shape::Words(words), toml::Value::Array(list)) => {
                let known = |it: &toml::Value| it.as_str().is_some_and(|it| words.contains(&it));
                !list.is_empty() && list.iter().all(known)
            }
            (Shape::Requirements, toml::Value::Array(list)) => {
                let known = |it: &toml::Value| it.as_str().and_then(crate::standard::requirement);
                !list.is_empty() && list.iter().all(|it| known(it).is_some())
            }
            _ => false,
        };
        if !fits {
            self.misfit(key, value.span());
        }
        fits
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

fn items(value: &toml::Value) -> Vec<String> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

/// `YYYY-MM-DD`, a day that there is.
fn is_day(text: &str) -> bool {
    text.parse::<toml::value::Datetime>()
        .is_ok_and(|day| day.date.is_some() && day.time.is_none() && day.offset.is_none())
}
