-- What somebody earned of a sale: one line for each sale, whatever becomes of it.
create table payout_line (
    line_id text primary key,
    -- The sale: order:ord_…
    business_key text not null,
    user_id text not null,
    payment_intent_id text,
    currency text not null,
    -- What the buyer paid, and what is earned of it while nothing is given back.
    gross_minor bigint not null,
    net_minor bigint not null,
    -- What of the gross is given back or disputed, and what is earned of the rest.
    refunded_minor bigint not null,
    earned_minor bigint not null,
    -- Counts the changes of what is earned.
    version bigint not null,
    -- What was transferred and what was taken back, under way or done.
    transferred_minor bigint not null,
    taken_back_minor bigint not null,
    -- What of the line paid the debt of other lines; negative where others paid its own.
    offset_minor bigint not null,
    -- 1 where what is owed cannot be taken back from the account and waits for later lines.
    carried bigint not null,
    -- Numbers the transfers and reversals.
    attempts bigint not null,
    payable_at_us bigint not null,
    next_look_at_us bigint not null,
    created_at_us bigint not null
);
create unique index payout_line_key on payout_line (business_key);
create index payout_line_user on payout_line (user_id, line_id);
create index payout_line_due on payout_line (next_look_at_us);
create index payout_line_carried on payout_line (user_id, currency) where carried = 1;

-- What is transferred to connected accounts for lines (`out`), and taken back (`back`).
create table payout_transfer (
    -- Also the Idempotency-Key of the call: the line's id for its first.
    transfer_key text primary key,
    line_id text not null,
    direction text not null,
    amount_minor bigint not null,
    currency text not null,
    -- Where it goes.
    account_id text not null,
    -- The charge that the money comes from.
    charge_id text,
    -- The transfer that is taken back.
    of_transfer text,
    status text not null,
    refusal text,
    -- tr_… or trr_…
    stripe_id text,
    created_at_us bigint not null,
    next_check_at_us bigint not null
);
create index payout_transfer_line on payout_transfer (line_id);
create index payout_transfer_due on payout_transfer (next_check_at_us);
create index payout_transfer_of on payout_transfer (of_transfer) where of_transfer is not null;
