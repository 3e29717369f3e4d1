//! The controls of NIST SP 800-53 r5 and how people write their ids.
//!
//! Data and nothing else: it knows no other module, so every stage may ask it.

/// One control or control enhancement.
#[derive(Debug)]
pub struct Control {
    /// OSCAL form: `au-3.1`.
    pub id: &'static str,
    /// As the standard prints it: `AU-3(1)`.
    pub label: &'static str,
    /// Title of revision 5.
    pub title: &'static str,
    /// Title of revision 4, where it was another.
    pub title_r4: Option<&'static str>,
    /// Withdrawn, and where its content went; the list may be empty.
    pub withdrawn: Option<&'static [&'static str]>,
    /// Baselines that select it: `low`, `moderate`, `high`, `privacy`.
    pub baselines: &'static [&'static str],
    /// Lettered parts of its statement (`a`, `a.1`); `None` where the data does not say.
    pub items: Option<&'static [&'static str]>,
}

include!(concat!(env!("OUT_DIR"), "/nist.rs"));

/// All controls, sorted by id as text.
pub fn controls() -> &'static [Control] {
    CONTROLS
}

/// The control with this canonical id.
pub fn control(id: &str) -> Option<&'static Control> {
    CONTROLS.binary_search_by(|control| control.id.cmp(id)).ok().map(|index| &CONTROLS[index])
}

/// Title of the control with this canonical id; an item has its control's title.
pub fn title(id: &str) -> Option<&'static str> {
    control(id).or_else(|| control(&parse(id)?.control)).map(|control| control.title)
}

/// How a canonical id is shown: `au-3.1` as `AU-3(1)`, `au-2.a` as `AU-2(a)`.
///
/// Text that is no id comes back as it is; so does a family (`sr`), in capitals.
pub fn label(id: &str) -> String {
    if let Some(control) = control(id) {
        return control.label.to_owned();
    }
    match parse(id) {
        Some(id) => id.label(),
        None if id.len() == 2 => id.to_ascii_uppercase(),
        None => id.to_owned(),
    }
}

/// The id of a control as read from text, brought to canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id {
    /// The control or enhancement: `au-3`, `au-3.1`.
    pub control: String,
    /// A part of its statement: `a`, `a.1`.
    pub item: Option<String>,
}

impl Id {
    /// `au-3.1`, `ac-1.a.1`.
    pub fn canonical(&self) -> String {
        match &self.item {
            Some(item) => format!("{}.{item}", self.control),
            None => self.control.clone(),
        }
    }

    /// The base control: `au-3` of `au-3.1`.
    pub fn base(&self) -> &str {
        self.control.split_once('.').map_or(self.control.as_str(), |(base, _)| base)
    }

    /// `AU-3(1)`, `AC-1(a)(1)`.
    pub fn label(&self) -> String {
        let mut parts = self.control.split('.').chain(self.item.iter().flat_map(|i| i.split('.')));
        let mut label = parts.next().unwrap_or_default().to_ascii_uppercase();
        for part in parts {
            label.push('(');
            label.push_str(part);
            label.push(')');
        }
        label
    }
}

/// Reads an id in any form people write: `au-3`, `AU-3(1)`, `au-3.1`, `AU-03(01)`, `au-2.a`,
/// `AU-2a`, `AU-2(a)`, `ac-1.a.1`, `AU_3`, `ac-1_smt.a.1`. Says nothing on whether it exists.
pub fn parse(text: &str) -> Option<Id> {
    let (id, rest) = parse_prefix(text)?;
    rest.is_empty().then_some(id)
}

/// Reads an id at the start of `text`, and what follows it.
pub fn parse_prefix(text: &str) -> Option<(Id, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() < 4 || !bytes[..2].iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    if !matches!(bytes[2], b'-' | b'_') {
        return None;
    }
    let mut reader = Reader { text, at: 3 };
    let number = reader.number()?;
    let mut control = format!("{}-{number}", text[..2].to_ascii_lowercase());
    if let Some(enhancement) = reader.part(Reader::number) {
        control = format!("{control}.{enhancement}");
    }
    reader.statement_mark();
    let mut item = reader.part(Reader::letter).or_else(|| reader.letter());
    if let Some(letters) = &mut item {
        // Letters and numbers take turns: `a.1.a`.
        loop {
            let part = reader.part(Reader::number).or_else(|| reader.part(Reader::letter));
            let Some(part) = part else { break };
            letters.push('.');
            letters.push_str(&part);
        }
    }
    let rest = &text[reader.at..];
    // `au-3x9` and `au-3-b` are no ids, whatever they begin with.
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '/' | '(');
    (!rest.starts_with(goes_on)).then_some((Id { control, item }, rest))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn number(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        let number = digits.trim_start_matches('0');
        if number.is_empty() || number.len() > 3 {
            self.at = start;
            return None;
        }
        Some(number.to_owned())
    }

    /// A single letter that no letter follows.
    fn letter(&mut self) -> Option<String> {
        let letter = self.peek().filter(u8::is_ascii_alphabetic)?;
        let next = self.text[self.at + 1..].chars().next();
        if next.is_some_and(char::is_alphanumeric) {
            return None;
        }
        self.at += 1;
        Some(char::from(letter.to_ascii_lowercase()).to_string())
    }

    /// `.part` or `(part)`.
    fn part(&mut self, read: fn(&mut Self) -> Option<String>) -> Option<String> {
        let start = self.at;
        let close = match self.peek()? {
            b'.' => None,
            b'(' => Some(b')'),
            _ => return None,
        };
        self.at += 1;
        let part = read(self);
        let closed = match close {
            Some(close) => self.peek() == Some(close),
            None => true,
        };
        if part.is_none() || !closed {
            self.at = start;
            return None;
        }
        self.at += usize::from(close.is_some());
        part
    }

    /// `_smt`, as OSCAL marks the parts of a statement.
    fn statement_mark(&mut self) {
        if self.text[self.at..].starts_with("_smt") {
            self.at += "_smt".len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole() {
        assert_eq!(controls().len(), 1196);
        assert_eq!(VERSION, "5.2.0");
        assert_eq!(controls().iter().filter(|control| control.withdrawn.is_some()).count(), 182);
        assert!(controls().windows(2).all(|pair| pair[0].id < pair[1].id));
        for control in controls() {
            let id = parse(control.id).unwrap();
            assert_eq!(id.canonical(), control.id);
            assert_eq!(id.label(), control.label);
            assert_eq!(parse(control.label).unwrap().canonical(), control.id);
        }
    }

    #[test]
    fn ids_in_all_forms() {
        let canonical = |text: &str| parse(text).map(|id| id.canonical());
        for (text, expected) in [
            ("au-3", "au-3"),
            ("AU-3(1)", "au-3.1"),
            ("au-3.1", "au-3.1"),
            ("AU-03(01)", "au-3.1"),
            ("au-2.a", "au-2.a"),
            ("AU-2a", "au-2.a"),
            ("AC-2(a)", "ac-2.a"),
            ("ac-1.a.1", "ac-1.a.1"),
            ("AU-1(a)(1)(a)", "au-1.a.1.a"),
            ("SI-2(7)(a)", "si-2.7.a"),
            ("si-2.7.a", "si-2.7.a"),
            ("AU_3", "au-3"),
            ("ac-1_smt.a.1", "ac-1.a.1"),
            ("zz-99", "zz-99"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "", "AU3", "au-", "au-x", "a-3", "au-0", "au-3x9", "au-3.", "au-3(", "au-3(1",
            "rfc-3339",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_ends_where_the_sentence_goes_on() {
        let (id, rest) = parse_prefix("AC-2(a): text").unwrap();
        assert_eq!((id.canonical().as_str(), rest), ("ac-2.a", ": text"));
        let (id, rest) = parse_prefix("au-3. More").unwrap();
        assert_eq!((id.canonical().as_str(), rest), ("au-3", ". More"));
        let (id, rest) = parse_prefix("au-3 a text").unwrap();
        assert_eq!((id.canonical().as_str(), rest), ("au-3", " a text"));
    }

    #[test]
    fn labels_for_display() {
        assert_eq!(label("au-3.1"), "AU-3(1)");
        assert_eq!(label("ac-2_smt.k"), "AC-2(k)");
        assert_eq!(label("sr"), "SR");
        assert_eq!(title("au-2.a"), Some("Event Logging"));
    }
}
