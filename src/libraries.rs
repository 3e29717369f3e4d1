//! What the calls of well-known libraries do, as data: one file a language in `libraries/`.
//!
//! A row names a call by the path that `parse/unit/resolve.rs` gives it, and the role it plays:
//! it writes a log record, starts a span, counts. Rules ask for roles, never for a library.

mod kept;

use crate::parse::code::Language;
pub use kept::numbered;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Writes a log record.
    Log,
    /// Writes log records to a file.
    LogFile,
    /// Adds to a logger what takes its records.
    LogHandler,
    /// Makes a key and its value, for a log record.
    LogField,
    /// Writes to the terminal.
    Print,
    /// Gives a logger.
    Logger,
    /// Chooses how log records look.
    LogFormat,
    /// Chooses from which level on records are written, or writes the values of statements.
    LogLevel,
    /// Gives a file its mode.
    FileMode,
    /// Gives a tracer.
    Tracer,
    /// Starts a span.
    SpanStart,
    /// Ends a span.
    SpanEnd,
    /// Puts a span into a context or a link, and leaves its end to others.
    SpanCarry,
    /// Records an error in a span.
    SpanError,
    /// Sets the status of a span.
    SpanStatus,
    /// Sets an attribute of a span.
    SpanAttribute,
    /// Gives the span that is current.
    SpanCurrent,
    /// Makes a provider of tracers, meters or loggers.
    Provider,
    /// Makes a provider the one that everybody uses.
    ProviderSet,
    /// Passes spans on to an exporter.
    Processor,
    /// Sends telemetry.
    Exporter,
    /// Chooses which traces are kept.
    Sampler,
    /// Gives a provider its sampler.
    SamplerSet,
    /// Says whose telemetry it is.
    Resource,
    /// Chooses how context travels.
    PropagatorSet,
    /// Writes and reads context in one form.
    Propagator,
    /// Writes context into a request.
    Inject,
    /// Reads context from a request.
    Extract,
    /// Instruments a library or a framework.
    Instrument,
    /// Ends the set-up: what is waiting is sent.
    Shutdown,
    /// Gives all metrics of a program a label.
    Identity,
    /// Declares a metric.
    Metric,
    /// Says a part of a metric's declaration: a call in its chain, an option, an argument's name.
    MetricPart,
    /// Changes a metric or chooses its labels.
    MetricUse,
    /// Serves or sends metrics, or counts by itself what passes a framework.
    MetricServe,
    /// Gives a value of a kind: the path of a request, the text of an error, something new each time.
    Value,
    /// Gives a moment or a length of time.
    Time,
    /// Handles requests: a route, a decorator of a handler.
    Route,
    /// Takes messages from a queue or a topic.
    Consume,
    /// Takes connections, and speaks a language of its own over them.
    Listen,
    /// Calls another service.
    Outbound,
    /// Gives work to another thread.
    Handoff,
    /// Makes a span the current one.
    SpanActivate,
    /// Makes a new collection, or copies one.
    Fresh,
    /// Computes a figure of many values.
    Statistic,
    /// Gives the time of day here, without a zone.
    LocalTime,
    /// Answers a request.
    Respond,
    /// Says which function answers in place of what failed.
    ErrorPage,
    /// Gives an error that is easily thrown away: it reaches out of the program.
    Fallible,
    /// Tells nobody of anything: makes an empty value, waits, closes.
    Quiet,
    /// Throws errors away.
    Suppress,
    /// Gives a part of a request, or the environment.
    Request,
    /// Makes an id that nobody else has.
    UniqueId,
    /// Adds ids of requests or traces to records.
    Correlate,
    /// Keeps a value for each thread.
    ThreadLocal,
    /// Puts a value beside all records that follow.
    MdcPut,
    /// Takes such values away.
    MdcClear,
    /// Gives where an error came from, as text.
    StackText,
    /// Switches pages for developers on.
    DebugPage,
    /// Writes a record of each request.
    RequestLog,
    /// Hears of logins and the like from a framework.
    AuditListener,
    /// Runs or is started by a schedule.
    Schedule,
    /// Reads a program's arguments.
    Arguments,
    /// Reads a clock: `wall`, which can be set, or `steady`; `since` tells how long ago a reading was.
    Clock,
    /// Gives the time as something that can be written: a number, a text.
    Moment,
    /// Gives a random number.
    Random,
    /// Is the body of a request.
    RequestBody,
    /// Logs in to a mail server.
    Login,
}

impl Role {
    /// Whether it is something that is done with spans.
    pub fn is_of_spans(self) -> bool {
        matches!(
            self,
            Role::SpanStart
                | Role::SpanEnd
                | Role::SpanError
                | Role::SpanStatus
                | Role::SpanAttribute
                | Role::SpanCurrent
        )
    }
}

/// A call of a library.
#[derive(Debug)]
pub struct Api {
    /// The library.
    pub library: &'static str,
    /// What the call does.
    pub role: Role,
    /// More about it; the keys that a role may have stand in `build/libraries.rs`.
    pub attributes: &'static [(&'static str, &'static str)],
}

impl Api {
    /// What the row says under a key.
    pub fn get(&self, key: &str) -> Option<&'static str> {
        self.attributes.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// The position of an argument that the row names.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.get(key)?.parse().ok()
    }
}

/// A library.
#[derive(Debug)]
pub struct Library {
    /// Its name.
    pub name: &'static str,
    /// Import paths that it has; those below count too.
    pub imports: &'static [&'static str],
    /// Names in manifests of dependencies.
    pub packages: &'static [&'static str],
    /// What stands in its place, where nobody maintains it any more.
    pub retired: Option<&'static str>,
}

/// The libraries of one language.
#[derive(Debug)]
pub struct Table {
    /// Calls by their whole path.
    exact: &'static [(&'static str, Api)],
    /// Calls by the end of their path, which begins with a dot.
    ending: &'static [(&'static str, Api)],
    /// Parts of a path that give the same thing again: `child()`.
    same: &'static [&'static str],
    /// All libraries.
    pub libraries: &'static [Library],
}

impl Table {
    /// The table of a language.
    pub fn of(language: Language) -> &'static Table {
        let name = match language {
            Language::Csharp => "csharp",
            Language::Go => "go",
            Language::Java => "java",
            Language::Javascript | Language::Typescript | Language::Tsx => "javascript",
            Language::Python => "python",
            Language::Rust => "rust",
        };
        let found = TABLES.iter().find(|(known, _)| *known == name);
        found.map_or(&NONE, |(_, table)| table)
    }

    /// What a resolved call does: one row for each role it plays.
    pub fn look_up(&self, path: &str) -> Vec<&'static Api> {
        let found = self.find(path);
        if !found.is_empty() {
            return found;
        }
        // Loggers and tracers that were made of others.
        self.plain(path).map_or_else(Vec::new, |plain| self.find(&plain))
    }

    /// The paths that play a role, with their rows.
    pub fn paths_of(&self, role: Role) -> impl Iterator<Item = (&'static str, &'static Api)> {
        let all = self.exact.iter().chain(self.ending);
        all.filter(move |(_, api)| api.role == role).map(|(path, api)| (*path, api))
    }

    /// The row of a call for one role.
    pub fn role(&self, path: &str, role: Role) -> Option<&'static Api> {
        self.look_up(path).into_iter().find(|api| api.role == role)
    }

    fn find(&self, path: &str) -> Vec<&'static Api> {
        let exact = rows(self.exact, path);
        if !exact.is_empty() {
            return exact;
        }
        // From the longest end to the shortest.
        let mut ends = path.match_indices('.').map(|(at, _)| rows(self.ending, &path[at..]));
        ends.find(|rows| !rows.is_empty()).unwrap_or_default()
    }

    /// A path without the parts that change nothing.
    fn plain(&self, path: &str) -> Option<String> {
        let mut plain = path.to_owned();
        let mut changed = false;
        for part in self.same {
            while let Some(at) = plain.find(part) {
                plain.replace_range(at..at + part.len(), "");
                changed = true;
            }
        }
        changed.then_some(plain)
    }

    /// The library that an import path belongs to: the one that knows most of it.
    pub fn library(&self, import: &str) -> Option<&'static Library> {
        let known = |library: &&Library| {
            let known = library.imports.iter().filter(|known| {
                import
                    .strip_prefix(**known)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            });
            known.map(|known| known.len()).max()
        };
        let found = self.libraries.iter().filter_map(|library| Some((known(&library)?, library)));
        // The first of those that know as much.
        found.rev().max_by_key(|(len, _)| *len).map(|(_, library)| library)
    }
}

/// A list of words and dependencies that hold for every language.
pub fn words(name: &str) -> &'static Library {
    let table = TABLES.iter().find(|(known, _)| *known == "any").map(|(_, table)| table);
    let found = table.and_then(|table| table.libraries.iter().find(|it| it.name == name));
    found.unwrap_or(&NOTHING)
}

static NOTHING: Library = Library { name: "", imports: &[], packages: &[], retired: None };

fn rows(table: &'static [(&'static str, Api)], path: &str) -> Vec<&'static Api> {
    let start = table.partition_point(|(known, _)| *known < path);
    table[start..].iter().take_while(|(known, _)| *known == path).map(|(_, api)| api).collect()
}

static NONE: Table = Table { exact: &[], ending: &[], same: &[], libraries: &[] };

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));
