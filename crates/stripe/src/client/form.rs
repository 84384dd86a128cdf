//! Stripe's form encoding: `{"a": [{"b": 1}]}` is written `a[0][b]=1`, and null as the empty text, which unsets.

use serde_json::Value;

/// Encodes parameters for a body or a query. Anything but an object has no names to send and gives nothing.
pub(super) fn encode(parameters: &Value) -> String {
    let mut form = String::new();
    if let Value::Object(_) = parameters {
        write_pairs(&mut form, &mut String::new(), parameters);
    }
    form
}

/// Appends `text` so that it is one segment of a path: an id from outside cannot reach another operation.
pub(super) fn write_segment(path: &mut String, text: &str) {
    // A segment of dots alone would be resolved by the URL parser, and so must not stay as it is.
    if text.bytes().all(|byte| byte == b'.') {
        for _ in text.bytes() {
            path.push_str("%252E");
        }
    } else {
        write_escaped(path, text);
    }
}

fn write_pairs(form: &mut String, name: &mut String, value: &Value) {
    let name_length = name.len();
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                push_key(name, key);
                write_pairs(form, name, inner);
                name.truncate(name_length);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                push_key(name, &index.to_string());
                write_pairs(form, name, inner);
                name.truncate(name_length);
            }
        }
        Value::Null => write_pair(form, name, ""),
        Value::String(text) => write_pair(form, name, text),
        Value::Bool(_) | Value::Number(_) => write_pair(form, name, &value.to_string()),
    }
}

fn push_key(name: &mut String, key: &str) {
    if name.is_empty() {
        name.push_str(key);
    } else {
        name.push('[');
        name.push_str(key);
        name.push(']');
    }
}

fn write_pair(form: &mut String, name: &str, text: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    write_escaped(form, name);
    form.push('=');
    write_escaped(form, text);
}

fn write_escaped(form: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => form.push(char::from(byte)),
            _ => {
                form.push('%');
                form.push(char::from(HEX[usize::from(byte >> 4)]));
                form.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}
