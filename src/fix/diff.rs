//! What a change looks like as a unified diff that `git apply` and `patch -p1` take.

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};
use std::fmt::Write;
use std::ops::Range;

/// Lines shown around a change.
const AROUND: u32 = 3;

/// The change of one file; lines end where `\n` stands, whatever else is in them.
pub fn unified(path: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let mut out = format!("--- {}\n+++ {}\n", name("a/", path), name("b/", path));
    let hunks: Vec<Hunk> = diff.hunks().collect();
    // Changes with few lines between them are shown as one.
    for near in hunks.chunk_by(|one, next| next.before.start - one.before.end <= 2 * AROUND) {
        show(near, &old, &new, &mut out);
    }
    out
}

fn show(hunks: &[Hunk], old: &[&str], new: &[&str], out: &mut String) {
    let ([first, ..], [.., last]) = (hunks, hunks) else { return };
    let end = |lines: &[&str]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let lead = first.before.start.min(AROUND);
    let tail = (end(old) - last.before.end).min(AROUND);
    let before = first.before.start - lead..last.before.end + tail;
    let after = first.after.start - lead..last.after.end + tail;
    let _ = writeln!(out, "@@ -{} +{} @@", range(&before), range(&after));
    let mut at = before.start;
    for hunk in hunks {
        put(' ', old, at..hunk.before.start, out);
        put('-', old, hunk.before.clone(), out);
        put('+', new, hunk.after.clone(), out);
        at = hunk.before.end;
    }
    put(' ', old, at..before.end, out);
}

/// First line, from 1, and number of lines; of none, the line before.
fn range(lines: &Range<u32>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn put(sign: char, lines: &[&str], range: Range<u32>, out: &mut String) {
    for line in lines.get(range.start as usize..range.end as usize).unwrap_or_default() {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A file's name as git writes it: in quotes where a letter could be taken for something else, and
/// followed by a tab where it holds a blank.
fn name(side: &str, path: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if !path.contains(odd) {
        return format!("{side}{path}{}", if path.contains(' ') { "\t" } else { "" });
    }
    let mut out = format!("\"{side}");
    for c in path.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn shows_changed_lines_and_what_stands_around_them() {
        let before = "1\n2\n3\n4\n5\n6\r\n7\n8\n9";
        let after = before.replace("5\n", "five\nV\n");
        assert_eq!(
            unified("a b.yml", before, &after),
            "--- a/a b.yml\t\n+++ b/a b.yml\t\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+V\n 6\r\n 7\n 8\n"
        );
        assert_eq!(
            unified("x", "a\nb", "a\nc"),
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        );
    }
}
