//! Who must agree to a refund that is asked for, and whether the policy of the purchase allows it. Pure.

use ledger::Money;

use crate::catalogue::{Above, RefundTerms};
use crate::words::words;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

/// What matters of a purchase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bought {
    /// For how many days from the payment it can be given back on request.
    pub refund_days: Option<i64>,
    /// When it was paid, microseconds.
    pub paid_at_us: Option<i64>,
    /// Whether the work that was bought is delivered.
    pub is_delivered: bool,
}

/// Why the policy does not allow a refund.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundOutside)]
pub enum Outside {
    /// None was fixed when it was bought.
    NoPolicy,
    /// Its days are over.
    WindowOver,
    /// The order is delivered.
    Delivered,
    /// More is asked for than what the unspent credits cost.
    Spent,
}

words!(Outside {
    NoPolicy = "no_policy",
    WindowOver = "window_over",
    Delivered = "delivered",
    Spent = "spent",
});

/// Why the policy of a purchase does not allow to give it back at a moment; none where it does.
pub fn outside(bought: Bought, now_us: i64) -> Option<Outside> {
    let (Some(days), Some(paid_at_us)) = (bought.refund_days, bought.paid_at_us) else {
        return Some(Outside::NoPolicy);
    };
    if now_us.saturating_sub(paid_at_us) > days.saturating_mul(DAY_US) {
        return Some(Outside::WindowOver);
    }
    bought.is_delivered.then_some(Outside::Delivered)
}

/// Whom a request takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Needs {
    /// How many must approve; nobody where it is granted at once.
    pub approvals: i64,
    /// Whether they must be others than who asked.
    pub other_eyes: bool,
}

/// Whom it takes to give back so much of a payment in all.
pub fn needs(terms: &RefundTerms, total: Money, is_within: bool) -> Needs {
    let passes = |limit: &Option<Above>| limit.as_ref().is_some_and(|above| above.is_passed(total));
    let two = passes(&terms.two_approvals_above);
    let other_eyes = two || passes(&terms.four_eyes_above);
    let automatic = terms.automatic_up_to.get(&total.currency);
    let at_once = is_within && !other_eyes && automatic.is_some_and(|limit| total.minor <= *limit);
    Needs {
        approvals: match (at_once, two) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        },
        other_eyes,
    }
}

/// Whether somebody's approval is enough together with those before it; none where they may not give it.
pub fn approve(needs: Needs, requested_by: &str, approved_by: &[String], by: &str) -> Option<bool> {
    let is_own = needs.other_eyes && requested_by == by;
    if is_own || approved_by.iter().any(|one| one == by) {
        return None;
    }
    let given = i64::try_from(approved_by.len()).unwrap_or(i64::MAX).saturating_add(1);
    Some(given >= needs.approvals)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger::Currency;

    use super::*;

    fn usd(minor: i64) -> BTreeMap<Currency, i64> {
        std::iter::once(("usd".parse().unwrap(), minor)).collect()
    }

    #[test]
    fn the_policy_as_a_table() {
        let bought = |refund_days, paid_at_us, is_delivered| Bought {
            refund_days,
            paid_at_us,
            is_delivered,
        };
        for (bought, now_us, expected) in [
            (bought(None, Some(0), false), 1, Some(Outside::NoPolicy)),
            (bought(Some(2), None, false), 1, Some(Outside::NoPolicy)),
            (bought(Some(2), Some(0), false), 2 * DAY_US, None),
            (
                bought(Some(2), Some(0), false),
                2 * DAY_US + 1,
                Some(Outside::WindowOver),
            ),
            (bought(Some(2), Some(0), true), 1, Some(Outside::Delivered)),
            (bought(Some(2), Some(0), true), 3 * DAY_US, Some(Outside::WindowOver)),
            (bought(Some(i64::MAX), Some(i64::MIN), false), i64::MAX, None),
        ] {
            assert_eq!(outside(bought, now_us), expected, "{bought:?} at {now_us}");
        }
    }

    #[test]
    fn whom_it_takes_as_a_table() {
        let terms = RefundTerms {
            order_share_percent: 100,
            automatic_up_to: usd(1000),
            four_eyes_above: Some(Above(usd(5000))),
            two_approvals_above: Some(Above(usd(9000))),
        };
        for (minor, currency, is_within, approvals, other_eyes) in [
            (1000, "usd", true, 0, false),
            (1001, "usd", true, 1, false),
            (1000, "usd", false, 1, false),
            (5000, "usd", true, 1, false),
            (5001, "usd", true, 1, true),
            (9001, "usd", true, 2, true),
            (1, "eur", true, 2, true),
        ] {
            let total = Money::new(minor, currency.parse().unwrap());
            let expected = Needs { approvals, other_eyes };
            assert_eq!(needs(&terms, total, is_within), expected, "{minor} {currency}");
        }
        let open = RefundTerms {
            automatic_up_to: BTreeMap::new(),
            four_eyes_above: None,
            two_approvals_above: None,
            ..terms
        };
        let alone = Needs {
            approvals: 1,
            other_eyes: false,
        };
        assert_eq!(needs(&open, Money::new(1, "eur".parse().unwrap()), true), alone);
    }

    #[test]
    fn who_may_approve_as_a_table() {
        let needs = |approvals, other_eyes| Needs { approvals, other_eyes };
        for (needs, approved_by, by, expected) in [
            (needs(1, false), &[][..], "asker", Some(true)),
            (needs(1, true), &[], "asker", None),
            (needs(1, true), &[], "one", Some(true)),
            (needs(2, true), &[], "one", Some(false)),
            (needs(2, true), &["one"], "one", None),
            (needs(2, true), &["one"], "asker", None),
            (needs(2, true), &["one"], "two", Some(true)),
        ] {
            let approved_by: Vec<String> = approved_by.iter().copied().map(str::to_owned).collect();
            assert_eq!(approve(needs, "asker", &approved_by, by), expected, "{needs:?} {by}");
        }
    }
}
