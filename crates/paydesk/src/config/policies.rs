//! What the operator decides about money that is in question. The rules of each capability read it; nothing is decided here.

use clap::{Args, ValueEnum};

/// What becomes of a wallet while a payment that filled it is disputed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnDispute {
    /// Nothing can be spent from it until the dispute is closed.
    #[default]
    Freeze,
    /// The disputed credits are taken back; what else it holds can be spent.
    Keep,
}

/// What becomes of a payment that a bank suspects to be fraud.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnFraudWarning {
    /// It stands. The warning is kept and can be listed.
    #[default]
    Keep,
    /// What is left of it is given back at once, which most often prevents a dispute and its fee.
    Refund,
}

/// What follows from trouble with a payment.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[command(next_help_heading = "Policies")]
pub struct Policies {
    /// What becomes of a wallet while a payment that filled it is disputed.
    #[arg(long, env = "PAYDESK_ON_DISPUTE", value_enum, default_value_t = OnDispute::Freeze)]
    pub on_dispute: OnDispute,

    /// What becomes of a payment that a bank suspects to be fraud.
    #[arg(long, env = "PAYDESK_ON_FRAUD_WARNING", value_enum, default_value_t = OnFraudWarning::Keep)]
    pub on_fraud_warning: OnFraudWarning,
}
