//! Stripe's test cards and test bank accounts: what each number, `pm_card_…` and `tok_…` name does when it is charged.
//!
//! A table and its look-up, no state. What the numbers do is known from Stripe's documentation, not observed.

use crate::wire::error::ApiError;

/// Why a card is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) decline_code: &'static str,
    pub(crate) message: &'static str,
}

const fn declined(decline_code: &'static str, message: &'static str) -> Refusal {
    Refusal {
        code: "card_declined",
        decline_code,
        message,
    }
}

pub(crate) const GENERIC: Refusal = declined("generic_decline", "Your card was declined.");
const INSUFFICIENT_FUNDS: Refusal = declined("insufficient_funds", "Your card has insufficient funds.");
const LOST: Refusal = declined("lost_card", "Your card was declined.");
const STOLEN: Refusal = declined("stolen_card", "Your card was declined.");
const FRAUDULENT: Refusal = declined("fraudulent", "Your card was declined.");
const VELOCITY: Refusal = declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
);
const EXPIRED: Refusal = Refusal {
    code: "expired_card",
    decline_code: "expired_card",
    message: "Your card has expired.",
};
const INCORRECT_CVC: Refusal = Refusal {
    code: "incorrect_cvc",
    decline_code: "incorrect_cvc",
    message: "Your card's security code is incorrect.",
};
const PROCESSING: Refusal = Refusal {
    code: "processing_error",
    decline_code: "processing_error",
    message: "An error occurred while processing your card. Try again in a little bit.",
};
pub(crate) const AUTHENTICATION_REQUIRED: Refusal = Refusal {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.",
};

/// What charging a card leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    Approve,
    /// Approved, and the money is available at once.
    BypassPending,
    Decline(Refusal),
    /// Can be attached; every later charge is declined.
    DeclineLater,
    /// The buyer is asked every time, and refused afterwards if there is a refusal.
    Challenge(Option<Refusal>),
    /// The buyer is asked unless the card was set up for use without them.
    ChallengeUnlessSetUp,
    /// Approved, then disputed for the reason; an inquiry moves no money.
    Dispute {
        reason: &'static str,
        inquiry: bool,
    },
    /// Approved, then the bank warns of fraud.
    FraudWarning,
    /// Refunds begin pending and succeed later.
    SlowRefund,
    /// Refunds begin succeeded and fail later.
    FailingRefund,
}

#[derive(Debug)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    /// The end of its `pm_card_…` and `tok_…` names; empty if it has none.
    names: &'static [&'static str],
    pub(crate) conduct: Conduct,
}

const fn card(number: &'static str, names: &'static [&'static str], conduct: Conduct) -> TestCard {
    TestCard { number, names, conduct }
}

pub(crate) const CARDS: &[TestCard] = &[
    card(
        "4242424242424242",
        &["visa", "us", "threeDSecureOptional"],
        Conduct::Approve,
    ),
    card("4000056655665556", &["visa_debit"], Conduct::Approve),
    card("5555555555554444", &["mastercard"], Conduct::Approve),
    card("5200828282828210", &["mastercard_debit"], Conduct::Approve),
    card("5105105105105100", &["mastercard_prepaid"], Conduct::Approve),
    card("378282246310005", &["amex"], Conduct::Approve),
    card("6011111111111117", &["discover"], Conduct::Approve),
    card("3056930009020004", &["diners"], Conduct::Approve),
    card("3566002020360505", &["jcb"], Conduct::Approve),
    card("6200000000000005", &["unionpay"], Conduct::Approve),
    card("4000000000003055", &[], Conduct::Approve),
    card("4000000000000077", &["bypassPending"], Conduct::BypassPending),
    card(
        "4000000000000002",
        &["chargeDeclined", "visa_chargeDeclined"],
        Conduct::Decline(GENERIC),
    ),
    card(
        "4000000000009995",
        &[
            "chargeDeclinedInsufficientFunds",
            "visa_chargeDeclinedInsufficientFunds",
        ],
        Conduct::Decline(INSUFFICIENT_FUNDS),
    ),
    card(
        "4000000000009987",
        &["chargeDeclinedLostCard", "visa_chargeDeclinedLostCard"],
        Conduct::Decline(LOST),
    ),
    card(
        "4000000000009979",
        &["chargeDeclinedStolenCard", "visa_chargeDeclinedStolenCard"],
        Conduct::Decline(STOLEN),
    ),
    card(
        "4000000000000069",
        &["chargeDeclinedExpiredCard"],
        Conduct::Decline(EXPIRED),
    ),
    card(
        "4000000000000127",
        &["chargeDeclinedIncorrectCvc"],
        Conduct::Decline(INCORRECT_CVC),
    ),
    card(
        "4000000000000119",
        &["chargeDeclinedProcessingError"],
        Conduct::Decline(PROCESSING),
    ),
    card(
        "4100000000000019",
        &["chargeDeclinedFraudulent"],
        Conduct::Decline(FRAUDULENT),
    ),
    card(
        "4000000000006975",
        &["chargeDeclinedVelocityLimitExceeded"],
        Conduct::Decline(VELOCITY),
    ),
    card("4000000000000341", &["chargeCustomerFail"], Conduct::DeclineLater),
    card(
        "4000002500003155",
        &["authenticationRequiredOnSetup"],
        Conduct::ChallengeUnlessSetUp,
    ),
    card(
        "4000002760003184",
        &["authenticationRequired"],
        Conduct::Challenge(None),
    ),
    card("4000000000003220", &["threeDSecure2Required"], Conduct::Challenge(None)),
    card("4000000000003063", &["threeDSecureRequired"], Conduct::Challenge(None)),
    card(
        "4000008260003178",
        &["authenticationRequiredChargeDeclinedInsufficientFunds"],
        Conduct::Challenge(Some(INSUFFICIENT_FUNDS)),
    ),
    card(
        "4000008400001629",
        &["threeDSecureRequiredChargeDeclined"],
        Conduct::Challenge(Some(GENERIC)),
    ),
    card(
        "4000000000000259",
        &["createDispute"],
        Conduct::Dispute {
            reason: "fraudulent",
            inquiry: false,
        },
    ),
    card(
        "4000000000002685",
        &["createDisputeProductNotReceived"],
        Conduct::Dispute {
            reason: "product_not_received",
            inquiry: false,
        },
    ),
    card(
        "4000000000001976",
        &["createDisputeInquiry"],
        Conduct::Dispute {
            reason: "fraudulent",
            inquiry: true,
        },
    ),
    card("4000000000005423", &["createIssuerFraudRecord"], Conduct::FraudWarning),
    card("4000000000007726", &["pendingRefund"], Conduct::SlowRefund),
    card("4000000000005126", &["refundFail"], Conduct::FailingRefund),
];

/// A card by its number. A valid number that is not a test card is refused, as Stripe refuses real cards in test mode.
pub(crate) fn by_number(number: &str) -> Result<&'static TestCard, ApiError> {
    let refuse = |code: &str, message: &str| ApiError::card(code, message).for_param("number");
    if number.is_empty() || number.len() > 19 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refuse(
            "invalid_number",
            "The card number is not a valid credit card number.",
        ));
    }
    if number.len() < 12 {
        return Err(refuse("incomplete_number", "Your card number is incomplete."));
    }
    if !passes_luhn(number) {
        return Err(refuse("incorrect_number", "Your card number is incorrect."));
    }
    CARDS.iter().find(|card| card.number == number).ok_or_else(|| {
        let message = "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid \
                       test cards, visit: https://stripe.com/docs/testing.";
        refuse("card_declined", message).with("decline_code", "test_mode_live_card")
    })
}

/// A card by a `pm_card_…` or `tok_…` name.
pub(crate) fn by_name(reference: &str) -> Option<&'static TestCard> {
    let name = reference
        .strip_prefix("pm_card_")
        .or_else(|| reference.strip_prefix("tok_"))?;
    CARDS.iter().find(|card| card.names.contains(&name))
}

pub(crate) fn passes_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            match digit * (1 + u32::from(place % 2 == 1)) {
                doubled if doubled > 9 => doubled - 9,
                doubled => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

pub(crate) fn brand(number: &str) -> &'static str {
    match number.as_bytes() {
        [b'4', ..] => "visa",
        [b'5', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        [b'3', b'0' | b'6' | b'8', ..] => "diners",
        [b'3', b'5', ..] => "jcb",
        [b'6', b'2', ..] => "unionpay",
        [b'6', ..] => "discover",
        _ => "unknown",
    }
}

pub(crate) fn funding(number: &str) -> &'static str {
    match number {
        "4000056655665556" | "5200828282828210" => "debit",
        "5105105105105100" => "prepaid",
        _ => "credit",
    }
}

/// What a test bank account's debit ends in: `Ok` succeeds, `Err` is the failure code.
pub(crate) fn debit_outcome(account: &str) -> Option<Result<(), &'static str>> {
    Some(match account {
        // Account numbers for us_bank_account, then IBANs for sepa_debit.
        "000123456789"
        | "AT611904300234573201"
        | "BE62510007547061"
        | "DE89370400440532013000"
        | "ES0700120345030000067890"
        | "FR1420041010050500013M02606"
        | "IT40S0542811101000000123456"
        | "NL39RABO0300065264" => Ok(()),
        "000111111116" | "000111111113" => Err("account_closed"),
        "000222222227"
        | "AT861904300235473202"
        | "BE68539007547034"
        | "DE62370400440532013001"
        | "ES9121000418450200051332"
        | "FR8420041010050500013M02607"
        | "IT60X0542811101000000123456"
        | "NL91ABNA0417164300" => Err("insufficient_funds"),
        "000333333335" => Err("debit_not_authorized"),
        "000444444440" => Err("invalid_currency"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_is_a_valid_number_and_no_name_is_given_twice() {
        let mut names = std::collections::HashSet::new();
        for card in CARDS {
            assert!(by_number(card.number).is_ok(), "{}", card.number);
            assert_ne!(brand(card.number), "unknown");
            for name in card.names {
                assert!(names.insert(*name), "{name}");
            }
        }
        assert!(by_number("4242424242424241").is_err());
    }
}
