//! Keys that stand twice in a mapping, and merges of what is none.

use super::{Builder, Issue, IssueKind, NodeId, NodeKind, Style};

/// Most pairs of a mapping whose keys are compared one by one.
const FEW: usize = 12;

impl Builder<'_> {
    /// Looks for keys that stand twice in the mapping whose children begin at `first`, and for
    /// what `<<` cannot merge.
    pub(super) fn check_keys(&mut self, first: usize) {
        let children = &self.tree.children[first..];
        let merges: Vec<NodeId> = children
            .chunks_exact(2)
            .filter(|pair| self.key_text(pair[0]) == Some("<<") && self.is_plain(pair[0]))
            .map(|pair| pair[1])
            .collect();
        let repeated = match children.len() / 2 {
            0..=FEW => self.repeated_of_few(children),
            _ => self.repeated_of_many(children),
        };
        for value in merges {
            self.check_merge(value);
        }
        for (earlier, again) in repeated {
            self.repeated(first, earlier, again);
        }
    }

    /// The text of a key; one that was masked says nothing.
    fn key_text(&self, id: NodeId) -> Option<&str> {
        let key = &self.tree.nodes[id.0 as usize];
        match key.kind {
            NodeKind::Scalar { text, .. } if !key.unknown => Some(self.tree.text(text)),
            _ => None,
        }
    }

    fn is_plain(&self, id: NodeId) -> bool {
        let style = &self.tree.nodes[id.0 as usize].kind;
        matches!(style, NodeKind::Scalar { style: Style::Plain, .. })
    }

    /// Pairs whose key an earlier pair has: the numbers of the first of them, and of this one.
    fn repeated_of_few(&self, children: &[NodeId]) -> Vec<(usize, usize)> {
        let mut keys = [None; FEW];
        for (key, pair) in keys.iter_mut().zip(children.chunks_exact(2)) {
            *key = self.key_text(pair[0]);
        }
        let mut repeated = Vec::new();
        for (again, name) in keys.iter().enumerate().filter(|(_, name)| name.is_some()) {
            let earlier = keys[..again].iter().position(|earlier| earlier == name);
            repeated.extend(earlier.map(|earlier| (earlier, again)));
        }
        repeated
    }

    fn repeated_of_many(&self, children: &[NodeId]) -> Vec<(usize, usize)> {
        let keys = children.iter().step_by(2).enumerate();
        let mut names: Vec<(&str, usize)> =
            keys.filter_map(|(index, &id)| Some((self.key_text(id)?, index))).collect();
        names.sort_unstable();
        let twice = names.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        twice
            .map(|pair| {
                let first = names.partition_point(|(name, _)| *name < pair[1].0);
                (names[first].1, pair[1].1)
            })
            .collect()
    }

    /// A key that the mapping has already: a fault, but in a template one of two branches.
    /// Both by number in the mapping whose children begin at `first`.
    fn repeated(&mut self, first: usize, earlier: usize, again: usize) {
        let (earlier, again) = (first + 2 * earlier, first + 2 * again);
        if !self.input.masked.is_empty() {
            // Each branch may give the value: nobody knows which.
            for id in [self.tree.children[earlier + 1], self.tree.children[again + 1]] {
                self.tree.nodes[id.0 as usize].unknown = true;
            }
            return;
        }
        let first = self.tree.node(self.tree.children[earlier]).span();
        let key = self.tree.node(self.tree.children[again]);
        let message = format!("`{}` is set twice", key.scalar().unwrap_or_default());
        let span = key.span();
        self.issues.push(Issue {
            kind: IssueKind::DuplicateKey,
            span,
            message,
            first: Some(first),
        });
    }

    fn check_merge(&mut self, value: NodeId) {
        let node = self.tree.node(value);
        if node.is_alias() || node.is_mapping() || node.is_sequence() || node.is_unknown() {
            return;
        }
        let span = node.span();
        let message = "`<<` merges a mapping, and this is none".to_owned();
        self.issues.push(Issue { kind: IssueKind::BadMerge, span, message, first: None });
    }
}
