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

-- Something somebody set out to buy. Written before Stripe is called.
create table purchase (
    purchase_id text primary key,
    user_id text not null,
    kind text not null,
    item_id text not null,
    quantity bigint not null,
    -- Credits that payment grants; 0 for other kinds.
    credits bigint not null,
    -- The order it pays for; empty for other kinds.
    order_id text not null,
    currency text not null,
    amount_minor bigint not null,
    -- created, open, awaiting_funds, expired, failed or paid.
    status text not null,
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
create index purchase_check on purchase (next_check_at_us) where status in ('created', 'open', 'awaiting_funds');

-- One row for each payment, by its PaymentIntent.
create table payment (
    payment_intent_id text primary key,
    purchase_id text not null,
    user_id text not null,
    currency text not null,
    amount_minor bigint not null,
    status text not null,
    charge_id text,
    balance_transaction_id text,
    fee_minor bigint,
    updated_at_us bigint not null
);
create index payment_purchase on payment (purchase_id);

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

-- Accounts of the ledger. The totals are a cache of the transfers, recomputed by `paydesk ledger verify`.
create table account (
    account_id bigint identity primary key,
    account_key text not null,
    debits_posted bigint not null,
    credits_posted bigint not null,
    constraint account_account_key unique (account_key)
);

-- Transfers are written once and never changed or removed.
create table transfer (
    position bigint identity primary key,
    -- The first 16 bytes of the SHA-256 of the business key.
    transfer_id bytea not null,
    business_key text not null,
    debit_account_id bigint not null,
    credit_account_id bigint not null,
    amount bigint not null,
    code text not null,
    memo text,
    -- The event behind it; 0 where a request or the success page was.
    event_id bigint not null,
    posted_at_us bigint not null,
    constraint transfer_transfer_id unique (transfer_id)
);
create index transfer_debit on transfer (debit_account_id, position);
create index transfer_event on transfer (event_id) where event_id > 0;
create index transfer_credit on transfer (credit_account_id, position);

-- The answer once given to an Idempotency-Key, byte for byte.
create table answer (
    -- The SHA-256 of caller and key.
    answer_id bytea primary key,
    fingerprint bytea not null,
    status bigint not null,
    body bytea not null,
    answered_at_us bigint not null
);
create index answer_age on answer (answered_at_us);

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
