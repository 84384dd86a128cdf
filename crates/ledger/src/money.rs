//! Money as an integer number of minor units with its currency. Only checked arithmetic; a float never comes near it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency, written as Stripe writes it: three lower-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Currencies that Stripe charges without a minor unit, whatever ISO 4217 says of them.
/// Source: Stripe's documentation of zero-decimal currencies.
const ZERO_DECIMAL: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
];

/// Currencies that Stripe charges with three decimals.
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

impl Currency {
    /// The three lower-case letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is built from ASCII letters only")
    }

    /// A number of its own from 1 on, below 20,000.
    pub(crate) fn number(self) -> i64 {
        let letter = |at: usize| i64::from(self.0[at] - b'a');
        1 + letter(0) * 676 + letter(1) * 26 + letter(2)
    }

    /// How many decimal places a major unit has at Stripe: 0, 2 or 3. Note that Stripe counts UGX as zero-decimal, yet
    /// wants amounts in hundredths there; we follow its display rule, the amounts are integers either way.
    pub fn decimals(&self) -> u32 {
        if ZERO_DECIMAL.contains(&self.code()) {
            0
        } else if THREE_DECIMAL.contains(&self.code()) {
            3
        } else {
            2
        }
    }

    /// What amounts that are paid, given back or transferred by way of Stripe are multiples of, in minor units. It moves three
    /// decimals in tens; and ISK and UGX, which have no decimals, in hundreds, because it counts them as if they had two
    /// (Stripe's documentation, Currencies: three-decimal currencies, special cases).
    pub fn step_minor(&self) -> i64 {
        match self.code() {
            "isk" | "ugx" => 100,
            _ if self.decimals() == 3 => 10,
            _ => 1,
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownCurrency(text.chars().take(8).collect());
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| unknown())?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(unknown());
        }
        let upper = text.to_ascii_uppercase();
        iso_currency::Currency::from_code(&upper).ok_or_else(unknown)?;
        Ok(Self(bytes.map(|byte| byte.to_ascii_lowercase())))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in minor units (cents, or whole yen) of one currency. May be negative: a reversal is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    /// The amount in minor units.
    pub minor: i64,
    /// The currency the amount is in.
    pub currency: Currency,
}

/// What can be wrong with an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a currency of ISO 4217.
    #[error("{0:?} is not a currency code of ISO 4217")]
    UnknownCurrency(String),
    /// Two amounts of different currencies were put together.
    #[error("{0} and {1} cannot be added")]
    CurrencyMismatch(Currency, Currency),
    /// The result does not fit into 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// A split into no parts, or by weights that are negative or all zero.
    #[error("an amount cannot be split this way")]
    BadSplit,
}

impl Money {
    /// An amount of `minor` minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount `quantity` times.
    pub fn times(self, quantity: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// `self × numerator / denominator`, rounded half away from zero. Both must be non-negative, the latter positive.
    pub fn fraction(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        if numerator < 0 || denominator <= 0 {
            return Err(MoneyError::BadSplit);
        }
        let product = i128::from(self.minor) * i128::from(numerator);
        let denominator = i128::from(denominator);
        let half = if product < 0 {
            -(denominator / 2)
        } else {
            denominator / 2
        };
        let minor = i64::try_from((product + half) / denominator).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Splits by weights; the parts always sum to the whole. What rounding leaves over goes, one unit each, to the
    /// largest remainders first, ties to the earlier part.
    pub fn split(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if total <= 0 || weights.iter().any(|&weight| weight < 0) {
            return Err(MoneyError::BadSplit);
        }
        let whole = i128::from(self.minor);
        let sign = whole.signum();
        let whole = whole.abs();
        let mut parts: Vec<i128> = weights
            .iter()
            .map(|&weight| whole * i128::from(weight) / total)
            .collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(whole * i128::from(weights[at]) % total), at));
        let left = whole - parts.iter().sum::<i128>();
        for &at in order
            .iter()
            .take(usize::try_from(left).map_err(|_| MoneyError::Overflow)?)
        {
            parts[at] += 1;
        }
        parts
            .into_iter()
            .map(|part| {
                let minor = i64::try_from(part * sign).map_err(|_| MoneyError::Overflow)?;
                Ok(Self { minor, ..self })
            })
            .collect()
    }
}

impl fmt::Display for Money {
    /// `10.00 USD`, `1000 JPY`: plain and unambiguous, for messages and logs; pages format by locale.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals();
        let scale = 10_u64.pow(decimals);
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        let code = self.currency.code().to_ascii_uppercase();
        if decimals == 0 {
            write!(f, "{sign}{minor} {code}")
        } else {
            let width = decimals as usize;
            write!(f, "{sign}{}.{:0width$} {code}", minor / scale, minor % scale)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    #[test]
    fn amounts_are_shown_with_the_decimals_of_their_currency() {
        let table = [
            (money(1000, "usd"), "10.00 USD"),
            (money(-5, "EUR"), "-0.05 EUR"),
            (money(1000, "jpy"), "1000 JPY"),
            (money(1234, "kwd"), "1.234 KWD"),
            (money(i64::MIN, "usd"), "-92233720368547758.08 USD"),
        ];
        for (amount, text) in table {
            assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn unknown_currencies_are_refused() {
        for text in ["", "us", "usdd", "zzz", "12€", "u$d"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_of_two_currencies_do_not_add() {
        assert!(matches!(
            money(1, "usd").plus(money(1, "eur")),
            Err(MoneyError::CurrencyMismatch(..))
        ));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(minor: i64, weights in prop::collection::vec(0..1_000_000_i64, 1..20)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let whole = money(minor, "usd");
            let parts = whole.split(&weights).unwrap();
            let sum: i128 = parts.iter().map(|part| i128::from(part.minor)).sum();
            prop_assert_eq!(sum, i128::from(minor));
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(*weight > 0 || part.minor == 0);
            }
        }

        #[test]
        fn a_fraction_is_within_half_a_unit(minor in -1_000_000_000_i64..1_000_000_000, n in 0..10_000_i64, d in 1..10_000_i64) {
            let part = money(minor, "usd").fraction(n, d).unwrap();
            let exact_times_d = i128::from(minor) * i128::from(n);
            let distance = (i128::from(part.minor) * i128::from(d) - exact_times_d).abs();
            prop_assert!(distance * 2 <= i128::from(d));
        }

        #[test]
        fn arithmetic_never_wraps(a: i64, b: i64) {
            let sum = money(a, "usd").plus(money(b, "usd"));
            prop_assert_eq!(sum.ok().map(|m| m.minor), a.checked_add(b));
            let product = money(a, "usd").times(b);
            prop_assert_eq!(product.ok().map(|m| m.minor), a.checked_mul(b));
        }
    }
}
