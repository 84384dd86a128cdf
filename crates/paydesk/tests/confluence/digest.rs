//! The state that a history leaves behind, told without its prefix and without times.

use std::collections::BTreeMap;

use store::{Result, Store, Tx};

/// What matters of every row that names a history, by telling and history number.
const QUERIES: [&str; 9] = [
    "select purchase_id, concat_ws(' ', 'purchase', user_id, kind, item_id, quantity, credits, order_id, currency,
            amount_minor, status, coalesce(failure, '-'), coalesce(expires_after_days, 0), priority, coalesce(session_id, '-'), case when paid_at_us is null then 0 else 1 end) from purchase",
    "select payment_intent_id, concat_ws(' ', 'payment', purchase_id, user_id, currency, amount_minor, status,
            coalesce(charge_id, '-'), coalesce(balance_transaction_id, '-'), paid_minor, reversed_minor, clawed_credits,
            clawed_minor, freezes, frozen) from payment",
    "select user_id, concat_ws(' ', 'method', stripe_customer_id, payment_method_id, saved_at_s) from payment_method",
    "select refund_id, concat_ws(' ', 'refund', payment_intent_id, amount_minor, currency, status, coalesce(reason, '-'),
            coalesce(failure_reason, '-'), created_s) from refund",
    "select dispute_id, concat_ws(' ', 'dispute', payment_intent_id, amount_minor, currency, status, coalesce(reason, '-'),
            withdrawn, reinstated, coalesce(evidence_due_s, 0), created_s) from dispute",
    "select order_id, concat_ws(' ', 'order', user_id, package_id, status, work_status, paid_minor, refunded_minor,
            coalesce(purchase_id, '-')) from customer_order",
    // The totals of a wallet and of its owner's debt depend on the order: what comes in later pays down what was owed before.
    // What each holds in the end does not. A debt that was paid down is none.
    "select account_key, concat_ws(' ', 'account', credits_posted - debits_posted, frozen) from account
     where account_key like 'credits:wallet:%'
           or (account_key like 'credits:debt:%' and credits_posted <> debits_posted)",
    // How often a wallet was frozen and freed depends on the order, too, and how often an order was counted.
    "select effect_key, concat_ws(' ', 'effect', kind) from effect where kind not in ('freeze', 'count_order')",
    // What a grant made tells when its credits end. The number of a lot in its wallet depends on the order.
    "select business_key, concat_ws(' ', 'transfer', amount, code, coalesce(substr(filled, 1 + length(filled) -
            length(ltrim(filled, '0123456789'))), '-'))
     from transfer where code in ('grant', 'collect')",
];

/// The digest of every history, by telling and number.
pub(crate) async fn all(store: &Store) -> BTreeMap<(char, usize), Vec<String>> {
    let lines = store.read(lines).await.unwrap();
    let mut digests: BTreeMap<(char, usize), Vec<String>> = BTreeMap::new();
    for (name, line) in lines {
        let (telling, number) = owner(&name);
        let line = format!("{name} {line}").replace(&format!("{telling}-"), "");
        digests.entry((telling, number)).or_default().push(line);
    }
    for digest in digests.values_mut() {
        digest.sort();
    }
    digests
}

fn lines(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>> {
    let mut lines = Vec::new();
    for query in QUERIES {
        for row in tx.all(query, &[])? {
            lines.push((row.text(0)?, row.text(1)?));
        }
    }
    Ok(lines)
}

/// The telling and the history that a key belongs to: `pur_a-17-0`, `credits:wallet:b-17`.
fn owner(name: &str) -> (char, usize) {
    let tail = name.rsplit(['_', ':']).next().unwrap();
    let mut parts = tail.split('-');
    let telling = parts.next().and_then(|text| text.chars().next()).unwrap();
    (telling, parts.next().unwrap().parse().unwrap())
}
