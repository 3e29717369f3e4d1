//! The transformation language of collectors (OTTL): whether a condition or a statement can be read.
//!
//! Tokens are those of `pkg/ottl/grammar.go`. Operands and operators take turns; what stands in
//! brackets is kept on a stack. Which functions and paths there are is not asked.

/// Why the parser refuses a condition; `None` where it may be read.
pub fn condition_fault(text: &str) -> Option<String> {
    fault(text, false)
}

/// Why the parser refuses a statement: a call, and a condition after `where`.
pub fn statement_fault(text: &str) -> Option<String> {
    fault(text, true)
}

fn fault(text: &str, statement: bool) -> Option<String> {
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(at) => {
            let rest: String = text.get(at..).unwrap_or_default().chars().take(20).collect();
            let unclosed = rest.starts_with('"');
            return Some(match unclosed {
                true => format!("has a text that is not closed, or a wrong escape in it: `{rest}`"),
                false => format!("cannot be read from `{rest}` on"),
            });
        }
    };
    // Functions of functions are newer than most readers.
    if tokens.contains(&Token::Sign("=>")) {
        return None;
    }
    let mut reader = Reader { open: Vec::new(), operand: true, statement, path: false };
    for token in &tokens {
        if let Err(what) = reader.take(*token) {
            return Some(what);
        }
    }
    match (reader.operand, reader.open.last()) {
        (_, Some(bracket)) => Some(format!("has a `{bracket}` that is not closed")),
        (true, None) => Some("ends where a value is missing".to_owned()),
        (false, None) => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// A text, a number, `true`, `nil`.
    Value,
    Word(&'t str),
    Sign(&'t str),
}

const SIGNS: &[&str] = &[
    "==", "!=", ">=", "<=", "=>", ">", "<", "=", "+", "-", "/", "*", "(", ")", "{", "}", "[", "]",
    ":", ",", ".",
];

/// The tokens, or where there is none.
fn tokens(text: &str) -> Result<Vec<Token<'_>>, usize> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.as_bytes()[0];
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let len = if first.is_ascii_whitespace() {
            1
        } else if first == b'"' {
            out.push(Token::Value);
            quoted(rest).ok_or(at)?
        } else if first.is_ascii_digit() {
            out.push(Token::Value);
            number(rest)
        } else if is_word(char::from(first)) {
            let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            out.push(match &rest[..len] {
                "true" | "false" | "nil" => Token::Value,
                word => Token::Word(word),
            });
            len
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(at)?;
            let fraction = *sign == "." && rest[1..].starts_with(|c: char| c.is_ascii_digit());
            out.push(if fraction { Token::Value } else { Token::Sign(sign) });
            if fraction { 1 + number(&rest[1..]) } else { sign.len() }
        };
        at += len;
    }
    Ok(out)
}

/// Length of a text in quotes whose escapes are those of Go.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' => return None,
            b'\\' if b"abfnrtvxuU\\\"01234567".contains(bytes.get(at + 1)?) => at += 2,
            b'\\' => return None,
            _ => at += 1,
        }
    }
}

/// Length of a number: bytes, a fraction, an exponent.
fn number(text: &str) -> usize {
    let count = |from: usize, test: fn(&u8) -> bool| {
        text.as_bytes()[from..].iter().take_while(|byte| test(byte)).count()
    };
    if text.starts_with("0x") && count(2, u8::is_ascii_hexdigit) > 0 {
        return 2 + count(2, u8::is_ascii_hexdigit);
    }
    let mut len = count(0, u8::is_ascii_digit);
    if text[len..].starts_with('.') {
        len += 1 + count(len + 1, u8::is_ascii_digit);
        if text[len..].starts_with(['e', 'E']) {
            let sign = usize::from(text[len + 1..].starts_with(['-', '+']));
            let digits = count(len + 1 + sign, u8::is_ascii_digit);
            len += if digits > 0 { 1 + sign + digits } else { 0 };
        }
    }
    len
}

struct Reader {
    open: Vec<&'static str>,
    /// A value must come next.
    operand: bool,
    statement: bool,
    /// What stands before can be called or looked into.
    path: bool,
}

impl Reader {
    fn take(&mut self, token: Token<'_>) -> Result<(), String> {
        match token {
            Token::Value if self.operand => self.after(true),
            Token::Word("not") if self.operand => {}
            Token::Word(_) if self.operand => self.after(true),
            Token::Word("and" | "or") => self.operator(),
            Token::Word("where") if self.statement && self.open.is_empty() => self.operator(),
            Token::Sign(sign) => return self.sign(sign),
            Token::Word(word) => return Err(format!("has `{word}` where an operator is missing")),
            Token::Value => return Err("has two values without an operator between".to_owned()),
        }
        Ok(())
    }

    fn after(&mut self, path: bool) {
        (self.operand, self.path) = (false, path);
    }

    fn operator(&mut self) {
        (self.operand, self.path) = (true, false);
    }

    fn sign(&mut self, sign: &str) -> Result<(), String> {
        match (sign, self.operand) {
            ("(", true) => self.push("("),
            // What is called holds arguments.
            ("(", false) if self.path => self.push("call("),
            ("[", _) if self.operand || self.path => self.push("["),
            ("{", true) => self.push("{"),
            (")" | "]" | "}", _) => return self.close(sign),
            ("+" | "-", true) => {}
            (".", false) if self.path => self.operator(),
            ("==" | "!=" | ">=" | "<=" | ">" | "<" | "+" | "-" | "*" | "/", false) => {
                self.operator()
            }
            (",", false) if matches!(self.open.last(), Some(&("call(" | "[" | "{"))) => {
                self.operator();
            }
            (":", false) if self.open.last() == Some(&"{") => self.operator(),
            ("=", false) if self.open.last() == Some(&"call(") => self.operator(),
            ("=", false) => return Err("has `=` where `==` compares".to_owned()),
            _ => return Err(format!("has `{sign}` where {} is missing", self.missing())),
        }
        Ok(())
    }

    fn missing(&self) -> &'static str {
        if self.operand { "a value" } else { "an operator" }
    }

    fn push(&mut self, bracket: &'static str) {
        self.open.push(bracket);
        // Empty brackets close at once.
        (self.operand, self.path) = (true, true);
    }

    fn close(&mut self, sign: &str) -> Result<(), String> {
        let open = self.open.pop();
        let fits = match open {
            Some("(" | "call(") => sign == ")",
            Some("[") => sign == "]",
            Some(_) => sign == "}",
            None => false,
        };
        if !fits {
            return Err(format!("has a `{sign}` that nothing opens"));
        }
        let empty = self.operand && self.path && open != Some("(");
        if self.operand && !empty {
            return Err(format!("has `{sign}` where a value is missing"));
        }
        self.after(true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{condition_fault, statement_fault};

    #[test]
    fn conditions_are_taken_as_the_parser_takes_them() {
        for text in [
            r#"name == "a""#,
            r#"not name == "b" or (name == "c" and true)"#,
            r#"resource.attributes["a"]["b"] == nil"#,
            r#"IsMatch(name, "a.*") and Len(attributes) > 3"#,
            r#"severity_number >= SEVERITY_NUMBER_WARN"#,
            "1 == 1",
            "name == 0x12",
            "x > -1.5e3 * (2 + 3)",
            r#"ContainsValue(["a", "b"], x)"#,
            r#"Split(x, ",")[0] == "a""#,
            "end_time_unix_nano - start_time_unix_nano > 3",
        ] {
            assert_eq!(condition_fault(text), None, "{text}");
        }
        for text in [
            r#"name == "a"#,
            "name == 'a'",
            r#"attributes["a" == "b""#,
            r#"IsMatch(name, "a""#,
            r#"name == "a" and"#,
            r#"name = "a""#,
            "name ==",
            "",
            r#"name == "a" && true"#,
            "$x == 1",
            r#"name == "\d""#,
            r#"name == "a" # c"#,
            r#"name == "a";"#,
            r#"name "a""#,
            "(name == 1",
            "name == 1)",
        ] {
            assert!(condition_fault(text).is_some(), "{text}");
        }
    }

    #[test]
    fn statements_are_calls_with_conditions() {
        for text in [
            r#"set(attributes["a"], "b") where name == "x""#,
            r#"merge_maps(attributes, ParseJSON(body), "upsert") where IsMatch(body, "^\\{")"#,
            r#"replace_all_patterns(attributes, "value", "x", "y", function=SHA256)"#,
            r#"set(cache["m"], {"a": 1, "b": [true]})"#,
            "keep_keys(attributes, [])",
        ] {
            assert_eq!(statement_fault(text), None, "{text}");
        }
        for text in [r#"set(attributes["a"], "b" where name == 1"#, r#"set(a, )"#, "set(a b)"] {
            assert!(statement_fault(text).is_some(), "{text}");
        }
    }
}
