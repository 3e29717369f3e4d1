//! Small languages inside configuration: parsers with spans that know nothing of the stages.

pub mod duration;
pub mod placeholder;
