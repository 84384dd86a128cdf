//! What an operation accepts, as a small language read once at start, and the check of a request against it.
//!
//! `"amount*:int currency*:currency metadata:map items:[{price:id quantity:int}]"` reads: a required integer, a required
//! currency code, metadata, and a list of hashes. A member without a type is text. The check turns text into typed
//! JSON (an empty text that unsets becomes null) and refuses what is unknown, missing or of the wrong type, naming the
//! parameter as Stripe does. Nothing is executed before it has passed.

use serde_json::{Map, Value, json};

use super::error::ApiError;

#[derive(Debug, Clone)]
enum Shape {
    Text,
    /// A reference or another text that cannot be unset.
    Id,
    Int,
    Bool,
    Decimal,
    Currency,
    /// Metadata: text to text, at most fifty; an empty value removes the key.
    Map,
    /// Accepted as it comes: features whose effect the sandbox does not model.
    Any,
    /// A time, or bounds on it.
    Range,
    Choice(Vec<&'static str>),
    List(Box<Shape>),
    Hash(Fields),
}

#[derive(Debug, Clone)]
struct Field {
    name: &'static str,
    required: bool,
    shape: Shape,
}

/// The accepted members of a request or of a hash in it.
#[derive(Debug, Clone)]
pub(crate) struct Fields(Vec<Field>);

impl Fields {
    pub(crate) fn parse(text: &'static str) -> Self {
        let mut reader = Reader { text, at: 0 };
        let fields = reader.fields();
        assert!(
            reader.at == text.len(),
            "shape not understood from {}: {text}",
            reader.at
        );
        fields
    }

    pub(crate) fn extend(&mut self, text: &'static str) {
        self.0.extend(Self::parse(text).0);
    }

    pub(crate) fn check(&self, raw: &Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
        self.check_at(raw, "").map_err(ApiError::unexecuted)
    }

    fn check_at(&self, raw: &Map<String, Value>, path: &str) -> Result<Map<String, Value>, ApiError> {
        let mut checked = Map::new();
        if let Some(unknown) = raw
            .keys()
            .find(|key| !self.0.iter().any(|field| field.name == key.as_str()))
        {
            let name = member(path, unknown);
            return Err(ApiError::param(&name, format!("Received unknown parameter: {name}")).code("parameter_unknown"));
        }
        for field in &self.0 {
            let name = member(path, field.name);
            match raw.get(field.name) {
                None if field.required => return Err(ApiError::missing(&name)),
                None => {}
                Some(Value::String(text))
                    if text.is_empty() && (field.required || matches!(field.shape, Shape::Id)) =>
                {
                    return Err(empty(&name));
                }
                Some(value) => {
                    checked.insert(field.name.to_owned(), field.shape.check(value, &name)?);
                }
            }
        }
        Ok(checked)
    }
}

fn member(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

fn empty(name: &str) -> ApiError {
    let message = format!(
        "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however \
         '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    );
    ApiError::param(name, message).code("parameter_invalid_empty")
}

impl Shape {
    fn check(&self, raw: &Value, name: &str) -> Result<Value, ApiError> {
        match (self, raw) {
            (Self::Any, _) => Ok(raw.clone()),
            (Self::Hash(fields), Value::Object(raw)) => fields.check_at(raw, name).map(Value::Object),
            (Self::Map, Value::Object(raw)) => metadata(raw, name),
            (Self::List(shape), Value::Object(raw)) => list(shape, raw, name),
            (Self::Range, Value::Object(raw)) => Fields::parse("gt:int gte:int lt:int lte:int")
                .check_at(raw, name)
                .map(Value::Object),
            (Self::Hash(_) | Self::Map | Self::List(_), Value::String(text)) if text.is_empty() => Ok(Value::Null),
            (Self::Hash(_) | Self::Map, _) => {
                Err(ApiError::param(name, "Invalid object").code("parameter_invalid_object"))
            }
            (Self::List(_), _) => Err(ApiError::param(name, "Invalid array").code("parameter_invalid_array")),
            (_, Value::String(text)) => self.check_text(text, name),
            (Self::Int, _) => Err(ApiError::param(name, "Invalid integer").code("parameter_invalid_integer")),
            _ => Err(ApiError::param(name, "Invalid string").code("parameter_invalid_string")),
        }
    }

    fn check_text(&self, text: &str, name: &str) -> Result<Value, ApiError> {
        if text.len() > 5000 {
            let message = format!(
                "Invalid string: {}…; must be at most 5000 characters",
                text.chars().take(20).collect::<String>()
            );
            return Err(ApiError::param(name, message));
        }
        match self {
            Self::Text | Self::Choice(_) if text.is_empty() => Ok(Value::Null),
            Self::Int | Self::Range => match text.parse::<i64>() {
                Ok(number) => Ok(json!(number)),
                Err(_) if text.is_empty() => Ok(Value::Null),
                Err(_) => {
                    Err(ApiError::param(name, format!("Invalid integer: {text}")).code("parameter_invalid_integer"))
                }
            },
            Self::Bool => match text {
                "true" | "1" => Ok(json!(true)),
                "false" | "0" => Ok(json!(false)),
                _ => Err(ApiError::param(name, format!("Invalid boolean: {text}")).code("parameter_invalid_boolean")),
            },
            Self::Decimal if !is_decimal(text) => {
                Err(ApiError::param(name, format!("Invalid decimal: {text}")).code("parameter_invalid_decimal"))
            }
            Self::Currency => currency(text, name),
            Self::Choice(choices) if !choices.contains(&text) => {
                let message = format!("Invalid {name}: must be one of {}", choices.join(", "));
                Err(ApiError::param(name, message))
            }
            _ => Ok(json!(text)),
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.len() <= 18 && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

fn currency(text: &str, name: &str) -> Result<Value, ApiError> {
    let code = text.to_ascii_lowercase();
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(json!(code));
    }
    Err(ApiError::param(
        name,
        format!("Invalid currency: {text}. Stripe currently supports these currencies: usd, eur, gbp, …"),
    ))
}

fn list(shape: &Shape, raw: &Map<String, Value>, name: &str) -> Result<Value, ApiError> {
    let mut elements = Vec::with_capacity(raw.len());
    for (key, value) in raw {
        let index: usize = key
            .parse()
            .map_err(|_| ApiError::param(name, "Invalid array").code("parameter_invalid_array"))?;
        elements.push((index, value));
    }
    elements.sort_by_key(|(index, _)| *index);
    let mut checked = Vec::with_capacity(elements.len());
    for (index, value) in elements {
        let name = member(name, &index.to_string());
        match (shape, value) {
            (Shape::Text | Shape::Id, Value::String(text)) if text.is_empty() => return Err(empty(&name)),
            _ => checked.push(shape.check(value, &name)?),
        }
    }
    Ok(Value::Array(checked))
}

fn metadata(raw: &Map<String, Value>, name: &str) -> Result<Value, ApiError> {
    if raw.len() > 50 {
        return Err(ApiError::param(name, "You may only have up to 50 keys in metadata."));
    }
    let mut checked = Map::new();
    for (key, value) in raw {
        let at = member(name, key);
        let Value::String(text) = value else {
            return Err(
                ApiError::param(&at, "Invalid metadata value: must be a string").code("parameter_invalid_string")
            );
        };
        if key.is_empty() || key.chars().count() > 40 {
            return Err(ApiError::param(
                &at,
                format!("Invalid metadata key: {key}. Keys can be up to 40 characters long."),
            ));
        }
        if text.chars().count() > 500 {
            let message = format!(
                "Metadata values can have up to 500 characters, but you passed in a value for {key} that is {} characters long.",
                text.chars().count()
            );
            return Err(ApiError::param(&at, message));
        }
        checked.insert(key.clone(), if text.is_empty() { Value::Null } else { json!(text) });
    }
    Ok(Value::Object(checked))
}

/// Reads the language of shapes. A mistake in it is a mistake in this crate, found by the first test that starts it.
struct Reader {
    text: &'static str,
    at: usize,
}

impl Reader {
    fn fields(&mut self) -> Fields {
        let mut fields = Vec::new();
        loop {
            self.skip_blank();
            let name = self.word();
            if name.is_empty() {
                return Fields(fields);
            }
            let required = self.eat('*');
            let shape = if self.eat(':') { self.shape() } else { Shape::Text };
            fields.push(Field { name, required, shape });
        }
    }

    fn shape(&mut self) -> Shape {
        if self.eat('[') {
            let inner = self.shape();
            assert!(self.eat(']'), "unclosed list: {}", self.text);
            return Shape::List(Box::new(inner));
        }
        if self.eat('{') {
            let fields = self.fields();
            assert!(self.eat('}'), "unclosed hash at {}: {}", self.at, self.text);
            return Shape::Hash(fields);
        }
        if self.eat('(') {
            let start = self.at;
            let length = self.text[start..].find(')').expect("a choice is closed");
            self.at = start + length + 1;
            return Shape::Choice(self.text[start..start + length].split('|').collect());
        }
        match self.word() {
            "str" => Shape::Text,
            "id" => Shape::Id,
            "int" => Shape::Int,
            "bool" => Shape::Bool,
            "decimal" => Shape::Decimal,
            "currency" => Shape::Currency,
            "map" => Shape::Map,
            "any" => Shape::Any,
            "range" => Shape::Range,
            other => panic!("unknown shape {other:?} in {}", self.text),
        }
    }

    fn word(&mut self) -> &'static str {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.text[self.at..].starts_with(expected);
        if found {
            self.at += 1;
        }
        found
    }

    fn skip_blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
}
