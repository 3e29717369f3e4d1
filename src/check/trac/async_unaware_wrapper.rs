//! TRAC017: what traces or times a function does not wait for those that must be waited for.

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::workers::{AsyncUse, Wrapper};
use crate::repo::Repo;

pub(super) fn check<'a>(wrapper: &'a Wrapper, case: &mut Case<'a>) {
    if wrapper.waits {
        return;
    }
    let repo = case.repo;
    let name = wrapper.name.text.as_str();
    let mut uses = repo.facts.async_uses.iter();
    if let Some(one) = uses.find(|one| one.wrapper == name && is_of(repo, one, wrapper)) {
        case.flag(wrapper.name.span)
            .with("what", "ends its measurement before the work begins")
            .related(one.span, "a function that must be waited for");
        return;
    }
    if wrapper.decorates
        && !wrapper.beside
        && repo.reaches(wrapper.document).any(|reach| reach.waits)
    {
        case.flag(wrapper.name.span)
            .with("what", "would end its measurement before the work begins, and this program has such functions")
            .severity(Severity::Warning);
    }
}

/// Whether a use is of this wrapper: in its file, or by an import that names its module.
fn is_of(repo: &Repo, one: &AsyncUse, wrapper: &Wrapper) -> bool {
    if one.document == wrapper.document {
        return true;
    }
    let path = &repo.source(wrapper.document.source).path;
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let module = match stem {
        "__init__" | "index" | "mod" => parts.next().unwrap_or_default(),
        stem => stem,
    };
    let from = one.path.rsplit_once('.').map_or("", |(from, _)| from);
    from.rsplit(['.', '/']).next() == Some(module) && !module.is_empty()
}
