//! Text to trees with spans and issues; never fails.

mod block;
pub mod code;
pub mod depth;
pub mod embed;
pub mod hcl;
pub mod json;
mod kept;
pub mod mask;
pub mod offsets;
mod plain;
pub mod toml;
pub mod tree;
pub mod unit;
pub mod yaml;
