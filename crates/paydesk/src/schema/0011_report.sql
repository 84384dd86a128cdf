-- Reports: figures by UTC day, kept up with what they count, so that a dashboard reads a few rows however much there is.

-- What happened on a day. Only ever added to.
create table report_day (
    -- A currency, `credits` or `events`.
    unit text not null,
    figure text not null,
    -- Days since 1970-01-01, UTC; of a cohort the first day of a month.
    day bigint not null,
    -- How much, in minor units where it is money, and of how many things.
    amount bigint not null,
    things bigint not null,
    primary key (unit, figure, day)
);

-- How far the counting of a table that only grows has come.
create table report_cursor (
    name text primary key,
    position bigint not null
);

-- What a subscription brings in a month, as it was last counted.
create table subscription_revenue (
    subscription_id text primary key,
    user_id text not null,
    currency text not null,
    mrr_minor bigint not null
);

-- What a user's subscriptions in a currency bring in a month together, and since when anything did.
create table subscriber (
    user_id text not null,
    currency text not null,
    mrr_minor bigint not null,
    first_at_us bigint,
    primary key (user_id, currency)
);

-- What changed in what a subscription brings in. Rows are only ever added.
create table revenue_change (
    change_id bigint identity primary key,
    subscription_id text not null,
    user_id text not null,
    plan_id text,
    currency text not null,
    -- new, expansion, contraction, churn or reactivation, of the user's subscriptions together.
    movement text not null,
    from_minor bigint not null,
    to_minor bigint not null,
    changed_at_us bigint not null
);
create index revenue_change_user on revenue_change (user_id, change_id);

-- Subscriptions that are there already are counted when they are read again, which is soon.
update subscription set sync_due_at_us = 0 where status not in ('', 'canceled', 'incomplete_expired');
create index subscription_past_due on subscription (subscription_id) where past_due_since_us is not null;

-- When a payment was first told of, and whether an attempt at it ever failed.
alter table payment add column created_at_us bigint not null default 0;
update payment set created_at_us = updated_at_us;
alter table payment add column failed bigint not null default 0;
update payment set failed = 1 where purchase_id <> '' and status in ('requires_payment_method', 'failed');
-- The currency of the fee, which is that of the balance at Stripe; when the fee is asked for, and how often it was.
alter table payment add column fee_currency text;
alter table payment add column fee_due_at_us bigint not null default 0;
alter table payment add column fee_tries bigint not null default 0;
create index payment_fee on payment (fee_due_at_us)
    where fee_minor is null and paid_minor > 0 and fee_due_at_us < 9223372036854775807;

-- What is there already of what is counted where it is written.
insert into report_day (unit, figure, day, amount, things)
    select refund.currency, 'refunded', refund.created_s / 86400, cast(sum(refund.amount_minor) as bigint), count(*)
    from refund join payment on payment.payment_intent_id = refund.payment_intent_id
    where payment.user_id <> '' and refund.status in ('pending', 'requires_action', 'succeeded')
    group by refund.currency, refund.created_s / 86400;
insert into report_day (unit, figure, day, amount, things)
    select dispute.currency, 'disputed', dispute.created_s / 86400, cast(sum(dispute.amount_minor) as bigint), count(*)
    from dispute join payment on payment.payment_intent_id = dispute.payment_intent_id
    where payment.user_id <> '' and dispute.reinstated = 0 and dispute.status not in ('won', 'prevented')
        and (dispute.withdrawn = 1
            or dispute.status in ('needs_response', 'under_review', 'lost', 'appeal_needs_response', 'appeal_under_review'))
    group by dispute.currency, dispute.created_s / 86400;
insert into report_day (unit, figure, day, amount, things)
    select currency, 'failed', created_at_us / 86400000000, cast(sum(amount_minor) as bigint), count(*)
    from payment where user_id <> '' and failed = 1 group by currency, created_at_us / 86400000000;
