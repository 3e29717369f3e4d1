//! What Go's `regexp` package refuses: the RE2 syntax of Prometheus and Alertmanager.

use std::collections::BTreeSet;

/// Why Go refuses `pattern` between `^(?:` and `)$`, as the programs compile it; `None` if it
/// compiles.
pub fn fault_anchored(pattern: &str) -> Option<String> {
    fault(&format!("^(?:{pattern})$"))
}

/// Why Go refuses `pattern`; `None` if it compiles.
pub fn fault(pattern: &str) -> Option<String> {
    let mut reader =
        Reader { text: pattern.chars().collect(), at: 0, open: 0, names: BTreeSet::new() };
    reader.read().err()
}

struct Reader {
    text: Vec<char>,
    at: usize,
    open: usize,
    names: BTreeSet<String>,
}

/// What stands before the place that is read: decides what a repetition applies to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Atom,
    Repetition,
}

const MAX_REPEAT: u64 = 1000;
const MAX_DEPTH: usize = 1000;

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn accept(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn read(&mut self) -> Result<(), String> {
        let mut before = Before::Nothing;
        while let Some(c) = self.next() {
            before = match c {
                '(' => {
                    self.open += 1;
                    if self.open > MAX_DEPTH {
                        return Err("expression nests too deeply".to_owned());
                    }
                    self.group()?
                }
                ')' => {
                    self.open = self.open.checked_sub(1).ok_or("unexpected `)`")?;
                    Before::Atom
                }
                '|' => Before::Nothing,
                '*' | '+' | '?' => self.repeat(before, &c.to_string())?,
                '{' => match self.counted()? {
                    Some(text) => self.repeat(before, &text)?,
                    None => Before::Atom,
                },
                '[' => {
                    self.class()?;
                    Before::Atom
                }
                '\\' => {
                    self.escape(false)?;
                    Before::Atom
                }
                _ => Before::Atom,
            };
        }
        if self.open > 0 { Err("missing closing `)`".to_owned()) } else { Ok(()) }
    }

    fn repeat(&mut self, before: Before, operator: &str) -> Result<Before, String> {
        match before {
            Before::Nothing => Err(format!("nothing before `{operator}` to repeat")),
            Before::Repetition => Err(format!("`{operator}` repeats a repetition")),
            Before::Atom => {
                self.accept('?');
                Ok(Before::Repetition)
            }
        }
    }

    /// After `{`: a count if it reads as one, else `{` is a letter like any other.
    fn counted(&mut self) -> Result<Option<String>, String> {
        let rest: String = self.text[self.at..].iter().take(24).collect();
        let Some((body, _)) = rest.split_once('}') else { return Ok(None) };
        let (low, high) = match body.split_once(',') {
            Some((low, high)) => (low, high),
            None => (body, body),
        };
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let leading = |text: &str| text.len() > 1 && text.starts_with('0');
        if low.is_empty() || !digits(low) || !digits(high) || leading(low) || leading(high) {
            return Ok(None);
        }
        let (low, high): (u64, u64) = match (low.parse(), high.parse()) {
            (Ok(low), Ok(high)) => (low, high),
            (Ok(low), Err(_)) if high.is_empty() => (low, low),
            _ => (MAX_REPEAT + 1, MAX_REPEAT + 1),
        };
        if low > MAX_REPEAT || high > MAX_REPEAT || low > high {
            return Err(format!("bad repeat count `{{{body}}}`"));
        }
        self.at += body.chars().count() + 1;
        Ok(Some(format!("{{{body}}}")))
    }

    /// After `(`: a name, flags, or nothing.
    fn group(&mut self) -> Result<Before, String> {
        if !self.accept('?') {
            return Ok(Before::Nothing);
        }
        let named = match (self.peek(), self.text.get(self.at + 1)) {
            (Some('P'), Some('<')) => 2,
            (Some('<'), Some('=' | '!')) => return Err("look-behind `(?<` is not RE2".to_owned()),
            (Some('<'), _) => 1,
            _ => 0,
        };
        if named > 0 {
            self.at += named;
            let name: String = self.text[self.at..].iter().take_while(|c| **c != '>').collect();
            self.at += name.chars().count();
            let fine =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !self.accept('>') || !fine || !self.names.insert(name.clone()) {
                return Err(format!("bad or repeated group name `{name}`"));
            }
            return Ok(Before::Nothing);
        }
        let (mut minus, mut flag) = (false, false);
        loop {
            match self.next() {
                Some('i' | 'm' | 's' | 'U') => flag = true,
                Some('-') if !minus => (minus, flag) = (true, false),
                Some(end @ (':' | ')')) if !minus || flag => {
                    if end == ')' {
                        self.open -= 1;
                        // Flags alone are no atom that could be repeated.
                        return Ok(Before::Nothing);
                    }
                    return Ok(Before::Nothing);
                }
                _ => return Err("`(?` with something RE2 does not have".to_owned()),
            }
        }
    }

    /// After `[`.
    fn class(&mut self) -> Result<(), String> {
        self.accept('^');
        let mut first = true;
        loop {
            let missing = || "missing closing `]`".to_owned();
            match self.peek().ok_or_else(missing)? {
                ']' if !first => {
                    self.at += 1;
                    return Ok(());
                }
                '[' if self.text.get(self.at + 1) == Some(&':') => {
                    let rest: String = self.text[self.at..].iter().take(14).collect();
                    if let Some((name, _)) = rest[2..].split_once(":]") {
                        if !POSIX.contains(&name.trim_start_matches('^')) {
                            return Err(format!("unknown class `[:{name}:]`"));
                        }
                        self.at += name.len() + 4;
                        first = false;
                        continue;
                    }
                }
                _ => {}
            }
            first = false;
            let low = self.class_member()?;
            if self.peek() == Some('-')
                && self.text.get(self.at + 1).is_some_and(|c| *c != ']')
                && let Some(low) = low
            {
                self.at += 1;
                let high = self.class_member()?;
                if high.is_none_or(|high| high < low) {
                    return Err("bad range in a character class".to_owned());
                }
            }
        }
    }

    /// One character of a class, or `None` for a class inside the class.
    fn class_member(&mut self) -> Result<Option<char>, String> {
        match self.next() {
            Some('\\') => self.escape(true),
            Some(c) => Ok(Some(c)),
            None => Err("missing closing `]`".to_owned()),
        }
    }

    /// After a backslash; the character it stands for, if it stands for one.
    fn escape(&mut self, in_class: bool) -> Result<Option<char>, String> {
        let c = self.next().ok_or("a backslash at the end")?;
        let refuse = || Err(format!("`\\{c}` is not RE2"));
        match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'A' | 'b' | 'B' | 'z' if !in_class => Ok(None),
            'Q' if !in_class => {
                while let Some(c) = self.next() {
                    if c == '\\' && self.accept('E') {
                        break;
                    }
                }
                Ok(None)
            }
            'E' if !in_class => Ok(None),
            'p' | 'P' => self.unicode_class().map(|()| None),
            'a' => Ok(Some('\u{7}')),
            'f' => Ok(Some('\u{c}')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            't' => Ok(Some('\t')),
            'v' => Ok(Some('\u{b}')),
            '1'..='7' if !self.peek().is_some_and(|c| ('0'..='7').contains(&c)) => refuse(),
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    if let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        self.at += 1;
                    }
                }
                Ok(char::from_u32(value))
            }
            'x' => self.hex().map(Some),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(Some(c)),
            _ => refuse(),
        }
    }

    fn hex(&mut self) -> Result<char, String> {
        let rest: String = self.text[self.at..].iter().take(12).collect();
        let (digits, length) = match rest.strip_prefix('{') {
            Some(body) => body.split_once('}').map_or(("", 0), |(hex, _)| (hex, hex.len() + 2)),
            None => (rest.get(..2).unwrap_or_default(), 2),
        };
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        self.at += length;
        code.ok_or_else(|| "`\\x` without a character code".to_owned())
    }

    fn unicode_class(&mut self) -> Result<(), String> {
        let name = match self.next() {
            Some('{') => {
                let name: String = self.text[self.at..].iter().take_while(|c| **c != '}').collect();
                self.at += name.chars().count();
                if !self.accept('}') {
                    return Err("`\\p{` without `}`".to_owned());
                }
                name
            }
            Some(c) => c.to_string(),
            None => return Err("`\\p` without a class".to_owned()),
        };
        let bare = name.trim_start_matches('^');
        let known = bare == "Any"
            || (bare.starts_with(|c: char| c.is_ascii_uppercase())
                && regex_syntax::parse(&format!("\\p{{{bare}}}")).is_ok());
        if known { Ok(()) } else { Err(format!("unknown class `\\p{{{name}}}`")) }
    }
}

const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_compiles_has_no_fault() {
        for pattern in [
            "",
            "a|b",
            "(.+)",
            "a{2,3}",
            "a{",
            "a{,2}",
            "{",
            "[]a]",
            "[^]a]",
            "[a-]",
            r"\.\-\_\<",
            "(?i)a",
            "(?i:a)b",
            "(?P<n>a)",
            "(?<n>a)",
            "[[:alpha:]]+",
            r"\p{L}\pN",
            r"\x41\x{41}",
            "a)(b",
            "|",
            "()",
            "a*?",
            r"[\d\-x]",
            "a||b",
            r"\Qa(b\E",
            "]",
            "}",
            "[a-z&&[b]",
        ] {
            assert_eq!(fault_anchored(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_go_refuses_has_a_fault() {
        for pattern in [
            "(",
            "[",
            "*",
            "a**",
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            r"\1",
            r"\Z",
            r"\k",
            "[b-a]",
            "a{1001}",
            "a{3,2}",
            "[[:foo:]]",
            "(?P<a>x)(?P<a>y)",
            "+a",
            r"a\",
            "a{2}{3}",
            "x++",
            r"\p{Nope}",
            "(a",
            "a))",
        ] {
            assert!(fault_anchored(pattern).is_some(), "{pattern}");
        }
    }
}
