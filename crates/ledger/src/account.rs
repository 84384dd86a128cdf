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

/// Whose an account is: a user's, or one API key's of a user.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Owner {
    /// The user.
    pub user: String,
    /// The API key that the credits are set apart for, `[A-Za-z0-9_-]+`; none for the user's own account.
    pub key: Option<String>,
}

impl Owner {
    /// The user's own account.
    pub fn user(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            key: None,
        }
    }
}

/// The part an account plays in the books.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// What an owner may spend. Never below zero; made of lots.
    Wallet(Owner),
    /// What an owner has reserved and not used yet. Never below zero.
    Held(Owner),
    /// What an owner owes, because more was taken back than the wallet held. Never above zero.
    Debt(Owner),
    /// Credits brought into being: the other side of every grant.
    Issued,
    /// Credits used up: the other side of every spend.
    Spent,
    /// Credits taken back by an operator.
    Withdrawn,
    /// Credits whose time was over before they were used (breakage).
    Expired,
    /// Credits taken back because their payment was refunded or disputed.
    ClawedBack,
    /// Money that customers paid and Stripe holds for us.
    StripeClearing,
    /// Money earned by the platform.
    PlatformRevenue,
    /// Money of sales that others earned and were not paid yet. Below zero where they were paid too much.
    BuilderPayable,
}

/// Which way an account may lean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Credits must cover debits: a wallet, a hold.
    NoNegative,
    /// Debits must cover credits: nobody pays back more than was owed.
    NoPositive,
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

    /// Which way the account may lean.
    pub fn limit(&self) -> Limit {
        match self.role {
            Role::Wallet(_) | Role::Held(_) => Limit::NoNegative,
            Role::Debt(_) => Limit::NoPositive,
            _ => Limit::None,
        }
    }

    /// Whose account it is; none for accounts of the house.
    pub fn owner(&self) -> Option<&Owner> {
        match &self.role {
            Role::Wallet(owner) | Role::Held(owner) | Role::Debt(owner) => Some(owner),
            _ => None,
        }
    }

    /// The account of `role` in the same unit.
    #[must_use]
    pub fn beside(&self, role: Role) -> Self {
        Self { unit: self.unit, role }
    }

    /// The fixed number of an account of the house, below zero: an index of what owners' accounts took part in leaves
    /// these out by their sign. None for owners' accounts, which the store counts up.
    pub fn house_number(&self) -> Option<i64> {
        let role = match self.role {
            Role::Wallet(_) | Role::Held(_) | Role::Debt(_) => return None,
            Role::Issued => 1,
            Role::Spent => 2,
            Role::Withdrawn => 3,
            Role::Expired => 4,
            Role::ClawedBack => 5,
            Role::StripeClearing => 6,
            Role::PlatformRevenue => 7,
            Role::BuilderPayable => 8,
        };
        let unit = match self.unit {
            Unit::Credits => 0,
            Unit::Money(currency) => currency.number(),
        };
        Some(-(unit * ROLES_MAX + role))
    }
}

/// Roles of the house there is room for in their accounts' numbers.
const ROLES_MAX: i64 = 32;

/// A role of an owner's.
type OfOwner = fn(Owner) -> Role;

/// The roles that have an owner, by their words: the user's own, and one API key's.
const OWNED: [(&str, &str, OfOwner); 3] = [
    ("wallet", "key_wallet", Role::Wallet),
    ("held", "key_held", Role::Held),
    ("debt", "key_debt", Role::Debt),
];

/// The roles of the house, by their words.
const HOUSE: [(&str, Role); 8] = [
    ("issued", Role::Issued),
    ("spent", Role::Spent),
    ("withdrawn", Role::Withdrawn),
    ("expired", Role::Expired),
    ("clawed_back", Role::ClawedBack),
    ("stripe_clearing", Role::StripeClearing),
    ("platform_revenue", Role::PlatformRevenue),
    ("builder_payable", Role::BuilderPayable),
];

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit;
        let (own, of_key, owner) = match &self.role {
            Role::Wallet(owner) => ("wallet", "key_wallet", owner),
            Role::Held(owner) => ("held", "key_held", owner),
            Role::Debt(owner) => ("debt", "key_debt", owner),
            house => {
                let word = HOUSE
                    .iter()
                    .find(|(_, role)| role == house)
                    .map_or("", |(word, _)| word);
                return write!(f, "{unit}:{word}");
            }
        };
        match &owner.key {
            None => write!(f, "{unit}:{own}:{}", owner.user),
            Some(key) => write!(f, "{unit}:{of_key}:{key}:{}", owner.user),
        }
    }
}

impl FromStr for AccountKey {
    type Err = AccountKeyError;

    fn from_str(text: &str) -> Result<Self, AccountKeyError> {
        let wrong = || AccountKeyError(text.to_owned());
        let (unit, role) = text.split_once(':').ok_or_else(wrong)?;
        let role = match role.split_once(':') {
            Some((word, owner)) => owned(word, owner).ok_or_else(wrong)?,
            None => HOUSE
                .iter()
                .find(|(word, _)| *word == role)
                .map(|(_, role)| role.clone())
                .ok_or_else(wrong)?,
        };
        Ok(Self {
            unit: unit.parse().map_err(|_| wrong())?,
            role,
        })
    }
}

fn owned(word: &str, owner: &str) -> Option<Role> {
    let &(own, _, role) = OWNED.iter().find(|(own, of_key, _)| *own == word || *of_key == word)?;
    let owner = if own == word {
        Owner::user(owner)
    } else {
        let (key, user) = owner.split_once(':').filter(|(key, _)| !key.is_empty())?;
        Owner {
            user: user.to_owned(),
            key: Some(key.to_owned()),
        }
    };
    (!owner.user.is_empty()).then(|| role(owner))
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

    fn keys() -> Vec<AccountKey> {
        let usd: Currency = "usd".parse().unwrap();
        let of_key = Owner {
            user: "user:with:colons".into(),
            key: Some("key_1".into()),
        };
        let mut keys = vec![];
        for (_, _, role) in OWNED {
            keys.push(AccountKey::credits(role(Owner::user("user:with:colons"))));
            keys.push(AccountKey::credits(role(of_key.clone())));
        }
        for (_, role) in HOUSE {
            keys.push(AccountKey::credits(role.clone()));
            keys.push(AccountKey::money(usd, role));
        }
        keys
    }

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        for key in keys() {
            assert_eq!(key.to_string().parse::<AccountKey>().unwrap(), key);
        }
        for text in [
            "",
            "credits",
            "credits:wallet",
            "credits:wallet:",
            "credits:key_wallet:user",
            "credits:key_wallet::user",
            "zzz:issued",
            "credits:nothing",
            "usd:issued:x",
        ] {
            assert!(text.parse::<AccountKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_account_of_the_house_has_a_number_of_its_own_below_zero() {
        let mut numbers: Vec<i64> = keys().iter().filter_map(AccountKey::house_number).collect();
        assert!(numbers.iter().all(|number| *number < 0));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 2 * HOUSE.len());
    }
}
