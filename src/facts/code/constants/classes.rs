//! Constants of classes (Java, C#) and of modules and types (Rust): what they stand in is told by
//! how far lines are moved to the right.

use super::{Found, indent, is_word, whole_text};

/// What stands around a line: its name, how far it is moved, and whether all texts in it are
/// constants.
type Around<'t> = Vec<(&'t str, usize, bool)>;

/// Reads the constants of the classes of a file.
pub(super) fn of_classes(text: &str) -> Found {
    const MARKS: &[&str] = &[
        "public",
        "private",
        "protected",
        "internal",
        "static",
        "final",
        "abstract",
        "sealed",
        "partial",
        "const",
        "readonly",
        "new",
        "strictfp",
        "file",
    ];
    read(text, |body, constants| {
        let (mut rest, mut fixed, mut shared) = (body, constants, constants);
        loop {
            let (word, after) = rest.split_once(' ')?;
            match word {
                "const" => (fixed, shared) = (true, true),
                "final" | "readonly" => fixed = true,
                "static" => shared = true,
                _ if !MARKS.contains(&word) => break,
                _ => {}
            }
            rest = after.trim_start();
        }
        let (word, after) = rest.split_once(' ')?;
        match word {
            "class" | "interface" | "enum" | "record" | "struct" | "@interface" => {
                let name = after.split([' ', '<', '(', '{', ':', ';']).next()?;
                Some(Line::Opens(name, word == "interface"))
            }
            "String" | "string" if fixed && shared => {
                let (name, value) = after.split_once('=')?;
                Some(Line::Text(name.trim(), value))
            }
            _ => None,
        }
    })
}

/// Reads the constants of the modules and types of a file of Rust.
pub(super) fn of_modules(text: &str) -> Found {
    read(text, |body, _| {
        let body = match body.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
            Some(rest) if rest.starts_with(' ') => rest.trim_start(),
            _ => body,
        };
        if let Some(name) = body.strip_prefix("mod ").and_then(|it| it.strip_suffix('{')) {
            return Some(Line::Opens(name.trim(), false));
        }
        if let Some(rest) = body.strip_prefix("impl ").and_then(|it| it.strip_suffix('{')) {
            let of = rest.split_once(" for ").map_or(rest, |(_, of)| of);
            return Some(Line::Opens(of.split(['<', ' ']).next()?, false));
        }
        // What functions hold is nobody else's.
        let function = body.strip_prefix("const fn ").or_else(|| body.strip_prefix("fn "));
        if function.is_some() || body.starts_with("async fn ") {
            return Some(Line::Opens("fn", false));
        }
        let rest = body.strip_prefix("const ").or_else(|| body.strip_prefix("static "))?;
        let (head, value) = rest.split_once('=')?;
        let (name, ty) = head.split_once(':')?;
        let text = matches!(ty.trim(), "&str" | "&'static str");
        text.then_some(Line::Text(name.trim(), value))
    })
}

enum Line<'t> {
    /// What it names holds what follows; whether all texts in it are constants.
    Opens(&'t str, bool),
    Text(&'t str, &'t str),
}

fn read<'t>(text: &'t str, line_of: impl Fn(&'t str, bool) -> Option<Line<'t>>) -> Found {
    let mut found = Found::new();
    let mut around: Around<'t> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (indent, body) = (indent(line), line.trim());
        if body.is_empty() || body.starts_with(['/', '*', '@', '#', '[']) {
            continue;
        }
        while around.last().is_some_and(|(_, at, _)| *at >= indent && !body.starts_with('{')) {
            around.pop();
        }
        let constants = around.last().is_some_and(|(.., constants)| *constants);
        match line_of(body, constants) {
            Some(Line::Opens(name, constants)) => around.push((name, indent, constants)),
            Some(Line::Text(name, value)) if is_word(name) => {
                // Long ones stand on a line of their own.
                let value = match value.trim() {
                    "" => lines.peek().copied().unwrap_or_default(),
                    value => value,
                };
                let parts = around.iter().map(|(part, ..)| *part).chain([name]);
                let parts: Vec<&str> = parts.collect();
                found.push((parts.join("."), whole_text(value).map(str::to_owned)));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{of_classes, of_modules};
    use crate::facts::code::constants::Found;

    fn held(found: Found) -> Vec<String> {
        super::super::shown(found)
    }

    #[test]
    fn constants_of_classes() {
        let java = "package a;\n\npublic final class Labels {\n    public static final String A = \"a\";\n    static final String B =\n        \"b\";\n    private String c = \"c\";\n\n    interface Inner {\n        String D = \"d\";\n    }\n\n    static final String E = D + \"e\";\n}\n";
        assert_eq!(
            held(of_classes(java)),
            ["Labels.A=a", "Labels.B=b", "Labels.Inner.D=d", "Labels.E="]
        );
        let csharp = "namespace Shop\n{\n    internal static class Labels\n    {\n        public const string A = \"a\";\n        public static readonly string B = \"b\";\n        public static string C = \"c\";\n    }\n}\n";
        assert_eq!(held(of_classes(csharp)), ["Labels.A=a", "Labels.B=b"]);
    }

    #[test]
    fn constants_of_modules_and_types() {
        let text = "pub const A: &str = \"a\";\npub(crate) static B: &'static str =\n    \"b\";\npub mod inner {\n    pub const C: &str = \"c\";\n}\nimpl Labels {\n    pub const D: &str = \"d\";\n    fn f() {\n        const E: &str = \"e\";\n    }\n}\nconst F: usize = 1;\n";
        assert_eq!(
            held(of_modules(text)),
            ["A=a", "B=b", "inner.C=c", "Labels.D=d", "Labels.fn.E=e"]
        );
    }
}
