-- The spine: what came in from Stripe, what was sold, the books, and the answers given.

-- What this store is for: facts about the whole of it, such as the mode of its money.
create table deployment (
    name text primary key,
    value text not null
);

-- Every event that Stripe sent and that was verified. Narrow, because its state changes; the bytes are next door.
create table event (
    event_id bigint identity primary key,
    stripe_id text not null,
    -- The connected account it came from; empty for our own.
    account text not null,
    livemode bigint not null,
    type text not null,
    object_id text not null,
    -- What it is about: the customer where it has one, else the object.
    lane text not null,
    -- Stripe's own time, whole seconds.
    created_s bigint not null,
    received_at_us bigint not null,
    -- received, retrying, processed, ignored or dead.
    status text not null,
    attempts bigint not null,
    next_attempt_at_us bigint not null,
    handled_at_us bigint,
    last_error text,
    constraint event_stripe_id unique (stripe_id, account, livemode)
);
create index event_due on event (next_attempt_at_us, event_id) where status in ('received', 'retrying');
create index event_dead on event (event_id) where status = 'dead';

-- The bytes as received, compressed; never changed.
create table event_payload (
    event_id bigint primary key,
    body bytea not null
);

-- One row for each effect that moves no value. The key is what makes it happen once; of a movement of value the ledger
-- keeps it.
create table effect (
    effect_key text primary key,
    kind text not null,
    -- The event behind it; 0 where a person or the success page was.
    event_id bigint not null,
    applied_at_us bigint not null
);
create index effect_event on effect (event_id);

-- One Stripe customer for each user.
create table customer (
    user_id text primary key,
    stripe_customer_id text,
    -- Counts the customers made for the user, so that one that was deleted at Stripe is followed by a new one.
    generation bigint not null default 0,
    created_at_us bigint not null
);

-- What a user pays with when they are not there: the last one that they saved.
create table payment_method (
    user_id text primary key,
    stripe_customer_id text not null,
    payment_method_id text not null,
    saved_at_s bigint not null
);

-- What a user wants when their wallet runs low.
create table top_up (
    user_id text primary key,
    -- Below which balance they are told; none where they are not.
    notice_below bigint,
    -- Below which balance credits are bought, which, and at what price it was agreed to; none where they are not.
    below bigint,
    item_id text,
    quantity bigint,
    currency text,
    amount_minor bigint,
    -- Whether they were told since the balance fell.
    noticed bigint not null default 0,
    -- When the wallet is looked at again though nothing moved it.
    next_look_at_us bigint not null,
    updated_at_us bigint not null
);
create index top_up_look on top_up (next_look_at_us) where next_look_at_us < 9223372036854775807;

-- What a user is to be told.
create table notice (
    notice_id text primary key,
    user_id text not null,
    kind text not null,
    balance bigint,
    below bigint,
    purchase_id text,
    reason text,
    created_at_us bigint not null
);
create index notice_user on notice (user_id, notice_id);
create unique index notice_purchase on notice (purchase_id) where purchase_id is not null;

-- Something somebody set out to buy. Written before Stripe is called.
create table purchase (
    purchase_id text primary key,
    user_id text not null,
    kind text not null,
    item_id text not null,
    quantity bigint not null,
    -- Credits that payment grants; 0 for other kinds.
    credits bigint not null,
    -- After how many days from the payment those end, and how soon they are used, as the catalogue said when it was made.
    expires_after_days bigint,
    priority bigint not null default 0,
    -- The order it pays for; empty for other kinds.
    order_id text not null,
    currency text not null,
    amount_minor bigint not null,
    -- created, open, awaiting_funds, expired, failed or paid.
    status text not null,
    -- What it is charged to, where it was begun by itself; none of those that a buyer pays on a page.
    stripe_customer_id text,
    payment_method_id text,
    -- Why that failed, in Stripe's word.
    failure text,
    session_id text,
    session_url text,
    success_url text not null,
    cancel_url text not null,
    created_at_us bigint not null,
    expires_at_us bigint not null,
    -- The request that made it, found again when that is repeated; none where an event told of it.
    request_id bytea,
    -- What that request asked for; a repeat that asks for something else is refused.
    request_fingerprint bytea,
    -- When Stripe was last asked about it by the success page, so that reloading does not ask each time.
    looked_at_us bigint not null default 0,
    -- When the call to Stripe is to be taken up again; far in the future once it needs no more.
    next_check_at_us bigint not null,
    paid_at_us bigint
);
create unique index purchase_session on purchase (session_id) where session_id is not null;
create unique index purchase_request on purchase (request_id) where request_id is not null;
create index purchase_user on purchase (user_id, purchase_id);
create index purchase_order on purchase (order_id) where order_id <> '';
create index purchase_underway on purchase (user_id) where status in ('created', 'awaiting_funds');
create index purchase_automatic on purchase (user_id, purchase_id) where payment_method_id is not null;
-- Not as a list: one engine would make a table of the three for every row that changes, to look the status up in.
create index purchase_check on purchase (next_check_at_us)
    where status = 'created' or status = 'open' or status = 'awaiting_funds';

-- One row for each payment, kept with the purchase it pays for. What was reversed of it is told by refunds and disputes,
-- which may come before it: then the row has no purchase yet.
create table payment (
    -- Empty while only reversals are known of it.
    purchase_id text not null,
    payment_intent_id text not null,
    user_id text not null,
    currency text not null,
    amount_minor bigint not null,
    status text not null,
    charge_id text,
    balance_transaction_id text,
    fee_minor bigint,
    updated_at_us bigint not null,
    -- The money that came, once it is there: what a reversal is a share of.
    paid_minor bigint not null default 0,
    -- What is refunded or disputed of it now, in minor units.
    reversed_minor bigint not null default 0,
    -- What the books have taken back for it so far: credits, and minor units.
    clawed_credits bigint not null default 0,
    clawed_minor bigint not null default 0,
    -- Counts the changes of the two above; a part of their business keys.
    claw_version bigint not null default 0,
    -- Whether an open dispute or a warning of fraud freezes the buyer's wallet, and whether that has been done.
    freezes bigint not null default 0,
    frozen bigint not null default 0,
    primary key (purchase_id, payment_intent_id),
    constraint payment_payment_intent unique (payment_intent_id)
);

-- One row for each refund at Stripe, whoever asked for it.
create table refund (
    refund_id text primary key,
    payment_intent_id text not null,
    amount_minor bigint not null,
    currency text not null,
    status text not null,
    reason text,
    failure_reason text,
    created_s bigint not null,
    updated_at_us bigint not null
);
create index refund_payment on refund (payment_intent_id);
create index refund_created on refund (created_s, refund_id);

-- One row for each dispute at Stripe.
create table dispute (
    dispute_id text primary key,
    payment_intent_id text not null,
    amount_minor bigint not null,
    currency text not null,
    status text not null,
    reason text,
    -- Whether Stripe took the money, and whether it gave it back.
    withdrawn bigint not null,
    reinstated bigint not null,
    -- Until when evidence is wanted, seconds.
    evidence_due_s bigint,
    created_s bigint not null,
    updated_at_us bigint not null
);
create index dispute_payment on dispute (payment_intent_id);
create index dispute_created on dispute (created_s, dispute_id);

-- What banks suspect to be fraud.
create table fraud_warning (
    warning_id text primary key,
    payment_intent_id text not null,
    fraud_type text,
    is_moot bigint not null,
    created_s bigint not null,
    updated_at_us bigint not null
);
create index fraud_warning_payment on fraud_warning (payment_intent_id);
create index fraud_warning_created on fraud_warning (created_s, warning_id);

-- Refunds that were asked for here. The id is the Idempotency-Key at Stripe; what becomes of the refund itself stands in
-- refund. While one is `created`, its amount counts as given back.
create table refund_intent (
    intent_id text primary key,
    payment_intent_id text not null,
    amount_minor bigint not null,
    currency text not null,
    reason text,
    note text,
    status text not null,
    refusal text,
    refund_id text,
    request_id bytea,
    request_fingerprint bytea,
    created_at_us bigint not null,
    next_check_at_us bigint not null
);
create unique index refund_intent_request on refund_intent (request_id) where request_id is not null;
create unique index refund_intent_refund on refund_intent (refund_id) where refund_id is not null;
create index refund_intent_payment on refund_intent (payment_intent_id) where status = 'created';
create index refund_intent_check on refund_intent (next_check_at_us) where status = 'created';

-- A piece of work that a user ordered, with its own fields.
create table customer_order (
    order_id text primary key,
    user_id text not null,
    package_id text not null,
    -- The package's own fields, a JSON object; never queried.
    fields text not null,
    status text not null,
    -- The purchase that pays for it, once there is one.
    purchase_id text,
    created_at_us bigint not null,
    updated_at_us bigint not null
);
create index customer_order_user on customer_order (user_id, order_id);

-- Accounts of the ledger. Everything but the key is a cache of the transfers, recomputed by `paydesk ledger verify`.
-- Accounts of the house have fixed numbers below zero, so that the indexes by which an owner's history is read leave
-- them out.
create table account (
    account_id bigint identity primary key autoincrement,
    account_key text not null,
    debits_posted bigint not null,
    credits_posted bigint not null,
    -- Of wallets: how many lots there have been, how many are open, and the one that is used next. It stands here, so that
    -- a spend writes one row; the others wait in `open_lot`.
    lots_made bigint not null default 0,
    lots_open bigint not null default 0,
    front_lot bigint,
    front_amount bigint,
    front_priority bigint,
    front_expires_at_us bigint,
    -- No open lot ends before this; may be too early, never too late.
    none_expires_before_us bigint not null default 9223372036854775807,
    -- Reasons for which uses are refused for now.
    frozen bigint not null default 0,
    -- Whether the owner may owe credits.
    indebted bigint not null default 0,
    -- The balances between which nobody needs to look at it, the lower one included, and whether it has left them since
    -- somebody did.
    calm_from bigint not null default -9223372036854775807,
    calm_below bigint not null default 9223372036854775807,
    stirred bigint not null default 0,
    constraint account_account_key unique (account_key)
);
create index account_expiry on account (none_expires_before_us) where none_expires_before_us < 9223372036854775807;

create index account_stirred on account (account_id) where stirred > 0;

-- The open lots of a wallet behind the one used next, in the order of their use.
create table open_lot (
    account_id bigint not null,
    priority bigint not null,
    expires_at_us bigint not null,
    lot bigint not null,
    amount bigint not null,
    primary key (account_id, priority, expires_at_us, lot)
);

-- Transfers are written once and never changed or removed.
create table transfer (
    position bigint identity primary key,
    -- The first 16 bytes of the SHA-256 of the business key; of a request that of its caller and Idempotency-Key.
    transfer_id bytea not null,
    -- What made it happen once; none where a request did, whose id says so.
    business_key text,
    debit_account_id bigint not null,
    credit_account_id bigint not null,
    amount bigint not null,
    code text not null,
    memo text,
    -- The event behind it; 0 where a request, a job or the success page was.
    event_id bigint not null,
    posted_at_us bigint not null,
    -- What the request asked for, so that another one under the same key is known as such.
    request_fingerprint bytea,
    -- The balances afterwards of those sides that have an owner.
    debit_balance bigint,
    credit_balance bigint,
    -- The lots of the debited wallet that it was drawn from, and of the credited one that it made or filled.
    drawn text,
    filled text,
    constraint transfer_transfer_id unique (transfer_id)
);
create index transfer_debit on transfer (debit_account_id, position) where debit_account_id > 0;
-- The code stands in it as well, so that a search for what made a lot steps over what made none without reading it.
create index transfer_credit on transfer (credit_account_id, position, code) where credit_account_id > 0;
create index transfer_event on transfer (event_id) where event_id > 0;

-- Transfers and accounts sealed in order, shortly behind: each seal holds the hash of the one before it and of all transfers
-- and owners' accounts since.
create table seal (
    seal_id bigint primary key,
    -- The last position, and the last account, that it covers.
    position bigint not null,
    account_id bigint not null,
    transfers bigint not null,
    hash bytea not null,
    sealed_at_us bigint not null
);

-- Credits set aside for a use that is not certain yet.
create table hold (
    hold_id text primary key,
    user_id text not null,
    -- The API key whose credits they are; none for the user's own.
    key_id text,
    amount bigint not null,
    captured bigint not null,
    -- held, captured, released or expired.
    status text not null,
    -- The lots it was drawn from, to be put back.
    drawn text not null,
    reason text not null,
    expires_at_us bigint not null,
    created_at_us bigint not null,
    ended_at_us bigint
);
create index hold_user on hold (user_id, hold_id);
create index hold_user_status on hold (user_id, status, hold_id);
create index hold_expiry on hold (expires_at_us) where status = 'held';

-- The answer once given to an Idempotency-Key, byte for byte. Changes of wallets that were made have none: what was said
-- is told again by their transfer.
create table answer (
    -- The first 16 bytes of the SHA-256 of caller and key.
    answer_id bytea primary key,
    fingerprint bytea not null,
    status bigint not null,
    body bytea not null,
    answered_at_us bigint not null
);

-- What the catalogue's prices are called at Stripe.
create table catalogue_price (
    item_id text not null,
    currency text not null,
    amount_minor bigint not null,
    stripe_product_id text not null,
    stripe_price_id text not null,
    pushed_at_us bigint not null,
    primary key (item_id, currency)
);
