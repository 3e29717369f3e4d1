//! Requests to a search engine written down: console snippets (`PUT _ilm/policy/x` and a body),
//! `.http` files, and `curl` commands in scripts.
//!
//! Knows nothing of the stages; ranges are bytes of the text it was given.

mod curl;
mod script;

pub use curl::{curl, curl_in};

use std::ops::Range;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `PUT`, `POST`, …
    pub method: String,
    /// Without scheme, host, leading slash and query: `_ilm/policy/logs`.
    pub path: String,
    /// Where the path stands.
    pub path_at: Range<usize>,
    /// What stands behind the `?`.
    pub query: String,
    /// The body, if it stands in the text itself.
    pub body: Option<Body>,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// With the escapes of the shell resolved.
    pub text: String,
    /// Runs of bytes that stand unchanged: (offset in `text`, offset in the text around it).
    pub runs: Vec<(usize, usize)>,
    /// Where the body ends in the text around it.
    pub end: usize,
}

impl Body {
    /// Where it begins in the text around it.
    fn start(&self) -> usize {
        self.runs.first().map_or(self.end, |(_, host)| *host)
    }

    /// What stands behind its first bytes.
    fn tail(&self, from: usize) -> Body {
        let (text, mut runs) = (self.text[from..].to_owned(), Vec::new());
        for (at, &(begins, host)) in self.runs.iter().enumerate() {
            let ends = self.runs.get(at + 1).map_or(self.text.len(), |(next, _)| *next);
            match begins.checked_sub(from) {
                Some(begins) => runs.push((begins, host)),
                None if ends > from => runs.push((0, host + (from - begins))),
                None => {}
            }
        }
        Body { text, runs, end: self.end }
    }

    /// Where a part of it stands in the text around it; quotes and escapes may stand in between.
    pub fn place(&self, part: &str) -> Option<Range<usize>> {
        let outside = |inner: usize| {
            let run = self.runs.iter().rev().find(|(begins, _)| *begins <= inner)?;
            Some(run.1 + (inner - run.0))
        };
        let start = self.text.find(part)?;
        let last = part.chars().next_back()?.len_utf8();
        let end = outside(start + part.len() - last)? + last;
        Some(outside(start)?..end)
    }
}

const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"];
/// Most requests that are read of one text.
const MOST: usize = 2_000;

/// Whether a text is made of requests: its first line that is no comment is one, and names an API
/// of the engine or has a JSON body.
pub fn is_console(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !is_remark(line));
    let Some((_, path)) = lines.next().and_then(request_line) else { return false };
    // Between a request and its body may stand headers.
    let next = lines.find(|line| line.starts_with('{') || !line.contains(": "));
    is_api(&clean(path)) || (next.is_some_and(|line| line.starts_with('{')) && text.contains("/_"))
}

fn is_remark(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with("//") || line.starts_with('@')
}

/// Whether a path names an API of the engine.
pub fn is_api(path: &str) -> bool {
    path.split('/').any(|part| {
        part.len() > 1
            && part.starts_with('_')
            && part[1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The requests of a console text.
pub fn console(text: &str) -> Vec<Request> {
    let mut found: Vec<Request> = Vec::new();
    let mut at = 0;
    let mut body: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim();
        let begins = line.starts_with(|c: char| c.is_ascii_uppercase());
        let request = begins.then(|| request_line(bare)).flatten();
        if request.is_some() || bare.starts_with("###") {
            close(&mut found, text, body.take(), start);
        }
        if let Some((method, path)) = request {
            if found.len() >= MOST {
                return found;
            }
            let from = start + line.find(path).unwrap_or_default();
            found.push(Request {
                method: method.to_owned(),
                path: clean(path),
                path_at: place(path, from),
                query: query_of(path),
                body: None,
            });
        } else if body.is_none() && bare.starts_with(['{', '[']) && !bare.starts_with("{{") {
            let open = found.last().is_some_and(|request| request.body.is_none());
            body = open.then(|| start + (line.len() - line.trim_start().len()));
        }
    }
    close(&mut found, text, body, text.len());
    found
}

/// Ends the body that began at `from`.
fn close(found: &mut [Request], text: &str, from: Option<usize>, end: usize) {
    let (Some(from), Some(request)) = (from, found.last_mut()) else { return };
    let mut end = end;
    // Remarks that belong to the next request.
    while let Some(line) = text[from..end].trim_end().lines().last() {
        let bare = line.trim();
        if !bare.starts_with('#') && !bare.starts_with("//") {
            break;
        }
        end = from + text[from..end].trim_end().len() - line.len();
    }
    let body = text[from..end].trim_end();
    // Texts in three quotes are the console's own; nobody else reads them.
    if !body.contains("\"\"\"") && !body.is_empty() {
        request.body =
            Some(Body { text: body.to_owned(), runs: vec![(0, from)], end: from + body.len() });
    }
}

/// Method and path of a line that is a request.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let (method, rest) = line.split_once([' ', '\t'])?;
    let path = rest.trim_start();
    let path = path.split([' ', '\t']).next().unwrap_or(path);
    let shaped = path.starts_with(['/', '_', '<', '%', '.', '{'])
        || path.contains('/')
        || path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*'));
    (METHODS.contains(&method) && !path.is_empty() && shaped).then_some((method, path))
}

/// A path without scheme, host, placeholder of a host, leading slash and query.
fn clean(path: &str) -> String {
    place_of(path).trim_end_matches('/').to_owned()
}

/// What stands behind the `?` of an address.
fn query_of(path: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.trim_matches(['"', '\'']).to_owned()
}

fn place(path: &str, from: usize) -> Range<usize> {
    let bare = place_of(path);
    let start = from + (bare.as_ptr() as usize - path.as_ptr() as usize);
    start..start + bare.trim_end_matches('/').len()
}

fn place_of(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    let path = path.split('?').next().unwrap_or(path);
    let rest = match path.split_once("://") {
        Some((_, rest)) => after_host(rest),
        None if path.starts_with("{{") || path.starts_with('$') => after_host(path),
        // `localhost:9200/_ilm`
        None => match path.split_once('/') {
            Some((host, _)) if host.contains(':') => after_host(path),
            _ => path,
        },
    };
    rest.trim_start_matches('/')
}

fn after_host(text: &str) -> &str {
    // `${ES:-http://x}/_ilm` holds slashes of its own.
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => return &text[at..],
            _ => {}
        }
    }
    // Places are reckoned from slices: this is one too.
    &text[text.len()..]
}

#[cfg(test)]
mod tests {
    use super::{console, curl, is_console};

    #[test]
    fn console_snippets_are_split() {
        let text = "# first\nPUT _ilm/policy/logs\n{\n  \"policy\": {}\n}\n\n# then\nGET /_cat/indices?v\nPOST http://es:9200/_aliases HTTP/1.1\nContent-Type: application/json\n\n{\"actions\": []}\n";
        assert!(is_console(text));
        let found = console(text);
        let seen: Vec<_> = found
            .iter()
            .map(|one| {
                let body = one.body.as_ref().map(|body| body.text.as_str());
                assert_eq!(&text[one.path_at.clone()], one.path);
                (one.method.as_str(), one.path.as_str(), body)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("PUT", "_ilm/policy/logs", Some("{\n  \"policy\": {}\n}")),
                ("GET", "_cat/indices", None),
                ("POST", "_aliases", Some("{\"actions\": []}")),
            ]
        );
    }

    #[test]
    fn a_path_is_found_behind_quotes_and_escapes() {
        let text = "curl -XPUT \"http://${ES}\"':9200/'\\_ilm/'policy'/a -d '{}'\n";
        let found = curl(text);
        assert_eq!(found[0].path, "_ilm/policy/a");
        assert_eq!(&text[found[0].path_at.clone()], "_ilm/'policy'/a");
    }

    #[test]
    fn bodies_are_found_where_they_stand() {
        let json = "{\"order\": 1}";
        for (text, body) in [
            (format!("curl -XPUT es:9200/_template/t -d'{json}'\n"), Some(json)),
            (format!("curl -XPUT es:9200/_template/t -sd '{json}' >/dev/null 2>&1\n"), Some(json)),
            (
                format!("curl -d @- es:9200/_template/t > log <<'EOF' | jq\n{json}\nEOF\necho\n"),
                Some(json),
            ),
            (
                format!("cat <<-EOF | curl --data-binary @- es:9200/_template/t\n{json}\n\tEOF\n"),
                Some(json),
            ),
            (format!("BODY='{json}'\ncurl es:9200/_template/t -d \"${{BODY}}\"\n"), Some(json)),
            (
                format!("B=$(cat <<EOF\n{json}\nEOF\n)\ncurl es:9200/_template/t -d $B\n"),
                Some(json),
            ),
            (
                format!(
                    "cat >/tmp/t.json <<E\n{json}\nE\ncurl es:9200/_template/t -d @/tmp/t.json\n"
                ),
                Some(json),
            ),
            ("curl es:9200/_template/t -d @/tmp/t.json\n".to_owned(), None),
            (format!("curl es:9200/_template/t -d @- <<EOF\n{json}\n"), None),
        ] {
            let found = curl(&text);
            let read = found[0].body.as_ref();
            assert_eq!(read.map(|body| body.text.trim()), body, "{text}");
            if let Some(read) = read {
                assert!(text[read.runs[0].1..].starts_with(&json[..1]), "{text}");
            }
        }
    }

    #[test]
    fn a_host_alone_has_an_empty_path() {
        let found = console("PUT http://es:9200\n{}\n");
        assert_eq!((found[0].path.as_str(), found[0].path_at.clone()), ("", 18..18));
    }

    #[test]
    fn other_texts_are_no_console() {
        for text in
            ["GET well soon\n", "PUT the lid on\n", "# a\nkey: x\n", "", "POST\n", "curl x\n"]
        {
            assert!(!is_console(text), "{text}");
        }
        assert!(is_console("PUT /logs\n{ \"mappings\": {} }\nGET /logs/_search\n"));
    }

    #[test]
    fn curl_commands_are_read_with_their_bodies() {
        let text = "set -e\ncurl -s -X PUT \"http://${ES}:9200/_ilm/policy/p?pretty\" -H 'Content-Type: application/json' -d '\n{\"policy\": {}}'\ncurl -XPUT localhost:9200/_template/t -d \"{\\\"order\\\": 1}\" && echo ok\ncurl -fsSL https://example.com/install.sh | sh\ncurl https://es/_cluster/health\n";
        let found = curl(text);
        let seen: Vec<_> = found
            .iter()
            .map(|one| {
                (one.method.as_str(), one.path.as_str(), one.body.as_ref().map(|b| b.text.trim()))
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("PUT", "_ilm/policy/p", Some("{\"policy\": {}}")),
                ("PUT", "_template/t", Some("{\"order\": 1}")),
                ("GET", "_cluster/health", None),
            ]
        );
        for request in &found {
            let Some(body) = &request.body else { continue };
            for (at, c) in body.text.char_indices() {
                let run = body.runs.partition_point(|&(from, _)| from <= at) - 1;
                let (from, host) = body.runs[run];
                assert!(text[host + at - from..].starts_with(c), "{at} {c}");
            }
        }
    }
}
