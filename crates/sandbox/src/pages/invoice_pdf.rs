//! An invoice as a one-page PDF: the same words as its page, in the one font every reader has.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderValue, Response};
use serde_json::Value;

use super::invoice;
use crate::Sandbox;
use crate::resources::{calendar, money};
use crate::state::{int, text};

/// Lines that fit on the page.
const LINES: usize = 45;

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let state = sandbox.lock();
    let Some(found) = invoice::found(&state, &id) else {
        return invoice::unknown();
    };
    let mut response = Response::new(Body::from(document(&words(&sandbox.config().merchant_name, found))));
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/pdf"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

fn words(merchant: &str, found: &Value) -> Vec<String> {
    let shown = |amount: i64| money::shown(amount, text(found, "currency"));
    let mut words = vec![
        format!("{merchant} (test mode)"),
        format!("Invoice {}", text(found, "number")),
        calendar::shown(int(found, "created")),
        String::new(),
    ];
    for line in found["lines"]["data"].as_array().into_iter().flatten() {
        words.push(format!("{}: {}", text(line, "description"), shown(int(line, "amount"))));
    }
    words.push(String::new());
    words.push(format!("Total: {}", shown(int(found, "total"))));
    words.push(invoice::standing(found));
    words
}

/// A PDF of these lines, in ASCII alone. Its table of contents holds where each object begins, in bytes.
fn document(words: &[String]) -> String {
    let mut content = "BT /F1 11 Tf 56 780 Td 16 TL\n".to_owned();
    for line in words.iter().take(LINES) {
        content.push('(');
        content.extend(line.chars().map(letter));
        content.push_str(") Tj T*\n");
    }
    content.push_str("ET\n");
    let stream = format!("<< /Length {} >>\nstream\n{content}endstream", content.len());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        &stream,
    ];
    let head = "%PDF-1.4\n";
    let bodies: Vec<String> = (1..)
        .zip(objects)
        .map(|(number, object)| format!("{number} 0 obj\n{object}\nendobj\n"))
        .collect();
    let mut start = head.len();
    let places: Vec<String> = bodies
        .iter()
        .map(|body| {
            let place = start;
            start += body.len();
            format!("{place:010} 00000 n \n")
        })
        .collect();
    format!(
        "{head}{}xref\n0 6\n0000000000 65535 f \n{}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        bodies.concat(),
        places.concat()
    )
}

/// A letter as the font's encoding has it; what it has not becomes a question mark.
fn letter(c: char) -> String {
    match c {
        '(' | ')' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        '€' => "\\200".to_owned(),
        '–' => "\\226".to_owned(),
        '\u{a0}'..='ÿ' => format!("\\{:03o}", u32::from(c)),
        _ => "?".to_owned(),
    }
}
