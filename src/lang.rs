//! Small languages inside configuration: parsers with spans that know nothing of the stages.

pub mod placeholder;
pub mod re2;
