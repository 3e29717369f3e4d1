//! Classes of letters, and what stands after a backslash.

use super::{Reader, classes};

impl Reader {
    /// After `[`.
    pub(super) fn class(&mut self) -> Result<(), String> {
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
                    if let Some(name) = self.class_name() {
                        if !classes::is_posix(name.strip_prefix('^').unwrap_or(&name)) {
                            return Err(format!("unknown class `[:{name}:]`"));
                        }
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

    /// Before `[:`: the name up to the next `:]`, wherever it is.
    fn class_name(&mut self) -> Option<String> {
        if self.no_class_ends {
            return None;
        }
        let rest = &self.text[self.at + 2..];
        let Some(length) = rest.windows(2).position(|pair| pair == [':', ']']) else {
            self.no_class_ends = true;
            return None;
        };
        let name = rest[..length].iter().collect();
        self.at += length + 4;
        Some(name)
    }

    /// The code of one character of a class, or `None` for a class inside the class.
    fn class_member(&mut self) -> Result<Option<u32>, String> {
        match self.next() {
            Some('\\') => self.escape(),
            Some(c) => Ok(Some(u32::from(c))),
            None => Err("missing closing `]`".to_owned()),
        }
    }

    /// After a backslash; the code of the character it stands for, if it stands for one.
    pub(super) fn escape(&mut self) -> Result<Option<u32>, String> {
        let c = self.next().ok_or("a backslash at the end")?;
        let refuse = || Err(format!("`\\{c}` is not RE2"));
        match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'p' | 'P' => self.unicode_class().map(|()| None),
            'a' => Ok(Some(0x7)),
            'f' => Ok(Some(0xc)),
            'n' => Ok(Some(0xa)),
            'r' => Ok(Some(0xd)),
            't' => Ok(Some(0x9)),
            'v' => Ok(Some(0xb)),
            '1'..='7' if !self.peek().is_some_and(|c| ('0'..='7').contains(&c)) => refuse(),
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    if let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        self.at += 1;
                    }
                }
                Ok(Some(value))
            }
            'x' => self.hex().map(Some),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(Some(u32::from(c))),
            _ => refuse(),
        }
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = match self.accept('{') {
            true => self.take_until('}'),
            false => {
                let two = self.text.get(self.at..self.at + 2).map(|two| two.iter().collect());
                self.at += 2;
                two
            }
        };
        digits
            .filter(|digits: &String| digits.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|digits| {
                let plain = digits.trim_start_matches('0');
                if plain.is_empty() && !digits.is_empty() {
                    return Some(0);
                }
                u32::from_str_radix(plain, 16).ok()
            })
            .filter(|code| *code <= u32::from(char::MAX))
            .ok_or_else(|| "`\\x` without a character code".to_owned())
    }

    fn unicode_class(&mut self) -> Result<(), String> {
        let name = match self.next() {
            Some('{') => self.take_until('}').ok_or("`\\p{` without `}`")?,
            Some(c) => c.to_string(),
            None => return Err("`\\p` without a class".to_owned()),
        };
        if (self.knows)(name.strip_prefix('^').unwrap_or(&name)) {
            Ok(())
        } else {
            Err(format!("unknown class `\\p{{{name}}}`"))
        }
    }
}
