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

-- A user's slot in a group of plans: whoever has it is the only one who may begin a subscription there.
create table subscription_slot (
    user_id text not null,
    plan_group text not null,
    -- The purchase or the command that has it; empty where nobody ever had.
    holder_id text not null,
    -- The subscription that came of it, once that is known.
    subscription_id text,
    -- Days of trial that the holder asks for.
    trial_days bigint not null,
    -- Whether a subscription came of a holder before this one.
    begun bigint not null,
    primary key (user_id, plan_group)
);
create index subscription_slot_holder on subscription_slot (holder_id);

-- Something that is to be done with a subscription. Written before Stripe is called.
create table subscription_command (
    command_id text primary key,
    user_id text not null,
    -- None until the one that is begun is known.
    subscription_id text,
    -- What is to be done, a JSON object; never queried.
    wanted text not null,
    -- created, done or refused.
    status text not null,
    -- Why it was refused, a JSON object; never queried.
    refusal text,
    -- The request that made it, found again when that is repeated; none where it had no key.
    request_id bytea,
    request_fingerprint bytea,
    created_at_us bigint not null,
    next_check_at_us bigint not null
);
create unique index subscription_command_request on subscription_command (request_id) where request_id is not null;
create unique index subscription_command_underway on subscription_command (subscription_id)
    where status = 'created' and subscription_id is not null;
create index subscription_command_check on subscription_command (next_check_at_us) where status = 'created';
