//! Stripe's objects, as far as paydesk looks at them.
//!
//! Only `id` is required, unknown enum values are kept as text, unknown fields are skipped, and a field of an unexpected
//! type is "not said". Amounts are the exception: they are decoded strictly and fail by name (see `amounts`).
//! Fields keep Stripe's own names. Amounts are integers in minor units of the `currency` beside them; times are unix
//! seconds. Where a field has moved between API versions, a method reads both places.
//!
//! What must not live here: calls, and what anything is sold for.

use serde::Deserialize;
use serde::de::{DeserializeOwned, MapAccess, SeqAccess};

use crate::malformed::Malformed;

mod account;
mod amounts;
mod catalogue;
mod checkout;
mod connect;
mod customer;
mod invoice;
pub(crate) mod lenient;
mod payment;
mod payment_method;
mod portal;
mod reversal;
mod subscription;

pub use account::{Account, Capabilities, Requirements, WebhookEndpoint};
pub use catalogue::{Price, Product, Recurring};
pub use checkout::{
    CheckoutMode, CheckoutSession, CheckoutStatus, CustomerDetails, LineItem, PaymentStatus, TotalDetails,
};
pub use connect::{AccountLink, Payout, Transfer, TransferReversal};
pub use customer::{Customer, InvoiceSettings};
pub use invoice::{
    Invoice, InvoiceLine, InvoiceParent, InvoicePayment, InvoicePaymentBy, InvoiceStatus, InvoiceTransitions,
    LineDetails, LineParent, LinePeriod, LinePriceDetails, LinePricing, SubscriptionDetails,
};
pub use lenient::Metadata;
pub use payment::{
    BalanceTransaction, Charge, NextAction, PaymentError, PaymentIntent, PaymentIntentStatus, RedirectToUrl,
};
pub use payment_method::{Card, PaymentMethod, SetupIntent, SetupIntentStatus};
pub use portal::PortalSession;
pub use reversal::{Dispute, DisputeStatus, EarlyFraudWarning, EvidenceDetails, Refund, RefundStatus};
pub use subscription::{PauseCollection, Subscription, SubscriptionItem, SubscriptionStatus};

use lenient::{Lenient, part};

/// An object of Stripe's.
pub trait Object: DeserializeOwned {
    /// The type as Stripe names it, in the `object` field.
    const KIND: &'static str;

    /// Its id.
    fn id(&self) -> &str;

    /// What its `object` field says, where it has been decoded.
    fn kind(&self) -> Option<&str>;
}

/// Decodes an object and makes sure that it is of the type asked for.
pub fn decode<T: Object>(json: &[u8]) -> Result<T, Malformed> {
    let object: T = serde_json::from_slice(json).map_err(|error| Malformed::new(T::KIND, error))?;
    match object.kind() {
        Some(kind) if kind != T::KIND => Err(Malformed::new(T::KIND, format_args!("object: it is a {kind:.64?}"))),
        _ => Ok(object),
    }
}

/// A reference to another object: its id, or the object itself where it has been expanded.
#[derive(Debug, Clone)]
pub enum Expandable<T> {
    /// The id alone.
    Id(String),
    /// The object.
    Object(Box<T>),
}

impl<T: Object> Expandable<T> {
    /// The id, in either form.
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.id(),
        }
    }

    /// The object, where it has been expanded.
    pub fn object(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Object(object) => Some(object),
        }
    }
}

impl<T: Object> Lenient for Option<Expandable<T>> {
    fn from_text(text: &str) -> Self {
        Some(Expandable::Id(text.to_owned()))
    }

    fn from_map<'de, A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        part(entries).map(|object| Some(Expandable::Object(Box::new(object))))
    }
}

/// The id of what a field refers to, `None` where it refers to nothing.
pub fn id_of<T: Object>(reference: Option<&Expandable<T>>) -> Option<&str> {
    reference.map(Expandable::id)
}

/// One page of a list, newest first.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct List<T> {
    /// The objects of this page.
    pub data: Vec<T>,
    /// Whether there are more after the last one.
    #[serde(default)]
    pub has_more: bool,
}

impl<T: Object> Lenient for Vec<T> {
    fn from_list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut objects = Self::new();
        while let Some(object) = items.next_element()? {
            objects.push(object);
        }
        Ok(objects)
    }
}

impl<T: DeserializeOwned> Lenient for Option<List<T>> {
    fn from_map<'de, A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        part(entries).map(Some)
    }
}

/// Declares an object: what is decoded strictly, each with its decoder, and what is decoded tolerantly.
macro_rules! object {
    (
        $(#[$about:meta])*
        $name:ident = $kind:literal
        strict { $($(#[$strict_about:meta])* $strict:ident: $strict_type:ty = $decoder:literal,)* }
        tolerant { $($(#[$tolerant_about:meta])* $tolerant:ident: $tolerant_type:ty,)* }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, serde::Deserialize)]
        pub struct $name {
            /// The object's id.
            pub id: String,
            #[serde(default, deserialize_with = "crate::objects::lenient::lenient")]
            object: Option<String>,
            $($(#[$strict_about])* #[serde(deserialize_with = $decoder)] pub $strict: $strict_type,)*
            $(
                $(#[$tolerant_about])*
                #[serde(default, deserialize_with = "crate::objects::lenient::lenient")]
                pub $tolerant: $tolerant_type,
            )*
        }

        impl crate::objects::Object for $name {
            const KIND: &'static str = $kind;

            fn id(&self) -> &str {
                &self.id
            }

            fn kind(&self) -> Option<&str> {
                self.object.as_deref()
            }
        }
    };
}
use object;

/// Declares a part of an object: no id of its own, and nothing in it that is required.
macro_rules! part_of_object {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $field_type:ty = $decoder:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        pub struct $name {
            $($(#[$field_about])* #[serde(default, deserialize_with = $decoder)] pub $field: $field_type,)*
        }

        impl crate::objects::lenient::Lenient for Option<$name> {
            fn from_map<'de, A: serde::de::MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
                crate::objects::lenient::part(entries).map(Some)
            }
        }
    };
}
use part_of_object;

/// Declares an enum of texts that keeps a value it does not know. A value that was not said is the empty text.
macro_rules! text_enum {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$variant_about:meta])* $variant:ident = $text:literal,)* }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_about])* $variant,)*
            /// A value that this version does not know, or the empty text where none was given.
            Other(String),
        }

        impl $name {
            /// The value as Stripe writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl crate::objects::lenient::Lenient for $name {
            fn from_text(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }
    };
}
use text_enum;
