//! Session types: hours of a builder that clients book, and what becomes of the money.

use ledger::Money;

use crate::ids::UserId;

/// A kind of session, as the catalogue offers it. All times are multiples of [`crate::bookings::GRAIN_MINUTES`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionType {
    /// Who gives it: a user of the application.
    pub builder_id: UserId,
    /// How long it lasts.
    pub minutes: i64,
    /// How long before it the builder is kept free.
    pub buffer_before_minutes: i64,
    /// How long after it the builder is kept free.
    pub buffer_after_minutes: i64,
    /// One begins so often, counted from the beginning of an availability.
    pub start_every_minutes: i64,
    /// How long before its start it must be booked at the latest.
    pub notice_minutes: i64,
    /// How many days before its start it can be booked at the earliest.
    pub horizon_days: i64,
    /// The platform's share of the price, in hundredths of a percent.
    pub platform_fee_basis_points: i64,
    /// What goes back where the client cancels. Where the builder does, everything does.
    pub refund_tiers: Vec<RefundTier>,
}

/// A share of the price that goes back to a client who cancels early enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundTier {
    /// At least so many hours before the start.
    #[schema(example = 48)]
    pub hours_before: i64,
    /// So many percent.
    #[schema(example = 100)]
    pub percent: i64,
}

impl SessionType {
    /// The platform's share of a price, rounded down to a whole minor unit.
    pub fn platform_fee_minor(&self, price: Money) -> i64 {
        let fee = i128::from(price.minor) * i128::from(self.platform_fee_basis_points) / 10_000;
        i64::try_from(fee).expect("a share of at most all of it fits where all of it does")
    }
}
