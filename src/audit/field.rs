//! Reading a record: what is not there is empty.

use serde_json::Value;

/// The text under a key.
pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list under a key.
pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of the list under a key.
pub fn words<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}

/// The row of a list with this `id`.
pub(super) fn row<'v>(value: &'v Value, key: &str, id: &str) -> Option<&'v Value> {
    list(value, key).iter().find(|row| text(row, "id") == id)
}

/// Reads a record.
///
/// # Errors
/// In words: it is no JSON, or no record that this release reads.
pub fn record(bytes: &[u8]) -> Result<Value, String> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    match text(&value, "schema") {
        "obsproof/report/1" => {}
        "" => return Err("it has no `schema`, so it is no report of obsproof".to_owned()),
        other => {
            return Err(format!("its form is `{other}`, and this release reads obsproof/report/1"));
        }
    }
    let whole = ["requirements", "controls", "findings", "files"];
    if let Some(key) = whole.iter().find(|key| !value.get(**key).is_some_and(Value::is_array)) {
        return Err(format!("it has no `{key}`: it was cut short or changed"));
    }
    for key in ["requirements", "controls"] {
        let nameless =
            |row: &Value| ["id", "verdict"].iter().any(|name| text(row, name).is_empty());
        if let Some(at) = list(&value, key).iter().position(nameless) {
            return Err(format!("`{key}/{at}` has no `id` and `verdict`: it was changed"));
        }
    }
    Ok(value)
}
