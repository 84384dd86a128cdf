//! The status machine of an order, the check of its fields against the package, and of what is delivered. Pure.

use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldKind};
use crate::words::words;

/// The most links of a delivery.
pub const LINKS_MAX: usize = 20;
/// The longest link, in characters.
pub const LINK_CHARACTERS_MAX: usize = 2_000;
/// The longest note, in characters.
pub const NOTE_CHARACTERS_MAX: usize = 2_000;

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
    /// Given up.
    Cancelled,
    /// All the money went back, or is disputed.
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

/// In what part somebody acts on an order; one person may have several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// They ordered it.
    Owner,
    /// They are to do the work.
    Reviewer,
    /// They are of the shop: a service with the scope, or the operator.
    Staff,
}

impl Status {
    /// Whether money that arrives makes an order paid whose work stands here. Otherwise it goes back.
    pub fn takes_payment(self) -> bool {
        matches!(self, Self::Draft | Self::AwaitingPayment)
    }

    /// Where somebody may move an order by hand that stands here. What money does is not among it.
    pub fn moves(self, part: Part) -> &'static [Self] {
        match (self, part) {
            (Self::Draft | Self::AwaitingPayment, Part::Owner | Part::Staff) | (Self::Paid, Part::Owner) => {
                &[Self::Cancelled]
            }
            (Self::Paid, Part::Reviewer) | (Self::Delivered, Part::Reviewer | Part::Staff) => &[Self::InProgress],
            (Self::Paid, Part::Staff) => &[Self::InProgress, Self::Cancelled],
            (Self::InProgress, Part::Reviewer) => &[Self::Delivered, Self::Paid],
            (Self::InProgress, Part::Staff) => &[Self::Delivered, Self::Paid, Self::Cancelled],
            (Self::Draft | Self::AwaitingPayment, Part::Reviewer)
            | (Self::InProgress | Self::Delivered, Part::Owner)
            | (Self::Cancelled | Self::Refunded, _) => &[],
        }
    }
}

/// Where an order stands: where its work does, unless all that was paid for it went back.
pub fn shown(work: Status, paid_minor: i64, refunded_minor: i64) -> Status {
    if paid_minor > 0 && refunded_minor >= paid_minor {
        Status::Refunded
    } else {
        work
    }
}

/// Checks the links of a delivery; the message says what is wrong and how to mend it.
pub fn check_links(links: &[String]) -> Result<(), String> {
    if links.is_empty() || links.len() > LINKS_MAX {
        return Err(format!("A delivery has 1 to {LINKS_MAX} links."));
    }
    let is_good = |link: &String| {
        let host = link.strip_prefix("https://").unwrap_or_default();
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let is_plain = link
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
        // What stands before an @ reads like a host and is none.
        !host.is_empty() && !host.contains('@') && is_plain && link.len() <= LINK_CHARACTERS_MAX
    };
    if links.iter().all(is_good) {
        Ok(())
    } else {
        Err(format!(
            "A link begins with https://, names a host, holds no user name, spaces or quotes, and has at most \
             {LINK_CHARACTERS_MAX} characters. Write other characters percent-encoded."
        ))
    }
}

/// Checks a note.
pub fn check_note(note: &str) -> Result<(), String> {
    let is_good = !note.trim().is_empty()
        && note.chars().count() <= NOTE_CHARACTERS_MAX
        && !note.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\t'));
    if is_good {
        Ok(())
    } else {
        Err(format!(
            "A note has 1 to {NOTE_CHARACTERS_MAX} characters and no control characters but line breaks and tabs."
        ))
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
        use Part::{Owner, Reviewer, Staff};
        use Status::{AwaitingPayment, Cancelled, Delivered, Draft, InProgress, Paid};
        let allowed = [
            (Draft, Owner, Cancelled),
            (Draft, Staff, Cancelled),
            (AwaitingPayment, Owner, Cancelled),
            (AwaitingPayment, Staff, Cancelled),
            (Paid, Owner, Cancelled),
            (Paid, Reviewer, InProgress),
            (Paid, Staff, InProgress),
            (Paid, Staff, Cancelled),
            (InProgress, Reviewer, Delivered),
            (InProgress, Reviewer, Paid),
            (InProgress, Staff, Delivered),
            (InProgress, Staff, Paid),
            (InProgress, Staff, Cancelled),
            (Delivered, Reviewer, InProgress),
            (Delivered, Staff, InProgress),
        ];
        for &from in Status::ALL {
            for part in [Owner, Reviewer, Staff] {
                for &to in Status::ALL {
                    assert_eq!(
                        from.moves(part).contains(&to),
                        allowed.contains(&(from, part, to)),
                        "{part:?}: {from:?} to {to:?}"
                    );
                }
            }
            assert_eq!(
                from.takes_payment(),
                [Draft, AwaitingPayment].contains(&from),
                "{from:?}"
            );
        }
    }

    #[test]
    fn an_order_is_refunded_when_all_its_money_is_back() {
        for &work in Status::ALL {
            for (paid, refunded, all) in [(0, 0, false), (100, 0, false), (100, 99, false), (100, 100, true)] {
                let expected = if all { Status::Refunded } else { work };
                assert_eq!(shown(work, paid, refunded), expected);
            }
        }
    }

    #[test]
    fn links_lead_to_https_and_nowhere_else() {
        let long = format!("https://a.example/{}", "x".repeat(LINK_CHARACTERS_MAX));
        for (link, good) in [
            ("https://files.example/one.wav", true),
            ("https://files.example?x=%20", true),
            ("http://files.example/one.wav", false),
            ("https://", false),
            ("https:///path", false),
            ("https://shop.example@evil.example/", false),
            ("https://a.example/a b", false),
            ("https://a.example/\"onload", false),
            ("https://a.example/\u{202e}", false),
            ("javascript:alert(1)", false),
            ("", false),
            (long.as_str(), false),
        ] {
            assert_eq!(check_links(&[link.to_owned()]).is_ok(), good, "{link:?}");
        }
        let many = |count| vec!["https://a.example/".to_owned(); count];
        assert!(check_links(&many(LINKS_MAX)).is_ok() && check_links(&many(LINKS_MAX + 1)).is_err());
        assert!(check_links(&[]).is_err());
        assert!(check_note("one\ntwo").is_ok() && check_note(" ").is_err() && check_note("a\u{7}").is_err());
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
