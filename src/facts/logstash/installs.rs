//! What scripts and roles install of Logstash: plugins, and packages of a release.

use crate::facts::FileFacts;

/// Plugins that `logstash-plugin install` or a role's list names, and packages that are fetched.
pub fn read(path: &str, text: &str, facts: &mut FileFacts) {
    if path.ends_with(".md") || path.ends_with(".adoc") {
        return;
    }
    const COMMAND: &[u8] = b"logstash-plugin";
    for at in memchr::memmem::find_iter(text.as_bytes(), COMMAND) {
        let rest = text[at + COMMAND.len()..].replace("\\\n", " ");
        let line = rest.split(['\n', ';', '&', '|']).next().unwrap_or_default();
        let words = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ']'));
        let named = words.filter(|word| word.starts_with("logstash-"));
        if line.contains("install") {
            facts.logstash_installs.extend(named.map(str::to_owned));
        }
    }
    let data = path.ends_with(".yml") || path.ends_with(".yaml");
    for at in memchr::memmem::find_iter(text.as_bytes(), b"logstash-") {
        let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ']');
        let word = text[at..].split(end).next().unwrap_or_default();
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        let listed = data && before.trim() == "-" && is_plugin(word);
        let package = word.as_bytes().get(9).is_some_and(u8::is_ascii_digit);
        if listed || package && before.contains("://") {
            facts.logstash_installs.push(word.to_owned());
        }
    }
}

fn is_plugin(word: &str) -> bool {
    ["-input-", "-filter-", "-output-", "-codec-"].iter().any(|it| word[8..].starts_with(it))
}
