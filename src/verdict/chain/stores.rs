//! What keeps signals: servers, stores of logs, stores of traces.

use super::{Build, Layer, State};
use crate::facts::prometheus::ServerForm;
use crate::repo::scrape::host_of;
use crate::source::Span;

/// Words by which configurations name a product.
fn words(product: &str) -> Vec<&'static str> {
    match product {
        "elk" => vec!["elasticsearch", "elastic", "elk"],
        "opensearch" => vec!["opensearch"],
        "loki" => vec!["loki"],
        "jaeger" => vec!["jaeger"],
        "tempo" => vec!["tempo"],
        "zipkin" => vec!["zipkin"],
        _ => Vec::new(),
    }
}

/// A product as people write it.
fn shown(product: &str) -> &str {
    match product {
        "elk" => "Elasticsearch",
        "opensearch" => "OpenSearch",
        "loki" => "Loki",
        "jaeger" => "Jaeger",
        "tempo" => "Tempo",
        "zipkin" => "Zipkin",
        "hosted" => "a hosted service",
        other => other,
    }
}

impl Build<'_> {
    pub(super) fn stores(&mut self) {
        let repo = self.repo;
        let servers: Vec<_> = repo.own_servers().filter(|it| self.counts(it.document)).collect();
        for server in servers {
            let object = repo.document(server.document).object.as_ref();
            let named = object.filter(|_| server.form == ServerForm::Operator);
            let name = match named {
                Some(object) => format!("{} {}", object.kind, object.name),
                None => format!("Prometheus ({})", self.file(server.anchor)),
            };
            let node = self.add(Layer::Store, "server", name, Some(server.anchor));
            self.stores.push((node, vec!["prometheus", "prometheusremotewrite"]));
            self.documents.insert(server.document, node);
        }
        for store in repo.log_stores() {
            if !self.counts(store.document) {
                continue;
            }
            let name = format!("{} ({})", shown(store.product), self.file(store.span));
            let node = self.add(Layer::Store, "log store", name, Some(store.span));
            self.stores.push((node, words(store.product)));
            self.documents.entry(store.document).or_insert(node);
        }
        for store in repo.trace_stores() {
            if !self.counts(store.document) {
                continue;
            }
            let name = format!("{} ({})", shown(store.product), self.file(store.span));
            let node = self.add(Layer::Store, "trace store", name, Some(store.span));
            self.stores.push((node, words(store.product)));
            self.documents.entry(store.document).or_insert(node);
        }
        self.sent_on_by_servers();
    }

    /// Where servers send their samples on to.
    fn sent_on_by_servers(&mut self) {
        let repo = self.repo;
        for end in &repo.facts.remote_endpoints {
            let server = self.documents.get(&end.document).copied();
            let server = server.filter(|node| self.nodes[*node].kind == "server");
            let (Some(server), "remote_write") = (server, end.direction) else { continue };
            let Some(url) = &end.url else { continue };
            let Some(host) = url.known_text().map(host_of).filter(|host| !host.is_empty()) else {
                let why = "where it sends samples on to is filled in elsewhere";
                self.gap(server, State::Unknown, why);
                continue;
            };
            let target = self.remote(host, url.span);
            self.link(server, target, State::Whole, "sends samples on");
        }
    }

    /// What takes samples under this host: a container here, or something elsewhere.
    fn remote(&mut self, host: &str, named: Span) -> usize {
        let known = self.nodes.iter().position(|it| it.kind == "remote store" && it.name == host);
        if let Some(known) = known {
            return known;
        }
        let first = host.split(['.', ':']).next().unwrap_or(host);
        let mut all = self.repo.facts.containers.iter();
        let here = all.find(|it| it.name.text == first || it.owner.name == first);
        let span = here.map_or(named, |container| container.name.span);
        let node = self.add(Layer::Store, "remote store", host, Some(span));
        let image = here.and_then(|it| it.image.as_ref()).map(|image| image.text.as_str());
        self.note(node, image.unwrap_or("not in this repository"));
        node
    }

    /// The stores that one of these texts names.
    pub(super) fn stores_named(&self, texts: &[&str]) -> Vec<usize> {
        let named = |known: &[&str]| {
            known.iter().any(|word| texts.iter().any(|text| text.to_lowercase().contains(word)))
        };
        self.stores.iter().filter(|(_, known)| named(known)).map(|(node, _)| *node).collect()
    }

    /// A store that is written to and is not here.
    pub(super) fn store_elsewhere(&mut self, kind: &'static str, name: &str) -> usize {
        let known = self.nodes.iter().position(|node| {
            node.layer == Layer::Store && node.span.is_none() && node.name == name
        });
        match known {
            Some(node) => node,
            None => {
                let node = self.add(Layer::Store, kind, name, None);
                self.note(node, "not in this repository");
                node
            }
        }
    }

    /// Links something to the stores that texts name, or to one elsewhere.
    pub(super) fn store(
        &mut self,
        from: usize,
        texts: &[&str],
        kind: &'static str,
        else_name: &str,
    ) {
        let found = self.stores_named(texts);
        match found.as_slice() {
            [] => {
                let node = self.store_elsewhere(kind, else_name);
                self.link(from, node, State::Unknown, "what is written to is not here");
            }
            [only] => self.link(from, *only, State::Whole, "kept"),
            several => {
                for node in several {
                    self.link(
                        from,
                        *node,
                        State::Unknown,
                        "which of several keeps it is not known",
                    );
                }
            }
        }
    }
}
