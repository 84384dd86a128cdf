//! The status machine of an order, and the check of its fields against the package. Pure.

use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldKind};
use crate::words::words;

/// Where an order stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderStatus)]
pub enum Status {
    /// Written, not paid for.
    Draft,
    /// A checkout is under way.
    AwaitingPayment,
    /// Paid; the work can begin.
    Paid,
    /// Somebody works on it.
    InProgress,
    /// Done.
    Delivered,
    /// Given up before it was paid.
    Cancelled,
    /// The money went back.
    Refunded,
}

words!(Status {
    Draft = "draft",
    AwaitingPayment = "awaiting_payment",
    Paid = "paid",
    InProgress = "in_progress",
    Delivered = "delivered",
    Cancelled = "cancelled",
    Refunded = "refunded",
});

impl Status {
    /// Whether an order of this status may take the next one.
    pub fn may_become(self, next: Self) -> bool {
        match next {
            Self::Draft => self == Self::AwaitingPayment,
            Self::AwaitingPayment => self == Self::Draft,
            // Money that arrives is always taken in, also for an order that was not waiting for it any more.
            Self::Paid => matches!(self, Self::Draft | Self::AwaitingPayment | Self::Cancelled),
            Self::InProgress => self == Self::Paid,
            Self::Delivered => self == Self::InProgress,
            Self::Cancelled => matches!(self, Self::Draft | Self::AwaitingPayment),
            Self::Refunded => matches!(self, Self::Paid | Self::InProgress | Self::Delivered),
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldMistake {
    /// The field's name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Checks what the buyer entered against the package's fields: nothing missing, nothing unknown, nothing too long.
pub fn check_fields(fields: &[Field], entered: &Map<String, Value>) -> Result<(), FieldMistake> {
    let mistake = |field: &str, message: String| {
        Err(FieldMistake {
            field: field.to_owned(),
            message,
        })
    };
    if let Some(unknown) = entered
        .keys()
        .find(|name| !fields.iter().any(|field| field.name == **name))
    {
        let known = fields
            .iter()
            .map(|field| field.name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        return mistake(unknown, format!("The package has no such field. It has: {known}."));
    }
    for field in fields {
        match entered.get(&field.name) {
            None | Some(Value::Null) if field.required => {
                return mistake(&field.name, "The field is required.".into());
            }
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                if let Err(message) = check_text(field, text) {
                    return mistake(&field.name, message);
                }
            }
            Some(_) => return mistake(&field.name, "The field takes a text.".into()),
        }
    }
    Ok(())
}

fn check_text(field: &Field, text: &str) -> Result<(), String> {
    let max = match field.kind {
        FieldKind::Text => 200,
        FieldKind::LongText => 5_000,
        FieldKind::Url => 2_000,
    };
    if field.required && text.trim().is_empty() {
        return Err("The field is required.".into());
    }
    if text.chars().count() > max {
        return Err(format!("The field takes at most {max} characters."));
    }
    let several_lines = field.kind == FieldKind::LongText;
    if text
        .chars()
        .any(|one| one.is_control() && !(several_lines && matches!(one, '\n' | '\r' | '\t')))
    {
        return Err("The field takes no control characters.".into());
    }
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    if field.kind == FieldKind::Url && !text.is_empty() && (!is_address || text.contains(char::is_whitespace)) {
        return Err("The field takes an address that begins with https:// or http://.".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_status_machine_as_a_table() {
        use Status::{AwaitingPayment, Cancelled, Delivered, Draft, InProgress, Paid, Refunded};
        let allowed = [
            (Draft, AwaitingPayment),
            (Draft, Paid),
            (Draft, Cancelled),
            (AwaitingPayment, Draft),
            (AwaitingPayment, Paid),
            (AwaitingPayment, Cancelled),
            (Cancelled, Paid),
            (Paid, InProgress),
            (Paid, Refunded),
            (InProgress, Delivered),
            (InProgress, Refunded),
            (Delivered, Refunded),
        ];
        for &from in Status::ALL {
            for &to in Status::ALL {
                assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn fields_are_checked_against_the_package() {
        let field = |name: &str, kind, required| Field {
            name: name.into(),
            label: name.into(),
            kind,
            required,
        };
        let fields = [
            field("track_url", FieldKind::Url, true),
            field("genre", FieldKind::Text, false),
            field("notes", FieldKind::LongText, false),
        ];
        let table = [
            (json!({"track_url": "https://a.example/x"}), None),
            (
                json!({"track_url": "https://a.example/x", "notes": "one\ntwo", "genre": null}),
                None,
            ),
            (json!({}), Some("track_url")),
            (json!({"track_url": ""}), Some("track_url")),
            (json!({"track_url": "javascript:alert(1)"}), Some("track_url")),
            (json!({"track_url": "https://a b"}), Some("track_url")),
            (json!({"track_url": 5}), Some("track_url")),
            (
                json!({"track_url": "https://a.example", "genre": "a\nb"}),
                Some("genre"),
            ),
            (
                json!({"track_url": "https://a.example", "genre": "g".repeat(201)}),
                Some("genre"),
            ),
            (
                json!({"track_url": "https://a.example", "colour": "red"}),
                Some("colour"),
            ),
        ];
        for (entered, wrong) in table {
            let entered = entered.as_object().unwrap();
            let outcome = check_fields(&fields, entered);
            assert_eq!(
                outcome.err().map(|mistake| mistake.field).as_deref(),
                wrong,
                "{entered:?}"
            );
        }
    }
}
