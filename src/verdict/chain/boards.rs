//! Dashboards: what shows people what is kept.

use super::{Build, Layer, State};
use crate::facts::Subject;
use crate::facts::dashboard::Provider;
use crate::repo::boards::Provided;
use std::collections::BTreeSet;

/// Most servers that a dashboard is joined to where nobody knows which it reads.
const MOST: usize = 3;

impl Build<'_> {
    pub(super) fn boards(&mut self) {
        let repo = self.repo;
        for board in &repo.facts.dashboards {
            if !self.counts(board.document) || repo.repeated_boards().contains_key(&board.document)
            {
                continue;
            }
            let title = board.title.as_ref().and_then(|title| title.known_text());
            let name = title.unwrap_or_else(|| self.file(board.anchor));
            let node = self.add(Layer::Alert, "dashboard", name, Some(board.anchor));
            self.note(node, "dashboard");
            self.nodes[node].group = Some("dashboards".to_owned());
            self.titles.insert((board.document, board.title()), node);
            self.documents.entry(board.document).or_insert(node);
            self.boards.insert(board.document, node);
        }
        self.provided();
        self.asked();
    }

    /// What a Grafana of the repository loads; where one shows all it loads, the others are not.
    fn provided(&mut self) {
        let repo = self.repo;
        let all = |provider: &Provider| match repo.provided(provider) {
            Provided::Boards(boards) => Some(boards),
            Provided::Nothing(..) => Some(Vec::new()),
            Provided::Unknown => None,
        };
        let providers: Vec<_> = repo.facts.dashboard_providers.iter().map(all).collect();
        if providers.is_empty() || providers.iter().any(Option::is_none) {
            return;
        }
        let loaded: BTreeSet<_> = providers.into_iter().flatten().flatten().collect();
        let nodes: Vec<_> = self.boards.iter().map(|(document, node)| (*document, *node)).collect();
        for (document, node) in nodes {
            if !loaded.contains(&document) {
                self.gap(node, State::Unknown, "no provider here is seen to load it");
            }
        }
    }

    /// The servers that its queries ask.
    fn asked(&mut self) {
        let model = self.model;
        let panels = model.queries().iter().filter_map(|query| query.panel());
        let asking: BTreeSet<usize> =
            panels.filter_map(|panel| self.boards.get(&panel.document).copied()).collect();
        let servers: Vec<usize> = (0..self.nodes.len())
            .filter(|at| self.nodes[*at].layer == Layer::Store && self.nodes[*at].kind == "server")
            .filter(|at| self.nodes[*at].span.is_some())
            .collect();
        for board in asking {
            match servers[..] {
                [only] => self.link(only, board, State::Whole, "shown"),
                _ if servers.len() > MOST => {}
                _ => {
                    for server in &servers {
                        let why = "which server it asks is not known";
                        self.link(*server, board, State::Unknown, why);
                    }
                }
            }
        }
    }
}
