//! When those who earn are paid.

use clap::Args;

/// A day, in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// What is passed on to others.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[command(next_help_heading = "Payouts")]
pub struct Payouts {
    /// How many days after the end of a service its share is transferred, 0 to 90. So long most refunds come before it.
    #[arg(long = "payout-buffer", env = "PAYDESK_PAYOUT_BUFFER", value_name = "DAYS", default_value_t = 2,
          value_parser = clap::value_parser!(i64).range(0..=90))]
    pub buffer_days: i64,
}

impl Payouts {
    /// The same in microseconds.
    pub fn buffer_us(self) -> i64 {
        self.buffer_days * DAY_US
    }
}
