//! The semantic conventions as data: attributes that have another name now, the constants of each
//! language, and the variables of the environment that SDKs read. The tables are in `semconv/`.

use crate::parse::code::Language;

/// An attribute that has another name now.
#[derive(Debug)]
pub struct Rename {
    /// The name it had.
    pub old: &'static str,
    /// The names it has.
    pub new: &'static [&'static str],
    /// There is one new name, whatever the attribute holds.
    pub one: bool,
    /// Some of its values have other names too.
    pub values_changed: bool,
}

/// A class or module of constants.
#[derive(Debug)]
struct Class {
    name: &'static str,
    /// It holds more than the table says.
    more: bool,
    /// Names, each with the attribute it stands for; with nothing where it is something else.
    names: &'static [(&'static str, &'static str)],
}

/// What a name in a class of constants stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// The key of an attribute.
    Key(&'static str),
    /// Something else that is there.
    Other,
    /// No release has it.
    Missing,
}

include!(concat!(env!("OUT_DIR"), "/semconv.rs"));

/// What became of an attribute, if it was renamed.
pub fn renamed(key: &str) -> Option<&'static Rename> {
    let at = RENAMES.binary_search_by(|rename| rename.old.cmp(key)).ok()?;
    RENAMES.get(at)
}

fn of_language(language: Language) -> &'static [Class] {
    match language {
        Language::Csharp => CSHARP,
        Language::Go => &[],
        Language::Java => JAVA,
        Language::Javascript | Language::Typescript | Language::Tsx => JAVASCRIPT,
        Language::Python => PYTHON,
        Language::Rust => RUST,
    }
}

/// What a path such as `opentelemetry.semconv.trace.SpanAttributes.HTTP_METHOD` stands for; `None`
/// where it is no constant of the conventions.
pub fn constant(language: Language, path: &str) -> Option<Constant> {
    if language == Language::Go {
        return go_constant(path);
    }
    let (class, name) = path.rsplit_once('.')?;
    let classes = of_language(language);
    let at = classes.binary_search_by(|known| known.name.cmp(class)).ok()?;
    let class = &classes[at];
    match class.names.binary_search_by(|(known, _)| known.cmp(&name)) {
        Ok(found) if class.names[found].1.is_empty() => Some(Constant::Other),
        Ok(found) => Some(Constant::Key(class.names[found].1)),
        Err(_) if class.more => None,
        Err(_) => Some(Constant::Missing),
    }
}

/// Go names the release in the path of the package, and calls methods on its keys.
fn go_constant(path: &str) -> Option<Constant> {
    let rest = path.strip_prefix(GO_PACKAGE)?;
    let release = GO_RELEASES
        .iter()
        .position(|release| rest.strip_prefix(release).is_some_and(|rest| rest.starts_with('.')))?;
    let name = &rest[GO_RELEASES[release].len() + 1..];
    let name = name.split(['.', '(', '#']).next().unwrap_or(name);
    let found = GO.binary_search_by(|(known, ..)| known.cmp(&name)).ok().map(|at| &GO[at]);
    match found {
        Some((_, key, releases)) if releases >> release & 1 == 1 => {
            Some(if key.is_empty() { Constant::Other } else { Constant::Key(key) })
        }
        _ => Some(Constant::Missing),
    }
}

/// The name in a class that is nearest to one it does not have.
pub fn nearest(class: &str, name: &str) -> Option<&'static str> {
    let classes = [CSHARP, JAVA, JAVASCRIPT, PYTHON, RUST].into_iter().flatten();
    let names = classes.filter(|known| known.name == class).flat_map(|known| known.names);
    let near = |known: &'static str| {
        crate::lang::distance::within(name, known, 2).map(|distance| (distance, known))
    };
    names.filter_map(|(known, _)| near(known)).min().map(|(_, known)| known)
}

/// Whether an import may bring in constants of the conventions.
pub fn is_import(language: Language, path: &str) -> bool {
    let prefixes: &[&str] = match language {
        Language::Csharp => &["OpenTelemetry.SemanticConventions"],
        Language::Go => &["go.opentelemetry.io/otel/semconv/"],
        Language::Java => &["io.opentelemetry.semconv"],
        Language::Javascript | Language::Typescript | Language::Tsx => {
            &["@opentelemetry/semantic-conventions"]
        }
        Language::Python => &["opentelemetry.semconv", "opentelemetry.sdk.resources"],
        Language::Rust => &["opentelemetry_semantic_conventions"],
    };
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}

/// A variable of the environment that SDKs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// All values it takes; empty where it takes any.
    pub values: &'static [&'static str],
}

/// The variable of a name.
pub fn variable(name: &str) -> Option<Variable> {
    let at = VARIABLES.binary_search_by(|(known, _)| known.cmp(&name)).ok()?;
    let (name, values) = VARIABLES[at];
    Some(Variable { name, values })
}

/// The agent that a text of a command or an option names.
pub fn agent_in(text: &str) -> Option<&'static str> {
    AGENT_WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, name)| *name)
}

/// Variables by which a runtime loads an agent.
pub fn agent_variables() -> &'static [&'static str] {
    AGENT_VARIABLES
}

/// Whether an annotation lets an operator or a mesh step in.
pub fn is_agent_annotation(name: &str) -> bool {
    AGENT_ANNOTATIONS.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a dependency sets up an SDK without code.
pub fn is_agent_dependency(name: &str) -> bool {
    AGENT_DEPENDENCIES.contains(&name)
}

/// Whether an image watches a whole node.
pub fn is_node_agent(image: &str) -> bool {
    AGENT_IMAGES.contains(&image)
}

/// The variables a name may be misspelt for: those within two letters of it. None for names of
/// families that have names of their own.
pub fn misspelt(name: &str) -> Vec<&'static str> {
    if variable(name).is_some() || OPEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Vec::new();
    }
    let near = |most: usize| {
        let names = VARIABLES.iter().map(|(known, _)| *known);
        names.filter(move |known| crate::lang::distance::within(name, known, most).is_some())
    };
    let one: Vec<&str> = near(1).collect();
    if one.is_empty() { near(2).collect() } else { one }
}

#[cfg(test)]
mod tests {
    use super::{Constant, constant, misspelt, renamed};
    use crate::parse::code::Language;

    #[test]
    fn constants_are_looked_up_by_their_path() {
        let python = |name: &str| {
            constant(
                Language::Python,
                &format!("opentelemetry.semconv.trace.SpanAttributes.{name}"),
            )
        };
        assert_eq!(python("HTTP_METHOD"), Some(Constant::Key("http.method")));
        assert_eq!(python("HTTP_RESPONSE_SIZE"), Some(Constant::Missing));
        assert_eq!(constant(Language::Python, "shop.SpanAttributes.HTTP_METHOD"), None);
        let go = |release: &str, name: &str| {
            constant(Language::Go, &format!("go.opentelemetry.io/otel/semconv/{release}.{name}"))
        };
        assert_eq!(go("v1.17.0", "HTTPMethodKey.String"), Some(Constant::Key("http.method")));
        assert_eq!(go("v1.26.0", "HTTPMethodKey"), Some(Constant::Missing));
        assert_eq!(go("v1.26.0", "SchemaURL"), Some(Constant::Other));
        assert_eq!(go("v1.26.0", "ServiceName()"), Some(Constant::Key("service.name")));
    }

    #[test]
    fn renames_and_variables_are_looked_up() {
        assert_eq!(renamed("http.method").map(|it| it.new), Some(&["http.request.method"][..]));
        assert!(renamed("http.route").is_none());
        assert_eq!(misspelt("OTEL_TRACE_SAMPLER"), ["OTEL_TRACES_SAMPLER"]);
        assert!(misspelt("OTEL_TRACES_SAMPLER").is_empty());
        assert!(misspelt("OTEL_COLLECTOR_HOST").is_empty());
    }
}
