//! A Vector component that nobody reads. Rule: rules/flnt/vector-dead-branch.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::shipper::{Program, Role, Section};

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if section.program != Program::Vector || !matches!(section.role, Role::Input | Role::Filter) {
        return case.skip();
    }
    let Some(set) = super::set(section, case) else { return case.skip() };
    // The other half of a configuration may read it.
    let Some(number) = super::number(section, case) else { return };
    let shipping = case.model.shipping();
    if set.open || shipping.roles[number].outputs.is_empty() {
        return;
    }
    let name = section.header.text.as_str();
    if !shipping.consumed[number].contains(name) {
        let noun = section.noun();
        let fault = format!("nothing reads the {noun} `{name}`: what it gives is dropped");
        case.flag(section.header.span).with("fault", fault);
    } else if section.is("route") && section.role == Role::Filter {
        let rest = format!("{name}._unmatched");
        let read = shipping.graphs[number].components.values().any(|other| {
            other.all("inputs").any(|input| {
                !input.value.known || input.value.text == rest || input.value.text.contains('*')
            })
        });
        if !read && section.switch("reroute_unmatched") != Some(false) {
            let fault = format!("nothing reads `{rest}`: records that fit no branch are dropped");
            case.flag(section.header.span).with("fault", fault).severity(Severity::Info);
        }
    }
}
