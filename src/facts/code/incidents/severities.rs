//! Scales of severity in code, tables that map an alert's severity to one, and which members
//! anything ever produces.

use super::{SeverityMap, SeverityScale, SeverityValue};
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::facts::code::tables::{self, Pairs};
use crate::facts::scalar::Scalar;
use crate::lang::duties::words;
use crate::parse::code::Language;
use crate::parse::unit::{Class, ExprId, ExprKind, Place, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// Severities that alerts have.
const ALERTS: &[&str] = &[
    "critical", "warning", "info", "page", "error", "high", "low", "medium", "none", "sev1",
    "sev2", "p1", "p2",
];

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let scales = scales(file);
    let names: BTreeMap<&str, &str> = scales
        .iter()
        .flat_map(|scale| {
            scale.members.iter().map(|member| (member.text.as_str(), scale.name.text.as_str()))
        })
        .collect();
    let table_names: BTreeMap<ExprId, String> =
        tables::named(file).into_iter().map(|(name, table)| (table, name)).collect();
    for table in tables::all(file) {
        facts.severity_maps.extend(map(file, &table, &names, &table_names));
    }
    produced(file, &names, facts);
    facts.severity_scales.extend(scales);
}

/// The scale and member that an expression names.
fn member<'f>(
    file: &'f File<'_, '_>,
    id: ExprId,
    names: &BTreeMap<&str, &'f str>,
) -> Option<(&'f str, &'f str)> {
    match file.unit.expr(id) {
        ExprKind::Member { of, name } => match file.unit.expr(*of) {
            ExprKind::Name(scale) if is_scale(scale) => Some((scale, name)),
            _ => None,
        },
        // Go's constants stand alone.
        ExprKind::Name(name) if file.unit.language == Language::Go => {
            Some((names.get(name)?, name))
        }
        _ => None,
    }
}

fn is_scale(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| matches!(word.as_str(), "severity" | "priority" | "urgency" | "sev"))
        && name.starts_with(char::is_uppercase)
}

/// A table whose keys are severities of alerts and whose values are members of one scale.
fn map(
    file: &File<'_, '_>,
    table: &Pairs,
    names: &BTreeMap<&str, &str>,
    table_names: &BTreeMap<ExprId, String>,
) -> Option<SeverityMap> {
    let unit = file.unit;
    let keys: Vec<ExprId> = table.entries.iter().filter_map(|(key, _)| *key).collect();
    let known = keys
        .iter()
        .filter(|key| {
            unit.literal(**key)
                .is_some_and(|text| ALERTS.contains(&text.to_ascii_lowercase().as_str()))
        })
        .count();
    let mut scales: BTreeSet<&str> = BTreeSet::new();
    for (_, value) in &table.entries {
        scales.insert(member(file, *value, names)?.0);
    }
    let first = *keys.first()?;
    if known < 2 || scales.len() != 1 {
        return None;
    }
    let named =
        table_names.get(&table.id).and_then(|name| Some((name, name_place(file, name, table.id)?)));
    let (text, at) = match named {
        Some((name, at)) => (name.clone(), at),
        None => (unit.literal(first)?.to_owned(), unit.place(first)),
    };
    let severity = |key: &ExprId| unit.literal(*key).map(str::to_ascii_lowercase);
    let defaults = keys.len() < table.entries.len() || has_default(file, &text);
    Some(SeverityMap {
        document: file.document,
        severities: keys.iter().map(severity).collect::<Option<Vec<_>>>().filter(|_| !table.open),
        defaults,
        name: Scalar { text, span: file.span(&at), known: true, plain: false },
        scale: scales.pop_first()?.to_owned(),
    })
}

/// Whether whoever looks something up in a table of this name has an answer where it is not there.
fn has_default(file: &File<'_, '_>, name: &str) -> bool {
    let unit = file.unit;
    let is_table = |id: ExprId| unit.slice(&unit.place(id)).ends_with(name);
    let reads = |id: ExprId| match unit.expr(id) {
        ExprKind::Index { of, .. } => is_table(*of),
        ExprKind::Call { callee, .. } => {
            matches!(unit.expr(*callee), ExprKind::Member { of, .. } if is_table(*of))
        }
        _ => false,
    };
    unit.exprs.iter().any(|expr| match &expr.kind {
        ExprKind::Call { callee, args, .. } => match unit.expr(*callee) {
            ExprKind::Member { of, name } if is_table(*of) => {
                args.len() > 1
                    || matches!(
                        *name,
                        "has"
                            | "contains"
                            | "containsKey"
                            | "ContainsKey"
                            | "contains_key"
                            | "TryGetValue"
                    )
            }
            // `SCALE.get(severity).unwrap_or(…)`
            ExprKind::Member { of, .. } => reads(*of),
            _ => false,
        },
        ExprKind::Binary { op: "||" | "??" | "or", left, .. } => reads(*left),
        ExprKind::Binary { op: "in" | "not in", right, .. } => is_table(*right),
        _ => false,
    })
}

/// Where a table is given its name.
fn name_place(file: &File<'_, '_>, name: &str, table: ExprId) -> Option<Place> {
    let unit = file.unit;
    let targets = unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Let { targets, value: Some(value), .. } if *value == table => {
            targets.first().copied()
        }
        _ => None,
    });
    let fields = unit.classes.iter().flat_map(|class| &class.fields);
    let of_target = targets.map(|target| unit.place(target));
    let of_field = fields.filter(|field| field.value == Some(table)).map(|field| field.at.clone());
    let mut at = of_target.chain(of_field).next()?;
    at.start = at.end - u32::try_from(name.len()).unwrap_or_default().min(at.end - at.start);
    Some(at)
}

/// Members that come out of code: named anywhere but in a test, a key or a comparison.
fn produced(file: &File<'_, '_>, names: &BTreeMap<&str, &str>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut asked: BTreeSet<ExprId> = BTreeSet::new();
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Binary { op, left, right }
                if matches!(
                    *op,
                    "==" | "!="
                        | "==="
                        | "!=="
                        | "is"
                        | "is not"
                        | "<"
                        | ">"
                        | ">="
                        | "<="
                        | "in"
                        | "not in"
                ) =>
            {
                asked.extend(unit.all_in(*left));
                asked.extend(unit.all_in(*right));
            }
            ExprKind::Map { entries, .. } => {
                asked.extend(entries.iter().filter_map(|(key, _)| *key))
            }
            ExprKind::Index { key: Some(key), .. } => asked.extend([*key]),
            _ => {}
        }
    }
    for table in tables::all(file) {
        asked.extend(table.entries.iter().filter_map(|(key, _)| *key));
    }
    for stmt in &unit.stmts {
        match &stmt.kind {
            StmtKind::Switch { arms, .. } => {
                asked.extend(arms.iter().flat_map(|arm| arm.tests.iter().copied()))
            }
            // The declaration of a constant.
            StmtKind::Let { targets, ty: Some(ty), .. } if is_scale(ty) => {
                asked.extend(targets.iter().copied())
            }
            _ => {}
        }
    }
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for number in 0..unit.exprs.len() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        if asked.contains(&id) {
            continue;
        }
        if let Some((scale, member)) = member(file, id, names) {
            seen.insert((scale.to_owned(), member.to_owned()));
        }
        // `Severity(value)`, `Severity[name]`, `Enum.Parse<Severity>(name)`: any member may come.
        let any = match unit.expr(id) {
            ExprKind::Call { callee, args, .. } => {
                let text = unit.slice(&unit.place(*callee));
                let name = text.split(['.', '<', '(', ':']).next().unwrap_or(text);
                match unit.expr(*callee) {
                    ExprKind::Name(scale) if is_scale(scale) && !args.is_empty() => {
                        Some((*scale).to_owned())
                    }
                    ExprKind::Member { of, .. } => match unit.expr(*of) {
                        ExprKind::Name(scale) if is_scale(scale) => Some((*scale).to_owned()),
                        _ => text
                            .split(['<', '>'])
                            .nth(1)
                            .filter(|it| name == "Enum" && is_scale(it))
                            .map(str::to_owned),
                    },
                    _ => None,
                }
            }
            ExprKind::Index { of, .. } => match unit.expr(*of) {
                ExprKind::Name(scale) if is_scale(scale) => Some((*scale).to_owned()),
                _ => None,
            },
            _ => None,
        };
        seen.extend(any.map(|scale| (scale, "*".to_owned())));
    }
    let values = seen.into_iter().map(|(scale, member)| SeverityValue {
        document: file.document,
        scale,
        member,
    });
    facts.severity_values.extend(values);
}

/// Scales that the file declares: enums, and typed constants of Go.
fn scales(file: &File<'_, '_>) -> Vec<SeverityScale> {
    let unit = file.unit;
    let mut found: Vec<SeverityScale> = Vec::new();
    for class in unit.classes.iter().filter(|class| is_scale(class.name)) {
        let members = match unit.language {
            Language::Python if class.bases.iter().any(|base| base.contains("Enum")) => class
                .fields
                .iter()
                .filter(|field| field.value.is_some())
                .map(|field| (field.name.to_owned(), field.at.clone()))
                .collect(),
            Language::Go => constants(file, class),
            _ => listed(unit.text, &class.at),
        };
        add(file, class.name, &class.name_at, members, &mut found);
    }
    // Enums of languages whose builder has no class for them.
    for stmt in unit.stmts.iter().filter(|stmt| matches!(stmt.kind, StmtKind::Other(_))) {
        let head = unit.slice(&stmt.at).split('{').next().unwrap_or_default();
        let Some((before, rest)) = head.split_once("enum ") else { continue };
        let name =
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if is_scale(name) && before.len() < 60 {
            let start =
                stmt.at.start + u32::try_from(before.len() + "enum ".len()).unwrap_or_default();
            let at = start..start + u32::try_from(name.len()).unwrap_or_default();
            add(file, name, &at, listed(unit.text, &stmt.at), &mut found);
        }
    }
    // An object that stands for one: `const Severity = { LOW: "low" }`.
    for (name, table) in tables::named(file).into_iter().filter(|(name, _)| is_scale(name)) {
        let entries = tables::entries(unit, table).unwrap_or_default();
        let plain = |id: &ExprId| matches!(unit.expr(*id), ExprKind::Text(_) | ExprKind::Number(_));
        let members = entries.iter().filter(|(_, value)| plain(value)).filter_map(|(key, _)| {
            let key = (*key)?;
            let upper = |text: &&str| text.starts_with(char::is_uppercase);
            Some((unit.literal(key).filter(upper)?.to_owned(), unit.place(key)))
        });
        if let Some(at) = name_place(file, &name, table) {
            add(file, &name, &at, members.collect(), &mut found);
        }
    }
    found
}

fn add(
    file: &File<'_, '_>,
    name: &str,
    at: &Place,
    members: Vec<(String, Place)>,
    found: &mut Vec<SeverityScale>,
) {
    if members.len() < 2 {
        return;
    }
    let scalar = |text: &str, at: &Place| Scalar {
        text: text.to_owned(),
        span: file.span(at),
        known: true,
        plain: false,
    };
    found.push(SeverityScale {
        document: file.document,
        name: scalar(name, at),
        members: members.iter().map(|(name, at)| scalar(name, at)).collect(),
    });
}

/// Go's constants of a type.
fn constants(file: &File<'_, '_>, class: &Class<'_>) -> Vec<(String, Place)> {
    let unit = file.unit;
    let declared = unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Let { targets, ty: Some(ty), .. } if *ty == class.name => {
            targets.first().copied()
        }
        _ => None,
    });
    let outside = declared.filter(|target| unit.function_of(*target).0 == 0);
    outside.map(|target| (unit.slice(&unit.place(target)).to_owned(), unit.place(target))).collect()
}

/// The names listed between the braces of an enum.
fn listed(text: &str, at: &Place) -> Vec<(String, Place)> {
    let (start, end) = (at.start as usize, at.end as usize);
    let Some(body) = text.get(start..end) else { return Vec::new() };
    let is_enum =
        body.split('{').next().unwrap_or_default().split_whitespace().any(|word| word == "enum");
    let (Some(open), Some(close)) = (body.find('{'), body.rfind('}')) else { return Vec::new() };
    if !is_enum || open >= close {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut fresh = true;
    let inner = &body[open + 1..close];
    let mut at_byte = 0;
    while at_byte < inner.len() {
        let rest = &inner[at_byte..];
        let Some(letter) = rest.chars().next() else { break };
        match letter {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => fresh = true,
            ';' if depth == 0 => break,
            '/' if rest.starts_with("//") => at_byte += rest.find('\n').unwrap_or(rest.len()) - 1,
            '/' if rest.starts_with("/*") => {
                at_byte += rest.find("*/").map_or(rest.len() - 1, |end| end + 1)
            }
            '#' | '@' => {}
            letter if depth == 0 && fresh && (letter.is_alphabetic() || letter == '_') => {
                let len =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let begin = u32::try_from(start + open + 1 + at_byte).unwrap_or_default();
                found.push((
                    rest[..len].to_owned(),
                    begin..begin + u32::try_from(len).unwrap_or_default(),
                ));
                fresh = false;
                at_byte += len;
                continue;
            }
            _ => {}
        }
        at_byte += letter.len_utf8();
    }
    found
}
