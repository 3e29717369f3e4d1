//! Lines of scripts that start something under an agent, or load one.

use super::AgentLine;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::offsets::OffsetMap;
use crate::{libraries, semconv};

/// Words of lines that ask for an agent, fetch it or speak of it, and start nothing with it.
const ASKS: &[&str] = &[
    "apk ",
    "apt",
    "command -v",
    "curl ",
    "echo ",
    "install ",
    "printf ",
    "type ",
    "wget ",
    "which ",
];

/// Reads the lines of a script that name an agent.
pub fn read_agents(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let measures = libraries::words("automatic-metrics").imports;
    let names = |text: &str| {
        semconv::agent_in(text).is_some() || measures.iter().any(|word| text.contains(word))
    };
    if !names(text) {
        return;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        let told = body.starts_with('#') || ASKS.iter().any(|word| body.contains(word));
        if told || !names(body) {
            continue;
        }
        let from = start + (body.as_ptr() as usize - line.as_ptr() as usize);
        let text = Scalar {
            text: body.to_owned(),
            span: map.span(from, from + body.len()),
            known: true,
            plain: true,
        };
        facts.agent_lines.push(AgentLine { document, text });
    }
}
