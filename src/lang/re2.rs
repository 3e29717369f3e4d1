//! What Go's `regexp` package refuses: the RE2 syntax of Prometheus and Alertmanager.

mod classes;
mod letters;
mod part;

use part::{MOST_COPIES, Part, Times};

/// Why Go refuses `pattern` between `^(?:` and `)$`, as the programs compile it; `None` if it
/// compiles.
pub fn fault_anchored(pattern: &str) -> Option<String> {
    fault(&format!("^(?:{pattern})$"))
}

/// Why Go refuses `pattern`; `None` if it compiles.
pub fn fault(pattern: &str) -> Option<String> {
    Reader::of(pattern, classes::is_known).read().err()
}

/// Why Prometheus refuses `pattern` as the value of a matcher: it reads it by itself, and then
/// between anchors.
pub fn fault_in_prometheus(pattern: &str) -> Option<String> {
    let read = Reader::of(pattern, classes::is_exact).read();
    let anchored = |part: Part| part.then(Part::EMPTY).is_too_high();
    match read {
        Ok(part) if anchored(part) => Some(TOO_HIGH.to_owned()),
        read => read.err(),
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    /// The parentheses that are open, around all of them the pattern itself.
    open: Vec<Group>,
    /// Which classes `\p` knows.
    knows: fn(&str) -> bool,
    /// No `:]` is left in the text.
    no_class_ends: bool,
}

/// What stands between parentheses so far.
#[derive(Default)]
struct Group {
    captures: bool,
    /// The branches that are whole.
    branches: Option<Part>,
    /// What the present branch has before its last part.
    before: Option<Part>,
    /// What a repetition applies to.
    last: Option<Part>,
}

impl Group {
    fn push(&mut self, part: Part) {
        self.before = self.joined();
        self.last = Some(part);
    }

    /// The present branch.
    fn joined(&mut self) -> Option<Part> {
        match (self.before.take(), self.last.take()) {
            (Some(before), Some(last)) => Some(before.then(last)),
            (before, last) => before.or(last),
        }
    }

    fn end_branch(&mut self) {
        let branch = self.joined().unwrap_or(Part::EMPTY);
        self.branches = Some(self.branches.map_or(branch, |others| others.or(branch)));
    }

    fn end(mut self) -> Part {
        self.end_branch();
        let part = self.branches.unwrap_or(Part::EMPTY);
        if self.captures { part.captured() } else { part }
    }
}

const TOO_HIGH: &str = "expression nests too deeply";
const TOO_LARGE: &str = "expression too large";

impl Reader {
    fn of(pattern: &str, knows: fn(&str) -> bool) -> Reader {
        let open = vec![Group::default()];
        Reader { text: pattern.chars().collect(), at: 0, open, knows, no_class_ends: false }
    }

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

    /// Takes what stands before the next `end`, and the end itself.
    fn take_until(&mut self, end: char) -> Option<String> {
        let length = self.text[self.at..].iter().position(|c| *c == end)?;
        let taken = self.text[self.at..self.at + length].iter().collect();
        self.at += length + 1;
        Some(taken)
    }

    fn push(&mut self, part: Part) -> Result<(), String> {
        let Some(group) = self.open.last_mut() else { return Ok(()) };
        group.push(part);
        match group.before {
            Some(before) if before.is_too_high() => Err(TOO_HIGH.to_owned()),
            Some(before) if before.is_too_large() => Err(TOO_LARGE.to_owned()),
            _ => Ok(()),
        }
    }

    fn read(&mut self) -> Result<Part, String> {
        let mut repeated = false;
        while let Some(c) = self.next() {
            let was_repeated = std::mem::take(&mut repeated);
            match c {
                '(' => self.group()?,
                ')' => self.close()?,
                '|' => self.open.iter_mut().last().into_iter().for_each(Group::end_branch),
                '*' | '+' | '?' => {
                    let times = match c {
                        '*' => Times::Any,
                        '+' => Times::Some,
                        _ => Times::Maybe,
                    };
                    self.repeat(times, was_repeated, &c.to_string())?;
                    repeated = true;
                }
                '{' => match self.counted()? {
                    Some((times, text)) => {
                        self.repeat(times, was_repeated, &text)?;
                        repeated = true;
                    }
                    None => self.push(Part::LETTER)?,
                },
                '[' => {
                    self.class()?;
                    self.push(Part::CLASS)?;
                }
                '\\' => self.escaped()?,
                '^' | '$' => self.push(Part::EMPTY)?,
                '.' => self.push(Part::CLASS)?,
                _ => self.push(Part::LETTER)?,
            }
        }
        let whole = self.open.pop().unwrap_or_default().end();
        if !self.open.is_empty() {
            return Err("missing closing `)`".to_owned());
        }
        if whole.is_too_high() { Err(TOO_HIGH.to_owned()) } else { Ok(whole) }
    }

    fn close(&mut self) -> Result<(), String> {
        let group = self.open.pop().filter(|_| !self.open.is_empty());
        let part = group.ok_or("unexpected `)`")?.end();
        if part.is_too_high() {
            return Err(TOO_HIGH.to_owned());
        }
        self.push(part)
    }

    fn repeat(&mut self, times: Times, again: bool, operator: &str) -> Result<(), String> {
        let last = self.open.last_mut().and_then(|group| group.last.as_mut());
        // Flags and an empty quotation between them part two repetitions.
        if again {
            return Err(format!("`{operator}` repeats a repetition"));
        }
        let last = last.ok_or_else(|| format!("nothing before `{operator}` to repeat"))?;
        *last = last.repeated(times);
        let counts = match times {
            Times::Counted(least, most) => least.max(most.unwrap_or_default()) >= 2,
            _ => false,
        };
        if counts && last.is_too_often() {
            return Err(format!("bad repeat count `{operator}`: more than {MOST_COPIES} copies"));
        }
        if last.is_too_high() {
            return Err(TOO_HIGH.to_owned());
        }
        if last.is_too_large() {
            return Err(TOO_LARGE.to_owned());
        }
        self.accept('?');
        Ok(())
    }

    /// After `{`: a count and its text if it reads as one, else `{` is a letter like any other.
    fn counted(&mut self) -> Result<Option<(Times, String)>, String> {
        let is_body = |c: &&char| c.is_ascii_digit() || **c == ',';
        let body: String = self.text[self.at..].iter().take_while(is_body).collect();
        if self.text.get(self.at + body.len()) != Some(&'}') {
            return Ok(None);
        }
        let (low, high) = match body.split_once(',') {
            Some((low, "")) => (low, None),
            Some((low, high)) => (low, Some(high)),
            None => (body.as_str(), Some(body.as_str())),
        };
        let reads = |text: &str| {
            let leading = text.len() > 1 && text.starts_with('0');
            !text.is_empty() && !leading && text.bytes().all(|c| c.is_ascii_digit())
        };
        if !reads(low) || !high.is_none_or(reads) {
            return Ok(None);
        }
        // What does not fit is too large in any case.
        let count = |text: &str| text.parse().unwrap_or(u64::MAX);
        let (least, most) = (count(low), high.map(count));
        if least.max(most.unwrap_or_default()) > MOST_COPIES || most.is_some_and(|it| least > it) {
            return Err(format!("bad repeat count `{{{body}}}`"));
        }
        self.at += body.len() + 1;
        Ok(Some((Times::Counted(least, most), format!("{{{body}}}"))))
    }

    /// After `(`: a name, flags, or nothing.
    fn group(&mut self) -> Result<(), String> {
        if !self.accept('?') {
            self.open.push(Group { captures: true, ..Group::default() });
            return Ok(());
        }
        let named = match (self.peek(), self.text.get(self.at + 1)) {
            (Some('P'), Some('<')) => 2,
            (Some('<'), Some('=' | '!')) => return Err("look-behind `(?<` is not RE2".to_owned()),
            (Some('<'), _) => 1,
            _ => 0,
        };
        if named > 0 {
            self.at += named;
            let name = self.take_until('>').ok_or("a group's name without `>`")?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_part) {
                return Err(format!("bad group name `{name}`"));
            }
            self.open.push(Group { captures: true, ..Group::default() });
            return Ok(());
        }
        let (mut minus, mut flag) = (false, false);
        loop {
            match self.next() {
                Some('i' | 'm' | 's' | 'U') => flag = true,
                Some('-') if !minus => (minus, flag) = (true, false),
                Some(end @ (':' | ')')) if !minus || flag => {
                    // Flags alone are no part: what stands before them can still be repeated.
                    if end == ':' {
                        self.open.push(Group::default());
                    }
                    return Ok(());
                }
                _ => return Err("`(?` with something RE2 does not have".to_owned()),
            }
        }
    }

    /// After a backslash outside of a class.
    fn escaped(&mut self) -> Result<(), String> {
        match self.peek() {
            Some('A' | 'b' | 'B' | 'z') => {
                self.at += 1;
                self.push(Part::EMPTY)
            }
            Some('Q') => {
                self.at += 1;
                while let Some(c) = self.next() {
                    if c == '\\' && self.accept('E') {
                        break;
                    }
                    self.push(Part::LETTER)?;
                }
                Ok(())
            }
            _ => {
                let letter = self.escape()?.is_some();
                self.push(if letter { Part::LETTER } else { Part::CLASS })
            }
        }
    }
}

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
            "(?P<a>x)(?P<a>y)",
            "a(?i)*",
            "a*(?i)*",
            r"a\Q\E*",
            r"\x{D800}",
            "(x{10}){100}",
            "(?:x{0}){1000}",
            "((x{1000}){0}){1000}",
            "[[:word]]",
            r"\p{^Greek}",
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
            "+a",
            r"a\",
            "a{2}{3}",
            "x++",
            r"\p{Nope}",
            "(a",
            "a))",
            r"\E",
            "(x{40}){30}",
            "((a{10}){10}){11}",
            "(?:x{500}){3}",
            "(x{2,}){501}",
            "{1111111111111111111111111}",
            "a{11111111111111111111111111}",
            r"\p{IsGreek}",
            r"\p{Script=Greek}",
            r"\p{^^Greek}",
            "[[:word]][[:alpha:]]",
            r"\x{110000}",
            r"\x{}",
            r"\xg0",
            "(?i)*",
        ] {
            assert!(fault_anchored(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn prometheus_takes_names_as_they_stand_in_the_tables() {
        for pattern in [r"\p{greek}", r"\p{Letter}", r"\pl"] {
            assert_eq!(fault(pattern), None, "{pattern}");
            assert!(fault_in_prometheus(pattern).is_some(), "{pattern}");
        }
        for pattern in [r"\p{Old_Italic}", r"\pL", r"\p{Any}"] {
            assert_eq!(fault_in_prometheus(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn trees_of_a_thousand_levels_are_the_highest() {
        let nested = |count: usize| format!("{}x{}", "(".repeat(count), ")".repeat(count));
        assert_eq!(fault_in_prometheus(&nested(998)), None);
        assert!(fault_in_prometheus(&nested(999)).is_some());
        assert_eq!(fault(&nested(999)), None);
        assert!(fault(&nested(1000)).is_some());
        let large = "(?:x{1000}y{1000}z{1000}){1}".repeat(1200);
        assert!(fault(&large).is_some_and(|fault| fault.contains("large")));
    }
}
