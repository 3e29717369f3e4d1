//! Exporters: what they speak, and where they send to.

use super::Setup;
use crate::facts::code::file::Call;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{CallForm, ExprId, ExprKind};
use crate::source::Span;

/// What sends telemetry.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Exporter {
    /// `console`, `memory`, `jaeger`, `zipkin`, `pull`, `environment`; `otlp`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub kind: &'static str,
    /// `grpc`, `http/protobuf`, `http/json`; `default` where nothing but the environment can say
    /// another than the library's, `given` where the call does not say.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub protocol: &'static str,
    /// The signal.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub signal: &'static str,
    /// Where it sends to, where that is a text in the code.
    pub endpoint: Option<Scalar>,
    /// Where it is told not to encrypt.
    pub insecure: Option<Span>,
    /// The address is taken as it is: no path is added.
    pub verbatim: bool,
    /// It is asked by others, and serves them by itself.
    pub serves: bool,
}

impl Setup<'_, '_, '_> {
    pub(super) fn exporter(&self, call: &Call, api: &'static Api) -> Option<Exporter> {
        let mut signal = api.get("signal").unwrap_or("given");
        let mut protocol = api.get("protocol").unwrap_or("given");
        // A setter belongs to the exporter that its chain began with.
        if protocol == "chain" {
            let row = self.chain(call.id).into_iter().skip(1).find_map(|id| self.speaks(id))?;
            protocol = row.get("protocol")?;
            signal = row.get("signal").unwrap_or(signal);
        }
        if api.get("speaks").is_some() && self.is_told_plainly(call) {
            protocol = "default";
        }
        // An option of its own says it: `o => o.Protocol = OtlpExportProtocol.Grpc`.
        if let Some(said) = api.get("speaks").and_then(|field| self.file.assigned(call.id, field)) {
            protocol = match self.file.unit.expr(self.plain(said)) {
                ExprKind::Member { name, .. } | ExprKind::Name(name) => match *name {
                    "Grpc" => "grpc",
                    "HttpProtobuf" => "http/protobuf",
                    _ => "given",
                },
                _ => "given",
            };
        }
        let endpoint = self.option(call, api, "endpoint");
        let endpoint = endpoint.or_else(|| self.file.assigned(call.id, api.get("endpoint")?));
        let endpoint = endpoint.and_then(|endpoint| self.address(endpoint));
        let insecure = match api.get("insecure") {
            Some("always") => Some(self.file.callee_span(call.id)),
            Some(_) => self
                .option(call, api, "insecure")
                .filter(|it| matches!(self.file.unit.expr(self.plain(*it)), ExprKind::Bool(true)))
                .map(|it| self.file.expr_span(it)),
            None => None,
        };
        Some(Exporter {
            kind: api.get("kind").unwrap_or("otlp"),
            protocol,
            signal,
            endpoint,
            insecure,
            verbatim: api.get("path") == Some("verbatim"),
            serves: api.get("serves").is_some()
                || self.registers_elsewhere(call)
                || self.shares_registry(call),
        })
    }

    /// Whether what an exporter is told are settings alone, written in a function that is given.
    fn is_told_plainly(&self, call: &Call) -> bool {
        let unit = self.file.unit;
        let [only] = unit.args(call.id) else { return false };
        let ExprKind::Lambda(function) = unit.expr(only.value) else { return false };
        // A call may tell it anything: `configuration.Bind(options)`.
        unit.function(*function).params.len() == 1
            && unit
                .calls_under(&unit.function(*function).body)
                .into_iter()
                .all(|call| matches!(unit.expr(call), ExprKind::Call { form: CallForm::New, .. }))
    }

    /// Whether an exporter is given the registry of a package, which that may serve:
    /// `prometheus.New(prometheus.WithRegisterer(metrics.Registry))`.
    fn registers_elsewhere(&self, call: &Call) -> bool {
        let unit = self.file.unit;
        let given = unit.args(call.id).iter().filter_map(|arg| self.file.call(arg.value));
        let registers = |it: &&Call| it.path.ends_with("prometheus.WithRegisterer");
        let mut registries = given.filter(registers).filter_map(|it| unit.args(it.id).first());
        registries.any(|arg| {
            let path = self.file.names.path(self.plain(arg.value)).unwrap_or_default();
            path.contains('/') && !path.starts_with("github.com/prometheus/client_golang")
        })
    }

    /// Rust: whether the registry that an exporter is given is handed on, to what may serve it:
    /// `run_server(settings, registry)`.
    fn shares_registry(&self, call: &Call) -> bool {
        let unit = self.file.unit;
        let function = unit.function_of(call.id);
        if unit.language != Language::Rust || !call.path.starts_with("opentelemetry_prometheus") {
            return false;
        }
        let here = || self.file.calls.iter().filter(|it| unit.function_of(it.id) == function);
        // `registry`, `registry.clone()`, `&registry`
        let handed = |id: ExprId| {
            let text = unit.slice(&unit.place(id));
            text.trim_start_matches('&').trim_end_matches(".clone()").to_owned()
        };
        let takes = |it: &Call| it.name() == "with_registry";
        let given = here().filter(|it| takes(it));
        let names: Vec<String> =
            given.flat_map(|it| unit.args(it.id)).map(|arg| handed(arg.value)).collect();
        here().filter(|it| !takes(it)).any(|it| {
            let mut args = unit.args(it.id).iter();
            args.any(|arg| names.contains(&handed(arg.value)))
        })
    }

    /// The row of an exporter that says what it speaks.
    fn speaks(&self, id: ExprId) -> Option<&'static Api> {
        self.rows(id).into_iter().find(|api| {
            api.role == Role::Exporter
                && !matches!(api.get("protocol"), None | Some("chain" | "given"))
        })
    }

    /// The text of an address, also where an object is made of it: `new Uri("…")`.
    fn address(&self, id: ExprId) -> Option<Scalar> {
        let id = self.plain(id);
        if let ExprKind::Call { args, form: CallForm::New, .. } = self.file.unit.expr(id)
            && let [only] = args.as_slice()
        {
            return self.file.scalar(only.value);
        }
        self.file.scalar(id)
    }
}
