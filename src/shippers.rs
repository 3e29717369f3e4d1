//! What log shippers offer, as data: sections, plugins and their options, by version.
//!
//! Compiled from `shippers/*.yaml`; each table names the releases it was read from.

/// The table of a program.
#[derive(Debug)]
pub struct Table {
    /// The releases it was read from.
    pub version: &'static str,
    /// How it was read.
    pub source: &'static str,
    /// Options of the program itself.
    pub service: &'static [Word],
    /// Names of multiline parsers that need no definition.
    pub multiline_parsers: &'static [Word],
    /// Options that every plugin of a role takes.
    pub common: &'static [(&'static str, &'static [Word])],
    /// Parsers in the files that come with the program.
    pub parser_files: &'static [(&'static str, &'static [Word])],
    /// Plugins, by role and name.
    pub plugins: &'static [Plugin],
}

/// A plugin.
#[derive(Debug)]
pub struct Plugin {
    /// `input`, `filter`, `output`, …
    pub role: &'static str,
    /// Its name.
    pub name: Word,
    /// It takes options that the table does not know.
    pub open: bool,
    /// Its own options.
    pub options: &'static [Word],
    /// Those without which it does not start.
    pub required: &'static [&'static str],
}

/// A name, and the minor versions that know it.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// In lower case.
    pub name: &'static str,
    /// Any name that begins so.
    pub prefix: bool,
    /// May be given more than once.
    pub repeats: bool,
    /// First version of the table that has it; empty: the first of all.
    pub since: &'static str,
    /// Last version that has it; empty: the last of all.
    pub until: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/shippers.rs"));

/// The table of Fluent Bit.
pub fn fluent_bit() -> &'static Table {
    &FLUENT_BIT
}

/// The table of Fluentd.
pub fn fluentd() -> &'static Table {
    &FLUENTD
}

/// The table of Vector.
pub fn vector() -> &'static Table {
    &VECTOR
}

impl Word {
    /// Whether this is the name, letter case aside.
    pub fn is(&self, name: &str) -> bool {
        match self.prefix {
            true => name.len() > self.name.len() && starts(name, self.name),
            false => name.eq_ignore_ascii_case(self.name),
        }
    }
}

fn starts(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

impl Table {
    /// The plugin of a role by its name, letter case aside.
    pub fn plugin(&self, role: &str, name: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.role == role && plugin.name.is(name))
    }

    /// The options that every plugin of a role takes.
    pub fn common(&self, role: &str) -> &'static [Word] {
        self.common.iter().find(|(known, _)| *known == role).map_or(&[], |(_, words)| words)
    }

    /// The parsers of a file that comes with the program.
    pub fn parser_file(&self, name: &str) -> Option<&'static [Word]> {
        self.parser_files.iter().find(|(known, _)| *known == name).map(|(_, words)| *words)
    }
}

#[cfg(test)]
mod tests {
    use super::{fluent_bit, fluentd, vector};

    #[test]
    fn plugins_options_and_versions_are_known() {
        let tail = fluent_bit().plugin("input", "TAIL").expect("tail");
        assert!(tail.options.iter().any(|word| word.is("DB")));
        assert!(tail.options.iter().any(|word| word.is("Multiline.Parser") && word.repeats));
        assert!(tail.options.iter().any(|word| word.is("parser_1") && word.prefix));
        let kafka = fluent_bit().plugin("output", "kafka").expect("kafka");
        assert!(kafka.options.iter().any(|word| word.is("rdkafka.sasl.mechanism")));
        let threaded =
            fluent_bit().common("input").iter().find(|word| word.is("threaded")).expect("threaded");
        assert_eq!((threaded.since, threaded.until), ("2.0", ""));
        assert!(
            vector().plugin("sink", "loki").is_some() && vector().plugin("sink", "loky").is_none()
        );
        assert!(fluentd().plugin("output", "forward").is_some());
    }
}
