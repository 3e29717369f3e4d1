//! Where the bodies of commands stand in a script: in variables, in texts below a line (`<<EOF`),
//! in files that such texts are written to.

use super::Body;
use super::curl::Words;
use std::collections::HashMap;

/// A script, with what it sets and writes.
pub(super) struct Script<'t> {
    pub(super) text: &'t str,
    /// Where the value of each assignment begins, by the variable's name.
    assigned: HashMap<&'t str, Vec<usize>>,
    /// Where a text below is announced that is written to a file, by the file's name.
    written: HashMap<String, Vec<usize>>,
}

impl<'t> Script<'t> {
    /// Reads the lines of a script.
    pub(super) fn of(text: &'t str) -> Script<'t> {
        let mut script = Script { text, assigned: HashMap::new(), written: HashMap::new() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            script.line(line, at);
            at += line.len();
        }
        script
    }

    fn line(&mut self, line: &'t str, at: usize) {
        let bare = line.trim_start();
        let words = ["local ", "export ", "readonly ", "declare "];
        let bare = words.iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
        let name = bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        let name = name.unwrap_or_default();
        let value = at + (line.len() - bare.len()) + name.len() + 1;
        if !name.is_empty() && bare[name.len()..].starts_with('=') {
            self.assigned.entry(name).or_default().push(value);
        }
        let Some(below) = line.find("<<").filter(|below| !line[*below..].starts_with("<<<")) else {
            return;
        };
        // `read -r -d '' BODY <<'EOF'`
        if name == "read" {
            let names = line[..below].split_whitespace().last();
            if let Some(name) = names.filter(|name| is_name(name)) {
                self.assigned.entry(name).or_default().push(at + below);
            }
        }
        // `cat > /tmp/x.json <<'EOF'`, `cat <<EOF >/tmp/x.json`
        if let Some(to) = line.rfind('>').filter(|to| !line[..*to].ends_with(['2', '&'])) {
            let mut words = Words { text: line, at: to + 1 };
            if let Some(file) = words.next_word() {
                self.written.entry(file.text).or_default().push(at + below);
            }
        }
    }

    /// The text that a body stands for in the command at `at`; `below` is where the command
    /// announces a text below its line.
    pub(super) fn resolve(&self, body: Body, at: usize, below: Option<usize>) -> Option<Body> {
        if let Some(file) = body.text.strip_prefix('@') {
            if matches!(file, "-" | "/dev/stdin") {
                return self.below(below.or_else(|| self.piped(at))?);
            }
            let mut places = self.written.get(file).into_iter().flatten();
            return self.below(*places.rfind(|place| **place < at)?);
        }
        let name = body.text.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
        let Some(name) = name.filter(|name| is_name(name)) else { return Some(body) };
        let mut places = self.assigned.get(name).into_iter().flatten();
        let value = *places.rfind(|place| **place < at)?;
        let rest = &self.text[value..];
        if rest.starts_with("<<") {
            return self.below(value);
        }
        // `BODY=$(cat <<EOF`
        if rest.starts_with("$(") || rest.starts_with("\"$(") {
            let line = rest.lines().next().unwrap_or_default();
            return self.below(value + line.find("<<")?);
        }
        Words { text: self.text, at: value }.next_word()
    }

    /// Where the command before the pipe announces its text: `cat <<EOF | curl`.
    fn piped(&self, at: usize) -> Option<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = &self.text[start..at];
        before.trim_end().ends_with('|').then(|| before.find("<<"))?.map(|found| start + found)
    }

    /// The text below the line on which `<<EOF` stands.
    fn below(&self, at: usize) -> Option<Body> {
        let rest = self.text[at..].strip_prefix("<<")?;
        let (indented, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut words = Words { text: self.text, at: self.text.len() - rest.len() };
        let mark = words.next_word().filter(|mark| !mark.text.is_empty())?.text;
        let start = self.line_end(words.at)?;
        let mut end = start;
        for line in self.text[start..].split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            let bare = if indented { bare.trim_start_matches('\t') } else { bare };
            if bare == mark {
                let text = self.text[start..end].to_owned();
                return Some(Body { text, runs: vec![(0, start)], end });
            }
            end += line.len();
        }
        None
    }

    /// Where the line after a place begins; a line may go on behind a backslash.
    fn line_end(&self, mut at: usize) -> Option<usize> {
        loop {
            let end = at + self.text[at..].find('\n')?;
            if !self.text[..end].trim_end_matches('\r').ends_with('\\') {
                return Some(end + 1);
            }
            at = end + 1;
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
