//! Constants of JavaScript and TypeScript: `const`, members of frozen objects and enumerations,
//! static fields that nobody may set.

use super::{Found, indent, is_word, whole_text};

/// A block whose members are read.
struct Block<'t> {
    /// Its name; empty of what a module exports as a whole.
    name: &'t str,
    /// It is a class: only fields that nobody may set count.
    class: bool,
    /// Nobody may set its members.
    frozen: bool,
    indent: Option<usize>,
    members: Found,
}

/// Reads the constants of a module.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new();
    let mut block: Option<Block<'_>> = None;
    for line in text.lines() {
        let (indent, body) = (indent(line), line.trim());
        if body.is_empty() || body.starts_with("//") {
            continue;
        }
        if indent == 0 {
            if body.starts_with('}') {
                found.extend(block.take().into_iter().flat_map(|block| block.closed(body)));
                continue;
            }
            block = None;
            if let Some(members) = of_one_line(body) {
                found.extend(members);
                continue;
            }
            match top(body) {
                Some(Top::Text(name, value)) => found.push((name.to_owned(), Some(value.into()))),
                Some(Top::Block(opened)) => block = Some(opened),
                None => {}
            }
        } else if let Some(block) = &mut block
            && *block.indent.get_or_insert(indent) == indent
        {
            block.take(body);
        }
    }
    found
}

enum Top<'t> {
    Text(&'t str, &'t str),
    Block(Block<'t>),
}

/// Members of an object that stands on one line: `const Keys = { a: 'x', b: 'y' } as const;`
fn of_one_line(body: &str) -> Option<Found> {
    let (head, rest) = body.split_once('{').filter(|(head, _)| head.trim_end().ends_with('='))?;
    let (members, end) = rest.rsplit_once('}')?;
    let opened = head.to_owned() + "{";
    let Some(Top::Block(mut block)) = top(&opened) else { return None };
    // A brace or a comma in a text makes a member that stands for nothing.
    members.split(',').for_each(|member| block.take(member.trim()));
    let Block { name, class, frozen, members, .. } = block;
    let block = Block { name, class, frozen, indent: None, members };
    Some(block.closed(end))
}

/// What a statement of the module declares.
fn top(body: &str) -> Option<Top<'_>> {
    let block = |name, class, frozen| {
        let block = Block { name, class, frozen, indent: None, members: Found::new() };
        Some(Top::Block(block))
    };
    if ["module.exports = {", "export default {"].contains(&body) {
        return block("", false, true);
    }
    let rest = body.strip_prefix("module.").unwrap_or(body);
    if let Some((name, value)) = rest.strip_prefix("exports.").and_then(|it| it.split_once('=')) {
        let name = name.trim();
        return is_word(name).then_some(Top::Text(name, whole_text(value)?));
    }
    let body = body.strip_prefix("export ").unwrap_or(body);
    let body = body.strip_prefix("default ").unwrap_or(body);
    if let Some(rest) = body.strip_prefix("const enum ").or_else(|| body.strip_prefix("enum ")) {
        return block(rest.strip_suffix('{')?.trim(), false, true);
    }
    let class = body.strip_prefix("abstract ").unwrap_or(body).strip_prefix("class ");
    if let Some(rest) = class.filter(|rest| rest.ends_with('{')) {
        return block(rest.split([' ', '<', '{']).next()?, true, false);
    }
    let (head, value) = body.strip_prefix("const ")?.split_once('=')?;
    let name = head.split(':').next()?.trim();
    if !is_word(name) {
        return None;
    }
    match value.trim() {
        "{" => block(name, false, false),
        "Object.freeze({" => block(name, false, true),
        value => Some(Top::Text(name, whole_text(value)?)),
    }
}

impl Block<'_> {
    /// Takes a member.
    fn take(&mut self, body: &str) {
        let body = match self.class {
            false => body,
            true => {
                let mut body = body;
                let mut marks = 0;
                for mark in ["public ", "static ", "readonly "] {
                    if let Some(rest) = body.strip_prefix(mark) {
                        (body, marks) = (rest, marks + usize::from(mark != "public "));
                    }
                }
                if marks < 2 {
                    return;
                }
                body
            }
        };
        let Some(at) = body.find([':', '=']) else { return };
        let (key, value) = (body[..at].trim(), &body[at + 1..]);
        let key = key.trim_matches(['"', '\'']);
        // A field may say its type.
        let value = match (self.class, value.split_once('=')) {
            (true, Some((_, value))) => value,
            _ => value,
        };
        if is_word(key) {
            let name =
                if self.name.is_empty() { key.into() } else { format!("{}.{key}", self.name) };
            self.members.push((name, whole_text(value).map(str::to_owned)));
        }
    }

    /// Its members, where nobody may set them: it says so, or they are in capitals.
    fn closed(self, end: &str) -> Found {
        let frozen = self.frozen || self.class || end.contains("as const");
        let capitals = |name: &str| {
            let key = name.rsplit('.').next().unwrap_or(name);
            key.bytes().all(|c| !c.is_ascii_lowercase())
        };
        self.members.into_iter().filter(|(name, _)| frozen || capitals(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::read;

    fn held(text: &str) -> Vec<String> {
        shown(read(text))
    }

    #[test]
    fn constants_and_members() {
        let text = "export const a = 'x';\nconst B: string = \"y\"\nlet c = 'z';\nexport const Labels = {\n  D: 'd',\n  nested: {\n    E: 'e',\n  },\n} as const;\nexport enum Kind {\n  F = 'f',\n}\nconst open = {\n  g: 'g',\n  H: 'h',\n};\nmodule.exports = {\n  I: 'i',\n};\nexports.J = 'j';\n";
        let want =
            ["a=x", "B=y", "Labels.D=d", "Labels.nested=", "Kind.F=f", "open.H=h", "I=i", "J=j"];
        assert_eq!(held(text), want);
    }

    #[test]
    fn fields_of_classes_that_nobody_may_set() {
        let text = "export class Names {\n  static readonly A = 'a';\n  public static readonly B: string = 'b';\n  static C = 'c';\n}\n";
        assert_eq!(held(text), ["Names.A=a", "Names.B=b"]);
    }

    #[test]
    fn objects_on_one_line() {
        let text = "export const Keys = { a: 'x', b: 'y' } as const;\nconst open = { c: 'z', D: 'd' };\nfoo({ e: 'e' });\n";
        assert_eq!(held(text), ["Keys.a=x", "Keys.b=y", "open.D=d"]);
    }
}
