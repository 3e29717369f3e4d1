//! obsproof reads a repository and says whether its observability is valid, works, and can be proved.
//!
//! Data flows one way, and a test forbids back edges:
//!
//! ```text
//! discover → identify → parse → facts → repo → check (catalogue) → judge → report (→ fix)
//! ```

pub mod audit;
pub mod cache;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod components;
pub mod config;
pub mod discover;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod git;
pub mod identify;
pub mod judge;
pub mod kept;
pub mod lang;
pub mod libraries;
pub mod metrics;
pub mod nist;
pub mod parse;
pub mod plugins;

pub mod render;
pub mod repo;
pub mod report;
pub mod scan;
pub mod semconv;
pub mod shippers;
pub mod source;
pub mod standard;
pub mod trial;
pub mod verdict;
