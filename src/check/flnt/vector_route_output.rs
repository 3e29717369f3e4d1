//! A route that is read without naming the branch. Rule: rules/flnt/vector-route-output.yaml

use crate::check::Case;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::shippers::vector::Named;

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if section.program != Program::Vector || section.role == Role::Input {
        return case.skip();
    }
    let Some(number) = super::number(section, case) else { return case.skip() };
    let graph = &case.model.shipping().graphs[number];
    for input in section.all("inputs") {
        let Named::NeedsOutput(name) = graph.named(section, input) else { continue };
        let Some(route) = graph.components.get(name) else { continue };
        let outputs: Vec<&str> = graph
            .outputs
            .iter()
            .filter(|(_, owner)| **owner == name)
            .map(|(output, _)| output.as_str())
            .take(4)
            .collect();
        case.flag(input.value.span)
            .with("input", name)
            .with("outputs", outputs.join("`, `"))
            .related(route.header.span, "its outputs have names");
    }
}
