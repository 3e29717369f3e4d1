//! Metrics that nothing here declares. Rule: rules/xref/metric-unknown.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::prometheus::ScrapeJob;
use crate::finding::Edit;
use crate::lang::{distance, placeholder};
use crate::metrics;
use crate::repo::Repo;
use crate::repo::exporters::Reads;
use crate::repo::images::known_as;
use crate::repo::queries::Query;
use crate::repo::scrape::is_infrastructure;
use crate::source::Origin;

/// A repository that declares fewer metrics than this is not where its metrics come from.
const DECLARED: usize = 5;

/// Who else may bring a metric.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Programs of the repository and well-known exporters only.
    Nobody,
    /// Known programs of others, whose metrics nobody lists.
    ThirdParty,
    /// An exporter that nobody here knows.
    Exporter,
}

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    // Panels are often taken over from elsewhere as they are.
    if query.panel().is_some() {
        return case.skip();
    }
    unknown(query, case, DECLARED, None);
}

/// Flags names that nothing here provides, where so many are declared that all should be; of one
/// severity only, if that is given.
pub(in crate::check) fn unknown<'a>(
    query: &'a Query<'a>,
    case: &mut Case<'a>,
    declared: usize,
    only: Option<Severity>,
) {
    let repo = case.repo;
    let vendored = repo.origin(query.scalar.span.source) == Origin::Vendored;
    if vendored || !query.is_sound() {
        return case.skip();
    }
    let declares = repo.definitions().len() >= declared && !repo.has_unread_code();
    if !declares || repo.has_unnamed_metrics() || !repo.holds_all(World::Metrics) {
        return;
    }
    let others = repo.own_jobs().map(|job| brings(repo, job)).max_by_key(|others| *others as u8);
    let severity = match others.unwrap_or(Others::Nobody) {
        Others::Nobody => Severity::Warning,
        Others::ThirdParty => Severity::Info,
        Others::Exporter => return,
    };
    if only.is_some_and(|only| only != severity) {
        return;
    }
    for (_, selector) in query.ast().selectors() {
        let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent()) else {
            continue;
        };
        let known = case.model.metric(name).is_known() || metrics::prefixed(name).next().is_some();
        let elsewhere = repo.is_external_metric(name);
        if known || elsewhere || name.contains(':') || placeholder::is_in(name) {
            continue;
        }
        let declared = repo.definitions().keys().map(String::as_str);
        let near = distance::nearest(name, declared.filter(|known| known.len() > 5), 2);
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let at = near.and_then(|near| repo.definitions_of(near).next());
        let span = case.place(query, extent);
        let mut flag = case.flag(span).severity(severity).with("metric", name).with("hint", hint);
        if let Some(at) = at {
            flag = flag.related(at.name.span, "this is declared");
        }
        if let Some(near) = near {
            let edit = Edit { span, text: near.to_owned() };
            flag.fix(false, format!("write `{near}`"), vec![edit]);
        }
    }
}

/// What a job may bring that is neither declared here nor in the catalogue.
fn brings(repo: &Repo, job: &ScrapeJob) -> Others {
    if metrics::exporters().iter().any(|exporter| repo.reads(job, exporter) == Reads::Yes) {
        return Others::Nobody;
    }
    let name = job.label().to_ascii_lowercase();
    let is_exporter = |text: &str| text.to_ascii_lowercase().contains("exporter");
    let mut hosts = job.addresses().into_iter().map(|address| address.text.split(':').next());
    // An address in numbers shows no name.
    let numbered = |host: &str| {
        !host.starts_with("127.") && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    match is_exporter(&name)
        || hosts.any(|host| host.is_some_and(|it| is_exporter(it) || numbered(it)))
    {
        true => Others::Exporter,
        false if is_infrastructure(job) || known_as(&name).is_some() => Others::ThirdParty,
        false => Others::Nobody,
    }
}
