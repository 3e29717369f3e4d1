//! What Alertmanager refuses and no field condition can say.

use super::fields::Fields;
use super::walk::Walker;

pub(crate) fn refuse<'t>(_walker: &mut Walker<'t>, _fields: &Fields<'t>) {}
