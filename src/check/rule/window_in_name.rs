//! Windows in recorded names that the expression does not have. Rule: rules/rule/window-in-name.yaml

use crate::check::Case;
use crate::finding::Edit;
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Length};
use crate::repo::model::Model;
use crate::repo::queries::Query;
use std::collections::BTreeSet;

/// Records that stand on records are followed this far.
const DEPTH: usize = 8;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(record) = query.record().filter(|record| record.name.known && query.is_sound()) else {
        return case.skip();
    };
    let Some((last, window)) = window(&record.name.text) else { return case.skip() };
    let mut ranges = Ranges { seconds: Vec::new(), open: false, seen: BTreeSet::new() };
    ranges.gather(case.model, query, DEPTH);
    if ranges.open || ranges.seconds.iter().any(|seconds| same(*seconds, window)) {
        return;
    }
    let mut texts: Vec<String> = ranges.seconds.iter().map(|seconds| shown(*seconds)).collect();
    texts.dedup();
    let found = match texts.as_slice() {
        [] => "no range at all".to_owned(),
        texts => texts.iter().map(|text| format!("`[{text}]`")).collect::<Vec<_>>().join(", "),
    };
    // What reads the old name would read nothing.
    let renamed = match texts.as_slice() {
        [only] if record.name.plain && !case.repo.is_mentioned(&record.name.text) => {
            let letters = last.find(|c: char| c.is_ascii_digit()).unwrap_or(last.len());
            let kept = record.name.text.len() - (last.len() - letters);
            Some(format!("{}{only}", &record.name.text[..kept]))
        }
        _ => None,
    };
    let flag = case.flag(record.name.span).with("last", last).with("found", found);
    if let Some(text) = renamed {
        let edit = Edit { span: record.name.span, text };
        flag.fix(false, "name the window that is there", vec![edit]);
    }
}

fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-6
}

fn shown(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    duration::display((seconds * 1000.0) as i64)
}

/// The last part of a name that ends in an operation and a duration, with its seconds.
fn window(name: &str) -> Option<(&str, f64)> {
    let (_, last) = name.rsplit_once(':')?;
    let letters = last.find(|c: char| c.is_ascii_digit())?;
    let (op, rest) = last.split_at(letters);
    let known = !op.is_empty() && op.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
    let ms = duration::prometheus(rest).filter(|ms| *ms > 0 && known)?;
    #[expect(clippy::cast_precision_loss, reason = "windows are far below the limit")]
    Some((last, ms as f64 / 1000.0))
}

struct Ranges {
    seconds: Vec<f64>,
    /// Something is read whose ranges nobody knows.
    open: bool,
    /// Expressions that were looked at.
    seen: BTreeSet<usize>,
}

impl Ranges {
    fn gather<'r>(&mut self, model: &Model<'r>, query: &Query<'r>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            self.open = true;
            return;
        };
        if !self.seen.insert(query.index) {
            return;
        }
        for node in &query.ast().nodes {
            match &node.kind {
                Kind::Range { window, .. } => self.length(window),
                Kind::Subquery(subquery) => self.length(&subquery.window),
                Kind::Selector(selector) => {
                    let Some(name) = selector.metric() else { continue };
                    self.seconds.extend(window(name).map(|(_, seconds)| seconds));
                    match model.recorded(name) {
                        Some(read) => self.gather(model, read, depth),
                        None if name.contains(':') && window(name).is_none() => self.open = true,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn length(&mut self, length: &Length) {
        match length.seconds {
            Some(seconds) => self.seconds.push(seconds),
            None => self.open = true,
        }
    }
}
