//! Annotations as data: keys of YAML and JSON, and the front matter of Markdown.

use super::{Annotation, Target, grammar};
use crate::facts::scalar::Scalar;
use crate::nist;
use crate::parse::tree::{NodeRef, Tree};
use crate::source::{SourceId, Span};

/// What a key holds.
enum Key {
    /// Controls.
    List(&'static str),
    /// A word about the file.
    Baseline,
}

fn key(name: &str) -> Option<Key> {
    Some(match name {
        "nist-controls" | "nist_controls" | "_nist_controls" => Key::List("nist-controls"),
        "_nist" => Key::List("nist"),
        "_nist_baseline" => Key::Baseline,
        _ => return None,
    })
}

/// Reads the keys of all documents of a tree. `front`: it is front matter, where
/// `nist_800_53_r5.controls` counts too.
pub(super) fn read(id: SourceId, tree: &Tree, front: bool, annotations: &mut Vec<Annotation>) {
    for root in tree.documents() {
        let mut open: Vec<(NodeRef<'_>, Option<Span>)> = vec![(root, None)];
        while let Some((node, owner)) = open.pop() {
            // What an alias names is read where it stands.
            if node.is_alias() {
                continue;
            }
            for (name, value) in node.pairs() {
                let text = name.scalar().unwrap_or_default();
                let listed = match (key(text), front && text == "nist_800_53_r5") {
                    (Some(key), _) => Some((key, value)),
                    (None, true) => {
                        value.get("controls").map(|list| (Key::List("nist-controls"), list))
                    }
                    (None, false) => None,
                };
                match listed {
                    Some((key, value)) => one(id, name, &key, value, owner, annotations),
                    None => open.push((value, Some(name.span()))),
                }
            }
            open.extend(node.items().map(|item| {
                let first = item.pairs().next().map(|(key, _)| key.span());
                (item, first.or(owner))
            }));
        }
    }
}

fn one(
    id: SourceId,
    name: NodeRef<'_>,
    key: &Key,
    value: NodeRef<'_>,
    owner: Option<Span>,
    annotations: &mut Vec<Annotation>,
) {
    let target = owner.map_or(Target::File, Target::Code);
    let tag = match key {
        Key::List(tag) => *tag,
        Key::Baseline => "nist-baseline",
    };
    let mut annotation = Annotation {
        source: id,
        tag: tag.to_owned(),
        tag_span: name.span(),
        controls: Vec::new(),
        text: None,
        evidence: Vec::new(),
        confidence: None,
        list: tag == "nist-controls",
        malformed: None,
        target,
        example: false,
    };
    if matches!(key, Key::Baseline) {
        annotation.text = Scalar::of(value);
        let words = ["low", "moderate", "high", "privacy"];
        if let Some(text) = annotation.text.as_ref().filter(|text| text.known)
            && !words.contains(&text.text.to_ascii_lowercase().as_str())
        {
            let fault = format!("is `{}`, not low, moderate or high", text.text);
            annotation.malformed = Some((fault, text.span));
        }
        annotations.push(annotation);
        return;
    }
    let mut controls = Controls { annotation, rest: Vec::new() };
    controls.value(value);
    let Controls { mut annotation, mut rest } = controls;
    if annotation.controls.is_empty() && rest.is_empty() && annotation.malformed.is_none() {
        if value.is_unknown() || value.scalar().is_some_and(crate::lang::placeholder::is_in) {
            return;
        }
        annotation.malformed = Some(("names no control".to_owned(), name.span()));
    }
    if !annotation.controls.is_empty() || annotation.malformed.is_some() {
        annotations.push(annotation);
    }
    annotations.append(&mut rest);
}

struct Controls {
    /// Holds the ids that come without a text of their own.
    annotation: Annotation,
    /// One for each id with a text.
    rest: Vec<Annotation>,
}

impl Controls {
    fn value(&mut self, value: NodeRef<'_>) {
        if value.is_mapping() {
            match value.get("controls") {
                Some(list) => self.value(list),
                None => self.entry(value),
            }
        } else if value.is_sequence() {
            for item in value.items() {
                if item.is_mapping() { self.entry(item) } else { self.text(item) }
            }
        } else if !value.is_null() {
            self.text(value);
        }
    }

    fn entry(&mut self, entry: NodeRef<'_>) {
        let named =
            ["id", "control_id", "control-id", "control"].iter().find_map(|key| entry.get(key));
        let Some(named) = named else { return };
        let Some(control) = self.id(named) else { return };
        let text = ["title", "implementation", "description"]
            .iter()
            .find_map(|key| entry.get(key).filter(|node| !node.is_null()).and_then(Scalar::of));
        if text.is_none() {
            self.annotation.controls.push(control);
            return;
        }
        let evidence = entry.get("evidence_type").and_then(Scalar::of);
        self.rest.push(Annotation {
            controls: vec![control],
            text,
            evidence: evidence.into_iter().collect(),
            malformed: None,
            ..self.annotation.clone()
        });
    }

    fn id(&mut self, node: NodeRef<'_>) -> Option<Scalar> {
        let id = Scalar::of(node).filter(|id| id.known)?;
        if nist::parse(id.text.trim()).is_some() {
            return Some(id);
        }
        let fault = format!("names `{}`, which is no control id like `au-3`", id.text);
        self.annotation.malformed.get_or_insert((fault, id.span));
        None
    }

    /// A scalar: an id, several with commas, or an id with its text.
    fn text(&mut self, node: NodeRef<'_>) {
        let Some(whole) = Scalar::of(node).filter(|id| id.known) else { return };
        let text = whole.text.trim();
        if text.to_ascii_lowercase().starts_with("various") {
            return;
        }
        if nist::parse(text).is_some() {
            self.annotation.controls.push(whole);
            return;
        }
        // `au-2, au-3` and `au-2: Event Logging`: only the first can be placed to the letter.
        let mut rest = text;
        while let Ok(length) = grammar::id_at(rest) {
            let mut id = whole.clone();
            id.text = rest[..length].to_owned();
            self.annotation.controls.push(id);
            rest = rest[length..].trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next.trim_start(),
                None => break,
            }
        }
        if self.annotation.controls.is_empty()
            || rest.starts_with(char::is_alphanumeric) && grammar::looks_like_id(rest)
        {
            let fault = format!("names `{text}`, which is no control id like `au-3`");
            self.annotation.malformed.get_or_insert((fault, whole.span));
        }
    }
}
