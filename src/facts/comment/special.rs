//! Strings and comments that only one language writes so.

use super::language::Special;
use super::scan::{Scanner, is_word};

impl Scanner<'_, '_> {
    /// Constructs that a row cannot say; whether one was taken.
    pub(super) fn special(&mut self, byte: u8) -> bool {
        for special in self.language.special {
            let taken = match special {
                Special::Rust => self.rust(byte),
                Special::Javascript => self.javascript(byte),
                Special::Heredoc => self.heredoc_mark(byte),
                Special::Lua => {
                    match (byte == b'[').then(|| self.long_bracket(self.at)).flatten() {
                        Some(range) => self.take_string(range.end),
                        None => false,
                    }
                }
                Special::RawCpp => self.raw_cpp(byte),
                Special::Docstring | Special::Yaml | Special::Markdown => false,
            };
            if taken {
                return true;
            }
        }
        false
    }

    pub(super) fn take_string(&mut self, end: usize) -> bool {
        let end = end.min(self.end);
        self.out.string(self.at..end);
        self.at = end;
        self.last = b'"';
        true
    }

    pub(super) fn rust(&mut self, byte: u8) -> bool {
        if byte == b'\'' {
            let next = self.text[self.at + 1..].chars().next();
            let end = match next {
                Some('\\') => {
                    let close = self.rest().iter().skip(3).take(12).position(|&byte| byte == b'\'');
                    close.map(|close| self.at + 4 + close)
                }
                Some(c) if self.bytes.get(self.at + 1 + c.len_utf8()) == Some(&b'\'') => {
                    Some(self.at + 2 + c.len_utf8())
                }
                _ => None,
            };
            return match end {
                Some(end) => self.take_string(end),
                None => {
                    self.last = byte;
                    self.at += 1;
                    true
                }
            };
        }
        let prefix = [&b"r"[..], b"br", b"cr"].into_iter().find(|p| self.rest().starts_with(p));
        let Some(prefix) = prefix else { return false };
        let after = self.at + prefix.len();
        let hashes = self.bytes[after..].iter().take_while(|&&byte| byte == b'#').count();
        if self.bytes.get(after + hashes) != Some(&b'"') {
            return false;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let inner = after + hashes + 1;
        let end = memchr::memmem::find(&self.bytes[inner..], close.as_bytes());
        self.take_string(end.map_or(self.end, |end| inner + end + close.len()))
    }

    pub(super) fn javascript(&mut self, byte: u8) -> bool {
        match byte {
            b'`' => self.template(self.at + 1),
            b'{' if !self.templates.is_empty() => {
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
                false
            }
            b'}' => match self.templates.last_mut() {
                Some(0) => {
                    self.templates.pop();
                    self.template(self.at + 1)
                }
                Some(open) => {
                    *open -= 1;
                    false
                }
                None => false,
            },
            b'/' if self.regex_may_start() => match self.regex_end() {
                Some(end) => self.take_string(end),
                None => false,
            },
            _ => false,
        }
    }

    /// Text of a template from `at` to its end or to `${`.
    pub(super) fn template(&mut self, mut at: usize) -> bool {
        while at < self.end {
            match self.bytes[at] {
                b'\\' => at += 2,
                b'`' => return self.take_string(at + 1),
                b'$' if self.bytes.get(at + 1) == Some(&b'{') => {
                    self.templates.push(0);
                    return self.take_string(at + 2);
                }
                _ => at += 1,
            }
        }
        self.take_string(at)
    }

    pub(super) fn regex_may_start(&self) -> bool {
        let word = &self.text[self.word.clone()];
        match self.last {
            b')' | b']' | b'}' | b'"' => false,
            last if is_word(last) => matches!(word, "return" | "typeof" | "case" | "in" | "of"),
            b'<' => false,
            _ => true,
        }
    }

    pub(super) fn regex_end(&self) -> Option<usize> {
        let mut at = self.at + 1;
        let mut class = false;
        loop {
            match *self.bytes.get(at)? {
                b'\n' => return None,
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => return Some(at + 1),
                _ => {}
            }
            at += 1;
        }
    }

    pub(super) fn heredoc_mark(&mut self, byte: u8) -> bool {
        if byte != b'<' || !self.rest().starts_with(b"<<") || self.failed_heredocs > 8 {
            return false;
        }
        let php = self.language.name == "php";
        let mut at = self.at + 2;
        if self.bytes.get(at) == Some(&b'<') {
            if !php {
                self.at += 3;
                return true;
            }
            at += 1;
        }
        while matches!(self.bytes.get(at), Some(b'-' | b'~' | b'\'' | b'"' | b'\\')) {
            at += 1;
        }
        // `cat << EOF` is legal in a shell; elsewhere a blank makes it an operator.
        while self.language.name == "shell" && self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        while matches!(self.bytes.get(at), Some(b'\'' | b'"' | b'\\')) {
            at += 1;
        }
        let length = self.bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
        let shifted = self.last.is_ascii_digit() && at == self.at + 2;
        let starts =
            self.bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        if length == 0 || shifted || !starts {
            return false;
        }
        self.heredoc = Some(&self.text[at..at + length]);
        self.last = b'"';
        self.at = at + length;
        if matches!(self.bytes.get(self.at), Some(b'\'' | b'"')) {
            self.at += 1;
        }
        true
    }

    pub(super) fn raw_cpp(&mut self, byte: u8) -> bool {
        if byte != b'R' || self.bytes.get(self.at + 1) != Some(&b'"') {
            return false;
        }
        let from = self.at + 2;
        let mark = self.bytes[from..].iter().take(17).position(|&byte| byte == b'(');
        let Some(mark) = mark else { return false };
        let Some(delimiter) = self.text.get(from..from + mark) else { return false };
        let close = format!("){delimiter}\"");
        let end = memchr::memmem::find(&self.bytes[from..], close.as_bytes());
        self.take_string(end.map_or(self.end, |end| from + end + close.len()))
    }
}
