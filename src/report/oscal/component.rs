//! An OSCAL component definition: what the repository claims to implement, where it says so, and
//! what was found behind it; and the rules that looked.

use super::{CATALOGUE, Resources, controls, evidence, line, object, prop, put, uuid};
use crate::audit::{list, text, words};
use crate::report::record::Record;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The document.
pub fn text_of(record: &Record) -> String {
    let value = record.value();
    let mut resources = Resources::default();
    let source = json!({
        "uuid": uuid(&["catalogue", text(&value["standard"]["controls"], "version")]),
        "title": format!("{CATALOGUE}, {}", text(&value["standard"]["controls"], "version")),
        "rlinks": [{ "href": "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final" }],
    });
    let catalogue = format!("#{}", text(&source, "uuid"));
    let root = value["sources"][0]["root"].as_str().unwrap_or("repository");
    let mut system = object(json!({
        "uuid": uuid(&["component", root]),
        "type": "software",
        "title": line(root),
        "description": "The system whose repository was examined.",
    }));
    let implemented: Vec<Value> =
        controls(value).filter_map(|it| requirement(it, &mut resources)).collect();
    if !implemented.is_empty() {
        let implementation = json!({
            "uuid": uuid(&["implementation", root]),
            "source": catalogue,
            "description": "Controls that annotations in the repository claim, or that its files evidence.",
            "implemented-requirements": implemented,
        });
        put(&mut system, "control-implementations", vec![implementation]);
    }
    let mut all = vec![source];
    all.extend(resources.values());
    let document = json!({ "component-definition": {
        "uuid": super::document_uuid("component-definition", record),
        "metadata": super::metadata(record, "Observability components"),
        "components": [system, validation(value)],
        "back-matter": { "resources": all },
    }});
    format!("{document:#}\n")
}

/// What is claimed of a control or found for it; none where neither.
fn requirement(control: &Value, resources: &mut Resources) -> Option<Value> {
    let claims = list(control, "claimed_by");
    let behind = words(control, "evidence");
    if claims.is_empty() && behind.is_empty() {
        return None;
    }
    let state = text(control, "verdict");
    let said = match claims.len() {
        0 => "no annotation claims it".to_owned(),
        1 => "claimed once".to_owned(),
        count => format!("claimed {count} times"),
    };
    let found = match behind.is_empty() {
        true => "no requirement that serves it is met".to_owned(),
        false => format!("evidenced by {}", behind.join(", ")),
    };
    let props = [prop("state", state), prop("evidenced-by", &behind.join(" "))];
    let mut row = object(json!({
        "uuid": uuid(&["implemented", text(control, "id")]),
        "control-id": control["id"],
        "description": line(&format!("{}: {state}; {said}, {found}.", text(control, "title"))),
    }));
    put(&mut row, "props", props.into_iter().flatten().collect());
    let links = claims.iter().flat_map(|claim| {
        let piece = evidence(resources, claim);
        let place = text(&piece["links"][0], "href").to_owned();
        let file = text(&piece, "href").to_owned();
        [json!({ "href": place, "rel": "claim" }), json!({ "href": file, "rel": "claimed-in" })]
    });
    let mut links: Vec<Value> = links.collect();
    links.dedup();
    put(&mut row, "links", links);
    Some(Value::Object(row))
}

/// The rules that looked at anything, in the form that other tools read: an id and what it says.
fn validation(record: &Value) -> Value {
    let mut examined: BTreeMap<&str, u64> = BTreeMap::new();
    for requirement in list(record, "requirements") {
        for rule in list(requirement, "clauses").iter().flat_map(|it| list(it, "rules")) {
            let count = rule["examined"].as_u64().unwrap_or(0);
            if count > 0 {
                examined.insert(text(rule, "code"), count);
            }
        }
    }
    let mut props = vec![
        prop("version", text(&record["tool"], "version")),
        prop("ruleset", text(&record["tool"], "ruleset")),
    ];
    for code in examined.keys() {
        let title = crate::catalogue::by_code(code).map_or("", |rule| rule.title);
        for (name, value) in [("Rule_Id", *code), ("Rule_Description", title)] {
            props.push(prop(name, value).map(|mut row| {
                row["remarks"] = format!("rule_{code}").into();
                row
            }));
        }
    }
    json!({
        "uuid": uuid(&["validation", text(&record["tool"], "ruleset")]),
        "type": "validation",
        "title": "obsproof",
        "description": "Rules that examined something in the repository.",
        "props": props.into_iter().flatten().collect::<Vec<_>>(),
    })
}
