//! RE2 as Go's `regexp/syntax` reads it: only whether a text compiles.

/// Why Go refuses `pattern` between `^(?:` and `)$`, as the programs compile it; `None` if it
/// compiles.
pub fn fault_anchored(pattern: &str) -> Option<String> {
    fault(&format!("^(?:{pattern})$"))
}

/// What is wrong with a pattern, in Go's words; `None` where it compiles.
pub fn fault(text: &str) -> Option<String> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0, names: Vec::new() };
    parser.alternatives(false).err()
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    names: Vec<String>,
}

type Parsed = Result<(), String>;

/// Deepest nesting Go accepts.
const DEPTH: usize = 1000;
/// Highest count in `{n,m}`.
const REPEAT: u32 = 1000;

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, word: &str) -> bool {
        let fits = word.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if fits {
            self.at += word.chars().count();
        }
        fits
    }

    fn alternatives(&mut self, inside: bool) -> Parsed {
        // Whether something stands there that an operator can repeat; and it was repeated.
        let (mut operand, mut repeated) = (false, false);
        while let Some(c) = self.peek() {
            match c {
                '|' => {
                    self.at += 1;
                    (operand, repeated) = (false, false);
                }
                ')' if inside => return Ok(()),
                ')' => return Err("unexpected )".to_owned()),
                '(' => {
                    operand = self.group()?;
                    repeated = false;
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    self.repeat(&mut operand, &mut repeated, &c.to_string())?;
                }
                '{' => match self.counts()? {
                    true => self.repeat(&mut operand, &mut repeated, "{}")?,
                    false => {
                        self.at += 1;
                        (operand, repeated) = (true, false);
                    }
                },
                '[' => {
                    self.class()?;
                    (operand, repeated) = (true, false);
                }
                '\\' => {
                    self.escape()?;
                    (operand, repeated) = (true, false);
                }
                _ => {
                    self.at += 1;
                    (operand, repeated) = (true, false);
                }
            }
        }
        if inside { Err("missing closing )".to_owned()) } else { Ok(()) }
    }

    fn repeat(&mut self, operand: &mut bool, repeated: &mut bool, operator: &str) -> Parsed {
        if !*operand {
            return Err(format!("missing argument to repetition operator {operator}"));
        }
        if *repeated {
            return Err("a repetition operator after another".to_owned());
        }
        self.eat("?");
        *repeated = true;
        Ok(())
    }

    /// `{n}`, `{n,}`, `{n,m}`; anything else is literal text.
    fn counts(&mut self) -> Result<bool, String> {
        let start = self.at;
        self.at += 1;
        let low = self.number();
        let high = if self.eat(",") { self.number().map(Some).or(Some(None)) } else { Some(low) };
        let (Some(low), true) = (low, self.eat("}")) else {
            self.at = start;
            return Ok(false);
        };
        let high = high.flatten();
        if low > REPEAT || high.is_some_and(|high| high > REPEAT || high < low) {
            return Err("invalid repeat count".to_owned());
        }
        Ok(true)
    }

    fn number(&mut self) -> Option<u32> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        if text.len() > 1 && text.starts_with('0') {
            return None;
        }
        (!text.is_empty()).then(|| text.parse().unwrap_or(u32::MAX))
    }

    /// A group or flags; whether an operator can follow.
    fn group(&mut self) -> Result<bool, String> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("expression nests too deeply".to_owned());
        }
        if self.eat("?P<")
            || (self.chars.get(self.at + 2).is_some_and(|c| !"=!".contains(*c)) && self.eat("?<"))
        {
            self.name()?;
        } else if self.eat("?") {
            let start = self.at;
            let mut minus = false;
            loop {
                match self.peek() {
                    Some('i' | 'm' | 's' | 'U') => self.at += 1,
                    Some('-') if !minus => {
                        minus = true;
                        self.at += 1;
                    }
                    Some(end @ (':' | ')')) => {
                        let empty = self.chars.get(self.at.wrapping_sub(1)) == Some(&'-');
                        if empty {
                            return Err("invalid or unsupported Perl syntax".to_owned());
                        }
                        self.at += 1;
                        if end == ')' {
                            self.depth -= 1;
                            return Ok(false);
                        }
                        break;
                    }
                    Some(_) => {
                        let text: String = self.chars[start..=self.at].iter().collect();
                        return Err(format!("invalid or unsupported Perl syntax: (?{text}"));
                    }
                    None => return Err("missing closing )".to_owned()),
                }
            }
        }
        self.alternatives(true)?;
        self.at += 1;
        self.depth -= 1;
        Ok(true)
    }

    fn name(&mut self) -> Parsed {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        if name.is_empty() || !self.eat(">") {
            return Err("invalid named capture".to_owned());
        }
        if self.names.contains(&name) {
            return Err(format!("duplicate capture name {name}"));
        }
        self.names.push(name);
        Ok(())
    }

    fn class(&mut self) -> Parsed {
        self.at += 1;
        self.eat("^");
        let mut first = true;
        loop {
            match self.peek() {
                None => return Err("missing closing ]".to_owned()),
                Some(']') if !first => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {}
            }
            let after_first = !first;
            first = false;
            if self.peek() == Some('[') && self.chars.get(self.at + 1) == Some(&':') {
                if self.posix()? {
                    continue;
                }
            }
            // A `-` is literal at either end only.
            if self.peek() == Some('-') && after_first {
                let next = self.chars.get(self.at + 1);
                if next != Some(&']') {
                    return Err("invalid character class range".to_owned());
                }
            }
            let Some(low) = self.class_char()? else { continue };
            let range =
                self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|&c| c != ']');
            if range {
                self.at += 1;
                match self.class_char()? {
                    Some(high) if high >= low => {}
                    _ => return Err("invalid character class range".to_owned()),
                }
            }
        }
    }

    fn posix(&mut self) -> Result<bool, String> {
        const NAMES: &[&str] = &[
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        let rest: String = self.chars[self.at + 2..].iter().take(10).collect();
        let Some(end) = rest.find(":]") else { return Ok(false) };
        let name = rest[..end].trim_start_matches('^');
        if !NAMES.contains(&name) {
            return Err(format!("invalid character class range: [:{name}:]"));
        }
        self.at += 2 + end + 2;
        Ok(true)
    }

    /// One character of a class; `None` for a class inside it, such as `\d`.
    fn class_char(&mut self) -> Result<Option<char>, String> {
        match self.peek() {
            None => Err("missing closing ]".to_owned()),
            Some('\\') => match self.chars.get(self.at + 1) {
                Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => {
                    self.at += 2;
                    Ok(None)
                }
                Some('p' | 'P') => {
                    self.at += 2;
                    self.unicode_class()?;
                    Ok(None)
                }
                _ => self.escaped_char().map(Some),
            },
            Some(c) => {
                self.at += 1;
                Ok(Some(c))
            }
        }
    }

    fn escape(&mut self) -> Parsed {
        match self.chars.get(self.at + 1) {
            Some('A' | 'b' | 'B' | 'z' | 'd' | 'D' | 's' | 'S' | 'w' | 'W') => {
                self.at += 2;
                Ok(())
            }
            Some('Q') => {
                self.at += 2;
                while self.peek().is_some() && !self.eat("\\E") {
                    self.at += 1;
                }
                Ok(())
            }
            Some('p' | 'P') => {
                self.at += 2;
                self.unicode_class()
            }
            _ => self.escaped_char().map(|_| ()),
        }
    }

    fn unicode_class(&mut self) -> Parsed {
        let name: String = if self.eat("{") {
            let Some(len) = self.chars[self.at..].iter().position(|&c| c == '}') else {
                return Err("invalid character class range".to_owned());
            };
            let name = self.chars[self.at..self.at + len].iter().collect();
            self.at += len + 1;
            name
        } else {
            let Some(c) = self.peek() else {
                return Err("invalid character class range".to_owned());
            };
            self.at += 1;
            c.to_string()
        };
        let pattern = format!("\\p{{{}}}", name.trim_start_matches('^'));
        match regex_syntax::Parser::new().parse(&pattern) {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("invalid character class range: \\p{{{name}}}")),
        }
    }

    fn escaped_char(&mut self) -> Result<char, String> {
        let Some(&c) = self.chars.get(self.at + 1) else {
            return Err("trailing backslash at end of expression".to_owned());
        };
        self.at += 2;
        let octal = |c: Option<char>| c.is_some_and(|c| ('0'..='7').contains(&c));
        let invalid = || Err(format!("invalid escape sequence: \\{c}"));
        match c {
            '1'..='7' if !octal(self.peek()) => invalid(),
            '0'..='7' => {
                let mut value = u32::from(c) - 48;
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|&c| octal(Some(c))) else { break };
                    value = value * 8 + u32::from(digit) - 48;
                    self.at += 1;
                }
                Ok(char::from_u32(value).unwrap_or(c))
            }
            'x' => self.hex(),
            'a' => Ok('\u{7}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\u{b}'),
            _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
            _ => invalid(),
        }
    }

    fn hex(&mut self) -> Result<char, String> {
        let digits: String = if self.eat("{") {
            let Some(len) = self.chars[self.at..].iter().position(|&c| c == '}') else {
                return Err("invalid escape sequence: \\x".to_owned());
            };
            let digits = self.chars[self.at..self.at + len].iter().collect();
            self.at += len + 1;
            digits
        } else {
            let end = (self.at + 2).min(self.chars.len());
            let digits: String = self.chars[self.at..end].iter().collect();
            self.at = end;
            if digits.len() == 2 { digits } else { String::new() }
        };
        u32::from_str_radix(&digits, 16)
            .ok()
            .filter(|&code| code <= 0x10_FFFF)
            .map(|code| char::from_u32(code).unwrap_or('\u{fffd}'))
            .ok_or_else(|| format!("invalid escape sequence: \\x{digits}"))
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_go_compiles_and_what_it_refuses() {
        for text in [
            "",
            "(.+)",
            "a{,5}",
            "a{2,5}?",
            "[[a]",
            "[]a]",
            "[a-]",
            r"\_\-\.",
            r"\Qa(\E",
            "(?i)x|",
            "(?P<n>a)(?<m>b)",
            r"\pL\p{Greek}",
            "[[:alpha:]_]",
            "(|a)*",
            r"\012",
            "x{0}",
            "^*",
            "(?s:.*)",
            "[^]]",
            "{",
            "a{b}",
            "(a)(?i)b",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        for text in [
            "(",
            ")",
            "a)",
            "*",
            "a**",
            "(?!a)",
            "(?<=a)",
            "(?=a)",
            "[a",
            "[z-a]",
            r"\1",
            r"\Z",
            r"\y",
            "a{1001}",
            "a{5,2}",
            "(?P<n>a)(?P<n>b)",
            "(?x)a",
            "\\",
            "[[:foo:]]",
            r"\p{Foo}",
            "a|*",
            "(*)",
            "a+*",
        ] {
            assert!(fault(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_go_compiles_has_no_fault() {
        for pattern in [
            "", "a|b", "(.+)", "a{2,3}", "a{", "a{,2}", "{", "[]a]", "[^]a]", "[a-]", r"\.\-\_\<",
            "(?i)a", "(?i:a)b", "(?P<n>a)", "(?<n>a)", "[[:alpha:]]+", r"\p{L}\pN", r"\x41\x{41}",
            "a)(b", "|", "()", "a*?", r"[\d\-x]", "a||b", r"\Qa(b\E", "]", "}", "[a-z&&[b]",
        ] {
            assert_eq!(fault_anchored(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_go_refuses_has_a_fault() {
        for pattern in [
            "(", "[", "*", "a**", "(?=a)", "(?!a)", "(?<=a)", r"\1", r"\Z", r"\k", "[b-a]",
            "a{1001}", "a{3,2}", "[[:foo:]]", "(?P<a>x)(?P<a>y)", "+a", r"a\", "a{2}{3}", "x++",
            r"\p{Nope}", "(a", "a))",
        ] {
            assert!(fault_anchored(pattern).is_some(), "{pattern}");
        }
    }
}
