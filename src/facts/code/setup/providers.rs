//! Providers, their processors, samplers and propagators.

use super::{Setup, Step};
use crate::facts::code::file::Call;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind};
use crate::source::Span;

/// A provider of tracers, meters or loggers.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Provider {
    /// The signal.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub signal: &'static str,
    /// It reads the environment and sends by itself.
    pub automatic: bool,
    /// It is given processors or readers where it is made.
    pub exports: bool,
    /// It is given a sampler where it is made.
    pub sampled: bool,
    /// It is given a name for the service where it is made.
    pub named: bool,
    /// It is of all signals, and is given nothing that counts or takes what is counted.
    pub unmetered: bool,
    /// More may be given than can be seen: a list of options from elsewhere.
    pub open: bool,
}

/// Where a processor sends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Sent {
    /// Over the network.
    Network,
    /// To the terminal, to memory.
    Here,
    /// Nobody can say.
    Unknown,
}

/// What passes on what is recorded.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Processor {
    /// `batch`, `simple`, `pull`; `given` where it was made elsewhere.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub kind: &'static str,
    /// The signal.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub signal: &'static str,
    /// Where it sends to.
    pub sends: Sent,
    /// The call that does the same in batches.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub instead: Option<&'static str>,
}

/// A sampler in a program.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct HeadSampler {
    /// `ratio`, `parent`, `always`, `never`, `parent-ratio`, `parent-always`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub kind: &'static str,
    /// The share it keeps, where that is a number in the text.
    pub ratio: Option<(f64, Scalar)>,
    /// A sampler around it keeps to the decision of the caller.
    pub under_parent: bool,
    /// A provider is given it.
    pub direct: bool,
    /// The library refuses shares that are none.
    pub refuses: bool,
    /// Where it stands, if it is no call.
    pub at: Option<Span>,
}

/// How context travels.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Propagators {
    /// Forms, in the order of the text.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub kinds: Vec<&'static str>,
    /// There may be more.
    pub open: bool,
}

/// Calls that tell a builder what it records, not where that goes.
const TELLS: &[&str] = &[
    "AddSource",
    "AddLegacySource",
    "AddMeter",
    "AddView",
    "SetErrorStatusOnException",
    "SetResourceBuilder",
    "ConfigureResource",
    "SetSampler",
];

impl Setup<'_, '_, '_> {
    pub(super) fn provider(&self, call: &Call, api: &'static Api) -> Vec<Step> {
        let args = self.file.unit.args(call.id);
        let spread = |value: ExprId| match self.file.unit.expr(self.file.names.resolved(value)) {
            ExprKind::Map { entries, .. } => entries.iter().any(|(key, _)| key.is_none()),
            // A map that is not written here, where options are given in one.
            ExprKind::Name(_) | ExprKind::Member { .. } => api.get("service").is_some(),
            _ => false,
        };
        let open = args.iter().any(|arg| arg.spread || (arg.name.is_none() && spread(arg.value)));
        let built = api.get("built").map(|end| self.built(call, end));
        let open = open || built.is_some_and(|(open, _)| open);
        let open = open || api.get("told").is_some() && !self.is_told_inside(call);
        let provider = Provider {
            signal: api.get("signal").unwrap_or("all"),
            automatic: api.get("automatic").is_some(),
            exports: self.option(call, api, "processor").is_some_and(|it| !self.is_empty(it)),
            sampled: self.option(call, api, "sampler").is_some_and(|it| !self.is_null(it)),
            named: self.option(call, api, "service").is_some(),
            unmetered: !open && self.takes_none(call, api),
            open,
        };
        let mut steps = vec![Step::Provider(provider)];
        let sampler = self.option(call, api, "sampler");
        steps.extend(sampler.and_then(|it| self.bare_sampler(it)).map(Step::Sampler));
        // Such a provider hears of all that it names as soon as it is built.
        if built.is_some_and(|(_, ends)| ends) {
            steps.push(Step::Registered(api.get("signal").unwrap_or("all"), "built"));
        }
        steps
    }

    /// Whether a chain of calls tells a builder more than is known, and whether it builds.
    fn built(&self, call: &Call, end: &str) -> (bool, bool) {
        let unit = self.file.unit;
        let first = unit.place(call.id);
        let (mut open, mut ends) = (false, false);
        for other in &self.file.calls {
            let at = unit.place(other.id);
            if at.start != first.start || at.end <= first.end {
                continue;
            }
            let name = other.name();
            ends |= name == end;
            open |= name != end
                && other.roles.is_empty()
                && !name.ends_with("Instrumentation")
                && !TELLS.contains(&name);
        }
        (open, ends)
    }

    /// Whether the options that count, or take what is counted, are none of those that are given.
    fn takes_none(&self, call: &Call, api: &'static Api) -> bool {
        let Some(readers) = api.get("readers") else { return false };
        let maps = self.file.unit.args(call.id).iter().map(|arg| self.plain(arg.value));
        let mut maps = maps.filter_map(|id| match self.file.unit.expr(id) {
            ExprKind::Map { entries, .. } => Some(entries),
            _ => None,
        });
        maps.next().is_some_and(|entries| {
            let keys = entries.iter().filter_map(|(key, _)| self.file.unit.literal((*key)?));
            keys.into_iter().all(|key| !readers.split(' ').any(|reader| reader == key))
        })
    }

    /// Whether a provider is told what it does in a function that is given, and nowhere else, by
    /// calls that are all known.
    fn is_told_inside(&self, call: &Call) -> bool {
        let unit = self.file.unit;
        let [only] = unit.args(call.id) else { return false };
        let ExprKind::Lambda(_) = unit.expr(only.value) else { return false };
        let inside = unit.place(only.value);
        let whole = unit.place(call.id);
        self.file.calls.iter().all(|other| {
            let at = unit.place(other.id);
            let within = inside.start <= at.start && at.end <= inside.end;
            // What else is told on the same chain: `AddOpenTelemetry().WithTracing(…).UseX()`.
            let chain = at.start == whole.start;
            let name = other.name();
            let known = !other.roles.is_empty()
                || name.ends_with("Instrumentation")
                || TELLS.contains(&name)
                || matches!(name, "Build" | "Run" | "RunAsync");
            // Reading settings, making a sampler.
            let plain = within && !name.starts_with("Add") && !name.starts_with("Use");
            !(within || chain) || known || plain && !name.starts_with("Configure")
        })
    }

    fn is_null(&self, id: ExprId) -> bool {
        matches!(self.file.unit.expr(self.plain(id)), ExprKind::Null)
    }

    fn is_empty(&self, id: ExprId) -> bool {
        match self.file.unit.expr(self.plain(id)) {
            ExprKind::Null => true,
            ExprKind::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// An exporter whose options say that each span goes by itself:
    /// `o.ExportProcessorType = ExportProcessorType.Simple`.
    pub(super) fn sends_singly(&self, call: &Call, api: &'static Api) -> Option<Step> {
        api.get("speaks")?;
        let said = self.file.assigned(call.id, "ExportProcessorType")?;
        let single = matches!(self.file.unit.expr(said), ExprKind::Member { name: "Simple", .. });
        let (kind, signal) = ("simple", api.get("signal").unwrap_or("given"));
        let processor = Processor { kind, signal, sends: Sent::Network, instead: None };
        single.then_some(Step::Processor(processor))
    }

    pub(super) fn processor(&self, call: &Call, api: &'static Api) -> Processor {
        let exporter = self.option(call, api, "exporter");
        // The exporter may be what the call is made on: `install_simple()` ends its chain.
        let sends = match exporter {
            Some(exporter) => self.sends(exporter),
            None => Sent::Unknown,
        };
        Processor {
            kind: api.get("kind").unwrap_or("given"),
            signal: api.get("signal").unwrap_or("given"),
            sends,
            instead: api.get("instead"),
        }
    }

    /// Where an exporter sends to.
    fn sends(&self, exporter: ExprId) -> Sent {
        for id in self.chain(exporter) {
            let row = self.rows(id).into_iter().find(|api| api.role == Role::Exporter);
            match row.and_then(|api| api.get("kind")) {
                Some("console" | "memory") => return Sent::Here,
                Some("jaeger" | "zipkin") => return Sent::Network,
                Some(_) => return Sent::Unknown,
                None if row.is_some_and(|api| api.get("protocol") != Some("chain")) => {
                    return Sent::Network;
                }
                None => {}
            }
        }
        Sent::Unknown
    }

    pub(super) fn sampler(&self, id: ExprId, api: &'static Api) -> Option<HeadSampler> {
        let call = self.file.call(id)?;
        let ratio = self.file.argument(call, api, "ratio").and_then(|ratio| self.number(ratio));
        Some(HeadSampler {
            kind: api.get("kind")?,
            ratio,
            under_parent: self.roots.contains(&id),
            direct: self.given.contains(&id),
            refuses: api.get("refuses").is_some(),
            at: None,
        })
    }

    /// A sampler that is no call: `ALWAYS_ON`, `Sampler::AlwaysOn`.
    pub(super) fn bare_sampler(&self, id: ExprId) -> Option<HeadSampler> {
        let id = self.plain(id);
        if matches!(self.file.unit.expr(id), ExprKind::Call { .. }) {
            return None;
        }
        let api = self.rows(id).into_iter().find(|api| api.role == Role::Sampler)?;
        Some(HeadSampler {
            kind: api.get("kind")?,
            ratio: None,
            under_parent: false,
            direct: true,
            refuses: false,
            at: Some(self.file.expr_span(id)),
        })
    }

    /// A number as it is written, with its sign; fractions of two numbers are one.
    pub(super) fn number(&self, id: ExprId) -> Option<(f64, Scalar)> {
        let id = self.plain(id);
        let unit = self.file.unit;
        let bare = |id: ExprId| match unit.expr(id) {
            ExprKind::Number(text) => {
                let text = text.replace('_', "");
                text.trim_end_matches(['f', 'F', 'd', 'D', 'm', 'M']).parse::<f64>().ok()
            }
            _ => None,
        };
        let value = match unit.expr(id) {
            ExprKind::Unary { op: "-", of } => -bare(*of)?,
            ExprKind::Binary { op: "/", left, right } => bare(*left)? / bare(*right)?,
            _ => bare(id)?,
        };
        let (text, span) = (unit.slice(&unit.place(id)).to_owned(), self.file.expr_span(id));
        value.is_finite().then_some((value, Scalar { text, span, known: true, plain: true }))
    }

    pub(super) fn propagators(&self, call: &Call, api: &'static Api) -> Option<Propagators> {
        let Some(value) = self.option(call, api, "value") else {
            // Set up by something that knows more, or a provider that keeps its own.
            let own = api.get("value").is_none();
            return own.then(|| Propagators { kinds: Vec::new(), open: true });
        };
        let unit = self.file.unit;
        let mut kinds = Vec::new();
        let mut open = vec![self.plain(value)];
        let mut steps = 0;
        while let Some(id) = open.pop() {
            steps += 1;
            if steps > 200 {
                break;
            }
            let row = self.rows(id).into_iter().find(|api| api.role == Role::Propagator);
            match row.and_then(|api| api.get("kind")) {
                Some(kind) => kinds.push(kind),
                None => open.extend(unit.inside(id).into_iter().rev().map(|id| self.plain(id))),
            }
        }
        kinds.dedup();
        let unknown = kinds.is_empty() || kinds.contains(&"environment");
        kinds.retain(|kind| *kind != "environment");
        Some(Propagators { kinds, open: unknown })
    }
}
