//! Notification templates: what each text is, which files a configuration loads, and what the
//! texts read when a notification is sent.

mod defaults;

use super::model::Model;
use super::{Repo, paths};
use crate::facts::alertmanager::texts::{self, Text};
use crate::facts::alertmanager::{AlertmanagerConfig, Integration, TemplateFile};
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::distance;
use crate::lang::promql::Extent;
use crate::lang::template::data::{self, Access, Type, Usage};
use crate::lang::template::{self, Fault, Language, Parsed, StepKind, Term};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
pub enum Home<'r> {
    /// A setting of an integration.
    Setting(&'r Integration, &'r Text),
    /// A template file.
    File(&'r TemplateFile),
    /// An entry of `templates`: a pattern that template files fit.
    Pattern(&'r AlertmanagerConfig, &'r Scalar),
}

/// A text of a notification, or a pattern that leads to some.
#[derive(Debug)]
pub struct Notification<'r> {
    /// Its number among all of the repository.
    pub index: usize,
    /// Where it stands.
    pub home: Home<'r>,
    /// As read; nothing for a pattern.
    pub parsed: Parsed,
    /// Calls functions that neither program here has: a file of something else, unless it is
    /// loaded.
    foreign: bool,
}

impl Notification<'_> {
    /// Where a part of it stands in its file.
    pub fn place(&self, repo: &Repo, extent: Extent) -> Span {
        match self.home {
            Home::Setting(_, text) => repo.place(&text.scalar, extent.range()),
            Home::File(file) => file.map.span(extent.start as usize, extent.end as usize),
            Home::Pattern(_, pattern) => pattern.span,
        }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        match self.home {
            Home::Setting(_, text) => &text.scalar.text,
            Home::File(file) => &file.text,
            Home::Pattern(_, pattern) => &pattern.text,
        }
    }
}

impl Subject for Notification<'_> {
    fn kind(&self) -> SubjectKind {
        SubjectKind::NotificationTemplate
    }
    fn document(&self) -> Option<DocumentId> {
        Some(match self.home {
            Home::Setting(integration, _) => integration.document,
            Home::File(file) => file.document,
            Home::Pattern(config, _) => config.document,
        })
    }
    fn title(&self) -> String {
        match self.home {
            Home::Setting(integration, text) => format!("{}: {}", integration.title(), text.path),
            Home::File(_) => "notification templates".to_owned(),
            Home::Pattern(_, pattern) => format!("templates {}", pattern.text),
        }
    }
    fn anchor(&self) -> Option<Span> {
        match self.home {
            Home::Setting(_, text) => Some(text.key),
            Home::File(file) => Some(file.map.span(0, 0)),
            Home::Pattern(_, pattern) => Some(pattern.span),
        }
    }
    fn field(&self, _path: &str) -> Held<'_> {
        Held::Nothing
    }
}

/// What an integration reads when it sends.
#[derive(Debug)]
pub struct Read<'r> {
    /// The integration.
    pub integration: &'r Integration,
    /// Number of the text that reads it.
    pub text: usize,
    /// What is read.
    pub access: Access,
}

/// All notification texts of a repository.
#[derive(Debug, Default)]
pub struct Notifications<'r> {
    /// Settings, files and patterns.
    pub all: Vec<Notification<'r>>,
    /// What fails when a text is run, by its number: fields and templates that there are not.
    pub failing: BTreeMap<usize, Vec<Fault>>,
    /// Entries of `templates`, by their number, that lead nowhere; whether that is certain.
    pub empty: BTreeMap<usize, bool>,
    /// What integrations read of their alerts.
    pub reads: Vec<Read<'r>>,
    loaded: BTreeSet<usize>,
}

/// A template: the number of its text, and of its definition there; none for the text itself.
type Body = (usize, Option<usize>);

impl<'r> Notifications<'r> {
    /// Reads all texts and follows them.
    pub fn of(repo: &'r Repo) -> Notifications<'r> {
        let facts = &repo.facts;
        let settings = facts.integrations.iter().flat_map(|integration| {
            integration.texts.iter().map(move |text| Home::Setting(integration, text))
        });
        let files = facts.template_files.iter().map(Home::File);
        let patterns = facts.alertmanagers.iter().flat_map(|config| {
            config.templates.iter().map(move |pattern| Home::Pattern(config, pattern))
        });
        let homes: Vec<Home<'r>> = settings.chain(files).chain(patterns).collect();
        let all: Vec<Notification<'r>> = homes
            .into_par_iter()
            .enumerate()
            .map(|(index, home)| {
                let parsed = read(repo, home);
                let foreign = matches!(home, Home::File(_)) && calls_foreign(&parsed);
                Notification { index, home, parsed, foreign }
            })
            .collect();
        let mut notifications = Notifications { all, ..Notifications::default() };
        let mut failing: BTreeSet<(usize, Extent, String)> = BTreeSet::new();
        let mut undefined: BTreeMap<(usize, Extent), (bool, String)> = BTreeMap::new();
        let numbers = Numbers::of(&notifications.all);
        for config in &facts.alertmanagers {
            let mut server = Server::of(repo, config, &notifications.all, &numbers);
            notifications.empty.append(&mut server.empty);
            notifications.loaded.extend(&server.files);
            for &number in numbers.settings.get(&config.document).into_iter().flatten() {
                server.run(&notifications.all, number, &mut failing, &mut notifications.reads);
            }
            server.undefined(&notifications.all, &numbers, &mut undefined);
        }
        notifications.keep_called();
        for ((text, extent), (everywhere, name)) in undefined {
            if everywhere {
                let message = format!("no template file that is loaded defines `{name}`");
                failing.insert((text, extent, message));
            }
        }
        notifications.reads.sort_by_key(|read| (read.text, read.access.extent));
        for (text, extent, message) in failing {
            notifications.failing.entry(text).or_default().push(Fault { extent, message });
        }
        notifications
    }
}

impl<'r> Notifications<'r> {
    /// Whether a text is read by an Alertmanager, as far as that shows.
    pub fn is_used(&self, text: &Notification<'_>) -> bool {
        !text.foreign || self.loaded.contains(&text.index)
    }

    /// A pattern names files of containers: one with functions of another program, of which no text
    /// here calls a template, is that program's.
    fn keep_called(&mut self) {
        if !self.loaded.iter().any(|index| self.all[*index].foreign) {
            return;
        }
        let steps = self.all.iter().filter(|text| !text.foreign).flat_map(|it| &it.parsed.steps);
        let called: BTreeSet<&str> = steps
            .filter_map(|step| match &step.kind {
                StepKind::Call(name, _) => Some(&*name.text),
                _ => None,
            })
            .collect();
        let all = &self.all;
        let defines = |text: &Notification<'_>| {
            text.parsed.steps.iter().any(|step| match &step.kind {
                StepKind::Define(name) => called.contains(&*name.text),
                _ => false,
            })
        };
        let kept = |index: &usize| !all[*index].foreign || defines(&all[*index]);
        self.loaded = self.loaded.iter().copied().filter(kept).collect();
    }

    /// What integrations read through a text, by place.
    pub fn reads_of(&self, text: usize) -> &[Read<'r>] {
        let start = self.reads.partition_point(|read| read.text < text);
        let end = self.reads.partition_point(|read| read.text <= text);
        &self.reads[start..end]
    }
}

/// Reads a text; nothing where it cannot be known or another program fills it in first.
fn read(repo: &Repo, home: Home<'_>) -> Parsed {
    match home {
        Home::Setting(integration, text) => {
            let grafana = text.language == Language::Grafana;
            let known = text.scalar.known && (grafana || !is_foreign(integration));
            match known {
                true => template::parse(&text.scalar.text, text.language),
                false => Parsed::default(),
            }
        }
        Home::File(file) if !repo.document(file.document).masked => {
            template::parse(&file.text, Language::Alertmanager)
        }
        Home::File(_) | Home::Pattern(..) => Parsed::default(),
    }
}

/// Whether a template calls what neither Alertmanager nor Prometheus has, nor anything like it.
fn calls_foreign(parsed: &Parsed) -> bool {
    let operands = parsed.pipes.iter().flat_map(|pipe| &pipe.commands);
    operands.flat_map(|command| &command.operands).any(|operand| match &operand.term {
        Term::Function(name) => {
            let here = Language::Alertmanager;
            !here.has_function(name)
                && here.elsewhere(name).is_none()
                && distance::nearest(name, here.functions(), 2).is_none()
        }
        _ => false,
    })
}

/// Whether settings that are no templates hold actions, so that something else renders the file.
fn is_foreign(integration: &Integration) -> bool {
    integration.settings.entries.iter().any(|(key, value)| {
        value.text.contains("{{") && !texts::is_template(&integration.kind, &key.text)
    })
}

/// Numbers of the texts, to be found by what they belong to.
struct Numbers<'r> {
    settings: BTreeMap<DocumentId, Vec<usize>>,
    files: BTreeMap<DocumentId, usize>,
    paths: BTreeMap<&'r str, usize>,
    patterns: BTreeMap<DocumentId, Vec<usize>>,
}

impl<'r> Numbers<'r> {
    fn of(all: &[Notification<'r>]) -> Numbers<'r> {
        let mut numbers = Numbers {
            settings: BTreeMap::new(),
            files: BTreeMap::new(),
            paths: BTreeMap::new(),
            patterns: BTreeMap::new(),
        };
        for (number, one) in all.iter().enumerate() {
            match one.home {
                // What Grafana hands to its texts, and which templates it has, is not known here.
                Home::Setting(_, text) if text.language == Language::Grafana => {}
                Home::Setting(integration, _) => {
                    numbers.settings.entry(integration.document).or_default().push(number);
                }
                Home::File(file) => {
                    numbers.files.insert(file.document, number);
                    if let Some(path) = &file.path {
                        numbers.paths.insert(path, number);
                    }
                }
                Home::Pattern(config, _) => {
                    numbers.patterns.entry(config.document).or_default().push(number);
                }
            }
        }
        numbers
    }
}

/// What one configuration loads.
struct Server<'r> {
    config: &'r AlertmanagerConfig,
    /// Numbers of the texts of its template files.
    files: Vec<usize>,
    /// Templates by name, the one that is loaded last.
    names: BTreeMap<String, Body>,
    /// Nothing else can define a template.
    closed: bool,
    empty: BTreeMap<usize, bool>,
    known: BTreeMap<(Body, Type), Rc<Usage>>,
}

/// A notification that runs more templates than this is not followed further.
const MOST_BODIES: usize = 256;

impl<'r> Server<'r> {
    fn of(
        repo: &Repo,
        config: &'r AlertmanagerConfig,
        all: &[Notification<'r>],
        numbers: &Numbers<'r>,
    ) -> Server<'r> {
        let masked = repo.document(config.document).masked;
        let mut server = Server {
            config,
            files: Vec::new(),
            names: BTreeMap::new(),
            closed: !config.open && !config.operator && !masked,
            empty: BTreeMap::new(),
            known: BTreeMap::new(),
        };
        for &number in numbers.patterns.get(&config.document).into_iter().flatten() {
            let Home::Pattern(_, pattern) = all[number].home else { continue };
            if !pattern.known {
                server.closed = false;
                continue;
            }
            let found = paths::templates(repo, config.document, &pattern.text);
            server.closed &= found.certain && !found.is_empty();
            if found.is_empty() {
                server.empty.insert(number, found.certain);
            }
            for path in found.files(repo) {
                server.load(all, numbers.paths.get(path).copied());
            }
            for document in found.documents() {
                server.load(all, numbers.files.get(&document).copied());
            }
        }
        server
    }

    /// Loads a template file; `None`: one that was not read as such.
    fn load(&mut self, all: &[Notification<'r>], number: Option<usize>) {
        let Some((number, Home::File(file))) = number.map(|number| (number, all[number].home))
        else {
            self.closed = false;
            return;
        };
        let parsed = &all[number].parsed;
        self.closed &= parsed.faults.is_empty() && !parsed.steps.is_empty();
        self.files.push(number);
        self.names.insert(file.name.clone(), (number, None));
        for (index, definition) in parsed.definitions.iter().enumerate() {
            let name = definition.name.text.to_string();
            if !definition.empty || !self.names.contains_key(&name) {
                self.names.insert(name, (number, Some(index)));
            }
        }
    }

    /// The template of a name, as a text sees it: its own definitions win.
    fn find(&self, all: &[Notification<'r>], text: usize, name: &str) -> Option<Body> {
        let is_setting = matches!(all[text].home, Home::Setting(..));
        let own = all[text].parsed.definitions.iter().rposition(|one| &*one.name.text == name);
        own.filter(|_| is_setting)
            .map(|index| (text, Some(index)))
            .or_else(|| self.names.get(name).copied())
    }

    /// Follows a setting and the templates it runs.
    fn run(
        &mut self,
        all: &[Notification<'r>],
        number: usize,
        failing: &mut BTreeSet<(usize, Extent, String)>,
        reads: &mut Vec<Read<'r>>,
    ) {
        let Home::Setting(integration, _) = all[number].home else { return };
        let mut seen = BTreeSet::new();
        let mut stack = vec![((number, None), Type::Data)];
        while let Some((body, dot)) = stack.pop() {
            if seen.len() >= MOST_BODIES || !seen.insert((body, dot)) {
                continue;
            }
            let usage = self.usage(all, body, dot);
            let (text, _) = body;
            for fault in &usage.faults {
                failing.insert((text, fault.extent, fault.message.clone()));
            }
            reads.extend(usage.accesses.iter().map(|access| Read {
                integration,
                text,
                access: access.clone(),
            }));
            for &(step, ty) in &usage.calls {
                // A block was followed where it stands.
                if let StepKind::Call(name, _) = &all[text].parsed.steps[step].kind
                    && let Some(body) = self.find(all, number, &name.text)
                {
                    stack.push((body, ty));
                }
            }
        }
    }

    fn usage(&mut self, all: &[Notification<'r>], body: Body, dot: Type) -> Rc<Usage> {
        let usage = self.known.entry((body, dot)).or_insert_with(|| {
            let parsed = &all[body.0].parsed;
            let usage = match body.1 {
                _ if !parsed.faults.is_empty() => Usage::default(),
                None => data::follow(parsed, parsed.main().map(|(step, _)| step), dot),
                Some(index) => {
                    let definition = &parsed.definitions[index];
                    data::follow(parsed, definition.first + 1..definition.end, dot)
                }
            };
            Rc::new(usage)
        });
        Rc::clone(usage)
    }

    /// Notes the calls of templates that this configuration does not know. A file may be loaded
    /// by several: what only one of them lacks is not certain.
    fn undefined(
        &self,
        all: &[Notification<'r>],
        numbers: &Numbers<'r>,
        undefined: &mut BTreeMap<(usize, Extent), (bool, String)>,
    ) {
        let settings = numbers.settings.get(&self.config.document).into_iter().flatten();
        for &text in settings.chain(&self.files) {
            for step in &all[text].parsed.steps {
                let StepKind::Call(name, _) = &step.kind else { continue };
                let known = defaults::DEFAULTS.binary_search(&&*name.text).is_ok()
                    || name.text.is_empty()
                    || self.find(all, text, &name.text).is_some();
                let lacks = self.closed && !known;
                let entry = undefined
                    .entry((text, name.extent))
                    .or_insert_with(|| (true, name.text.to_string()));
                entry.0 &= lacks;
            }
        }
    }
}

impl<'r> Model<'r> {
    /// Notification texts, and what they read.
    pub fn notifications(&self) -> &Notifications<'r> {
        self.notifications.get_or_init(|| Notifications::of(self.repo))
    }
}
