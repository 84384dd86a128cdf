-- What the prices of plans are called at Stripe, and were called before: a subscription keeps the price that it was made
-- with. The newest row that fits what the catalogue says is the one in use.
create table plan_price (
    stripe_price_id text primary key,
    plan_id text not null,
    currency text not null,
    amount_minor bigint not null,
    -- day, week, month or year, and how many of them.
    interval_unit text not null,
    interval_count bigint not null,
    pushed_at_us bigint not null
);
create index plan_price_plan on plan_price (plan_id, currency, pushed_at_us);
