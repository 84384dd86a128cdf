//! Accounts: who holds what, in which unit, and whether the balance may go below zero.

use std::fmt;
use std::str::FromStr;

use crate::money::Currency;

/// What an account counts: credits, or money of one currency in minor units. Transfers never cross units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Unit {
    /// Prepaid credits, whole numbers.
    Credits,
    /// Money in minor units of this currency.
    Money(Currency),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credits => f.write_str("credits"),
            Self::Money(currency) => currency.fmt(f),
        }
    }
}

impl FromStr for Unit {
    type Err = AccountKeyError;

    fn from_str(text: &str) -> Result<Self, AccountKeyError> {
        if text == "credits" {
            return Ok(Self::Credits);
        }
        text.parse()
            .map(Self::Money)
            .map_err(|_| AccountKeyError(text.to_owned()))
    }
}

/// The part an account plays in the books.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// What a user may spend. Never below zero.
    Wallet(String),
    /// Credits brought into being: the other side of every grant.
    Issued,
    /// Credits used up: the other side of every spend.
    Spent,
    /// Credits taken back by an operator.
    Withdrawn,
    /// Money that customers paid and Stripe holds for us.
    StripeClearing,
    /// Money earned by the platform.
    PlatformRevenue,
}

/// Which way an account may lean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Credits must cover debits: a wallet.
    NoNegative,
    /// The account is the other side of the books and may lean either way.
    None,
}

/// What identifies an account: its unit and its role. Written `unit:role` or `unit:role:owner`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AccountKey {
    /// What the account counts.
    pub unit: Unit,
    /// The part it plays, with its owner where it has one.
    pub role: Role,
}

/// A text that is not an account key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an account key")]
pub struct AccountKeyError(pub String);

impl AccountKey {
    /// The account of `role` counted in credits.
    pub fn credits(role: Role) -> Self {
        Self {
            unit: Unit::Credits,
            role,
        }
    }

    /// The account of `role` counted in minor units of `currency`.
    pub fn money(currency: Currency, role: Role) -> Self {
        Self {
            unit: Unit::Money(currency),
            role,
        }
    }

    /// Whether the account may go below zero.
    pub fn limit(&self) -> Limit {
        match self.role {
            Role::Wallet(_) => Limit::NoNegative,
            _ => Limit::None,
        }
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit;
        match &self.role {
            Role::Wallet(owner) => write!(f, "{unit}:wallet:{owner}"),
            Role::Issued => write!(f, "{unit}:issued"),
            Role::Spent => write!(f, "{unit}:spent"),
            Role::Withdrawn => write!(f, "{unit}:withdrawn"),
            Role::StripeClearing => write!(f, "{unit}:stripe_clearing"),
            Role::PlatformRevenue => write!(f, "{unit}:platform_revenue"),
        }
    }
}

impl FromStr for AccountKey {
    type Err = AccountKeyError;

    fn from_str(text: &str) -> Result<Self, AccountKeyError> {
        let wrong = || AccountKeyError(text.to_owned());
        let (unit, role) = text.split_once(':').ok_or_else(wrong)?;
        let role = match role.split_once(':') {
            Some(("wallet", owner)) if !owner.is_empty() => Role::Wallet(owner.to_owned()),
            Some(_) => return Err(wrong()),
            None => match role {
                "issued" => Role::Issued,
                "spent" => Role::Spent,
                "withdrawn" => Role::Withdrawn,
                "stripe_clearing" => Role::StripeClearing,
                "platform_revenue" => Role::PlatformRevenue,
                _ => return Err(wrong()),
            },
        };
        Ok(Self {
            unit: unit.parse().map_err(|_| wrong())?,
            role,
        })
    }
}

/// The running totals of one account. Both only ever grow; the balance is their difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// Everything ever moved out of the account.
    pub debits_posted: i64,
    /// Everything ever moved into the account.
    pub credits_posted: i64,
}

impl Account {
    /// Credits minus debits: what a wallet holds, what the platform has earned; negative for the issuing side.
    pub fn balance(&self) -> i64 {
        self.credits_posted - self.debits_posted
    }

    /// The account after `amount` more was moved out, or `None` where the total no longer fits into 64 bits.
    #[must_use]
    pub fn debited(self, amount: i64) -> Option<Self> {
        Some(Self {
            debits_posted: self.debits_posted.checked_add(amount)?,
            ..self
        })
    }

    /// The account after `amount` more was moved in, or `None` where the total no longer fits into 64 bits.
    #[must_use]
    pub fn credited(self, amount: i64) -> Option<Self> {
        Some(Self {
            credits_posted: self.credits_posted.checked_add(amount)?,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let usd: Currency = "usd".parse().unwrap();
        let keys = [
            AccountKey::credits(Role::Wallet("user:with:colons".into())),
            AccountKey::credits(Role::Issued),
            AccountKey::credits(Role::Spent),
            AccountKey::credits(Role::Withdrawn),
            AccountKey::money(usd, Role::StripeClearing),
            AccountKey::money(usd, Role::PlatformRevenue),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse::<AccountKey>().unwrap(), key);
        }
        for text in [
            "",
            "credits",
            "credits:wallet",
            "credits:wallet:",
            "zzz:issued",
            "credits:nothing",
            "usd:issued:x",
        ] {
            assert!(text.parse::<AccountKey>().is_err(), "{text}");
        }
    }
}
