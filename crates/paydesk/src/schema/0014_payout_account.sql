-- The connected accounts of those who earn.
create table payout_account (
    user_id text primary key,
    -- Also the Idempotency-Key of the call that makes the account.
    intent_id text not null,
    -- Two letters; null for the platform's own country.
    country text,
    -- acct_…; null until Stripe has answered.
    account_id text,
    status text not null,
    -- What its owner still has to tell, as a list in JSON.
    currently_due text not null,
    disabled_reason text,
    payouts_enabled bigint not null,
    -- The number of the last wish to read it or read of it, and that of the read taken in last.
    read_wanted bigint not null,
    read_taken bigint not null,
    read_due_at_us bigint not null,
    created_at_us bigint not null,
    updated_at_us bigint not null
);
create unique index payout_account_account on payout_account (account_id) where account_id is not null;
create index payout_account_due on payout_account (read_due_at_us);
