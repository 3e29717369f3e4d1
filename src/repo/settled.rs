//! What one file says and only another can settle: constants, spans that own functions start, errors
//! that the program makes itself, names of resources. It becomes part of the facts before anybody asks for them.

mod calls;
mod constants;
mod errors;
mod resources;
mod spans;

use super::Repo;

/// Puts in what other files say: constants first, since spans that functions start take their
/// names from them.
pub(super) fn settle(repo: Repo) -> Repo {
    resources::settle(errors::settle(spans::settle(constants::settle(repo))))
}
