//! Records that can be read or changed on their way. Rule: rules/flnt/shipper-transport.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::shipper::{Role, Section};
use crate::repo::shippers::destinations::{Exposed, addresses, exposed, leaves};

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    if !matches!(section.role, Role::Output | Role::Input | Role::Filter) {
        return case.skip();
    }
    let repo = case.repo;
    let near = !addresses(repo, section).is_empty() && !leaves(repo, section);
    for fault in exposed(repo, section) {
        match fault {
            Exposed::Unchecked(span) => {
                let text = "the other side is not checked: anybody on the way can read and change the records";
                let flag = case.flag(span).with("fault", text);
                if near {
                    flag.severity(Severity::Info);
                }
            }
            Exposed::Plain(span) => {
                let text = "records leave the network unencrypted: anybody on the way can read and change them";
                case.flag(span).with("fault", text);
            }
        }
    }
}
