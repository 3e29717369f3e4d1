//! Paths as one file writes them to name another.

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Whether `written` in the file `from` names the file `path`: relative to the folder of
/// `from`, with `*`, `?` and `[…]`. A path that leads out of the repository or starts at `/`
/// counts by its last part.
pub fn names(from: &str, written: &str, path: &str) -> bool {
    match join(folder(from), written) {
        Some(pattern) => glob(&pattern, path),
        None => glob(last(written), last(path)),
    }
}

/// The file or folder that `written` in the file `from` means, `.` and `..` resolved; `None`
/// if it leads out of the repository or starts at `/`.
pub fn join(folder: &str, written: &str) -> Option<String> {
    if written.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file's name says that others are made of it.
pub fn is_called_template(path: &str) -> bool {
    last(path).split(['.', '-', '_']).any(|word| matches!(word, "template" | "tmpl" | "tpl"))
}

/// Folders that tell what a file is for: those below `provisioning/dashboards` are Grafana's own.
pub fn purpose(folders: &str) -> &str {
    static FINDER: LazyLock<Finder<'static>> =
        LazyLock::new(|| Finder::new("provisioning/dashboards/"));
    // Asked of every path, many times: most are shorter.
    if folders.len() < FINDER.needle().len() {
        return folders;
    }
    FINDER.find(folders.as_bytes()).map_or(folders, |at| &folders[..at])
}

/// Whether a folder is one of a course, or of a book: `lesson_05`, `homework`, `chapter3`, `day07`.
pub fn is_lesson(folder: &str) -> bool {
    let number = |rest: &str| {
        let rest = rest.trim_start_matches(['_', '-']);
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
    };
    // What is done on the second day, `day2`, is no course.
    let counted = |rest: &str| rest.len() > 1 && number(rest);
    matches!(folder, "homework" | "lesson" | "lessons")
        || ["lesson", "chapter"].iter().any(|word| folder.strip_prefix(word).is_some_and(number))
        || folder.strip_prefix("day").is_some_and(counted)
}

/// The last part of a path.
pub fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `*` and `?` within one part of a path; `[…]` counts as any one character.
pub fn glob(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if glob_part(pattern, part) => {}
            _ => return false,
        }
    }
}

fn glob_part(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?', '[']) {
        return pattern == text;
    }
    let mut simple = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('[') {
        simple.push_str(&rest[..at]);
        match rest[at..].find(']') {
            Some(end) => {
                simple.push('?');
                rest = &rest[at + end + 1..];
            }
            None => break,
        }
    }
    simple.push_str(rest);
    let (pattern, text): (Vec<char>, Vec<char>) =
        (simple.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Whether pip reads a file: `requirements.txt`, `requirements-dev.txt`, `requirements/prod.txt`.
pub fn is_requirements(path: &str) -> bool {
    let within = last(folder(path)) == "requirements";
    (last(path).starts_with("requirements") || within) && path.ends_with(".txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_are_known_by_their_numbers() {
        for (folder, expected) in [
            ("lesson_05", true),
            ("lesson-7", true),
            ("lesson12", true),
            ("chapter3", true),
            ("day07", true),
            ("day2", false),
            ("daytime", false),
            ("homework", true),
            ("lessons-learned", false),
            ("lesson_plans", false),
        ] {
            assert_eq!(is_lesson(folder), expected, "{folder}");
        }
    }

    #[test]
    fn folders_of_grafana_tell_nothing_of_a_file() {
        for (folders, expected) in [
            ("provisioning/dashboards/demo", ""),
            ("src/grafana/provisioning/dashboards/demo/a", "src/grafana/"),
            ("demo/provisioning/dashboards", "demo/provisioning/dashboards"),
            ("demo/shop", "demo/shop"),
            ("", ""),
        ] {
            assert_eq!(purpose(folders), expected, "{folders}");
        }
    }

    #[test]
    fn written_paths_name_files() {
        assert!(names("tests/a_test.yml", "../rules/a.yml", "rules/a.yml"));
        assert!(names("a_test.yml", "rules/*.yml", "rules/a.yml"));
        assert!(names("a_test.yml", "./a.yml", "a.yml"));
        assert!(names("a_test.yml", "/etc/prometheus/a.yml", "rules/a.yml"));
        assert!(!names("a_test.yml", "b.yml", "a.yml"));
        assert!(!names("a_test.yml", "rules/*.yml", "rules/x/a.yml"));
    }
}
