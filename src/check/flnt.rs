//! FLNT: Fluentd, Fluent Bit and Vector.

use super::{Builtin, Case};
use crate::config::{self, Profile};
use crate::facts::DocumentId;
use crate::facts::shipper::{Program, Role, Section};
use crate::identify::Kind;
use crate::parse::tree::IssueKind;
use crate::repo::shippers::destinations::{Reach, reach};
use crate::repo::shippers::{Roles, Set};

mod es8_type_name;
mod fb_parser_undefined;
mod fb_tag_unmatched;
mod fb_unknown_key;
mod few_retries;
mod fluentd_shadowed;
mod fluentd_structure;
mod no_central_destination;
mod self_ingest_loop;
mod shipper_secret;
mod shipper_transport;
mod tail_without_state;
mod vector_dead_branch;
mod vector_input_unknown;
mod vector_route_output;
mod volatile_buffer;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("FLNT001", Builtin::Document(fb_unknown_key::check)),
    ("FLNT002", Builtin::ShipperSection(fb_tag_unmatched::check)),
    ("FLNT003", Builtin::ShipperSection(fb_parser_undefined::check)),
    ("FLNT004", Builtin::ShipperSection(tail_without_state::check)),
    ("FLNT005", Builtin::ShipperSection(volatile_buffer::check)),
    ("FLNT006", Builtin::ShipperSection(few_retries::check)),
    ("FLNT007", Builtin::ShipperSection(es8_type_name::check)),
    ("FLNT008", Builtin::Document(fluentd_structure::check)),
    ("FLNT009", Builtin::ShipperSection(fluentd_shadowed::check)),
    ("FLNT010", Builtin::ShipperSection(self_ingest_loop::check)),
    ("FLNT011", Builtin::Document(vector_input_unknown::check)),
    ("FLNT012", Builtin::ShipperSection(vector_route_output::check)),
    ("FLNT013", Builtin::ShipperSection(vector_dead_branch::check)),
    ("FLNT014", Builtin::ShipperSection(shipper_transport::check)),
    ("FLNT015", Builtin::Credential(shipper_secret::check)),
    ("FLNT016", Builtin::Repository(no_central_destination::check)),
];

/// The set of a section.
fn set<'a>(section: &Section, case: &Case<'a>) -> Option<&'a Set> {
    case.repo.shippers().set(section.document)
}

/// The number of a section's set.
fn number(section: &Section, case: &Case<'_>) -> Option<usize> {
    case.repo.shippers().number(section.document)
}

/// The sections of a section's set, by what they are for.
fn roles<'a>(section: &Section, case: &Case<'a>) -> Option<&'a Roles<'a>> {
    case.model.shipping().roles.get(number(section, case)?)
}

/// Whether a section is an output that sends records over the network.
fn is_network_output(section: &Section) -> bool {
    section.role == Role::Output && reach(section) == Reach::Central
}

/// Whether a section stands on a path of development: what it may lose is not missed.
fn is_dev(section: &Section, case: &Case<'_>) -> bool {
    let path = case.repo.path(section.header.span);
    config::profile(&case.repo.settings, path) == Profile::Dev
}

/// Whether a section belongs to a Fluent Bit and has this role.
fn is_fluent_bit(section: &Section, role: Role) -> bool {
    section.program == Program::FluentBit && section.role == role
}

/// Whether a document stands in the values of a chart.
fn is_in_chart(document: DocumentId, case: &Case<'_>) -> bool {
    let host = case.repo.document(document).host;
    host.is_some_and(|host| case.repo.document(host).kind == Kind::HelmValues)
}

/// Whether a line of a section could not be read: what it seems to lack may stand there.
fn is_unread(section: &Section, case: &Case<'_>) -> bool {
    let document = case.repo.document(section.document);
    let start = section.header.span.start;
    let headers = case.repo.sections(document.id).iter().map(|it| it.header.span.start);
    let next = headers.filter(|at| *at > start).min();
    document.text_issues.iter().any(|issue| {
        issue.kind == IssueKind::Syntax
            && issue.span.start >= start
            && next.is_none_or(|next| issue.span.start < next)
    })
}
