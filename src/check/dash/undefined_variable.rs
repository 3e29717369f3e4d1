//! Variables that a dashboard does not define. Rule: rules/dash/undefined-variable.yaml

use crate::check::Case;
use crate::facts::dashboard::Panel;
use crate::facts::scalar::Scalar;
use crate::lang::grafana;
use crate::repo::Repo;

/// What becomes of a query, and of a panel; `_` stands for the variable.
const QUERY: &str = "the query is sent with the text `$_` in it, and returns nothing";
const SOURCE: &str = "Grafana finds no data source called `$_`, and the panel stays empty";

/// The data source of panels whose targets have their own.
const MIXED: &str = "-- Mixed --";

pub(super) fn check(panel: &Panel, case: &mut Case<'_>) {
    let Some(board) = case.repo.dashboard(panel.document).filter(|board| !board.open) else {
        return case.skip();
    };
    // A library panel brings no variables, and its dashboard may not be here.
    if panel.library {
        return case.skip();
    }
    if is_completed(case.repo, &case.repo.source(panel.document.source).path) {
        return;
    }
    let variables = case.repo.variables(panel.document);
    let defined = |name: &str| {
        grafana::is_built_in(name)
            || variables.iter().any(|variable| variable.name.text == name)
            || board.inputs.iter().any(|input| input == name)
            || case.repo.gives_input(&case.repo.source(panel.document.source).path, name)
    };
    let queries = panel.targets.iter().filter_map(|target| target.expr.as_ref());
    // Grafana gives every target the data source of its panel, unless that mixes several.
    let mixed =
        panel.datasource.as_ref().map_or(!panel.default_source, |source| source.text == MIXED);
    let sources = panel.targets.iter().filter_map(|target| target.datasource.as_ref());
    let sources = sources.filter(|_| mixed);
    let queries = queries.map(|expr| (&expr.scalar, QUERY));
    let sources = sources.chain(&panel.datasource).map(|source| (source, SOURCE));
    let fields: Vec<(&Scalar, &str)> =
        queries.chain(sources).filter(|(scalar, _)| scalar.known).collect();
    for (scalar, effect) in fields {
        for variable in grafana::variables(&scalar.text) {
            // `$5k` is money, and no name that Grafana's editor takes.
            let named = !variable.name.starts_with(|first: char| first.is_ascii_digit());
            if named && !defined(variable.name) && !is_captured(&scalar.text, variable.name) {
                let span = case.repo.place(scalar, variable.range.clone());
                let effect = effect.replace('_', variable.name);
                case.flag(span).with("name", variable.name).with("effect", effect);
            }
        }
    }
}

/// Whether something adds variables before Grafana sees a dashboard: what fills a template in, a
/// program of Jsonnet beside it that may take it over, or
/// the library that a charm of Juju hands its dashboards to.
fn is_completed(repo: &Repo, path: &str) -> bool {
    const TEMPLATES: &[&str] = &["tmpl", "tpl", "gotmpl", "j2", "jinja", "jinja2", "erb"];
    let template = path.rsplit_once('.').is_some_and(|(_, end)| TEMPLATES.contains(&end));
    let mut folder = path;
    template
        || repo.path_index().has_beside(repo, path, &["jsonnet", "libsonnet"])
        || std::iter::from_fn(|| {
            let (above, _) = folder.rsplit_once('/')?;
            folder = above;
            Some(format!("{above}/charmcraft.yaml"))
        })
        .chain(["charmcraft.yaml".to_owned()])
        .any(|file| repo.has_path(&file))
}

/// Whether a regular expression of the same text captures a group of this name.
fn is_captured(text: &str, name: &str) -> bool {
    text.contains(&format!("<{name}>"))
}
