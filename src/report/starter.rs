//! A first `obsproof.toml`, fitted to what was found, and what the repository has and lacks.

use super::{Report, visible};
use crate::config;
use crate::repo::services::{Service, ServiceKind};
use crate::standard::{self, Kind};
use crate::verdict::{Role, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Most services that the file lists.
const MOST: usize = 40;

/// The text of the file: as written it changes nothing, each line is there to be uncommented.
pub fn config(report: &Report, expires: &str) -> String {
    let mut out = String::from(
        "# What obsproof is told about this repository. As written it changes nothing: uncomment what is true.\n\
         # `obsproof config` shows every key, its value and where it comes from.\n",
    );
    role(report, expires, &mut out);
    equivalents(report, expires, &mut out);
    services(report, &mut out);
    labels(report, &mut out);
    profiles(report, &mut out);
    out.push_str(
        "\n# What makes `obsproof check` fail: error, warning, info or never.\n\
         # fail-on = \"error\"\n\
         \n# Rules whose findings are not shown; the verdicts of `obsproof report` stay as they are.\n\
         # ignore = []\n\
         \n# Folders that are not read.\n\
         # exclude = []\n",
    );
    out
}

fn signed(expires: &str) -> String {
    format!(
        "# owner = \"…\"\n# reason = \"…\"\n# approver = \"…\"          # another than the owner\n# expires = {expires}\n"
    )
}

fn role(report: &Report, expires: &str, out: &mut String) {
    let Some(role) = report.assessment.role else { return };
    let reason = visible(&report.assessment.role_reason);
    let _ = writeln!(out, "\n# Taken for: {} ({reason}).", role.name());
    let others: Vec<&str> = config::ROLES.iter().copied().filter(|it| *it != role.name()).collect();
    let _ = writeln!(out, "# If that is wrong, declare what it is: {}.", others.join(", "));
    let other = others.first().copied().unwrap_or_default();
    let _ = write!(out, "# [[declare]]\n# role = \"{other}\"\n{}", signed(expires));
}

/// Products that were seen in place of those the standard names, without an approval.
fn unapproved(report: &Report) -> BTreeSet<(&'static str, &'static str)> {
    let clauses = report.assessment.requirements.iter().flat_map(|it| &it.clauses);
    let seen = clauses.flat_map(|it| &it.equivalents).filter(|it| it.declaration.is_none());
    seen.filter_map(|it| {
        let (product, named) = it.text.split_once(" for ")?;
        Some((config::product_word(product)?, config::product_word(named)?))
    })
    .collect()
}

fn equivalents(report: &Report, expires: &str, out: &mut String) {
    for (product, named) in unapproved(report) {
        let (shown, stands_for) = (config::product(product), config::product(named));
        let _ = write!(
            out,
            "\n# {shown} was seen where the standard names {stands_for}. Approved, it meets what {stands_for} would.\n\
             # [[declare]]\n# equivalent = \"{product}\"\n# for = \"{named}\"\n{}",
            signed(expires)
        );
    }
}

fn running(report: &Report) -> impl Iterator<Item = &Service> {
    report.repo.services().iter().filter(|service| service.runs() && !service.rehearsal)
}

fn services(report: &Report, out: &mut String) {
    let all: Vec<&Service> = running(report).collect();
    if all.is_empty() {
        return;
    }
    let ownerless = all.iter().filter(|service| service.owner.is_none()).count();
    let _ = writeln!(
        out,
        "\n# Services that were found: {}, {ownerless} without an owner. One that goes by another name, or that\n# somebody else owns, is named here; CODEOWNERS and team labels count as well.",
        all.len(),
    );
    for service in all.iter().take(MOST) {
        let _ = writeln!(out, "# [[service]]\n# name = {}", quoted(&service.name));
        let path = if service.root.is_empty() { "." } else { service.root.as_str() };
        let _ = writeln!(out, "# path = {}", quoted(path));
        let owner = service.owner.as_deref().map_or("\"…\"".to_owned(), quoted);
        let _ = writeln!(out, "# owner = {owner}");
    }
    if all.len() > MOST {
        let _ = writeln!(out, "# … and {} more: `obsproof report` lists them", all.len() - MOST);
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(visible(text)).to_string()
}

/// The values that alerts carry in the severity label, and labels that look like an owner's.
fn labels(report: &Report, out: &mut String) {
    let settings = &report.repo.settings;
    let mut severities: BTreeMap<&str, usize> = BTreeMap::new();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for alert in report.repo.facts.alert_rules.iter() {
        if let Some(value) = alert.label(&settings.severity_label)
            && value.known
            && !value.text.contains("{{")
        {
            *severities.entry(value.text.as_str()).or_default() += 1;
        }
        for label in OWNERS.iter().filter(|label| alert.label(label).is_some()) {
            *owners.entry(label).or_default() += 1;
        }
    }
    let unusual = severities.keys().any(|it| !settings.severities.iter().any(|known| known == it));
    if unusual {
        let counts: Vec<String> = severities
            .iter()
            .map(|(value, count)| format!("{} ×{count}", visible(value)))
            .collect();
        let values: Vec<String> = severities.keys().map(|value| quoted(value)).collect();
        let _ = write!(
            out,
            "\n# Values of the label `{}` in alerts: {}. Leave out what is a slip.\n# severities = [{}]\n",
            settings.severity_label,
            counts.join(", "),
            values.join(", ")
        );
    }
    let most = owners.iter().max_by_key(|(_, count)| **count);
    if let Some((label, count)) =
        most.filter(|(label, _)| !settings.owner_labels.iter().any(|it| it == **label))
    {
        let _ = write!(
            out,
            "\n# {count} alerts name their owner by the label `{label}`.\n# owner-labels = [{}]\n",
            quoted(label)
        );
    }
}

/// Labels that people use for owners.
const OWNERS: &[&str] = &["team", "owner", "squad", "group", "department", "tribe", "contact"];

/// Folders of the first levels whose names do not say what they are for.
fn profiles(report: &Report, out: &mut String) {
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for row in &report.files {
        let mut parts = row.path.split('/');
        let (Some(first), Some(_)) = (parts.next(), parts.next()) else { continue };
        folders.insert(first);
    }
    let named = |wanted: config::Profile| -> Vec<&str> {
        let is = |folder: &&str| {
            config::profile(&report.repo.settings, &format!("{folder}/x")) == wanted
        };
        folders.iter().copied().filter(is).collect()
    };
    let (dev, open) = (named(config::Profile::Dev), named(config::Profile::Unspecified));
    if folders.is_empty() {
        return;
    }
    let say = |list: &[&str]| match list {
        [] => "none".to_owned(),
        list => list.iter().take(8).map(|it| visible(it)).collect::<Vec<_>>().join(", "),
    };
    let _ = writeln!(
        out,
        "\n# Findings weigh less on test and example paths (here: {}), and security ones where nothing says\n# production (here: {}).",
        say(&dev),
        say(&open)
    );
    let example =
        open.iter().find(|it| !it.starts_with('.')).map_or("deploy".to_owned(), |it| visible(it));
    let _ = writeln!(out, "# [profile]\n# {} = \"production\"", quoted(&example));
}

/// What the repository has and lacks, in a screen.
pub fn overview(report: &Report) -> String {
    let mut out = String::new();
    let assessment = &report.assessment;
    let role = assessment.role.map_or("unknown", Role::name);
    let _ = writeln!(out, "role       {role}: {}", visible(&assessment.role_reason));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, _) in report.files.iter().flat_map(|row| &row.documents) {
        *kinds.entry(kind.name()).or_default() += 1;
    }
    let mut kinds: Vec<(&str, usize)> = kinds.into_iter().collect();
    kinds.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(two.0)));
    let read: Vec<String> =
        kinds.iter().take(8).map(|(kind, count)| format!("{count} {kind}")).collect();
    let _ = writeln!(
        out,
        "read       {}",
        if read.is_empty() { "nothing the tool knows".to_owned() } else { read.join(" · ") }
    );
    let services: Vec<&Service> = running(report).collect();
    if !services.is_empty() {
        let servers = services.iter().filter(|it| it.kind == ServiceKind::Server).count();
        let _ = writeln!(out, "services   {} ({servers} wait for requests)", services.len());
    }
    for (product, named) in unapproved(report) {
        let _ = writeln!(
            out,
            "seen       {} in place of {}: to be approved",
            config::product(product),
            config::product(named)
        );
    }
    for (word, wanted) in [
        ("has", &[Verdict::Met, Verdict::Attested, Verdict::Inherited][..]),
        ("in part", &[Verdict::Partly][..]),
        ("lacks", &[Verdict::NotMet][..]),
        ("to attest", &[Verdict::NeedsAttestation][..]),
        ("unknown", &[Verdict::Unknown][..]),
    ] {
        let of = |it: &&crate::verdict::Assessed| {
            it.requirement.kind == Kind::Required && wanted.contains(&it.verdict)
        };
        for (number, assessed) in assessment.requirements.iter().filter(of).enumerate() {
            let label = if number == 0 { word } else { "" };
            let requirement = assessed.requirement;
            let _ = writeln!(out, "{label:<10} {} {}", requirement.id, requirement.title);
        }
    }
    let total =
        assessment.requirements.iter().filter(|it| it.requirement.kind == Kind::Required).count();
    if total > 0 {
        let _ = writeln!(
            out,
            "           of {total} REQUIRED items of {} {}",
            standard::in_force().code,
            standard::in_force().version
        );
    }
    out
}
