use super::Builtin;
pub(super) const BUILTINS: &[(&str, Builtin)] = &[];
