//! A name that nothing defines. Rule: rules/incd/undefined-member.yaml

use crate::check::Case;
use crate::facts::code::undefined::OwnNames;

pub(super) fn check(names: &OwnNames, case: &mut Case<'_>) {
    let extended = case.repo.extended_classes();
    // A class that others extend may leave the method to them.
    for member in names.members.iter().filter(|member| !extended.contains(member.class.as_str())) {
        let what = format!("no method `{}` in class `{}`", member.name.text, member.class);
        case.flag(member.name.span).with("what", what);
    }
    for module in &names.modules {
        case.flag(module.span).with("what", format!("no import of `{}`", module.text));
    }
}
