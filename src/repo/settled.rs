//! What one file says and only another can settle: constants, and spans that own functions start.
//! It becomes part of the facts before anybody asks for them.

mod constants;
mod spans;

use super::Repo;

/// Puts in what other files say: constants first, since spans that functions start take their
/// names from them.
pub(super) fn settle(repo: Repo) -> Repo {
    spans::settle(constants::settle(repo))
}
