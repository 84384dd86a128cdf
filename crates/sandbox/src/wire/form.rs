//! Form decoding: `a[b][0][c]=x` and `a[b][]=x` into a tree.
//!
//! Every leaf is text; arrays are nodes with numeric keys until a shape says what they are. Depth and count are bounded,
//! because the text comes from outside.

use serde_json::{Map, Value};

use super::error::ApiError;

const MAX_DEPTH: usize = 12;
const MAX_PAIRS: usize = 2000;

/// Adds the pairs of `text` (a query string or a form body) to `tree`.
pub(crate) fn decode_into(tree: &mut Map<String, Value>, text: &str) -> Result<(), ApiError> {
    for (count, pair) in text.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        if count >= MAX_PAIRS {
            return Err(ApiError::invalid("Too many parameters."));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = unescape(name)?;
        let value = unescape(value)?;
        insert(tree, &name, value)?;
    }
    Ok(())
}

fn insert(tree: &mut Map<String, Value>, name: &str, value: String) -> Result<(), ApiError> {
    let keys = path_of(name)?;
    let mut node = tree;
    for (depth, key) in keys.iter().enumerate() {
        // `a[]=1&a[]=2` appends; within objects (`a[][b]=1&a[][c]=2`) a repeated member starts the next element.
        let key = if key.is_empty() && depth > 0 {
            next_index(node, keys.get(depth + 1))
        } else {
            (*key).to_owned()
        };
        if depth + 1 == keys.len() {
            if matches!(node.get(&key), Some(Value::Object(_))) {
                return Err(ApiError::param(
                    name,
                    format!("Invalid parameter: {name} is given both as a value and as a hash."),
                ));
            }
            node.insert(key, Value::String(value));
            return Ok(());
        }
        let child = node.entry(key).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(child) = child else {
            return Err(ApiError::param(
                name,
                format!("Invalid parameter: {name} is given both as a value and as a hash."),
            ));
        };
        node = child;
    }
    Ok(())
}

fn next_index(node: &Map<String, Value>, member: Option<&&str>) -> String {
    if let (Some(member), Some(last)) = (member, node.len().checked_sub(1))
        && !member.is_empty()
        && let Some(Value::Object(element)) = node.get(&last.to_string())
        && !element.contains_key(*member)
    {
        return last.to_string();
    }
    node.len().to_string()
}

fn path_of(name: &str) -> Result<Vec<&str>, ApiError> {
    let malformed = || ApiError::param(name, format!("Invalid parameter name: {name}"));
    let Some(open) = name.find('[') else {
        return Ok(vec![name]);
    };
    let mut keys = vec![&name[..open]];
    let mut rest = &name[open..];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(malformed)?;
        let (key, tail) = inner.split_once(']').ok_or_else(malformed)?;
        keys.push(key);
        if keys.len() > MAX_DEPTH {
            return Err(malformed());
        }
        rest = tail;
    }
    Ok(keys)
}

fn unescape(text: &str) -> Result<String, ApiError> {
    let malformed = || ApiError::invalid("Invalid request: the form is not valid percent-encoded UTF-8.");
    let mut bytes = Vec::with_capacity(text.len());
    let mut input = text.bytes();
    while let Some(byte) = input.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || {
                    input
                        .next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                        .ok_or_else(malformed)
                };
                let value = digit()? * 16 + digit()?;
                bytes.push(u8::try_from(value).map_err(|_| malformed())?);
            }
            _ => bytes.push(byte),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    if text.contains('\0') {
        Err(ApiError::invalid("Invalid request: null bytes are not allowed."))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, tree: &Value) {
        let mut decoded = Map::new();
        decode_into(&mut decoded, text).unwrap();
        assert_eq!(&Value::Object(decoded), tree);
    }

    #[test]
    fn both_array_forms_give_the_same_tree() {
        check(
            "a[0][b]=1&a[0][c]=2&a[1][b]=3",
            &json!({"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        );
        check(
            "a[][b]=1&a[][c]=2&a[][b]=3",
            &json!({"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        );
        check("a[]=1&a[]=2", &json!({"a": {"0": "1", "1": "2"}}));
    }

    #[test]
    fn escapes_are_undone_and_malformed_ones_refused() {
        check("a=%5B1%5D+x%C3%A9", &json!({"a": "[1] xé"}));
        for bad in [
            "a=%",
            "a=%zz",
            "a=%ff",
            "a[b=1",
            "a[b]c=1",
            "a=1&a[b]=2",
            "a[b]=1&a=2",
            "a=%00",
        ] {
            assert!(decode_into(&mut Map::new(), bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let _ = decode_into(&mut Map::new(), &text);
        }
    }
}
