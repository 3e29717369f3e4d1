//! The address of a repository, without what lets one in.

use gix::bstr::ByteSlice;

/// Address of the remote that the branch follows, else of `origin`, else of the only one.
pub(super) fn url(repo: &gix::Repository) -> Option<String> {
    let config = repo.config_snapshot();
    let config = config.plumbing();
    // Addresses are shown and never gone to: whoever owns the file may name them.
    let text = |section: &str, name: &str, key: &str| {
        let value = config.string_filter_by(section, Some(name.into()), key, |_| true)?;
        Some(value.to_str_lossy().into_owned())
    };
    let branch = repo.head_name().ok().flatten().map(|name| name.shorten().to_string());
    let followed = branch.and_then(|branch| text("branch", &branch, "remote"));
    let names = repo.remote_names();
    let only = names.iter().next().filter(|_| names.len() == 1).map(ToString::to_string);
    let candidates = [followed, Some("origin".to_owned()), only];
    let url = candidates.into_iter().flatten().find_map(|name| text("remote", &name, "url"))?;
    Some(stripped(&url))
}

/// An address without user, password, query and fragment; the user of an SSH address is no secret.
fn stripped(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let cut = rest.find(['?', '#']).map_or(rest, |at| &rest[..at]);
    let (authority, path) = cut.find('/').map_or((cut, ""), |at| cut.split_at(at));
    let host = match authority.rsplit_once('@') {
        Some((user, host)) if scheme.ends_with("ssh") => {
            let user = user.split(':').next().unwrap_or_default();
            return format!("{scheme}://{user}@{host}{path}");
        }
        Some((_, host)) => host,
        None => authority,
    };
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::stripped;

    #[test]
    fn what_lets_one_in_is_left_out() {
        for (url, shown) in [
            ("https://user:secret@host/x.git", "https://host/x.git"),
            ("https://token@host:8443/x", "https://host:8443/x"),
            ("https://user:p@ss@host/x", "https://host/x"),
            ("https://host/x?private_token=abc#y", "https://host/x"),
            ("ssh://git:pw@host/x", "ssh://git@host/x"),
            ("git@host:team/x.git", "git@host:team/x.git"),
            ("https://host/a@b", "https://host/a@b"),
            ("../mirror", "../mirror"),
        ] {
            assert_eq!(stripped(url), shown, "{url}");
        }
    }
}
