//! One file's text to its facts: identify, parse, and read every document in it.

mod broken;
mod exported;
mod language;
mod objects;
mod packaging;
mod pipeline;
mod requests;
mod single;
mod terraform_file;

pub use single::{chart_dependencies, read_as};

use super::embedded::{self, Inner, Part};
use super::shipper;
use super::skip::{Skip, SkipReason};
use super::telemetry::environment::lines;
use super::{
    Dialect, Document, DocumentId, FileFacts, ObjectName, alertmanager, annotation, beat, ci, code,
    collector, counted, dashboard, deploy, dialect, elastic, grafana, jaeger, kibana, logging,
    logstash, loki, markdown, mentions, mimir, monitor, oncall, owners, package, permissions,
    prometheus, query, rules, schema, slo, strategy, telemetry, terraform,
};
use crate::identify::{self, Kind, Reading};
use crate::lang::path::last;
use crate::parse::embed::{Host, Placed};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{IssueKind, NodeRef, Root, Tree};
use crate::parse::{depth, mask, yaml};
use crate::source::{Source, SourceId, Span};
use std::ops::Range;

/// Deepest nesting of documents in documents.
const MAX_EMBEDDING: usize = 6;

/// Reads all facts of one file.
pub fn read(id: SourceId, source: &Source) -> FileFacts {
    let mut reader = Reader::new(id, source);
    let start = source.content_start();
    let text = &source.text()[start..];
    let map = OffsetMap::slice(id, start);
    let origin = Origin { kind: identify::by_file(&source.path, text), ..Origin::default() };
    match identify::reading(&source.path, text) {
        Reading::Structured => {
            reader.stream(text, &map, &[], &origin);
            let faulty = |document: &Document| {
                document.text_issues.iter().any(|issue| issue.kind == IssueKind::Syntax)
            };
            // Source code that looked like keys for a few lines.
            if let Some(kind) = identify::named(&source.path)
                && reader.facts.documents.iter().all(faulty)
            {
                reader.facts = FileFacts::default();
                reader.whole(kind, text, &map, &origin);
            }
        }
        Reading::Whole(kind) if kind.is_code() => {
            let id = reader.whole(kind, text, &map, &origin);
            let path = &source.path;
            let code = code::CodeText { path, kind, text, base: start, document: id };
            code::read(code, &mut reader.facts);
        }
        Reading::Whole(Kind::Markdown) => {
            let id = reader.whole(Kind::Markdown, text, &map, &origin);
            markdown::read(text, start, id, &mut reader.facts);
        }
        Reading::Whole(Kind::Manifest) => reader.manifest(text, &map, &origin),
        Reading::Whole(Kind::Terraform) => reader.terraform(text, &map, &origin),
        Reading::Whole(Kind::LogstashPipeline) => reader.pipeline(text, &map, &[], &origin),
        Reading::Whole(_) if identify::is_nomad(&source.path) => reader.nomad(text, &map, &origin),
        Reading::Whole(kind) => reader.language(kind, text, &map, &[], &origin),
        Reading::Nothing if is_data(&source.path) && depth::is_excessive(text) => {
            let span = first_line(text, &map).at_start();
            let skip = Skip { span, reason: SkipReason::TooDeep, kind: None };
            reader.facts.skips.push(skip);
        }
        Reading::Nothing => {}
    }
    if reader.facts.documents.is_empty() && lines::may_hold(&source.path, text) {
        let span = map.span(0, text.trim_end().len());
        reader.push(Kind::EnvFile, span, first_line(text, &map), &origin, 0);
    }
    lines::read(text, &map, &mut reader.facts);
    elastic::node::known_credentials(&mut reader.facts);
    counted::read(&source.path, text, &mut reader.facts);
    logstash::installs::read(&source.path, text, &mut reader.facts);
    if reader.is_marked {
        let embedded: Vec<&Tree> = reader.embedded.iter().collect();
        annotation::read::read(id, source, &embedded, &mut reader.facts);
    }
    mentions::read(source.text(), &mut reader.facts);
    reader.facts
}

/// Whether a file's ending says that it is YAML or JSON.
fn is_data(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "yaml" | "yml" | "json"))
}

fn first_line(text: &str, map: &OffsetMap) -> Span {
    let blank = text.len() - text.trim_start().len();
    let line = text[blank..].lines().next().unwrap_or_default();
    map.span(blank, blank + line.trim_end().len())
}

/// What a document is embedded in.
#[derive(Clone, Debug, Default)]
struct Origin {
    host: Option<DocumentId>,
    object: Option<ObjectName>,
    masked: bool,
    /// All that was masked are single values: nothing else is missing.
    whole: bool,
    stream_index: u32,
    depth: usize,
    kind: Option<Kind>,
    /// Written in the host's own language, as in `jsonencode({ … })`.
    encoded: bool,
    /// The kind is certain, whatever the content looks like.
    stated: bool,
}

/// A parsed text: what is needed to follow a scalar back into it.
struct Parsed<'a> {
    text: &'a str,
    map: &'a OffsetMap,
    unknown: &'a [Range<usize>],
    tree: &'a Tree,
    masked: bool,
    /// What was masked are single values: the lines are those of any output.
    filled_in: bool,
}

struct Reader<'s> {
    source: SourceId,
    /// Of the file.
    path: &'s str,
    /// Of the file, unmasked.
    raw: &'s str,
    facts: FileFacts,
    /// Trees of embedded texts, kept where their comments may say something.
    embedded: Vec<Tree>,
    /// It may hold annotations or allows.
    is_marked: bool,
}

impl<'s> Reader<'s> {
    fn new(id: SourceId, source: &'s Source) -> Reader<'s> {
        let is_marked = annotation::read::has_marks(source.text());
        let (path, raw) = (source.path.as_str(), source.text());
        let (facts, embedded) = (FileFacts::default(), Vec::new());
        Reader { source: id, path, raw, facts, embedded, is_marked }
    }

    /// Whether all that is masked in what stands at a place are single values.
    fn is_whole(&self, span: Span) -> bool {
        let raw = self.raw.get(span.start as usize..span.end as usize);
        raw.is_some_and(mask::keeps_structure)
    }

    /// Reads all documents of a text.
    fn stream(&mut self, text: &str, map: &OffsetMap, unknown: &[Range<usize>], origin: &Origin) {
        let squared = mask::squared(text);
        let text = squared.as_deref().unwrap_or(text);
        let tree = yaml::parse(&yaml::Input { text, map, masked: unknown });
        let broken = tree.roots.iter().any(|root| root.broken);
        if broken && let Some(filled) = mask::fill(self.path, text, map) {
            let origin = Origin { masked: true, ..origin.clone() };
            return self.stream(&filled.text, &filled.map, &filled.unknown, &origin);
        }
        let template = squared.is_some()
            || mask::is_template(text)
            || (broken && mask::has_actions(text) && mask::may_be_template(text));
        let whole = (template || origin.masked)
            && mask::keeps_structure(text)
            && self.is_whole(map.span(0, text.len()));
        let origin = &Origin { whole, ..origin.clone() };
        if template {
            let mut masked = match mask::shares_item(text) {
                true => mask::mask_first_branches(text, map),
                false => mask::mask(text, map),
            };
            let mut tree = masked.parse();
            if tree.roots.iter().any(|root| root.broken) {
                let first = mask::mask_first_branches(text, map);
                let again = first.parse();
                let faults = |tree: &Tree| tree.roots.iter().filter(|root| root.broken).count();
                if faults(&again) < faults(&tree) {
                    (masked, tree) = (first, again);
                }
            }
            let parsed = Parsed {
                text: &masked.text,
                map: &masked.map,
                unknown: &masked.unknown,
                tree: &tree,
                masked: true,
                filled_in: mask::only_fills_in(text),
            };
            self.documents(&parsed, origin);
            self.keep(tree, origin);
        } else {
            let masked = origin.masked;
            let parsed = Parsed { text, map, unknown, tree: &tree, masked, filled_in: false };
            self.documents(&parsed, origin);
            self.keep(tree, origin);
        }
    }

    fn keep(&mut self, tree: Tree, origin: &Origin) {
        if self.is_marked && origin.host.is_some() {
            self.embedded.push(tree);
        }
    }

    fn documents(&mut self, parsed: &Parsed<'_>, origin: &Origin) {
        let before = (self.facts.documents.len(), self.facts.skips.len());
        self.each_document(parsed, origin);
        let found = (self.facts.documents.len(), self.facts.skips.len()) != before;
        if let Some(tear) = parsed.tree.roots.iter().position(|root| root.broken) {
            let before = found.then_some(before.0);
            self.torn(parsed, tear, before, origin);
        }
    }

    fn each_document(&mut self, parsed: &Parsed<'_>, origin: &Origin) {
        for (index, root) in parsed.tree.roots.iter().enumerate() {
            let mut origin = origin.clone();
            origin.stream_index = u32::try_from(index).unwrap_or(u32::MAX);
            origin.masked |= parsed.masked;
            match root.node.map(|node| parsed.tree.node(node)).filter(|it| it.scalar().is_none()) {
                Some(node) => self.root(parsed, root, node, &origin),
                None => self.unread(parsed, index, &origin),
            }
        }
    }

    fn root(&mut self, parsed: &Parsed<'_>, root: &Root, node: NodeRef<'_>, origin: &Origin) {
        let found = if origin.stated { None } else { identify::classify(node) };
        let kind = found.or(origin.kind);
        if let Some(items) = embedded::list_items(node, kind) {
            for item in items.items().filter(|item| !item.is_alias()) {
                self.node(parsed, item, None, origin);
            }
            return;
        }
        let Some(kind) = kind else { return };
        let id = self.node(parsed, node, Some(kind), origin);
        if let Some(document) = id.and_then(|id| self.facts.documents.get_mut(id.index as usize)) {
            document.text_issues.extend(root.issues.iter().cloned());
        }
    }

    /// Reads a node that is a document, and the documents inside it.
    fn node(
        &mut self,
        parsed: &Parsed<'_>,
        node: NodeRef<'_>,
        kind: Option<Kind>,
        origin: &Origin,
    ) -> Option<DocumentId> {
        let kind = kind.or_else(|| identify::classify(node))?;
        let anchor = embedded::anchor(kind, node);
        let id = self.push(kind, node.span(), anchor, origin, origin.stream_index);
        let found = dialect::of(kind, node);
        let document = &mut self.facts.documents[id.index as usize];
        if document.object.is_none() || origin.host.is_none() {
            document.object = embedded::object_name(node);
        }
        document.dialect = found;
        // Its expressions may be LogsQL, which is as foreign as LogQL; its fields are vmalert's.
        if kind == Kind::PrometheusRules
            && document.object.as_ref().is_some_and(|object| object.kind == "VMRule")
        {
            document.dialect = Some(Dialect::VictoriaMetrics);
        }
        if found == Some(Dialect::Loki) {
            let span = node.span();
            self.facts.skips.push(Skip { span, reason: SkipReason::Dialect, kind: Some(kind) });
        }
        let host = Host { text: parsed.text, map: parsed.map, unknown: parsed.unknown };
        extract(node, id, host, &mut self.facts);
        if kind == Kind::GrafanaDashboard && !parsed.masked && !origin.encoded {
            self.strict(parsed, node, id);
        }
        if origin.depth < MAX_EMBEDDING {
            for part in embedded::parts(kind, node, host) {
                self.part(parsed, part, id, origin);
            }
        }
        Some(id)
    }

    fn part(&mut self, parsed: &Parsed<'_>, part: Part<'_>, host: DocumentId, origin: &Origin) {
        let document = &self.facts.documents[host.index as usize];
        let key = part.key.and_then(|key| key.scalar()).map(str::to_owned);
        let mut object = document.object.clone().unwrap_or_default();
        object.data_key = key.clone().or(object.data_key);
        let origin = Origin {
            host: Some(host),
            object: Some(object),
            masked: document.masked || origin.masked,
            whole: false,
            stream_index: 0,
            depth: origin.depth + 1,
            kind: part.kind,
            encoded: document.kind == Kind::Terraform && matches!(part.inner, Inner::Node(_)),
            stated: false,
        };
        match part.inner {
            Inner::Node(node) => {
                let whole = origin.masked && self.is_whole(node.span());
                self.node(parsed, node, part.kind, &Origin { whole, ..origin });
            }
            Inner::Text(placed) => self.text(&placed, key.as_deref().unwrap_or_default(), &origin),
        }
    }

    fn text(&mut self, placed: &Placed, name: &str, origin: &Origin) {
        if origin.kind == Some(Kind::LogstashPipeline) {
            return self.pipeline(&placed.text, &placed.map, &placed.unknown, origin);
        }
        match identify::reading(name, &placed.text) {
            Reading::Structured => {
                let before = self.facts.documents.len();
                self.stream(&placed.text, &placed.map, &placed.unknown, origin);
                if self.facts.documents.len() == before {
                    self.script(placed, origin);
                }
            }
            Reading::Nothing if origin.kind.is_some() => {
                self.stream(&placed.text, &placed.map, &placed.unknown, origin);
            }
            // Scripts and pages inside objects are theirs.
            Reading::Whole(Kind::Text | Kind::Markdown | Kind::Dockerfile | Kind::EnvFile)
            | Reading::Nothing => self.script(placed, origin),
            Reading::Whole(Kind::LogstashPipeline) => {
                self.pipeline(&placed.text, &placed.map, &placed.unknown, origin);
            }
            Reading::Whole(kind) => {
                self.language(kind, &placed.text, &placed.map, &placed.unknown, origin);
            }
        }
    }

    fn whole(&mut self, kind: Kind, text: &str, map: &OffsetMap, origin: &Origin) -> DocumentId {
        let span = map.span(0, text.trim_end().len());
        let document = self.push(kind, span, first_line(text, map), origin, origin.stream_index);
        ci::read_text(kind, text, map, document, &mut self.facts);
        telemetry::mention(kind, text, document, &mut self.facts);
        match kind {
            Kind::Dockerfile => {
                deploy::read_dockerfile(text, map, document, &mut self.facts);
                jaeger::read_bases(document, &mut self.facts);
            }
            Kind::Text => {
                permissions::read_script(text, map, document, &mut self.facts);
                deploy::read_supervised(text, map, document, &mut self.facts);
                deploy::read_agents(text, map, document, &mut self.facts);
            }
            Kind::CodeOwners => owners::read_owners(text, map, document, &mut self.facts),
            Kind::EnvFile => deploy::read_dotenv(text, map, document, &mut self.facts),
            Kind::LoggingConfig => logging::read_text(text, map, document, &mut self.facts),
            _ => {}
        }
        if kind == Kind::AlertmanagerTemplate {
            let key = origin.object.as_ref().and_then(|object| object.data_key.as_deref());
            self.facts.template_files.push(alertmanager::TemplateFile {
                document,
                path: origin.host.is_none().then(|| self.path.to_owned()),
                name: last(key.unwrap_or(self.path)).to_owned(),
                text: text.to_owned(),
                map: map.clone(),
            });
        }
        slo::evaluator::read(text, map, document, &mut self.facts);
        if kind == Kind::KibanaObjects {
            self.objects(text, map, document);
        }
        self.requests(kind, text, map, document, origin);
        document
    }

    fn push(
        &mut self,
        kind: Kind,
        span: Span,
        anchor: Span,
        origin: &Origin,
        stream_index: u32,
    ) -> DocumentId {
        let index = u32::try_from(self.facts.documents.len()).unwrap_or(u32::MAX);
        let id = DocumentId { source: self.source, index };
        // Of these every key counts, and a value that nobody knows is no reason to be silent.
        let whole = origin.whole
            && matches!(
                kind,
                Kind::OtelCollector | Kind::JaegerConfig | Kind::BeatConfig | Kind::FluentBitConfig
            );
        self.facts.documents.push(Document {
            id,
            kind,
            span,
            anchor,
            host: origin.host,
            object: origin.object.clone(),
            broken: false,
            dialect: None,
            masked: origin.masked && !whole,
            stream_index,
            text_issues: Vec::new(),
            schema_issues: Vec::new(),
        });
        id
    }
}

/// Reads the facts of a document by its kind.
fn extract(node: NodeRef<'_>, id: DocumentId, host: Host<'_>, facts: &mut FileFacts) {
    let document = &facts.documents[id.index as usize];
    let masked = document.masked;
    schema::compare(node, id, facts);
    let containers = facts.containers.len();
    let document = &facts.documents[id.index as usize];
    match document.kind {
        Kind::PrometheusRules => rules::read_groups(node, id, masked, facts),
        Kind::AlertmanagerConfig => alertmanager::read::read_config(node, id, masked, facts),
        Kind::GrafanaDashboard => {
            dashboard::read(node, id, facts);
            query::read_panels(node, id, facts);
        }
        Kind::KibanaConfig => kibana::read(node, id, facts),
        Kind::KibanaObjects => query::read_objects(node, host, id, facts),
        Kind::LogQuery => query::read(node, id, facts),
        Kind::BeatConfig => beat::read(node, id, facts),
        Kind::GrafanaProvisioning => {
            dashboard::read_provisioning(node, id, facts);
            grafana::read(node, id, masked, facts);
        }
        Kind::CiPipeline => ci::read(node, id, facts),
        Kind::PrometheusRuleTest => rules::read_test(node, id, facts),
        Kind::PrometheusConfig => prometheus::read::read_config(node, id, masked, false, facts),
        Kind::PrometheusFragment => prometheus::read::read_config(node, id, masked, true, facts),
        Kind::PrometheusTargets => prometheus::read::read_targets(node, id, facts),
        Kind::PrometheusOperator => {
            deploy::read_object(node, id, facts);
            prometheus::read::read_object(node, id, masked, facts);
            let object = facts.documents[id.index as usize].object.as_ref();
            let kind = object.map(|object| object.kind.as_str());
            if let (Some("AlertmanagerConfig"), Some(spec)) = (kind, node.get("spec")) {
                alertmanager::read::read_object(spec, id, masked, facts);
            }
        }
        Kind::Kubernetes => objects::read(node, id, facts),
        Kind::Compose => deploy::read_compose(node, id, facts),
        Kind::LoggingConfig => logging::read(node, id, facts),
        Kind::Slo => slo::read(node, id, masked, facts),
        Kind::Strategy => strategy::read(node, id, masked, facts),
        kind if collector::reads(kind) => collector::read(node, id, facts),
        Kind::Terraform => terraform::read(node, id, facts),
        Kind::CloudFormation => {
            monitor::read_template(node, id, facts);
            super::bucket::read_template(node, id, facts);
        }
        Kind::OnCall => oncall::read(node, id, masked, facts),
        Kind::LogstashConfig => logstash::node::read_node(node, id, facts),
        Kind::LogstashPipelines => logstash::node::read_entries(node, id, facts),
        Kind::HelmChart => {
            package::read(node, id, facts);
            deploy::read_chart(node, id, facts);
        }
        Kind::HelmValues => {
            deploy::read_values(node, id, facts);
            package::read_values(node, id, facts);
            elastic::object::read_values(node, id, facts);
            loki::read_values(node, id, facts);
            kibana::read_values(node, id, facts);
        }
        Kind::LokiConfig => loki::read(node, id, masked, facts),
        Kind::MimirConfig => mimir::read(node, id, masked, facts),
        Kind::ElasticsearchConfig
        | Kind::OpensearchConfig
        | Kind::IndexTemplate
        | Kind::EngineRole
        | Kind::CuratorActions
        | Kind::LifecyclePolicy => elastic::read(node, id, masked, facts),
        Kind::FluentBitConfig => shipper::read_yaml(node, id, masked, facts),
        Kind::VectorConfig => shipper::read_vector(node, id, masked, facts),
        Kind::PromtailConfig => shipper::read_promtail(node, id, masked, facts),
        _ => {}
    }
    kibana::read_containers(containers, facts);
    permissions::read_containers(containers, facts);
    telemetry::read(node, id, facts);
}
