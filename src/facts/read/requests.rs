//! Requests to a search engine that a text holds, and the documents that their bodies are.

use super::{Origin, Reader};
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::{DocumentId, ObjectName, elastic};
use crate::identify::Kind;
use crate::lang::{console, placeholder};
use crate::parse::embed::Placed;
use crate::parse::offsets::OffsetMap;

impl Reader<'_> {
    /// Requests of a script inside an object.
    pub(super) fn script(&mut self, placed: &Placed, origin: &Origin) {
        if let Some(host) = origin.host {
            self.send(console::curl_in(&placed.text), &placed.map, host, origin);
        }
    }

    /// Requests of a text of its own.
    pub(super) fn requests(
        &mut self,
        kind: Kind,
        text: &str,
        map: &OffsetMap,
        document: DocumentId,
        origin: &Origin,
    ) {
        let requests = match kind {
            Kind::ElasticRequests => console::console(text),
            Kind::Text => console::curl_in(text),
            _ => return,
        };
        self.send(requests, map, document, origin);
    }

    /// Reads the bodies, and keeps the requests.
    fn send(
        &mut self,
        requests: Vec<console::Request>,
        map: &OffsetMap,
        document: DocumentId,
        origin: &Origin,
    ) {
        for request in requests {
            let span = map.span(request.path_at.start, request.path_at.end);
            let known = !placeholder::is_in(&request.path);
            let path = Scalar { text: request.path, span, known, plain: true };
            let kind = elastic::Endpoint::of(&path.text).kind();
            let before = self.facts.documents.len();
            let searches = self.facts.log_queries.len();
            if let (Some(kind), Some(body)) = (kind, &request.body)
                && request.method != "DELETE"
            {
                let mut parts = path.text.rsplit('/');
                let own = parts.find(|part| !part.starts_with('_')).unwrap_or_default();
                let name = own.to_owned();
                let object = ObjectName {
                    api_version: elastic::REQUEST.to_owned(),
                    kind: path.text.clone(),
                    name,
                    ..ObjectName::default()
                };
                let inner = map.compose(&body.runs, body.text.len(), body.end);
                let origin = Origin {
                    host: Some(document),
                    object: Some(object),
                    kind: Some(kind),
                    stated: true,
                    stream_index: 0,
                    depth: origin.depth + 1,
                    ..*origin
                };
                self.stream(&body.text, &inner, &[], &origin);
            }
            // `_search?size=100`
            let size = request.query.split('&').find_map(|part| part.strip_prefix("size="));
            if let (Some(size), Some(search)) = (size, self.facts.log_queries.get_mut(searches)) {
                let size = Scalar { text: size.to_owned(), ..path.clone() };
                search.size.get_or_insert(size);
            }
            if let Some(body) = &request.body {
                let path = path.text.as_str();
                self.facts.credentials.extend(seeded(path, body, map, document));
            }
            let body = self.facts.documents.get(before).map(|document| document.id);
            let request = elastic::EngineRequest { document, method: request.method, path, body };
            self.facts.engine_requests.push(request);
        }
    }
}

/// The password that a request gives a user of the engine.
fn seeded(
    path: &str,
    body: &console::Body,
    map: &OffsetMap,
    document: DocumentId,
) -> Option<Credential> {
    const USERS: &[&str] = &["_security/user", "_xpack/security/user", "api/internalusers"];
    if !USERS.iter().any(|users| path.contains(users)) {
        return None;
    }
    let value_of = |key: &str| {
        let (_, rest) = body.text.split_once(key)?;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        rest.split('"').next()
    };
    let value = value_of("\"password\"").filter(|value| !value.contains('\\'))?;
    let (key, at) = (body.place("\"password\"")?, body.place(&format!("\"{value}\""))?);
    let known = !placeholder::is_in(value);
    let text = "password".to_owned();
    Some(Credential {
        document,
        program: elastic::node::PROGRAM,
        path: text.clone(),
        key: Scalar { text, span: map.span(key.start, key.end), known: true, plain: true },
        value: Scalar {
            text: value.to_owned(),
            span: map.span(at.start, at.end),
            known,
            plain: true,
        },
    })
}
