-- For how many days from the payment a purchase can be given back on request, fixed when it was bought.
alter table purchase add column refund_days bigint;

-- Refunds that somebody asks for: what is asked, whom it takes, and how it was decided.
create table refund_request (
    request_id text primary key,
    user_id text not null,
    purchase_id text not null,
    item_id text not null,
    payment_intent_id text not null,
    amount_minor bigint not null,
    currency text not null,
    reason text not null,
    -- Who asked: user:…, service:… or admin.
    requested_by text not null,
    -- Why the policy of the purchase does not allow it; null where it does.
    outside text,
    approvals_needed bigint not null,
    -- 1 where whoever approves must be another than who asked.
    other_eyes bigint not null,
    status text not null,
    decided_by text,
    decided_at_us bigint,
    -- What is said to the buyer about it.
    answer text,
    -- The refund_intent that it became.
    intent_id text,
    created_at_us bigint not null
);
-- One that is open for each payment.
create unique index refund_request_open on refund_request (payment_intent_id)
    where status = 'waiting' or status = 'approved';
create unique index refund_request_intent on refund_request (intent_id) where intent_id is not null;
create index refund_request_user on refund_request (user_id, request_id);
create index refund_request_status on refund_request (status, request_id);

-- Who approved a request; somebody's approval counts once.
create table refund_approval (
    request_id text not null,
    approved_by text not null,
    note text,
    approved_at_us bigint not null,
    primary key (request_id, approved_by)
);
