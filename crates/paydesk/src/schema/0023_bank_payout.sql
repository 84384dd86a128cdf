-- Money on its way from connected accounts to their owners' banks, as Stripe's events tell of it.
create table bank_payout (
    -- po_…
    payout_id text primary key,
    user_id text not null,
    account_id text not null,
    amount_minor bigint not null,
    currency text not null,
    status text not null,
    failure_code text,
    failure_message text,
    -- Unix seconds.
    arrives_at_s bigint,
    created_s bigint not null
);
create index bank_payout_user on bank_payout (user_id, created_s, payout_id);
