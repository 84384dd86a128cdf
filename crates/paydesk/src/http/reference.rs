//! The page to read the OpenAPI document: rendered here, with no script and nothing from elsewhere.

use std::fmt::Write;

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::openapi;
use super::pages::{escape, page, prose};
use crate::app::App;

/// How deep an example is made from nested schemas before it is cut off.
const DEPTH_MAX: usize = 8;

/// `GET /docs`
pub(super) async fn get_reference(State(app): State<App>) -> Response {
    let document = openapi::document();
    page("paydesk API", &render(&document, &app.config.public_url()))
}

/// The body of the page: operations by tag, each folded.
pub fn render(document: &Value, base: &str) -> String {
    let reader = Reader { document, base };
    let mut tags: Vec<(String, String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
            let entry = format!(
                "<li><a href=\"#{id}\">{}</a></li>",
                escape(summary(operation)),
                id = escape(id)
            );
            let section = reader.operation(path, method, id, operation);
            match tags.iter_mut().find(|(name, ..)| *name == tag) {
                Some((_, entries, sections)) => {
                    entries.push_str(&entry);
                    sections.push_str(&section);
                }
                None => tags.push((tag, entry, section)),
            }
        }
    }
    let info = &document["info"];
    let mut html = format!(
        "<main><h1>{} <span class=\"quiet\">{}</span></h1>{}<p>The same as an <a href=\"/openapi.json\">OpenAPI document</a> · \
         <a href=\"/problems\">All problem codes</a></p><nav aria-label=\"Operations\">",
        text(&info["title"]),
        text(&info["version"]),
        paragraphs(&info["description"]),
    );
    for (tag, entries, _) in &tags {
        let _infallible = write!(html, "<h3>{}</h3><ul>{entries}</ul>", escape(tag));
    }
    html.push_str("</nav>");
    for (tag, _, sections) in &tags {
        let _infallible = write!(html, "<h2>{}</h2>{sections}", escape(tag));
    }
    html.push_str("</main>");
    html
}

struct Reader<'a> {
    document: &'a Value,
    base: &'a str,
}

impl Reader<'_> {
    fn operation(&self, path: &str, method: &str, id: &str, operation: &Value) -> String {
        let mut html = format!(
            // What a link leads to stands inside, because a browser opens what hides it.
            "<details><summary><span class=\"method\">{}</span> <code>{}</code> <h3>{}</h3></summary><div id=\"{}\">{}",
            method.to_uppercase(),
            escape(path),
            escape(summary(operation)),
            escape(id),
            paragraphs(&operation["description"]),
        );
        let public = operation["security"]
            .as_array()
            .is_some_and(|list| list.iter().all(|one| one == &serde_json::json!({})));
        if public {
            html.push_str("<p class=\"quiet\">No authentication.</p>");
        }
        html.push_str(&self.parameters(operation));
        if let Some(schema) = body_schema(operation) {
            html.push_str("<h4>Body</h4>");
            html.push_str(&self.fields(schema));
        }
        let _infallible = write!(
            html,
            "<h4>Example</h4><pre>{}</pre>",
            escape(&self.curl(path, method, operation, public))
        );
        html.push_str(&self.answers(operation));
        html.push_str("</div></details>");
        html
    }

    fn parameters(&self, operation: &Value) -> String {
        let mut rows = String::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolve(parameter);
            let _infallible = write!(
                rows,
                "<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                if parameter["required"] == true {
                    ", required"
                } else {
                    ""
                },
                text(&parameter["description"]),
            );
        }
        if rows.is_empty() {
            rows
        } else {
            format!("<h4>Parameters</h4><table><tbody>{rows}</tbody></table>")
        }
    }

    fn fields(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        let mut rows = String::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let required = schema["required"]
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one == name));
            let described = if field["description"].is_string() {
                field
            } else {
                self.resolve(field)
            };
            let _infallible = write!(
                rows,
                "<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>",
                escape(name),
                escape(&self.kind(field)),
                if required { ", required" } else { "" },
                text(&described["description"]),
            );
        }
        if rows.is_empty() {
            rows
        } else {
            format!("<table><tbody>{rows}</tbody></table>")
        }
    }

    fn answers(&self, operation: &Value) -> String {
        let mut html = String::from("<h4>Answers</h4>");
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            let answer = self.resolve(answer);
            let _infallible = write!(
                html,
                "<p><code>{}</code> {}</p>",
                escape(status),
                text(&answer["description"])
            );
            let content = answer["content"]
                .as_object()
                .and_then(|content| content.values().next());
            if let Some(content) = content.filter(|_| status != "default") {
                html.push_str(&self.fields(&content["schema"]));
                let example = match content.get("example") {
                    Some(example) => example.clone(),
                    None => self.example(&content["schema"], 0),
                };
                let _infallible = write!(html, "<pre>{}</pre>", escape(&pretty(&example)));
            }
        }
        html
    }

    fn curl(&self, path: &str, method: &str, operation: &Value, public: bool) -> String {
        let mut path = path.to_owned();
        let mut headers = String::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolve(parameter);
            let name = parameter["name"].as_str().unwrap_or_default();
            let example = match parameter.get("example") {
                Some(example) => example.clone(),
                None => self.example(&parameter["schema"], 0),
            };
            let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &example),
                Some("header") => {
                    let _infallible = write!(headers, " \\\n  -H '{name}: {example}'");
                }
                _ => {}
            }
        }
        let mut line = format!("curl -X {} '{}{path}'", method.to_uppercase(), self.base);
        if !public {
            line.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
        }
        line.push_str(&headers);
        if let Some(schema) = body_schema(operation) {
            let body = self.example(schema, 0).to_string().replace('\'', "'\\''");
            let _infallible = write!(line, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'");
        }
        line
    }

    /// Follows a reference within the document.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer
            .and_then(|pointer| self.document.pointer(pointer))
            .unwrap_or(value)
    }

    /// The kind of value that a schema takes, in a word or two.
    fn kind(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            return values.join(" | ");
        }
        match &schema["type"] {
            Value::String(one) if one == "array" => format!("list of {}", self.kind(&schema["items"])),
            Value::String(one) => one.clone(),
            Value::Array(several) => several
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" or "),
            _ => alternatives(schema).map_or_else(
                || "value".to_owned(),
                |list| list.iter().map(|one| self.kind(one)).collect::<Vec<_>>().join(" or "),
            ),
        }
    }

    /// A value that a schema allows: its own example, else one made of its parts.
    fn example(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        let own = schema
            .get("example")
            .or_else(|| schema["examples"].get(0))
            .or_else(|| schema["enum"].get(0));
        if let Some(own) = own {
            return own.clone();
        }
        if depth >= DEPTH_MAX {
            return Value::Null;
        }
        if let Some(first) = alternatives(schema).and_then(|list| list.iter().find(|one| one["type"] != "null")) {
            return self.example(first, depth + 1);
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
        match kind {
            Some("object") => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                fields
                    .map(|(name, field)| (name.clone(), self.example(field, depth + 1)))
                    .collect()
            }
            Some("array") => Value::Array(vec![self.example(&schema["items"], depth + 1)]),
            Some("integer" | "number") => Value::from(1),
            Some("boolean") => Value::Bool(true),
            Some("string") => Value::from("text"),
            _ => Value::Null,
        }
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf", "allOf"]
        .iter()
        .find_map(|name| schema[*name].as_array())
}

fn body_schema(operation: &Value) -> Option<&Value> {
    operation["requestBody"]["content"]
        .as_object()?
        .values()
        .next()?
        .get("schema")
}

fn summary(operation: &Value) -> &str {
    operation["summary"]
        .as_str()
        .or_else(|| operation["operationId"].as_str())
        .unwrap_or_default()
}

fn text(value: &Value) -> String {
    prose(value.as_str().unwrap_or_default())
}

fn paragraphs(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_default()
        .split("\n\n")
        .fold(String::new(), |mut html, part| {
            let _infallible = write!(html, "<p>{}</p>", prose(part));
            html
        })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
