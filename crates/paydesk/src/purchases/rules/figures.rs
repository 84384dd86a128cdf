//! What a payment counts for in reports: a value of everything that is known of it, so that any order counts the same.

use crate::purchases::records::payments::PaymentRow;
use crate::purchases::reversals::{Dispute, Refund};
use crate::purchases::rules::PaymentStatus;
use crate::reports::{Day, Figure, Sum, Tally};

/// What a payment, with these refunds and disputes of it, counts for now. One that is nobody's here counts for nothing.
pub(in crate::purchases) fn figures(payment: &PaymentRow, refunds: &[&Refund], disputes: &[&Dispute]) -> Tally {
    let mut tally = Tally::default();
    if payment.user_id.is_none() {
        return tally;
    }
    if payment.failed {
        let (unit, day) = (payment.price.currency.code(), Day::of_us(payment.created_at_us));
        tally.add(unit, Figure::Failed, day, Sum::one(payment.price.minor));
        if payment.status == PaymentStatus::Succeeded {
            tally.add(unit, Figure::Recovered, day, Sum::one(payment.price.minor));
        }
    }
    for refund in refunds.iter().filter(|refund| refund.status.reverses()) {
        let day = Day::of_s(refund.created_s);
        tally.add(&refund.currency, Figure::Refunded, day, Sum::one(refund.amount_minor));
    }
    for dispute in disputes.iter().filter(|dispute| dispute.reversed_minor() > 0) {
        let day = Day::of_s(dispute.created_s);
        tally.add(
            &dispute.currency,
            Figure::Disputed,
            day,
            Sum::one(dispute.reversed_minor()),
        );
    }
    tally
}
