//! How source code sets up an SDK: providers, resources, samplers, processors, exporters,
//! propagators, instrumented libraries. One fact for each step; `repo/sdk.rs` joins them.

mod exporters;
mod imports;
mod providers;
mod resources;

use super::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::telemetry::Role::Dials;
use crate::facts::telemetry::{Layer, Sampler, Share, TelemetryPort};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind};
use crate::source::Span;
use std::collections::BTreeSet;

pub use exporters::Exporter;
pub use imports::{EarlyImport, LibraryImport};
pub use providers::{HeadSampler, Processor, Propagators, Provider, Sent};
pub use resources::{Attribute, Resource};

/// One step of setting up an SDK.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SdkSetup {
    /// The file.
    pub document: DocumentId,
    /// The name it is called by.
    pub name: Scalar,
    /// It is done under a condition only.
    pub guarded: bool,
    /// What is done under the condition leaves the function.
    pub leaves: bool,
    /// It is done whenever an object of a class is made.
    pub per_object: bool,
    /// Its file holds a handler that a platform calls and freezes.
    pub serverless: bool,
    /// The number of its function in the file.
    pub function: u32,
    /// The function that certainly does it on its way, through others it calls, and where.
    pub reached: (u32, u32),
    /// What is done.
    pub step: Step,
}

/// What a step does. Signals are `traces`, `metrics`, `logs`, `all`; `given` where the call does
/// not say.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Step {
    /// Makes a provider.
    Provider(Provider),
    /// Makes a provider of a signal the one that everybody uses: which, and what becomes of a second
    /// one, where that is not dropped: `replaces`, `fails`; `apart` where it stands beside others,
    /// `built` where it is the provider itself that was made here.
    Registered(
        #[borsh(deserialize_with = "crate::kept::word")] &'static str,
        #[borsh(deserialize_with = "crate::kept::word")] &'static str,
    ),
    /// Passes on what a provider records.
    Processor(Processor),
    /// Sends telemetry.
    Exporter(Exporter),
    /// Decides which traces are kept.
    Sampler(HeadSampler),
    /// Gives a provider a sampler, whatever it is.
    SamplerSet,
    /// Says whose telemetry it is.
    Resource(Resource),
    /// Chooses how context travels.
    Propagators(Propagators),
    /// Instruments a library: which, and on which side.
    Instrument(
        #[borsh(deserialize_with = "crate::kept::word")] &'static str,
        #[borsh(deserialize_with = "crate::kept::word")] &'static str,
    ),
    /// Runs what instruments a program from outside, by importing it.
    Bootstrap,
    /// Sends what is waiting, and ends.
    Shutdown,
    /// Serves metrics over HTTP.
    Served,
}

impl SdkSetup {
    /// The provider that is made.
    pub fn provider(&self) -> Option<&Provider> {
        match &self.step {
            Step::Provider(provider) => Some(provider),
            _ => None,
        }
    }

    /// The exporter that is made or told more.
    pub fn exporter(&self) -> Option<&Exporter> {
        match &self.step {
            Step::Exporter(exporter) => Some(exporter),
            _ => None,
        }
    }

    /// The sampler that is made.
    pub fn sampler(&self) -> Option<&HeadSampler> {
        match &self.step {
            Step::Sampler(sampler) => Some(sampler),
            _ => None,
        }
    }

    /// The resource that is made, or a part of it.
    pub fn resource(&self) -> Option<&Resource> {
        match &self.step {
            Step::Resource(resource) => Some(resource),
            _ => None,
        }
    }

    /// The processor that is made or added.
    pub fn processor(&self) -> Option<&Processor> {
        match &self.step {
            Step::Processor(processor) => Some(processor),
            _ => None,
        }
    }

    /// The share of traces that a provider keeps by it.
    fn share(&self) -> Option<Sampler> {
        let sampler = self.sampler().filter(|it| it.direct || it.under_parent)?;
        let share = match (sampler.kind, &sampler.ratio) {
            ("ratio" | "parent-ratio", Some((ratio, _))) if (0.0..=1.0).contains(ratio) => *ratio,
            ("always" | "parent-always", _) => 1.0,
            ("never", _) => 0.0,
            _ => return None,
        };
        let value = sampler.ratio.as_ref().map_or(&self.name, |(_, value)| value);
        Some(Sampler {
            document: self.document,
            layer: Layer::Head,
            setting: self.name.clone(),
            value: value.clone(),
            share: Share::Of(share),
        })
    }

    /// The address that an exporter dials.
    fn endpoint(&self) -> Option<TelemetryPort> {
        let value = self.exporter()?.endpoint.clone()?;
        let role = Dials { port: None };
        let (document, setting) = (self.document, self.name.clone());
        (!value.text.is_empty()).then_some(TelemetryPort {
            document,
            setting,
            value,
            role,
            container: None,
        })
    }

    /// The propagators that are chosen.
    pub fn propagators(&self) -> Option<&Propagators> {
        match &self.step {
            Step::Propagators(propagators) => Some(propagators),
            _ => None,
        }
    }
}

impl Subject for SdkSetup {
    fn kind(&self) -> SubjectKind {
        SubjectKind::SdkSetup
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.name.text.clone()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { self.name.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

/// Reads the steps of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    imports::read(file, facts);
    imports::bootstraps(file, facts);
    let setup = Setup::new(file);
    for call in &file.calls {
        for api in &call.roles {
            for step in setup.step(call, api) {
                let made = setup.fact(call, step);
                facts.samplers.extend(made.share());
                facts.telemetry_ports.extend(made.endpoint());
                facts.sdk_setups.push(made);
            }
        }
    }
    facts.sdk_setups.extend(setup.handed_on());
    imports::order(file, facts);
}

/// Most functions between a step and what starts the program.
const MAX_CALLERS: usize = 4;

/// What all steps of a file are read with.
struct Setup<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    /// Blocks that run under a condition only, and whether they leave their function.
    conditions: Vec<(Place, bool)>,
    /// Functions that run whenever an object is made.
    constructors: Vec<FunctionId>,
    /// Ratios that another sampler asks for traces without a parent.
    roots: Vec<ExprId>,
    /// Samplers that a provider is given.
    given: Vec<ExprId>,
    serverless: bool,
}

impl<'f, 'u, 'a> Setup<'f, 'u, 'a> {
    fn new(file: &'f File<'u, 'a>) -> Self {
        let mut setup = Setup {
            file,
            conditions: conditions(file),
            constructors: constructors(file),
            roots: Vec::new(),
            given: Vec::new(),
            serverless: is_serverless(file),
        };
        setup.roots = setup.arguments_of(Role::Sampler, "root");
        setup.given = setup.arguments_of(Role::SamplerSet, "value");
        setup.given.extend(setup.arguments_of(Role::Provider, "sampler"));
        setup
    }

    /// What calls of a role are given under a key.
    fn arguments_of(&self, role: Role, key: &str) -> Vec<ExprId> {
        let calls = self.file.of_role(role);
        let found = calls.filter_map(|(call, api)| self.option(call, api, key));
        found.map(|id| self.plain(id)).collect()
    }

    fn step(&self, call: &Call, api: &'static Api) -> Vec<Step> {
        let one = |step: Option<Step>| step.into_iter().collect();
        match api.role {
            Role::Provider => self.provider(call, api),
            Role::ProviderSet => vec![Step::Registered(
                api.get("signal").unwrap_or("given"),
                api.get("again").unwrap_or("dropped"),
            )],
            Role::Processor => vec![Step::Processor(self.processor(call, api))],
            Role::Exporter => {
                let exporter = self.exporter(call, api).map(Step::Exporter);
                exporter.into_iter().chain(self.sends_singly(call, api)).collect()
            }
            Role::Sampler => one(self.sampler(call.id, api).map(Step::Sampler)),
            Role::SamplerSet => {
                let value = self.option(call, api, "value");
                let bare = value.and_then(|value| self.bare_sampler(value)).map(Step::Sampler);
                [Step::SamplerSet].into_iter().chain(bare).collect()
            }
            Role::Resource => one(self.resource(call, api).map(Step::Resource)),
            Role::PropagatorSet => one(self.propagators(call, api).map(Step::Propagators)),
            Role::Instrument => vec![Step::Instrument(
                api.get("of").unwrap_or("all"),
                api.get("side").unwrap_or("both"),
            )],
            Role::Shutdown => one(self.ends(call, api).then_some(Step::Shutdown)),
            Role::MetricServe => vec![Step::Served],
            _ => Vec::new(),
        }
    }

    /// Whether what is shut down is no known thing of another library: a server, a pool.
    fn ends(&self, call: &Call, api: &Api) -> bool {
        let library = self.file.table.library(&call.path);
        library.is_none_or(|library| library.name == api.library)
    }

    /// Go: what ends the SDK, handed to whoever calls it: `return provider.Shutdown, nil`.
    fn handed_on(&self) -> Vec<SdkSetup> {
        let unit = self.file.unit;
        if unit.language != Language::Go {
            return Vec::new();
        }
        let called: BTreeSet<ExprId> = unit
            .calls()
            .filter_map(|call| match unit.expr(call) {
                ExprKind::Call { callee, .. } => Some(*callee),
                _ => None,
            })
            .collect();
        let ids = (0..unit.exprs.len()).map(|it| ExprId(u32::try_from(it).unwrap_or(u32::MAX)));
        let handed = ids.filter(|id| {
            let shuts = matches!(unit.expr(*id), ExprKind::Member { name: "Shutdown", .. });
            shuts && !called.contains(id)
        });
        handed.map(|id| self.fact_at(id, Step::Shutdown)).collect()
    }

    fn fact(&self, call: &Call, step: Step) -> SdkSetup {
        self.fact_at(call.id, step)
    }

    fn fact_at(&self, id: ExprId, step: Step) -> SdkSetup {
        let file = self.file;
        let at = file.unit.place(id);
        let inside = |block: &Place| block.start <= at.start && at.end <= block.end;
        let function = file.unit.function_of(id);
        let span = match &step {
            Step::Sampler(HeadSampler { at: Some(span), .. }) => *span,
            _ => file.callee_span(id),
        };
        let text = file.unit.slice(&self.callee_place(id)).to_owned();
        SdkSetup {
            document: file.document,
            name: Scalar { text, span, known: true, plain: true },
            guarded: self.conditions.iter().any(|(block, _)| inside(block)),
            leaves: self.conditions.iter().any(|(block, leaves)| *leaves && inside(block)),
            serverless: self.serverless,
            per_object: file.unit.outward(function).any(|it| self.constructors.contains(&it)),
            function: function.0,
            reached: self.reached(id),
            step,
        }
    }

    /// The outermost function that does a step whenever it runs, and where: functions that are
    /// called once, under no condition, belong to their caller.
    fn reached(&self, id: ExprId) -> (u32, u32) {
        let unit = self.file.unit;
        let (mut function, mut at) = (unit.function_of(id), unit.place(id));
        for _ in 0..MAX_CALLERS {
            let body = unit.function(function).at.clone();
            let mut before = self.conditions.iter().filter(|(_, leaves)| *leaves);
            let left = before.any(|(it, _)| body.start <= it.start && it.end <= at.start);
            let [caller] = self.file.callers(function) else { break };
            let place = unit.place(*caller);
            let inside =
                |(block, _): &(Place, bool)| block.start <= place.start && place.end <= block.end;
            if left || function.0 == 0 || self.conditions.iter().any(inside) {
                break;
            }
            (function, at) = (unit.function_of(*caller), place);
        }
        (function.0, at.start)
    }

    /// Where the last name of a callee stands: `set_tracer_provider`, `TracerProvider`.
    fn callee_place(&self, call: ExprId) -> Place {
        let ExprKind::Call { callee, .. } = self.file.unit.expr(call) else {
            return self.file.unit.place(call);
        };
        let mut at = self.file.unit.place(*callee);
        if let ExprKind::Member { name, .. } = self.file.unit.expr(*callee)
            && self.file.unit.slice(&at).ends_with(name)
        {
            at.start = at.end - u32::try_from(name.len()).unwrap_or_default();
        }
        at
    }

    /// An argument that a row names, or the entry of that name in a map that is given.
    fn option(&self, call: &Call, api: &Api, key: &str) -> Option<ExprId> {
        if let Some(argument) = self.file.argument(call, api, key) {
            return Some(argument);
        }
        let name = api.get(key)?;
        let maps = self.file.unit.args(call.id).iter();
        maps.filter_map(|arg| match self.file.unit.expr(self.file.names.resolved(arg.value)) {
            ExprKind::Map { entries, .. } => Some(entries),
            _ => None,
        })
        .flatten()
        .find(|(key, _)| key.and_then(|key| self.file.unit.literal(key)) == Some(name))
        .map(|(_, value)| *value)
    }

    /// An expression without what changes nothing, or the value of the name it is.
    fn plain(&self, id: ExprId) -> ExprId {
        let mut id = self.file.names.resolved(id);
        for _ in 0..8 {
            match self.file.unit.expr(id) {
                ExprKind::Await(of) | ExprKind::Propagate(of) => id = self.file.names.resolved(*of),
                ExprKind::Unary { op: "&" | "*" | "!", of } => id = self.file.names.resolved(*of),
                _ => break,
            }
        }
        id
    }

    /// What an expression does by the table: a call, or a name that stands for a thing of a library.
    fn rows(&self, id: ExprId) -> Vec<&'static Api> {
        match self.file.unit.expr(id) {
            ExprKind::Call { .. } => {
                self.file.call(id).map_or_else(Vec::new, |call| call.roles.clone())
            }
            _ => {
                let path = self.file.names.path(id);
                path.map_or_else(Vec::new, |path| self.file.table.look_up(&path))
            }
        }
    }

    /// The calls that a chain of calls begins with, the last first: `a().b().c()`.
    fn chain(&self, id: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut id = self.plain(id);
        for _ in 0..24 {
            id = match self.file.unit.expr(id) {
                ExprKind::Call { callee, .. } => {
                    found.push(id);
                    match self.file.unit.expr(*callee) {
                        ExprKind::Member { of, .. } => self.plain(*of),
                        _ => break,
                    }
                }
                _ => break,
            };
        }
        found
    }
}

/// Blocks under conditions.
fn conditions(file: &File<'_, '_>) -> Vec<(Place, bool)> {
    let unit = file.unit;
    let around = |block: &[StmtId]| {
        let (first, last) = (block.first()?, block.last()?);
        let leaves = matches!(unit.stmt(*last), StmtKind::Return(_) | StmtKind::Throw(_));
        let (first, last) = (&unit.stmts[first.0 as usize].at, &unit.stmts[last.0 as usize].at);
        Some((first.start..last.end, leaves))
    };
    let mut found = Vec::new();
    for stmt in &unit.stmts {
        match &stmt.kind {
            StmtKind::If { then, other, .. } => {
                found.extend([around(then), around(other)].into_iter().flatten());
            }
            StmtKind::Switch { arms, .. } => {
                found.extend(arms.iter().filter_map(|arm| around(&arm.body)));
            }
            StmtKind::Try { catches, .. } => {
                found.extend(catches.iter().filter_map(|catch| around(&catch.body)));
            }
            _ => {}
        }
    }
    found
}

/// Whether a function has the form that platforms call: a handler of an event.
fn is_serverless(file: &File<'_, '_>) -> bool {
    let handler = file.unit.functions.iter().any(|function| {
        let named = matches!(function.name, "handler" | "lambda_handler" | "handleRequest");
        let takes = |name: &str| function.params.iter().any(|param| param.name == name);
        named && takes("event") && takes("context")
    });
    let started = |import: &crate::parse::unit::Import<'_>| {
        import.path.contains("aws-lambda") || import.path.contains("lambda_runtime")
    };
    handler || file.unit.imports.iter().any(started)
}

/// Names of constructors; in the languages where it has the name of its class, that.
const CONSTRUCTORS: &[&str] = &["__init__", "constructor"];

/// Constructors, and methods that they call on their object.
fn constructors(file: &File<'_, '_>) -> Vec<FunctionId> {
    let unit = file.unit;
    let mut found = Vec::new();
    for class in &unit.classes {
        let made = class.methods.iter().copied().find(|id| {
            let name = unit.function(*id).name;
            CONSTRUCTORS.contains(&name) || (name == class.name && !name.is_empty())
        });
        let Some(made) = made else { continue };
        found.push(made);
        for call in unit.calls_under(&unit.function(made).body) {
            let ExprKind::Call { callee, .. } = unit.expr(call) else { continue };
            let ExprKind::Member { of, name } = unit.expr(*callee) else { continue };
            let own = matches!(unit.expr(*of), ExprKind::Name(of) if Some(*of) == unit.function(made).receiver);
            let method = class.methods.iter().find(|id| unit.function(**id).name == *name);
            found.extend(method.filter(|_| own));
        }
    }
    found
}
