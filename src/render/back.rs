//! From places in rendered texts to what a person can edit.

use super::charts::{Packed, Template, packed, template};
use super::nodes::{Met, alike, descend};
use super::objects::{Origin, numbered};
use super::place::{self, Place, only_line};
use super::{Behind, SOURCE, inline, is_named};
use crate::check::Outcome;
use crate::finding::{Finding, Findings, Related};
use crate::parse::embed::{Host, embedded};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::repo::Repo;
use crate::source::{Part, SourceId, Span};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Puts findings in rendered texts back into what these were made of, with the rendered place
/// beside it. What a template comes to twice, and what stands both in a rendered text and in a file
/// that was read, is one finding.
pub fn findings(repo: &Repo, behind: &Behind, outcomes: &mut [Outcome]) {
    let Some(back) = Back::of(repo, behind) else { return };
    for outcome in outcomes {
        let mut known: BTreeMap<(Span, String, String), usize> = BTreeMap::new();
        let mut findings = std::mem::take(&mut outcome.findings);
        // The first of those that are one is the same in every run: what stands in a file first.
        findings.sort_by(|one, other| {
            let place =
                |it: &Finding| (it.span.is_some_and(|span| back.is_rendered(span)), it.span);
            (place(one), &one.subject).cmp(&(place(other), &other.subject))
        });
        let mut kept = Findings::with_capacity(findings.len());
        for mut finding in findings {
            let moved = finding.span.is_some_and(|span| back.is_rendered(span));
            let place = if moved { back.finding(&mut finding) } else { finding.span };
            if let Some(span) = place {
                let name = (span, finding.subject.clone(), finding.message());
                match known.get(&name).and_then(|at| kept.get_mut(*at)) {
                    Some(first) if moved => {
                        first.related.append(&mut finding.related);
                        continue;
                    }
                    Some(_) => {}
                    None => drop(known.insert(name, kept.len())),
                }
            }
            kept.push(finding);
        }
        outcome.findings = kept;
    }
}

/// The way from rendered texts to what they were made of.
pub struct Back<'a> {
    repo: &'a Repo,
    behind: &'a Behind,
    paths: Vec<&'a str>,
    rendered: BTreeSet<SourceId>,
    /// Those in which Helm names templates.
    told: BTreeSet<SourceId>,
    /// The files that rendered texts stand for.
    held: Vec<SourceId>,
    /// Files of values that the command names.
    values: Vec<&'a str>,
    trees: RefCell<BTreeMap<SourceId, Rc<Tree>>>,
    /// Patches in kustomizations.
    inline: OnceCell<Vec<Tree>>,
}

/// Where something in a rendered text belongs.
enum Belongs {
    /// It stands in a file of the repository; more places that explain it.
    To(Span, Vec<Related>),
    /// It stands in no file; the nearest place in the file behind it.
    Near(Span),
    /// Nobody knows.
    Nowhere,
}

impl<'a> Back<'a> {
    /// The way; none where nothing was rendered.
    pub fn of(repo: &'a Repo, behind: &'a Behind) -> Option<Back<'a>> {
        let of_part = |part: Part| {
            let numbered = (0u32..).map(SourceId).zip(&repo.sources);
            numbered.filter(move |(_, source)| source.part == part).map(|(id, _)| id)
        };
        let rendered: BTreeSet<SourceId> = of_part(Part::Rendered).collect();
        if rendered.is_empty() {
            return None;
        }
        let paths: Vec<&str> = repo.sources.iter().map(|source| source.path.as_str()).collect();
        let held = of_part(Part::Template).collect();
        let (trees, inline) = (RefCell::default(), OnceCell::new());
        let names = |id: &SourceId| repo.source(*id).text().contains(SOURCE);
        let told = rendered.iter().copied().filter(names).collect();
        let values = behind.values.iter().map(String::as_str).collect();
        Some(Back { repo, behind, paths, rendered, told, held, values, trees, inline })
    }

    fn is_rendered(&self, span: Span) -> bool {
        self.rendered.contains(&span.source)
    }

    /// Moves a finding in rendered text to its template; the place there.
    fn finding(&self, finding: &mut Finding) -> Option<Span> {
        // Nobody edits what a program writes.
        finding.fix = None;
        for related in &mut finding.related {
            related.span = self.span(related.span);
        }
        let span = finding.span?;
        let related = |span, text: &str| Related { span, text: text.to_owned() };
        match self.belongs(span) {
            Belongs::To(place, mut more) => {
                finding.span = Some(place);
                finding.related.append(&mut more);
                finding.related.push(related(span, "rendered here"));
                finding.span
            }
            Belongs::Near(place) => {
                let text = "made of this, and changed before it was rendered";
                finding.related.push(related(place, text));
                None
            }
            Belongs::Nowhere => None,
        }
    }

    /// The place in a file behind a rendered text; else the same place.
    pub fn span(&self, span: Span) -> Span {
        match self.is_rendered(span).then(|| self.belongs(span)) {
            Some(Belongs::To(place, _)) => place,
            _ => span,
        }
    }

    fn belongs(&self, span: Span) -> Belongs {
        match self.named(span) {
            Some(name) => self.template(span, name),
            None => self.object(span),
        }
    }

    /// Where a place belongs that Helm names the template of.
    fn template(&self, span: Span, name: &str) -> Belongs {
        let charts = &self.behind.charts;
        let found = template(name, &self.paths, charts);
        let file = found.as_ref().and_then(|template| self.repo.source_at(&template.path));
        let (Some(template), Some(id)) = (found, file) else {
            return self.packed(name).unwrap_or(Belongs::Nowhere);
        };
        let (place, sure) = self.place(span, id);
        let elsewhere = (!sure).then(|| self.elsewhere(span, id, &template)).flatten();
        match elsewhere {
            // A file that the template takes whole is what a person edits.
            Some((there, true)) => Belongs::To(there, Vec::new()),
            Some((there, false)) => {
                let text = "the same line stands here".to_owned();
                Belongs::To(place, vec![Related { span: there, text }])
            }
            None => Belongs::To(place, Vec::new()),
        }
    }

    /// The chart that takes one whose templates are not in the repository.
    fn packed(&self, name: &str) -> Option<Belongs> {
        let Packed { folder, chart, archive } = packed(name, &self.paths, &self.behind.charts)?;
        let id = self.repo.source_at(&format!("{folder}Chart.yaml"))?;
        let tree = self.tree(id);
        let root = tree.documents().next()?;
        let mut list = root.get("dependencies")?.items();
        let called = |node: NodeRef<'_>, key: &str| node.get(key)?.scalar().map(str::to_owned);
        let dependency = list.find(|it| {
            called(*it, "alias").or_else(|| called(*it, "name")).is_some_and(|it| it == chart)
        })?;
        let span = dependency.get("name")?.span();
        let (place, text) = match archive.and_then(|path| self.repo.source_at(path)) {
            Some(file) => (Span::new(file, 0, 0), "its templates are packed in this file"),
            None => (span, "the templates of this chart are not in the repository"),
        };
        Some(Belongs::To(span, vec![Related { span: place, text: text.to_owned() }]))
    }

    /// Where a place belongs in an object that files were put together to.
    fn object(&self, span: Span) -> Belongs {
        let from = self.repo.path(span).to_owned();
        let found = || {
            let tree = self.tree(span.source);
            let number = tree.roots.iter().position(|root| root.span.contains(span))?;
            let origin = self.behind.origins.made.get(&(from, number))?;
            let root = tree.node(tree.roots[number].node?);
            Some(self.origin(span, root, origin))
        };
        found().unwrap_or(Belongs::Nowhere)
    }

    fn origin(&self, span: Span, root: NodeRef<'_>, origin: &Origin) -> Belongs {
        if let Some(place) = self.in_file(span, root, origin) {
            return Belongs::To(place, Vec::new());
        }
        let mut near = None;
        for (part, patch) in origin
            .patches
            .iter()
            .rev()
            .map(|it| (it, true))
            .chain(origin.base.iter().map(|it| (it, false)))
        {
            let Some(id) = self.repo.source_at(&part.path) else { continue };
            let tree = self.tree(id);
            let Some(node) = part.root(&tree) else { continue };
            let met = descend(root, node, span);
            // A patch has the keys around what it changes; these are the object's own.
            let own = !patch || met.from.scalar().is_some() && !met.on_key;
            if let Some(place) = self.same(&met, span).filter(|_| own) {
                return Belongs::To(place, self.changed(origin, patch));
            }
            if !patch {
                let name = node.at(&["metadata", "name"]);
                near = met.near.or(name).map(NodeRef::span);
            }
        }
        let inline = self.inline.get_or_init(|| inline::trees(self.repo, &self.behind.origins));
        if let Some(place) = inline::place(inline, root, span) {
            return Belongs::To(place, self.changed(origin, true));
        }
        near.map_or(Belongs::Nowhere, Belongs::Near)
    }

    /// What a patch changes.
    fn changed(&self, origin: &Origin, patch: bool) -> Vec<Related> {
        let base = origin.base.as_ref().filter(|_| patch);
        let place = || {
            let base = base?;
            let id = self.repo.source_at(&base.path)?;
            let tree = self.tree(id);
            Some(base.root(&tree)?.at(&["metadata", "name"])?.span())
        };
        let text = "changes this object".to_owned();
        place().map(|span| Related { span, text }).into_iter().collect()
    }

    /// The place in a file that stands whole under a key.
    fn in_file(&self, span: Span, root: NodeRef<'_>, origin: &Origin) -> Option<Span> {
        let data = root.get("data")?;
        let mut pairs = data.pairs().filter(|(_, value)| value.span().contains(span));
        let (key, value) = pairs.next()?;
        let (_, path) =
            origin.files.iter().find(|(name, _)| Some(name.as_str()) == key.scalar())?;
        let id = self.repo.source_at(path)?;
        let source = self.repo.source(id);
        let inside = self.inside(value, span)?;
        let start = source.content_start();
        Some(Span::new(id, start + inside.start, (start + inside.end).min(source.text().len())))
    }

    /// Which part of a scalar's text stands at a place.
    fn inside(&self, node: NodeRef<'_>, span: Span) -> Option<std::ops::Range<usize>> {
        let map = OffsetMap::slice(span.source, 0);
        let text = self.repo.source(span.source).text();
        embedded(node, Host { text, map: &map, unknown: &[] })?.map.local(span)
    }

    /// The place in the other document, if the same stands there.
    fn same(&self, met: &Met<'_, '_>, span: Span) -> Option<Span> {
        let into = met.into?;
        if met.on_key {
            return Some(into.span());
        }
        if met.from.scalar().is_none() {
            // A whole list or mapping: the key above it.
            return into.scalar().is_none().then(|| met.near.unwrap_or(into).span());
        }
        if !alike(met.from, into) {
            return None;
        }
        let whole = met.from.resolve().span() == span;
        let id = into.span().source;
        let placed = || {
            let inside = self.inside(met.from, span)?;
            let map = OffsetMap::slice(id, 0);
            let text = self.repo.source(id).text();
            let placed = embedded(into, Host { text, map: &map, unknown: &[] })?;
            let end = inside.end.min(placed.text.len());
            Some(placed.map.span(inside.start.min(end), end))
        };
        let place = if whole { None } else { placed() };
        Some(place.unwrap_or_else(|| into.resolve().span()))
    }

    fn tree(&self, id: SourceId) -> Rc<Tree> {
        let known = self.trees.borrow().get(&id).cloned();
        known.unwrap_or_else(|| {
            let tree = Rc::new(numbered(id, self.repo.source(id)));
            self.trees.borrow_mut().insert(id, tree.clone());
            tree
        })
    }

    /// The template that Helm names above the object around a place.
    fn named(&self, span: Span) -> Option<&'a str> {
        if !self.told.contains(&span.source) {
            return None;
        }
        let text = self.repo.source(span.source).text();
        let mut end = span.start as usize;
        let mut first = true;
        loop {
            let before = text.get(..end)?;
            let start = before.rfind("\n---").map_or(0, |at| at + 1);
            let name = before[start..].lines().find_map(|line| line.strip_prefix(SOURCE));
            match name.map(str::trim) {
                // Files in `crds` are printed as they are; only the first object has the name.
                Some(name) if first || name.contains("/crds/") => return Some(name),
                Some(_) => return None,
                None if start == 0 => return None,
                None => (end, first) = (start - 1, false),
            }
        }
    }

    /// The line a place begins on.
    fn line(&self, span: Span) -> &'a str {
        let from = self.repo.source(span.source).text();
        let start = from[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        from[start..].lines().next().unwrap_or_default()
    }

    /// Where the text of a rendered place stands in its template, and whether that is sure.
    fn place(&self, span: Span, template: SourceId) -> (Span, bool) {
        let from = self.repo.source(span.source).text();
        let into = self.repo.source(template).text();
        let start = |at: usize| Span::new(template, at, at + trimmed(into, at).len());
        match place::of(from, span.start as usize, into) {
            Some(Place::Same(at)) => (self.on_line(span, template, at), true),
            Some(Place::Key(at) | Place::Around(at)) => (start(at), false),
            None => (Span::new(template, 0, 0), false),
        }
    }

    /// The place on a line that reads the same and begins here.
    fn on_line(&self, span: Span, id: SourceId, at: usize) -> Span {
        let from = self.repo.source(span.source).text();
        let start = from[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let here = self.line(span);
        let lead = here.len() - here.trim_start().len();
        let offset = (span.start as usize - start).saturating_sub(lead);
        let length = here.trim().len();
        let width = span.range().len().min(length.saturating_sub(offset));
        Span::new(id, at + offset.min(length), at + offset + width)
    }

    /// The only other file of the template's charts where the rendered line stands, once; whether
    /// the template takes that file whole.
    fn elsewhere(&self, span: Span, id: SourceId, template: &Template) -> Option<(Span, bool)> {
        let here = self.line(span);
        if here.trim().len() < 4 {
            return None;
        }
        let mut found = None;
        for other in self.held.iter().copied().filter(|other| *other != id) {
            let source = self.repo.source(other);
            let mut folders = template.folders.iter().rev();
            let folder = folders.find(|folder| source.path.starts_with(*folder));
            let values = self.values.contains(&source.path.as_str());
            let inner = match folder {
                Some(folder) => &source.path[folder.len()..],
                None if values => source.path.as_str(),
                None => continue,
            };
            if inner.starts_with("templates/") && !is_named(inner) {
                continue;
            }
            let Some(at) = only_line(source.text(), here) else { continue };
            if found.is_some() {
                return None;
            }
            let whole =
                !values && !inner.starts_with("templates/") && !inner.starts_with("values.y");
            found = Some((self.on_line(span, other, at), whole));
        }
        found
    }
}

fn trimmed(text: &str, at: usize) -> &str {
    text[at..].lines().next().unwrap_or_default().trim_end()
}
