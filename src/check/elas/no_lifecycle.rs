//! Logs that nothing takes away. Rule: rules/elas/no-lifecycle.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::beat::BeatOutput;
use crate::facts::elastic::template::{Form, IndexTemplate};
use crate::facts::logstash::Plugin;
use crate::facts::shipper::Section;
use crate::lang::path::last;
use crate::repo::Repo;
use crate::repo::logfamilies::{Lifecycle, is_log_name};
use crate::repo::produced::{self, Writes};

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let family = matches!(template.form, Form::Legacy | Form::Composable)
        && !template.patterns.is_empty()
        && case.repo.is_ours(template.document)
        && case.repo.holds_logs(template);
    if !family {
        return case.skip();
    }
    if has_unread_policy(case.repo, template.document) {
        return;
    }
    if is_put_away(case.repo, template.document) {
        return case.skip();
    }
    if let Lifecycle::Nothing = case.repo.lifecycle_of(template) {
        let pattern = template.patterns.first().map(|it| it.text.clone()).unwrap_or_default();
        let owed = is_owed(case.repo, template.document);
        let place = template.patterns_key.unwrap_or(template.anchor);
        let flag = case.flag(place).with("pattern", pattern);
        if !owed {
            flag.at_most(Severity::Warning);
        }
    }
}

/// Whether a policy is owed: who takes what is here may have one, and who works on it may need none.
fn is_owed(repo: &Repo, document: DocumentId) -> bool {
    repo.is_configured() || !repo.is_for_others() && repo.stands(document)
}

/// Whether Terraform, which makes the template, makes policies too, whose text may be a file of its own.
fn has_unread_policy(repo: &Repo, template: DocumentId) -> bool {
    const POLICIES: &[&str] = &["_ism_policy\"", "_index_lifecycle\"", "_index_lifecycle_policy\""];
    let terraform = |id: DocumentId| repo.source(id.source).path.ends_with(".tf");
    let makes = |line: &str| {
        line.trim_start().starts_with("resource ") && POLICIES.iter().any(|it| line.contains(it))
    };
    terraform(template)
        && repo.facts.documents.iter().any(|document| {
            terraform(document.id) && repo.source(document.id.source).text().lines().any(makes)
        })
}

/// Whether the template is a file that Terraform would fill in, and only comments still name it.
fn is_put_away(repo: &Repo, template: DocumentId) -> bool {
    let path = &repo.source(template.source).path;
    if ![".tpl", ".tftpl", ".tmpl"].iter().any(|ending| path.ends_with(ending)) {
        return false;
    }
    let texts = repo.facts.documents.iter().map(|it| repo.source(it.id.source));
    let texts = texts.filter(|source| source.path.ends_with(".tf"));
    let mut lines = texts.flat_map(|source| source.text().lines());
    let mut named = lines.by_ref().filter(|line| line.contains(last(path)));
    let comment = |line: &str| line.trim_start().starts_with(['#', '/']);
    named.next().is_some_and(comment) && named.all(comment)
}

/// Indices that an output of Logstash names.
pub(super) fn check_logstash(plugin: &Plugin, case: &mut Case<'_>) {
    check_written(produced::of_logstash(plugin), case);
}

/// Indices that an output of a Beat names.
pub(super) fn check_beat(output: &BeatOutput, case: &mut Case<'_>) {
    check_written(produced::of_beat(case.repo, output), case);
}

/// Indices that an output of another shipper names.
pub(super) fn check_shipper(section: &Section, case: &mut Case<'_>) {
    check_written(produced::of_shipper(case.repo, section), case);
}

fn check_written(writes: Writes, case: &mut Case<'_>) {
    let Writes::These(all) = writes else { return case.skip() };
    let repo = case.repo;
    for one in all {
        // What runs the store may well delete what is in it.
        let here = repo
            .engine_clusters()
            .iter()
            .any(|cluster| repo.run_together(cluster.document, one.document));
        if !here || !repo.is_ours(one.document) || !is_log_name(&one.pattern) {
            case.skip();
        } else if let Lifecycle::Nothing = repo.lifecycle_of_written(&one) {
            let owed = is_owed(repo, one.document);
            let flag = case.flag(one.span).with("pattern", one.pattern);
            if !owed {
                flag.at_most(Severity::Warning);
            }
        }
    }
}
