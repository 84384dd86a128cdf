//! Reading what buyers get back on their own, and whom else it takes.

use std::collections::BTreeMap;

use ledger::Currency;
use serde::Deserialize;
use toml::Spanned;

use super::super::{Above, RefundTerms};
use super::{AMOUNT_MINOR_MAX, Check, Minor, REFUND_DAYS_MAX};

/// Amounts as the file gives them, by the code of their currency.
type AmountsIn = BTreeMap<String, Spanned<Minor>>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundsIn {
    order_share_percent: Option<Spanned<i64>>,
    #[serde(default)]
    automatic_up_to: AmountsIn,
    four_eyes_above: Option<AmountsIn>,
    two_approvals_above: Option<AmountsIn>,
}

impl Check<'_> {
    pub(super) fn refunds(&mut self, read: RefundsIn) -> RefundTerms {
        let share = read.order_share_percent;
        RefundTerms {
            order_share_percent: share.map_or(100, |share| {
                self.within(*share.get_ref(), &share.span(), 0..=100, "order_share_percent")
            }),
            automatic_up_to: self.amounts(&read.automatic_up_to, "automatic_up_to"),
            four_eyes_above: read
                .four_eyes_above
                .map(|limits| Above(self.amounts(&limits, "four_eyes_above"))),
            two_approvals_above: read
                .two_approvals_above
                .map(|limits| Above(self.amounts(&limits, "two_approvals_above"))),
        }
    }

    pub(super) fn refund_days(&mut self, given: Option<&Spanned<i64>>) -> Option<i64> {
        given.map(|days| self.within(*days.get_ref(), &days.span(), 1..=REFUND_DAYS_MAX, "refund_days"))
    }

    fn amounts(&mut self, read: &AmountsIn, what: &str) -> BTreeMap<Currency, i64> {
        let mut amounts = BTreeMap::new();
        for (code, minor) in read {
            let amount = self.within(minor.get_ref().0, &minor.span(), 0..=AMOUNT_MINOR_MAX, what);
            if let Some(currency) = self.currency(code, &minor.span()) {
                amounts.insert(currency, amount);
            }
        }
        amounts
    }
}
