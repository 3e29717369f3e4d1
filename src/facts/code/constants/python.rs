//! Constants of Python: names in capitals of a module or a class, set once.

use super::{Found, indent, is_word, whole_text};

/// Reads the constants of a module and of its classes.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new();
    let mut class: Option<Class<'_>> = None;
    for line in text.lines() {
        let (indent, body) = (indent(line), line.trim());
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if indent == 0 && !body.starts_with([')', ']', '}']) {
            class = body.strip_prefix("class ").and_then(Class::of);
        }
        let inside = class.as_mut().filter(|_| indent > 0);
        let inside = inside.and_then(|class| {
            let own = *class.indent.get_or_insert(indent);
            (own == indent).then_some(&*class)
        });
        let Some((name, value)) = assigned(body) else { continue };
        let text = whole_text(value).filter(|_| indent == 0 || inside.is_some());
        let text = text.map(str::to_owned);
        match inside {
            // A member of an enumeration is its text only where it says so.
            Some(class) => {
                let member = format!("{}.{name}", class.name);
                if class.members {
                    found.push((format!("{member}.value"), text.clone()));
                }
                if class.texts {
                    found.push((member, text));
                }
            }
            None => found.push((name.to_owned(), text)),
        }
    }
    found
}

/// A class of the module.
struct Class<'t> {
    name: &'t str,
    /// It is an enumeration.
    members: bool,
    /// What it holds is a text where it is named.
    texts: bool,
    /// How far its own statements are moved to the right.
    indent: Option<usize>,
}

impl<'t> Class<'t> {
    fn of(head: &'t str) -> Option<Class<'t>> {
        let end = head.find(['(', ':', ' ', '['])?;
        let bases = head[end..].trim_start_matches('(').split([')', ':']).next()?;
        let mut bases = bases.split(',').map(str::trim).filter(|it| !it.is_empty());
        let (mut members, mut texts) = (false, false);
        bases.by_ref().for_each(|base| {
            members |= base.ends_with("Enum");
            texts |= base == "str" || base.ends_with("StrEnum");
        });
        let name = &head[..end];
        let texts = texts || !members;
        is_word(name).then_some(Class { name, members, texts, indent: None })
    }
}

/// `NAME = value`, `NAME: str = value`, `NAME += value`.
fn assigned(body: &str) -> Option<(&str, &str)> {
    let end = body.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))?;
    let (name, rest) = body.split_at(end);
    if !name.bytes().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let rest = rest.trim_start();
    if let Some(value) = rest.strip_prefix('=') {
        return (!value.starts_with('=')).then_some((name, value));
    }
    // What is put behind it is not all of it.
    if rest.starts_with("+=") {
        return Some((name, ""));
    }
    let (ty, value) = rest.strip_prefix(':')?.split_once('=')?;
    (!ty.contains(['(', '{', '"', '\''])).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::read;

    fn held(text: &str) -> Vec<String> {
        shown(read(text))
    }

    #[test]
    fn capitals_of_a_module_and_its_classes() {
        let text = "A = \"a\"\nB: Final[str] = 'b'  # why\nc = \"c\"\nclass Labels:\n    \"\"\"x\"\"\"\n    D = \"d\"\n    def f(self):\n        E = \"e\"\nF = \"f\"\n";
        assert_eq!(held(text), ["A=a", "B=b", "Labels.D=d", "E=", "F=f"]);
    }

    #[test]
    fn members_of_enumerations() {
        let text = "class A(Enum):\n    X = \"x\"\nclass B(str, Enum):\n    Y = \"y\"\n";
        assert_eq!(held(text), ["A.X.value=x", "B.Y.value=y", "B.Y=y"]);
    }

    #[test]
    fn what_is_set_to_something_else_is_open() {
        assert_eq!(held("A = \"a\"\nif x:\n    A = y\n"), ["A=a", "A="]);
        assert_eq!(held("A = \"a\"\nA += \"b\"\n"), ["A=a", "A="]);
    }
}
