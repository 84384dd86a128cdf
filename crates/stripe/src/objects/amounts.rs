//! Strict decoding of money: an amount that is there must be an integer of minor units, one that is required must be
//! there, and the error names the field. Guessing zero for an amount is how money is lost.

use std::fmt::Display;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Names a decoder after the field that it decodes, since serde does not tell a decoder whose field it is at.
macro_rules! named {
    ($decoded:ty: $($field:ident),* $(,)?) => { $(
        pub(in crate::objects) fn $field<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$decoded, D::Error> {
            <$decoded>::deserialize(deserializer).map_err(|error| at(stringify!($field), error))
        }
    )* };
}

named!(i64: amount, amount_due, amount_refunded, amount_reversed, amount_subtotal, fee, net, total);
named!(Option<i64>: amount_total, amount_received, amount_capturable, amount_captured, amount_tax, amount_discount, unit_amount, amount_paid_off_stripe, amount_paid);
named!(String: currency);

/// Some have an amount always that others may leave empty: a line of a list its total, an invoice what was paid of it.
pub(super) mod required {
    use super::{Deserialize, Deserializer, at};

    named!(i64: amount_paid, amount_total);
}

fn at<E: Error>(field: &str, error: impl Display) -> E {
    E::custom(format_args!("{field}: {error}"))
}
