//! What Alertmanager refuses and no field condition can say.

use super::walk::{Fields, Walker};

pub(crate) fn refuse<'t>(_walker: &mut Walker<'t>, _fields: &Fields<'t>) {}
