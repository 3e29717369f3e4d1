//! Environment files: `.env` beside a Compose file, `env_file` of a service.

use super::EnvValue;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::OtelVariable;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;

/// Reads `NAME=value` lines.
pub fn read_dotenv(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        let body = body.strip_prefix("export ").unwrap_or(body).trim_start();
        let Some((name, value)) = body.split_once('=') else { continue };
        let name = name.trim_end();
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(word) {
            continue;
        }
        let place = |part: &str| {
            // Both are slices of the line.
            let from = start + (part.as_ptr() as usize - line.as_ptr() as usize);
            map.span(from, from + part.len())
        };
        let value = unquoted(value.trim());
        let name = Scalar { text: name.to_owned(), span: place(name), known: true, plain: true };
        let value = Scalar {
            text: value.to_owned(),
            span: if value.is_empty() { name.span } else { place(value) },
            known: !placeholder::is_in(value),
            plain: true,
        };
        facts.otel_variables.extend(OtelVariable::of(document, &name, &value, None));
        facts.env_values.push(EnvValue { document, name, value });
    }
}

/// Without its quotes, or without a comment behind it.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or(rest);
        }
    }
    if value.starts_with('#') {
        return &value[..0];
    }
    value.find(" #").map_or(value, |at| value[..at].trim_end())
}
